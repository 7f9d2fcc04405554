"""“Quick statement”: four fields, and a draft in each language."""

import uuid

import pytest
from django.utils import timezone

from releases.models import Release
from releases.text import localtime
from tests.admin import RELEASE_LIST_URL
from tests.factories import make_contact

pytestmark = pytest.mark.django_db
QUICK_URL = f"{RELEASE_LIST_URL}quick/"


def make_data(**changes):
    return {
        "client_id": str(uuid.uuid4()),
        "language": "en",
        "headline": "CARECEN Celebrates the Ruling",
        "text": "The court has ruled for the families.\n\nWe thank everyone:\n- the lawyers\n- the marchers",
        "quotation": "Nobody < us gave up.",
        "speaker": "Ana Ruiz, director",
        "contact": "",
        "_continue": "x",
    } | changes


def test_four_fields_make_a_statement_and_a_draft_in_the_other_language(publisher_client):
    contact = make_contact()
    response = publisher_client.post(QUICK_URL, make_data(contact=contact.pk))
    release, spanish = Release.objects.order_by("pk")
    assert response["Location"] == f"{RELEASE_LIST_URL}{release.pk}/change/"
    assert (release.kind, release.date, release.dateline, release.status) == (
        "statement",
        localtime.local_date(timezone.now()),
        "Los Angeles",
        "draft",
    )
    assert release.summary == "The court has ruled for the families."
    assert release.body == (
        "<p>We thank everyone:</p><ul><li><p>the lawyers</p></li><li><p>the marchers</p></li></ul>"
        "<blockquote><p>Nobody &lt; us gave up.</p><p>— Ana Ruiz, director</p></blockquote>"
    )
    assert release.contacts == [contact.pk]
    assert (spanish.language, spanish.status, release.translation) == ("es", "draft", spanish)


def test_publish_button_leads_to_the_publish_page(publisher_client):
    response = publisher_client.post(QUICK_URL, make_data(_publish="x"))
    release = Release.objects.get(language="en")
    assert response["Location"] == f"{RELEASE_LIST_URL}{release.pk}/publish/"


def test_writer_gets_a_draft(client, writer_client):
    assert 'name="_publish"' not in writer_client.get(QUICK_URL).content.decode()
    writer_client.post(QUICK_URL, make_data(_publish="x"))
    assert Release.objects.get(language="en").status == "draft"


def test_sending_it_twice_creates_one_pair(publisher_client):
    data = make_data()
    for _time in range(2):
        publisher_client.post(QUICK_URL, data)
    assert Release.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"headline": ""}, "Write a headline."),
        ({"text": " "}, "Write the text."),
        ({"language": "es"}, "in the other language"),
        ({"speaker": ""}, "Write who said it"),
        ({"quotation": ""}, "Write the quote"),
        ({"contact": "99999999999999999999"}, "Select a valid choice"),
    ],
)
def test_what_is_missing_is_said_and_the_text_is_kept(publisher_client, changes, sentence):
    page = publisher_client.post(QUICK_URL, make_data(**changes)).content.decode()
    assert sentence in page
    assert not Release.objects.exists()
    assert "the marchers" in page or "text" in changes
