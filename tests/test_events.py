"""The event a media advisory calls to: a box, an entry for a calendar, over by itself."""

from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from releases.models import Release, WorkingCopy
from tests.admin import LIST, NEXT_YEAR, form_of
from tests.builders import make_draft, make_release, make_scheduled, make_withdrawn

pytestmark = pytest.mark.django_db

WORDS = {
    "event_at": datetime(2090, 5, 1, 17, tzinfo=UTC),
    "event_until": datetime(2090, 5, 1, 18, 30, tzinfo=UTC),
    "event_place": "City Hall, 200 N. Spring St.",
    "event_who": "Ana Ruiz, director\nLuis Paz, lawyer",
    "event_languages": "English, Spanish",
    "event_visuals": "Families with banners",
}


def test_the_page_and_the_text_say_when_where_and_who(client):
    release = make_release(kind="media_advisory", **WORDS)
    page = client.get(release.get_absolute_url()).content.decode()
    for expected in ("City Hall, 200 N. Spring St.", "Luis Paz, lawyer", "Families with banners", "May 1, 2090", "10 a.m."):
        assert expected in page
    text = client.get(f"{release.get_absolute_url()[:-1]}.txt").content.decode()
    assert "Where: City Hall, 200 N. Spring St." in text
    assert "Who: Ana Ruiz, director; Luis Paz, lawyer" in text


def test_a_calendar_takes_it(client):
    release = make_release(slug="a-vigil", **WORDS)
    response = client.get("/2015/03/a-vigil.ics")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    (event,) = icalendar.Calendar.from_ical(response.content).walk("VEVENT")
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (WORDS["event_at"], WORDS["event_until"])
    assert event["SUMMARY"] == release.headline
    assert event["LOCATION"] == "City Hall, 200 N. Spring St."
    assert event["UID"] == icalendar.Calendar.from_ical(client.get("/2015/03/a-vigil.ics").content).walk("VEVENT")[0]["UID"]
    assert 'href="/2015/03/a-vigil.ics"' in client.get(release.get_absolute_url()).content.decode()


@pytest.mark.parametrize("make", [make_draft, make_scheduled, make_withdrawn])
def test_nothing_of_a_hidden_event(client, make):
    make(slug="a-vigil", date="2015-03-04", **WORDS)
    assert client.get("/2015/03/a-vigil.ics").status_code == 404


def test_a_release_without_an_event_has_no_entry(client):
    make_release(slug="a-ruling")
    assert client.get("/2015/03/a-ruling.ics").status_code == 404


@pytest.mark.parametrize(("minutes", "over"), [(-1, False), (0, True), (1, True)])
def test_an_event_is_over_with_its_last_minute(minutes, over):
    release = make_release(**WORDS)
    assert release.is_over(WORDS["event_until"] + timedelta(minutes=minutes)) is over


def test_without_an_end_it_is_over_with_its_day():
    release = make_release(event_at=datetime(2090, 5, 1, 17, tzinfo=UTC))
    assert not release.is_over(datetime(2090, 5, 2, 6, 59, tzinfo=UTC))
    assert release.is_over(datetime(2090, 5, 2, 7, tzinfo=UTC))


def test_an_event_that_is_over_says_so_and_offers_no_calendar(client):
    release = make_release(slug="a-vigil", event_at=timezone.now() - timedelta(days=3))
    page = client.get(release.get_absolute_url()).content.decode()
    assert "This event is over." in page
    assert ".ics" not in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"event_at": None}, "event_at"), ({"event_until": WORDS["event_at"]}, "event_until")],
)
def test_an_event_that_cannot_be_is_refused(changes, field):
    release = make_draft(**WORDS | changes)
    with pytest.raises(ValidationError) as refused:
        release.full_clean()
    assert list(refused.value.message_dict) == [field]


def test_the_form_takes_los_angeles_time(desk):
    draft, release = make_draft(), make_release()
    sent = {"event_at": f"{NEXT_YEAR}-05-01T10:00", "event_until": f"{NEXT_YEAR}-05-01T11:30", "event_place": "City Hall"}
    desk.post(f"{LIST}{draft.pk}/change/", form_of(draft, **sent) | {"opened": draft.opened_as})
    draft.refresh_from_db()
    assert draft.event_at == datetime(NEXT_YEAR, 5, 1, 17, tzinfo=UTC)
    assert draft.event_until == datetime(NEXT_YEAR, 5, 1, 18, 30, tzinfo=UTC)
    assert f'value="{NEXT_YEAR}-05-01T10:00"' in desk.get(f"{LIST}{draft.pk}/change/").content.decode()
    for _time in range(2):
        release = Release.objects.get(pk=release.pk)
        desk.post(f"{LIST}{release.pk}/change/", form_of(release, **sent) | {"opened": release.opened_as})
    assert WorkingCopy.objects.get().version == 1
    assert f'value="{NEXT_YEAR}-05-01T10:00"' in desk.get(f"{LIST}{release.pk}/change/").content.decode()


def test_two_who_set_different_hours_see_both(desk):
    draft = make_draft()
    opened = draft.opened_as
    draft.event_at = WORDS["event_at"]
    draft.save()
    page = desk.post(f"{LIST}{draft.pk}/change/", form_of(draft, event_at=f"{NEXT_YEAR}-05-01T12:00") | {"opened": opened}).content.decode()
    assert 'name="choose_event_at"' in page
    assert 'name="choose_event_until"' not in page


@pytest.mark.parametrize("year", [26, 9999])
def test_a_year_of_another_time_is_refused(year):
    release = make_draft(event_at=datetime(year, 6, 1, 12, tzinfo=UTC))
    with pytest.raises(ValidationError) as refused:
        release.full_clean()
    assert list(refused.value.message_dict) == ["event_at"]
