"""Topics in the admin: the list, the page of a topic, merging and deletion."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from releases.actions.revisions import discard_revision, save_revision
from releases.models import Topic, TopicMerge
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


def read_rows(page: str) -> list[tuple[str, ...]]:
    """Return the cells of the list."""
    body = re.search(r"<tbody>.*</tbody>", page, re.DOTALL)[0]
    return [
        tuple(re.sub("<.*?>", "", cell) for cell in re.findall(r"<t[hd] .*?>(.*?)</t[hd]>", row))
        for row in re.findall(r"<tr>.*?</tr>", body, re.DOTALL)
    ]


@pytest.mark.parametrize(
    ("language", "query", "expected"),
    [
        (
            "en",
            "",
            [
                ("Asylum", "Solicitud", "0 / 0", "0 / 0"),
                ("Courts", "Tribunales", "1 / 1", "1 / 1"),
                ("DACA", "DACA", "1 / 2", "0 / 0"),
            ],
        ),
        (
            "es",
            "",
            [
                ("DACA", "DACA", "0 / 0", "1 / 2"),
                ("Solicitud", "Asylum", "0 / 0", "0 / 0"),
                ("Tribunales", "Courts", "1 / 1", "1 / 1"),
            ],
        ),
        (
            "en",
            "?o=-2",
            [
                ("DACA", "DACA", "1 / 2", "0 / 0"),
                ("Courts", "Tribunales", "1 / 1", "1 / 1"),
                ("Asylum", "Solicitud", "0 / 0", "0 / 0"),
            ],
        ),
    ],
)
def test_topic_list_shows_names_and_counts_in_the_language_of_the_reader(
    publisher_client, publisher, language, query, expected
):
    publisher.language = language
    publisher.save()
    daca, courts = make_topic("DACA"), make_topic("Courts", "Tribunales")
    make_release(topics=(daca, courts))
    make_release(topics=(courts,), language="es")
    make_draft(topics=(daca,))
    make_topic("Asylum", "Solicitud")
    page = publisher_client.get(f"/admin/releases/topic/{query}").content.decode()
    assert read_rows(page) == expected
    assert ("Temas" if language == "es" else "Topics") in re.search("<h1>(.*?)</h1>", page)[1]
    assert ("Tema nuevo" if language == "es" else "New topic") in page


def test_page_of_a_topic_lists_its_newest_releases(publisher_client, django_assert_max_num_queries):
    daca = make_topic("DACA")
    for day in range(1, 13):
        make_release(topics=(daca,), headline=f"Day {day}.", date=date(2020, 5, day))
    draft = make_draft(topics=(daca,), headline="A draft.", date=None)
    make_draft(topics=(daca,), headline="Un borrador.", language="es")
    url = f"/admin/releases/topic/{daca.pk}/change/"
    with django_assert_max_num_queries(35):
        page = publisher_client.get(url).content.decode()
    english, spanish = re.findall(r"<section.*?</section>", page, re.DOTALL)
    headlines = re.findall(r'lang="en">(.*?)</a>', english)
    assert headlines == ["A draft.", *(f"Day {day}." for day in range(12, 3, -1))]
    assert f"/admin/releases/release/{draft.pk}/change/" in english
    assert "13 releases, 12 of them public." in english
    assert 'href="/topics/daca/"' in english
    assert english.count(">Public</span>") == 9
    assert "May 12, 2020" in english
    all_url = unescape(re.search(r'href="(.*?)">All 13 releases', english)[1])
    assert len(publisher_client.get(all_url).context["cl"].result_list) == 13
    assert "1 release, 0 of them public." in spanish
    assert "So there is no public page." in spanish
    assert "/es/temas/" not in spanish
    assert ">Un borrador.</a>" in spanish
    assert re.search("<h1>(.*?)</h1>", page)[1] == "DACA"


def test_topic_list_query_count_does_not_grow_with_its_topics(
    publisher_client, django_assert_max_num_queries
):
    for number in range(12):
        make_release(topics=(make_topic(f"Topic {chr(65 + number)}"),))
    with django_assert_max_num_queries(20):
        publisher_client.get("/admin/releases/topic/")


@pytest.fixture
def topics(publisher):
    """Return DACA, and Dreamers with releases in both languages and a pending revision."""
    daca = make_topic("DACA")
    old = make_topic("Dreamers", "Soñadores", about="Who they are.", keywords="acción diferida")
    make_release(topics=(daca, old))
    english = [make_release(topics=(old,)) for _number in range(2)]
    make_release(topics=(old,), language="es")
    save_revision(english[0], user=publisher, content=english[0].content(), topic_ids=[old.pk, daca.pk])
    return daca, old


def test_merge_says_first_what_will_move(publisher_client, topics):
    daca, old = topics
    change_url, url = (f"/admin/releases/topic/{old.pk}/{name}/" for name in ("change", "merge"))
    assert f'href="{url}">Merge into another topic…' in publisher_client.get(change_url).content.decode()
    assert "Nothing is merged yet." in publisher_client.get(url).content.decode()
    page = unescape(publisher_client.get(url, {"into": daca.pk}).content.decode())
    for text in (
        "2 releases in English get the topic “DACA”.",
        "1 release in Spanish gets the topic “DACA”.",
        "1 release has both topics and keeps “DACA”.",
        "1 unpublished change gets it, too.",
        "The web address /topics/dreamers/ leads to /topics/daca/.",
        "The web address /es/temas/sonadores/ leads to /es/temas/daca/.",
        "Its names and keywords become other words for “DACA”: Dreamers, Soñadores, acción diferida.",
        "The description of “Dreamers” is deleted.",
    ):
        assert text in page
    assert Topic.objects.count() == 2
    response = publisher_client.post(url, {"into": daca.pk})
    assert response["Location"] == f"/admin/releases/topic/{daca.pk}/change/"
    assert list(Topic.objects.all()) == [daca]


@pytest.mark.parametrize("value", ["", "self", "x", "99999999999999999999"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_topic_is_not_merged_with_itself_or_with_nothing(publisher_client, topics, method, value):
    _daca, old = topics
    url = f"/admin/releases/topic/{old.pk}/merge/"
    response = getattr(publisher_client, method)(url, {"into": old.pk if value == "self" else value})
    assert response.context["form"].errors
    assert Topic.objects.count() == 2


def test_merge_can_be_undone_from_the_topic_and_from_the_list(publisher_client, writer, topics):
    daca, old = topics
    writer_client = Client()
    writer_client.force_login(writer)
    publisher_client.post(f"/admin/releases/topic/{old.pk}/merge/", {"into": daca.pk})
    merge = TopicMerge.objects.get()
    url = f"/admin/releases/topic/merges/{merge.pk}/undo/"
    for page in ("/admin/releases/topic/", f"/admin/releases/topic/{daca.pk}/change/"):
        assert f'action="{url}"' in publisher_client.get(page).content.decode()
        assert url not in writer_client.get(page).content.decode()
    assert writer_client.post(url).status_code == 403
    assert publisher_client.get(url)["Location"] == "/admin/releases/topic/"
    assert Topic.objects.count() == 1
    page = publisher_client.post(url, follow=True).content.decode()
    assert "“Dreamers” is a topic of its own again." in unescape(page)
    assert Topic.objects.count() == 2
    for topic in topics:
        history = publisher_client.get(f"/admin/releases/topic/{topic.pk}/history/").content.decode()
        assert "The merge was undone." in history


def test_undo_of_an_impossible_merge_says_that_it_is_over(publisher_client):
    response = publisher_client.post(f"/admin/releases/topic/merges/{10**25}/undo/", follow=True)
    assert "one minute" in response.content.decode()


@pytest.mark.parametrize("is_expired", [True, False])
def test_undo_after_a_minute_or_twice_says_that_it_is_over(publisher_client, topics, is_expired):
    daca, old = topics
    publisher_client.post(f"/admin/releases/topic/{old.pk}/merge/", {"into": daca.pk})
    url = f"/admin/releases/topic/merges/{TopicMerge.objects.get().pk}/undo/"
    if is_expired:
        TopicMerge.objects.update(merged_at=timezone.now() - timedelta(seconds=61))
        assert url not in publisher_client.get("/admin/releases/topic/").content.decode()
    else:
        publisher_client.post(url)
    page = publisher_client.post(url, follow=True).content.decode()
    assert "possible for one minute, and only once" in page
    assert Topic.objects.count() == (1 if is_expired else 2)


def test_writers_cannot_merge_topics(writer_client):
    old = make_topic("Dreamers", "Soñadores")
    assert writer_client.get(f"/admin/releases/topic/{old.pk}/merge/").status_code == 403
    assert "Merge into" not in writer_client.get(f"/admin/releases/topic/{old.pk}/change/").content.decode()


def test_topic_of_a_pending_revision_cannot_be_deleted(publisher_client, publisher, release):
    topic = make_topic("DACA")
    save_revision(release, user=publisher, content=release.content(), topic_ids=[topic.pk])
    publisher_client.post(f"/admin/releases/topic/{topic.pk}/delete/", {"post": "yes"})
    assert Topic.objects.exists()
    discard_revision(release, user=publisher)
    publisher_client.post(f"/admin/releases/topic/{topic.pk}/delete/", {"post": "yes"})
    assert not Topic.objects.exists()
