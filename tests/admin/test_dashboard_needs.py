"""“Needs you” on the dashboard: each kind of line, for whom it is, and where it leads."""

from types import SimpleNamespace

import pytest
from django.utils import timezone

from releases import dashboard
from releases.actions.publication import publish
from releases.actions.reviews import request_review, return_for_changes, write_note
from releases.actions.revisions import publish_revision, save_revision
from releases.dashboard import needs, writing
from releases.dashboard.viewer import Viewer
from releases.diagnosis import findings
from releases.models import (
    Autosave,
    NewsroomSettings,
    Note,
    Release,
    TranslationStatus,
    User,
)
from releases.models.second_factors import GRACE_PERIOD
from releases.text import localtime
from tests.admin import RELEASE_LIST_URL, admin_url, sign_in
from tests.admin.dashboards import NO_ALT, days_from_now, get_page, get_sections, save_change
from tests.factories import (
    make_draft,
    make_release,
    make_user,
    make_withdrawn,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_system_checks(monkeypatch):
    monkeypatch.setattr(dashboard, "find_problems", lambda: None)


def get_lines(user: User, returned=(), problems=()) -> dict[str, list[needs.Line]]:
    """Return the shown and the folded lines of “Needs you” by their label."""
    lines: dict[str, list[needs.Line]] = {}
    for group in needs.get_needs(Viewer(user, timezone.now()), list(returned), list(problems)):
        for line in [*group.lines, *group.folded]:
            lines.setdefault(line.label, []).append(line)
    return lines


def test_reviews_are_for_publishers_and_lead_to_the_form(publisher, writer):
    draft = make_draft(headline="Un fallo", language="es")
    request_review(draft, user=writer, text="Is the number right?")
    (line,) = get_lines(publisher)["Awaiting review"]
    assert (line.title, line.language, line.quote) == ("Un fallo", "es", "Is the number right?")
    assert line.url == admin_url(draft, "change")
    assert line.facts.startswith("walter, today, ")
    assert get_lines(writer) == {}


def test_returned_review_is_for_its_author_until_it_is_requested_again(publisher, writer, writer_client):
    draft = make_draft(headline="A ruling", author=writer)
    request_review(draft, user=writer, text="Please read.")
    assert "Awaiting review" in get_sections(get_page(writer_client))["drafts"]
    write_note(draft, user=publisher, text="I am reading it.")
    assert "Review returned" not in get_page(writer_client)
    return_for_changes(draft, user=publisher, text="Add the date.")
    sections = get_sections(get_page(writer_client))
    assert "Review returned" in sections["needs-you"]
    assert "petra, today" in sections["needs-you"]
    assert "Add the date." in sections["needs-you"]
    assert "drafts" not in sections
    assert get_returned(publisher) == []
    request_review(draft, user=writer, text="Done.")
    assert get_returned(writer) == []
    return_for_changes(draft, user=publisher, text="Almost.")
    assert [note.answer.text for note in get_returned(writer)] == ["Almost."]
    publish(Release.objects.get(pk=draft.pk), user=publisher)
    assert get_returned(writer) == []


def get_returned(user: User) -> list[Note]:
    return writing.get_returned_reviews(Viewer(user, timezone.now()))


def test_changes_are_for_publishers_and_for_who_wrote_them(publisher, writer):
    hers, his, reviewed, scheduled = (make_release() for _number in range(4))
    save_change(hers, publisher)
    for release in (his, reviewed, scheduled):
        save_change(release, writer)
    request_review(reviewed, user=writer)
    publish_revision(scheduled, user=publisher, kind="typo", at=days_from_now(1))
    headlines = {
        user: {line.title for line in get_lines(user)["Change not public"]} for user in (publisher, writer)
    }
    assert headlines == {
        publisher: {hers.headline, his.headline},
        writer: {his.headline, reviewed.headline},
    }


def test_unsaved_text_to_be_deleted_comes_first_then_the_own(publisher, writer):
    release = make_release(headline="A ruling")
    for user, values, days in (
        (publisher, {"data": {"headline": "Own"}}, 2),
        (writer, {"data": {}, "release": release}, 1),
        (writer, {"data": {"headline": "Nobody else's"}}, 0),
        (publisher, {"data": {"headline": "Old"}}, 160),
    ):
        autosave = Autosave.objects.create(user=user, **values)
        Autosave.objects.filter(pk=autosave.pk).update(changed_at=days_from_now(-days))
    old, own, shared = get_lines(publisher)["Unsaved text"]
    assert [line.title for line in (old, own, shared)] == ["Old", "Own", "A ruling"]
    assert "It will be deleted on" in old.facts
    assert "kept until" in own.facts
    assert "?unsaved=" in own.url
    assert (shared.url, shared.facts[:8]) == (admin_url(release, "change"), "walter, ")


@pytest.mark.parametrize(("days", "label"), [(-3, "expired"), (0, "expires"), (14, "expires")])
def test_notice_that_expires_is_listed_with_its_day(publisher, days, label):
    day = localtime.local_date(days_from_now(days))
    notice = make_release(kind="service_notice", valid_until=day, public_at=days_from_now(-200))
    make_release(valid_until=day, current_notice=notice, public_at=days_from_now(-200))
    make_draft(valid_until=day)
    lines = get_lines(publisher)
    (name,) = lines
    assert name.startswith(f"Notice {label} ")
    assert [line.title for line in lines[name]] == [notice.headline]


@pytest.mark.parametrize("days", [-8, 15])
def test_other_notices_need_nobody(publisher, days):
    make_release(valid_until=localtime.local_date(days_from_now(days)))
    assert get_lines(publisher) == {}


@pytest.mark.parametrize(("language", "other"), [("en", "Spanish"), ("es", "English")])
def test_missing_version_leads_to_the_translation_page(writer, language, other):
    release = make_release(language=language, public_at=days_from_now(-2))
    make_release(language=language, public_at=days_from_now(-100))
    (line,) = get_lines(writer)[f"{other} version missing"]
    assert line.url == admin_url(release, "translation")
    translation = make_draft(
        language="es" if language == "en" else "en", translation_key=release.translation_key
    )
    assert list(get_lines(writer)) == [f"{other} version not public"]
    make_values = {"status": "published", "public_at": days_from_now(1), "slug": "a", "date": "2026-01-01"}
    Release.objects.filter(pk=translation.pk).update(**make_values)
    assert get_lines(writer) == {}


@pytest.mark.parametrize(("number", "label"), [(0, "English version"), (1, "Spanish version")])
def test_version_out_of_date_leads_to_its_form(writer, translated_releases, number, label):
    release, other = translated_releases[number], translated_releases[1 - number]
    TranslationStatus.objects.create(release=release, synced_version=0)
    Release.objects.filter(pk=other.pk).update(text_version=3)
    (line,) = get_lines(writer)[f"{label} out of date"]
    assert (line.url, line.title) == (admin_url(release, "change"), release.headline)


def test_photo_without_alt_text_leads_to_the_photos(publisher, writer):
    hers, his = make_draft(photos=NO_ALT, author=publisher), make_draft(photos=NO_ALT * 2, author=writer)
    make_draft(photos=[{"photo": 1, "alt": "A march"}, {"photo": 2, "alt": "", "is_decorative": True}])
    make_withdrawn(photos=NO_ALT)
    revised, repaired = (make_release(author=writer, photos=photos) for photos in ([], NO_ALT))
    for release, photos in ((revised, NO_ALT), (repaired, [])):
        save_revision(release, user=writer, content=release.content() | {"photos": photos}, topic_ids=[])
    urls = {
        user: {line.url: line.facts for line in get_lines(user)["Photo without alt text"]}
        for user in (publisher, writer)
    }
    assert urls[writer] == {
        admin_url(his, "photos"): "2 photos to describe",
        admin_url(revised, "photos"): "1 photo to describe",
    }
    assert set(urls[publisher]) == {admin_url(release, "photos") for release in (hers, his, revised)}


def test_draft_without_a_headline_has_a_title_to_open(publisher):
    make_draft(photos=NO_ALT, headline="")
    assert {line.title for line in get_lines(publisher)["Photo without alt text"]} == {"No headline yet"}


def test_urgent_findings_are_lines_and_warnings_are_folded(client, manager, monkeypatch):
    results = [findings.error("The disk is full.", "Delete something."), findings.warning("Old.", "Renew.")]
    problems = SimpleNamespace(checked_at=timezone.now(), findings=results)
    monkeypatch.setattr(dashboard, "find_problems", lambda: problems)
    client.force_login(manager)
    page = get_page(client)
    assert "For the server administrator: Delete something." in get_sections(page)["needs-you"]
    assert "Old." not in get_sections(page)["needs-you"]
    assert "System checks (2)" in page
    client.force_login(make_user("petra"))
    assert "The disk is full." not in get_page(client)


@pytest.mark.parametrize(("role", "is_told"), [("Writers", False), ("Publishers", False), ("manager", True)])
def test_managers_are_told_that_the_legal_help_phone_is_missing(client, role, is_told):
    sentence = "No page offers legal help yet"
    sign_in(client, role)
    assert (sentence in get_page(client)) is is_told
    NewsroomSettings(legal_help_phone="213-555-0100").save()
    assert sentence not in get_page(client)


def test_two_step_verification_that_is_due_comes_first(publisher, settings):
    settings.HTTPS = True
    publisher.second_factor_due_at = timezone.now() + GRACE_PERIOD
    make_release(public_at=days_from_now(-1))
    label, (line,) = next(iter(get_lines(publisher).items()))
    assert (label, line.url) == ("Account", "/admin/account/#two-step")
    assert "Your role needs" not in line.facts
    assert "your role needs two-step verification" in line.facts


def test_long_kinds_are_linked_or_folded(client, publisher, writer):
    for number in range(needs.MAX_LINES + 2):
        request_review(make_draft(headline=f"Draft {number}"), user=writer)
        Autosave.objects.create(user=publisher, data={"headline": f"Typed {number}"})
    client.force_login(publisher)
    section = get_sections(get_page(client))["needs-you"]
    assert section.count("Awaiting review") == needs.MAX_LINES
    assert f'href="{RELEASE_LIST_URL}?state=review">All 6 review requests…</a>' in section
    assert "<summary>All 6 unsaved texts</summary>" in section
    assert section.count("Typed ") == 6


def test_list_begins_with_the_most_urgent(publisher, writer):
    make_release(public_at=days_from_now(-1))
    save_change(make_release(), writer)
    request_review(make_draft(), user=writer)
    Autosave.objects.create(user=publisher, data={"headline": "Typed"})
    assert list(get_lines(publisher)) == [
        "Awaiting review",
        "Unsaved text",
        "Change not public",
        "Spanish version missing",
    ]
