"""The page of one release: its parts, notices, neighbors, translation, redirects and share image."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from releases.actions.withdrawal import withdraw
from releases.models import NewsroomSettings
from releases.text import localtime
from releases.text.choices import Kind
from tests.factories import make_draft, make_release, make_scheduled, make_topic, make_withdrawn
from tests.views import get_headlines, get_hreflang_links, get_public_page, get_response

pytestmark = pytest.mark.django_db
TODAY = localtime.local_date(timezone.now())


def make_notice(**changes):
    return make_release(
        **{"kind": Kind.SERVICE_NOTICE, "slug": "a-notice", "date": TODAY.replace(day=1)} | changes
    )


def test_notice_shows_its_last_valid_day_and_then_that_it_expired():
    release = make_notice(valid_until=TODAY)
    assert "This notice is valid through" in get_public_page(release)
    release.valid_until = TODAY - timedelta(days=1)
    release.save()
    assert "This notice expired on" in get_public_page(release)
    assert "valid through" not in get_public_page(release)
    assert "may no longer be current" in get_public_page(release)
    front = Client().get("/").content.decode()
    assert "Expired on" in front
    assert 'class="release-card is-expired"' in front


def test_expired_notice_links_to_the_current_notice_only_if_it_is_public():
    current = make_release(kind=Kind.SERVICE_NOTICE, headline="New clinic hours")
    release = make_notice(valid_until=TODAY - timedelta(days=1), current_notice=current)
    assert "Read the current notice: New clinic hours" in get_public_page(release)
    for hidden in (
        make_scheduled(headline="Hidden hours"),
        make_draft(headline="Hidden hours"),
        make_withdrawn(headline="Hidden hours"),
    ):
        release.current_notice = hidden
        release.save()
        assert "Hidden hours" not in get_public_page(release)


def test_current_notice_is_not_listed_among_adjacent_releases():
    make_release(date=date(2014, 1, 1), headline="Earlier version")
    release = make_notice(valid_until=TODAY - timedelta(days=1), date=date(2014, 2, 1))
    make_release(date=date(2014, 3, 1), headline="Later version")
    release.current_notice = make_release(
        date=date(2014, 4, 1), kind=Kind.SERVICE_NOTICE, headline="The current one"
    )
    release.save()
    page = get_public_page(release)
    navigation = page[page.index('class="release-navigation"') :]
    assert "Later version" in navigation
    assert "Earlier version" in navigation
    assert "The current one" not in navigation
    assert "Read the current notice: The current one" in page


def test_expired_spanish_notice_shows_its_message_in_spanish():
    release = make_notice(valid_until=TODAY - timedelta(days=1), language="es")
    assert "Este aviso venció el" in get_public_page(release)


def test_old_release_shows_its_year_and_a_warning():
    release = make_release(date=date(2014, 12, 5))
    assert "<strong>This is from 2014.</strong> The rules may have changed." in get_public_page(release)
    NewsroomSettings(years_until_old=0).save()
    assert "The rules may have changed." not in get_public_page(release)
    NewsroomSettings(years_until_old=2).save()
    assert "The rules may have changed." not in get_public_page(
        make_release(date=TODAY - timedelta(days=700))
    )
    assert "The rules may have changed." in get_public_page(make_release(date=TODAY - timedelta(days=740)))


def test_release_page_shows_all_parts_in_order(client):
    make_release(
        slug="a-ruling",
        headline="A ruling",
        subhead="At last",
        body="<h2>What it means</h2><p>Much.</p>",
        kind="statement",
        topics=(make_topic("DACA"),),
    )
    page = get_response(client, "/2015/03/a-ruling/").content.decode()
    expected = [
        "Statement",
        "A ruling</h1>",
        "At last",
        "(March 4, 2015, Los Angeles) –</span> Families can stay together.",
        "<h2>What it means</h2><p>Much.</p>",
        "DACA",
    ]
    positions = [page.rindex(text) for text in expected]
    assert positions == sorted(positions)
    assert '<link rel="canonical" href="http://127.0.0.1:8000/2015/03/a-ruling/">' in page


def test_release_page_links_to_adjacent_public_releases(client):
    make_release(slug="old", date=date(2015, 3, 1))
    make_release(slug="middle", date=date(2015, 3, 2))
    make_withdrawn(date=date(2015, 3, 3))
    make_release(slug="new", date=date(2015, 3, 4))
    response = get_response(client, "/2015/03/middle/")
    assert (response.context["newer"].slug, response.context["older"].slug) == ("new", "old")


@pytest.mark.parametrize("url", ["/2014/03/a-ruling/", "/2015/12/a-ruling/", "/2015/03/A-Ruling/"])
def test_wrong_month_or_letter_case_redirects_to_the_permalink(client, url):
    make_release(slug="a-ruling")
    assert get_response(client, url, 301)["Location"] == "/2015/03/a-ruling/"


@pytest.mark.parametrize("make", [make_draft, make_scheduled, make_withdrawn])
@pytest.mark.parametrize(
    "url", ["/2014/03/a-ruling/", "/2015/12/a-ruling/", "/2015/03/A-Ruling/", "/es/2015/03/a-ruling/"]
)
def test_hidden_release_does_not_redirect(client, make, url):
    make(slug="a-ruling", date=date(2015, 3, 4))
    is_withdrawn_here = make is make_withdrawn and "A-Ruling" in url
    get_response(client, url, 410 if is_withdrawn_here else 404)


def test_withdrawn_release_returns_410_with_only_the_reason(client):
    make_withdrawn(
        slug="a-ruling",
        headline="Secret headline",
        summary="Secret words",
        withdrawal_reason="A <name> was wrong.\n\nSorry.",
    )
    page = get_response(client, "/2015/03/a-ruling/", 410).content.decode()
    assert "<p>A &lt;name&gt; was wrong.</p>" in page
    assert "Secret" not in page
    assert "Secret" not in get_response(client, "/").content.decode()


def test_scheduled_release_is_hidden_until_its_time(client, monkeypatch):
    release = make_scheduled(slug="a-ruling")
    get_response(client, release.get_absolute_url(), 404)
    monkeypatch.setattr(timezone, "now", lambda: release.public_at - timedelta(microseconds=1))
    get_response(client, release.get_absolute_url(), 404)
    monkeypatch.setattr(timezone, "now", lambda: release.public_at)
    get_response(client, release.get_absolute_url())
    assert get_headlines(get_response(client, "/")) == [release.headline]


def test_related_releases_are_sorted_by_shared_topics_then_date(client):
    first_topic, second_topic, other_topic = make_topic("One"), make_topic("Two"), make_topic("Other")
    older_release = make_release(headline="Both", topics=(first_topic, second_topic), date=date(2014, 1, 1))
    for number in range(5):
        make_release(headline=f"Some {number}", topics=(first_topic,), date=date(2014, 6, 1 + number))
    make_release(headline="None", topics=(other_topic,), date=date(2014, 7, 1))
    make_scheduled(headline="Hidden", topics=(first_topic, second_topic))
    make_release(headline="Spanish", topics=(first_topic, second_topic), language="es")
    release = make_release(topics=(first_topic, second_topic))
    page = client.get(release.get_absolute_url()).content.decode()
    related = page[page.index('id="related"') : page.index("</nav>", page.index('id="related"'))]
    assert re.findall(r"</span>\s*([^<]+?)\s*</a>", related) == [older_release.headline, "Some 4", "Some 3"]


def test_table_is_in_an_element_that_scrolls_with_the_keyboard(client):
    table = "<table><tbody><tr><td><p>1</p></td></tr></tbody></table>"
    release = make_release(body=f"<p>Before.</p>{table}<p>After.</p>{table}")
    page = client.get(release.get_absolute_url()).content.decode()
    scroller = '<div class="table-scroll" role="group" aria-label="Table" tabindex="0">'
    assert page.count(f"{scroller}{table}</div>") == page.count("<table") == 2
    assert page.index("Before.") < page.index("<table") < page.index("After.")


@pytest.mark.parametrize(
    ("others", "related_headlines"),
    [
        ({"Recent": 2012, "Old": 2011}, ["Recent"]),
        ({"Old": 2011, "Older": 2010}, ["Old", "Older"]),
        ({"Newer": 2026, "Old": 2011}, ["Newer"]),
    ],
)
def test_related_release_from_many_years_before_is_shown_only_without_another(
    client, others, related_headlines
):
    topic = make_topic("One")
    for headline, year in others.items():
        make_release(headline=headline, topics=(topic,), date=date(year, 1, 2))
    make_release(headline="Neighbor before", date=date(2015, 3, 3))
    make_release(headline="Neighbor after", date=date(2015, 3, 5))
    page = client.get(make_release(topics=(topic,)).get_absolute_url()).content.decode()
    related = page[page.index('id="related"') : page.index("</nav>", page.index('id="related"'))]
    assert re.findall(r"</span>\s*([^<]+?)\s*</a>", related) == related_headlines


@pytest.mark.parametrize("language", ["en", "es"])
def test_translations_link_to_each_other_and_have_hreflang_tags(language):
    other_language = "es" if language == "en" else "en"
    release = make_release(language=language, slug="one")
    translation = make_release(language=other_language, slug="other", translation_key=release.translation_key)
    english, spanish = (release, translation) if language == "en" else (translation, release)
    site = "http://127.0.0.1:8000"
    expected = {"en": f"{site}{english.get_absolute_url()}", "es": f"{site}{spanish.get_absolute_url()}"}
    for version in (release, translation):
        assert get_hreflang_links(get_public_page(version)) == expected | {"x-default": expected["en"]}
    assert (
        f'href="{spanish.get_absolute_url()}" lang="es" hreflang="es">Leer en español</a>'
        in get_public_page(english)
    )
    assert (
        f'href="{english.get_absolute_url()}" lang="en" hreflang="en">Read in English</a>'
        in get_public_page(spanish)
    )
    assert f'<a class="language-switcher" href="{spanish.get_absolute_url()}"' in get_public_page(english)


def make_release_without_translation(language):
    make_release(language="es" if language == "en" else "en", slug="elsewhere")
    return make_release(language=language, slug="alone")


@pytest.mark.parametrize("make", [make_draft, make_scheduled, make_withdrawn])
@pytest.mark.parametrize("language", ["en", "es"])
def test_hidden_translation_does_not_change_the_page(make, language):
    release = make_release_without_translation(language)
    page = get_public_page(release)
    make(
        language="es" if language == "en" else "en",
        translation_key=release.translation_key,
        headline="Quetzalcanary",
        slug="quetzalcanary",
    )
    assert get_public_page(release) == page
    assert get_hreflang_links(page) == {}
    assert (
        '<a class="language-switcher" '
        f'href="{"/es/#no-en-espanol" if language == "en" else "/#not-in-english"}"' in page
    )


def test_link_to_a_withdrawn_translation_is_removed_on_the_next_request(publisher):
    english = make_release()
    spanish = make_release(language="es", translation_key=english.translation_key)
    assert "Leer en español" in get_public_page(english)
    withdraw(spanish, user=publisher)
    assert "Leer en español" not in get_public_page(english)


def test_sample_translation_is_labeled_and_has_noindex(client):
    release = make_release(slug="a-ruling")
    sample = make_release(
        language="es", translation_key=release.translation_key, is_sample_translation=True, slug="un-fallo"
    )
    page = get_public_page(sample)
    assert "Esta es una traducción de muestra." in page
    assert '<meta name="robots" content="noindex, follow">' in page
    assert get_hreflang_links(page) == get_hreflang_links(get_public_page(release)) == {}
    assert "un-fallo" not in client.get("/sitemap.xml").content.decode()
    assert (
        "traducción de muestra" in client.get(sample.get_absolute_url().rstrip("/") + ".txt").content.decode()
    )
    assert "noindex" not in get_public_page(release)


def test_only_a_public_release_has_a_social_card(client, publisher):
    release, draft = make_release(), make_draft(slug="a-draft", date="2015-03-04")
    url = f"{release.get_absolute_url()}card.png"
    response = client.get(url)
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert client.get(url, headers={"if-none-match": response["ETag"]}).status_code == 304
    assert client.get(f"/2015/03/{draft.slug}/card.png").status_code == 404
    withdraw(release, user=publisher, reason="Wrong.")
    assert client.get(url, headers={"if-none-match": response["ETag"]}).status_code == 404
