"""Locking the newsroom ends sessions and links, refuses every change, and can unschedule everything."""

import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from releases.actions import due_revisions
from releases.actions.autosaves import autosave
from releases.actions.errors import ActionNotAllowed
from releases.actions.newsroom_lock import lock_newsroom, unlock_newsroom
from releases.actions.newsroom_restoration import restore_everything
from releases.actions.photos import add_document, add_photo
from releases.actions.preview_links import create_preview_link, get_preview_link
from releases.actions.publication import publish
from releases.actions.redaction import redact
from releases.actions.revisions import publish_revision
from releases.actions.scheduling import reschedule, return_to_draft
from releases.actions.topics import merge_topics
from releases.admin.action_registry import ACTIONS
from releases.models import (
    CacheInvalidation,
    NewsroomSettings,
    PendingRevision,
    PreviewLink,
    Release,
    StaffSession,
)
from releases.text.choices import Status
from tests.actions import write_revision
from tests.factories import CANARY, make_draft, make_release, make_scheduled, make_topic, make_user
from tests.pictures import JPEG_BYTES

pytestmark = pytest.mark.django_db
LOCKED = "newsroom is locked"


@pytest.fixture
def manager():
    return make_user("maria", "", is_superuser=True)


def schedule_revision(release: Release, user, at=None) -> PendingRevision:
    write_revision(release, user, summary="New.")
    publish_revision(release, user=user, kind="typo", at=at or timezone.now() + timedelta(hours=1))
    return PendingRevision.objects.get(release=release)


def test_locking_ends_every_session_and_revokes_every_valid_link(manager, publisher):
    Client().force_login(publisher)
    Client().force_login(manager)
    link, secret = create_preview_link(make_draft(), user=publisher, label="Ana", kind="approver", hours=2)
    revoked = PreviewLink.objects.create(
        release=link.release, digest="x", expires_at=link.expires_at, revoked_at=timezone.now()
    )
    assert lock_newsroom(manager, keeps_schedule=True).link_count == 1
    assert (StaffSession.objects.count(), get_preview_link(secret)) == (0, None)
    before = revoked.revoked_at
    revoked.refresh_from_db()
    assert revoked.revoked_at == before


@pytest.mark.parametrize("role", ["Writers", "Publishers"])
def test_only_managers_can_lock_and_unlock(manager, role):
    user = make_user("walter", role)
    with pytest.raises(ActionNotAllowed, match="Only managers"):
        lock_newsroom(user, keeps_schedule=False)
    lock_newsroom(manager, keeps_schedule=False)
    with pytest.raises(ActionNotAllowed, match="Only managers"):
        unlock_newsroom(user)
    assert NewsroomSettings.find_lock().locked_by == manager


def test_locking_twice_is_refused_at_the_desk_and_repeated_by_the_command(manager, publisher):
    lock_newsroom(manager, keeps_schedule=True)
    locked_at = NewsroomSettings.find_lock().locked_at
    with pytest.raises(ActionNotAllowed, match="already locked"):
        lock_newsroom(manager, keeps_schedule=False)
    make_scheduled()
    assert lock_newsroom(None, keeps_schedule=False).unscheduled_count == 1
    lock = NewsroomSettings.find_lock()
    assert (lock.locked_at, lock.locked_by) == (locked_at, manager)


def test_unlocking_allows_changes_again(manager, publisher):
    with pytest.raises(ActionNotAllowed, match="isn't locked"):
        unlock_newsroom(manager)
    lock_newsroom(manager, keeps_schedule=False)
    unlock_newsroom(manager)
    assert NewsroomSettings.find_lock() is None
    publish(make_draft(), user=publisher)


# --- The schedule -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("user_is_known", [True, False], ids=["desk", "command"])
@pytest.mark.parametrize(
    ("language", "note"),
    [
        ("en", "Returned to draft because the newsroom was locked. It was scheduled for"),
        ("es", "Volvió a borrador"),
    ],
)
def test_scheduled_releases_return_to_draft_with_a_note(manager, language, note, user_is_known):
    release = make_scheduled(language=language, is_embargoed=True)
    user = manager if user_is_known else None
    assert lock_newsroom(user, keeps_schedule=False).unscheduled_count == 1
    release.refresh_from_db()
    assert (release.status, release.public_at, release.is_embargoed) == (Status.DRAFT, None, False)
    assert release.notes.get().text.startswith(note)
    assert release.notes.get().author == user
    record = Release.history.filter(id=release.pk).latest()
    assert (record.history_change_reason, record.history_user) == ("return_to_draft", user)


def test_release_in_its_undo_minute_returns_to_draft(manager, publisher):
    draft = make_draft()
    publish(draft, user=publisher, wait=timedelta(seconds=60))
    lock_newsroom(manager, keeps_schedule=False)
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_scheduled_revision_is_unscheduled_with_a_note(manager, publisher):
    release = make_release()
    revision = schedule_revision(release, publisher)
    lock_newsroom(manager, keeps_schedule=False)
    revision.refresh_from_db()
    assert (revision.public_at, revision.content["summary"]) == (None, "New.")
    assert "Change unscheduled because the newsroom was locked" in release.notes.get().text


