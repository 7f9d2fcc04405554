"""Fixtures of the tests of mail to staff."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from releases.mail import sending


@pytest.fixture(autouse=True)
def mail_is_on(settings, monkeypatch):
    settings.MAIL_FROM = settings.DEFAULT_FROM_EMAIL = "CARECEN News desk <desk@example.org>"
    settings.SITE_URL, settings.SITE_HOST = "https://news.example.org", "news.example.org"
    monkeypatch.setattr(sending, "_away_until", 0.0)


@pytest.fixture
def run_again(monkeypatch):
    """Return a function that makes all waiting tasks ready, as if their time had come."""

    def run_again() -> None:
        monkeypatch.setattr(sending, "_away_until", 0.0)
        DBTaskResult.objects.filter(status="READY").update(run_after=timezone.now() - timedelta(seconds=1))

    return run_again
