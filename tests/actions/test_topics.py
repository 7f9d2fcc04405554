"""Merging topics, and undoing it: redirects, reserved names, pending revisions and permissions."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from releases.actions.errors import ActionNotAllowed
from releases.actions.newsroom_lock import lock_newsroom
from releases.actions.revisions import publish_revision
from releases.actions.topics import lock_topics, merge_topics, undo_merge
from releases.caching import generation
from releases.models import (
    PendingRevision,
    Release,
    ReleaseTag,
    Topic,
    TopicAlias,
    TopicMerge,
    get_versions,
)
from releases.models.topics import UNDO_PERIOD
from tests.actions import write_revision
from tests.factories import make_draft, make_release, make_topic, make_user
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


# --- Undoing a merge ----------------------------------------------------------------------------------------


TAG_FIELDS = ["tag", "content_object", "language", "date", "public_at"]


def snapshot() -> dict[str, list]:
    """Return all rows that a merge changes, without versions, and the search results."""
    return {
        "topics": list(Topic.objects.order_by("pk").values()),
        "aliases": list(TopicAlias.objects.order_by("pk").values()),
        "tags": sorted(
            ReleaseTag.objects.values_list("tag", "content_object", "language", "date", "public_at")
        ),
        "revisions": list(PendingRevision.objects.order_by("pk").values("pk", "data")),
        "found": sorted(find("Soñadores", "es").release_ids),
    }


@pytest.fixture
def merged(publisher):
    """Return DACA, Dreamers, the rows before the merge, and the merge of Dreamers into DACA."""
    daca, older = make_topic("DACA", keywords="permits"), make_topic("Deferred", "Diferida")
    old = make_topic("Dreamers", "Soñadores", about="Who.", about_es="Quiénes.", keywords="dreamer, permits")
    merge_topics(older, into=old, user=publisher)
    TopicMerge.objects.all().delete()
    make_release(topics=(daca, old))
    releases = [make_release(topics=(old,), language="es") for _number in range(2)]
    make_draft(topics=(old,))
    make_release(topics=(daca,), language="es")
    write_revision(releases[0], publisher, tags=[old.pk])
    write_revision(make_release(), publisher, tags=[old.pk, daca.pk])
    before = snapshot()
    merge = merge_topics(Topic.objects.get(pk=old.pk), into=daca, user=publisher)
    return daca, old, before, merge


def test_undone_merge_leaves_everything_as_it_was(merged, publisher, client):
    daca, old, before, merge = merged
    daca.refresh_from_db()
    assert daca.keywords == "permits, dreamer"
    versions = dict(Release.objects.values_list("pk", "version"))
    assert snapshot() != before
    assert undo_merge(merge.pk, user=publisher) == old
    assert snapshot() == before
    assert client.get("/es/temas/sonadores/").status_code == 200
    assert not TopicMerge.objects.exists()
    moved = Release.objects.filter(tags=old)
    assert {release.version for release in moved} == {versions[release.pk] + 1 for release in moved}
    for release in moved:
        assert release.history.latest().history_change_reason == "undo_merge"
        assert get_versions(release)[0].topic_ids == set(release.tags.values_list("pk", flat=True))
    assert Topic.history.filter(id=old.pk).latest().history_type == "+"
    with pytest.raises(ValidationError, match="already a topic with this name: Dreamers"):
        make_topic("Diferida", "otra cosa")
    merge_topics(Topic.objects.get(pk=old.pk), into=daca, user=publisher)  # again, after all


CHANGES_SINCE = {
    "a release lost the topic": lambda daca, old: (
        ReleaseTag.objects.filter(tag=daca, language="es").first().delete()
    ),
    "a draft was deleted": lambda daca, old: Release.objects.get(status="draft").delete(),
    "a revision was deleted": lambda daca, old: PendingRevision.objects.first().delete(),
    "a revision was changed": lambda daca, old: write_topics(PendingRevision.objects.first(), []),
    "a revision was added": lambda daca, old: write_revision(
        Release.objects.filter(tags=daca, language="en", pending_revision=None, status="published").first(),
        None,
        summary="New.",
    ),
    "the other topic got the name": lambda daca, old: rename(daca, "Dreamers"),
    "the keywords were changed": lambda daca, old: Topic.objects.update(keywords="x"),
}


def write_topics(revision, topic_ids) -> None:
    revision.data["tags"] = topic_ids
    revision.save()


def rename(topic, name: str) -> None:
    topic.name = name
    topic.full_clean()
    topic.save()


@pytest.mark.parametrize("change", CHANGES_SINCE)
def test_merge_is_not_undone_if_it_would_lose_a_change(merged, publisher, change):
    daca, old, _before, merge = merged
    CHANGES_SINCE[change](Topic.objects.get(pk=daca.pk), old)
    after = snapshot()
    with pytest.raises(ActionNotAllowed, match="Nothing was changed"), transaction.atomic():
        undo_merge(merge.pk, user=publisher)
    assert snapshot() == after


def test_merges_into_one_topic_are_undone_from_the_last_to_the_first(publisher):
    first, second, into = make_topic("A", "A"), make_topic("B", "B"), make_topic("C", "C")
    release = make_release(topics=(first, second))
    merges = [merge_topics(topic, into=into, user=publisher) for topic in (first, second)]
    with pytest.raises(ActionNotAllowed, match="Undo that merge first"):
        undo_merge(merges[0].pk, user=publisher)
    for merge in reversed(merges):
        undo_merge(merge.pk, user=publisher)
    assert {topic.name for topic in Release.objects.get(pk=release.pk).tags.all()} == {"A", "B"}


def test_merge_of_the_target_ends_the_undo(merged, publisher):
    daca, _old, _before, merge = merged
    second = merge_topics(Topic.objects.get(pk=daca.pk), into=make_topic("Relief", "Alivio"), user=publisher)
    with pytest.raises(ActionNotAllowed, match="one minute, and only once"):
        undo_merge(merge.pk, user=publisher)
    assert undo_merge(second.pk, user=publisher) == daca


def test_only_publishers_undo_merges_within_a_minute_and_while_unlocked(merged, publisher, writer):
    *_topics, merge = merged
    manager = make_user("marta", "", is_superuser=True)
    with pytest.raises(ActionNotAllowed, match="Ask a publisher"):
        undo_merge(merge.pk, user=writer)
    TopicMerge.objects.update(merged_at=timezone.now() - UNDO_PERIOD)
    with pytest.raises(ActionNotAllowed, match="one minute"):
        undo_merge(merge.pk, user=publisher)
    assert TopicMerge.objects.expired().count() == 1
    lock_newsroom(manager, keeps_schedule=True)
    with pytest.raises(ActionNotAllowed, match="locked"):
        undo_merge(merge.pk, user=publisher)


def test_keywords_that_do_not_fit_are_left_out(publisher):
    daca = make_topic("DACA", keywords="a" * 490)
    merge_topics(make_topic("Old", "Viejo", keywords=f"{'b' * 20}, short"), into=daca, user=publisher)
    daca.refresh_from_db()
    assert daca.keywords == f"{'a' * 490}, short"