def test_schedule_goes_on_if_chosen(manager, publisher, monkeypatch):
    scheduled, release = make_scheduled(), make_release()
    schedule_revision(release, publisher)
    assert lock_newsroom(manager, keeps_schedule=True).unscheduled_count == 0
    later = timezone.now() + timedelta(days=2)
    assert scheduled in Release.objects.published(later)
    assert due_revisions.publish_due_revisions(later)
    release.refresh_from_db()
    assert release.summary == "New."


def test_due_revision_is_public_and_appears_in_any_case(manager, publisher):
    release = make_release()
    revision = schedule_revision(release, publisher)
    PendingRevision.objects.filter(pk=revision.pk).update(public_at=timezone.now() - timedelta(seconds=1))
    lock_newsroom(manager, keeps_schedule=False)
    assert due_revisions.publish_due_revisions(timezone.now())
    release.refresh_from_db()
    assert (release.summary, release.notes.count()) == ("New.", 0)


# --- Changes ------------------------------------------------------------------------------------------------


def build_calls(release: Release, user) -> dict:
    """Return a call of each function that changes something without `lock_release`, and of some with it."""
    first, other = make_topic("DACA"), make_topic("TPS")
    return {
        "publish": lambda: publish(release, user=user),
        "preview link": lambda: create_preview_link(release, user=user, label="A", kind="approver", hours=1),
        "autosave": lambda: autosave(user=user, data={"body": "x"}, sequence=1, release=release),
        "autosave of a new release": lambda: autosave(user=user, data={}, sequence=1, client_id=uuid.uuid4()),
        "merge topics": lambda: merge_topics(first, into=other, user=user),
        "redact": lambda: redact(CANARY, user=user),
        "photo": lambda: add_photo(SimpleUploadedFile("a.jpg", JPEG_BYTES), user=user),
        "document": lambda: add_document(SimpleUploadedFile("a.pdf", b"%PDF"), user=user),
    }


CALLS = [
    "publish",
    "preview link",
    "autosave",
    "autosave of a new release",
    "merge topics",
    "redact",
    "photo",
    "document",
]


@pytest.mark.parametrize("name", CALLS)
def test_actions_of_people_are_refused_while_locked(manager, publisher, name):
    release = make_draft(headline=CANARY)
    call = build_calls(release, publisher)[name]
    lock_newsroom(manager, keeps_schedule=False)
    with pytest.raises(ActionNotAllowed, match=LOCKED):
        call()


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_every_action_of_the_registry_is_refused_while_locked(manager, action):
    class Form:
        """A form with every value that an action reads."""

        cleaned_data = dict.fromkeys(["edit_token", "reason", "replacement", "note"], "") | {
            "is_embargoed": False,
            "at": timezone.now() + timedelta(days=1),
            "kind": "typo",
            "slug": "new",
            "version": 1,
            "text": "Word.",
            "until": timezone.localdate(),
        }
        timing: dict = {}
        passed_rules: dict = {}
        synced_version = None

    english = make_release()
    make_release(language="es", translation_key=english.translation_key)
    lock_newsroom(manager, keeps_schedule=False)
    with pytest.raises(ActionNotAllowed, match=LOCKED):
        action.perform(english, Form, manager)


def test_the_system_goes_on_while_locked(manager):
    release = make_scheduled()
    lock_newsroom(manager, keeps_schedule=True)
    return_to_draft(release, user=None)
    with pytest.raises(ActionNotAllowed, match=LOCKED):
        reschedule(release, user=manager, at=timezone.now() + timedelta(days=1))


# --- The settings row ---------------------------------------------------------------------------------------


def test_locking_invalidates_no_page_and_adds_no_history(manager):
    make_release()
    settings = NewsroomSettings.current()
    records, generations = settings.history.count(), CacheInvalidation.objects.count()
    lock_newsroom(manager, keeps_schedule=True)
    unlock_newsroom(manager)
    assert (settings.history.count(), CacheInvalidation.objects.count()) == (records, generations)


def test_saving_settings_that_were_loaded_before_the_lock_keeps_it(manager):
    settings = NewsroomSettings.current()
    lock_newsroom(manager, keeps_schedule=True)
    settings.undo_window = 5
    settings.save()
    assert NewsroomSettings.find_lock().undo_window == 5


def test_restoring_everything_keeps_the_lock_and_the_accounts(manager):
    release = make_release(summary="Right.")
    NewsroomSettings.current().save()
    before = timezone.now()
    release.summary = "Defaced."
    release.save()
    settings = NewsroomSettings.current()
    settings.press_phone = "213-555-0100"
    settings.save()
    lock_newsroom(manager, keeps_schedule=False)
    restore_everything(before)
    release.refresh_from_db()
    lock = NewsroomSettings.find_lock()
    assert (release.summary, lock.press_phone, lock.locked_by) == ("Right.", "", manager)
