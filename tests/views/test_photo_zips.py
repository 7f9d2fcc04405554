"""The ZIP files of a release's photos: built once, bounded, and deleted with what they contain."""

import os
import stat
import time
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from releases.actions.redaction import redact
from releases.media import zip_cache
from tests.factories import make_release, photo_entry


@pytest.fixture
def release_with_photos(publisher, photo):
    zip_cache.clear()
    yield make_release(slug="a-day", photos=[photo_entry(photo, caption="Rosa Melgar speaks.")])
    zip_cache.clear()


def get_zip_files() -> list[Path]:
    return sorted(zip_cache.get_folder().glob("*"))


@pytest.mark.django_db
def test_zip_of_photos_is_built_once_and_its_etag_comes_from_its_bytes(
    client, release_with_photos, monkeypatch
):
    url = f"{release_with_photos.get_absolute_url()}photos.zip"
    first = client.get(url)
    content = b"".join(first.streaming_content)
    assert len(zipfile.ZipFile(BytesIO(content)).namelist()) == 2
    builds: list[str] = []
    build = zip_cache._build
    monkeypatch.setattr(zip_cache, "_build", lambda key, write: builds.append(key) or build(key, write))
    release_with_photos.save()
    again = client.get(url)
    assert (b"".join(again.streaming_content), again["ETag"]) == (content, first["ETag"])
    assert client.head(url)["ETag"] == first["ETag"]
    assert client.get(url, headers={"if-none-match": first["ETag"]}).status_code == 304
    assert builds == []
    zip_cache.clear()  # another machine builds the same bytes
    assert client.head(url)["ETag"] == first["ETag"]
    assert len(builds) == 1
    assert [stat.S_IMODE(path.stat().st_mode) for path in get_zip_files()] == [0o600]


@pytest.mark.django_db
def test_missing_photo_is_left_out_until_it_is_back(client, release_with_photos, photo, caplog):
    path = Path(default_storage.path(f"{photo.storage_folder}/{photo.original}"))
    away, url = path.with_suffix(".away"), f"{release_with_photos.get_absolute_url()}photos.zip"

    def get_names() -> list[str]:
        content = b"".join(client.get(url).streaming_content)
        return zipfile.ZipFile(BytesIO(content)).namelist()

    path.rename(away)
    assert get_names() == ["a-day.txt"]
    assert "A photo is left out of a ZIP file" in caplog.text
    away.rename(path)
    assert get_names() == ["a-day-1.jpg", "a-day.txt"]


@pytest.mark.django_db
def test_disk_that_is_full_while_a_zip_is_built_leaves_no_file(client, release_with_photos, monkeypatch):
    def fail(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("releases.views.photos.shutil.copyfileobj", fail)
    client.raise_request_exception = False
    assert client.get(f"{release_with_photos.get_absolute_url()}photos.zip").status_code == 503
    assert get_zip_files() == []


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("reason", ["photo deleted", "name removed"])
def test_zip_does_not_outlive_its_photo_or_a_removed_name(
    client, publisher, release_with_photos, photo, reason
):
    client.head(f"{release_with_photos.get_absolute_url()}photos.zip")
    assert get_zip_files()
    if reason == "photo deleted":
        photo.delete()
    else:
        redact("Rosa Melgar", user=publisher)
    assert get_zip_files() == []


@pytest.fixture
def zip_folder():
    zip_cache.clear()
    yield zip_cache.get_folder()
    zip_cache.clear()


def build_zip(name: str, seconds_ago: float = 0) -> None:
    """Build a ZIP file of about 1,000 bytes that was last requested `seconds_ago`."""
    key = zip_cache.make_key(name)
    zip_cache.open_zip(key, lambda archive: archive.writestr("a", b"x" * 1000) is None).file.close()
    for path in zip_cache.get_folder().glob(f"{key}.*"):
        os.utime(path, times=(time.time() - seconds_ago,) * 2)


def get_zip_keys() -> set[str]:
    return {path.name.split(".")[0] for path in get_zip_files()}


@pytest.mark.parametrize(
    ("limit", "value", "kept"),
    [("MAX_FILES", 3, {1, 2, 3}), ("MAX_TOTAL_BYTES", 2500, {1, 2}), ("MAX_UNUSED_SECONDS", 25, {1, 2})],
)
def test_zip_files_are_limited_in_number_bytes_and_age(zip_folder, monkeypatch, limit, value, kept):
    for number in range(5, 1, -1):
        build_zip(f"file {number}", seconds_ago=10 * number)
    monkeypatch.setattr(zip_cache, limit, value)
    build_zip("file 1")
    assert get_zip_keys() == {zip_cache.make_key(f"file {number}") for number in kept}


def test_files_of_a_killed_build_are_deleted(zip_folder):
    build_zip("first")
    for name, seconds_ago in (("new.old", zip_cache.MAX_UNUSED_SECONDS + 1), ("new.current", 1)):
        path = zip_folder / name
        path.write_bytes(b"half")
        os.utime(path, times=(time.time() - seconds_ago,) * 2)
    build_zip("second")
    assert {path.name for path in zip_folder.glob("new.*")} == {"new.current"}


@pytest.mark.parametrize("is_created_again", [True, False])
def test_zip_that_is_cleared_while_it_is_built_is_sent_and_not_stored(zip_folder, is_created_again):
    def write(archive):
        archive.writestr("a", b"x")
        zip_cache.clear()
        if is_created_again:  # by another request
            zip_folder.mkdir(parents=True)
        return True

    with zip_cache.open_zip(zip_cache.make_key("cleared"), write).file as file:
        assert zipfile.ZipFile(file).namelist() == ["a"]
    assert get_zip_files() == []
