"""The pages of the actions: primary button, confirmation and diff."""

import re

import pytest

from releases.text.choices import Status
from tests.admin import NEXT_YEAR, RELEASE_LIST_URL, admin_url, post_release_form
from tests.factories import make_draft, make_release, make_scheduled, make_withdrawn

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("make", "button", "others"),
    [
        (make_draft, "Publish…", ["Back to draft…", "Withdraw (with a reason)…"]),
        (make_scheduled, "Reschedule…", ["Publish…", "Withdraw (with a reason)…"]),
        (make_release, "Publish change…", ["Publish…", "Back to draft…"]),
        (make_withdrawn, "Publish again…", ["Publish…", "Back to draft…", "Withdraw (with a reason)…"]),
    ],
)
def test_each_state_shows_one_primary_button(publisher_client, make, button, others):
    page = publisher_client.get(admin_url(make(), "change")).content.decode()
    row = page[page.index("submit-row") :]
    primary = re.findall(r'class="default[^>]*>[^<]*', row[: row.index("menu-panel")])
    assert len(primary) == 1
    assert button in primary[0]
    assert not [label for label in others if label in row]


def test_read_only_form_renders_the_body_as_html(writer_client):
    page = writer_client.get(
        admin_url(make_scheduled(body="<p>More <strong>words</strong>.</p>"), "change")
    ).content.decode()
    assert "<p>More <strong>words</strong>.</p>" in page
    assert "submit-row" in page
    assert 'value="Save' not in page[page.index("submit-row") :]


def test_publish_page_lists_missing_fields(publisher_client):
    page = publisher_client.get(admin_url(make_draft(summary=""), "publish")).content.decode()
    assert "Write the summary" in page
    assert 'value="Publish"' not in page


@pytest.mark.parametrize("action", ["publish", "withdraw", "return-to-draft"])
def test_action_on_an_unknown_release_redirects(publisher_client, action):
    assert publisher_client.get(f"{RELEASE_LIST_URL}999999/{action}/").status_code == 302


def test_get_request_to_an_action_changes_nothing(publisher_client):
    for make, action in (
        (make_draft, "publish"),
        (make_release, "withdraw"),
        (make_scheduled, "return-to-draft"),
    ):
        release = make()
        version = release.version
        assert publisher_client.get(admin_url(release, action)).status_code == 200
        release.refresh_from_db()
        assert release.version == version


def test_publishing_asks_for_confirmation_after_a_concurrent_edit(publisher_client):
    draft = make_draft()
    version = draft.version
    draft.summary = "Unread words."
    draft.save()
    response = publisher_client.post(admin_url(draft, "publish"), {"when": "now", "edit_token": version})
    assert "Someone changed this release" in response.content.decode()
    assert "Unread words." in response.content.decode()
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT
    publisher_client.post(
        admin_url(draft, "publish"),
        {"when": "at once", "edit_token": response.context["form"]["edit_token"].value()},
    )
    draft.refresh_from_db()
    assert draft.is_public()


def test_scheduled_revision_is_shown_as_a_diff_and_cannot_be_edited(publisher_client, release):
    post_release_form(publisher_client, release, summary="Nine families came.")
    publisher_client.post(
        admin_url(release, "publish-revision"),
        {"when": "later", "at": f"{NEXT_YEAR}-05-01T09:00", "kind": "typo"},
    )
    page = publisher_client.get(admin_url(release, "change")).content.decode()
    assert f"Public, with a change scheduled for May 1, {NEXT_YEAR}, 9 a.m. Los Angeles time" in page
    assert "<ins>Nine</ins>" in page
    response = post_release_form(publisher_client, release, summary="Ten families came.")
    assert response.status_code == 403
    assert "Ten families came." in response.content.decode()


def test_pending_revision_is_discarded_after_confirmation(publisher_client, release):
    post_release_form(publisher_client, release, summary="Nine families came.")
    page = publisher_client.get(admin_url(release, "discard-revision"))
    assert "<ins>Nine</ins>" in page.content.decode()
    publisher_client.post(
        admin_url(release, "discard-revision"), {"edit_token": page.context["form"]["edit_token"].value()}
    )
    assert (
        publisher_client.get(admin_url(release, "change")).context["adminform"].form["summary"].value()
        == "Eight families came."
    )
