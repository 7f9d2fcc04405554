"""The form and the list of releases in the admin."""

import re
import uuid
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from releases.actions.photos import set_photos
from releases.actions.publication import publish
from releases.actions.revisions import publish_revision, save_revision
from releases.models import NewsroomSettings, PendingRevision, Release
from releases.text.choices import Status
from tests.admin import (
    FORM_DEFAULTS,
    RELEASE_ADD_URL,
    RELEASE_LIST_URL,
    admin_url,
    form_data,
    post_release_form,
    sign_in,
)
from tests.factories import (
    make_draft,
    make_photo,
    make_release,
    make_scheduled,
    make_topic,
    make_withdrawn,
    photo_entry,
)
from tests.views import get_public_page

pytestmark = pytest.mark.django_db
CANARY = "Quetzalcanary"


def test_release_can_be_created_tagged_and_published(publisher_client, publisher):
    daca = make_topic("DACA")
    response = publisher_client.post(RELEASE_ADD_URL, FORM_DEFAULTS | {"tags": [daca.pk], "_publish": "x"})
    release = Release.objects.get()
    assert response["Location"] == admin_url(release, "publish")
    assert (release.status, release.author, list(release.tags.all())) == (Status.DRAFT, publisher, [daca])
    assert publisher_client.post(admin_url(release, "publish"), {"when": "at once", "at": ""})[
        "Location"
    ] == admin_url(release, "change")
    page = Client().get("/topics/daca/").content.decode()
    assert "A ruling" in page


def test_form_has_the_text_first_and_everything_else_in_the_panel(publisher_client):
    form = publisher_client.get(RELEASE_ADD_URL).context["adminform"]
    (text, *others) = list(form)
    fields = [
        field.field.name for line in text for field in line if not text.form[field.field.name].is_hidden
    ]
    assert fields == [
        "kind",
        "valid_until",
        "current_notice",
        "headline",
        "subhead",
        "date",
        "dateline",
        "summary",
        "body",
    ]
    assert [fieldset.classes for fieldset in others] == [
        "publish",
        "topics",
        "contacts",
        "signers",
        "event",
        "language",
    ]


def test_status_cannot_be_set_through_the_form(writer_client):
    writer_client.post(
        RELEASE_ADD_URL, FORM_DEFAULTS | {"status": "published", "public_at": "2015-01-01", "slug": ""}
    )
    assert Release.objects.get().status == Status.DRAFT


def test_form_cannot_change_slug_or_language_of_a_public_release(publisher_client, publisher):
    release = make_release(slug="a-ruling")
    publisher_client.post(
        admin_url(release, "change"), form_data(release, slug="other", language="es", headline="Corrected")
    )
    publish_revision(release, user=publisher, kind="typo")
    release.refresh_from_db()
    assert (release.headline, release.slug, release.language) == ("Corrected", "a-ruling", "en")


def test_release_list_shows_the_state_of_each_release(publisher_client):
    make_draft(), make_release(), make_withdrawn()
    make_scheduled(public_at=datetime(2099, 11, 24, 9, tzinfo=ZoneInfo("America/Los_Angeles")))
    page = publisher_client.get(RELEASE_LIST_URL).content.decode()
    states = re.findall(r'class="state" data-state="[a-z]+">([^<]+)<', page)
    assert sorted(states) == [
        "Draft",
        "Public",
        "Scheduled for Nov. 24, 2099, 9 a.m. Los Angeles time",
        "Withdrawn",
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("state=draft", "draft"),
        ("state=scheduled", "scheduled"),
        ("state=public", "public"),
        ("state=withdrawn", "withdrawn"),
        ("topic=courts", "public"),
    ],
)
def test_release_list_filters_by_state_and_topic(publisher_client, query, expected):
    make_draft(headline="draft"), make_scheduled(headline="scheduled"), make_withdrawn(headline="withdrawn")
    make_release(headline="public", topics=(make_topic("Courts", "Tribunales"),))
    assert [
        release.headline
        for release in publisher_client.get(f"{RELEASE_LIST_URL}?{query}").context["cl"].result_list
    ] == [expected]


def test_stale_draft_form_does_not_change_a_published_release(publisher_client, publisher):
    draft = make_draft(summary="As it was.")
    data = form_data(draft, summary="Half a sent")
    publish(draft, user=publisher)
    publisher_client.post(admin_url(draft, "change"), data)
    draft.refresh_from_db()
    assert (draft.is_public(), draft.summary) == (True, "As it was.")


