"""The forms of actions: which times, reasons, kinds and notes are accepted."""

import pytest
from django.test import Client

from releases.models import NewsroomSettings, PendingRevision
from releases.text.choices import Status
from tests.actions import get_out_of_date, save_and_publish
from tests.admin import (
    DST_END_DATE,
    DST_START_DATE,
    NEXT_YEAR,
    RELEASE_LIST_URL,
    admin_url,
    post_release_form,
)
from tests.factories import make_draft, make_release
from tests.views import get_public_page

pytestmark = pytest.mark.django_db


def test_invalid_version_number_causes_no_server_error(publisher_client, translated_releases, publisher):
    save_and_publish(translated_releases[1], publisher, "Uno.")
    response = publisher_client.post(
        f"{RELEASE_LIST_URL}{translated_releases[0].pk}/mark-translation-current/", {"version": "9" * 20}
    )
    assert response.status_code == 200
    assert get_out_of_date() == [translated_releases[0]]


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        ("", "Choose the day and the time"),
        ("2015-01-01T09:00", "has passed"),
        (f"{DST_START_DATE:%Y-%m-%d}T02:30", "does not exist"),
        (f"{DST_END_DATE:%Y-%m-%d}T01:30", "occurs twice"),
        ("2099-01-01T09:00", "two years"),
        ("9999-12-31T23:59", "two years"),
        ("soon", "valid"),
    ],
)
def test_invalid_publication_time_is_rejected(publisher_client, at, sentence):
    draft = make_draft()
    response = publisher_client.post(admin_url(draft, "publish"), {"when": "later", "at": at})
    assert sentence in response.content.decode()
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_publishing_now_with_a_time_filled_in_is_rejected(publisher_client):
    draft = make_draft()
    response = publisher_client.post(
        admin_url(draft, "publish"), {"when": "now", "at": f"{NEXT_YEAR}-11-24T09:00"}
    )
    assert "You set a time" in response.content.decode()
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_withdrawing_requires_a_reason(publisher_client):
    release = make_release()
    assert (
        "Write the reason"
        in publisher_client.post(admin_url(release, "withdraw"), {"reason": " "}).content.decode()
    )
    publisher_client.post(admin_url(release, "withdraw"), {"reason": "A name was wrong."})
    assert Client().get(release.get_absolute_url()).status_code == 410


def test_embargo_requires_a_time(publisher_client):
    draft = make_draft()
    response = publisher_client.post(admin_url(draft, "publish"), {"when": "at once", "is_embargoed": "on"})
    assert "You set a time or an embargo" in response.content.decode()


@pytest.mark.parametrize("replacement", ["javascript:alert(1)", "foo", "//evil.org", '"><script>'])
def test_invalid_replacement_url_is_rejected(publisher_client, replacement):
    release = make_release()
    response = publisher_client.post(
        admin_url(release, "withdraw"), {"reason": "It was wrong.", "replacement": replacement}
    )
    assert "This isn&#x27;t a web address" in response.content.decode()
    release.refresh_from_db()
    assert release.is_public()


def test_correction_requires_a_kind_and_a_note(publisher_client, release):
    post_release_form(publisher_client, release, summary="Nine families came.", body=release.body)
    url = admin_url(release, "publish-revision")
    page = publisher_client.get(url)
    for data, field in (
        ({}, "kind"),
        ({"kind": "correction"}, "note"),
        ({"kind": "typo", "note": "x"}, "kind"),
    ):
        response = publisher_client.post(
            url, {"when": "at once", "edit_token": page.context["form"]["edit_token"].value()} | data
        )
        assert field in response.context["form"].errors
    publisher_client.post(
        url,
        {
            "when": "at once",
            "kind": "correction",
            "note": "Nine families came.",
            "edit_token": page.context["form"]["edit_token"].value(),
        },
    )
    assert get_public_page(release).count("Nine families came.") > 2
    assert not PendingRevision.objects.exists()


def test_override_reason_field_appears_only_when_a_second_approver_is_required(publisher_client, publisher):
    draft = make_draft(changed_by=publisher)
    assert "override_reason" not in publisher_client.get(admin_url(draft, "publish")).context["form"].fields
    NewsroomSettings(requires_second_approver=True).save()
    assert "override_reason" in publisher_client.get(admin_url(draft, "publish")).context["form"].fields
    assert (
        "someone else must approve it"
        in publisher_client.post(admin_url(draft, "publish"), {"when": "at once"}).content.decode()
    )
    publisher_client.post(
        admin_url(draft, "publish"), {"when": "at once", "override_reason": "Midnight ruling."}
    )
    draft.refresh_from_db()
    assert draft.is_public()
    assert "Midnight ruling." in publisher_client.get(admin_url(draft, "change")).content.decode()
