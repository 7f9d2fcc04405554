"""Uploads in object storage: as private as in a folder, whole or not at all, and text without them."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from carecen_news import object_storage
from carecen_news.storage_url import get_storage
from releases.actions import rendition_jobs
from releases.actions.errors import ActionNotAllowed
from releases.actions.photos import add_document, add_photo
from releases.actions.unfinished_files import find_unfinished
from releases.actions.upkeep import delete_unfinished_files
from releases.backups.archive import create_backup, open_archive, read_manifest
from releases.backups.restore import _extract_uploads
from releases.diagnosis import machine
from releases.media import zip_cache
from releases.models import Document, Photo
from releases.verification.files import find_file_faults
from tests.admin import photo_form_data
from tests.factories import make_draft, make_release, photo_entry
from tests.faults.proxy import Behavior, Proxy
from tests.pdfs import make_pdf
from tests.pictures import JPEG_BYTES, PNG_BYTES

pytestmark = pytest.mark.xdist_group("object storage")
BUCKET = "newsroom-uploads"
HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 12\r\n\r\n<p>Login</p>"
FULL = b"HTTP/1.1 507 Insufficient Storage\r\nContent-Length: 0\r\n\r\n"
FORBIDDEN = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture(scope="module")
def service() -> Iterator[Proxy]:
    """Return a proxy in front of an S3 service in this process, which has an empty bucket."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    proxy = Proxy(server.get_host_and_port()[1])
    yield proxy
    proxy.close()
    server.stop()


@pytest.fixture
def bucket(service, settings, monkeypatch, tmp_path) -> Proxy:
    """Store uploads in the bucket. Outages are as in production, but don't take so long."""
    monkeypatch.setattr(object_storage, "READ_SECONDS", 0.3)
    monkeypatch.setattr(object_storage, "RETRY_AFTER_SECONDS", 0.1)
    settings.DATA_DIR = tmp_path
    options = get_storage(f"s3://KEY:SECRET@127.0.0.1:{service.port}/{BUCKET}", tmp_path)
    settings.STORAGES = settings.STORAGES | {"default": options}
    client = default_storage.client
    client.create_bucket(Bucket=BUCKET)
    for each in client.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        client.delete_object(Bucket=BUCKET, Key=each["Key"])
    return service


@pytest.fixture(params=["folder", "bucket"])
def storage(request, settings, tmp_path) -> str:
    """Store uploads in a folder, then in the bucket."""
    if request.param == "bucket":
        request.getfixturevalue("bucket")
    else:
        options = settings.STORAGES["default"] | {"OPTIONS": {"location": tmp_path / "uploads"}}
        settings.STORAGES = settings.STORAGES | {"default": options}
        settings.DATA_DIR = tmp_path
    return request.param


def upload_photo(user) -> Photo:
    return add_photo(SimpleUploadedFile("IMG_1.jpg", JPEG_BYTES), user=user)


def upload_document(user) -> Document:
    return add_document(SimpleUploadedFile("report.pdf", make_pdf()), user=user)


def get_photo_url(photo: Photo, file: str = "") -> str:
    return f"/photos/{photo.name}/{file or photo.original}"


def get(client: Client, url: str) -> Any:
    """Return the response. A ZIP file is read to its end, which closes it."""
    response: Any = client.get(url)
    if response.streaming:
        b"".join(response.streaming_content)
    return response


def attach(document: Document) -> dict[str, Any]:
    return {"document": document.pk, "title": "The report", "language": "en"}


# --- Access -------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_files_of_a_hidden_release_are_not_found_in_either_storage(client, publisher, storage):
    photo, document = upload_photo(publisher), upload_document(publisher)
    parts = {"photos": [photo_entry(photo)], "attachments": [attach(document)]}
    release = make_draft(slug="secret", **parts)
    urls = [get_photo_url(photo), "/2015/03/secret/the-report.pdf", "/2015/03/secret/photos.zip"]
    assert [client.get(url).status_code for url in urls] == [404] * 3
    release.delete()
    release = make_release(slug="secret", **parts)
    zip_cache.clear()
    responses = [get(client, url) for url in urls]
    assert [response.status_code for response in responses] == [200] * 3
    with default_storage.open(f"{photo.storage_folder}/{photo.original}") as file:
        assert responses[0].content == file.read()
    assert responses[1].content.startswith(b"%PDF-")
    assert responses[0]["Cache-Control"] == "no-cache"
    etag = {"if-none-match": responses[0]["ETag"]}
    assert client.get(urls[0], headers=etag).status_code == 304
    assert client.head(urls[0])["Content-Length"] == str(len(responses[0].content))