def test_text_submitted_to_a_scheduled_release_is_shown_for_copying(writer_client, publisher):
    draft = make_draft()
    publish(draft, user=publisher, at=timezone.now() + timedelta(days=1))
    response = writer_client.post(
        admin_url(draft, "change"), form_data(draft, summary="Words that took an hour.")
    )
    assert response.status_code == 403
    assert "Words that took an hour." in response.content.decode()


def test_text_submitted_to_a_deleted_release_is_shown_for_copying(writer_client):
    draft = make_draft()
    url, data = admin_url(draft, "change"), form_data(draft, summary="Words that took an hour.")
    draft.delete()
    assert "Words that took an hour." in writer_client.post(url, data).content.decode()


def test_text_submitted_after_the_session_expired_is_shown_for_copying(client):
    response = client.post(RELEASE_ADD_URL, FORM_DEFAULTS | {"summary": "Words that <b>took</b> an hour."})
    assert response.status_code == 403
    assert "Words that &lt;b&gt;took&lt;/b&gt; an hour." in response.content.decode()
    assert not Release.objects.exists()


def test_withdrawal_reason_is_shown_in_admin(publisher_client):
    assert "A name was wrong." in publisher_client.get(admin_url(make_withdrawn(), "change")).content.decode()


@pytest.mark.parametrize(("language", "dateline"), [("en", "Los Angeles"), ("es", "Los Ángeles")])
def test_new_release_uses_the_admin_language(publisher_client, language, dateline):
    form = (
        publisher_client.get(RELEASE_ADD_URL, headers={"accept-language": language}).context["adminform"].form
    )
    assert (form["language"].value(), form["dateline"].value()) == (language, dateline)


def test_admin_search_can_be_filtered_by_year(publisher_client):
    for year in (2014, 2016, 2017):
        make_release(headline=f"Of {year}", date=date(year, 5, 1))
    assert "Of 2014" in publisher_client.get(f"{RELEASE_LIST_URL}?q=court&year=2014").content.decode()


def test_release_list_filters_by_year(publisher_client):
    make_draft(headline="Of no day", date=None)
    for year in (2014, 2016):
        make_release(headline=f"Of {year}", date=date(year, 5, 1))
    page = publisher_client.get(RELEASE_LIST_URL).content.decode()
    years = re.findall(r"[?]year=([0-9]+)", page)
    assert years == ["2016", "2014"]
    page = publisher_client.get(f"{RELEASE_LIST_URL}?year=2014").content.decode()
    assert [headline in page for headline in ("Of no day", "Of 2014", "Of 2016")] == [False, True, False]


def test_view_on_site_is_shown_only_for_public_releases(publisher_client):
    assert "View on site" in publisher_client.get(admin_url(make_release(), "change")).content.decode()
    assert "View on site" not in publisher_client.get(admin_url(make_scheduled(), "change")).content.decode()


def test_editor_import_map_has_the_csp_nonce(publisher_client):
    response = publisher_client.get(RELEASE_ADD_URL)
    nonce = re.search(r"'nonce-([^']+)'", response["Content-Security-Policy"])[1]
    assert re.search(
        rf'<script[^>]*nonce="{re.escape(nonce)}"[^>]*type="importmap"|type="importmap"[^>]*nonce="{re.escape(nonce)}"',
        response.content.decode(),
    )
    assert "unsafe" not in response["Content-Security-Policy"]


def test_saving_a_public_release_creates_a_pending_revision(writer_client, writer, release):
    daca = make_topic("DACA")
    before = get_public_page(release)
    response = post_release_form(writer_client, release, summary="Nine families came.", tags=[daca.pk])
    assert response["Location"] == admin_url(release, "change")
    revision = PendingRevision.objects.get()
    assert (revision.data["summary"], revision.topic_ids, revision.changed_by) == (
        "Nine families came.",
        [daca.pk],
        writer,
    )
    assert get_public_page(release) == before
    page = writer_client.get(admin_url(release, "change"))
    assert "Readers still see the published version" in page.content.decode()
    form = page.context["adminform"].form
    assert (form["summary"].value(), form["tags"].value()) == ("Nine families came.", [daca.pk])


def test_new_topic_in_a_pending_revision_is_not_public(writer_client, release):
    post_release_form(writer_client, release, new_topic="Quetzal", new_topic_es="Quetzal", summary="Nine.")
    assert "Quetzal" not in Client().get("/topics/").content.decode()
    assert len(PendingRevision.objects.get().topic_ids) == 1


