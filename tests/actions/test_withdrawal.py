"""Withdrawing a release, and the reason that readers see."""

from datetime import timedelta

import pytest
from django.utils import timezone

from releases.actions.errors import ActionNotAllowed
from releases.actions.revisions import publish_revision
from releases.actions.withdrawal import set_withdrawal_reason, withdraw
from releases.models import PendingRevision
from releases.text.choices import Status
from tests.actions import write_revision
from tests.factories import make_draft, make_release, make_scheduled, make_withdrawn

pytestmark = pytest.mark.django_db


def test_withdrawal_keeps_public_at(publisher):
    release = make_release()
    public_at = release.public_at
    withdraw(release, user=publisher, reason=" A name was wrong. ")
    release.refresh_from_db()
    assert (release.status, release.public_at, release.withdrawal_reason) == (
        Status.WITHDRAWN,
        public_at,
        "A name was wrong.",
    )
    assert release.withdrawn_at


@pytest.mark.parametrize("make", [make_draft, make_scheduled, make_withdrawn])
def test_only_a_public_release_can_be_withdrawn(make, publisher):
    with pytest.raises(ActionNotAllowed):
        withdraw(make(), user=publisher, reason="A name was wrong.")


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "CARECEN has withdrawn this release."), ("es", "CARECEN retiró este comunicado.")],
)
def test_withdrawal_without_a_reason_uses_a_neutral_sentence(publisher, language, sentence):
    for reason in ("", "  ", "\x01"):
        release = make_release(language=language)
        withdraw(release, user=publisher, reason=reason)
        assert release.withdrawal_reason == sentence


def test_withdrawal_reason_can_be_set_later(publisher):
    release = make_withdrawn()
    set_withdrawal_reason(
        release, user=publisher, reason="A name was wrong.", replacement="/2015/03/a-ruling/"
    )
    release.refresh_from_db()
    assert (release.withdrawal_reason, release.replacement) == ("A name was wrong.", "/2015/03/a-ruling/")


def test_withdrawal_unschedules_a_revision_and_keeps_its_text(release, publisher):
    write_revision(release, publisher, summary="New words.")
    publish_revision(release, user=publisher, kind="typo", at=timezone.now() + timedelta(hours=1))
    withdraw(release, user=publisher)
    revision = PendingRevision.objects.get()
    assert (revision.public_at, revision.data["summary"]) == (None, "New words.")
