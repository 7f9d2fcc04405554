"""Photos are shown with one copy at first, and with all of them once these are made."""

import os
from io import StringIO
from itertools import islice

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import transaction

from releases import publishing, renditions
from releases.models import Photo
from releases.publishing import finishing
from tests import pictures
from tests.builders import make_release, shown

pytestmark = pytest.mark.django_db
PICTURE = pictures.saved(pictures.scene(1000, 600), "JPEG")


@pytest.fixture
def photo(publisher) -> Photo:
    """One that was just chosen."""
    return publishing.add_photo(SimpleUploadedFile("IMG_1.jpg", PICTURE), by=publisher)


def there(photo: Photo) -> set[str]:
    return set(default_storage.listdir(photo.folder)[1])


def finished() -> list[Photo]:
    return [photo for photo, fault in publishing.finish_photos() if fault is None]


def test_a_photo_is_shown_with_one_copy_until_all_are_made(client, photo):
    release = make_release(photos=[shown(photo)])
    page = client.get(release.get_absolute_url()).content.decode()
    assert (there(photo), photo.files) == ({"full.jpg", "960.jpg"}, ["full.jpg", "960.jpg"])
    assert f'<img src="/photos/{photo.name}/960.jpg"' in page
    assert f'content="http://127.0.0.1:8000/photos/{photo.name}/960.jpg"' in page
    assert "<source" not in page
    assert client.get(photo.url("960.jpg")).status_code == client.get(photo.url("full.jpg")).status_code == 200
    assert client.get(photo.url("480.webp")).status_code == 404

    assert finished() == [photo]

    page = client.get(release.get_absolute_url()).content.decode()
    assert page.count("<source") == 2
    photo.refresh_from_db()
    assert (
        there(photo)
        == set(photo.files)
        == {"full.jpg", *(f"{width}.{form}" for width in (480, 960, 1000) for form in ("avif", "webp", "jpg"))}
    )
    assert {client.get(photo.url(file)).status_code for file in photo.files} == {200}


def test_a_photo_that_is_ready_is_left_alone(photo):
    assert (finished(), finished()) == ([photo], [])


def test_what_a_process_left_half_made_is_made_anew(photo):
    default_storage.save(f"{photo.folder}/1000.avif", ContentFile(b"half"))
    finished()
    photo.refresh_from_db()
    assert there(photo) == set(photo.files)
    with default_storage.open(f"{photo.folder}/1000.avif") as file:
        assert file.read() != b"half"


def test_a_photo_deleted_while_its_copies_are_made_leaves_no_file(photo, monkeypatch):
    def copies_while_it_is_deleted(*words):
        Photo.objects.filter(pk=photo.pk).delete()
        yield "480.webp", b"a copy"

    monkeypatch.setattr(renditions, "smaller_copies", copies_while_it_is_deleted)
    finished()
    assert not default_storage.exists(photo.folder)


def test_nor_when_making_them_fails_after_it_was_deleted(photo, monkeypatch):
    def copies_until_the_disk_is_full(*words):
        yield "480.webp", b"a copy"
        Photo.objects.filter(pk=photo.pk).delete()
        default_storage.delete(f"{photo.folder}/full.jpg")
        raise OSError("no room")

    monkeypatch.setattr(renditions, "smaller_copies", copies_until_the_disk_is_full)
    assert finished() == []
    assert not default_storage.exists(photo.folder)


def test_files_the_database_does_not_know_are_kept(photo):
    """The database may be empty, older, or another one: its rows are no reason to delete a file."""
    for file in there(photo):
        os.utime(default_storage.path(f"{photo.folder}/{file}"), (0, 0))
    Photo.objects.filter(pk=photo.pk).delete()
    finished()
    assert there(photo) == {"full.jpg", "960.jpg"}


def test_a_copy_written_while_the_files_are_removed_is_removed_too(photo, monkeypatch):
    """The desk is answered all the same."""
    listed = default_storage.listdir
    late = iter(["480.webp", "480.avif"])

    def listed_too_early(folder):
        found = listed(folder)
        for name in islice(late, 1):
            default_storage.save(f"{folder}/{name}", ContentFile(b"a copy"))
        return found

    monkeypatch.setattr(default_storage, "listdir", listed_too_early)
    publishing.remove_files(photo)
    assert list(late) == []
    assert not default_storage.exists(photo.folder)


def test_what_the_desk_says_of_a_photo_meanwhile_leaves_it_ready(photo):
    finished()
    photo.label = "Families"  # as it was read before
    photo.save()
    photo.refresh_from_db()
    assert (photo.label, photo.is_ready) == ("Families", True)


def test_one_that_ends_its_maker_keeps_no_later_one_waiting(photo, publisher, monkeypatch):
    other = publishing.add_photo(SimpleUploadedFile("IMG_2.jpg", PICTURE), by=publisher)

    def copies(full, kind, widths):
        if Photo.objects.get(pk=other.pk).is_ready:
            raise MemoryError
        return iter([])

    monkeypatch.setattr(renditions, "smaller_copies", copies)
    assert [(one.pk, type(fault)) for one, fault in publishing.finish_photos()] == [(other.pk, type(None)), (photo.pk, MemoryError)]


def test_one_that_cannot_be_finished_is_told_and_keeps_nobody_waiting(photo, publisher):
    other = publishing.add_photo(SimpleUploadedFile("IMG_2.jpg", PICTURE), by=publisher)
    default_storage.delete(f"{photo.folder}/full.jpg")
    errors = StringIO()
    call_command("finish_photos", stderr=errors)
    assert errors.getvalue().startswith(f"Photo {photo.pk} keeps its one copy: ")
    assert list(Photo.objects.filter(is_ready=True)) == [other]


def test_the_copies_are_asked_for_when_the_photo_is_certain(publisher, monkeypatch, django_capture_on_commit_callbacks):
    asked = []
    monkeypatch.setattr(finishing, "finish_soon", lambda: asked.append(Photo.objects.count()))
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        publishing.add_photo(SimpleUploadedFile("IMG_1.jpg", PICTURE), by=publisher)
        assert asked == []
    assert asked == [1]
