"""Topics in the admin: the list, merging and deletion."""

import re

import pytest

from releases.actions.revisions import discard_revision, save_revision
from releases.models import Topic
from tests.factories import make_draft, make_release, make_topic

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["daca", "DACA", "D-A-C-A"])
def test_another_spelling_of_a_topic_name_is_rejected(publisher_client, name):
    make_topic("DACA")
    response = publisher_client.post("/admin/releases/topic/add/", {"name": name, "name_es": "Otro"})
    assert "already a topic with this name: DACA" in str(response.context["adminform"].form.errors["name"])
    assert Topic.objects.count() == 1


def test_a_topic_in_use_is_not_deleted(publisher_client):
    topic = make_topic("DACA")
    make_release(topics=(topic,))
    publisher_client.post(f"/admin/releases/topic/{topic.pk}/delete/", {"post": "yes"})
    assert Topic.objects.filter(pk=topic.pk).exists()


def test_topic_list_shows_release_counts_and_sorts_by_them(publisher_client):
    daca = make_topic("DACA")
    make_release(topics=(daca, make_topic("Courts", "Tribunales")))
    make_draft(topics=(daca,))
    make_topic("Asylum", "Asilo")

    def counts(query: str) -> list[str]:
        return re.findall(
            '<td class="field-releases">([0-9])</td>',
            publisher_client.get(f"/admin/releases/topic/{query}").content.decode(),
        )

    assert counts("") == ["0", "1", "2"]  # sorted by name
    assert counts("?o=-2") == ["2", "1", "0"]


def test_topic_list_query_count_does_not_grow_with_its_topics(
    publisher_client, django_assert_max_num_queries
):
    for number in range(12):
        make_release(topics=(make_topic(f"Topic {chr(65 + number)}"),))
    # 15 or 16, with those of a new cache generation, of content types, and two counts of the paginator.
    with django_assert_max_num_queries(20):
        publisher_client.get("/admin/releases/topic/")


def test_topics_can_be_merged_in_admin_but_not_with_themselves(publisher_client):
    daca, old = make_topic("DACA"), make_topic("Dreamers", "Soñadores")
    assert "Merge…" in publisher_client.get(f"/admin/releases/topic/{old.pk}/change/").content.decode()
    publisher_client.post(f"/admin/releases/topic/{old.pk}/merge/", {"into": old.pk})
    assert Topic.objects.count() == 2
    publisher_client.post(f"/admin/releases/topic/{old.pk}/merge/", {"into": daca.pk})
    assert list(Topic.objects.all()) == [daca]


def test_writers_cannot_merge_topics(writer_client):
    old = make_topic("Dreamers", "Soñadores")
    assert writer_client.get(f"/admin/releases/topic/{old.pk}/merge/").status_code == 403


def test_topic_of_a_pending_revision_cannot_be_deleted(publisher_client, publisher, release):
    topic = make_topic("DACA")
    save_revision(release, user=publisher, content=release.content(), topic_ids=[topic.pk])
    publisher_client.post(f"/admin/releases/topic/{topic.pk}/delete/", {"post": "yes"})
    assert Topic.objects.exists()
    discard_revision(release, user=publisher)
    publisher_client.post(f"/admin/releases/topic/{topic.pk}/delete/", {"post": "yes"})
    assert not Topic.objects.exists()
