"""The forms for photos: invalid files and texts do not block the valid ones."""

import pytest

from tests.admin import RELEASE_LIST_URL, photo_form_data, upload_data
from tests.factories import make_draft, make_photo, photo_entry
from tests.pictures import PNG_BYTES

pytestmark = pytest.mark.django_db


def test_alt_text_that_is_too_long_is_reported_and_the_upload_is_saved(publisher_client):
    photo = make_photo()
    draft = make_draft(photos=[photo_entry(photo)])
    form = (
        photo_form_data(photo, of_0={"alt": "x" * 301})
        | upload_data(("two.png", PNG_BYTES))
        | {"photo-TOTAL_FORMS": 1, "photo-INITIAL_FORMS": 1}
    )
    page = publisher_client.post(f"{RELEASE_LIST_URL}{draft.pk}/photos/", form).content.decode()
    draft.refresh_from_db()
    assert len(draft.photos) == 2
    assert "x" * 301 in page
    assert "at most 300 characters" in page


def test_empty_upload_does_not_prevent_saving_the_other_photos(publisher_client):
    draft = make_draft()
    page = publisher_client.post(
        f"{RELEASE_LIST_URL}{draft.pk}/photos/", upload_data(("one.png", PNG_BYTES), ("empty.png", b""))
    ).content.decode()
    draft.refresh_from_db()
    assert len(draft.photos) == 1
    assert "empty.png: " in page