@pytest.mark.django_db
def test_public_pages_name_neither_the_service_nor_the_bucket(client, publisher, bucket):
    photo, document = upload_photo(publisher), upload_document(publisher)
    release = make_release(photos=[photo_entry(photo)], attachments=[attach(document)])
    url = release.get_absolute_url()
    for path in ("/", url, "/feed/", f"{url}photo-card.jpg", get_photo_url(photo)):
        response = client.get(path, follow=True)
        text = str(response.headers).encode() + response.content
        assert (response.status_code, str(bucket.port).encode() in text, BUCKET.encode() in text) == (
            200,
            False,
            False,
        ), path


def test_storage_gives_nobody_the_address_of_a_file(bucket):
    default_storage.save("photos/a/full.jpg", ContentFile(b"x"))
    with pytest.raises(NotImplementedError):
        default_storage.url("photos/a/full.jpg")
    grants = default_storage.client.get_object_acl(Bucket=BUCKET, Key="photos/a/full.jpg")["Grants"]
    assert [grant["Grantee"]["Type"] for grant in grants] == ["CanonicalUser"]


# --- As a folder --------------------------------------------------------------------------------------------


def test_storage_behaves_like_a_folder(storage):
    default_storage.save("photos/a/full.jpg", ContentFile(b"first"))
    default_storage.delete("photos/a/full.jpg")
    default_storage.save("photos/a/full.jpg", ContentFile(b"others"))
    with default_storage.open("photos/a/full.jpg") as file:
        assert (file.read(3), file.read(), file.seek(0), file.read()) == (b"oth", b"ers", 0, b"others")
    assert default_storage.listdir("photos") == (["a"], [])
    assert default_storage.listdir("photos/a") == ([], ["full.jpg"])
    assert default_storage.size("photos/a/full.jpg") == 6
    assert default_storage.exists("photos/a/full.jpg")
    for read in (default_storage.open, default_storage.get_modified_time, default_storage.size):
        with pytest.raises(FileNotFoundError):
            read("photos/a/other.jpg")
    default_storage.delete("photos/a/other.jpg")


def test_missing_bucket_is_not_a_missing_file(bucket):
    default_storage.bucket_name = "another-bucket"
    with pytest.raises(OSError, match="NoSuchBucket") as info:
        default_storage.open("photos/a/full.jpg")
    assert not isinstance(info.value, FileNotFoundError)


@pytest.mark.django_db
def test_renditions_are_made_and_all_files_of_a_deleted_photo_go(
    publisher, bucket, django_capture_on_commit_callbacks
):
    photo, document = upload_photo(publisher), upload_document(publisher)
    assert [error for _photo, error in rendition_jobs.generate_renditions()] == [None]
    photo.refresh_from_db()
    assert len(default_storage.listdir(photo.storage_folder)[1]) == len(photo.files) > 2
    assert list(find_file_faults("default", lambda *_: None)) == []
    with django_capture_on_commit_callbacks(execute=True):
        photo.delete()
        document.delete()
    assert default_storage.listdir(photo.storage_folder) == ([], [])
    assert default_storage.listdir("documents") == ([], [])


