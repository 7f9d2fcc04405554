"""Photos are shown with one rendition at first, and with all renditions once these exist."""

import hashlib
import os
from itertools import islice

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from releases.actions.photos import add_photo
from releases.actions.rendition_jobs import delete_files, generate_renditions, record_digests
from releases.media import photos
from releases.models import Document, Photo
from tests.actions import process_photos
from tests.factories import make_release, photo_entry
from tests.pictures import JPEG_BYTES

pytestmark = pytest.mark.django_db


def get_stored_files(photo: Photo) -> set[str]:
    return set(default_storage.listdir(photo.storage_folder)[1])


def test_photo_uses_its_fallback_until_renditions_are_generated(client, photo):
    release = make_release(photos=[photo_entry(photo)])
    page = client.get(release.get_absolute_url()).content.decode()
    assert (get_stored_files(photo), photo.files) == ({"full.jpg", "960.jpg"}, ["full.jpg", "960.jpg"])
    assert f'<img src="/photos/{photo.name}/960.jpg"' in page
    assert f'content="http://127.0.0.1:8000{release.get_absolute_url()}photo-card.jpg?' in page
    assert "<source" not in page
    assert (
        client.get(photo.url("960.jpg")).status_code == client.get(photo.url("full.jpg")).status_code == 200
    )
    assert client.get(photo.url("480.webp")).status_code == 404

    assert process_photos() == [photo]

    page = client.get(release.get_absolute_url()).content.decode()
    assert page.count("<source") == 2
    photo.refresh_from_db()
    assert (
        get_stored_files(photo)
        == set(photo.files)
        == {
            "full.jpg",
            *(f"{width}.{form}" for width in (480, 960, 1000) for form in ("avif", "webp", "jpg")),
        }
    )
    assert {client.get(photo.url(file)).status_code for file in photo.files} == {200}


def test_photo_with_renditions_is_not_processed_again(photo):
    assert (process_photos(), process_photos()) == ([photo], [])


def test_incomplete_renditions_are_regenerated(photo):
    default_storage.save(f"{photo.storage_folder}/1000.avif", ContentFile(b"half"))
    process_photos()
    photo.refresh_from_db()
    assert get_stored_files(photo) == set(photo.files)
    with default_storage.open(f"{photo.storage_folder}/1000.avif") as file:
        assert file.read() != b"half"


def read_digests(row: Photo | Document) -> dict[str, str]:
    digests = {}
    for path in row.file_digests:
        with default_storage.open(path) as file:
            digests[path] = hashlib.sha256(file.read()).hexdigest()
    return digests


def test_digest_of_each_file_is_recorded(photo, document):
    assert photo.file_digests == read_digests(photo)
    assert list(generate_renditions()) == [(photo, None)]
    photo.refresh_from_db()
    assert photo.file_digests == read_digests(photo)
    assert len(photo.file_digests) > 2
    assert document.file_digests == read_digests(document)
    Photo.objects.update(digests={})
    Document.objects.update(digest="")
    record_digests()
    for row in (photo, document):
        row.refresh_from_db()
        assert row.file_digests == read_digests(row)


def test_photo_deleted_during_rendering_leaves_no_files(photo, monkeypatch):
    def copies_while_it_is_deleted(*args):
        Photo.objects.filter(pk=photo.pk).delete()
        yield "480.webp", b"a copy"

    monkeypatch.setattr(photos, "make_remaining_renditions", copies_while_it_is_deleted)
    process_photos()
    assert not default_storage.exists(photo.storage_folder)


def test_photo_deleted_before_rendering_fails_leaves_no_files(photo, monkeypatch):
    def copies_until_the_disk_is_full(*args):
        yield "480.webp", b"a copy"
        Photo.objects.filter(pk=photo.pk).delete()
        default_storage.delete(f"{photo.storage_folder}/full.jpg")
        raise OSError("no room")

    monkeypatch.setattr(photos, "make_remaining_renditions", copies_until_the_disk_is_full)
    assert process_photos() == []
    assert not default_storage.exists(photo.storage_folder)


def test_files_unknown_to_the_database_are_kept(photo):
    """The database may be empty, older or another one, so unknown files must not be deleted."""
    for file in get_stored_files(photo):
        os.utime(default_storage.path(f"{photo.storage_folder}/{file}"), (0, 0))
    Photo.objects.filter(pk=photo.pk).delete()
    process_photos()
    assert get_stored_files(photo) == {"full.jpg", "960.jpg"}


def test_rendition_written_during_deletion_is_also_deleted(photo, monkeypatch):
    """The request in the admin succeeds anyway."""
    original_listdir = default_storage.listdir
    late_names = iter(["480.webp", "480.avif"])

    def listed_too_early(folder):
        listing = original_listdir(folder)
        for name in islice(late_names, 1):
            default_storage.save(f"{folder}/{name}", ContentFile(b"a copy"))
        return listing

    monkeypatch.setattr(default_storage, "listdir", listed_too_early)
    delete_files(photo)
    assert list(late_names) == []
    assert not default_storage.exists(photo.storage_folder)


def test_photo_that_exhausts_memory_does_not_block_newer_photos(photo, publisher, monkeypatch):
    other = add_photo(SimpleUploadedFile("IMG_2.jpg", JPEG_BYTES), user=publisher)

    def copies(full, kind, widths):
        if Photo.objects.get(pk=other.pk).renditions_ready:
            raise MemoryError
        return iter([])

    monkeypatch.setattr(photos, "make_remaining_renditions", copies)
    assert [(item.pk, type(error)) for item, error in generate_renditions()] == [
        (other.pk, type(None)),
        (photo.pk, MemoryError),
    ]
