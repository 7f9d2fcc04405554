"""A release is published only with alt texts and document titles."""

import pytest
from django.utils import timezone

from releases.actions.errors import ActionNotAllowed
from releases.actions.photos import set_photos
from releases.actions.publication import publish
from releases.actions.revisions import publish_revision
from tests.factories import attachment_data, make_draft, make_photo, make_release, photo_entry

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "alt", ["", "IMG_2041.jpg", "photo", "DSC 0012", "WhatsApp Image 2026-01-02 at 10.11.12.jpeg"]
)
def test_release_is_not_published_with_a_photo_without_alt_text(publisher, alt):
    draft = make_draft(photos=[photo_entry(make_photo(), alt=alt)])
    with pytest.raises(ActionNotAllowed, match="people who can't see it"):
        publish(draft, user=publisher)
    release = make_release()
    set_photos(release, user=publisher, photos=[photo_entry(make_photo(), alt=alt)])
    with pytest.raises(ActionNotAllowed, match="people who can't see it"):
        publish_revision(release, user=publisher, kind="typo")


def test_decorative_photo_does_not_need_alt_text(publisher):
    draft = make_draft(photos=[photo_entry(make_photo(), alt="", is_decorative=True)])
    publish(draft, user=publisher)
    assert draft.is_public(timezone.now())


def test_deleted_photo_does_not_prevent_publishing(publisher):
    photo = make_photo()
    draft = make_draft(photos=[photo_entry(photo, alt="")])
    photo.delete()
    publish(draft, user=publisher)
    assert draft.is_public()


@pytest.mark.parametrize("title", ["", "TPS_v3_AR_final.pdf", "fact_sheet", "draft.docx"])
def test_release_is_not_published_with_an_untitled_document(publisher, document, title):
    draft = make_draft(attachments=[attachment_data(document, title)])
    with pytest.raises(ActionNotAllowed, match="Give each document a title"):
        publish(draft, user=publisher)
