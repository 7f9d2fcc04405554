"""Creating, linking and comparing translations in the admin."""

from datetime import date

import pytest
from django.utils import timezone

from releases.actions.translations import create_translation
from releases.models import Release
from tests.actions import get_out_of_date, save_and_publish
from tests.admin import RELEASE_LIST_URL, form_data
from tests.factories import NOON, make_draft, make_release, make_scheduled
from tests.views import get_public_page

pytestmark = pytest.mark.django_db


def test_creating_a_translation_twice_creates_one_draft(publisher_client):
    release = make_release()
    for _time in range(2):
        publisher_client.post(f"{RELEASE_LIST_URL}{release.pk}/translation/")
    assert Release.objects.filter(language="es").count() == 1
    assert Release.objects.get(language="es").get_absolute_url() == ""
    assert (
        f"{RELEASE_LIST_URL}{Release.objects.get(language='es').pk}/change/"
        in publisher_client.get(f"{RELEASE_LIST_URL}{release.pk}/translation/").content.decode()
    )


def test_saving_a_draft_in_admin_marks_its_translation_out_of_date(publisher_client, publisher):
    spanish = make_draft(language="es", headline="Un fallo", summary="Uno.")
    english = create_translation(spanish, user=publisher)
    data = form_data(spanish, headline="Un fallo", summary="Dos.", language="es", date="")
    publisher_client.post(f"{RELEASE_LIST_URL}{spanish.pk}/change/", data | {"_continue": "x"})
    assert get_out_of_date() == [english]
    page = publisher_client.get(f"{RELEASE_LIST_URL}{english.pk}/change/").content.decode()
    assert "Out of date: changes in the Spanish version since the last check" in page
    assert "<del>Uno" in page
    assert "<ins>Dos" in page
    response = publisher_client.get(f"{RELEASE_LIST_URL}{english.pk}/mark-translation-current/")
    assert "<ins>Dos" in response.content.decode()
    publisher_client.post(
        f"{RELEASE_LIST_URL}{english.pk}/mark-translation-current/",
        {"version": response.context["form"]["version"].value()},
    )
    assert get_out_of_date() == []


def test_admin_lists_outdated_and_missing_translations(publisher_client, translated_releases, publisher):
    alone = make_release(headline="A lonely ruling", public_at=timezone.now())
    save_and_publish(translated_releases[1], publisher, "Uno.")
    page = publisher_client.get("/admin/").content.decode()
    assert "English version out of date" in page
    assert "Spanish version missing" in page
    listed = {
        value: publisher_client.get(f"{RELEASE_LIST_URL}?other={value}").context["cl"].rows
        for value in ("none", "waiting", "old")
    }
    for state, expected in {"none": [alone], "waiting": [alone], "old": [translated_releases[0]]}.items():
        assert [row.release for row in listed[state]] == expected, state


def test_releases_can_be_linked_and_unlinked_as_translations(publisher_client, publisher):
    english, spanish = make_release(slug="a-ruling"), make_release(language="es", slug="un-fallo")
    page = publisher_client.get(f"{RELEASE_LIST_URL}{english.pk}/translation/").content.decode()
    assert f'value="{spanish.pk}"' in page
    publisher_client.post(f"{RELEASE_LIST_URL}{english.pk}/link-translation/", {"other": spanish.pk})
    assert "Leer en español" in get_public_page(english)
    publisher_client.post(f"{RELEASE_LIST_URL}{english.pk}/unlink-translations/", {})
    assert "Leer en español" not in get_public_page(english)
    assert Release.objects.values("translation_key").distinct().count() == 2


def test_translation_candidates_can_be_searched(publisher_client):
    english = make_release()
    for number in range(24):
        make_release(language="es", headline=f"Un fallo {number}", date=date(2015, 3 + number % 2, 4))
    distant = make_release(language="es", headline="Quetzal", date=NOON.date())
    assert (
        f'value="{distant.pk}"'
        not in publisher_client.get(f"{RELEASE_LIST_URL}{english.pk}/translation/").content.decode()
    )
    assert (
        f'value="{distant.pk}"'
        in publisher_client.get(f"{RELEASE_LIST_URL}{english.pk}/translation/?q=quetzal").content.decode()
    )


def test_candidates_are_shown_with_their_state(publisher_client):
    release = make_release()
    make_scheduled(headline="Un plan", language="es")
    page = publisher_client.get(f"{RELEASE_LIST_URL}{release.pk}/translation/").content.decode()
    assert 'data-state="scheduled"' in page
