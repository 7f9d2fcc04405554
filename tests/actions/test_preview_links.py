"""Creating preview links: what is stored, which values are valid, and who may do it."""

import pytest
from django.utils import timezone

from releases.actions.errors import ActionNotAllowed
from releases.actions.preview_links import MAX_NOTES, approve_release, revoke_preview_link
from releases.models import Note, PreviewLink
from tests.factories import make_draft, make_release, make_withdrawn
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
