"""Actions in the admin: schedule, publish, undo, withdraw, pin, and both languages at once."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from releases.actions.publication import publish
from releases.actions.revisions import save_revision
from releases.actions.withdrawal import default_withdrawal_reason
from releases.models import NewsroomSettings, PendingRevision, Release
from releases.text.choices import Status
from tests.actions import make_translated_drafts
from tests.admin import NEXT_YEAR, RELEASE_LIST_URL, admin_url, post_release_form
from tests.factories import (
    make_draft,
    make_photo,
    make_release,
    make_scheduled,
    make_topic,
    make_user,
    photo_entry,
)
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


def test_taking_down_one_version_says_that_the_other_is_still_public(publisher_client, publisher):
    english, spanish = make_translated_drafts()
    for draft in (english, spanish):
        publish(draft, user=publisher)
    response = publisher_client.post(admin_url(english, "take-down"), follow=True)
    page = response.content.decode()
    assert "The Spanish version is still public." in page
    assert admin_url(spanish, "change") in page
    assert admin_url(english, "republish") in page
    page = publisher_client.post(admin_url(spanish, "take-down"), follow=True).content.decode()
    assert "still public" not in page


def test_publish_page_shows_where_it_appears_and_the_whole_page(publisher_client):
    photo = make_photo()
    draft = make_draft(headline="A ruling", topics=(make_topic("Courts"),), photos=[photo_entry(photo)])
    page = publisher_client.get(admin_url(draft, "publish")).content.decode()
    assert "/a-ruling/, if published today" in page
    assert "Courts" in page
    assert "Families hold banners." in page  # the description of the photo
    assert "Readers get no mail." in page
    assert "Press release in English" in page


@pytest.mark.parametrize(("public_days", "revised_days", "is_warned"), [(-5, 30, False), (30, -5, True)])
def test_publish_page_of_a_change_warns_if_the_change_is_expired(
    publisher_client, public_days, revised_days, is_warned
):
    today = timezone.localdate()
    notice = make_release(kind="service_notice", valid_until=today + timedelta(days=public_days))
    valid_until = (today + timedelta(days=revised_days)).isoformat()
    content = notice.content() | {"valid_until": valid_until}
    save_revision(notice, user=make_user("rita"), content=content, topic_ids=[])
    page = publisher_client.get(admin_url(notice, "publish-revision")).content.decode()
    assert ("Readers will see that immediately." in page) is is_warned


def test_page_with_unsaved_text_is_not_reloaded_after_the_countdown(publisher_client, publisher):
    draft = make_draft()
    publish(draft, user=publisher, wait=timedelta(seconds=30))
    assert "data-reload" in publisher_client.get(admin_url(draft, "change")).content.decode()
    response = post_release_form(publisher_client, draft, headline="", body="<p>Typed.</p>")
    page = response.content.decode()
    assert "Typed." in page
    assert "data-countdown" in page
    assert "data-reload" not in page


def test_errors_of_an_action_are_listed_at_the_top(publisher_client):
    release = make_release()
    content = release.content() | {"summary": "New."}
    save_revision(release, user=make_user("rita"), content=content, topic_ids=[])
    page = publisher_client.post(
        admin_url(release, "publish-revision"), {"kind": "correction", "when": "now"}
    ).content.decode()
    summary = page[page.index("error-summary") :]
    assert summary.index("Write one sentence that tells readers what changed.") < summary.index("</ul>")


@pytest.mark.parametrize(("changes", "kind"), [({}, "typo"), ({"headline": "Another"}, None)])
def test_change_of_topics_alone_is_a_small_change(publisher, publisher_client, changes, kind):
    release, topic = make_release(), make_topic("DACA")
    save_revision(release, user=publisher, content=release.content() | changes, topic_ids=[topic.pk])
    form = publisher_client.get(admin_url(release, "publish-revision")).context["form"]
    assert form["kind"].value() == kind
