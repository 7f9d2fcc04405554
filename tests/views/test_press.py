"""Press contacts, text downloads, calendar files, the press page and media coverage."""

from datetime import date, timedelta

import icalendar
import pytest
from django.test import Client
from django.utils import timezone

from releases.actions.preview_links import create_preview_link
from releases.actions.publication import publish
from releases.actions.withdrawal import withdraw
from releases.models import Boilerplate, NewsroomSettings, Release
from releases.text import localtime
from tests.factories import (
    EVENT_FIELDS,
    make_contact,
    make_coverage,
    make_draft,
    make_photo,
    make_release,
    make_scheduled,
    make_topic,
    make_withdrawn,
)

pytestmark = pytest.mark.django_db
TODAY = localtime.local_date(timezone.now())


@pytest.fixture
def press_contact_settings():
    NewsroomSettings(press_phone="213-555-0199", press_email="press@example.org").save()


def get_page_and_texts(client, release):
    """Return the page of a release and its two text versions, joined."""
    url = release.get_absolute_url()
    return [client.get(variant).content.decode() for variant in (url, f"{url[:-1]}.txt", f"{url[:-1]}.md")]


def test_media_contacts_are_shown_on_the_page_and_in_both_text_formats(client, press_contact_settings):
    release = make_release(contacts=[make_contact().pk], date=TODAY)
    for text in get_page_and_texts(client, release):
        assert "Ana Ruiz" in text
        assert "213-555-0100" in text
        assert "213-555-0199" not in text


def test_press_phone_replaces_media_contacts_after_90_days(client, press_contact_settings):
    contact = make_contact()
    recent = make_release(contacts=[contact.pk], date=TODAY - timedelta(days=90))
    older = make_release(contacts=[contact.pk], date=TODAY - timedelta(days=91))
    assert all("213-555-0100" in text for text in get_page_and_texts(client, recent))
    for text in get_page_and_texts(client, older):
        assert "Ana Ruiz" not in text
        assert "213-555-0100" not in text
        assert "ana@example.org" not in text
        assert "213-555-0199" in text


def test_changed_or_deleted_contact_is_updated_on_every_release(client, press_contact_settings):
    contact = make_contact()
    release = make_release(contacts=[contact.pk], date=TODAY)
    contact.phone = "213-555-0111"
    contact.save()
    assert all(
        "213-555-0111" in text and "213-555-0100" not in text for text in get_page_and_texts(client, release)
    )
    contact.delete()
    assert all(
        "Ana Ruiz" not in text and "213-555-0199" in text for text in get_page_and_texts(client, release)
    )


def test_media_contacts_are_not_in_lists_feeds_search_or_meta_tags(client, press_contact_settings):
    topic = make_topic("Courts")
    release = make_release(
        contacts=[make_contact().pk], date=TODAY, kind="service_notice", topics=(topic,), headline="Ruling"
    )
    pages = [
        "/",
        "/notices/",
        "/topics/courts/",
        f"/{TODAY.year}/",
        "/feed/",
        "/feed/atom/",
        "/feed/json/",
        "/search/?q=ruling",
    ]
    for page in [*pages, "/archive/", "/sitemap.xml", "/news-sitemap.xml"]:
        content = client.get(page).content.decode()
        assert not [value for value in ("Ana Ruiz", "213-555-0100", "ana@example.org") if value in content], (
            page
        )
    for query in ("Ana+Ruiz", "213-555-0100", "ana@example.org"):
        assert release.get_absolute_url() not in client.get(f"/search/?q={query}").content.decode()
    head = client.get(release.get_absolute_url()).content.decode().partition("</head>")[0]
    assert "Ana Ruiz" not in head


def test_media_contacts_are_shown_in_the_language_of_the_release(client):
    contact = make_contact(hours="Until 10 p.m.", hours_es="Hasta las 10 p. m.")
    page = client.get(
        make_release(contacts=[contact.pk], date=TODAY, language="es").get_absolute_url()
    ).content.decode()
    assert "Directora" in page
    assert "Hasta las 10 p. m." in page
    assert "Until 10" not in page
    assert "Inglés · Español" in page


