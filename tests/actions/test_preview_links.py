"""Creating preview links: what is stored, which values are valid, and who may do it."""

import pytest

from releases.actions.errors import ActionNotAllowed
from releases.models import PreviewLink
from tests.factories import make_release, make_withdrawn
from tests.views import make_link

pytestmark = pytest.mark.django_db


def test_only_the_digest_of_a_preview_secret_is_stored(embargoed_release, publisher):
    link, secret = make_link(embargoed_release, publisher)
    assert len(secret) >= 43  # 256 bits
    assert secret not in str(PreviewLink.objects.filter(pk=link.pk).values().get())


@pytest.mark.parametrize(("hours", "label"), [(73, "Ana"), (0, "Ana"), (24, " \x01 ")])
def test_preview_link_with_invalid_hours_or_label_is_rejected(embargoed_release, publisher, hours, label):
    with pytest.raises(ActionNotAllowed):
        make_link(embargoed_release, publisher, hours=hours, label=label)


@pytest.mark.parametrize("make", [make_release, make_withdrawn])
def test_published_or_withdrawn_release_cannot_have_preview_links(make, publisher):
    with pytest.raises(ActionNotAllowed, match="nothing to preview"):
        make_link(make(), publisher)


def test_writers_can_create_preview_links_only_for_approvers(embargoed_release, writer):
    with pytest.raises(ActionNotAllowed, match="publishers"):
        make_link(embargoed_release, writer)
    assert make_link(embargoed_release, writer, kind="approver")
