"""Two languages of one release: each leads to the other while the public can read both, and never hints at one it cannot."""

import re

import pytest
from django.test import Client

from releases import publishing
from releases.models import MediaContact, Release
from releases.publishing import Refusal
from tests.admin import LIST
from tests.builders import make_draft, make_photo, make_release, make_scheduled, make_topic, make_withdrawn, shown

pytestmark = pytest.mark.django_db


def page_of(release):
    return Client().get(release.get_absolute_url()).content.decode()


def alternates(page):
    return dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', page))


@pytest.mark.parametrize("first", ["en", "es"])
def test_each_leads_to_the_other_and_says_so_to_search_engines(first):
    second = "es" if first == "en" else "en"
    one = make_release(language=first, slug="one")
    other = make_release(language=second, slug="other", pair=one.pair)
    english, spanish = (one, other) if first == "en" else (other, one)
    site = "http://127.0.0.1:8000"
    expected = {"en": f"{site}{english.get_absolute_url()}", "es": f"{site}{spanish.get_absolute_url()}"}
    for release in (one, other):
        assert alternates(page_of(release)) == expected | {"x-default": expected["en"]}
    assert f'href="{spanish.get_absolute_url()}" lang="es" hreflang="es">Leer en español</a>' in page_of(english)
    assert f'href="{english.get_absolute_url()}" lang="en" hreflang="en">Read in English</a>' in page_of(spanish)
    assert f'<a class="tongue" href="{spanish.get_absolute_url()}"' in page_of(english)


def without_a_counterpart(language):
    make_release(language="es" if language == "en" else "en", slug="elsewhere")
    return make_release(language=language, slug="alone")


@pytest.mark.parametrize("make", [make_draft, make_scheduled, make_withdrawn])
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_hidden_counterpart_is_as_if_it_had_never_been(make, language):
    release = without_a_counterpart(language)
    before = page_of(release)
    make(language="es" if language == "en" else "en", pair=release.pair, headline="Quetzalcanary", slug="quetzalcanary")
    assert page_of(release) == before
    assert alternates(before) == {}
    assert f'<a class="tongue" href="{"/es/" if language == "en" else "/"}"' in before


def test_a_counterpart_that_is_withdrawn_is_gone_with_the_next_request(publisher):
    one = make_release()
    other = make_release(language="es", pair=one.pair)
    assert "Leer en español" in page_of(one)
    publishing.withdraw(other, by=publisher)
    assert "Leer en español" not in page_of(one)


@pytest.mark.parametrize(
    ("english", "spanish"),
    [("/", "/es/"), ("/notices/", "/es/avisos/"), ("/archive/", "/es/archivo/"), ("/for-the-press/", "/es/para-la-prensa/")],
)
def test_the_switch_stays_on_a_page_that_is_in_both_languages(client, english, spanish):
    make_release()
    assert alternates(client.get(english).content.decode()) == {}
    make_release(language="es")
    for here, there in ((english, spanish), (spanish, english)):
        page = client.get(here).content.decode()
        assert f'<a class="tongue" href="{there}"' in page
        assert alternates(page)["es"].endswith(spanish)


def test_a_page_that_is_not_found_leads_to_where_the_other_language_begins(client):
    make_release()
    make_release(language="es")
    page = client.get("/nowhere/").content.decode()
    assert '<a class="tongue" href="/es/"' in page
    assert alternates(page) == {}


# --- At the desk


def test_the_spanish_version_is_begun_with_what_needs_no_translation(desk, publisher):
    photo, contact = make_photo(), MediaContact.objects.create(name="Ana Ruiz", phone="213-555-0100")
    topic = make_topic("Courts", "Tribunales")
    words = {"kind": "statement", "photos": [shown(photo)], "contacts": [contact.pk], "topics": (topic,), "dateline": "Los Angeles"}
    release = make_release(headline="A ruling", **words)
    desk.post(f"{LIST}{release.pk}/counterpart/")
    draft = Release.objects.get(language="es")
    assert (draft.status, draft.pair, draft.kind, draft.dateline) == ("draft", release.pair, "statement", "Los Ángeles")
    assert (draft.summary, draft.body, draft.contacts, draft.topics) == ("", "", [contact.pk], [topic])
    assert [(one["photo"], one["alt"]) for one in draft.photos] == [(photo.pk, "")]
    page = desk.get(f"{LIST}{draft.pk}/change/").content.decode()
    assert "The English version" in page
    assert "Families can stay together." in page
    with pytest.raises(Refusal):
        publishing.publish(draft, by=publisher)


def test_a_second_press_begins_no_second_version(desk):
    release = make_release()
    for _time in range(2):
        desk.post(f"{LIST}{release.pk}/counterpart/")
    assert Release.objects.filter(language="es").count() == 1
    assert Release.objects.get(language="es").get_absolute_url() == ""
    assert f"{LIST}{Release.objects.get(language='es').pk}/change/" in desk.get(f"{LIST}{release.pk}/counterpart/").content.decode()


def test_a_headline_that_waits_for_its_words_is_not_published(desk, publisher):
    release = make_release()
    draft = publishing.begin_counterpart(release, by=publisher)
    draft.summary = "Las familias siguen juntas."
    draft.save()
    with pytest.raises(Refusal, match="headline"):
        publishing.publish(draft, by=publisher)
