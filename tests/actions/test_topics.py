"""Merging topics: redirects, reserved names, pending revisions and permissions."""

import pytest
from django.core.exceptions import ValidationError

from releases.actions.errors import ActionNotAllowed
from releases.actions.revisions import publish_revision
from releases.actions.topics import merge_topics
from releases.models import Release, Topic
from tests.actions import write_revision
from tests.factories import make_draft, make_release, make_topic

pytestmark = pytest.mark.django_db


def test_merged_topic_redirects_and_its_names_stay_reserved(publisher, client):
    daca, old, older = (
        make_topic("DACA"),
        make_topic("Dreamers", "Soñadores"),
        make_topic("Deferred action", "Acción diferida"),
    )
    in_both, in_one = make_release(topics=(daca, old)), make_release(topics=(old,))
    make_release(topics=(older,), language="es")
    merge_topics(older, into=old, user=publisher)
    merge_topics(old, into=daca, user=publisher)
    assert [release.topics for release in (in_both, in_one)] == [[daca], [daca]]
    for url, target in (
        ("/topics/dreamers/", "/topics/daca/"),
        ("/topics/deferred-action/", "/topics/daca/"),
        ("/es/temas/sonadores/", "/es/temas/daca/"),
    ):
        response = client.get(url)
        assert (response.status_code, response["Location"]) == (301, target)
    with pytest.raises(ValidationError, match="already a topic with this name: DACA"):
        make_topic("dreamers", "otra cosa")


def test_merged_topic_without_public_releases_is_not_revealed(publisher, client):
    daca, old = make_topic("DACA"), make_topic("Dreamers", "Soñadores")
    make_draft(topics=(old,))
    merge_topics(old, into=daca, user=publisher)
    assert client.get("/topics/dreamers/").content == client.get("/topics/never/").content


def test_only_publishers_can_merge_topics_and_not_with_themselves(publisher, writer):
    daca, old = make_topic("DACA"), make_topic("Dreamers", "Soñadores")
    for topic, target, user in ((old, daca, writer), (daca, daca, publisher)):
        with pytest.raises(ActionNotAllowed):
            merge_topics(topic, into=target, user=user)
    assert Topic.objects.count() == 2


def test_topic_merge_updates_pending_revisions(release, publisher):
    courts, tribunals = make_topic("Courts", "Tribunales"), make_topic("Tribunals", "Cortes")
    write_revision(release, publisher, tags=[tribunals.pk])
    merge_topics(tribunals, into=courts, user=publisher)
    publish_revision(Release.objects.get(pk=release.pk), user=publisher, kind="typo")
    assert list(release.tags.all()) == [courts]
