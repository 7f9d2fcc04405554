"""Merging topics: redirects, reserved names, pending revisions and permissions."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from releases.actions.errors import ActionNotAllowed
from releases.actions.revisions import publish_revision
from releases.actions.topics import lock_topics, merge_topics
from releases.caching import generation
from releases.models import Release, ReleaseTag, Topic, get_versions
from tests.actions import write_revision
from tests.factories import make_draft, make_release, make_topic
from tests.search import find

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


def count_queries(action) -> int:
    with CaptureQueriesContext(connection) as queries:
        action()
    return len(queries)


def make_tagged(count: int, *topics, start: int = 0) -> None:
    for number in range(start, start + count):
        make_release(slug=f"tagged-{number}", topics=topics if number % 3 == 0 else topics[:1])


def test_merging_and_renaming_a_topic_take_as_many_queries_for_many_releases_as_for_few(
    publisher, monkeypatch
):
    monkeypatch.setattr(generation, "CLEANUP_INTERVAL", 2**41)  # cleaning up would add queries at random
    counts = []
    for number, count in enumerate((4, 40)):
        old, new = (
            make_topic(f"Old {number}", f"Viejo {number}"),
            make_topic(f"New {number}", f"Nuevo {number}"),
        )
        make_tagged(count, old, new, start=100 * number)
        for release in Release.objects.filter(release_tags__tag=old)[: count // 4]:
            write_revision(release, publisher, tags=[old.pk])
        merging = count_queries(lambda old=old, new=new: merge_topics(old, into=new, user=publisher))
        new.name = f"Newer {number}"
        counts.append((merging, count_queries(new.save)))
    assert counts[0] == counts[1]
    assert max(counts[0]) < 50


def test_merge_writes_history_versions_and_index_of_every_release(publisher, client):
    old, new = make_topic("Dreamers", "Soñadores"), make_topic("DACA")
    make_tagged(6, old, new)
    versions = dict(Release.objects.values_list("pk", "version"))
    merge_topics(old, into=new, user=publisher)
    for release in Release.objects.all():
        assert list(release.tags.all()) == [new]
        assert release.version == versions[release.pk] + 1
        record = release.history.latest()
        assert (record.version, record.history_change_reason, record.history_user) == (
            release.version,
            "merge_topics",
            publisher,
        )
        assert record.headline == release.headline
        assert get_versions(release)[0].topic_ids == {new.pk}
    assert ReleaseTag.history.filter(history_type="-", history_change_reason="merge_topics").count() == 2
    assert ReleaseTag.history.filter(history_type="~", history_change_reason="merge_topics").count() == 4
    assert len(find("DACA").release_ids) == 6
    assert not find("Soñadores", "es").release_ids


def test_topic_that_was_merged_since_a_form_was_opened_is_replaced(publisher):
    old, new, gone = make_topic("Dreamers", "Soñadores"), make_topic("DACA"), make_topic("Gone", "Ido")
    chosen = list(Topic.objects.filter(pk__in=[old.pk, gone.pk]))
    merge_topics(old, into=new, user=publisher)
    gone.delete()
    with transaction.atomic():
        assert lock_topics(chosen) == [new]
        assert lock_topics([new]) == [new]
        assert lock_topics([]) == []
