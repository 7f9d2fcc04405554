"""Publishing an alert and ending it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from releases.actions.alerts import end_alert, publish_alert
from releases.actions.errors import ActionNotAllowed
from releases.actions.newsroom_lock import lock_newsroom
from releases.actions.newsroom_restoration import restore_everything
from releases.actions.redaction import redact
from releases.models import Alert, CacheInvalidation
from tests.factories import make_alert, make_release, make_user

pytestmark = pytest.mark.django_db


def build_alert(**changes):
    fields = {"text": "Stay.", "text_es": "Quédese.", "ends_at": timezone.now() + timedelta(hours=1)}
    return Alert(**fields | changes)


def test_published_alert_replaces_the_active_one_and_keeps_it_as_history(publisher):
    colleague = make_user("pia")
    first, second = build_alert(), build_alert(text="Go home.")
    publish_alert(first, user=colleague)
    publish_alert(second, user=publisher, replaces=first.pk)
    assert list(Alert.objects.active(timezone.now())) == [second]
    first.refresh_from_db()
    assert (first.created_by, first.ended_by, first.ended_at) == (colleague, publisher, second.created_at)


def test_alert_of_a_colleague_is_not_replaced_unseen(publisher):
    make_alert(text="The clinic is closed.")
    with pytest.raises(ActionNotAllowed, match=r"just published an alert: “The clinic is closed\.”"):
        publish_alert(build_alert(), user=publisher)
    assert Alert.objects.count() == 1


def test_expired_alert_prevents_nothing_and_is_not_ended_early(publisher):
    expired = make_alert(ends_at=timezone.now())
    publish_alert(build_alert(), user=publisher)
    expired.refresh_from_db()
    assert expired.ended_at is None


def test_alert_is_ended_once(publisher):
    alert = make_alert()
    end_alert(alert.pk, user=publisher)
    alert.refresh_from_db()
    assert (alert.is_active(timezone.now()), alert.ended_by) == (False, publisher)
    with pytest.raises(ActionNotAllowed, match="already ended"):
        end_alert(alert.pk, user=publisher)


def test_publishing_and_ending_invalidate_the_cache_in_the_same_transaction(publisher):
    count = CacheInvalidation.objects.count()
    alert = build_alert()
    publish_alert(alert, user=publisher)
    assert CacheInvalidation.objects.count() > count
    count = CacheInvalidation.objects.count()
    end_alert(alert.pk, user=publisher)
    assert CacheInvalidation.objects.count() > count


def test_writers_can_neither_publish_nor_end_an_alert(writer):
    alert = make_alert()
    for act in (lambda: publish_alert(build_alert(), user=writer), lambda: end_alert(alert.pk, user=writer)):
        with pytest.raises(ActionNotAllowed, match="Only publishers"):
            act()
    assert list(Alert.objects.active(timezone.now())) == [alert]


def test_locked_newsroom_refuses_alerts_and_keeps_the_active_one(publisher):
    alert = make_alert()
    lock_newsroom(None, keeps_schedule=True)
    for act in (
        lambda: publish_alert(build_alert(), user=publisher, replaces=alert.pk),
        lambda: end_alert(alert.pk, user=publisher),
    ):
        with pytest.raises(ActionNotAllowed, match="The newsroom is locked"):
            act()
    assert list(Alert.objects.active(timezone.now())) == [alert]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ends_at": timezone.now() - timedelta(minutes=1)}, "has passed"),
        ({"text_es": ""}, "in Spanish too"),
    ],
)
def test_invalid_alert_is_refused_and_the_active_one_stays(publisher, changes, sentence):
    active = make_alert()
    with pytest.raises(ActionNotAllowed, match=sentence):
        publish_alert(build_alert(**changes), user=publisher, replaces=active.pk)
    assert list(Alert.objects.all()) == [active]
    assert active.is_active(timezone.now())


def test_removing_a_name_covers_past_alerts_too(publisher):
    make_alert(text="Ana Quetzal needs help.", text_es="Ana Quetzal necesita ayuda.", ended_at=timezone.now())
    make_alert(link="https://example.org/ana-quetzal/")
    redact("Ana Quetzal", user=publisher)
    values = str(list(Alert.objects.values_list("text", "text_es", "link"))).lower()
    assert "quetzal" not in values
    assert "text removed on" in values


def test_restoration_ends_an_alert_that_was_published_later():
    make_release()
    earlier = make_alert()
    restore_time = timezone.now()
    later = make_alert()
    restore_everything(restore_time)
    assert list(Alert.objects.active(timezone.now())) == [earlier]
    assert Alert.objects.get(pk=later.pk).ended_at
