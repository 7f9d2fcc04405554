"""The lists of the dashboard: what comes up, drafts, and published releases."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from releases import dashboard
from releases.actions.reviews import write_note
from releases.actions.revisions import publish_revision
from releases.dashboard import coming_up, published, writing
from releases.dashboard.viewer import Viewer
from releases.models import (
    Release,
    TranslationStatus,
    User,
)
from releases.text import localtime
from tests.admin import admin_url, sign_in
from tests.admin.dashboards import days_from_now, get_page, get_sections, save_change
from tests.factories import (
    EVENT_FIELDS,
    make_draft,
    make_release,
    make_scheduled,
    make_user,
    make_withdrawn,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_system_checks(monkeypatch):
    monkeypatch.setattr(dashboard, "find_problems", lambda: None)


def get_days(user: User) -> dict[str, list[coming_up.Entry]]:
    days = coming_up.get_coming_up(Viewer(user, timezone.now())).days
    return {day.name: day.entries for day in days}


def test_coming_up_is_one_list_by_day(publisher, monkeypatch):
    now = localtime.start_of_day(localtime.local_date(timezone.now())) + timedelta(hours=9)
    monkeypatch.setattr(timezone, "now", lambda: now)
    today, later = localtime.local_date(now), now + timedelta(days=3)
    make_scheduled(headline="Embargo", public_at=later, is_embargoed=True)
    make_scheduled(headline="Scheduled", public_at=now + timedelta(hours=1))
    changed = make_release(headline="Changed")
    save_change(changed, publisher)
    publish_revision(changed, user=publisher, kind="typo", at=now + timedelta(days=1))
    make_draft(headline="Event", event_at=now - timedelta(hours=2), event_until=now + timedelta(hours=2))
    make_release(headline="Over", event_at=now - timedelta(hours=2), event_until=now - timedelta(hours=1))
    make_withdrawn(headline="Withdrawn", event_at=later)
    make_release(headline="Notice", valid_until=today)
    days = get_days(publisher)
    assert [(entry.time, entry.release.headline, entry.what) for entry in days["Today"]] == [
        ("7 a.m.", "Event", "Event"),
        ("10 a.m.", "Scheduled", "Goes public"),
        ("", "Notice", "Notice expires"),
    ]
    assert days["Today"][0].facts == "Draft"
    assert [entry.what for entry in days["Tomorrow"]] == ["Change goes public"]
    name = list(days)[2]
    assert re.fullmatch(r"[A-Z][a-z]+day, [A-Z].* \d+(, \d{4})?", name)
    assert [entry.what for entry in days[name]] == ["Embargo ends"]


@pytest.mark.parametrize("values", [{"public_at": days_from_now(-3)}, {"event_until": days_from_now(2)}])
def test_event_is_found_by_its_end_or_by_a_recent_release(publisher, values):
    make_release(**{"event_at": days_from_now(1)} | values)
    make_release(public_at=days_from_now(-3), event_at=days_from_now(-2))
    assert [len(entries) for entries in get_days(publisher).values()] == [1]


@pytest.mark.parametrize(("language", "shown"), [("en", "News"), ("es", "Noticia")])
def test_two_versions_are_one_entry_in_the_language_of_the_desk(client, language, shown):
    english = make_scheduled(headline="News", **EVENT_FIELDS)
    make_scheduled(
        headline="Noticia",
        language="es",
        translation_key=english.translation_key,
        public_at=english.public_at,
        **EVENT_FIELDS,
    )
    client.force_login(make_user(language=language))
    section = get_sections(get_page(client))["coming-up"]
    assert section.count(f'lang="{language}">{shown}</a>') == 2
    assert section.count({"en": "in English and Spanish", "es": "en inglés y español"}[language]) == 2


@pytest.mark.parametrize(("role", "can_change"), [("Writers", False), ("Publishers", True)])
def test_publishers_reschedule_from_the_list(client, publisher, role, can_change):
    scheduled, changed = make_scheduled(), make_release()
    save_change(changed, publisher)
    publish_revision(changed, user=publisher, kind="typo", at=days_from_now(1))
    sign_in(client, role)
    section = get_sections(get_page(client))["coming-up"]
    assert (admin_url(scheduled, "reschedule") in section) is can_change
    assert (admin_url(changed, "unschedule-revision") in section) is can_change


def test_many_entries_lead_to_the_list_of_releases(publisher_client):
    for number in range(coming_up.MAX_ENTRIES + 1):
        make_scheduled(public_at=days_from_now(number + 1))
    section = get_sections(get_page(publisher_client))["coming-up"]
    assert section.count("Goes public") == coming_up.MAX_ENTRIES
    assert "?state=scheduled" in section


# --- Drafts and published releases --------------------------------------------------------------------------


def test_drafts_show_the_last_note(writer_client, writer, publisher):
    draft = make_draft(headline="Mine", author=writer)
    make_draft(headline="Another's", author=publisher)
    for text in ("First.", "Called the lawyer."):
        write_note(draft, user=publisher, text=text)
    section = get_sections(get_page(writer_client))["drafts"]
    assert "petra: <q>Called the lawyer.</q>" in section
    assert "First." not in section
    assert "Another's" not in section
    for _number in range(writing.MAX_DRAFTS):
        make_draft(author=writer)
    assert "?state=draft" in get_sections(get_page(writer_client))["drafts"]


def get_published(user: User) -> list[published.Published]:
    return published.get_published_lately(Viewer(user, timezone.now()))


def test_published_versions_are_one_item(publisher, translated_releases):
    alone = make_release(language="es", headline="Sola", public_at=days_from_now(-1))
    first, second = get_published(publisher)
    assert (first.release, [version.short for version in first.versions]) == (alone, ["EN missing", "ES ✓"])
    assert (second.release, [version.short for version in second.versions]) == (
        translated_releases[0],
        ["EN ✓", "ES ✓"],
    )
    assert [version.long for version in first.versions] == ["English: no version", "Spanish: public"]
    for _number in range(published.MAX_ITEMS):
        make_release()
    assert len(get_published(publisher)) == published.MAX_ITEMS


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "ES ✓"),
        ({"status": "draft", "public_at": None}, "ES draft"),
        ({"public_at": days_from_now(1)}, "ES scheduled"),
        ({"status": "withdrawn", "withdrawn_at": days_from_now(-1)}, "ES withdrawn"),
    ],
)
def test_published_item_has_the_state_of_each_version(publisher, translated_releases, changes, text):
    Release.objects.filter(pk=translated_releases[1].pk).update(**changes)
    assert get_published(publisher)[0].versions[1].short == text


def test_version_is_behind_when_it_is_out_of_date(publisher, translated_releases):
    english, spanish = translated_releases
    TranslationStatus.objects.create(release=spanish, synced_version=0)
    Release.objects.filter(pk=english.pk).update(text_version=3)
    (item,) = get_published(publisher)
    assert [version.short for version in item.versions] == ["EN ✓", "ES behind"]
    assert list(Release.objects.out_of_date()) == [spanish]
