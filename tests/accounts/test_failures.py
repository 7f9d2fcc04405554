"""The counts of failed sign-ins that managers and the owner of an account see."""

from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from releases.accounts import failures
from releases.models import FailedSignIns, NewsroomSettings
from tests.accounts import post_sign_in
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def test_managers_see_failed_attempts_and_each_user_their_last_sign_in(client, monkeypatch):
    ana, manager = make_user(first_name="Ana", last_name="Paz"), make_user("maria", is_superuser=True)
    ana.last_login = timezone.now() - timedelta(days=1)
    ana.save()
    for _time in range(30):
        post_sign_in(Client())
    for number in range(3):
        post_sign_in(Client(), f"a password typed as a name {number}")
    client.force_login(manager)
    page = " ".join(client.get("/admin/").content.decode().split())
    assert "Ana Paz: 30 failed attempts in the last 7 days" in page
    assert "Unknown names: 3 failed attempts" in page
    assert "typed as a name" not in page
    assert sorted(FailedSignIns.objects.values_list("user", "count"), key=str) == [(ana.pk, 30), (None, 3)]
    caches["attempts"].clear()
    assert post_sign_in(client, password=PASSWORD).status_code == 302
    page = " ".join(client.get("/admin/").content.decode().split())
    assert "You last signed in on" in page
    assert "30 sign-in attempts with your account failed" in page
    assert "Unknown names" not in page


def test_refused_attempts_are_written_every_few_seconds(monkeypatch, django_assert_num_queries):
    make_user()
    failures.count_failure("ana", is_refused=True)
    with django_assert_num_queries(0):
        for _time in range(1000):
            failures.count_failure("ana", is_refused=True)
    monkeypatch.setattr(failures, "_written_at", failures._written_at - failures.WRITE_SECONDS)
    failures.count_failure("ana", is_refused=True)
    assert FailedSignIns.objects.get().count == 1002


@pytest.mark.parametrize("has_user", [True, False])
def test_day_has_one_count_for_each_account(has_user):
    fields = {"user": make_user() if has_user else None, "date": timezone.now().date()}
    FailedSignIns.objects.create(**fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        FailedSignIns.objects.create(**fields)


def test_right_password_while_the_newsroom_is_locked_is_no_failed_attempt(client):
    make_user()
    NewsroomSettings.current()
    NewsroomSettings.objects.update(locked_at=timezone.now())
    pages = [post_sign_in(client, password=PASSWORD).content.decode() for _time in range(8)]
    assert all("The newsroom is locked" in page for page in pages)
    assert not FailedSignIns.objects.exists()


def test_old_counts_are_deleted():
    FailedSignIns.objects.create(date=timezone.now().date() - timedelta(days=40), count=5)
    failures.count_failure("nobody")
    assert FailedSignIns.objects.get().count == 1


def test_sign_in_is_not_prevented_by_a_count_that_cannot_be_written(client, monkeypatch, caplog):
    def fail(execute, sql, *args):
        if "failedsignins" in sql:
            from django.db import OperationalError

            raise OperationalError("database is locked")
        return execute(sql, *args)

    with connection.execute_wrapper(fail):
        assert post_sign_in(client).status_code == 200
    assert "could not be counted" in caplog.text
