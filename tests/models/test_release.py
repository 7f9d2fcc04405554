"""Validation and constraints of releases."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from releases.actions.photos import add_document
from releases.models import Release
from releases.text.choices import Status
from tests.factories import (
    EVENT_FIELDS,
    NOON,
    attachment_data,
    make_draft,
    make_release,
    make_scheduled,
    make_topic,
    make_withdrawn,
)
from tests.pdfs import make_pdf

pytestmark = pytest.mark.django_db


def test_draft_needs_only_a_headline():
    draft = Release(headline="Something happened")
    draft.full_clean()
    draft.save()
    assert (draft.status, draft.public_at, draft.date, draft.slug) == (Status.DRAFT, None, None, "")


def test_several_drafts_can_have_an_empty_slug():
    make_draft()
    make_draft()


def test_every_save_increments_the_version():
    draft = make_draft()
    assert draft.version == 1
    draft.save()
    draft.save(update_fields=["headline"])
    draft.refresh_from_db()
    assert draft.version == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"status": Status.DRAFT},
        {"public_at": None},
        {"date": None},
        {"slug": ""},
        {"status": Status.WITHDRAWN},
        {"withdrawn_at": NOON},
        {"status": "hidden"},
        {"date": date(26, 3, 4)},
        {"date": date(9999, 3, 4)},
    ],
)
def test_database_constraints_reject_inconsistent_status_and_dates(changes):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_release(**changes)


def test_slug_is_unique_per_language():
    make_release(slug="a-ruling")
    make_release(slug="a-ruling", language="es")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_release(slug="a-ruling")


def test_translation_key_allows_one_release_per_language():
    english = make_release()
    make_release(translation_key=english.translation_key, language="es")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_release(translation_key=english.translation_key, language="es")


@pytest.mark.parametrize("minutes", [-1, 0, 1])
@pytest.mark.parametrize("make", [make_release, make_draft, make_scheduled, make_withdrawn])
def test_is_public_and_the_published_queryset_agree(make, minutes):
    release = make()
    at = (release.public_at or timezone.now()) + timedelta(minutes=minutes)
    assert release.is_public(at) == Release.objects.published(at).filter(pk=release.pk).exists()
    assert release.is_public(at) == (release.status == Status.PUBLISHED and minutes >= 0)


@pytest.mark.parametrize(("minutes", "scheduled"), [(-1, False), (1, True)])
def test_published_release_with_a_future_public_at_is_scheduled(minutes, scheduled):
    assert make_release(public_at=timezone.now() + timedelta(minutes=minutes)).is_scheduled is scheduled


def test_absolute_url_has_the_language_year_month_and_slug():
    assert make_release(slug="a-ruling").get_absolute_url() == "/2015/03/a-ruling/"
    assert make_release(slug="un-fallo", language="es").get_absolute_url() == "/es/2015/03/un-fallo/"
    assert make_draft().get_absolute_url() == ""


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"dateline": "from Los Angeles"}, "dateline"),
        ({"slug": "A-Ruling"}, "slug"),
        ({"slug": "a--ruling-"}, "slug"),
        ({"headline": " "}, "headline"),
        ({"headline": "x" * 301}, "headline"),
        ({"summary": " "}, "summary"),
        ({"date": None}, "date"),
        ({"date": date(26, 3, 4)}, "date"),
        ({"date": date(1982, 12, 31)}, "date"),
        ({"date": date(timezone.now().year + 2, 1, 1)}, "date"),
    ],
)
def test_invalid_published_release_has_an_error_at_its_field(changes, field):
    release = make_release()
    for name, value in changes.items():
        setattr(release, name, value)
    with pytest.raises(ValidationError) as excinfo:
        release.full_clean()
    assert field in excinfo.value.message_dict


def test_draft_is_valid_without_fields_required_for_publishing():
    draft = make_draft(summary="", headline="¿?")
    draft.full_clean()
    assert set(draft.missing_fields()) == {"summary", "slug"}


def test_control_characters_are_removed():
    draft = Release(
        headline="A \x07 ruling\n",
        summary=" Families\x00 stay. ",
        dateline="Los\u00a0Angeles",
        body="<p>x\x1b</p>",
    )
    draft.full_clean()
    assert (draft.headline, draft.summary, draft.dateline, draft.body) == (
        "A ruling",
        "Families stay.",
        "Los Angeles",
        "<p>x</p>",
    )


def test_body_is_sanitized_to_the_allow_list():
    draft = make_draft(body="<p onclick=x>a<script>b</script></p>")
    draft.full_clean()
    assert draft.body == "<p>a</p>"


def test_headline_text_is_not_changed_by_cleaning():
    draft = make_draft(headline='CARECEN, McCarthy and DACA: “a new approach."')
    draft.full_clean()
    assert draft.headline == 'CARECEN, McCarthy and DACA: “a new approach."'


def test_deleting_a_draft_keeps_its_topics():
    topic = make_topic()
    make_draft(topics=(topic,)).delete()
    topic.refresh_from_db()


def test_public_at_keeps_its_time_zone():
    release = make_release(public_at=datetime(2026, 7, 1, 16, tzinfo=UTC))
    release.refresh_from_db()
    assert release.public_at == datetime(2026, 7, 1, 16, tzinfo=UTC)


@pytest.mark.parametrize(("minutes", "expected"), [(-1, False), (0, True), (1, True)])
def test_event_is_over_at_its_end_time(minutes, expected):
    release = make_release(**EVENT_FIELDS)
    assert release.event_is_over(EVENT_FIELDS["event_until"] + timedelta(minutes=minutes)) is expected


def test_event_without_an_end_time_is_over_at_midnight():
    release = make_release(event_at=datetime(2090, 5, 1, 17, tzinfo=UTC))
    assert not release.event_is_over(datetime(2090, 5, 2, 6, 59, tzinfo=UTC))
    assert release.event_is_over(datetime(2090, 5, 2, 7, tzinfo=UTC))


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"event_at": None}, "event_at"), ({"event_until": EVENT_FIELDS["event_at"]}, "event_until")],
)
def test_invalid_event_times_are_rejected(changes, field):
    release = make_draft(**EVENT_FIELDS | changes)
    with pytest.raises(ValidationError) as excinfo:
        release.full_clean()
    assert list(excinfo.value.message_dict) == [field]


@pytest.mark.parametrize("year", [26, 9999])
def test_event_year_out_of_range_is_rejected(year):
    release = make_draft(event_at=datetime(year, 6, 1, 12, tzinfo=UTC))
    with pytest.raises(ValidationError) as excinfo:
        release.full_clean()
    assert list(excinfo.value.message_dict) == ["event_at"]


def test_pdfs_with_the_same_title_get_different_urls(client, document, publisher):
    other = add_document(SimpleUploadedFile("b.pdf", make_pdf(2)), user=publisher)
    release = make_release(slug="a-ruling", attachments=[attachment_data(document), attachment_data(other)])
    assert [slug for slug, _attachment in release.attachments_by_slug] == [
        "fact-sheet-on-tps",
        "fact-sheet-on-tps-2",
    ]
    assert client.get("/2015/03/a-ruling/fact-sheet-on-tps-2.pdf").status_code == 200
    assert client.get("/2015/03/a-ruling/nothing.pdf").status_code == 404


def test_empty_headline_causes_no_sentence_about_the_web_address():
    assert "slug" not in Release(headline=" ").missing_fields()
    assert "slug" in Release(headline="¿?").missing_fields()
