"""Who gets mail about what. Nobody gets mail about their own action, except about their own account."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from releases.actions.accounts import invite, renew_invitation
from releases.actions.alerts import end_alert, publish_alert
from releases.actions.bulk_changes import request_reviews
from releases.actions.newsroom_lock import lock_newsroom, unlock_newsroom
from releases.actions.publication import publish
from releases.actions.reviews import request_review, return_for_changes
from releases.actions.scheduling import return_to_draft
from releases.models import Alert, Note, User
from tests.factories import make_draft
from tests.mail import get_queued_mail, make_staff, send_queued_mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff():
    """Return a writer, two publishers and a manager. Others can't get mail."""
    make_staff("nomail", email="")
    make_staff("gone", is_active=False)
    make_staff("norole", "")
    return {
        "walter": make_staff("walter", "Writers"),
        "petra": make_staff("petra"),
        "pablo": make_staff("pablo"),
        "maria": make_staff("maria", "", is_superuser=True),
    }


def build_alert():
    return Alert(text="Stay.", text_es="Quédese.", ends_at=timezone.now() + timedelta(hours=1))


def test_review_request_is_mailed_to_those_who_publish(staff):
    request_review(make_draft(), user=staff["walter"])
    names = ["maria", "pablo", "petra"]
    assert get_queued_mail() == [("review_requested", name) for name in names]
    assert sorted(message.to[0] for message in send_queued_mail()) == [f"{n}@example.org" for n in names]


def test_publisher_who_asks_for_a_review_gets_no_mail(staff):
    request_review(make_draft(), user=staff["petra"])
    assert get_queued_mail() == [("review_requested", "maria"), ("review_requested", "pablo")]


def test_second_click_enqueues_nothing(staff):
    draft = make_draft()
    for _click in range(2):
        request_review(draft, user=staff["walter"])
    assert len(get_queued_mail()) == 3


def test_many_reviews_are_one_mail(staff):
    drafts = [make_draft() for _number in range(4)]
    request_reviews([draft.pk for draft in drafts], user=staff["walter"])
    Note.objects.filter(release=drafts[0]).update(resolved_at=timezone.now())
    messages = send_queued_mail()
    assert {message.subject for message in messages} == {"3 texts wait for your review"}
    assert len(messages) == 3


@pytest.mark.parametrize("settle", ["answered", "deleted", "replaced"])
def test_review_that_is_settled_is_not_mailed(staff, settle):
    draft = make_draft()
    request_review(draft, user=staff["walter"], text="Please.")
    if settle == "answered":
        return_for_changes(draft, user=staff["petra"], text="Add a date.")
    elif settle == "replaced":
        request_review(draft, user=staff["pablo"])
    else:
        draft.delete()
    bodies = [message.body for message in send_queued_mail()]
    assert not [body for body in bodies if "walter asks" in body]


def test_someone_who_may_no_longer_publish_gets_no_mail(staff):
    request_review(make_draft(), user=staff["walter"])
    staff["petra"].groups.set(Group.objects.filter(name="Writers"))
    User.objects.filter(username="pablo").update(is_active=False)
    assert [message.to for message in send_queued_mail()] == [["maria@example.org"]]


def test_person_who_asked_gets_the_answer(staff):
    draft = make_draft()
    request_review(draft, user=staff["walter"])
    DBTaskResult.objects.all().delete()
    return_for_changes(draft, user=staff["petra"], text="Add a date.")
    assert get_queued_mail() == [("review_returned", "walter")]
    assert [message.subject for message in send_queued_mail()] == ["Your text was returned with a note"]


def test_publisher_who_answers_their_own_request_gets_no_mail(staff):
    draft = make_draft()
    request_review(draft, user=staff["petra"])
    DBTaskResult.objects.all().delete()
    return_for_changes(draft, user=staff["petra"], text="I see it myself.")
    assert get_queued_mail() == []


@pytest.mark.parametrize("is_undone", [False, True])
def test_approval_is_mailed_unless_the_publication_was_undone(staff, run_again, is_undone):
    draft = make_draft()
    request_review(draft, user=staff["walter"])
    DBTaskResult.objects.all().delete()
    publish(draft, user=staff["petra"], wait=timedelta(seconds=60))
    assert send_queued_mail() == []  # it can be undone
    if is_undone:
        return_to_draft(draft, user=staff["petra"])
    run_again()
    assert [message.subject for message in send_queued_mail()] == (
        [] if is_undone else ["Your text was approved"]
    )


def test_people_can_turn_off_mail_about_reviews_only(staff, client):
    client.force_login(staff["petra"])
    client.post("/admin/account/mail/", {})
    request_review(make_draft(), user=staff["walter"])
    assert ("review_requested", "petra") not in get_queued_mail()
    publish_alert(build_alert(), user=staff["pablo"])
    assert ("alert_published", "petra") in get_queued_mail()
    client.post("/admin/account/mail/", {"reviews": "on"})
    assert User.objects.get(username="petra").wants_review_mail


def test_mail_that_was_turned_off_after_the_request_is_not_sent(staff):
    request_review(make_draft(), user=staff["walter"])
    User.objects.update(wants_review_mail=False)
    assert send_queued_mail() == []


def test_alert_is_mailed_to_the_others_who_publish(staff):
    alert = build_alert()
    publish_alert(alert, user=staff["petra"])
    end_alert(alert.pk, user=staff["pablo"])
    assert get_queued_mail() == [
        ("alert_ended", "maria"),
        ("alert_ended", "petra"),
        ("alert_published", "maria"),
        ("alert_published", "pablo"),
    ]


def test_lock_and_unlock_are_mailed_to_those_who_publish(staff):
    lock_newsroom(staff["maria"], keeps_schedule=False)
    assert get_queued_mail() == [("locked", "pablo"), ("locked", "petra")]
    DBTaskResult.objects.all().delete()
    unlock_newsroom(None)
    assert get_queued_mail() == [("unlocked", "maria"), ("unlocked", "pablo"), ("unlocked", "petra")]
    assert "The server administrator unlocked the newsroom" in send_queued_mail()[0].body


def test_second_lock_by_a_command_is_not_mailed(staff):
    lock_newsroom(staff["maria"], keeps_schedule=True)
    DBTaskResult.objects.all().delete()
    lock_newsroom(None, keeps_schedule=True)
    assert get_queued_mail() == []


def test_new_and_renewed_invitations_are_mailed(staff):
    account = User(first_name="Rosa", last_name="Melgar", email="rosa@example.org", language="es")
    invite(account, user=staff["maria"], role="writer")
    renew_invitation(account, user=staff["maria"])
    assert get_queued_mail() == [("invitation", "rosa.melgar")] * 2
    (message,) = send_queued_mail()  # the renewal revoked the first link
    assert message.to == ["rosa@example.org"]


def test_nothing_is_enqueued_without_mail_url(staff, settings):
    settings.MAIL_FROM = ""
    draft = make_draft()
    request_review(draft, user=staff["walter"])
    return_for_changes(draft, user=staff["petra"], text="Add a date.")
    publish_alert(build_alert(), user=staff["petra"])
    invite(User(first_name="Rosa", email="rosa@example.org"), user=staff["maria"], role="writer")
    lock_newsroom(staff["maria"], keeps_schedule=False)
    assert get_queued_mail() == []


def test_change_that_is_rolled_back_enqueues_nothing(staff):
    with transaction.atomic():
        publish_alert(build_alert(), user=staff["petra"])
        transaction.set_rollback(True)
    assert (get_queued_mail(), mail.outbox) == ([], [])
