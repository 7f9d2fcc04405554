"""The versions of a release."""

import pytest

from releases.actions.revisions import publish_revision, save_revision
from releases.actions.withdrawal import withdraw
from releases.models import get_versions
from tests.factories import make_release, make_topic

pytestmark = pytest.mark.django_db


def test_each_version_has_its_topics_user_and_action(publisher):
    daca, courts = make_topic("DACA"), make_topic("Courts", "Tribunales")
    release = make_release(topics=(daca,))
    save_revision(
        release, user=publisher, content=release.content() | {"summary": "New."}, topic_ids=[courts.pk]
    )
    publish_revision(release, user=publisher, kind="update", note="It is new.")
    withdraw(release, user=publisher)
    versions = [
        (version.record.history_change_reason, version.is_pending_revision, set(version.topic_ids))
        for version in get_versions(release)
    ]
    assert versions == [
        ("withdraw", False, {courts.pk}),
        ("update", False, {courts.pk}),
        ("write", True, {courts.pk}),
        (None, False, {daca.pk}),
    ]
    assert get_versions(release)[0].record.history_user == publisher
