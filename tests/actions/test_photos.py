"""Photos are added to a release, and their renditions are requested."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from releases.actions import rendition_jobs
from releases.actions.errors import ActionNotAllowed
from releases.actions.photos import add_photo, set_photos
from releases.models import Photo
from tests.factories import make_photo, make_scheduled, photo_entry
from tests.pictures import JPEG_BYTES

pytestmark = pytest.mark.django_db


def test_renditions_are_requested_after_the_transaction_commits(
    publisher, monkeypatch, django_capture_on_commit_callbacks
):
    calls = []
    monkeypatch.setattr(
        rendition_jobs, "generate_renditions_soon", lambda: calls.append(Photo.objects.count())
    )
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        add_photo(SimpleUploadedFile("IMG_1.jpg", JPEG_BYTES), user=publisher)
        assert calls == []
    assert calls == [1]


def test_scheduled_release_rejects_a_photo_without_alt_text(publisher):
    release = make_scheduled()
    with pytest.raises(ActionNotAllowed, match="has no alt text"):
        set_photos(release, user=publisher, more_photos=[photo_entry(make_photo(), alt="")])
    set_photos(release, user=publisher, more_photos=[photo_entry(make_photo())])
    assert len(release.photos) == 1


def test_photo_is_stored_with_its_history_or_not_at_all(publisher, monkeypatch):
    def fail(*_args, **_kwargs) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Photo.history.model, "save", fail)
    with pytest.raises(KeyboardInterrupt):
        add_photo(SimpleUploadedFile("IMG_1.jpg", JPEG_BYTES), user=publisher)
    assert not Photo.objects.exists()