@pytest.mark.django_db
def test_backup_from_a_folder_is_restored_into_the_bucket_byte_by_byte(
    publisher, settings, tmp_path, bucket, monkeypatch
):
    # A snapshot needs what was committed.
    monkeypatch.setattr("releases.backups.archive.open_snapshot", lambda: nullcontext("default"))
    in_bucket = settings.STORAGES
    folder = FileSystemStorage(tmp_path / "uploads")
    settings.STORAGES = in_bucket | {
        "default": get_storage("", tmp_path / "uploads"),
    }
    paths = [*upload_photo(publisher).file_digests, *upload_document(publisher).file_digests]
    paths = [path for path in paths if folder.exists(path)]
    create_backup(tmp_path / "backup.zip")
    settings.STORAGES = in_bucket
    with open_archive(tmp_path / "backup.zip") as archive:
        _extract_uploads(archive, read_manifest(archive), None, lambda *_: None)
    assert len(paths) > 2
    for path in paths:
        with default_storage.open(path) as copy, folder.open(path) as original:
            assert copy.read() == original.read()
    create_backup(tmp_path / "again.zip")
    with open_archive(tmp_path / "backup.zip") as first, open_archive(tmp_path / "again.zip") as second:
        digests = [
            {name: member["sha256"] for name, member in read_manifest(each)["members"].items()}
            for each in (first, second)
        ]
    assert digests[0] == digests[1]


# --- Outages ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("fault", ["refused", "hangs", "garbage", "login page", "forbidden"])
def test_text_is_served_and_photos_answer_503_while_the_service_is_down(client, publisher, bucket, fault):
    photo, document = upload_photo(publisher), upload_document(publisher)
    release = make_release(photos=[photo_entry(photo)], attachments=[attach(document)])
    zip_cache.clear()
    url = release.get_absolute_url()
    files = [get_photo_url(photo), f"{url}photo-card.jpg", f"{url}the-report.pdf", f"{url}photos.zip"]
    behaviors = {
        "hangs": Behavior(hangs=True),
        "garbage": Behavior(answer=b"\x00\xff garbage " * 99),
        "login page": Behavior(answer=HTML),
        "forbidden": Behavior(answer=FORBIDDEN),
    }
    broken = bucket.refused() if fault == "refused" else bucket.behaving(behaviors[fault])
    with broken:
        pages = [client.get(path).status_code for path in ("/", url, "/feed/", "/archive/")]
        responses = [get(client, path) for path in files]
    assert pages == [200] * 4
    if fault == "login page":  # a damaged photo is left out of the ZIP file, which isn't stored
        assert responses.pop().status_code == 200
    for response in responses:
        headers = (response["Cache-Control"], response["Retry-After"])
        assert (response.status_code, *headers) == (503, "no-store", "10")
    time.sleep(object_storage.RETRY_AFTER_SECONDS)
    assert [get(client, path).status_code for path in files] == [200] * 4


@pytest.mark.django_db
def test_smaller_sizes_are_never_made_from_another_file(publisher, bucket):
    photo = upload_photo(publisher)
    default_storage.save(f"{photo.storage_folder}/{photo.original}", ContentFile(PNG_BYTES))
    ((_photo, error),) = rendition_jobs.generate_renditions()
    assert "is damaged" in str(error)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "es"])
