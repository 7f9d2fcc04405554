"""Changes of many releases at once: topics and review requests."""

from datetime import timedelta

import pytest
from django.utils import timezone

from releases.actions.bulk_changes import change_topic, request_reviews
from releases.actions.errors import ActionNotAllowed
from releases.actions.newsroom_lock import lock_newsroom
from releases.actions.revisions import publish_revision, save_revision
from releases.actions.topics import merge_topics
from releases.models import Note, PendingRevision, Release
from tests.factories import make_draft, make_release, make_scheduled, make_topic, make_user, make_withdrawn

pytestmark = pytest.mark.django_db


def get_reasons(outcomes) -> dict[int, str]:
    return {outcome.release.pk: outcome.reason.partition(",")[0].partition(".")[0] for outcome in outcomes}


def test_topic_is_added_to_drafts_at_once_and_to_public_releases_as_a_change(publisher):
    daca, courts = make_topic("DACA"), make_topic("Courts", "Tribunales")
    draft, public = make_draft(topics=(courts,)), make_release(topics=(courts,))
    outcomes = change_topic([draft.pk, public.pk], daca, user=publisher, adds=True)
    assert [(outcome.release, outcome.reason, outcome.is_revision) for outcome in outcomes] == [
        (draft, "", False),
        (public, "", True),
    ]
    assert set(draft.tags.all()) == {daca, courts}
    assert set(public.tags.all()) == {courts}
    record = Release.history.filter(id=draft.pk).latest()
    assert (record.history_user, record.history_change_reason) == (publisher, "write")
    assert Release.objects.get(pk=draft.pk).text_version == draft.text_version  # translations stay current
    publish_revision(Release.objects.get(pk=public.pk), user=publisher, kind="typo")
    assert set(public.tags.all()) == {daca, courts}


def test_topic_change_keeps_the_text_of_a_pending_revision(publisher):
    daca, courts = make_topic("DACA"), make_topic("Courts", "Tribunales")
    public = make_release(topics=(courts,))
    content = public.content() | {"summary": "Nine families."}
    save_revision(public, user=publisher, content=content, topic_ids=[courts.pk])
    change_topic([public.pk], daca, user=publisher, adds=True)
    revision = PendingRevision.objects.get()
    assert (revision.data["summary"], set(revision.topic_ids)) == ("Nine families.", {daca.pk, courts.pk})
    change_topic([public.pk], courts, user=publisher, adds=False)
    assert PendingRevision.objects.get().topic_ids == [daca.pk]


def test_removing_the_added_topic_leaves_no_change_to_publish(publisher):
    daca, public = make_topic("DACA"), make_release()
    change_topic([public.pk], daca, user=publisher, adds=True)
    (outcome,) = change_topic([public.pk], daca, user=publisher, adds=False)
    assert (outcome.reason, outcome.is_revision) == ("", False)
    assert not PendingRevision.objects.exists()


@pytest.mark.parametrize(
    ("role", "scheduled"), [("Writers", "It is scheduled"), ("Publishers", "It already has this topic")]
)
def test_releases_that_cannot_be_changed_are_left_with_a_reason(role, scheduled):
    user, daca = make_user("rosa", role), make_topic("DACA")
    releases = {
        make_scheduled(topics=(daca,)): scheduled,
        make_withdrawn(): "It is withdrawn",
        make_draft(topics=(daca,)): "It already has this topic",
        make_draft(): "",
    }
    changing = make_release()
    data = {**changing.content(), "tags": []}
    PendingRevision.objects.create(
        release=changing, data=data, public_at=timezone.now() + timedelta(hours=1), kind="typo"
    )
    releases[changing] = "It has a scheduled change"
    versions = dict(Release.objects.values_list("pk", "version"))
    outcomes = change_topic([release.pk for release in releases], daca, user=user, adds=True)
    assert get_reasons(outcomes) == {release.pk: reason for release, reason in releases.items()}
    changed = {pk for pk, version in Release.objects.values_list("pk", "version") if version != versions[pk]}
    assert changed == {release.pk for release, reason in releases.items() if not reason}


def test_topic_merged_in_the_meantime_is_replaced_and_a_deleted_one_is_refused(publisher):
    daca, dreamers, draft = make_topic("DACA"), make_topic("Dreamers", "Soñadores"), make_draft()
    merge_topics(dreamers, into=daca, user=publisher)
    dreamers.pk = 999_999  # as the page had it
    change_topic([draft.pk], dreamers, user=publisher, adds=True)
    assert list(draft.tags.all()) == [daca]
    unknown = make_topic("Other", "Otro")
    pk = unknown.pk
    unknown.delete()
    unknown.pk = pk
    with pytest.raises(ActionNotAllowed, match="deleted in the meantime"):
        change_topic([draft.pk], unknown, user=publisher, adds=True)


@pytest.mark.parametrize("change", ["topic", "review"])
def test_changes_need_the_permission_and_an_unlocked_newsroom(change, publisher):
    draft, daca = make_draft(), make_topic("DACA")
    manager = make_user("maria", "", is_superuser=True)

    def perform(user):
        if change == "topic":
            return change_topic([draft.pk], daca, user=user, adds=True)
        return request_reviews([draft.pk], user=user)

    with pytest.raises(ActionNotAllowed, match="can't change releases"):
        perform(make_user("nora", ""))
    lock_newsroom(manager, keeps_schedule=False)
    with pytest.raises(ActionNotAllowed, match="locked"):
        perform(publisher)
    assert (draft.tags.count(), Note.objects.count()) == (0, 0)


def test_reviews_are_requested_where_something_awaits_a_decision(writer):
    draft, waiting, public = make_draft(), make_draft(), make_release()
    Note.objects.create(release=waiting, is_review_request=True)
    outcomes = request_reviews([draft.pk, waiting.pk, public.pk], user=writer, text="Before noon.")
    assert get_reasons(outcomes) == {
        draft.pk: "",
        waiting.pk: "A review is already requested",
        public.pk: "There is no draft or change awaiting a decision here",
    }
    note = Note.objects.get(author=writer)
    assert (note.release, note.text, note.is_review_request) == (draft, "Before noon.", True)
