"""The history of a release: versions, comparison and restore."""

import pytest

from releases.actions.revisions import publish_revision, save_revision
from releases.models import PendingRevision, get_versions
from tests.admin import RELEASE_LIST_URL, admin_url, post_release_form
from tests.factories import make_draft, make_topic, make_user
from tests.views import get_public_page

pytestmark = pytest.mark.django_db


def test_history_shows_user_time_action_and_text_diff(publisher_client, publisher, release):
    publisher.first_name, publisher.last_name = "Petra", "Luna"
    publisher.save()
    courts = make_topic("Courts", "Tribunales")
    post_release_form(
        publisher_client, release, summary="Nine families came.", tags=[courts.pk], body=release.body
    )
    publisher_client.post(
        admin_url(release, "publish-revision"), {"when": "at once", "kind": "update", "note": "Nine."}
    )
    publisher_client.post(admin_url(release, "withdraw"), {"reason": "It was wrong."})
    page = publisher_client.get(admin_url(release, "history")).content.decode()
    for text in (
        "Withdrawn",
        "Change published: update",
        "Petra Luna",
        "Los Angeles time",
        "<ins>Courts</ins>",
        "<ins>It was wrong.</ins>",
    ):
        assert text in page
    assert "<del>Eight</del><ins>Nine</ins> families came." in page


def test_any_two_versions_can_be_compared_with_the_older_first(publisher_client, release):
    for summary in ("Nine families came.", "Ten families came."):
        post_release_form(publisher_client, release, summary=summary, body=release.body)
        publish_revision(release, user=make_user(summary[:3]), kind="typo")
    newest, *_others, oldest = (version.key for version in get_versions(release))
    for query in (f"first={newest}&other={oldest}", f"first={oldest}&other={newest}"):
        page = publisher_client.get(f"{admin_url(release, 'compare')}?{query}").content.decode()
        assert "<del>Eight</del><ins>Ten</ins> families came." in page
    for query in ("", f"first={newest}&other={newest}", "first=x&other=9999999"):
        assert publisher_client.get(f"{admin_url(release, 'compare')}?{query}")["Location"] == admin_url(
            release, "history"
        )


def test_restoring_a_version_of_a_public_release_creates_a_pending_revision(publisher_client, release):
    post_release_form(publisher_client, release, summary="Nine families came.", body=release.body)
    publisher_client.post(admin_url(release, "publish-revision"), {"when": "at once", "kind": "typo"})
    oldest = get_versions(release)[-1].key
    url = f"{RELEASE_LIST_URL}{release.pk}/restore/{oldest}/"
    page = publisher_client.get(url)
    assert "<del>Nine</del><ins>Eight</ins> families came." in page.content.decode()
    publisher_client.post(url, {"edit_token": page.context["form"]["edit_token"].value()})
    assert "Nine families came." in get_public_page(release)
    assert PendingRevision.objects.get().data["summary"] == "Eight families came."


def test_discarded_revision_stays_in_history_and_can_be_restored(publisher_client, release):
    post_release_form(publisher_client, release, summary="Nine families came.", body=release.body)
    publisher_client.post(admin_url(release, "discard-revision"))
    page = publisher_client.get(admin_url(release, "history")).content.decode()
    assert "Change discarded" in page
    assert "Change saved, not published" in page
    assert "<del>Eight</del><ins>Nine</ins> families came." in page
    saved = next(version for version in get_versions(release) if version.release.summary.startswith("Nine"))
    publisher_client.post(f"{RELEASE_LIST_URL}{release.pk}/restore/{saved.key}/")
    assert PendingRevision.objects.get().data["summary"] == "Nine families came."


def test_history_shows_a_canceled_publication_as_scheduled_not_published(publisher_client):
    draft = make_draft()
    publisher_client.post(admin_url(draft, "publish"), {"when": "now"})
    publisher_client.post(admin_url(draft, "return-to-draft"))
    page = publisher_client.get(admin_url(draft, "history")).content.decode()
    assert "Scheduled <small>" in page
    assert "Published <small>" not in page


