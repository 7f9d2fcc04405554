"""Review requests and internal notes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from releases.actions.errors import ActionNotAllowed
from releases.actions.publication import publish
from releases.actions.reviews import request_review, return_for_changes, write_note
from releases.actions.revisions import publish_revision, save_revision
from releases.models import Note
from tests.factories import make_draft, make_release, make_scheduled, make_withdrawn

pytestmark = pytest.mark.django_db


def test_review_request_is_open_until_it_is_answered(writer, publisher):
    draft = make_draft()
    request_review(draft, user=writer, text=" Is the number right? ")
    request = Note.objects.open_review_requests().get()
    assert (request.release, request.author, request.text) == (draft, writer, "Is the number right?")
    return_for_changes(draft, user=publisher, text="Nine, not eight.")
    assert not Note.objects.open_review_requests().exists()
    assert draft.notes.first().text == "Nine, not eight."


def test_second_review_request_replaces_the_first(writer):
    draft = make_draft()
    for _time in range(2):
        request_review(draft, user=writer)
    assert Note.objects.open_review_requests().count() == 1


def test_publishing_closes_the_review_request(writer, publisher):
    draft = make_draft()
    request_review(draft, user=writer)
    publish(draft, user=publisher, wait=timedelta(seconds=60))
    assert not Note.objects.open_review_requests().exists()


def test_pending_revision_can_be_reviewed(writer, publisher):
    release = make_release()
    save_revision(release, user=writer, content=release.content() | {"summary": "New."}, topic_ids=[])
    request_review(release, user=writer)
    publish_revision(release, user=publisher, kind="typo", at=timezone.now() + timedelta(days=1))
    assert not Note.objects.open_review_requests().exists()
    with pytest.raises(ActionNotAllowed, match="nothing to review"):
        request_review(release, user=writer)


@pytest.mark.parametrize("make", [make_release, make_scheduled, make_withdrawn])
def test_public_scheduled_or_withdrawn_release_cannot_be_reviewed(make, writer):
    with pytest.raises(ActionNotAllowed, match="nothing to review"):
        request_review(make(), user=writer)


def test_review_request_does_not_change_the_release(writer):
    draft = make_draft()
    version = draft.version
    request_review(draft, user=writer)
    draft.refresh_from_db()
    assert draft.version == version


def test_an_empty_note_is_refused(writer, publisher):
    draft = make_draft()
    with pytest.raises(ActionNotAllowed, match="Write a comment"):
        write_note(draft, user=writer, text=" \x01 ")
    with pytest.raises(ActionNotAllowed, match="No review has been requested"):
        return_for_changes(draft, user=publisher, text="No.")
    request_review(draft, user=writer)
    with pytest.raises(ActionNotAllowed, match="Write a comment"):
        return_for_changes(draft, user=publisher, text="")
    assert Note.objects.open_review_requests().exists()


def test_only_publishers_can_send_a_draft_back(writer):
    draft = make_draft()
    request_review(draft, user=writer)
    with pytest.raises(ActionNotAllowed, match="publishers"):
        return_for_changes(draft, user=writer, text="No.")


def test_repeated_submission_creates_one_note(writer, publisher):
    draft = make_draft()
    for _press in range(2):
        write_note(draft, user=writer, text="Called the lawyer.")
    assert draft.notes.count() == 1
    for _press in range(2):
        request_review(draft, user=writer, text="Please read.")
    assert draft.notes.count() == 2
    return_for_changes(draft, user=publisher, text="Nine, not eight.")
    request_review(draft, user=writer, text="Please read.")  # on purpose, after an answer
    assert (draft.notes.count(), Note.objects.open_review_requests().count()) == (4, 1)
