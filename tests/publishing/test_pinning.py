from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from releases import caching, clock, publishing
from releases.models import Newsroom
from releases.publishing import Refusal
from releases.vocabulary import Kind
from tests.builders import make_draft, make_release, make_scheduled, make_withdrawn

pytestmark = pytest.mark.django_db

TODAY = clock.day_of(timezone.now())


def pinned(url: str) -> str:
    page = Client().get(url).content.decode()
    return page[page.index('class="pinned"') :].partition("</section>")[0] if 'class="pinned"' in page else ""


def test_one_release_a_language_stands_first_on_the_first_page(publisher):
    old, older = make_release(date=date(2014, 2, 1), headline="Clinic hours"), make_release(date=date(2014, 1, 1), headline="Earlier hours")
    for number in range(12):
        make_release(headline=f"Newer {number}")
    spanish = make_release(language="es", headline="Horario de la clínica", date=date(2014, 1, 1))
    make_release(language="es")
    for release in (older, old, spanish):
        publishing.pin(release, by=publisher, until=TODAY + timedelta(days=3))
    assert "Clinic hours" in pinned("/")
    assert "Earlier hours" not in pinned("/")
    assert "Horario" in pinned("/es/")
    assert not pinned("/?page=2")
    publishing.unpin(old, by=publisher)
    assert not pinned("/")
    with pytest.raises(Refusal, match="not pinned"):
        publishing.unpin(old, by=publisher)


def test_the_pin_ends_with_its_last_day_and_with_a_withdrawal(publisher):
    release = make_release(date=date(2014, 1, 1))
    make_release()
    publishing.pin(release, by=publisher, until=TODAY)
    assert pinned("/")
    Newsroom.objects.update(pinned_until=TODAY - timedelta(days=1))
    caching.turn()
    assert not pinned("/")
    publishing.pin(release, by=publisher, until=TODAY)
    publishing.withdraw(release, by=publisher)
    assert not pinned("/")


def test_a_notice_that_has_run_out_stands_first_no_longer(publisher):
    release = make_release(date=date(2014, 1, 1), kind=Kind.SERVICE_NOTICE, valid_until=TODAY - timedelta(days=1))
    make_release()
    publishing.pin(release, by=publisher, until=TODAY)
    assert not pinned("/")


@pytest.mark.parametrize("make", [make_draft, make_scheduled, make_withdrawn])
def test_nothing_hidden_is_pinned(make, publisher):
    with pytest.raises(Refusal, match="cannot be pinned"):
        publishing.pin(make(), by=publisher, until=TODAY)


def test_a_day_that_has_passed_and_a_writer_are_refused(publisher, writer):
    release = make_release()
    with pytest.raises(Refusal, match="has passed"):
        publishing.pin(release, by=publisher, until=TODAY - timedelta(days=1))
    with pytest.raises(Refusal, match="publishers"):
        publishing.pin(release, by=writer, until=TODAY)


# --- What runs out, and what is old


def notice(**changes):
    return make_release(**{"kind": Kind.SERVICE_NOTICE, "slug": "a-notice", "date": TODAY.replace(day=1)} | changes)


def page_of(release) -> str:
    return Client().get(release.get_absolute_url()).content.decode()


def test_a_notice_says_until_when_it_holds_and_then_that_it_has_run_out():
    release = notice(valid_until=TODAY)
    assert "This notice is valid through" in page_of(release)
    release.valid_until = TODAY - timedelta(days=1)
    release.save()
    assert "This notice ran out on" in page_of(release)
    assert "valid through" not in page_of(release)
    assert "no longer hold" in page_of(release)
    front = Client().get("/").content.decode()
    assert "Ran out on" in front
    assert 'class="item run-out"' in front


def test_a_notice_that_has_run_out_leads_to_the_current_one_while_the_public_can_read_it():
    current = make_release(kind=Kind.SERVICE_NOTICE, headline="New clinic hours")
    release = notice(valid_until=TODAY - timedelta(days=1), current_notice=current)
    assert "Read the current notice: New clinic hours" in page_of(release)
    for hidden in (make_scheduled(headline="Hidden hours"), make_draft(headline="Hidden hours"), make_withdrawn(headline="Hidden hours")):
        release.current_notice = hidden
        release.save()
        assert "Hidden hours" not in page_of(release)


def test_the_current_notice_is_no_neighbour_unless_it_is_one():
    make_release(date=date(2014, 1, 1), headline="The older one")
    release = notice(valid_until=TODAY - timedelta(days=1), date=date(2014, 2, 1))
    make_release(date=date(2014, 3, 1), headline="The newer one")
    release.current_notice = make_release(date=date(2014, 4, 1), kind=Kind.SERVICE_NOTICE, headline="The current one")
    release.save()
    page = page_of(release)
    beside = page[page.index('class="beside"') :]
    assert "The newer one" in beside
    assert "The older one" in beside
    assert "The current one" not in beside
    assert "Read the current notice: The current one" in page


def test_it_is_said_in_spanish_on_a_spanish_notice():
    release = notice(valid_until=TODAY - timedelta(days=1), language="es")
    assert "Este aviso venció el" in page_of(release)


def test_an_old_release_says_its_year():
    release = make_release(date=date(2014, 12, 5))
    assert "<strong>From 2014.</strong> Rules may have changed." in page_of(release)
    Newsroom(years_until_old=0).save()
    assert "Rules may have changed." not in page_of(release)
    Newsroom(years_until_old=2).save()
    assert "Rules may have changed." not in page_of(make_release(date=TODAY - timedelta(days=700)))
    assert "Rules may have changed." in page_of(make_release(date=TODAY - timedelta(days=740)))
