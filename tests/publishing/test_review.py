from datetime import timedelta

import pytest
from django.utils import timezone

from releases import publishing
from releases.models import Note
from releases.publishing import Refusal
from tests.builders import make_draft, make_release, make_scheduled, make_withdrawn

pytestmark = pytest.mark.django_db


def test_a_request_waits_until_it_is_answered(writer, publisher):
    draft = make_draft()
    publishing.ask_for_review(draft, by=writer, text=" Is the number right? ")
    request = Note.objects.open_reviews().get()
    assert (request.release, request.by, request.text) == (draft, writer, "Is the number right?")
    publishing.send_back(draft, by=publisher, text="Nine, not eight.")
    assert not Note.objects.open_reviews().exists()
    assert draft.notes.first().text == "Nine, not eight."


def test_a_second_request_takes_the_place_of_the_first(writer):
    draft = make_draft()
    for _time in range(2):
        publishing.ask_for_review(draft, by=writer)
    assert Note.objects.open_reviews().count() == 1


def test_publishing_answers_a_request(writer, publisher):
    draft = make_draft()
    publishing.ask_for_review(draft, by=writer)
    publishing.publish(draft, by=publisher, wait=timedelta(seconds=60))
    assert not Note.objects.open_reviews().exists()


def test_a_change_can_be_reviewed(writer, publisher):
    release = make_release()
    publishing.write_change(release, by=writer, printed=release.printed() | {"summary": "New."}, tags=[])
    publishing.ask_for_review(release, by=writer)
    publishing.publish_change(release, by=publisher, kind="typo", at=timezone.now() + timedelta(days=1))
    assert not Note.objects.open_reviews().exists()
    with pytest.raises(Refusal, match="nothing to review"):
        publishing.ask_for_review(release, by=writer)


@pytest.mark.parametrize("make", [make_release, make_scheduled, make_withdrawn])
def test_what_is_decided_needs_no_review(make, writer):
    with pytest.raises(Refusal, match="nothing to review"):
        publishing.ask_for_review(make(), by=writer)


def test_a_request_changes_nothing_of_the_release(writer):
    draft = make_draft()
    before = draft.version
    publishing.ask_for_review(draft, by=writer)
    draft.refresh_from_db()
    assert draft.version == before


def test_an_empty_note_is_refused(writer, publisher):
    draft = make_draft()
    with pytest.raises(Refusal, match="few words"):
        publishing.write_note(draft, by=writer, text=" \x01 ")
    with pytest.raises(Refusal, match="Nobody waits"):
        publishing.send_back(draft, by=publisher, text="No.")
    publishing.ask_for_review(draft, by=writer)
    with pytest.raises(Refusal, match="few words"):
        publishing.send_back(draft, by=publisher, text="")
    assert Note.objects.open_reviews().exists()


def test_only_publishers_send_back(writer):
    draft = make_draft()
    publishing.ask_for_review(draft, by=writer)
    with pytest.raises(Refusal, match="publishers"):
        publishing.send_back(draft, by=writer, text="No.")


def test_a_button_pressed_twice_leaves_one_word(writer, publisher):
    draft = make_draft()
    for _press in range(2):
        publishing.write_note(draft, by=writer, text="Called the lawyer.")
    assert draft.notes.count() == 1
    for _press in range(2):
        publishing.ask_for_review(draft, by=writer, text="Please read.")
    assert draft.notes.count() == 2
    publishing.send_back(draft, by=publisher, text="Nine, not eight.")
    publishing.ask_for_review(draft, by=writer, text="Please read.")  # on purpose, after an answer
    assert (draft.notes.count(), Note.objects.open_reviews().count()) == (4, 1)
