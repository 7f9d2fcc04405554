"""The command that generates missing renditions."""

import os

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from releases.actions.photos import add_photo
from releases.models import Photo
from tests.pictures import JPEG_BYTES

pytestmark = pytest.mark.django_db


def test_failed_photo_is_reported_and_does_not_block_others(photo, publisher, caplog, monkeypatch):
    priorities = []
    monkeypatch.setattr(os, "nice", priorities.append)  # it can't be undone: the later tests would be slow
    other = add_photo(SimpleUploadedFile("IMG_2.jpg", JPEG_BYTES), user=publisher)
    default_storage.delete(f"{photo.storage_folder}/full.jpg")
    call_command("finish_photos")
    assert priorities == [19]
    assert [record.getMessage().partition(": ")[0] for record in caplog.records] == [
        f"Photo {photo.pk} is shown in one size only"
    ]
    assert list(Photo.objects.filter(renditions_ready=True)) == [other]
