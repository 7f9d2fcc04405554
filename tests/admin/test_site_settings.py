"""Newsroom settings and media coverage in the admin."""

import pytest
from django.contrib.admin.models import LogEntry

from releases.models import Coverage, NewsroomSettings
from tests.factories import make_contact, make_draft, make_photo, make_release, make_user

pytestmark = pytest.mark.django_db


def test_newsroom_settings_are_a_single_page_for_managers(client):
    client.force_login(make_user(is_superuser=True))
    assert (
        client.get("/admin/releases/newsroomsettings/")["Location"]
        == "/admin/releases/newsroomsettings/1/change/"
    )
    numbers = {
        "undo_window": "5",
        "years_until_old": "2",
        "backup_retention_days": "30",
        "contact_display_days": "90",
    }
    client.post("/admin/releases/newsroomsettings/1/change/", numbers)
    assert NewsroomSettings.current().undo_window == 5
    assert client.get("/admin/releases/newsroomsettings/add/").status_code == 403


def test_coverage_is_added_in_the_admin(publisher_client):
    release, draft = make_release(headline="A ruling"), make_draft(headline="Hidden draft")
    form = publisher_client.get("/admin/releases/coverage/add/").content.decode()
    assert "A ruling" in form
    assert "Hidden draft" not in form
    data = {
        "outlet": "EFE",
        "headline": "Fallo",
        "language": "es",
        "url": "example.org/a",
        "date": "2026-11-01",
        "release": release.pk,
    }
    publisher_client.post("/admin/releases/coverage/add/", data)
    coverage = Coverage.objects.get()
    assert (coverage.url, coverage.release) == ("https://example.org/a", release)
    response = publisher_client.post("/admin/releases/coverage/add/", data | {"url": "javascript:alert(1)"})
    assert response.status_code == 200
    assert Coverage.objects.count() == 1
    assert draft.pk


def test_contact_gets_a_portrait_of_the_press_kit(publisher_client):
    portrait = make_photo(press_kit_category="portrait", label="Ana at her desk")
    others = [make_photo(label="A march"), make_photo(press_kit_category="logo", label="The logo")]
    contact = make_contact()
    url = f"/admin/releases/mediacontact/{contact.pk}/change/"
    form = publisher_client.get(url).context["adminform"].form
    assert list(form.fields["portrait"].queryset) == [portrait]
    assert f"{portrait.name}/{portrait.thumbnail}" in str(form["portrait"])
    data = {name: value for name in form.fields if (value := form[name].value())}
    publisher_client.post(url, data | {"portrait": others[0].pk})
    contact.refresh_from_db()
    assert contact.portrait is None
    publisher_client.post(url, data | {"portrait": portrait.pk})
    contact.refresh_from_db()
    assert contact.portrait == portrait
    assert "portrait of Ana Ruiz" in publisher_client.get("/admin/releases/photo/").content.decode()
    publisher_client.post(url, data | {"portrait": ""})
    contact.refresh_from_db()
    assert contact.portrait is None


def test_chosen_portrait_outside_the_press_kit_stays_a_choice(publisher_client):
    contact = make_contact(portrait=make_photo())
    form = (
        publisher_client.get(f"/admin/releases/mediacontact/{contact.pk}/change/").context["adminform"].form
    )
    assert list(form.fields["portrait"].queryset) == [contact.portrait]


def test_only_real_changes_are_in_the_history(manager_client):
    settings = NewsroomSettings.current()
    settings.address, settings.notario_warning = "2845 W 7th St\nLos Angeles", "One.\n\nTwo."
    settings.save()
    url = "/admin/releases/newsroomsettings/1/change/"
    form = manager_client.get(url).context["adminform"].form
    data = {name: form[name].value() or "" for name in form.fields}
    data["address"], data["notario_warning"] = "2845 W 7th St\r\nLos Angeles", "One.\r\n\r\nTwo."
    for changes, expected in (
        ({}, "Nothing was changed."),
        ({"undo_window": "7"}, "The settings were saved."),
    ):
        response = manager_client.post(url, data | changes | {"_continue": ""}, follow=True)
        assert [str(message) for message in response.context["messages"]] == [expected]
    assert LogEntry.objects.get().get_change_message() == "Changed Undo window (seconds)."


def test_dates_are_picked_in_the_browser_without_scripts_of_django(publisher_client):
    page = publisher_client.get("/admin/releases/coverage/add/").content.decode()
    assert 'type="date"' in page
    assert "DateTimeShortcuts" not in page
