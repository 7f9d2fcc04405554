"""What is typed is kept; two people in one form lose nothing."""

import re
import uuid

import pytest
from django.test import Client
from django.utils import timezone

from releases import publishing
from releases.models import OpenForm, Release, UnsavedText, WorkingCopy
from tests.admin import ADD, LIST, address, form_of
from tests.builders import make_draft, make_release, make_scheduled, make_topic, make_user, make_withdrawn

pytestmark = pytest.mark.django_db

KEEP = f"{LIST}keep/"


def keep(client, release=None, number=1, form=None, **changes):
    sent = form_of(release or Release(), **changes) | {"opened": release.opened_as if release else ""}
    return client.post(KEEP, sent | {"release": release.pk if release else "", "form_id": form or uuid.uuid4(), "number": number})


@pytest.fixture
def anas(client):
    client.force_login(make_user("ana", first_name="Ana", last_name="Paz"))
    return client


@pytest.fixture
def bens():
    client = Client()
    client.force_login(make_user("ben", "Writers", first_name="Ben", last_name="Ruiz"))
    return client


# --- Kept


def test_what_is_typed_is_kept_and_there_again_after_signing_out(anas):
    draft = make_draft(summary="As it was.")
    answer = keep(anas, draft, summary="Half a sent", date="soon")
    assert re.fullmatch(r"Saved \d+:\d+ [ap]\.m\.|Saved \d+ [ap]\.m\.|Saved noon|Saved midnight", answer.json()["said"])
    draft.refresh_from_db()
    assert draft.summary == "As it was."
    anas.logout()
    anas.force_login(draft.__class__._meta.get_field("author").related_model.objects.get(username="ana"))
    page = anas.get(address(draft, "change"))
    form = page.context["adminform"].form
    assert (form["summary"].value(), form["date"].value()) == ("Half a sent", "soon")
    assert "It is not saved yet." in page.content.decode()


def test_a_new_release_is_kept_before_its_first_save(anas):
    form = anas.get(ADD).context["adminform"].form["form_id"].value()
    daca = make_topic("DACA")
    keep(anas, form=form, headline="A new ruling", tags=[str(daca.pk)])
    assert not Release.objects.exists()
    assert "A new ruling" in anas.get("/admin/").content.decode()
    shown = anas.get(f"{ADD}?unsaved={form}").context["adminform"].form
    assert (shown["headline"].value(), shown["tags"].value(), shown["form_id"].value()) == ("A new ruling", [str(daca.pk)], form)
    anas.post(ADD, form_of(Release(), headline="A new ruling") | {"form_id": form})
    assert Release.objects.get().headline == "A new ruling"
    assert not UnsavedText.objects.exists()


def test_a_save_sweeps_what_was_kept(anas):
    draft = make_draft()
    keep(anas, draft, summary="New.")
    anas.post(address(draft, "change"), form_of(draft, summary="New."))
    assert not UnsavedText.objects.exists()


def test_a_late_keeping_replaces_nothing(anas):
    draft = make_draft()
    keep(anas, draft, number=2, summary="Later.")
    keep(anas, draft, number=1, summary="Earlier.")
    assert UnsavedText.objects.get().contents["summary"] == "Later."


def test_an_empty_body_never_replaces_a_full_one(anas):
    draft = make_draft(body="<p>An hour of work.</p>")
    keep(anas, draft, body="")
    assert UnsavedText.objects.get().contents["body"] == "<p>An hour of work.</p>"
    keep(anas, draft, number=2, body="<p>More.</p>")
    keep(anas, draft, number=3, body="<p></p>")
    assert UnsavedText.objects.get().contents["body"] == "<p>More.</p>"


def test_a_body_is_emptied_on_the_second_press_alone(anas):
    draft = make_draft(body="<p>An hour of work.</p>")
    sent = form_of(draft, body="")
    refused = anas.post(address(draft, "change"), sent)
    assert "Save again to empty it" in refused.content.decode()
    draft.refresh_from_db()
    assert draft.body == "<p>An hour of work.</p>"
    anas.post(address(draft, "change"), sent | {"empty_body": refused.context["adminform"].form["empty_body"].value()})
    draft.refresh_from_db()
    assert draft.body == ""


