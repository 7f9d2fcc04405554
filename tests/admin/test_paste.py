"""“Paste a release”: the box, the review, and the draft."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from releases.models import Note, Release
from tests.admin import RELEASE_ADD_URL, RELEASE_LIST_URL
from tests.factories import make_contact, make_topic
from tests.importers.plaintext import EXPECTED, SAMPLE
from tests.text.reading import load_cases

pytestmark = pytest.mark.django_db
PASTE_URL = f"{RELEASE_LIST_URL}paste/"
CASES = {name: text for name, (text, _result) in load_cases().items()}
TEXT = """EMBARGOED UNTIL January 15, 2019, 5 p.m.

Contact: Ana Ruiz, (213) 555-0100
Ben Paz, ben@example.org

Judge Blocks the Citizenship Question

(January 15, 2019, Los Angeles) – A judge in New York blocked the question about citizenship in the census.

“Every family counts,” said Ana Ruiz, executive director of CARECEN.

Statement_v3_JM.pdf

###
"""


def get_inputs(response) -> dict[str, list[str]]:
    """Return what the form on a review page sends if nobody changes anything."""
    page = response.content.decode().split('class="paste-review"')[1].split("</form>")[0]
    context = response.context
    fields = {name: [context["source"][name]] for name in ("text", "markup")} | {"part": [context["part"]]}
    for row in context["rows"]:
        value = row.field.value()
        shown = row.field.field.widget.format_value(value)
        fields[row.field.name] = shown if isinstance(shown, list) else [shown or ""]
    for name in ("contacts", "tags", "quotation", "put_back"):
        fields[name] = re.findall(rf'name="{name}" value="([0-9]+)" checked', page)
    return fields


def create(client, response, **changes):
    return client.post(PASTE_URL, get_inputs(response) | changes | {"_create": "x"})


def test_pasted_text_becomes_a_draft_with_the_fields_that_were_read(publisher_client, publisher):
    contact = make_contact(phone="213-555-0100")
    topic = make_topic("Census", "Censo", keywords="citizenship question")
    review = publisher_client.post(PASTE_URL, {"text": TEXT})
    assert not Release.objects.exists()
    response = create(publisher_client, review)
    release = Release.objects.get()
    assert response["Location"] == f"{RELEASE_LIST_URL}{release.pk}/change/"
    assert (release.headline, str(release.date), release.dateline, release.status) == (
        "Judge Blocks the Citizenship Question",
        "2019-01-15",
        "Los Angeles",
        "draft",
    )
    assert release.summary.startswith("A judge in New York")
    assert release.body == "<p>“Every family counts,” said Ana Ruiz, executive director of CARECEN.</p>"
    assert (release.contacts, release.author, release.topics) == ([contact.pk], publisher, [])
    note = Note.objects.get(release=release)
    assert "EMBARGOED UNTIL January 15, 2019, 5 p.m." in note.text
    assert "Statement_v3_JM.pdf" in note.text
    assert "Ben Paz, ben@example.org" in note.text
    assert topic.both_names in review.content.decode()


def test_incomplete_requests_get_a_page(publisher_client):
    for data in ({"_create": "x"}, {"_create": "x", "headline": "A", "client_id": "x"}, {"headline": ""}):
        response = publisher_client.post(PASTE_URL, {"text": TEXT} | data)
        assert response.status_code in (200, 302)


def test_ticked_topics_quotations_and_lines_are_taken(publisher_client):
    topic = make_topic("Census", "Censo", keywords="citizenship question")
    review = publisher_client.post(PASTE_URL, {"text": TEXT})
    left_out = {block.text: block.number for block, _reason in review.context["left_out"]}
    options = {
        "tags": [topic.pk],
        "quotation": [found.block for found in review.context["quotations"]],
        "put_back": [left_out["Statement_v3_JM.pdf"]],
    }
    preview = publisher_client.post(PASTE_URL, get_inputs(review) | options | {"_update": "x"})
    assert get_inputs(preview) == get_inputs(review) | {
        name: list(map(str, values)) for name, values in options.items()
    }
    create(publisher_client, preview)
    release = Release.objects.get()
    assert release.topics == [topic]
    assert release.body == (
        "<blockquote><p>Every family counts.</p><p>— Ana Ruiz, executive director of CARECEN</p></blockquote>"
        "<p>Statement_v3_JM.pdf</p>"
    )


def test_corrected_fields_survive_an_update_of_the_preview(publisher_client):
    review = publisher_client.post(PASTE_URL, {"text": TEXT})
    changes = {"headline": "Another Headline", "date": "2019-01-16", "kind": "statement"}
    preview = publisher_client.post(PASTE_URL, get_inputs(review) | changes | {"_update": "x"})
    create(publisher_client, preview)
    release = Release.objects.get()
    assert (release.headline, str(release.date), release.kind) == (
        "Another Headline",
        "2019-01-16",
        "statement",
    )


def test_sending_the_review_twice_creates_one_draft(publisher_client):
    review = publisher_client.post(PASTE_URL, {"text": TEXT})
    first, second = create(publisher_client, review), create(publisher_client, review)
    assert first["Location"] == second["Location"]
    assert (Release.objects.count(), Note.objects.count()) == (1, 1)


def test_without_a_headline_the_review_asks_for_it(publisher_client):
    text = CASES["more: dictated statement without anything else"]
    review = publisher_client.post(PASTE_URL, {"text": text})
    again = create(publisher_client, review)
    page = again.content.decode()
    assert not Release.objects.exists()
    assert "Write a headline." in page
    assert "The government has ten days to appeal" in page
    create(publisher_client, again, headline="A Victory")
    assert Release.objects.get().headline == "A Victory"


def test_error_of_another_field_is_shown_on_the_ordinary_form(publisher_client):
    review = publisher_client.post(PASTE_URL, {"text": TEXT})
    page = create(publisher_client, review, date="2019-02-30").content.decode()
    assert not Release.objects.exists()
    assert "Enter a valid date." in page
    assert "A judge in New York" in page
    assert f'action="{RELEASE_ADD_URL}"' in page


def test_question_is_gone_when_the_field_was_changed(publisher_client):
    review = publisher_client.post(PASTE_URL, {"text": CASES["datelines: two dates that differ"]})
    assert "There are two dates" in review.content.decode()
    changed = get_inputs(review) | {"date": "2019-03-05", "_update": "x"}
    assert "There are two dates" not in publisher_client.post(PASTE_URL, changed).content.decode()


def test_type_that_was_changed_to_an_advisory_shows_the_event(publisher_client):
    review = publisher_client.post(PASTE_URL, {"text": TEXT})
    changed = get_inputs(review) | {"kind": "media_advisory", "_update": "x"}
    assert 'name="event_at"' not in review.content.decode()
    assert 'name="event_at"' in publisher_client.post(PASTE_URL, changed).content.decode()


def test_same_text_pasted_again_leads_to_the_same_draft(publisher_client):
    """For example, after the Back button."""
    for _time in range(2):
        response = create(publisher_client, publisher_client.post(PASTE_URL, {"text": TEXT}))
    assert Release.objects.count() == 1
    assert response["Location"] == f"{RELEASE_LIST_URL}{Release.objects.get().pk}/change/"


def test_each_question_is_on_the_page(publisher_client):
    for name in ("datelines: two dates that differ", "layouts: hyphen at the end of a line"):
        response = publisher_client.post(PASTE_URL, {"text": CASES[name]})
        page = response.content.decode()
        assert page.count("<b>Check:</b>") == response.context["question_count"] > 0


def test_page_with_ten_releases_asks_which_one(publisher_client):
    choice = publisher_client.post(PASTE_URL, {"text": SAMPLE.decode()})
    assert choice.content.decode().count('name="part"') == 10
    source = choice.context["source"]
    review = publisher_client.post(PASTE_URL, {"text": source["text"], "part": "3"})
    create(publisher_client, review)
    assert Release.objects.get().headline == EXPECTED[3]["headline"]
    for part in ("10", "-1", "٣", "x"):
        assert (
            "Choose the one to work on"
            in publisher_client.post(PASTE_URL, {"text": source["text"], "part": part}).content.decode()
        )


def test_markup_from_the_clipboard_keeps_lists_and_links(publisher_client):
    markup = CASES["html: Word paragraphs with a heading and a list"]
    review = publisher_client.post(PASTE_URL, {"text": "the same without markup", "markup": markup})
    create(publisher_client, review)
    body = Release.objects.get().body
    assert '<li><p>call <a href="tel:+12135550100">us</a>.</p></li>' in body
    back = publisher_client.post(PASTE_URL, get_inputs(review) | {"_back": "x"})
    assert "• call us (+12135550100)." in back.content.decode()


def test_event_of_an_advisory_is_taken(publisher_client):
    review = publisher_client.post(PASTE_URL, {"text": CASES["advisories: labels with times"]})
    create(publisher_client, review)
    release = Release.objects.get()
    assert (release.kind, release.event_at.isoformat(), release.event_until.isoformat()) == (
        "media_advisory",
        "2026-12-01T18:00:00+00:00",
        "2026-12-01T19:30:00+00:00",
    )
    assert release.event_place == "CARECEN, 2845 W. 7th St., Los Angeles"


def test_text_file_is_read(publisher_client):
    file = SimpleUploadedFile("release.txt", TEXT.encode("cp1252"))
    review = publisher_client.post(PASTE_URL, {"text": "", "file": file})
    assert review.context["form"].initial["headline"] == "Judge Blocks the Citizenship Question"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Paste the text of a release, or choose a file."),
        ({"text": " \n "}, "Paste the text of a release, or choose a file."),
        ({"text": "a" * 200_001}, "This text is too long."),
        ({"markup": "<p>a</p>" * 20_000}, "This text is too long."),
        (
            {"file": SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n\x00")},
            "This is a picture",
        ),
        ({"file": SimpleUploadedFile("a.doc", b"\xd0\xcf\x11\xe0")}, "Save it as .docx"),
        ({"text": "Typed", "file": SimpleUploadedFile("a.txt", b"A")}, "Use one of the two."),
    ],
)
def test_what_cannot_be_read_gets_a_sentence_and_keeps_the_text(publisher_client, data, sentence):
    page = publisher_client.post(PASTE_URL, data).content.decode()
    assert sentence in page
    assert data.get("text", "").strip() in page


def test_dashboard_links_to_the_box_and_new_release_has_it(publisher_client):
    assert f'href="{PASTE_URL}"' in publisher_client.get("/admin/").content.decode()
    assert f'action="{PASTE_URL}"' in publisher_client.get(RELEASE_ADD_URL).content.decode()
