"""A scheduled release is moved to another time or returned to draft."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from releases import caching
from releases.actions.errors import ActionNotAllowed
from releases.actions.publication import publish
from releases.actions.scheduling import reschedule, return_to_draft
from releases.models import Release
from releases.text import localtime
from releases.text.choices import Status
from tests.factories import make_draft, make_release, make_scheduled, make_withdrawn

pytestmark = pytest.mark.django_db


def test_publication_time_in_the_past_is_refused(publisher):
    with pytest.raises(ActionNotAllowed, match="has passed"):
        publish(make_draft(), user=publisher, at=timezone.now() - timedelta(seconds=1))


def test_scheduled_release_can_return_to_draft(publisher):
    draft = make_draft()
    publish(draft, user=publisher, at=timezone.now() + timedelta(days=3))
    return_to_draft(draft, user=publisher)
    draft.refresh_from_db()
    assert (draft.status, draft.public_at, draft.date) == (Status.DRAFT, None, None)


def test_generated_slug_is_cleared_on_return_to_draft(publisher):
    draft = make_draft(headline="Maria Lopez is detained")
    publish(draft, user=publisher, at=timezone.now() + timedelta(days=1))
    return_to_draft(draft, user=publisher)
    assert draft.slug == ""
    chosen = make_draft(headline="Maria Lopez is detained", slug="a-statement")
    publish(chosen, user=publisher, at=timezone.now() + timedelta(days=1))
    return_to_draft(chosen, user=publisher)
    assert chosen.slug == "a-statement"


def test_chosen_date_is_kept_on_return_to_draft(publisher):
    scheduled = make_scheduled(date=date(2020, 5, 1))
    return_to_draft(scheduled, user=publisher)
    assert scheduled.date == date(2020, 5, 1)


@pytest.mark.parametrize("make", [make_release, make_draft, make_withdrawn])
def test_only_a_scheduled_release_can_return_to_draft(make, publisher):
    with pytest.raises(ActionNotAllowed):
        return_to_draft(make(), user=publisher)


def test_rescheduling_moves_public_at_and_the_automatic_date(publisher):
    draft, dated = make_draft(), make_draft(date=date(2020, 5, 1))
    first_time, second_time = timezone.now() + timedelta(days=3), timezone.now() + timedelta(days=5)
    for release in (draft, dated):
        publish(release, user=publisher, at=first_time)
        reschedule(release, user=publisher, at=second_time)
        assert release.public_at == second_time
    assert (draft.date, dated.date) == (localtime.local_date(second_time), date(2020, 5, 1))


def test_release_that_became_public_while_it_was_returned_to_draft_is_hidden(client, publisher, monkeypatch):
    """Time passes between the check of an action and its commit."""
    release = make_scheduled(public_at=timezone.now() + timedelta(minutes=1))
    monkeypatch.setattr(timezone, "now", lambda now=release.public_at: now)
    url = release.get_absolute_url()
    assert client.get(url).status_code == 200  # cached
    monkeypatch.setattr(Release, "is_scheduled", True)
    return_to_draft(release, user=publisher)
    assert client.get(url).status_code == 404


def test_deleted_release_is_hidden_even_if_the_instance_is_of_the_time_as_a_draft(client):
    release = make_draft(slug="a-ruling", date="2015-03-04")
    Release.objects.filter(pk=release.pk).update(status="published", public_at=timezone.now())
    caching.invalidate_public_cache()
    url = Release.objects.get(pk=release.pk).get_absolute_url()
    assert client.get(url).status_code == 200
    release.delete()
    assert client.get(url).status_code == 404