def test_unknown_version_redirects_to_history(publisher_client, release):
    assert publisher_client.get(f"{RELEASE_LIST_URL}{release.pk}/restore/999999/")["Location"] == admin_url(
        release, "history"
    )
    assert publisher_client.get(f"{RELEASE_LIST_URL}999999/history/").status_code == 302


def test_long_history_is_paginated(publisher_client):
    draft = make_draft()
    for number in range(25):
        draft.summary = f"Version {number}."
        draft.save()
    first, second = (
        publisher_client.get(f"{admin_url(draft, 'history')}?p={page}").content.decode() for page in (1, 2)
    )
    assert "<ins>24</ins>" in first
    assert "<ins>5</ins>" in first  # the last line of a page is compared with the first of the next
    assert "<ins>0</ins>" not in first
    assert "<ins>4</ins>" in second


def test_history_leaves_out_saves_without_a_visible_change(publisher_client):
    draft = make_draft(summary="First.")
    for action in ("write", "photos", "mark_synced", None):
        draft._change_reason = action
        draft.save()
    draft.summary, draft._change_reason = "Second.", "write"
    draft.save()
    draft.save()
    page = publisher_client.get(admin_url(draft, "history"))
    labels = [(entry.label, len(entry.differences)) for entry in page.context["entries"]]
    assert labels == [("Saved", 1), ("Created", 0)]
    newest, *_others, oldest = (entry.key for entry in page.context["entries"])
    compared = publisher_client.get(f"{admin_url(draft, 'compare')}?first={newest}&other={oldest}")
    assert "<del>First</del><ins>Second</ins>." in compared.content.decode()


def test_history_lists_actions_without_a_visible_change(publisher_client, publisher, release):
    content = release.content()
    save_revision(release, user=publisher, content=content | {"summary": "Other."}, topic_ids=[])
    publisher_client.post(admin_url(release, "discard-revision"))
    for _save in range(25):
        release._change_reason = "write"
        release.save()
    release._change_reason = "typo"
    release.save()
    page = publisher_client.get(admin_url(release, "history")).context
    labels = [entry.label for entry in page["entries"]]
    assert labels[:3] == ["Change published: typo", "Change discarded", "Change saved, not published"]
    assert not page["page"].has_other_pages()


def test_restore_asks_for_confirmation_again_after_a_concurrent_edit(publisher_client):
    draft = make_draft(summary="First.")
    version = get_versions(draft)[0].key
    edit_token = (
        publisher_client.get(f"{RELEASE_LIST_URL}{draft.pk}/restore/{version}/")
        .context["form"]["edit_token"]
        .value()
    )
    draft.summary = "Theirs."
    draft.save()
    response = publisher_client.post(
        f"{RELEASE_LIST_URL}{draft.pk}/restore/{version}/", {"edit_token": edit_token}
    )
    assert "<del>Theirs</del><ins>First</ins>." in response.content.decode()
    publisher_client.post(
        f"{RELEASE_LIST_URL}{draft.pk}/restore/{version}/",
        {"edit_token": response.context["form"]["edit_token"].value()},
    )
    draft.refresh_from_db()
    assert draft.summary == "First."


def test_restore_page_shows_the_diff_with_the_pending_revision(publisher_client, publisher, release):
    save_revision(
        release,
        user=publisher,
        content=release.content() | {"summary": "Two hours of writing."},
        topic_ids=[],
    )
    page = publisher_client.get(
        f"{RELEASE_LIST_URL}{release.pk}/restore/{get_versions(release)[-1].key}/"
    ).content.decode()
    assert "writing" in page


def test_history_query_count_does_not_grow_with_its_length(publisher_client, django_assert_max_num_queries):
    draft = make_draft()
    for number in range(19):
        draft.summary = f"Version {number}."
        draft.save()
    with django_assert_max_num_queries(20):  # 16, and one if no content type is cached
        publisher_client.get(admin_url(draft, "history"))
