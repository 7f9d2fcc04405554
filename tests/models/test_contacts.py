"""Media contacts, boilerplate and coverage."""

from datetime import date

import pytest

from releases.models import Boilerplate
from tests.factories import make_contact, make_coverage, make_draft

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "changes",
    [{"phone": "", "email": ""}, {"speaks_english": False, "speaks_spanish": False}, {"phone": "call me"}],
)
def test_invalid_media_contact_is_rejected(publisher_client, changes):
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError):
        make_contact(**changes)


@pytest.mark.parametrize(
    ("day", "expected"), [("2025-12-31", "Old 42."), ("2026-01-01", "New 43."), ("1983-06-01", "")]
)
def test_boilerplate_is_the_one_valid_on_the_release_date(day, expected):
    Boilerplate.objects.all().delete()
    Boilerplate.objects.create(language="en", effective_from=date(2000, 1, 1), text="Old {years}.")
    Boilerplate.objects.create(language="en", effective_from=date(2026, 1, 1), text="New {years}.")
    Boilerplate.objects.create(language="es", effective_from=date(2026, 1, 1), text="Nuevo.")
    assert Boilerplate.get_text(date.fromisoformat(day), "en") == expected


def test_deleting_a_draft_deletes_its_coverage(client):
    draft = make_draft()
    make_coverage(release=draft, headline="Too early")
    draft.delete()
    assert "Too early" not in client.get("/in-the-news/").content.decode()
