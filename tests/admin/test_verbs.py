from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from releases.models import Newsroom, Release
from releases.vocabulary import Status
from tests.admin import GAP, LIST, NEXT_YEAR, TWICE, address
from tests.builders import make_draft, make_release, make_scheduled, make_user, make_withdrawn

pytestmark = pytest.mark.django_db

# --- One button for what comes next


@pytest.mark.parametrize(
    ("make", "button", "others"),
    [
        (make_draft, "Publish…", ["Back to draft", "Withdraw with a reason…"]),
        (make_scheduled, "Back to draft", ["Publish…", "Withdraw with a reason…"]),
        (make_release, "Publish the change…", ["Publish…", "Back to draft"]),
        (make_withdrawn, "Publish again…", ["Publish…", "Back to draft", "Withdraw with a reason…"]),
    ],
)
def test_each_state_has_its_one_primary_button(desk, make, button, others):
    page = desk.get(address(make(), "change")).content.decode()
    row = page[page.index("submit-row") :]
    assert button in row
    assert not [other for other in others if other in row]


def test_publishing_at_a_time_schedules_it(desk):
    draft = make_draft()
    desk.post(address(draft, "publish"), {"when": "later", "at": f"{NEXT_YEAR}-11-24T09:00"})
    draft.refresh_from_db()
    assert draft.is_scheduled
    assert draft.public_at == datetime(NEXT_YEAR, 11, 24, 9, tzinfo=ZoneInfo("America/Los_Angeles"))


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        ("", "Choose the day and the time"),
        ("2015-01-01T09:00", "has passed"),
        (f"{GAP:%Y-%m-%d}T02:30", "does not exist"),
        (f"{TWICE:%Y-%m-%d}T01:30", "comes twice"),
        ("2099-01-01T09:00", "two years"),
        ("9999-12-31T23:59", "two years"),
        ("soon", "valid"),
    ],
)
def test_a_time_that_cannot_be_is_refused_and_nothing_happens(desk, at, sentence):
    draft = make_draft()
    response = desk.post(address(draft, "publish"), {"when": "later", "at": at})
    assert sentence in response.content.decode()
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_a_time_with_now_still_marked_publishes_nothing(desk):
    draft = make_draft()
    response = desk.post(address(draft, "publish"), {"when": "now", "at": f"{NEXT_YEAR}-11-24T09:00"})
    assert "You chose a time" in response.content.decode()
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_who_only_reads_sees_the_body_as_it_is_printed(writers_desk):
    page = writers_desk.get(address(make_scheduled(body="<p>More <strong>words</strong>.</p>"), "change")).content.decode()
    assert "<p>More <strong>words</strong>.</p>" in page
    assert "submit-row" in page
    assert 'value="Save' not in page[page.index("submit-row") :]


def test_what_is_missing_is_asked_for_before_publishing(desk):
    page = desk.get(address(make_draft(summary=""), "publish")).content.decode()
    assert "Write the summary" in page
    assert '<form method="post" novalidate>' not in page


def test_withdrawing_asks_for_the_reason(desk):
    release = make_release()
    assert "Write the reason" in desk.post(address(release, "withdraw"), {"reason": " "}).content.decode()
    desk.post(address(release, "withdraw"), {"reason": "A name was wrong."})
    assert Client().get(release.get_absolute_url()).status_code == 410


def test_a_second_press_is_refused_in_a_sentence(desk):
    draft = make_draft()
    for _time in range(2):
        response = desk.post(address(draft, "publish"), {"when": "at once"})
    assert "public already" in response.content.decode()


def test_publishing_now_leaves_time_to_undo(desk):
    draft = make_draft()
    desk.post(address(draft, "publish"), {"when": "now"})
    draft.refresh_from_db()
    assert draft.is_scheduled
    assert Client().get(draft.get_absolute_url()).status_code == 404
    page = desk.get(address(draft, "change"))
    assert 0 < page.context["seconds_to_undo"] <= 61
    assert "Undo" in page.content.decode()
    desk.post(address(draft, "return-to-draft"))
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_a_newsroom_that_waits_not_at_all_publishes_at_once(desk):
    Newsroom(undo_window=0).save()
    draft = make_draft()
    desk.post(address(draft, "publish"), {"when": "now"})
    assert Client().get(Release.objects.get().get_absolute_url()).status_code == 200


def test_a_release_scheduled_for_later_has_no_countdown(desk):
    assert desk.get(address(make_scheduled(), "change")).context["seconds_to_undo"] == 0


def test_an_embargo_is_said_in_its_words(desk):
    draft = make_draft()
    desk.post(address(draft, "publish"), {"when": "later", "at": f"{NEXT_YEAR}-11-24T09:00", "is_embargoed": "on"})
    assert f"Embargoed until Nov. 24, {NEXT_YEAR}, 9 a.m. Los Angeles time" in desk.get(LIST).content.decode()


def test_an_embargo_needs_its_time(desk):
    draft = make_draft()
    response = desk.post(address(draft, "publish"), {"when": "at once", "is_embargoed": "on"})
    assert "You chose a time or an embargo" in response.content.decode()


def test_a_take_down_is_one_press(desk):
    release = make_release()
    assert "Take down now" in desk.get(address(release, "change")).content.decode()
    desk.post(address(release, "take-down"))
    page = Client().get(release.get_absolute_url())
    assert page.status_code == 410
    assert "CARECEN has taken this release back." in page.content.decode()


def test_what_replaces_a_withdrawn_release_is_led_to(desk):
    release = make_release()
    desk.post(address(release, "withdraw"), {"reason": "It was wrong.", "replacement": "/2015/03/a-ruling/"})
    assert '<a href="/2015/03/a-ruling/">Read this instead</a>' in Client().get(release.get_absolute_url()).content.decode()


@pytest.mark.parametrize("replacement", ["javascript:alert(1)", "foo", "//evil.org", '"><script>'])
def test_what_leads_nowhere_replaces_nothing(desk, replacement):
    release = make_release()
    response = desk.post(address(release, "withdraw"), {"reason": "It was wrong.", "replacement": replacement})
    assert "This leads nowhere" in response.content.decode()
    release.refresh_from_db()
    assert release.is_public()


def test_the_newsroom_is_one_page_for_managers(client):
    client.force_login(make_user(is_superuser=True))
    assert client.get("/admin/releases/newsroom/")["Location"] == "/admin/releases/newsroom/1/change/"
    numbers = {"undo_window": "5", "years_until_old": "2", "days_backups_are_kept": "30", "days_contacts_are_shown": "90"}
    client.post("/admin/releases/newsroom/1/change/", numbers)
    assert Newsroom.current().undo_window == 5
    assert client.get("/admin/releases/newsroom/add/").status_code == 403


def test_back_to_draft_is_one_press(desk):
    release = make_scheduled()
    desk.post(address(release, "return-to-draft"))
    release.refresh_from_db()
    assert release.status == Status.DRAFT


@pytest.mark.parametrize("verb", ["publish", "withdraw", "return-to-draft"])
def test_a_verb_on_a_release_that_is_not_there_goes_to_the_front(desk, verb):
    assert desk.get(f"{LIST}999999/{verb}/").status_code == 302


def test_looking_at_a_verbs_page_does_nothing(desk):
    for make, verb in ((make_draft, "publish"), (make_release, "withdraw"), (make_scheduled, "return-to-draft")):
        release = make()
        before = release.version
        assert desk.get(address(release, verb)).status_code == 200
        release.refresh_from_db()
        assert release.version == before