def test_published_release_keeps_its_boilerplate(publisher, client):
    Boilerplate.objects.create(
        language="en", effective_from=date(2026, 1, 1), text="For more than {years} years."
    )
    draft = make_draft(date=date(2026, 5, 1))
    publish(draft, user=publisher)
    assert draft.boilerplate == "For more than 43 years."
    Boilerplate.objects.update(text="Another text.")
    page, text, _markdown = get_page_and_texts(client, draft)
    assert "For more than 43 years." in page
    assert "For more than 43 years." in text


def test_plain_text_download_has_the_complete_release(client, press_contact_settings):
    body = "<p>First.</p><h2>Then</h2><ul><li><p>one</p></li><li><p>two</p></li></ul>"
    body += '<p>See <a href="https://example.org/x">this</a>.</p><p>[photo 3]</p>'
    release = make_release(
        slug="a-ruling", headline="A ruling", subhead="At last", body=body, boilerplate="About us."
    )
    response = client.get("/2015/03/a-ruling.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["X-Robots-Tag"] == "noindex"
    assert response.content.decode() == (
        "FOR IMMEDIATE RELEASE\n\nMedia contact: 213-555-0199, press@example.org\n\nA ruling\n\nAt last\n\n"
        "LOS ANGELES (March 4, 2015) — Families can stay together.\n\nFirst.\n\nThen\n\n• one\n• two\n\n"
        "See this (https://example.org/x).\n\nAbout CARECEN\n\nAbout us.\n\n###\n\n"
        f"http://127.0.0.1:8000{release.get_absolute_url()}\n"
    )


def test_markdown_download_keeps_the_formatting(client):
    make_release(
        slug="a-ruling",
        headline="A ruling",
        body="<h2>Then</h2><ul><li><p>one</p></li></ul><p><strong>Now</strong></p>",
    )
    text = client.get("/2015/03/a-ruling.md").content.decode()
    for expected in ("# A ruling", "## Then", "- one", "**Now**"):
        assert expected in text


def test_plain_text_of_a_spanish_release_is_in_spanish(client):
    make_release(slug="un-fallo", language="es", dateline="Los Ángeles")
    text = client.get("/es/2015/03/un-fallo.txt").content.decode()
    assert text.startswith("PARA PUBLICACIÓN INMEDIATA")
    assert "FOR IMMEDIATE" not in text


@pytest.mark.parametrize("make", [make_draft, make_scheduled, make_withdrawn])
@pytest.mark.parametrize("extension", ["txt", "md"])
def test_text_download_of_a_hidden_release_returns_404(client, make, extension):
    make(slug="a-ruling", date=date(2015, 3, 4))
    assert client.get(f"/2015/03/a-ruling.{extension}").status_code == 404


def test_plain_text_of_an_embargoed_release_begins_with_the_embargo(publisher):
    release = make_scheduled(is_embargoed=True, headline="Secret")
    link, secret = create_preview_link(release, user=publisher, label="Ana Paz", kind="reporter", hours=24)
    reader = Client()
    reader.post(f"/preview/{secret}/")
    url = f"/preview/read/{link.reference}/text/"
    assert url in reader.get(f"/preview/read/{link.reference}/").content.decode()
    response = reader.get(url)
    assert response.content.decode().startswith("EMBARGOED UNTIL ")
    assert (response["Cache-Control"], response.content.decode().count("http://")) == ("no-store", 0)
    assert Client().get(url).status_code == 404


def test_release_page_links_to_its_plain_text(client):
    page = client.get(make_release(slug="a-ruling").get_absolute_url()).content.decode()
    assert 'href="/2015/03/a-ruling.txt"' in page
    assert 'data-copy-url="/2015/03/a-ruling.txt"' in page


def test_press_page_shows_only_press_contacts_and_the_press_kit(client, press_contact_settings):
    make_release(language="es")
    make_contact(show_on_press_page=True)
    make_contact(name="Private Person", phone="213-555-0123")
    logo = make_photo(
        press_kit_category="logo",
        label="The logo of CARECEN",
        label_es="El logotipo de CARECEN",
        credit="CARECEN",
        consent="secret consent",
    )
    make_photo(label="Hidden")
    page = client.get("/for-the-press/").content.decode()
    for expected in (
        "Ana Ruiz",
        "213-555-0199",
        "The logo of CARECEN",
        logo.url(logo.original),
        "for more than",
        "/follow/",
    ):
        assert expected in page
    for text in ("Private Person", "213-555-0123", "Hidden", "secret consent"):
        assert text not in page
    assert "El logotipo de CARECEN" in client.get("/es/para-la-prensa/").content.decode()


def test_footer_links_to_the_press_page(client):
    make_release()
    assert 'href="/for-the-press/"' in client.get("/").content.decode()
    assert Release.objects.count() == 1


def test_coverage_is_listed_in_both_languages_and_on_its_release(client, publisher):
    release = make_release(headline="A ruling")
    make_release(language="es")
    make_coverage(release=release)
    make_coverage(headline="On its own", language="en")
    for url in ("/in-the-news/", "/es/en-los-medios/"):
        page = client.get(url).content.decode()
        assert 'lang="es" hreflang="es">Familias celebran</a>' in page
        assert "On its own" in page
    assert "Familias celebran" in client.get(release.get_absolute_url()).content.decode()
    assert "On its own" not in client.get(release.get_absolute_url()).content.decode()
    assert "A ruling" in client.get("/in-the-news/").content.decode()
    withdraw(release, user=publisher)
    assert "Familias celebran" not in client.get("/in-the-news/").content.decode()
    assert "Familias celebran" not in client.get("/for-the-press/").content.decode()


def test_coverage_page_says_when_it_is_empty(client):
    assert "No coverage yet." in client.get("/in-the-news/").content.decode()


def test_page_and_plain_text_show_the_event_details(client):
    release = make_release(kind="media_advisory", **EVENT_FIELDS)
    page = client.get(release.get_absolute_url()).content.decode()
    for expected in (
        "City Hall, 200 N. Spring St.",
        "Luis Paz, lawyer",
        "Families with banners",
        "Monday, May 1, 2090, 10–11:30 a.m. PT",
    ):
        assert expected in page
    text = client.get(f"{release.get_absolute_url()[:-1]}.txt").content.decode()
    assert "Where: City Hall, 200 N. Spring St." in text
    assert "Who: Ana Ruiz, director; Luis Paz, lawyer" in text


def test_event_has_a_valid_icalendar_file(client):
    release = make_release(slug="a-vigil", **EVENT_FIELDS)
    response = client.get("/2015/03/a-vigil.ics")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    (event,) = icalendar.Calendar.from_ical(response.content).walk("VEVENT")
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (EVENT_FIELDS["event_at"], EVENT_FIELDS["event_until"])
    assert event["SUMMARY"] == release.headline
    assert event["LOCATION"] == "City Hall, 200 N. Spring St."
    assert (
        event["UID"]
        == icalendar.Calendar.from_ical(client.get("/2015/03/a-vigil.ics").content).walk("VEVENT")[0]["UID"]
    )
    assert 'href="/2015/03/a-vigil.ics"' in client.get(release.get_absolute_url()).content.decode()


@pytest.mark.parametrize("make", [make_draft, make_scheduled, make_withdrawn])
def test_icalendar_file_of_a_hidden_release_returns_404(client, make):
    make(slug="a-vigil", date="2015-03-04", **EVENT_FIELDS)
    assert client.get("/2015/03/a-vigil.ics").status_code == 404


def test_release_without_an_event_has_no_icalendar_file(client):
    make_release(slug="a-ruling")
    assert client.get("/2015/03/a-ruling.ics").status_code == 404


def test_past_event_is_marked_as_over_and_has_no_icalendar_link(client):
    release = make_release(slug="a-vigil", event_at=timezone.now() - timedelta(days=3))
    page = client.get(release.get_absolute_url()).content.decode()
    assert "This event is over." in page
    assert ".ics" not in page
