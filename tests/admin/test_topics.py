import pytest

from releases.models import Topic
from tests.builders import make_release, make_topic

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


def test_the_list_counts_releases(desk):
    make_release(topics=(make_topic("DACA"),))
    assert '<td class="field-releases">1</td>' in desk.get("/admin/releases/topic/").content.decode()


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
