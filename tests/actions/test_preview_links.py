"""Creating preview links: what is stored, which values are valid, and who may do it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from releases.actions.errors import ActionNotAllowed
from releases.actions.preview_links import (
    MAX_NOTES,
    approve_release,
    extend_preview_link,
    find_extension,
    revoke_preview_link,
)
from releases.models import Note, PreviewLink
from tests.factories import make_draft, make_release, make_scheduled, make_withdrawn
from tests.views import approve, make_link

pytestmark = pytest.mark.django_db


def test_only_the_digest_of_a_preview_secret_is_stored(embargoed_release, publisher):
    link, secret = make_link(embargoed_release, publisher)
    assert len(secret) >= 43  # 256 bits
    assert secret not in str(PreviewLink.objects.filter(pk=link.pk).values().get())


@pytest.mark.parametrize(("hours", "label"), [(73, "Ana"), (0, "Ana"), (24, " \x01 ")])
def test_preview_link_with_invalid_hours_or_label_is_rejected(embargoed_release, publisher, hours, label):
    with pytest.raises(ActionNotAllowed):
        make_link(embargoed_release, publisher, hours=hours, label=label)


@pytest.mark.parametrize("make", [make_release, make_withdrawn])
def test_published_or_withdrawn_release_cannot_have_preview_links(make, publisher):
    with pytest.raises(ActionNotAllowed, match="nothing to preview"):
        make_link(make(), publisher)


def test_writers_can_create_preview_links_only_for_approvers(embargoed_release, writer):
    with pytest.raises(ActionNotAllowed, match="publishers"):
        make_link(embargoed_release, writer)
    assert make_link(embargoed_release, writer, kind="approver")


def test_reporters_link_is_extended_in_steps_until_the_embargo_ends(publisher, monkeypatch):
    release = make_scheduled(public_at=timezone.now() + timedelta(days=5), is_embargoed=True)
    link, _secret = make_link(release, publisher, hours=72)
    with pytest.raises(ActionNotAllowed, match="as long as it can for now"):
        extend_preview_link(link, user=publisher)
    later = timezone.now() + timedelta(hours=70)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert extend_preview_link(link, user=publisher) == release.public_at  # 50 hours later
    link.refresh_from_db()
    assert link.ends_at == link.expires_at == release.public_at
    with pytest.raises(ActionNotAllowed, match="as long as it can"):
        extend_preview_link(link, user=publisher)


def test_an_extension_lasts_72_hours_at_most(publisher):
    release = make_scheduled(public_at=timezone.now() + timedelta(days=10), is_embargoed=True)
    link, _secret = make_link(release, publisher, hours=1)
    ends_at = extend_preview_link(link, user=publisher)
    assert timedelta(hours=71) < ends_at - timezone.now() <= timedelta(hours=72)


@pytest.mark.parametrize(
    ("kind", "is_embargoed", "changes", "refusal"),
    [
        ("approver", True, {}, "Only a reporter's link"),
        ("reporter", False, {}, "Only a reporter's link"),
        ("reporter", True, {"revoked_at": timezone.now()}, "no longer works"),
        ("reporter", True, {"expires_at": timezone.now()}, "no longer works"),
    ],
)
def test_other_links_cannot_be_extended(publisher, kind, is_embargoed, changes, refusal):
    link, _secret = make_link(make_scheduled(is_embargoed=is_embargoed), publisher, kind=kind, hours=1)
    PreviewLink.objects.filter(pk=link.pk).update(**changes)
    with pytest.raises(ActionNotAllowed, match=refusal):
        extend_preview_link(link, user=publisher)
    link.refresh_from_db()
    assert find_extension(link) is None


def test_writers_cannot_extend_a_link_and_nobody_that_of_a_public_release(
    embargoed_release, publisher, writer
):
    link, _secret = make_link(embargoed_release, publisher, hours=1)
    with pytest.raises(ActionNotAllowed, match="publishers"):
        extend_preview_link(link, user=writer)
    embargoed_release.public_at = timezone.now()
    embargoed_release.save()
    with pytest.raises(ActionNotAllowed, match="no longer works"):
        extend_preview_link(link, user=publisher)


def test_notes_by_one_link_are_limited_and_name_its_creator(publisher, writer):
    draft = make_draft()
    link, _secret = make_link(draft, writer, kind="approver", label="Director")
    other, _secret = make_link(draft, publisher, kind="approver", label="Lawyer")
    approve_release(link)
    for number in range(MAX_NOTES - 1):
        approve_release(link, text=f"Comment {number}")
    approve_release(link)  # another click without a comment adds nothing
    with pytest.raises(ActionNotAllowed, match=f"accepts {MAX_NOTES} comments"):
        approve_release(link, text="One too many")
    assert Note.objects.count() == MAX_NOTES
    revoke_preview_link(link, user=publisher)
    again, _secret = make_link(draft, writer, kind="approver", label="Director")
    approve_release(again)  # another link for the same person counts for itself
    approve_release(other, text="Mine.")
    assert Note.objects.latest("pk").text == "Approved by Lawyer through a link that petra created. Mine."


def test_refused_comment_is_shown_to_its_author(client, publisher, monkeypatch):
    monkeypatch.setattr("releases.actions.preview_links.MAX_NOTES", 0)
    link, secret = make_link(make_draft(), publisher, kind="approver", label="Director")
    client.post(f"/preview/{secret}/")
    response = approve(client, link, "The words that I typed.")
    assert response.status_code == 403
    assert "The words that I typed." in response.content.decode()
    assert "Write to the person who sent it to you." in response.content.decode()
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("end", ["revoked", "expired", "deleted"])
def test_approval_through_a_link_that_ended_meanwhile_is_refused(publisher, end):
    link, _secret = make_link(make_draft(), publisher, kind="approver", label="Director")
    rows = PreviewLink.objects.filter(pk=link.pk)
    if end == "deleted":
        rows.delete()
    else:
        rows.update(**{"revoked_at" if end == "revoked" else "expires_at": timezone.now()})
    with pytest.raises(ActionNotAllowed, match="no longer valid"):
        approve_release(link)
    assert not Note.objects.exists()
