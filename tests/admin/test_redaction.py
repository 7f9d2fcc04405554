"""The page that removes a name everywhere."""

from datetime import timedelta

import pytest
from django.utils import timezone

from releases.models import NewsroomSettings, Release
from tests.admin import RELEASE_LIST_URL, sign_in
from tests.factories import make_draft, make_release

pytestmark = pytest.mark.django_db
NAME = "Quetzalina Ñáñez"
CANARY = "Quetzalcanary"


def test_redaction_page_shows_until_when_backups_contain_the_name(publisher_client):
    make_release(headline=f"About {NAME}")
    NewsroomSettings(backup_retention_days=45).save()
    url = "/admin/releases/release/remove-a-name/"
    response = publisher_client.post(url, {"names": NAME, "_find": "x"})
    assert "Found in" in response.content.decode()
    assert 'name="_remove"' in response.content.decode()
    unseen = publisher_client.post(url, {"names": NAME, "previewed_names": "Another Name", "_remove": "x"})
    assert "Found in" in unseen.content.decode()
    assert Release.objects.filter(headline__contains=NAME).exists()
    page = publisher_client.post(
        url,
        {"names": NAME, "previewed_names": unseen.context["form"]["previewed_names"].value(), "_remove": "x"},
    ).content.decode()
    day = timezone.localdate() + timedelta(days=45)
    assert f"until {day:%b}" in page.replace(".", "") or f"{day.day}, {day.year}" in page
    assert NAME not in page
    assert not Release.objects.filter(headline__contains=NAME).exists()


def test_writers_cannot_redact_a_name(client):
    make_draft(headline=f"{CANARY} headline")
    sign_in(client, "Writers")
    response = client.post(f"{RELEASE_LIST_URL}remove-a-name/", {"names": CANARY, "_remove": "x"})
    assert response.status_code == 403
    assert Release.objects.filter(headline__contains=CANARY).exists()