@pytest.mark.parametrize("body", ["x" * 500_001, "<td" * 50_000, "<ol>" * 50_000], ids=["long", "cells", "lists"])
def test_a_body_beyond_the_limits_is_neither_kept_nor_saved_and_says_why(anas, body):
    draft = make_draft(body="<p>An hour of work.</p>")
    answer = keep(anas, draft, body=body)
    assert (answer.status_code, "Shorten it" in answer.json()["refused"]) == (413, True)
    assert not UnsavedText.objects.exists()
    page = anas.post(address(draft, "change"), form_of(draft, body=body))
    assert "Shorten it" in page.content.decode()
    draft.refresh_from_db()
    assert draft.body == "<p>An hour of work.</p>"


def test_what_is_kept_is_on_no_public_page(anas):
    release = make_release(slug="a-ruling")
    before = Client().get("/2015/03/a-ruling/").content
    keep(anas, release, headline="Quetzalcanary")
    assert Client().get("/2015/03/a-ruling/").content == before
    assert b"Quetzalcanary" not in Client().get("/").content


def test_who_is_signed_out_is_told_and_gets_a_new_token_after_signing_in(client):
    draft = make_draft()
    assert keep(client, draft).status_code == 403
    assert not UnsavedText.objects.exists()
    client.force_login(make_user("ana"))
    assert len(client.get(KEEP).json()["csrf"]) > 20


@pytest.mark.parametrize("changes", [{"number": "x"}, {"form_id": "x"}, {"number": ""}, {"number": "9" * 30}])
def test_a_broken_form_is_told_so(anas, changes):
    draft = make_draft()
    answer = anas.post(KEEP, form_of(draft) | {"release": draft.pk, "form_id": uuid.uuid4(), "number": 1} | changes)
    assert answer.status_code in (200, 400)


def test_what_may_not_be_changed_is_not_kept(bens):
    scheduled = make_scheduled()
    assert keep(bens, scheduled).status_code == 409
    assert bens.post(KEEP, {"release": "999999", "form_id": uuid.uuid4(), "number": 1}).status_code == 409
    assert not UnsavedText.objects.exists()


# --- Two people


def test_the_other_sees_who_typed_what_and_when_and_takes_it_over(anas, bens):
    draft = make_draft(summary="As it was.")
    keep(anas, draft, summary="Hers, half")
    page = bens.get(address(draft, "change"))
    assert "Ana Paz has unsaved text here from" in page.content.decode()
    assert page.context["adminform"].form["summary"].value() == "As it was."
    refused = keep(bens, draft, summary="His.")
    assert refused.status_code == 409
    assert "Ana Paz has unsaved text here" in refused.json()["refused"]
    assert "half" in bens.get(address(draft, "take-over")).content.decode()
    bens.post(address(draft, "take-over"))
    assert bens.get(address(draft, "change")).context["adminform"].form["summary"].value() == "Hers, half"
    assert "Ben Ruiz has unsaved text here" in keep(anas, draft, number=9, summary="Hers, and more").json()["refused"]


def test_who_else_is_here_and_who_saved_minutes_ago_is_told(anas, bens):
    draft = make_draft()
    anas.get(address(draft, "change"))
    assert "Ana Paz has this open too." in bens.get(address(draft, "change")).content.decode()
    assert anas.get(address(draft, "look-in")).json()["told"] == ["Ben Ruiz has this open too."]
    OpenForm.objects.update(seen_at=timezone.now() - publishing.STILL_OPEN)
    bens.post(address(draft, "change"), form_of(draft, summary="New."))
    told = anas.get(address(draft, "look-in")).json()["told"]
    assert len(told) == 1
    assert told[0].startswith("Ben Ruiz saved a change at ")


