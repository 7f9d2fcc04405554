"""Actions work on the current row and refuse a deleted or changed release."""

import pytest

from releases.actions.errors import ActionNotAllowed
from releases.actions.publication import publish
from releases.actions.revisions import discard_revision, publish_revision
from releases.models import Release
from releases.text.choices import Status
from tests.actions import write_revision
from tests.factories import make_draft

pytestmark = pytest.mark.django_db


def test_action_uses_the_current_database_row(publisher):
    stale = make_draft()
    publish(Release.objects.get(pk=stale.pk), user=publisher)
    assert stale.status == Status.DRAFT
    with pytest.raises(ActionNotAllowed, match="already public"):
        publish(stale, user=publisher)


def test_action_on_a_deleted_release_is_refused(publisher):
    draft = make_draft()
    Release.objects.filter(pk=draft.pk).delete()
    with pytest.raises(ActionNotAllowed, match="deleted"):
        publish(draft, user=publisher)


def test_stale_edit_token_prevents_publishing_or_discarding_a_revision(release, publisher, writer):
    write_revision(release, publisher, summary="Mine.")
    edit_token = release.edit_token
    write_revision(release, writer, summary="Theirs.")
    with pytest.raises(ActionNotAllowed, match="while you were viewing it"):
        publish_revision(release, user=publisher, kind="typo", edit_token=edit_token)
    with pytest.raises(ActionNotAllowed, match="while you were viewing it"):
        discard_revision(release, user=publisher, edit_token=edit_token)
