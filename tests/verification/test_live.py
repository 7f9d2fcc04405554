"""`verify --live`: each planted fault is named, and nothing else is."""

import re
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone

from releases.actions.rendition_jobs import record_digests
from releases.backups import archive
from releases.models import (
    Document,
    MediaContact,
    Organization,
    PendingRevision,
    Photo,
    PhotoUse,
    Release,
    ReleaseTag,
    SlugRedirect,
    Topic,
)
from releases.verification import files, live
from releases.verification.history import find_history_faults
from releases.verification.rows import find_row_faults
from releases.verification.search_index import find_index_faults
from tests.factories import (
    make_contact,
    make_document,
    make_draft,
    make_organization,
    make_photo,
    make_release,
    make_topic,
    make_user,
    photo_entry,
)

pytestmark = pytest.mark.django_db


def ignore(_name: str, _count: int) -> None:
    """Show no progress."""


@pytest.fixture
def storage(settings, tmp_path):
    default = settings.STORAGES["default"] | {"OPTIONS": {"location": tmp_path / "uploads"}}
    settings.STORAGES = settings.STORAGES | {"default": default}
    return default_storage


@pytest.fixture
def newsroom(storage, monkeypatch) -> Release:
    """Return a public release with a topic, a photo, a document, a contact and a revision."""
    monkeypatch.setattr(files, "UPLOAD_TIME", timedelta(0))
    photo, document = make_photo(added_by=make_user()), make_document()
    record_digests()
    release = make_release(
        topics=(make_topic(),),
        photos=[photo_entry(photo, is_lead=True, focus=[30, 20])],
        attachments=[{"document": document.pk, "title": "Report", "language": "en"}],
        contacts=[make_contact().pk],
        signers=[make_organization().pk],
    )
    PendingRevision.objects.create(release=release, data={"headline": "New", "tags": []})
    make_draft(headline="A draft")
    return release


def find_faults() -> list[str]:
    """Check the open transaction instead of a snapshot."""
    return [
        *live.find_migration_faults("default"),
        *find_row_faults("default", ignore),
        *find_history_faults("default", ignore),
        *find_index_faults("default", ignore),
        *files.find_file_faults("default", ignore),
    ]


