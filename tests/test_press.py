"""What a reporter takes from a release: whom to call, clean text, what is said of CARECEN."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from releases import clock, publishing
from releases.models import Boilerplate, Coverage, MediaContact, Newsroom, Release
from tests.admin import LIST, form_of
from tests.builders import make_draft, make_photo, make_release, make_scheduled, make_topic, make_withdrawn

pytestmark = pytest.mark.django_db

TODAY = clock.day_of(timezone.now())


def make_contact(**changes):
    words = {"name": "Ana Ruiz", "role": "Director", "role_es": "Directora", "phone": "213-555-0100", "email": "ana@example.org"}
    contact = MediaContact(**words | changes)
    contact.full_clean()
    contact.save()
    return contact


@pytest.fixture
def line():
    Newsroom(press_phone="213-555-0199", press_email="press@example.org").save()


def everything(client, release):
    """The page of a release and both its texts, in one."""
    url = release.get_absolute_url()
    return [client.get(one).content.decode() for one in (url, f"{url[:-1]}.txt", f"{url[:-1]}.md")]


# --- Whom to call


def test_a_release_names_its_contacts_everywhere_it_is_whole(client, line):
    release = make_release(contacts=[make_contact().pk], date=TODAY)
    for words in everything(client, release):
        assert "Ana Ruiz" in words
        assert "213-555-0100" in words
        assert "213-555-0199" not in words


def test_after_its_days_the_press_line_stands_there_instead(client, line):
    contact = make_contact()
    last = make_release(contacts=[contact.pk], date=TODAY - timedelta(days=90))
    over = make_release(contacts=[contact.pk], date=TODAY - timedelta(days=91))
    assert all("213-555-0100" in words for words in everything(client, last))
    for words in everything(client, over):
        assert "Ana Ruiz" not in words
        assert "213-555-0100" not in words
        assert "ana@example.org" not in words
        assert "213-555-0199" in words


def test_a_number_that_changes_or_goes_is_gone_everywhere(client, line):
    contact = make_contact()
    release = make_release(contacts=[contact.pk], date=TODAY)
    contact.phone = "213-555-0111"
    contact.save()
    assert all("213-555-0111" in words and "213-555-0100" not in words for words in everything(client, release))
    contact.delete()
    assert all("Ana Ruiz" not in words and "213-555-0199" in words for words in everything(client, release))


def test_contacts_are_never_in_lists_feeds_search_or_what_is_shared(client, line):
    topic = make_topic("Courts")
    release = make_release(contacts=[make_contact().pk], date=TODAY, kind="service_notice", topics=(topic,), headline="Ruling")
    pages = ["/", "/notices/", "/topics/courts/", f"/{TODAY.year}/", "/feed/", "/feed/atom/", "/feed/json/", "/search/?q=ruling"]
    for page in [*pages, "/archive/", "/sitemap.xml", "/news-sitemap.xml"]:
        words = client.get(page).content.decode()
        assert not [one for one in ("Ana Ruiz", "213-555-0100", "ana@example.org") if one in words], page
    for asked in ("Ana+Ruiz", "213-555-0100", "ana@example.org"):
        assert release.get_absolute_url() not in client.get(f"/search/?q={asked}").content.decode()
    head = client.get(release.get_absolute_url()).content.decode().partition("</head>")[0]
    assert "Ana Ruiz" not in head


def test_the_language_of_the_release_is_that_of_its_contacts(client):
    contact = make_contact(hours="Until 10 p.m.", hours_es="Hasta las 10 p. m.")
    page = client.get(make_release(contacts=[contact.pk], date=TODAY, language="es").get_absolute_url()).content.decode()
    assert "Directora" in page
    assert "Hasta las 10 p. m." in page
    assert "Until 10" not in page
    assert "Inglés · Español" in page


@pytest.mark.parametrize("changes", [{"phone": "", "email": ""}, {"speaks_english": False, "speaks_spanish": False}, {"phone": "call me"}])
def test_a_contact_that_cannot_be_reached_is_refused(desk, changes):
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError):
        make_contact(**changes)


def test_contacts_are_ticked_in_the_form_and_part_of_the_text(desk):
    contact, draft, release = make_contact(), make_draft(), make_release()
    desk.post(f"{LIST}{draft.pk}/change/", form_of(draft) | {"opened": draft.opened_as, "contacts": [contact.pk]})
    draft.refresh_from_db()
    assert draft.contacts == [contact.pk]
    desk.post(f"{LIST}{release.pk}/change/", form_of(release) | {"opened": release.opened_as, "contacts": [contact.pk]})
    release.refresh_from_db()
    assert (release.contacts, release.working_copy.contents["contacts"]) == ([], [contact.pk])
    assert "Ana Ruiz" in desk.get(f"{LIST}{release.pk}/publish-change/").content.decode()
    assert "checked" in desk.get(f"{LIST}{release.pk}/change/").content.decode().split('name="contacts"')[1].split(">")[0]


def test_two_who_tick_different_contacts_see_both(desk):
    one, other, draft = make_contact(), make_contact(name="Luis Paz"), make_draft()
    opened = draft.opened_as
    draft.contacts = [one.pk]
    draft.save()
    page = desk.post(f"{LIST}{draft.pk}/change/", form_of(draft) | {"opened": opened, "contacts": [other.pk]}).content.decode()
    assert "Ana Ruiz" in page
    assert "Luis Paz" in page
    draft.refresh_from_db()
    assert draft.contacts == [one.pk]


# --- What is said of CARECEN


def test_a_release_keeps_what_it_went_public_with(publisher, client):
    Boilerplate.objects.create(language="en", since=date(2026, 1, 1), text="For more than {years} years.")
    draft = make_draft(date=date(2026, 5, 1))
    publishing.publish(draft, by=publisher)
    assert draft.boilerplate == "For more than 43 years."
    Boilerplate.objects.update(text="Another text.")
    page, text, _markdown = everything(client, draft)
    assert "For more than 43 years." in page
    assert "For more than 43 years." in text


@pytest.mark.parametrize(("day", "expected"), [("2025-12-31", "Old 42."), ("2026-01-01", "New 43."), ("1983-06-01", "")])
def test_the_text_of_its_day_is_the_one(day, expected):
    Boilerplate.objects.all().delete()
    Boilerplate.objects.create(language="en", since=date(2000, 1, 1), text="Old {years}.")
    Boilerplate.objects.create(language="en", since=date(2026, 1, 1), text="New {years}.")
    Boilerplate.objects.create(language="es", since=date(2026, 1, 1), text="Nuevo.")
    assert Boilerplate.text_on(date.fromisoformat(day), "en") == expected


# --- Clean text


def test_the_plain_text_is_ready_to_paste(client, line):
    body = "<p>First.</p><h2>Then</h2><ul><li><p>one</p></li><li><p>two</p></li></ul>"
    body += '<p>See <a href="https://example.org/x">this</a>.</p><p>[photo 3]</p>'
    release = make_release(slug="a-ruling", headline="A ruling", subhead="At last", body=body, boilerplate="About us.")
    response = client.get("/2015/03/a-ruling.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["X-Robots-Tag"] == "noindex"
    assert response.content.decode() == (
        "FOR IMMEDIATE RELEASE\n\nMedia contact: 213-555-0199, press@example.org\n\nA ruling\n\nAt last\n\n"
        "LOS ANGELES (March 4, 2015) — Families can stay together.\n\nFirst.\n\nThen\n\n• one\n• two\n\n"
        "See this (https://example.org/x).\n\nAbout CARECEN\n\nAbout us.\n\n###\n\n"
        f"http://127.0.0.1:8000{release.get_absolute_url()}\n"
    )


def test_markdown_keeps_what_the_text_has(client):
    make_release(slug="a-ruling", headline="A ruling", body="<h2>Then</h2><ul><li><p>one</p></li></ul><p><strong>Now</strong></p>")
    words = client.get("/2015/03/a-ruling.md").content.decode()
    for expected in ("# A ruling", "## Then", "- one", "**Now**"):
        assert expected in words


def test_spanish_text_is_spanish(client):
    make_release(slug="un-fallo", language="es", dateline="Los Ángeles")
    words = client.get("/es/2015/03/un-fallo.txt").content.decode()
    assert words.startswith("PARA PUBLICACIÓN INMEDIATA")
    assert "FOR IMMEDIATE" not in words


@pytest.mark.parametrize("make", [make_draft, make_scheduled, make_withdrawn])
@pytest.mark.parametrize("form", ["txt", "md"])
def test_no_text_of_a_hidden_release(client, make, form):
    make(slug="a-ruling", date=date(2015, 3, 4))
    assert client.get(f"/2015/03/a-ruling.{form}").status_code == 404


def test_the_copy_of_an_embargoed_text_begins_with_the_embargo(publisher):
    release = make_scheduled(is_embargoed=True, headline="Secret")
    link, secret = publishing.make_link(release, by=publisher, label="Ana Paz", kind="reporter", hours=24)
    reader = Client()
    reader.post(f"/preview/{secret}/")
    url = f"/preview/read/{link.reference}/text/"
    assert url in reader.get(f"/preview/read/{link.reference}/").content.decode()
    response = reader.get(url)
    assert response.content.decode().startswith("EMBARGOED UNTIL ")
    assert (response["Cache-Control"], response.content.decode().count("http://")) == ("no-store", 0)
    assert Client().get(url).status_code == 404


def test_the_page_offers_the_text(client):
    page = client.get(make_release(slug="a-ruling").get_absolute_url()).content.decode()
    assert 'href="/2015/03/a-ruling.txt"' in page
    assert 'data-copy-from="/2015/03/a-ruling.txt"' in page


# --- The page for the press


def test_the_press_page_has_what_is_meant_for_it_alone(client, line):
    make_release(language="es")
    make_contact(is_for_the_press_page=True)
    make_contact(name="Private Person", phone="213-555-0123")
    logo = make_photo(shelf="logo", label="The logo of CARECEN", label_es="El logotipo de CARECEN", credit="CARECEN", consent="none")
    make_photo(label="Hidden")
    page = client.get("/for-the-press/").content.decode()
    for expected in ("Ana Ruiz", "213-555-0199", "The logo of CARECEN", logo.url(logo.full), "for more than", "/follow/"):
        assert expected in page
    for hidden in ("Private Person", "213-555-0123", "Hidden", "none"):
        assert hidden not in page.replace("display:none", "")
    assert "El logotipo de CARECEN" in client.get("/es/para-la-prensa/").content.decode()


def test_the_press_page_stands_in_the_foot_of_every_page(client):
    make_release()
    assert 'href="/for-the-press/"' in client.get("/").content.decode()
    assert Release.objects.count() == 1


# --- In the news


def make_story(**changes):
    words = {"outlet": "La Opinión", "headline": "Familias celebran", "language": "es", "url": "https://example.org/a", "date": TODAY}
    return Coverage.objects.create(**words | changes)


def test_a_story_stands_in_the_list_of_both_languages_and_at_its_release(client, publisher):
    release = make_release(headline="A ruling")
    make_release(language="es")
    make_story(release=release)
    make_story(headline="On its own", language="en")
    for url in ("/in-the-news/", "/es/en-los-medios/"):
        page = client.get(url).content.decode()
        assert 'lang="es" hreflang="es">Familias celebran</a>' in page
        assert "On its own" in page
    assert "Familias celebran" in client.get(release.get_absolute_url()).content.decode()
    assert "On its own" not in client.get(release.get_absolute_url()).content.decode()
    assert "A ruling" in client.get("/in-the-news/").content.decode()
    publishing.withdraw(release, by=publisher)
    assert "Familias celebran" not in client.get("/in-the-news/").content.decode()
    assert "Familias celebran" not in client.get("/for-the-press/").content.decode()


def test_without_stories_the_page_says_so(client):
    assert "Nothing stands here yet." in client.get("/in-the-news/").content.decode()


def test_a_story_is_written_at_the_desk(desk):
    release, draft = make_release(headline="A ruling"), make_draft(headline="Hidden draft")
    form = desk.get("/admin/releases/coverage/add/").content.decode()
    assert "A ruling" in form
    assert "Hidden draft" not in form
    sent = {"outlet": "EFE", "headline": "Fallo", "language": "es", "url": "example.org/a", "date": "2026-11-01", "release": release.pk}
    desk.post("/admin/releases/coverage/add/", sent)
    story = Coverage.objects.get()
    assert (story.url, story.release) == ("https://example.org/a", release)
    refused = desk.post("/admin/releases/coverage/add/", sent | {"url": "javascript:alert(1)"})
    assert refused.status_code == 200
    assert Coverage.objects.count() == 1
    assert draft.pk


def test_a_draft_that_is_deleted_takes_its_story_with_it(client):
    draft = make_draft()
    make_story(release=draft, headline="Too early")
    draft.delete()
    assert "Too early" not in client.get("/in-the-news/").content.decode()


def test_everything_is_put_back_contacts_too():
    contact = make_contact()
    make_release(contacts=[contact.pk])
    before = timezone.now()
    contact.phone = "900-555-0100"
    contact.save()
    make_story(headline="Planted")
    publishing.restore_everything(before)
    contact.refresh_from_db()
    assert contact.phone == "213-555-0100"
    assert not Coverage.objects.exists()
