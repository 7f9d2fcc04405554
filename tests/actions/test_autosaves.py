"""Autosaved text: order, owner, permissions and redacted names."""

import uuid

import pytest
from django.utils import timezone

from releases.actions import autosaves
from releases.actions.autosaves import SESSION_TIMEOUT
from releases.actions.errors import ActionNotAllowed
from releases.actions.redaction import redact
from releases.models import Autosave, EditingSession
from tests.admin import AUTOSAVE_URL, admin_url, form_data, post_autosave
from tests.factories import make_draft, make_release, make_scheduled, make_user, make_withdrawn

pytestmark = pytest.mark.django_db


def test_out_of_order_autosave_is_ignored(ana_client):
    draft = make_draft()
    post_autosave(ana_client, draft, sequence=2, summary="Later.")
    post_autosave(ana_client, draft, sequence=1, summary="Earlier.")
    assert Autosave.objects.get().data["summary"] == "Later."


def test_autosave_with_an_empty_body_keeps_the_previous_body(ana_client):
    draft = make_draft(body="<p>An hour of work.</p>")
    post_autosave(ana_client, draft, body="")
    assert Autosave.objects.get().data["body"] == "<p>An hour of work.</p>"
    post_autosave(ana_client, draft, sequence=2, body="<p>More.</p>")
    post_autosave(ana_client, draft, sequence=3, body="<p></p>")
    assert Autosave.objects.get().data["body"] == "<p>More.</p>"


def test_autosave_is_refused_for_releases_the_user_cannot_edit(ben_client):
    scheduled = make_scheduled()
    assert post_autosave(ben_client, scheduled).status_code == 409
    assert (
        ben_client.post(
            AUTOSAVE_URL, {"release": "999999", "client_id": uuid.uuid4(), "sequence": 1}
        ).status_code
        == 409
    )
    assert not Autosave.objects.exists()


def test_form_shows_other_editors_and_recent_saves(ana_client, ben_client):
    draft = make_draft()
    ana_client.get(admin_url(draft, "change"))
    assert (
        "Ana Paz also has this release open." in ben_client.get(admin_url(draft, "change")).content.decode()
    )
    assert ana_client.get(admin_url(draft, "ping")).json()["messages"] == [
        "Ben Ruiz also has this release open."
    ]
    EditingSession.objects.update(last_seen_at=timezone.now() - SESSION_TIMEOUT)
    ben_client.post(admin_url(draft, "change"), form_data(draft, summary="New."))
    messages = ana_client.get(admin_url(draft, "ping")).json()["messages"]
    assert len(messages) == 1
    assert messages[0].endswith("Ben Ruiz saved a change.")


def test_autosave_cannot_write_back_a_redacted_name(ana_client):
    draft = make_draft()
    post_autosave(ana_client, draft, summary="About Quetzalina Nanez")
    redact("Quetzalina Nanez", user=make_user("petra"))
    response = post_autosave(ana_client, draft, sequence=2, summary="About Quetzalina Nanez, more")
    assert "A name was removed" in response.json()["error"]
    assert "Quetzalina" not in str(Autosave.objects.get().data)


def test_autosave_can_be_discarded_only_by_its_owner(ana_client, ben_client):
    draft = make_draft()
    post_autosave(ana_client, draft, summary="Hers.")
    assert "Continue that text" in ben_client.post(admin_url(draft, "discard-autosave")).content.decode()
    ana_client.post(admin_url(draft, "discard-autosave"))
    assert not Autosave.objects.exists()


@pytest.mark.parametrize("action", ["claim-autosave", "discard-autosave"])
@pytest.mark.parametrize(("group", "state", "allowed"), [
    ("Writers", "draft", True),
    ("Publishers", "draft", True),
    ("Writers", "scheduled", False),
    ("Publishers", "scheduled", True),
    ("Writers", "public", True),
    ("Publishers", "public", True),
    ("Publishers", "withdrawn", False),
])  # fmt: skip
def test_only_users_who_can_edit_can_claim_or_discard_an_autosave(client, action, group, state, allowed):
    release = {
        "draft": make_draft,
        "scheduled": make_scheduled,
        "public": make_release,
        "withdrawn": make_withdrawn,
    }[state]()
    typed_by = make_user("petra")
    user = make_user("walter", group)
    owner = user if action == "discard-autosave" else typed_by
    Autosave.objects.create(release=release, user=owner, data={"summary": "Typed for an hour."})
    client.force_login(user)
    response = client.post(admin_url(release, action))
    if allowed:
        assert response.status_code == 302
        assert not Autosave.objects.filter(user=typed_by).exists()
    else:
        assert "You can no longer change this release" in response.content.decode()
        text = Autosave.objects.get()
        assert (text.user, text.data) == (owner, {"summary": "Typed for an hour."})


def test_unsaved_texts_are_limited_in_number_and_age(ana_client, monkeypatch):
    monkeypatch.setattr(autosaves, "MAX_NEW", 3)
    old = post_and_get(ana_client, "Old")
    Autosave.objects.filter(pk=old.pk).update(changed_at=timezone.now() - autosaves.MAX_AGE)
    kept = [post_and_get(ana_client, f"Text {number}") for number in range(5)][-3:]
    draft = make_draft()
    post_autosave(ana_client, draft, summary="Of a draft.")
    assert set(Autosave.objects.filter(release=None)) == set(kept)
    assert Autosave.objects.filter(release=draft).exists()


def post_and_get(client, headline: str) -> Autosave:
    client_id = uuid.uuid4()
    post_autosave(client, client_id=client_id, headline=headline)
    return Autosave.objects.get(client_id=client_id)


def test_dashboard_shows_unsaved_texts_and_how_long_they_are_kept(ana_client, ben_client):
    for number in range(3):
        post_and_get(ana_client, f"Text {number}")
    post_and_get(ben_client, "Not hers")
    page = ana_client.get("/admin/").content.decode()
    assert page.count("Unsaved text") == page.count("kept until") == 3
    assert "Not hers" not in page


@pytest.mark.parametrize(
    ("fields", "link"),
    [
        ({"headline": "A ruling", "summary": "The court said."}, "A ruling"),
        ({"headline": "", "summary": "The court said."}, "The court said."),
        (
            {"headline": "", "summary": "word " * 30},
            "word word word word word word word word word word word word…",
        ),
        ({"headline": "", "summary": "", "body": "<p>Only a body.</p>"}, "No headline yet"),
    ],
)
def test_dashboard_names_unsaved_text(ana_client, fields, link):
    post_autosave(ana_client, client_id=uuid.uuid4(), **fields)
    assert f">{link}</a>" in ana_client.get("/admin/").content.decode()


@pytest.mark.parametrize("make", [make_scheduled, make_withdrawn])
def test_action_on_unsaved_text_asks_who_may_write(make, writer):
    with pytest.raises(ActionNotAllowed, match="can no longer change"):
        autosaves.autosave(user=writer, data={"body": ""}, sequence=1, release=make())
