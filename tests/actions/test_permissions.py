"""Who may publish and edit, and when a second approver is required."""

from datetime import timedelta

import pytest
from django.utils import timezone

from releases.actions.errors import ActionNotAllowed
from releases.actions.publication import change_slug, publish, republish
from releases.actions.reviews import write_note
from releases.actions.revisions import publish_revision
from releases.actions.scheduling import reschedule, return_to_draft
from releases.actions.withdrawal import set_withdrawal_reason, withdraw
from releases.models import NewsroomSettings
from tests.actions import write_revision
from tests.admin import admin_url, form_data
from tests.factories import make_draft, make_release, make_scheduled, make_user, make_withdrawn

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("group", ["Writers", ""])
def test_only_publishers_can_perform_publishing_actions(group):
    outsider = make_user("walter", group)
    for action, release, kwargs in (
        (publish, make_draft(), {}),
        (return_to_draft, make_scheduled(), {}),
        (withdraw, make_release(), {"reason": "x"}),
        (reschedule, make_scheduled(), {"at": timezone.now() + timedelta(days=1)}),
        (change_slug, make_release(), {"slug": "other"}),
        (set_withdrawal_reason, make_withdrawn(), {"reason": "x"}),
        (republish, make_withdrawn(), {}),
    ):
        status = release.status
        with pytest.raises(ActionNotAllowed, match="publishers"):
            action(release, user=outsider, **kwargs)
        release.refresh_from_db()
        assert release.status == status


@pytest.fixture
def second_approver_required(db):
    newsroom = NewsroomSettings.current()
    newsroom.requires_second_approver = True
    newsroom.save()


def test_second_approver_must_not_be_the_author_of_the_text(second_approver_required, publisher):
    draft = make_draft(changed_by=publisher)
    with pytest.raises(ActionNotAllowed, match="someone else must approve it"):
        publish(draft, user=publisher)
    publish(draft, user=make_user("other"))
    assert draft.is_public()


def test_overriding_the_second_approver_adds_a_note(second_approver_required, publisher):
    draft = make_draft(changed_by=publisher)
    publish(draft, user=publisher, override_reason="The ruling came at midnight.")
    note = draft.notes.get()
    assert (note.author, "at midnight" in note.text) == (publisher, True)


def test_revision_also_requires_a_second_approver(second_approver_required, release, publisher, writer):
    write_revision(release, publisher, summary="New words.")
    with pytest.raises(ActionNotAllowed, match="someone else must approve it"):
        publish_revision(release, user=publisher, kind="typo")
    write_revision(release, writer, summary="Newer words.")
    publish_revision(release, user=publisher, kind="typo")
    assert release.summary == "Newer words."


def test_second_approver_is_not_required_by_default(publisher):
    draft = make_draft(changed_by=publisher)
    publish(draft, user=publisher)
    assert not draft.notes.exists()


def test_scheduled_release_cannot_be_edited_when_a_second_approver_is_required(publisher_client):
    scheduled = make_scheduled(summary="Approved.")
    NewsroomSettings(requires_second_approver=True).save()
    assert (
        publisher_client.post(
            admin_url(scheduled, "change"), form_data(scheduled, summary="Not approved.")
        ).status_code
        == 403
    )
    scheduled.refresh_from_db()
    assert scheduled.summary == "Approved."


def test_actions_check_permissions_themselves(client):
    draft = make_draft()
    for username, action in (
        ("publish", lambda user: publish(draft, user=user)),
        ("write", lambda user: write_note(draft, user=user, text="x")),
    ):
        with pytest.raises(ActionNotAllowed):
            action(make_user(username, ""))
