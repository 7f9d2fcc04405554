"""The search index is updated by every change of a release, and rebuilt when its version is old."""

import sys

import pytest

from releases import search
from releases.actions.publication import republish
from releases.actions.redaction import redact
from releases.actions.revisions import publish_revision, save_revision
from releases.actions.topics import merge_topics
from releases.actions.withdrawal import withdraw
from releases.models import Release
from tests.factories import make_release, make_topic, make_user
from tests.search import find

pytestmark = pytest.mark.django_db


def test_phrase_does_not_match_across_fields():
    make_release(headline="A great win", subhead="Court is adjourned")
    assert find('"win court"').is_any_word_fallback


def test_index_of_an_older_version_is_out_of_date_until_rebuilt(monkeypatch):
    make_release()
    search.rebuild()
    assert not search.is_outdated()
    monkeypatch.setattr(sys.modules["releases.search.index"], "VERSION", "_v0")
    assert search.is_outdated()
    search.rebuild()
    assert not search.is_outdated()
    Release.objects.all().delete()
    make_release()
    search.clear()
    assert search.is_outdated()


def test_withdrawn_release_is_not_found_until_republished(publisher):
    release = make_release()
    withdraw(release, user=publisher, reason="Wrong.")
    assert find("ruling").release_ids == []
    republish(release, user=publisher)
    assert find("ruling").release_ids == [release.pk]


def test_pending_revision_is_found_only_after_publication(publisher):
    release = make_release()
    save_revision(release, user=publisher, content=release.content() | {"summary": "Quetzal."}, topic_ids=[])
    assert find("quetzal").release_ids == []
    publish_revision(release, user=publisher, kind="typo")
    assert find("quetzal").release_ids == [release.pk]


def test_releases_of_a_merged_topic_are_found_by_its_new_name():
    topic, other_topic = make_topic("Quetzal"), make_topic("Judiciary")
    release = make_release(topics=(topic,))
    merge_topics(topic, into=other_topic, user=make_user(is_superuser=True))
    assert find("judiciary").release_ids == [release.pk]
    assert find("quetzal").release_ids == []


def test_redacted_name_is_not_found():
    make_release(body="<p>Ana Quetzal spoke.</p>", topics=(make_topic("Ana Quetzal"),))
    redact("Ana Quetzal", user=make_user(is_superuser=True))
    assert find("quetzal").release_ids == []
