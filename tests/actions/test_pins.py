"""Pinning a release to the top of the news page."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from releases import caching
from releases.actions.errors import ActionNotAllowed
from releases.actions.pins import pin, unpin
from releases.actions.withdrawal import withdraw
from releases.models import NewsroomSettings
from releases.text import localtime
from releases.text.choices import Kind
from tests.factories import make_draft, make_release, make_scheduled, make_withdrawn

pytestmark = pytest.mark.django_db
TODAY = localtime.local_date(timezone.now())


def get_pinned_html(url: str) -> str:
    page = Client().get(url).content.decode()
    return page[page.index('class="pinned"') :].partition("</section>")[0] if 'class="pinned"' in page else ""


def test_one_pinned_release_per_language_is_first_on_page_one(publisher):
    old, older = (
        make_release(date=date(2014, 2, 1), headline="Clinic hours"),
        make_release(date=date(2014, 1, 1), headline="Earlier hours"),
    )
    for number in range(12):
        make_release(headline=f"Newer {number}")
    spanish = make_release(language="es", headline="Horario de la clínica", date=date(2014, 1, 1))
    make_release(language="es")
    for release in (older, old, spanish):
        pin(release, user=publisher, until=TODAY + timedelta(days=3))
    assert "Clinic hours" in get_pinned_html("/")
    assert "Earlier hours" not in get_pinned_html("/")
    assert "Horario" in get_pinned_html("/es/")
    assert not get_pinned_html("/?page=2")
    unpin(old, user=publisher)
    assert not get_pinned_html("/")
    with pytest.raises(ActionNotAllowed, match="isn't pinned"):
        unpin(old, user=publisher)


def test_pin_ends_after_its_last_day_and_on_withdrawal(publisher):
    release = make_release(date=date(2014, 1, 1))
    make_release()
    pin(release, user=publisher, until=TODAY)
    assert get_pinned_html("/")
    NewsroomSettings.objects.update(pinned_until=TODAY - timedelta(days=1))
    caching.invalidate_public_cache()
    assert not get_pinned_html("/")
    pin(release, user=publisher, until=TODAY)
    withdraw(release, user=publisher)
    assert not get_pinned_html("/")


def test_expired_notice_is_not_shown_as_pinned(publisher):
    release = make_release(
        date=date(2014, 1, 1), kind=Kind.SERVICE_NOTICE, valid_until=TODAY - timedelta(days=1)
    )
    make_release()
    pin(release, user=publisher, until=TODAY)
    assert not get_pinned_html("/")


@pytest.mark.parametrize("make", [make_draft, make_scheduled, make_withdrawn])
def test_hidden_release_cannot_be_pinned(make, publisher):
    with pytest.raises(ActionNotAllowed, match="can't be pinned"):
        pin(make(), user=publisher, until=TODAY)


def test_pinning_refuses_a_past_date_and_writers(publisher, writer):
    release = make_release()
    with pytest.raises(ActionNotAllowed, match="has passed"):
        pin(release, user=publisher, until=TODAY - timedelta(days=1))
    with pytest.raises(ActionNotAllowed, match="publishers"):
        pin(release, user=writer, until=TODAY)
