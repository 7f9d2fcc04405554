"""Pending revisions: when one is due, and what it stores."""

from datetime import timedelta

import pytest
from django.utils import timezone

from releases.models import PendingRevision
from tests.factories import make_release

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("seconds", "is_due"), [(-1, False), (0, True), (1, True)])
def test_scheduled_revision_is_due_from_its_time(seconds, is_due):
    revision = PendingRevision.objects.create(release=make_release(), data={}, public_at=timezone.now())
    PendingRevision.objects.create(release=make_release(), data={})  # not scheduled
    assert (
        list(PendingRevision.objects.due(revision.public_at + timedelta(seconds=seconds)))
        == [revision] * is_due
    )


def test_pending_revision_separates_topics_from_the_text():
    revision = PendingRevision.objects.create(release=make_release(), data={"headline": "Next", "tags": [7]})
    assert (revision.content, revision.topic_ids) == ({"headline": "Next"}, [7])
    assert PendingRevision.for_release(revision.release) == revision
    assert PendingRevision.for_release(make_release()) is None
