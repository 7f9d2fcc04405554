"""Scheduled revisions become public at their time, and a revision that cannot be published breaks no page."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.handlers.base import BaseHandler
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from releases import caching
from releases.actions import due_revisions
from releases.actions.due_revisions import publish_due_revisions
from releases.actions.pins import pin
from releases.actions.revisions import publish_revision
from releases.actions.withdrawal import withdraw
from releases.models import PendingRevision, Release
from tests.actions import get_pages, write_revision
from tests.factories import make_release

pytestmark = pytest.mark.django_db


def test_scheduled_revision_becomes_public_at_its_time_without_a_job(release, publisher):
    write_revision(release, publisher, summary="New words.")
    publish_revision(
        release, user=publisher, kind="update", note="It is new.", at=timezone.now() + timedelta(hours=1)
    )
    before = get_pages()
    time = datetime(2026, 6, 1, 19, tzinfo=UTC)
    PendingRevision.objects.update(public_at=time)  # the hour has passed
    caching.invalidate_public_cache()
    after = get_pages()
    assert after != before
    assert "New words." in after["/"].decode()
    release.refresh_from_db()
    assert release.corrected_at == release.corrections.get().created_at == time
    assert release.history.first().history_user == publisher


def test_scheduled_revision_is_not_public_before_its_time(release, publisher):
    write_revision(release, publisher, summary="New words.")
    at = timezone.now() + timedelta(seconds=30)
    publish_revision(release, user=publisher, kind="typo", at=at)
    publish_due_revisions(at - timedelta(microseconds=1))
    release.refresh_from_db()
    assert release.summary == "Families can stay together."
    publish_due_revisions(at)
    release.refresh_from_db()
    assert release.summary == "New words."


def test_due_revision_of_a_withdrawn_release_is_unscheduled(release, publisher):
    write_revision(release, publisher, summary="New words.")
    withdraw(release, user=publisher)
    PendingRevision.objects.update(public_at=timezone.now(), kind="typo")
    assert Client().get("/").status_code == 200
    assert PendingRevision.objects.get().public_at is None


def test_invalid_due_revision_is_unscheduled(release, publisher):
    revision = write_revision(release, publisher, summary="New words.")
    revision.data["headline"] = ""
    revision.public_at, revision.kind = timezone.now(), "typo"
    revision.save()
    assert b"A ruling" in Client().get("/").content
    assert PendingRevision.objects.get().public_at is None


def test_malformed_due_revision_breaks_no_page(release, publisher, publisher_client):
    revision = write_revision(release, publisher, summary="New words.")
    revision.data["date"] = "some day"
    revision.public_at, revision.kind = timezone.now(), "typo"
    revision.save()
    assert Client().get("/").status_code == 200
    assert publisher_client.get("/admin/").status_code == 200
    assert PendingRevision.objects.get().public_at is None


def test_due_revision_of_a_pinned_release_is_shown_on_the_next_request(release, publisher):
    make_release(headline="Newer")
    pin(release, user=publisher, until=timezone.localdate() + timedelta(days=3))
    revision = write_revision(release, publisher, headline="Another ruling")
    revision.public_at, revision.kind = timezone.now(), "typo"
    revision.save()
    page = Client().get("/").content.decode()
    assert "A ruling" not in page.replace("Another ruling", "")


def save_due_revision(release, user, **content):
    revision = write_revision(release, user, **content)
    revision.public_at, revision.kind = timezone.now(), "typo"
    revision.save()


def test_read_only_database_serves_the_old_text_from_the_page_cache(release, publisher, monkeypatch, caplog):
    save_due_revision(release, publisher, summary="New words.")
    saves, renderings, resolve = [], [], BaseHandler.resolve_request

    def fail(*_args, **_kwargs):
        saves.append(1)
        raise OperationalError("attempt to write a readonly database")

    monkeypatch.setattr(
        BaseHandler, "resolve_request", lambda self, request: renderings.append(1) or resolve(self, request)
    )
    with monkeypatch.context() as patch:
        patch.setattr(Release, "save", fail)
        for _reader in range(3):
            assert b"Families can stay together." in Client().get("/").content
        assert (len(saves), len(renderings)) == (1, 1), "one attempt a second, one rendering"
        monkeypatch.setattr(due_revisions, "_retry_at", 0.0)
        assert b"Families can stay together." in Client().get("/").content
        assert len(saves) == 2
    assert caplog.text.count("could not be published") == 1
    monkeypatch.setattr(due_revisions, "_retry_at", 0.0)
    assert b"New words." in Client().get("/").content
    assert not due_revisions._is_failing


def test_one_thread_publishes_due_revisions_and_the_others_do_not_wait(release, publisher):
    save_due_revision(release, publisher, summary="New words.")
    with due_revisions._attempt_lock:
        assert b"Families can stay together." in Client().get("/").content
    assert b"New words." in Client().get("/").content


def test_publishing_due_revisions_uses_a_short_lock_timeout(release, publisher, monkeypatch):
    """SQLite's busy_timeout and PostgreSQL's lock_timeout are as they were afterwards."""
    save_due_revision(release, publisher, summary="New words.")
    query = "PRAGMA busy_timeout" if connection.vendor == "sqlite" else "SHOW lock_timeout"
    timeouts = []

    def timeout(*_args):
        with connection.cursor() as cursor:
            cursor.execute(query)
            timeouts.append(cursor.fetchone()[0])

    timeout()
    monkeypatch.setattr(due_revisions, "_publish_if_due", timeout)
    publish_due_revisions(timezone.now())
    timeout()
    if connection.vendor == "sqlite":
        # The write lock is held while it is published, and only the commit may wait for readers.
        default_timeout = connection.settings_dict["OPTIONS"]["timeout"] * 1000
        assert (timeouts[0], timeouts[2]) == (default_timeout, default_timeout)
        assert 0 < timeouts[1] <= 250
    else:
        assert timeouts == ["0", "1ms", "0"]


def test_due_revision_that_cannot_be_published_is_tried_once(release, publisher):
    save_due_revision(release, publisher, summary="New words.")
    Release.objects.filter(pk=release.pk).update(status="withdrawn", withdrawn_at=timezone.now())
    Client().get("/")
    assert PendingRevision.objects.get().public_at is None
    assert not caching.get_current_generation(timezone.now()).has_due_revisions


def test_admin_form_shows_a_due_revision_as_published(release, publisher, publisher_client):
    revision = write_revision(release, publisher, summary="New words.")
    revision.public_at, revision.kind = timezone.now(), "typo"
    revision.save()
    assert (
        "New words." in publisher_client.get(f"/admin/releases/release/{release.pk}/change/").content.decode()
    )
    assert not PendingRevision.objects.exists()


@pytest.mark.parametrize("deleted", ["release", "revision", "both"])
def test_due_revision_that_is_deleted_between_list_and_lock_is_skipped(
    release, publisher, monkeypatch, deleted
):
    other = make_release(slug="another")
    save_due_revision(release, publisher, summary="New words.")
    save_due_revision(other, publisher, summary="Other words.")

    def lock(pk):
        if pk == release.pk:
            PendingRevision.objects.filter(release=pk).delete()
            if deleted != "revision":
                Release.objects.filter(pk=pk).delete()

    monkeypatch.setattr(due_revisions, "lock_translations", lock)
    assert publish_due_revisions(timezone.now())
    other.refresh_from_db()
    assert other.summary == "Other words."
    assert not PendingRevision.objects.exists()
