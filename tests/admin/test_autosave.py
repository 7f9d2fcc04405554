"""Autosave in the admin, and two people who edit one release: no text is lost."""

import re
import uuid

import pytest
from django.test import Client

from releases.models import Autosave, PendingRevision, Release
from tests.admin import (
    AUTOSAVE_URL,
    NEXT_YEAR,
    RELEASE_ADD_URL,
    RELEASE_LIST_URL,
    admin_url,
    form_data,
    post_autosave,
    post_release_form,
)
from tests.factories import EVENT_FIELDS, make_contact, make_draft, make_release, make_topic, make_user

pytestmark = pytest.mark.django_db


def test_autosave_is_restored_after_signing_out_and_in(ana_client):
    draft = make_draft(summary="As it was.")
    response = post_autosave(ana_client, draft, summary="Half a sent", date="soon")
    assert re.fullmatch(
        r"Saved \d+:\d+ [ap]\.m\.|Saved \d+ [ap]\.m\.|Saved noon|Saved midnight", response.json()["message"]
    )
    draft.refresh_from_db()
    assert draft.summary == "As it was."
    ana_client.logout()
    ana_client.force_login(
        draft.__class__._meta.get_field("author").related_model.objects.get(username="ana")
    )
    page = ana_client.get(admin_url(draft, "change"))
    form = page.context["adminform"].form
    assert (form["summary"].value(), form["date"].value()) == ("Half a sent", "soon")
    assert "This is your unsaved text from" in page.content.decode()


def test_new_release_is_autosaved_before_its_first_save(ana_client):
    form = ana_client.get(RELEASE_ADD_URL).context["adminform"].form["client_id"].value()
    daca = make_topic("DACA")
    post_autosave(ana_client, client_id=form, headline="A new ruling", tags=[str(daca.pk)])
    assert not Release.objects.exists()
    assert "A new ruling" in ana_client.get("/admin/").content.decode()
    release_form = ana_client.get(f"{RELEASE_ADD_URL}?unsaved={form}").context["adminform"].form
    assert (
        release_form["headline"].value(),
        release_form["tags"].value(),
        release_form["client_id"].value(),
    ) == ("A new ruling", [str(daca.pk)], form)
    ana_client.post(RELEASE_ADD_URL, form_data(Release(), headline="A new ruling") | {"client_id": form})
    assert Release.objects.get().headline == "A new ruling"
    assert not Autosave.objects.exists()


def test_save_deletes_the_autosave(ana_client):
    draft = make_draft()
    post_autosave(ana_client, draft, summary="New.")
    ana_client.post(admin_url(draft, "change"), form_data(draft, summary="New."))
    assert not Autosave.objects.exists()


@pytest.mark.parametrize(
    "body", ["x" * 500_001, "<td" * 50_000, "<ol>" * 50_000], ids=["long", "cells", "lists"]
)
def test_oversized_body_is_rejected_by_autosave_and_save(ana_client, body):
    draft = make_draft(body="<p>An hour of work.</p>")
    response = post_autosave(ana_client, draft, body=body)
    assert (response.status_code, "Shorten it" in response.json()["error"]) == (413, True)
    assert not Autosave.objects.exists()
    page = ana_client.post(admin_url(draft, "change"), form_data(draft, body=body))
    assert "Shorten it" in page.content.decode()
    draft.refresh_from_db()
    assert draft.body == "<p>An hour of work.</p>"


def test_autosaved_text_is_not_public(ana_client):
    release = make_release(slug="a-ruling")
    content = Client().get("/2015/03/a-ruling/").content
    post_autosave(ana_client, release, headline="Quetzalcanary")
    assert Client().get("/2015/03/a-ruling/").content == content
    assert b"Quetzalcanary" not in Client().get("/").content


def test_autosave_needs_sign_in_and_returns_a_csrf_token_afterwards(client):
    draft = make_draft()
    assert post_autosave(client, draft).status_code == 403
    assert not Autosave.objects.exists()
    client.force_login(make_user("ana"))
    assert len(client.get(AUTOSAVE_URL).json()["csrf_token"]) > 20


@pytest.mark.parametrize(
    "changes", [{"sequence": "x"}, {"client_id": "x"}, {"sequence": ""}, {"sequence": "9" * 30}]
)
def test_autosave_with_invalid_fields_causes_no_server_error(ana_client, changes):
    draft = make_draft()
    response = ana_client.post(
        AUTOSAVE_URL,
        form_data(draft) | {"release": draft.pk, "client_id": uuid.uuid4(), "sequence": 1} | changes,
    )
    assert response.status_code in (200, 400)


def test_second_editor_sees_the_autosave_and_can_claim_it(ana_client, ben_client):
    draft = make_draft(summary="As it was.")
    post_autosave(ana_client, draft, summary="Hers, half")
    page = ben_client.get(admin_url(draft, "change"))
    assert "Ana Paz has unsaved text here from" in page.content.decode()
    assert page.context["adminform"].form["summary"].value() == "As it was."
    response = post_autosave(ben_client, draft, summary="His.")
    assert response.status_code == 409
    assert "Ana Paz has unsaved text here" in response.json()["error"]
    assert "half" in ben_client.get(admin_url(draft, "claim-autosave")).content.decode()
    ben_client.post(admin_url(draft, "claim-autosave"))
    assert (
        ben_client.get(admin_url(draft, "change")).context["adminform"].form["summary"].value()
        == "Hers, half"
    )
    assert (
        "Ben Ruiz has unsaved text here"
        in post_autosave(ana_client, draft, sequence=9, summary="Hers, and more").json()["error"]
    )