def test_saving_unchanged_text_creates_no_revision(publisher_client, release):
    post_release_form(
        publisher_client, release, summary=release.summary, body=release.body, dateline=release.dateline
    )
    assert not PendingRevision.objects.exists()
    assert (
        "this matches the published version"
        in publisher_client.get(admin_url(release, "change")).content.decode()
    )


def test_writer_can_request_a_review_from_the_form(writer_client, writer):
    draft = make_draft(changed_by=writer)
    response = writer_client.post(admin_url(draft, "change"), form_data(draft, _review="x"))
    assert response["Location"] == admin_url(draft, "request-review")
    writer_client.post(response["Location"], {"text": "Please."})
    page = writer_client.get(admin_url(draft, "change")).content.decode()
    assert "Awaiting review" in page
    assert "_review" not in page  # it isn't offered again


def test_publishing_without_edits_keeps_changed_by(publisher_client, publisher, writer):
    NewsroomSettings(requires_second_approver=True).save()
    draft = make_draft(changed_by=writer, date="2015-03-04")
    publisher_client.post(
        admin_url(draft, "change"),
        form_data(draft, headline=draft.headline, summary=draft.summary, body=draft.body, _publish="x"),
    )
    draft.refresh_from_db()
    assert (draft.changed_by, draft.version) == (writer, 1)
    publisher_client.post(admin_url(draft, "publish"), {"when": "at once"})
    draft.refresh_from_db()
    assert draft.is_public()
    save_revision(draft, user=writer, content=draft.content() | {"summary": "New."}, topic_ids=[])
    revision = PendingRevision.objects.get()
    post_release_form(
        publisher_client,
        draft,
        headline=draft.headline,
        summary="New.",
        body=draft.body,
        date=str(draft.date),
    )
    assert PendingRevision.objects.get().version == revision.version


def test_admin_creates_no_log_entries_for_releases(client):
    sign_in(client, "Publishers")
    client.post(f"{RELEASE_LIST_URL}add/", form_data(Release(), headline=f"{CANARY} headline"))
    assert Release.objects.exists()
    assert not LogEntry.objects.exists()


def test_saving_the_release_form_does_not_change_its_photos(publisher_client, publisher):
    photo = make_photo()
    draft = make_draft(photos=[photo_entry(photo)])
    publisher_client.post(
        f"{RELEASE_LIST_URL}{draft.pk}/change/",
        form_data(draft, summary="New.") | {"edit_token": draft.edit_token},
    )
    draft.refresh_from_db()
    assert (draft.summary, draft.photos) == ("New.", [photo_entry(photo)])
    release = make_release()
    set_photos(release, user=publisher, photos=[photo_entry(photo)])
    release = Release.objects.get(pk=release.pk)
    publisher_client.post(
        f"{RELEASE_LIST_URL}{release.pk}/change/",
        form_data(release, summary="New.") | {"edit_token": release.edit_token},
    )
    revision = PendingRevision.objects.get()
    assert (revision.data["summary"], revision.data["photos"]) == ("New.", [photo_entry(photo)])


def test_admin_search_finds_drafts_and_both_languages(publisher_client):
    draft, spanish = make_draft(headline="Raúl speaks"), make_release(headline="Habla Raúl", language="es")
    page = publisher_client.get("/admin/releases/release/?q=raul").content.decode()
    assert draft.headline in page
    assert spanish.headline in page
    assert "0 releases" in publisher_client.get("/admin/releases/release/?q=zebra").content.decode()


def test_form_of_a_new_release_sent_three_times_creates_one_release(publisher_client):
    data = FORM_DEFAULTS | {"headline": "A ruling", "client_id": str(uuid.uuid4())}
    responses = [publisher_client.post("/admin/releases/release/add/", data) for _time in range(3)]
    release = Release.objects.get()
    change_url = f"/admin/releases/release/{release.pk}/change/"
    assert [response.status_code for response in responses] == [302, 302, 302]
    assert responses[2]["Location"] == change_url
    assert release.version == 1


def test_changed_text_after_back_is_compared_and_not_lost(publisher_client):
    data = FORM_DEFAULTS | {"headline": "A ruling", "client_id": str(uuid.uuid4())}
    publisher_client.post("/admin/releases/release/add/", data)
    page = publisher_client.post("/admin/releases/release/add/", data | {"headline": "Another ruling"})
    assert "Another" in page.content.decode()
    assert "You already saved this release" in page.content.decode()
    assert Release.objects.get().headline == "A ruling"
