"""Actions in the admin: schedule, publish, undo, withdraw, pin, and both languages at once."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from releases.actions.publication import publish
from releases.actions.withdrawal import default_withdrawal_reason
from releases.models import NewsroomSettings, PendingRevision, Release
from releases.text.choices import Status
from tests.actions import make_translated_drafts
from tests.admin import NEXT_YEAR, RELEASE_LIST_URL, admin_url, post_release_form
from tests.factories import make_draft, make_release, make_scheduled
from tests.views import get_public_page

pytestmark = pytest.mark.django_db


def test_publishing_at_a_future_time_schedules_the_release(publisher_client):
    draft = make_draft()
    publisher_client.post(admin_url(draft, "publish"), {"when": "later", "at": f"{NEXT_YEAR}-11-24T09:00"})
    draft.refresh_from_db()
    assert draft.is_scheduled
    assert draft.public_at == datetime(NEXT_YEAR, 11, 24, 9, tzinfo=ZoneInfo("America/Los_Angeles"))


def test_publishing_twice_shows_an_error(publisher_client):
    draft = make_draft()
    for _time in range(2):
        response = publisher_client.post(admin_url(draft, "publish"), {"when": "at once"})
    assert "already public" in response.content.decode()


def test_publishing_now_can_be_undone_during_the_countdown(publisher_client):
    draft = make_draft()
    publisher_client.post(admin_url(draft, "publish"), {"when": "now"})
    draft.refresh_from_db()
    assert draft.is_scheduled
    assert Client().get(draft.get_absolute_url()).status_code == 404
    page = publisher_client.get(admin_url(draft, "change"))
    assert 0 < page.context["undo_seconds_left"] <= 61
    assert "Undo" in page.content.decode()
    publisher_client.post(admin_url(draft, "return-to-draft"))
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_undo_window_of_zero_publishes_immediately(publisher_client):
    NewsroomSettings(undo_window=0).save()
    draft = make_draft()
    publisher_client.post(admin_url(draft, "publish"), {"when": "now"})
    assert Client().get(Release.objects.get().get_absolute_url()).status_code == 200


def test_a_release_scheduled_for_later_has_no_countdown(publisher_client):
    assert publisher_client.get(admin_url(make_scheduled(), "change")).context["undo_seconds_left"] == 0


def test_release_list_shows_until_when_a_release_is_embargoed(publisher_client):
    draft = make_draft()
    publisher_client.post(
        admin_url(draft, "publish"), {"when": "later", "at": f"{NEXT_YEAR}-11-24T09:00", "is_embargoed": "on"}
    )
    assert (
        f"Embargoed until Nov. 24, {NEXT_YEAR}, 9 a.m. Los Angeles time"
        in publisher_client.get(RELEASE_LIST_URL).content.decode()
    )


def test_takedown_needs_no_confirmation(publisher_client):
    release = make_release()
    assert "Take down immediately" in publisher_client.get(admin_url(release, "change")).content.decode()
    publisher_client.post(admin_url(release, "take-down"))
    page = Client().get(release.get_absolute_url())
    assert page.status_code == 410
    assert "CARECEN withdrew this release on" in page.content.decode()


def test_withdrawn_page_links_to_its_replacement(publisher_client):
    release = make_release()
    publisher_client.post(
        admin_url(release, "withdraw"), {"reason": "It was wrong.", "replacement": "/2015/03/a-ruling/"}
    )
    assert (
        '<a href="/2015/03/a-ruling/">Read this instead</a>'
        in Client().get(release.get_absolute_url()).content.decode()
    )


def test_return_to_draft_needs_no_confirmation(publisher_client):
    release = make_scheduled()
    publisher_client.post(admin_url(release, "return-to-draft"))
    release.refresh_from_db()
    assert release.status == Status.DRAFT


def test_translations_are_published_and_undone_together(publisher_client, publisher):
    english, spanish = make_translated_drafts()
    url = f"{RELEASE_LIST_URL}{english.pk}/publish/"
    form = publisher_client.get(url).context["form"]
    assert form["both_languages"].value() is True
    publisher_client.post(
        url,
        {
            "when": "now",
            "both_languages": "on",
            "edit_token": form["edit_token"].value(),
            "translation_edit_token": form["translation_edit_token"].value(),
        },
    )
    times = set(Release.objects.values_list("public_at", flat=True))
    assert len(times) == 1
    assert times.pop() > timezone.now()
    page = publisher_client.get(f"{RELEASE_LIST_URL}{english.pk}/change/").content.decode()
    assert '<input type="hidden" name="both_languages" value="on">' in page
    publisher_client.post(f"{RELEASE_LIST_URL}{english.pk}/return-to-draft/", {"both_languages": "on"})
    assert set(Release.objects.values_list("status", flat=True)) == {"draft"}
    assert spanish.status == "draft"


def test_joint_action_that_no_longer_applies_changes_neither_translation(publisher_client, publisher):
    english, spanish = make_translated_drafts()
    url = f"{RELEASE_LIST_URL}{english.pk}/publish/"
    form = publisher_client.get(url).context["form"]
    publish(spanish, user=publisher, at=timezone.now() + timedelta(days=3))
    data = {
        "when": "now",
        "both_languages": "on",
        "edit_token": form["edit_token"].value(),
        "translation_edit_token": form["translation_edit_token"].value(),
    }
    assert "nothing was done to either" in publisher_client.post(url, data).content.decode()
    english.refresh_from_db()
    assert english.status == "draft"


def test_translations_are_withdrawn_together_with_a_reason_in_each_language(
    publisher_client, translated_releases
):
    publisher_client.post(
        f"{RELEASE_LIST_URL}{translated_releases[0].pk}/withdraw/",
        {"reason": "A name was wrong.", "both_languages": "on"},
    )
    reasons = dict(Release.objects.values_list("language", "withdrawal_reason"))
    assert reasons == {"en": "A name was wrong.", "es": default_withdrawal_reason("es")}
    assert set(Release.objects.values_list("status", flat=True)) == {"withdrawn"}


def test_publishing_a_revision_can_be_undone_during_the_countdown(publisher_client, release):
    before = get_public_page(release)
    post_release_form(publisher_client, release, summary="Nine families came.")
    publisher_client.post(admin_url(release, "publish-revision"), {"when": "now", "kind": "typo"})
    page = publisher_client.get(admin_url(release, "change"))
    assert 0 < page.context["undo_seconds_left"] <= 61
    assert re.search(r'class="undo" method="post" action="[^"]*/unschedule-revision/"', page.content.decode())
    publisher_client.post(admin_url(release, "unschedule-revision"))
    assert get_public_page(release) == before
    assert PendingRevision.objects.get().data["summary"] == "Nine families came."


def test_release_can_be_pinned_from_its_form(publisher_client, release):
    assert "Pin…" in publisher_client.get(admin_url(release, "change")).content.decode()
    assert (
        "until"
        in publisher_client.post(admin_url(release, "pin"), {"until": "2015-01-01"}).context["form"].errors
    )
    publisher_client.post(admin_url(release, "pin"), {"until": f"{NEXT_YEAR}-01-15"})
    assert NewsroomSettings.current().pinned == release
    assert "Unpin…" in publisher_client.get(admin_url(release, "change")).content.decode()