def test_stale_save_shows_conflicts_and_applies_the_chosen_values(ana_client, ben_client):
    daca, courts = make_topic("DACA"), make_topic("Courts", "Tribunales")
    draft = make_draft(headline="A ruling", summary="As it was.", dateline="Los Angeles", topics=(daca,))
    edit_token = draft.edit_token
    data = form_data(
        draft, headline="A ruling", summary="Hers.", subhead="Her subhead", tags=[daca.pk], date=""
    ) | {"edit_token": edit_token}
    ben_client.post(
        admin_url(draft, "change"),
        form_data(draft, headline="His ruling", summary="His.", tags=[courts.pk], date=""),
    )
    page = ana_client.post(admin_url(draft, "change"), data)
    draft.refresh_from_db()
    assert (draft.summary, draft.topics) == ("His.", [courts])
    suggestions = {conflict.name: conflict.suggested for conflict in page.context["conflicts"]}
    assert suggestions == {"headline": "theirs", "summary": "mine", "subhead": "mine", "tags": "mine"}
    assert "<del>His</del><ins>Hers</ins>." in page.content.decode()
    choices = {
        "choose_headline": "theirs",
        "choose_summary": "mine",
        "choose_subhead": "mine",
        "choose_tags": "theirs",
    }
    response = ana_client.post(admin_url(draft, "merge-versions"), data | choices)
    assert response["Location"] == admin_url(draft, "change")
    form = ana_client.get(admin_url(draft, "change")).context["adminform"].form
    merged_data = {
        name: form[name].value()
        for name in ("headline", "summary", "subhead", "body", "dateline", "kind", "language", "edit_token")
    }
    assert (merged_data["headline"], merged_data["summary"], merged_data["subhead"]) == (
        "His ruling",
        "Hers.",
        "Her subhead",
    )
    ana_client.post(admin_url(draft, "change"), merged_data | {"tags": form["tags"].value(), "date": ""})
    draft.refresh_from_db()
    assert (draft.headline, draft.summary, draft.subhead, draft.topics) == (
        "His ruling",
        "Hers.",
        "Her subhead",
        [courts],
    )


def test_stale_save_of_a_public_release_shows_a_diff(ana_client, ben_client):
    release = make_release(summary="As it was.")
    edit_token = release.edit_token
    ben_client.post(admin_url(release, "change"), form_data(release, summary="His."))
    page = ana_client.post(
        admin_url(release, "change"), form_data(release, summary="Hers.") | {"edit_token": edit_token}
    )
    assert "<del>His</del><ins>Hers</ins>." in page.content.decode()
    assert PendingRevision.objects.get().data["summary"] == "His."


@pytest.mark.parametrize("edit_token", ["", "x", "0", "1.2", "1.x.y", "9" * 40, "1.2.3.4"])
def test_form_with_an_invalid_edit_token_is_treated_as_stale(ana_client, edit_token):
    draft = make_draft(summary="As it was.")
    page = ana_client.post(
        admin_url(draft, "change"),
        form_data(draft, summary="Mine.", date="never") | {"edit_token": edit_token, "valid_until": "x"},
    )
    assert page.status_code == 200
    assert "Mine" in page.content.decode()
    draft.refresh_from_db()
    assert draft.summary == "As it was."


def test_concurrent_edit_of_a_revision_shows_a_diff_and_overwrites_nothing(
    client, release, publisher, writer
):
    client.force_login(writer)
    edit_token = client.get(admin_url(release, "change")).context["adminform"].form["edit_token"].value()
    other_client = Client()
    other_client.force_login(publisher)
    post_release_form(other_client, release, summary="Hers.")
    response = client.post(
        admin_url(release, "change"), form_data(release, summary="His.") | {"edit_token": edit_token}
    )
    assert "Someone saved this release" in response.content.decode()
    assert "<del>Hers</del><ins>His</ins>." in response.content.decode()
    assert PendingRevision.objects.get().data["summary"] == "Hers."


def test_conflicting_event_times_are_both_shown(publisher_client):
    draft = make_draft()
    edit_token = draft.edit_token
    draft.event_at = EVENT_FIELDS["event_at"]
    draft.save()
    page = publisher_client.post(
        f"{RELEASE_LIST_URL}{draft.pk}/change/",
        form_data(draft, event_at=f"{NEXT_YEAR}-05-01T12:00") | {"edit_token": edit_token},
    ).content.decode()
    assert 'name="choose_event_at"' in page
    assert 'name="choose_event_until"' not in page


def test_conflicting_contact_selections_are_both_shown(publisher_client):
    contact, other_contact, draft = make_contact(), make_contact(name="Luis Paz"), make_draft()
    edit_token = draft.edit_token
    draft.contacts = [contact.pk]
    draft.save()
    page = publisher_client.post(
        f"{RELEASE_LIST_URL}{draft.pk}/change/",
        form_data(draft) | {"edit_token": edit_token, "contacts": [other_contact.pk]},
    ).content.decode()
    assert "Ana Ruiz" in page
    assert "Luis Paz" in page
    draft.refresh_from_db()
    assert draft.contacts == [contact.pk]


@pytest.mark.parametrize("digits", [10, 19, 4301])
@pytest.mark.parametrize("field", ["tags", "contacts", "signers", "edit_token", "revision"])
def test_impossible_numbers_in_a_conflict_cause_no_server_error(ana_client, ben_client, digits, field):
    release = make_release()
    value = "9" * digits
    changes = {"edit_token": f"1.{value}.{value}"} if field == "revision" else {field: value}
    data = form_data(release, summary="Typed.") | {"edit_token": "0"} | changes
    response = ana_client.post(admin_url(release, "change"), data)
    assert response.status_code == 200
    assert "Typed." in response.content.decode()
