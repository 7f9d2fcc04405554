"""The rows of a backup: complete, exact, and the same on both databases."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.db import connection, transaction

from releases.actions.publication import publish
from releases.actions.reviews import request_review
from releases.actions.revisions import save_revision
from releases.backups import tables
from releases.backups.tables import EXCLUDED_TABLES, get_models
from releases.models import Release, StaffSession
from tests.factories import (
    attachment_data,
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


def read_tables() -> dict[str, list[bytes]]:
    return {model._meta.label: list(tables.write_rows(model, "default")) for model in get_models()}


@pytest.fixture
def newsroom():
    """Create rows of many kinds: times with microseconds, JSON, NULL, long and unusual text."""
    user = make_user(first_name="Ana “Ñandú”", language="es")
    photo, document = make_photo(), make_document()
    release = make_release(
        topics=(make_topic("DACA"), make_topic("TPS")),
        summary="Line one.\n\nLine “two” \u2028 \U0001f5f3",
        public_at=datetime(2015, 3, 4, 8, 0, 0, 123457, tzinfo=UTC),
        photos=[photo_entry(photo, is_lead=True, focus=[30, 20])],
        attachments=[attachment_data(document)] if document else [],
        contacts=[make_contact().pk],
        signers=[make_organization("Niñez Unida").pk],
    )
    save_revision(release, user=user, content=release.content() | {"summary": "New."}, topic_ids=[])
    draft = make_draft(headline="A draft", author=user)
    request_review(draft, user=user, text="Read it.")
    publish(draft, user=user, at=datetime.now(UTC) + timedelta(days=30))


def test_every_row_is_loaded_exactly_as_it_was(newsroom):
    before = read_tables()
    assert sum(bool(rows) for rows in before.values()) > 20
    with transaction.atomic():
        tables.empty_tables(apps.get_models(include_auto_created=True))
        assert not Release.objects.exists()
        for model in get_models():
            assert tables.load_rows(model, before[model._meta.label]) == len(before[model._meta.label])
        connection.check_constraints()
        tables.reset_sequences(get_models())
    assert read_tables() == before
    highest = max(Release.objects.values_list("pk", flat=True))
    assert make_release().pk > highest


def test_times_keep_their_microseconds(newsroom):
    rows = [json.loads(row) for row in tables.write_rows(Release, "default")]
    assert "2015-03-04T08:00:00.123457+00:00" in {row["public_at"] for row in rows}


def test_backup_has_every_table_except_sessions_and_caches():
    saved = {model._meta.db_table for model in get_models()}
    existing = set(connection.introspection.table_names())
    others = {"django_migrations"} | {name for name in existing if name.startswith("releases_search")}
    assert existing - saved - others == EXCLUDED_TABLES
    assert StaffSession._meta.db_table in EXCLUDED_TABLES