def execute(sql: str, *parameters: object) -> None:
    """Change rows without the rules of the database. SQLite checks references at the end of the test only."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def without_checks(table: str, constraint: str, sql: str, *parameters: object) -> None:
    if connection.vendor == "sqlite":
        execute("PRAGMA ignore_check_constraints = ON")
        execute(sql, *parameters)
        execute("PRAGMA ignore_check_constraints = OFF")
    else:
        execute("SET CONSTRAINTS ALL IMMEDIATE")
        execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
        execute(sql, *parameters)


def get_path(kind: type) -> str:
    """Return the path of a file of the only photo or document."""
    return sorted(kind.objects.get().file_digests)[0]


def rewrite(kind: type, change: Callable[[bytes], bytes]) -> None:
    path = get_path(kind)
    with default_storage.open(path) as file:
        content = file.read()
    default_storage.delete(path)
    default_storage.save(path, ContentFile(change(content)))


def flip_byte(content: bytes) -> bytes:
    return content[:-1] + bytes([content[-1] ^ 1])


def add_index_row(release: Release) -> None:
    if connection.vendor == "sqlite":
        execute(
            "UPDATE releases_search SET rowid = rowid + 999 * 16 WHERE rowid > 9 AND text LIKE '%%draft%%'"
        )
    else:
        execute("UPDATE releases_search SET release_id = 999 WHERE text LIKE '%%draft%%'")


def show_draft_in_search(release: Release) -> None:
    """Let the public find the draft."""
    if connection.vendor == "sqlite":
        execute("UPDATE releases_search SET en = staff, staff = '' WHERE text LIKE '%%draft%%'")
    else:
        execute("UPDATE releases_search SET audience = 'en' WHERE text LIKE '%%draft%%'")


def refer_to_missing(model: type, column: str) -> Callable[[Release], None]:
    return lambda _release: execute(f"UPDATE {model._meta.db_table} SET {column} = 999")


FAULTS: dict[str, tuple[Callable[[Release], object], str]] = {
    "kind that doesn't exist": (
        lambda release: Release.objects.filter(pk=release.pk).update(kind="rumor"),
        r"^Release \d+: kind is not valid",
    ),
    "published without a time": (
        lambda release: without_checks(
            "releases_release",
            "release_public_at_matches_status",
            "UPDATE releases_release SET public_at = NULL WHERE id = %s",
            release.pk,
        ),
        "breaks the rule release_public_at_matches_status",
    ),
    "year that is impossible": (
        lambda release: without_checks(
            "releases_release",
            "release_date_range",
            "UPDATE releases_release SET date = '1066-10-14' WHERE id = %s",
            release.pk,
        ),
        "breaks the rule release_date_range",
    ),
    "script in a body": (
        lambda release: Release.objects.filter(pk=release.pk).update(body="<p>x</p><script>1</script>"),
        "body has HTML that is not allowed",
    ),
    "control character": (
        lambda release: Release.objects.filter(pk=release.pk).update(subhead="a\x08b"),
        "subhead has characters that are not allowed",
    ),
    "headline without history": (
        lambda release: Release.objects.filter(pk=release.pk).update(headline="Changed"),
        r"^Release \d+ differs from its history: headline",
    ),
    "version missing in the history": (
        lambda release: Release.history.filter(id=release.pk).delete(),
        r"^Release \d+ has no history",
    ),
    "row deleted without history": (
        lambda _release: execute("DELETE FROM releases_mediacontact"),
        r"^Media contact \d+ is missing, and its history doesn't say that it was deleted",
    ),
    "row that was deleted": (
        lambda _release: MediaContact.history.update(history_type="-"),
        "exists, but its history says that it was deleted",
    ),
    "topic of a missing release": (
        refer_to_missing(ReleaseTag, "content_object_id"),
        r"refers to release 999, which is missing",
    ),
    "photo of a missing account": (
        refer_to_missing(Photo, "added_by_id"),
        r"^Photo \d+ refers to .*999, which is missing",
    ),
    "hidden topic assignment": (
        lambda release: release.release_tags.update(public_at=None),
        r"the list of its topic \d+ has another date",
    ),
    "photo use is missing": (
        lambda _release: PhotoUse.objects.all().delete(),
        "its photos differ from those whose files the public can read",
    ),
    "key of a topic": (
        lambda _release: Topic.objects.update(key="something else"),
        "can't be found by its name",
    ),
    "key of an organization": (
        lambda _release: Organization.objects.update(key="something else"),
        r"^Organization \d+ can't be found by its name",
    ),
    "name of a signer in search": (
        lambda _release: execute("UPDATE releases_organization SET name = 'X', key = 'x'"),
        r"^Release \d+ has another text, date or audience in the search index",
    ),
    "address of two releases": (
        lambda release: SlugRedirect.objects.create(
            release=Release.objects.get(status="draft"), language="en", slug=release.slug
        ),
        "has the address of another release",
    ),
    "revision of the wrong shape": (
        lambda _release: PendingRevision.objects.update(data={"date": "soon", "tags": []}),
        r"^Unpublished change \d+ can't be read",
    ),
    "revision with a missing topic": (
        lambda _release: PendingRevision.objects.update(data={"headline": "New", "tags": [999]}),
        "has topic 999, which is missing",
    ),
    "email address that is none": (
        lambda _release: MediaContact.objects.update(email="call us"),
        r"^Media contact \d+: email is not valid",
    ),
    "release missing in search": (
        lambda release: execute(
            f"DELETE FROM releases_search WHERE text LIKE '%%{release.headline.split()[0].lower()}%%'"
        ),
        r"^Release \d+ is missing in the search index",
    ),
    "search index has an earlier text": (
        lambda _release: execute("UPDATE releases_search SET text = ' old ' WHERE text LIKE '%%draft%%'"),
        r"^Release \d+ has another text, date or audience in the search index",
    ),
    "draft in the public search": (
        show_draft_in_search,
        r"^Release \d+ has another text, date or audience in the search index",
    ),
    "search finds a release that is gone": (
        add_index_row,
        r"^The search index has release \d+, which doesn't exist",
    ),
    "photo file is missing": (
        lambda _release: default_storage.delete(get_path(Photo)),
        r"^The file photos/\w+/\S+ is missing",
    ),
    "photo file is cut": (
        lambda _release: rewrite(Photo, lambda content: content[:-1]),
        r"^The file photos/\w+/\S+ is damaged",
    ),
    "photo file has another bit": (
        lambda _release: rewrite(Photo, flip_byte),
        r"^The file photos/\w+/\S+ is damaged",
    ),
    "document has another bit": (
        lambda _release: rewrite(Document, flip_byte),
        r"^The file documents/\w+\.pdf is damaged",
    ),
    "file of no photo": (
        lambda _release: default_storage.save("photos/abc/full.jpg", ContentFile(b"x")),
        r"^The file photos/abc/full.jpg belongs to no photo",
    ),
    "file of no document": (
        lambda _release: default_storage.save("documents/abc.pdf", ContentFile(b"x")),
        r"^The file documents/abc.pdf belongs to no photo or document",
    ),
    "migration that was not applied": (
        lambda _release: execute("DELETE FROM django_migrations WHERE name = '0012_file_digests'"),
        "0012_file_digests is not applied",
    ),
    "migration of a newer version": (
        lambda _release: execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('releases', '9999_x', %s)",
            timezone.now(),
        ),
        "releases.9999_x is from a newer version",
    ),
}


@pytest.fixture
def undo():
    """Undo the test before Django checks references, which some faults break."""
    from django.db import transaction

    connection.check_constraints()
    point = transaction.savepoint()
    yield
    transaction.savepoint_rollback(point)


def test_newsroom_without_a_planted_fault_is_whole(newsroom):
    assert find_faults() == []


@pytest.mark.parametrize("name", FAULTS)
def test_planted_fault_is_named(newsroom, undo, name):
    plant, pattern = FAULTS[name]
    plant(newsroom)
    faults = find_faults()
    assert [fault for fault in faults if re.search(pattern, fault)], faults
    assert len(faults) <= 4, faults


def test_summary_and_exit_code(newsroom, monkeypatch, capsys):
    monkeypatch.setattr(live, "open_snapshot", lambda: nullcontext("default"))
    call_command("verify", "--live")
    assert re.fullmatch(
        r"The newsroom is whole: \d\d+ rows and files were checked\.\n", capsys.readouterr().out
    )
    Release.objects.filter(pk=newsroom.pk).update(headline="Changed")
    with pytest.raises(SystemExit) as exit_info:
        call_command("verify", "--live")
    assert exit_info.value.code == 1
    assert "differs from its history: headline" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["backup.zip", "--live"]])
def test_command_needs_one_thing_to_check(arguments):
    with pytest.raises(CommandError, match="Name a backup file, or add --live"):
        call_command("verify", *arguments)


@pytest.mark.parametrize("kind", [Photo, Document])
def test_damaged_file_is_named_by_the_backup(newsroom, tmp_path, kind, monkeypatch):
    monkeypatch.setattr(archive, "open_snapshot", lambda: nullcontext("default"))
    rewrite(kind, flip_byte)
    summary = archive.create_backup(tmp_path / "backup.zip")
    assert summary.damaged == [get_path(kind)]


def test_file_that_is_being_uploaded_is_no_fault(newsroom, monkeypatch):
    monkeypatch.setattr(files, "UPLOAD_TIME", timedelta(hours=1))
    default_storage.save("photos/abc/full.jpg", ContentFile(b"x"))
    assert find_faults() == []


def test_photo_that_was_deleted_after_the_snapshot_is_no_fault(newsroom, monkeypatch):
    check_files = files.check_files

    def delete_first(row):
        if isinstance(row, Photo) and Photo.objects.exists():
            Photo.objects.all().delete()
            for path in row.file_digests:
                default_storage.delete(path)
        return check_files(row)

    monkeypatch.setattr(files, "check_files", delete_first)
    assert list(files.find_file_faults("default", ignore)) == []
