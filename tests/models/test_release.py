from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from releases.models import Release
from releases.vocabulary import Status
from tests.builders import NOON, make_draft, make_release, make_scheduled, make_topic, make_withdrawn

pytestmark = pytest.mark.django_db


def test_a_draft_saves_with_a_headline_alone():
    draft = Release(headline="Something happened")
    draft.full_clean()
    draft.save()
    assert (draft.status, draft.public_at, draft.date, draft.slug) == (Status.DRAFT, None, None, "")


def test_any_number_of_drafts_may_lack_an_address():
    make_draft()
    make_draft()


def test_every_save_moves_the_version():
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
def test_the_database_ties_the_moment_to_the_status(changes):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_release(**changes)


def test_an_address_is_one_releases_in_its_language():
    make_release(slug="a-ruling")
    make_release(slug="a-ruling", language="es")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_release(slug="a-ruling")


def test_a_pair_has_one_release_in_each_language():
    english = make_release()
    make_release(pair=english.pair, language="es")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_release(pair=english.pair, language="es")


@pytest.mark.parametrize("minutes", [-1, 0, 1])
@pytest.mark.parametrize("make", [make_release, make_draft, make_scheduled, make_withdrawn])
def test_the_release_and_the_query_agree_on_what_is_public(make, minutes):
    release = make()
    at = (release.public_at or timezone.now()) + timedelta(minutes=minutes)
    assert release.is_public(at) == Release.objects.published(at).filter(pk=release.pk).exists()
    assert release.is_public(at) == (release.status == Status.PUBLISHED and minutes >= 0)


@pytest.mark.parametrize(("minutes", "scheduled"), [(-1, False), (1, True)])
def test_published_with_a_moment_to_come_is_scheduled(minutes, scheduled):
    assert make_release(public_at=timezone.now() + timedelta(minutes=minutes)).is_scheduled is scheduled


def test_the_permalink_is_year_month_and_slug_in_the_releases_own_language():
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
def test_what_may_not_be_published_is_refused_at_its_field(changes, field):
    release = make_release()
    for name, value in changes.items():
        setattr(release, name, value)
    with pytest.raises(ValidationError) as refusal:
        release.full_clean()
    assert field in refusal.value.message_dict


def test_a_draft_is_not_asked_for_what_publishing_needs():
    draft = make_draft(summary="", headline="¿?")
    draft.full_clean()
    assert set(draft.missing()) == {"summary", "slug"}


def test_characters_that_no_text_needs_are_dropped():
    draft = Release(headline="A \x07 ruling\n", summary=" Families\x00 stay. ", dateline="Los\u00a0Angeles", body="<p>x\x1b</p>")
    draft.full_clean()
    assert (draft.headline, draft.summary, draft.dateline, draft.body) == ("A ruling", "Families stay.", "Los Angeles", "<p>x</p>")


def test_the_body_keeps_the_allow_list_only():
    draft = make_draft(body="<p onclick=x>a<script>b</script></p>")
    draft.full_clean()
    assert draft.body == "<p>a</p>"


def test_letters_are_never_changed():
    draft = make_draft(headline='CARECEN, McCarthy and DACA: “a new approach."')
    draft.full_clean()
    assert draft.headline == 'CARECEN, McCarthy and DACA: “a new approach."'


def test_a_deleted_draft_leaves_its_topics():
    topic = make_topic()
    make_draft(topics=(topic,)).delete()
    topic.refresh_from_db()


def test_the_moment_keeps_its_zone():
    release = make_release(public_at=datetime(2026, 7, 1, 16, tzinfo=UTC))
    release.refresh_from_db()
    assert release.public_at == datetime(2026, 7, 1, 16, tzinfo=UTC)
