import re

import pytest

from releases.models import Topic
from tests.builders import make_draft, make_release, make_topic

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["daca", "DACA", "D-A-C-A"])
def test_a_second_spelling_is_refused_at_the_field(desk, name):
    make_topic("DACA")
    response = desk.post("/admin/releases/topic/add/", {"name": name, "name_es": "Otro"})
    assert "already: DACA" in str(response.context["adminform"].form.errors["name"])
    assert Topic.objects.count() == 1


def test_a_topic_in_use_is_not_deleted(desk):
    topic = make_topic("DACA")
    make_release(topics=(topic,))
    desk.post(f"/admin/releases/topic/{topic.pk}/delete/", {"post": "yes"})
    assert Topic.objects.filter(pk=topic.pk).exists()


def test_the_list_counts_releases_and_is_sorted_by_them(desk):
    daca = make_topic("DACA")
    make_release(topics=(daca, make_topic("Courts", "Tribunales")))
    make_draft(topics=(daca,))
    make_topic("Asylum", "Asilo")

    def counts(query: str) -> list[str]:
        return re.findall('<td class="field-releases">([0-9])</td>', desk.get(f"/admin/releases/topic/{query}").content.decode())

    assert counts("") == ["0", "1", "2"]  # by name
    assert counts("?o=-2") == ["2", "1", "0"]


def test_the_list_asks_once_for_all_its_counts(desk, django_assert_max_num_queries):
    for number in range(12):
        make_release(topics=(make_topic(f"Topic {chr(65 + number)}"),))
    with django_assert_max_num_queries(15):  # with those that begin an edition, and two counts of the paginator
        desk.get("/admin/releases/topic/")


def test_topics_are_merged_at_the_desk(desk):
    daca, old = make_topic("DACA"), make_topic("Dreamers", "Soñadores")
    assert "Merge…" in desk.get(f"/admin/releases/topic/{old.pk}/change/").content.decode()
    desk.post(f"/admin/releases/topic/{old.pk}/merge/", {"into": old.pk})
    assert Topic.objects.count() == 2
    desk.post(f"/admin/releases/topic/{old.pk}/merge/", {"into": daca.pk})
    assert list(Topic.objects.all()) == [daca]


def test_writers_merge_nothing(writers_desk):
    old = make_topic("Dreamers", "Soñadores")
    assert writers_desk.get(f"/admin/releases/topic/{old.pk}/merge/").status_code == 403
