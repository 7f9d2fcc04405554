"""The pages that change the selected releases."""

import pytest

from releases.models import Note, PendingRevision
from tests.admin import RELEASE_LIST_URL
from tests.factories import make_draft, make_release, make_scheduled, make_topic

pytestmark = pytest.mark.django_db

ADD_URL, REMOVE_URL = f"{RELEASE_LIST_URL}bulk/add-topic/", f"{RELEASE_LIST_URL}bulk/remove-topic/"
CHANGED_LINK = f'<a href="{RELEASE_LIST_URL}?state=changed">Changes not public</a>'
REVIEW_URL = f"{RELEASE_LIST_URL}bulk/request-reviews/"


def test_page_says_what_will_happen_then_does_it_and_reports_the_result(writer_client):
    daca = make_topic("DACA")
    draft, public = make_draft(headline="A draft"), make_release(headline="Is public")
    scheduled = make_scheduled(headline="Is scheduled")
    data = {"id": [draft.pk, public.pk, scheduled.pk], "list": "?state=draft"}
    page = writer_client.get(ADD_URL, data).content.decode()
    assert "Continue" in page
    assert "csrfmiddlewaretoken" not in page.partition('id="content-main"')[2]
    context = writer_client.get(ADD_URL, data | {"topic": daca.pk}).context
    lists = [
        [outcome.release for outcome in context[name]] for name in ("at_once", "as_revisions", "refused")
    ]
    assert lists == [[draft], [public], [scheduled]]
    assert context["button_label"] == "Add to 2 releases"
    assert not PendingRevision.objects.exists()

    response = writer_client.post(ADD_URL, data | {"topic": daca.pk}, follow=True)
    assert response.redirect_chain == [(f"{RELEASE_LIST_URL}?state=draft", 302)]
    assert [str(message) for message in response.context["messages"]] == [
        "“DACA” was added to 1 release.",
        f"The change of “DACA” waits to be published on 1 public release: see {CHANGED_LINK}.",
        "Not changed: “Is scheduled”. It is scheduled, so its text is locked. Return it to draft first.",
    ]
    assert list(draft.tags.all()) == [daca]


def test_only_topics_of_the_selected_releases_can_be_removed(writer_client):
    daca, courts = make_topic("DACA"), make_topic("Courts", "Tribunales")
    draft = make_draft(topics=(daca,))
    form = writer_client.get(REMOVE_URL, {"id": draft.pk}).context["form"]
    assert list(form.fields["topic"].queryset) == [daca]
    writer_client.post(REMOVE_URL, {"id": draft.pk, "topic": courts.pk})
    assert list(draft.tags.all()) == [daca]
    writer_client.post(REMOVE_URL, {"id": draft.pk, "topic": daca.pk})
    assert not draft.tags.exists()


def test_reviews_are_requested_with_a_comment(writer_client):
    drafts = [make_draft(), make_draft()]
    ids = [draft.pk for draft in drafts]
    assert "Request review of 2 releases" in writer_client.get(REVIEW_URL, {"id": ids}).content.decode()
    writer_client.post(REVIEW_URL, {"id": ids, "text": "Before noon."})
    assert list(Note.objects.values_list("text", flat=True)) == ["Before noon."] * 2


@pytest.mark.parametrize("ids", [[], ["x"], ["9" * 30], ["999999"]])
@pytest.mark.parametrize("method", ["get", "post"])
def test_without_a_release_the_list_asks_to_select_one(writer_client, ids, method):
    data = {"id": ids, "list": "?state=draft&next=//elsewhere.example"}
    response = getattr(writer_client, method)(ADD_URL, data)
    assert response["Location"] == f"{RELEASE_LIST_URL}?state=draft&next=%2F%2Felsewhere.example"
    page = writer_client.get(RELEASE_LIST_URL).content.decode()
    assert "Select one or more releases in the list first." in page
