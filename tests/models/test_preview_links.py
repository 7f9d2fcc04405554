"""When a preview link is valid."""

from datetime import timedelta

import pytest
from django.utils import timezone

from releases.models import PreviewLink
from tests.factories import make_draft, make_release, make_withdrawn

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("seconds", "valid"), [(-1, True), (0, False), (1, False)])
def test_preview_link_is_valid_until_it_expires(seconds, valid):
    link = PreviewLink(release=make_draft(), expires_at=timezone.now() + timedelta(hours=1))
    assert link.is_valid(link.expires_at + timedelta(seconds=seconds)) is valid


@pytest.mark.parametrize(
    ("make", "changes"),
    [(make_draft, {"revoked_at": timezone.now()}), (make_release, {}), (make_withdrawn, {})],
)
def test_preview_link_is_invalid_when_revoked_published_or_withdrawn(make, changes):
    assert not PreviewLink(
        release=make(), expires_at=timezone.now() + timedelta(hours=1), **changes
    ).is_valid()