def test_upload_is_refused_with_advice_while_the_service_is_down(publisher_client, bucket, language):
    publisher = publisher_client.get(reverse("admin:index")).wsgi_request.user
    publisher.language = language
    publisher.save()
    advice = {
        "en": "could not be stored, because the file storage doesn't answer. Try again in a few minutes.",
        "es": "porque el almacenamiento de archivos no responde. Inténtelo de nuevo en unos minutos.",
    }
    files = {"IMG_1.jpg": JPEG_BYTES, "report.pdf": make_pdf()}
    with bucket.refused():
        for name, content in files.items():
            upload = SimpleUploadedFile(name, content, "image/jpeg" if "jpg" in name else "application/pdf")
            response = publisher_client.post(reverse("admin:releases_release_upload"), {"file": upload})
            assert response.status_code == 400
            assert advice[language] in response.json()["error"]
    assert (Photo.objects.count(), Document.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_other_fields_are_saved_when_a_photo_cannot_be_stored(publisher_client, publisher, bucket):
    photo = upload_photo(publisher)
    release = make_draft(photos=[photo_entry(photo)])
    url = reverse("admin:releases_release_photos", args=[release.pk])
    data = photo_form_data(photo, of_0={"caption": "Families at City Hall"})
    data["edit_token"] = release.edit_token
    with bucket.refused():
        answer = publisher_client.post(url, data | {"pictures": SimpleUploadedFile("a.jpg", JPEG_BYTES)})
    release.refresh_from_db()
    assert "The photo could not be stored" in answer.text
    assert (len(release.photos), release.photos[0]["caption"]) == (1, "Families at City Hall")


@pytest.mark.django_db
@pytest.mark.parametrize("answer", [FULL, FORBIDDEN, HTML], ids=["full", "forbidden", "login page"])
def test_photo_whose_second_file_fails_has_no_row_and_upkeep_deletes_the_first(
    publisher, bucket, monkeypatch, answer
):
    upload_photo(publisher)  # upkeep deletes nothing in an empty newsroom
    before = set(default_storage.listdir("photos")[0])
    save, saved = type(default_storage._wrapped)._save, []

    def save_first(storage, name, content):
        if saved:
            bucket.behavior = Behavior(answer=answer, prefix=b"PUT ")
            bucket.reset()
        saved.append(save(storage, name, content))
        return saved[-1]

    monkeypatch.setattr(type(default_storage._wrapped), "_save", save_first)
    with bucket.behaving(Behavior()), pytest.raises(ActionNotAllowed, match="Try again in a few minutes"):
        upload_photo(publisher)
    assert (len(saved), Photo.objects.count()) == (1, 1)
    (row,) = find_unfinished(time.time() + 1)
    assert set(default_storage.listdir("photos")[0]) - before == {row.name}
    monkeypatch.setattr("releases.actions.upkeep.LEFTOVER_SECONDS", -1)
    assert delete_unfinished_files() == 1
    assert set(default_storage.listdir("photos")[0]) == before
    assert list(find_unfinished(time.time() + 1)) == []


@pytest.mark.django_db
def test_photo_can_be_deleted_while_the_service_is_down_and_upkeep_deletes_its_files(
    publisher, bucket, django_capture_on_commit_callbacks, monkeypatch, caplog
):
    upload_photo(publisher)
    photo, document = upload_photo(publisher), upload_document(publisher)
    with bucket.refused(), django_capture_on_commit_callbacks(execute=True):
        photo.delete()
        document.delete()
    assert "could not be deleted" in caplog.text
    time.sleep(object_storage.RETRY_AFTER_SECONDS)
    monkeypatch.setattr("releases.actions.upkeep.LEFTOVER_SECONDS", -1)
    assert delete_unfinished_files() == 2
    assert (len(default_storage.listdir("photos")[0]), default_storage.listdir("documents")[1]) == (1, [])


@pytest.mark.django_db
def test_readers_of_photos_do_not_all_wait_for_a_service_that_hangs(publisher, bucket):
    photo = upload_photo(publisher)
    path, seconds = f"{photo.storage_folder}/{photo.original}", []

    def read() -> None:
        started = time.monotonic()
        with pytest.raises(OSError, match="object storage"):
            default_storage.open(path)
        seconds.append(time.monotonic() - started)

    with bucket.behaving(Behavior(hangs=True)):
        threads = [threading.Thread(target=read) for _number in range(3 * object_storage.MAX_CONNECTIONS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds.clear()
        for _number in range(20):
            read()
    assert sum(value > 0.05 for value in seconds) <= 1  # one tries, and the others fail at once


@pytest.mark.django_db
def test_doctor_reports_a_storage_that_cannot_be_used(bucket):
    assert machine.check_uploads_folder() is None
    assert machine.check_object_storage().level == "ok"
    assert default_storage.listdir("") == ([], [])
    with bucket.behaving(Behavior(answer=FULL, prefix=b"PUT ")):
        finding = machine.check_object_storage()
    assert (finding.level, "507" in finding.found) == ("error", True)
    with translation.override("es"):
        assert "docs/how-to/object-storage.md" in finding.advice


def test_damaged_file_of_a_folder_is_not_sent(client: Client, publisher, settings, tmp_path):
    options = settings.STORAGES["default"] | {"OPTIONS": {"location": tmp_path}}
    settings.STORAGES = settings.STORAGES | {"default": options}
    photo = upload_photo(publisher)
    make_release(photos=[photo_entry(photo)])
    (tmp_path / photo.storage_folder / photo.original).write_bytes(b"something else")
    assert client.get(get_photo_url(photo)).status_code == 503