def test_a_stale_save_shows_both_texts_and_goes_on_with_what_is_chosen(anas, bens):
    daca, courts = make_topic("DACA"), make_topic("Courts", "Tribunales")
    draft = make_draft(headline="A ruling", summary="As it was.", dateline="Los Angeles", topics=(daca,))
    opened = draft.opened_as
    hers = form_of(draft, headline="A ruling", summary="Hers.", subhead="Her subhead", tags=[daca.pk], date="") | {"opened": opened}
    bens.post(address(draft, "change"), form_of(draft, headline="His ruling", summary="His.", tags=[courts.pk], date=""))
    page = anas.post(address(draft, "change"), hers)
    draft.refresh_from_db()
    assert (draft.summary, draft.topics) == ("His.", [courts])
    found = {conflict.name: conflict.suggested for conflict in page.context["conflicts"]}
    assert found == {"headline": "theirs", "summary": "mine", "subhead": "mine", "tags": "mine"}
    assert "<del>His</del><ins>Hers</ins>." in page.content.decode()
    chosen = {"choose_headline": "theirs", "choose_summary": "mine", "choose_subhead": "mine", "choose_tags": "theirs"}
    went_on = anas.post(address(draft, "put-together"), hers | chosen)
    assert went_on["Location"] == address(draft, "change")
    form = anas.get(address(draft, "change")).context["adminform"].form
    sent = {name: form[name].value() for name in ("headline", "summary", "subhead", "body", "dateline", "kind", "language", "opened")}
    assert (sent["headline"], sent["summary"], sent["subhead"]) == ("His ruling", "Hers.", "Her subhead")
    anas.post(address(draft, "change"), sent | {"tags": form["tags"].value(), "date": ""})
    draft.refresh_from_db()
    assert (draft.headline, draft.summary, draft.subhead, draft.topics) == ("His ruling", "Hers.", "Her subhead", [courts])


def test_a_stale_change_of_a_public_release_is_put_side_by_side_too(anas, bens):
    release = make_release(summary="As it was.")
    opened = release.opened_as
    bens.post(address(release, "change"), form_of(release, summary="His."))
    page = anas.post(address(release, "change"), form_of(release, summary="Hers.") | {"opened": opened})
    assert "<del>His</del><ins>Hers</ins>." in page.content.decode()
    assert WorkingCopy.objects.get().contents["summary"] == "His."


@pytest.mark.parametrize("opened", ["", "x", "0", "1.2", "1.x.y", "9" * 40, "1.2.3.4"])
def test_a_form_that_says_nothing_of_its_age_is_compared_too(anas, opened):
    draft = make_draft(summary="As it was.")
    page = anas.post(address(draft, "change"), form_of(draft, summary="Mine.", date="never") | {"opened": opened, "valid_until": "x"})
    assert page.status_code == 200
    assert "Mine" in page.content.decode()
    draft.refresh_from_db()
    assert draft.summary == "As it was."


def test_a_removed_name_is_not_typed_back_by_an_open_form(anas):
    draft = make_draft()
    keep(anas, draft, summary="About Quetzalina Nanez")
    publishing.erase("Quetzalina Nanez", by=make_user("petra"))
    answer = keep(anas, draft, number=2, summary="About Quetzalina Nanez, more")
    assert "A name was removed" in answer.json()["refused"]
    assert "Quetzalina" not in str(UnsavedText.objects.get().contents)


def test_unsaved_text_is_thrown_away_after_a_look(anas, bens):
    draft = make_draft()
    keep(anas, draft, summary="Hers.")
    assert "take the text over" in bens.post(address(draft, "discard-unsaved")).content.decode()
    anas.post(address(draft, "discard-unsaved"))
    assert not UnsavedText.objects.exists()


@pytest.mark.parametrize("action", ["take-over", "discard-unsaved"])
@pytest.mark.parametrize(("group", "state", "allowed"), [
    ("Writers", "draft", True),
    ("Publishers", "draft", True),
    ("Writers", "scheduled", False),
    ("Publishers", "scheduled", True),
    ("Writers", "public", True),
    ("Publishers", "public", True),
    ("Publishers", "withdrawn", False),
])  # fmt: skip
def test_only_who_may_write_takes_or_discards_unsaved_text(client, action, group, state, allowed):
    release = {"draft": make_draft, "scheduled": make_scheduled, "public": make_release, "withdrawn": make_withdrawn}[state]()
    typed_by = make_user("petra")
    user = make_user("walter", group)
    owner = user if action == "discard-unsaved" else typed_by
    UnsavedText.objects.create(release=release, by=owner, contents={"summary": "Typed for an hour."})
    client.force_login(user)
    answer = client.post(address(release, action))
    if allowed:
        assert answer.status_code == 302
        assert not UnsavedText.objects.filter(by=typed_by).exists()
    else:
        assert "can no longer be changed by you" in answer.content.decode()
        text = UnsavedText.objects.get()
        assert (text.by, text.contents) == (owner, {"summary": "Typed for an hour."})
