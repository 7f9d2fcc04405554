"""The checklist of a release before it is published."""

import pytest

from releases.actions.checklist import get_checklist
from releases.actions.revisions import save_revision
from tests.factories import make_draft, make_photo, make_release, make_scheduled, make_topic, photo_entry

pytestmark = pytest.mark.django_db


def read(release):
    return {(item.page, item.field, item.is_required) for item in get_checklist(release)}


@pytest.mark.parametrize(
    ("fields", "item"),
    [
        ({"summary": ""}, ("form", "summary", True)),
        ({"headline": ""}, ("form", "headline", True)),
        ({"body": "<p></p>"}, ("form", "body", False)),
        ({}, ("form", "tags", False)),
        ({}, ("translation", "", False)),
    ],
)
def test_checklist_names_what_a_draft_lacks(fields, item):
    assert item in read(make_draft(**fields))


def test_checklist_names_a_photo_without_a_description():
    photo = make_photo()
    draft = make_draft(photos=[photo_entry(photo, alt="")])
    assert ("photos", "", True) in read(draft)
    draft.photos = [photo_entry(photo, alt="A street")]
    assert ("photos", "", True) not in read(draft)


def test_topic_is_not_asked_for_again():
    assert ("form", "tags", False) not in read(make_draft(topics=(make_topic(),)))


def test_checklist_is_empty_when_nothing_waits_to_be_published(publisher):
    release = make_release()
    assert get_checklist(release) == []
    assert get_checklist(make_scheduled()) == []
    save_revision(release, user=publisher, content=release.content() | {"body": ""}, topic_ids=[])
    release.refresh_from_db()
    assert ("form", "body", False) in read(release)
