"""The alert on the dashboard, the form that publishes one, and the button that ends it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from releases.actions.newsroom_lock import lock_newsroom
from releases.admin.forms.alerts import get_default_end
from releases.models import Alert
from releases.text.choices import Severity
from tests.admin import ALERT_URL, END_ALERT_URL, sign_in
from tests.admin.dashboards import get_page, get_sections
from tests.factories import make_alert, make_release, make_user

pytestmark = pytest.mark.django_db


def alert_data(**changes: str) -> dict[str, str]:
    tomorrow = timezone.localtime() + timedelta(days=1)
    fields = {
        "text": "Agents are in Westlake.",
        "text_es": "Hay agentes en Westlake.",
        "link": "",
        "ends_at": tomorrow.strftime("%Y-%m-%dT12:00"),
        "severity": "urgent",
        "replaces": "",
    }
    return fields | changes


def get_section(client: Client) -> str:
    return get_sections(get_page(client)).get("alert", "")


def test_publisher_publishes_an_alert_from_the_dashboard_in_one_form(publisher_client, publisher):
    assert f'href="{ALERT_URL}"' in get_page(publisher_client)
    assert get_section(publisher_client) == ""
    response = publisher_client.post(ALERT_URL, alert_data(), follow=True)
    assert response.redirect_chain == [("/admin/", 302)]
    assert "The alert is on every public page now." in response.content.decode()
    alert = Alert.objects.get()
    assert (alert.created_by, alert.severity) == (publisher, Severity.URGENT)
    assert "Agents are in Westlake." in Client().get("/").content.decode()


def test_form_has_three_questions_and_ends_tonight(publisher_client):
    page = publisher_client.get(ALERT_URL)
    content = page.content.decode()
    questions = ["What should people know?", "Where can they read more?", "Until when, and how serious?"]
    places = [content.index(f"<h2>{question}</h2>") for question in questions]
    assert places == sorted(places)
    assert timezone.localtime(page.context["form"].initial["ends_at"]).strftime("%H:%M") == "23:59"
    assert content.count(" checked") == 1


@pytest.mark.parametrize(
    ("now", "end"),
    [
        (datetime(2026, 11, 29, 20, tzinfo=UTC), datetime(2026, 11, 30, 7, 59, tzinfo=UTC)),
        (datetime(2026, 11, 30, 7, 30, tzinfo=UTC), datetime(2026, 12, 1, 7, 59, tzinfo=UTC)),
        (datetime(2026, 7, 1, 20, tzinfo=UTC), datetime(2026, 7, 2, 6, 59, tzinfo=UTC)),
    ],
)
def test_default_end_is_the_end_of_the_day_or_of_the_next_one_in_the_last_hour(now, end):
    assert get_default_end(now) == end


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"text": ""}, "Write the alert in English too."),
        ({"text_es": " "}, "Write the alert in Spanish too."),
        ({"ends_at": ""}, "Choose the day and the time when it ends."),
        ({"ends_at": "2015-03-04T09:00"}, "That time has passed. Choose a later one."),
        ({"link": "/nowhere/"}, "There is no public release, topic or main page with this address."),
        ({"link": "call us"}, "Enter a complete web address"),
    ],
)
def test_error_is_one_sentence_and_nothing_typed_is_lost(publisher_client, changes, sentence):
    typed = {"text": "Stay home tonight.", "text_es": "Quédese en casa.", "link": "/notices/"}
    data = alert_data(**typed) | changes
    page = publisher_client.post(ALERT_URL, data)
    content = page.content.decode()
    assert page.status_code == 200
    assert (content.count(sentence), len(page.context["form"].errors)) == (2, 1)  # also in the summary
    assert [value for value in data.values() if value.strip() and value not in content] == []
    assert not Alert.objects.exists()


def test_preview_shows_both_languages_and_publishes_nothing(publisher_client, translated_releases):
    data = alert_data(link=translated_releases[1].get_absolute_url(), _preview="1")
    content = publisher_client.post(ALERT_URL, data).content.decode()
    for part in ("Preview: not published yet", "<strong>Urgente:</strong> Hay agentes", "/2015/03/a-ruling/"):
        assert part in content
    assert not Alert.objects.exists()


def test_change_begins_with_the_active_alert_and_replaces_it(publisher_client):
    active = make_alert(link="https://example.org/raid")
    page = publisher_client.get(ALERT_URL)
    initial = page.context["form"].initial
    assert (initial["text"], initial["link"], initial["replaces"]) == (active.text, active.link, active.pk)
    publisher_client.post(ALERT_URL, alert_data(text="The agents left.", replaces=str(active.pk)))
    assert Alert.objects.active(timezone.now()).get().text == "The agents left."


def test_alert_that_a_colleague_published_meanwhile_is_shown_before_it_is_replaced(publisher_client):
    make_alert(text="The clinic is closed.")
    page = publisher_client.post(ALERT_URL, alert_data())
    assert "“The clinic is closed.”. Publish again to replace it." in page.content.decode()
    assert Alert.objects.count() == 1
    publisher_client.post(ALERT_URL, page.context["form"].data.dict())
    assert Alert.objects.active(timezone.now()).get().text == "Agents are in Westlake."


@pytest.mark.parametrize(("role", "may_end"), [("Writers", False), ("Publishers", True), ("manager", True)])
def test_dashboard_shows_the_active_alert_to_every_role_and_its_buttons_to_publishers(client, role, may_end):
    make_release()
    make_alert(created_by=make_user("pia", first_name="Pia"))
    sign_in(client, role)
    section = get_section(client)
    parts = ["Agents are in Westlake.", 'lang="es">Hay agentes', "Urgent", "End:", "published by Pia"]
    assert [part for part in parts if part not in section] == []
    assert ("End the alert now" in section) is (f'href="{ALERT_URL}"' in section) is may_end
    assert "Publish an alert…" not in get_page(client)


def test_alert_is_ended_in_one_tap(publisher_client):
    alert = make_alert()
    response = publisher_client.post(END_ALERT_URL, {"alert": alert.pk}, follow=True)
    assert "No public page shows it anymore." in response.content.decode()
    assert get_section(publisher_client) == ""
    assert "Westlake" not in Client().get("/").content.decode()


@pytest.mark.parametrize("value", ["", "x", "999999999", "9" * 30])
def test_button_of_an_old_dashboard_does_not_end_a_newer_alert(publisher_client, value):
    make_alert()
    old = make_alert(ended_at=timezone.now())
    for alert_id in (value, old.pk):
        assert publisher_client.post(END_ALERT_URL, {"alert": alert_id}).status_code == 302
    assert Alert.objects.active(timezone.now()).count() == 1
    assert "already ended" in publisher_client.get("/admin/").content.decode()


def test_opening_the_address_of_the_button_ends_nothing(publisher_client):
    alert = make_alert()
    assert publisher_client.get(END_ALERT_URL, {"alert": alert.pk})["Location"] == "/admin/"
    assert Alert.objects.active(timezone.now()).exists()


@pytest.mark.parametrize("url", [ALERT_URL, END_ALERT_URL])
def test_writers_get_a_refusal_and_change_nothing(writer_client, url):
    alert = make_alert()
    for response in (writer_client.get(url), writer_client.post(url, alert_data(alert=str(alert.pk)))):
        assert response.status_code == 403
    assert list(Alert.objects.active(timezone.now())) == [alert]
    assert ALERT_URL not in get_page(writer_client)


def test_locked_newsroom_shows_the_typed_alert_and_offers_no_buttons(manager, manager_client):
    make_alert()
    lock_newsroom(manager, keeps_schedule=False)
    manager_client.force_login(manager)
    response = manager_client.post(ALERT_URL, alert_data(text="Stay home tonight."))
    assert response.status_code == 403
    assert "Stay home tonight." in response.content.decode()
    assert "End the alert now" not in get_page(manager_client)


def test_earlier_alerts_say_who_published_and_who_ended_them(publisher_client, publisher):
    pia = make_user("pia", first_name="Pia")
    make_alert(text="Ended by hand.", created_by=pia, ended_at=timezone.now(), ended_by=publisher)
    make_alert(text="Ended at its time.", created_by=pia, ends_at=timezone.now())
    make_alert(text="Still there.")
    page = " ".join(publisher_client.get(ALERT_URL).content.decode().split())
    listed = page[page.index("Earlier alerts") :]
    assert listed.count("published by Pia") == 2
    assert listed.count("ended early by petra") == 1
    assert listed.count("· ended on ") == 1
    assert "Still there." not in listed


def test_link_and_guide_are_in_spanish_too(publisher_client, publisher):
    publisher.language = "es"
    publisher.save()
    publisher_client.force_login(publisher)
    page = publisher_client.get(ALERT_URL).content.decode()
    for text in ("Publicar una alerta", "¿Qué debe saber la gente?", "Urgente", 'href="/admin/help/alert/"'):
        assert text in page
