"""Restoring an earlier version of one release."""

import pytest

from releases.actions.errors import ActionNotAllowed
from releases.actions.restoration import restore
from releases.actions.revisions import publish_revision, save_revision
from releases.models import Release, get_versions
from tests.factories import (
    make_draft,
    make_photo,
    make_release,
    make_scheduled,
    make_topic,
    make_withdrawn,
    photo_entry,
)

pytestmark = pytest.mark.django_db


def get_version_key(release: Release, summary: str) -> str:
    return next(
        version.key
        for version in get_versions(release)
        if version.release.summary == summary and not version.is_pending_revision
    )


def test_restoring_a_draft_adds_a_new_version(writer):
    daca = make_topic("DACA")
    draft = make_draft(summary="First.", topics=(daca,))
    draft.summary = "Second."
    draft.save()
    draft.tags.clear()
    restore(draft, user=writer, version_key=get_version_key(draft, "First."))
    draft.refresh_from_db()
    assert (draft.summary, draft.topics, draft.changed_by) == ("First.", [daca], writer)
    assert [version.record.summary for version in get_versions(draft)] == ["First.", "Second.", "First."]


def test_restored_version_has_its_lead_photo_and_focal_point(writer):
    entry = photo_entry(make_photo())
    draft = make_draft(summary="First.", photos=[entry | {"is_lead": True, "focus": [30, 20]}])
    draft.summary, draft.photos = "Second.", [entry]
    draft.save()
    restore(draft, user=writer, version_key=get_version_key(draft, "First."))
    draft.refresh_from_db()
    assert draft.photos == [entry | {"is_lead": True, "focus": [30, 20]}]


def test_restored_text_of_a_public_release_is_hidden_until_published(writer, publisher):
    release = make_release(summary="First.")
    save_revision(release, user=publisher, content=release.content() | {"summary": "Second."}, topic_ids=[])
    publish_revision(release, user=publisher, kind="typo")
    restore(release, user=writer, version_key=get_version_key(release, "First."))
    release.refresh_from_db()
    assert release.summary == "Second."
    publish_revision(release, user=publisher, kind="typo")
    assert release.summary == "First."


def test_invalid_restore_is_refused(writer, publisher):
    other = make_draft()
    with pytest.raises(ActionNotAllowed, match="doesn't belong to this release"):
        restore(make_draft(), user=writer, version_key=get_versions(other)[0].key)
    withdrawn, scheduled = make_withdrawn(), make_scheduled()
    with pytest.raises(ActionNotAllowed, match="withdrawn"):
        restore(withdrawn, user=publisher, version_key=get_versions(withdrawn)[0].key)
    with pytest.raises(ActionNotAllowed, match="must return it to draft"):
        restore(scheduled, user=writer, version_key=get_versions(scheduled)[0].key)
    edit_token = other.edit_token
    other.save()
    with pytest.raises(ActionNotAllowed, match="while you were viewing it"):
        restore(other, user=writer, version_key=get_versions(other)[0].key, edit_token=edit_token)
