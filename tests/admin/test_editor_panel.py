"""The panel next to the text of a release: what its closed sections say, and what is added in place."""

import re

import pytest

from releases.admin.editor_panel import describe_length, describe_sections
from releases.models import MediaContact
from tests.admin import admin_url, form_data, form_errors, post_autosave
from tests.factories import (
    attachment_data,
    make_contact,
    make_document,
    make_draft,
    make_photo,
    make_release,
    make_topic,
    photo_entry,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("count", "topics"), [(0, "No topics"), (1, "Topic 1"), (2, "Topic 1, Topic 2"), (3, "3 topics")]
)
def test_topics_are_named_or_counted(count, topics):
    pks = [make_topic(f"Topic {number}").pk for number in range(1, count + 1)]
    assert describe_sections({}, pks)["topics"] == topics


@pytest.mark.parametrize(
    ("alts", "titles", "state"),
    [
        ([], [], "No photos or files"),
        (["A judge."], [], "1 photo"),
        (["A judge.", " "], [], "2 photos, 1 without alt text"),
        ([], ["Facts", ""], "2 documents, 1 without a title"),
        ([""], ["Facts"], "1 photo, 1 without alt text, 1 document"),
    ],
)
def test_photos_and_files_are_counted(alts, titles, state):
    photos = [photo_entry(make_photo(), alt=alt) for alt in alts]
    attachments = [attachment_data(make_document(), title=title) for title in titles]
    assert describe_sections({"photos": photos, "attachments": attachments}, [])["media"] == state


@pytest.mark.parametrize(
    ("content", "state"),
    [
        ({}, "No event"),
        ({"kind": "media_advisory"}, "Enter when and where"),
    ],
)
def test_event_says_what_is_missing(content, state):
    assert describe_sections(content, [])["event"] == state


@pytest.mark.parametrize(
    ("summary", "body", "length"),
    [
        ("", "", "0 words · 1 minute to read"),
        ("One", "", "1 word · 1 minute to read"),
        ("Two words", "<p>and <b>three</b> more</p>", "5 words · 1 minute to read"),
        ("", f"<p>{'word ' * 500}</p>", "500 words · 2 minutes to read"),
    ],
)
def test_length_counts_the_words_of_summary_and_body(summary, body, length):
    assert describe_length({"summary": summary, "body": body}) == length


def test_autosave_answers_what_the_sections_say(publisher_client):
    topic, contact = make_topic("DACA"), make_contact(name="Inés Paz")
    draft = make_draft()
    sections = post_autosave(
        publisher_client,
        draft,
        tags=[topic.pk],
        contacts=[contact.pk],
        event_at="2026-12-01T10:00",
        photos="no json",
        summary="Two words",
        body="",
    ).json()["sections"]
    assert sections["topics"] == "DACA"
    assert sections["contacts"] == "Inés Paz"
    assert sections["event"].startswith("Tuesday, Dec. 1, 2026")
    assert sections["media"] == "No photos or files"
    assert sections["length"] == "2 words · 1 minute to read"


@pytest.mark.parametrize("value", ["soon", "2026-99-99T10:00", "2" * 9_000])
def test_half_typed_event_is_no_error(publisher_client, value):
    draft = make_draft()
    assert post_autosave(publisher_client, draft, event_at=value).json()["sections"]["event"] == "No event"


def test_page_shows_the_states_of_a_saved_release(publisher_client):
    draft = make_draft(photos=[photo_entry(make_photo(), alt="")])
    page = publisher_client.get(admin_url(draft, "change"))
    states = {section.name: section.state for section in page.context["panel"]}
    assert states["media"] == "1 photo, 1 without alt text"
    assert states["publish"] == "Draft · 3 things to do"
    assert states["language"] == "English · no other version"
    assert states["notes"] == "No notes"


def test_cards_are_hidden_without_a_script_and_their_page_is_linked(publisher_client):
    draft = make_draft(photos=[photo_entry(make_photo())])
    page = publisher_client.get(admin_url(draft, "change")).content.decode()
    assert '<ul id="photo-cards" hidden>' in page
    assert f'href="{admin_url(draft, "photos")}"' in page.split("<noscript>")[1].split("</noscript>")[0]


def test_read_only_page_shows_names_and_no_way_to_change_anything(writer_client):
    release = make_release(contacts=[make_contact(name="Inés Paz").pk])
    release.public_at = release.public_at.replace(year=2090)
    release.save()
    page = writer_client.get(admin_url(release, "change")).content.decode()
    assert "Inés Paz" in page
    assert "media-buttons" not in page
    assert 'name="headline"' not in page


def test_note_is_sent_with_its_own_form(publisher_client):
    draft = make_draft()
    page = publisher_client.get(admin_url(draft, "change")).content.decode()
    assert re.search(r'<textarea name="text"[^>]* form="note-form"', page)
    assert f'<form id="note-form" method="post" action="{admin_url(draft, "add-note")}"' in page


def test_contact_added_in_place_is_saved_in_the_language_of_the_release(publisher_client):
    draft = make_draft(language="es", dateline="Los Ángeles")
    publisher_client.post(
        admin_url(draft, "change"),
        form_data(draft, language="es", dateline="Los Ángeles")
        | {
            "edit_token": draft.edit_token,
            "new_contact_name": " Inés  Paz ",
            "new_contact_role": "Directora",
            "new_contact_email": "ines@example.org",
        },
    )
    contact = MediaContact.objects.get()
    draft.refresh_from_db()
    assert draft.contacts == [contact.pk]
    assert (contact.name, contact.role, contact.role_es) == ("Inés Paz", "", "Directora")
    assert contact.history.get().history_user.username == "petra"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"new_contact_name": "Inés Paz"}, "new_contact_phone"),
        ({"new_contact_phone": "213-555-0142"}, "new_contact_name"),
        ({"new_contact_name": "Inés Paz", "new_contact_phone": "call me"}, "new_contact_phone"),
        ({"new_contact_name": "Inés Paz", "new_contact_email": "ines@"}, "new_contact_email"),
    ],
)
def test_incomplete_contact_is_an_error_at_its_field(publisher_client, fields, field):
    draft = make_draft()
    response = publisher_client.post(
        admin_url(draft, "change"), form_data(draft) | {"edit_token": draft.edit_token} | fields
    )
    assert field in form_errors(response)
    opened = {section.name for section in response.context["panel"] if section.is_open}
    assert "contacts" in opened
    assert not MediaContact.objects.exists()


def test_writer_adds_neither_contact_nor_topic(writer_client):
    draft = make_draft()
    fields = {"new_contact_name": "Inés Paz", "new_contact_phone": "213-555-0142"}
    page = writer_client.get(admin_url(draft, "change")).content.decode()
    assert "new_contact_name" not in page
    writer_client.post(
        admin_url(draft, "change"), form_data(draft) | {"edit_token": draft.edit_token} | fields
    )
    assert not MediaContact.objects.exists()
