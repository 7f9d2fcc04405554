"""Concurrent actions on the same releases: one of them succeeds, and the others get a clear error."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event, Thread, Timer

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from releases.actions import due_revisions, publication, withdrawal
from releases.actions.accounts import close_account, invite, renew_invitation
from releases.actions.bulk_history import record_history
from releases.actions.errors import ActionNotAllowed
from releases.actions.newsroom_lock import lock_newsroom
from releases.actions.redaction import redact
from releases.actions.revisions import save_revision
from releases.actions.topics import lock_topics, merge_topics
from releases.models import PendingRevision, Release, ReleaseTag, User
from tests.admin import FORM_DEFAULTS
from tests.factories import make_draft, make_invited_user, make_release, make_topic, make_user

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def run_concurrently(action, releases, **kwargs) -> list[str]:
    """Run `action` on all `releases` at the same time, and return "done" or the error message of each."""

    def do(release: Release) -> str:
        try:
            action(release, **kwargs)
        except ActionNotAllowed as error:
            return str(error)
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(releases)) as desks:
        return list(desks.map(do, releases))


@pytest.mark.parametrize("_time", range(3))
def test_concurrent_publish_requests_publish_once(_time):
    user = make_user()
    draft = make_draft()
    answers = run_concurrently(
        publication.publish, [Release.objects.get(pk=draft.pk) for _press in range(6)], user=user
    )
    assert sorted(answers) == ["This release is already public."] * 5 + ["done"]
    draft.refresh_from_db()
    assert draft.version == 2


def test_concurrent_withdrawals_withdraw_once():
    user = make_user()
    release = make_release()
    answers = run_concurrently(
        withdrawal.withdraw,
        [Release.objects.get(pk=release.pk) for _press in range(6)],
        user=user,
        reason="A name was wrong.",
    )
    assert sorted(answers) == ["This release was already withdrawn."] * 5 + ["done"]


def test_lock_waits_for_a_release_that_is_being_scheduled_and_unschedules_it():
    publisher, manager = make_user(), make_user("maria", "", is_superuser=True)
    draft, other = make_draft(), make_draft()
    tomorrow = timezone.now() + timedelta(days=1)
    is_scheduled = Event()

    def schedule() -> None:
        with transaction.atomic():
            publication.publish(draft, user=publisher, at=tomorrow)
            is_scheduled.set()
            time.sleep(0.5)  # the lock begins before the commit
        connection.close()

    thread = Thread(target=schedule)
    thread.start()
    assert is_scheduled.wait(5)
    assert lock_newsroom(manager, keeps_schedule=False).unscheduled_count == 1
    thread.join()
    draft.refresh_from_db()
    assert draft.public_at is None
    with pytest.raises(ActionNotAllowed, match="newsroom is locked"):
        publication.publish(other, user=publisher, at=tomorrow)


def test_concurrently_published_releases_never_share_a_slug():
    user = make_user()
    drafts = [make_draft(headline="A ruling") for _draft in range(6)]
    answers = run_concurrently(publication.publish, drafts, user=user)
    assert set(answers) <= {
        "done",
        "Another release just took this web address. Try again.",
        "Another release in this language already has this web address. Choose another.",
    }
    public = Release.objects.published().values_list("slug", flat=True)
    assert len(set(public)) == len(public) == answers.count("done") >= 1


def run_in_thread(action, *arguments, **kwargs) -> Thread:
    def do() -> None:
        action(*arguments, **kwargs)
        connection.close()

    thread = Thread(target=do)
    thread.start()
    return thread


def test_withdrawal_during_a_topic_merge_is_not_undone(monkeypatch):
    user, daca, courts = make_user(), make_topic("DACA"), make_topic("Courts", "Tribunales")
    release = make_release(topics=(daca,))
    started = []

    def record_slowly(rows, **kwargs):
        if not started:
            started.append(run_in_thread(withdrawal.withdraw, Release.objects.get(pk=release.pk), user=user))
            time.sleep(0.3)
        record_history(rows, **kwargs)

    monkeypatch.setattr("releases.actions.topics.record_history", record_slowly)
    merge_topics(daca, into=courts, user=user)
    started[0].join()
    release.refresh_from_db()
    assert (release.status, release.topics) == ("withdrawn", [courts])


def test_name_written_during_redaction_is_redacted():
    user, written, finish = make_user(), Event(), Event()
    make_release(headline="Quetzalina Nanez")

    def write() -> None:
        with transaction.atomic():
            make_draft(headline="Quetzalina Nanez again")
            written.set()
            finish.wait(10)

    writer = run_in_thread(write)
    assert written.wait(10)
    Timer(0.5, finish.set).start()
    redact("Quetzalina Nanez", user=user)
    writer.join()
    assert not Release.objects.filter(headline__contains="Quetzalina").exists()


def test_topic_assigned_during_publication_is_listed_as_public():
    user, topic, draft = make_user(), make_topic(), make_draft()
    publishing_now, finish = Event(), Event()

    def publish() -> None:
        with transaction.atomic():
            publication.publish(Release.objects.get(pk=draft.pk), user=user)
            publishing_now.set()
            finish.wait(10)

    publisher = run_in_thread(publish)
    assert publishing_now.wait(10)
    Timer(0.5, finish.set).start()
    ReleaseTag.objects.create(tag=topic, content_object=draft)  # `draft` was loaded before it was published
    publisher.join()
    assert list(ReleaseTag.objects.published().values_list("content_object", flat=True)) == [draft.pk]


def test_reader_is_not_blocked_by_a_long_write_lock(client, monkeypatch):
    user, finish, holding = make_user(), Event(), Event()
    release = make_release(slug="a-ruling")
    save_revision(release, user=user, content=release.content() | {"summary": "New words."}, topic_ids=[])
    PendingRevision.objects.update(public_at=timezone.now(), kind="typo")

    def hold() -> None:
        with transaction.atomic():
            Release.objects.select_for_update().get(pk=release.pk)
            holding.set()
            finish.wait(30)

    writer = run_in_thread(hold)
    assert holding.wait(10)
    # The writer still holds the lock.
    assert b"Families can stay together." in client.get("/2015/03/a-ruling/").content
    finish.set()
    writer.join()
    monkeypatch.setattr(due_revisions, "_retry_at", 0.0)  # skip the wait before the next attempt
    assert b"New words." in client.get("/2015/03/a-ruling/").content


def test_form_of_a_new_release_sent_at_the_same_time_creates_one_release():
    user = make_user()
    data = FORM_DEFAULTS | {"headline": "A ruling", "client_id": str(uuid.uuid4())}

    def send(_number: int) -> int:
        client = Client()
        client.force_login(user)
        try:
            return client.post("/admin/releases/release/add/", data).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as senders:
        assert list(senders.map(send, range(3))) == [302, 302, 302]
    assert Release.objects.count() == 1


@pytest.mark.parametrize("is_tagged", [True, False])
def test_release_saved_during_a_topic_merge_gets_the_merged_topic(is_tagged):
    """A save locks the release before its topics. A merge in the reverse order would deadlock."""
    user, daca, courts = make_user(), make_topic("DACA"), make_topic("Courts", "Tribunales")
    release = make_draft(topics=(daca,) if is_tagged else ())
    has_release, errors = Event(), []

    def save_with_topic():
        try:
            with transaction.atomic():
                Release.objects.select_for_update().get(pk=release.pk)
                has_release.set()
                time.sleep(0.3)  # the merge begins
                release.tags.set(lock_topics([daca]))
        except Exception as error:
            errors.append(error)

    saver = run_in_thread(save_with_topic)
    assert has_release.wait(10)
    merge_topics(daca, into=courts, user=user)
    saver.join()
    assert errors == []
    assert Release.objects.get(pk=release.pk).topics == [courts]
    assert not ReleaseTag.objects.filter(tag=daca.pk).exists()


def test_invitation_that_is_accepted_several_times_at_once_works_once():
    manager = make_user("maria", "", is_superuser=True)
    secret = renew_invitation(make_invited_user(), user=manager)

    def accept(number: int) -> int:
        password = f"seven green umbrellas {number}"
        try:
            return (
                Client()
                .post(f"/admin/invitation/{secret}/", {"new_password1": password, "new_password2": password})
                .status_code
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as presses:
        statuses = list(presses.map(accept, range(4)))
    assert sorted(statuses) == [302, 410, 410, 410]
    user = User.objects.get(username="rosa.melgar")
    assert user.check_password(f"seven green umbrellas {statuses.index(302)}")


def test_managers_who_close_each_others_accounts_at_once_leave_one():
    managers = [make_user(name, "", is_superuser=True) for name in ("maria", "marta")]

    def close(number: int) -> str:
        try:
            close_account(User.objects.get(pk=managers[number - 1].pk), user=managers[number])
        except ActionNotAllowed as error:
            return str(error)
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as desks:
        answers = sorted(desks.map(close, range(2)))
    assert answers == ["Only managers can manage accounts. Ask a manager.", "done"]
    assert User.objects.filter(is_active=True).count() == 1


def test_same_colleague_invited_several_times_at_once_has_one_account():
    manager = make_user("maria", "", is_superuser=True)

    def press(_number: int) -> str:
        try:
            invite(User(first_name="Rosa", email="rosa@example.org"), user=manager, role="writer")
        except ActionNotAllowed:
            return "refused"
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as presses:
        assert sorted(presses.map(press, range(4))) == ["done", "refused", "refused", "refused"]
    assert User.objects.filter(email="rosa@example.org").count() == 1
