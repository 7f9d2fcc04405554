"""A release before the public reads it: for the desk, and for the one person a link was made for; for nobody else."""

import re
import secrets

import pytest
from django.test import Client
from django.utils import timezone

from releases import publishing
from releases.models import Note, PreviewLink, User
from releases.publishing import Refusal
from tests.admin import LIST, address
from tests.builders import make_draft, make_release, make_scheduled, make_topic, make_user, make_withdrawn

pytestmark = pytest.mark.django_db

CANARY = "Quetzalcanary"


@pytest.fixture
def draft():
    return make_scheduled(headline=f"{CANARY} headline", summary=f"{CANARY} summary", is_embargoed=True)


def made(release, by, kind="reporter", hours=24, label="Ana Paz, La Opinión"):
    return publishing.make_link(release, by=by, label=label, kind=kind, hours=hours)


def opened(secret: str) -> Client:
    """A reader who pressed “open”."""
    reader = Client()
    reader.post(f"/preview/{secret}/")
    return reader


def seen(reader: Client, link: PreviewLink) -> str:
    response = reader.get(f"/preview/read/{link.reference}/")
    return response.content.decode() if response.status_code == 200 else f"HTTP {response.status_code}"


# --- Links


def test_the_address_alone_tells_nothing_and_counts_for_nothing(draft, publisher):
    link, secret = made(draft, publisher)
    page = Client().get(f"/preview/{secret}/")
    assert page.status_code == 200
    assert "Embargoed until" in page.content.decode()
    assert CANARY not in page.content.decode()
    assert seen(Client(), link) == "HTTP 404"
    link.refresh_from_db()
    assert link.opened_at is None


def test_a_press_opens_it_takes_the_secret_out_of_the_address_and_is_told(draft, publisher):
    link, secret = made(draft, publisher)
    reader = Client()
    pressed = reader.post(f"/preview/{secret}/")
    assert pressed["Location"] == f"/preview/read/{link.reference}/"
    cookie = pressed.cookies["preview"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (f"/preview/read/{link.reference}/", True, "Lax")
    assert secret not in pressed["Location"]
    page = seen(reader, link)
    assert f"{CANARY} summary" in page
    assert "Embargoed until" in page
    link.refresh_from_db()
    first = link.opened_at
    assert first
    opened(secret)
    link.refresh_from_db()
    assert link.opened_at == first


def test_its_pages_are_kept_and_found_by_nothing(draft, publisher):
    link, secret = made(draft, publisher)
    reader = opened(secret)
    for response in (reader.get(f"/preview/{secret}/"), reader.post(f"/preview/{secret}/"), reader.get(f"/preview/read/{link.reference}/")):
        assert response["Cache-Control"] == "no-store"
        assert "noindex" in response["X-Robots-Tag"]
        assert response["Referrer-Policy"] == "no-referrer"
    assert 'content="noindex' in reader.get(f"/preview/read/{link.reference}/").content.decode()


def test_only_the_digest_is_kept(draft, publisher):
    link, secret = made(draft, publisher)
    assert len(secret) >= 43  # 256 bits
    assert secret not in str(PreviewLink.objects.filter(pk=link.pk).values().get())


@pytest.mark.parametrize("end", ["revoked", "expired", "published", "withdrawn", "deleted"])
def test_a_link_that_ended_is_as_if_it_had_never_been(draft, publisher, end):
    link, secret = made(draft, publisher)
    reader = opened(secret)
    assert CANARY in seen(reader, link)
    match end:
        case "revoked":
            publishing.revoke_link(link, by=publisher)
        case "expired":
            PreviewLink.objects.update(expires_at=timezone.now())
        case "published":
            type(draft).objects.filter(pk=draft.pk).update(public_at=timezone.now())
        case "withdrawn":
            type(draft).objects.filter(pk=draft.pk).update(public_at=timezone.now())
            publishing.withdraw(draft, by=publisher)
        case "deleted":
            draft.delete()
    never = Client().get(f"/preview/{secrets.token_urlsafe(32)}/")
    for response in (reader.get(f"/preview/{secret}/"), reader.post(f"/preview/{secret}/"), reader.get(f"/preview/read/{link.reference}/")):
        assert (response.status_code, response.content) == (404, never.content)


def test_the_secret_of_one_release_opens_no_other(draft, publisher):
    other = make_draft(headline="Another hidden one")
    mine, secret = made(draft, publisher)
    theirs, _secret = made(other, publisher)
    reader = opened(secret)
    reader.cookies["preview"]["path"] = "/"
    assert seen(reader, theirs) == "HTTP 404"
    assert "Another hidden one" not in seen(reader, mine)


def test_a_preview_shows_nothing_else_that_is_hidden(draft, publisher):
    topic = make_topic("Hidden topic", "Tema oculto")
    make_draft(headline="Another hidden one", topics=(topic,), date="2015-03-05")
    draft.current_notice = make_draft(headline="A hidden notice", kind="service_notice")
    draft.kind, draft.valid_until = "service_notice", "2015-03-05"
    draft.save()
    link, secret = made(draft, publisher)
    page = seen(opened(secret), link)
    for hidden in ("Another hidden one", "A hidden notice", "Hidden topic"):
        assert hidden not in page


def test_guesses_get_nowhere(draft, publisher):
    link, secret = made(draft, publisher)
    guesses = [secrets.token_urlsafe(32) for _guess in range(300)]
    guesses += [secret[:-1], secret + "A", secret.lower(), secret.swapcase(), link.digest, link.reference, "x" * 5000, "..%2f", "%00"]
    assert {Client().get(f"/preview/{guess}/").status_code for guess in guesses} <= {404, 400}
    for guess in guesses[:50]:
        reader = Client()
        reader.cookies["preview"] = guess
        assert seen(reader, link) == "HTTP 404"


def test_an_approver_approves_with_a_word(publisher, writer):
    draft = make_draft(headline="A statement")
    link, secret = made(draft, writer, kind="approver", label="Director")
    reader = opened(secret)
    assert "Approve" in seen(reader, link)
    reader.post(f"/preview/read/{link.reference}/approve/", {"text": "Good. Add the date."})
    link.refresh_from_db()
    assert link.approved_at
    assert Note.objects.get().text == "Approved by Director, by link. Good. Add the date."
    assert "You approved it." in seen(reader, link)
    reader.post(f"/preview/read/{link.reference}/approve/")
    assert Note.objects.count() == 1


def test_a_reporter_approves_nothing(draft, publisher):
    link, secret = made(draft, publisher)
    reader = opened(secret)
    assert reader.post(f"/preview/read/{link.reference}/approve/").status_code == 404
    assert Client().post(f"/preview/read/{link.reference}/approve/").status_code == 404
    assert not Note.objects.exists()


def test_a_spanish_text_is_offered_in_spanish(publisher):
    draft = make_draft(language="es", headline="Un fallo")
    link, secret = made(draft, publisher, kind="approver")
    assert "Borrador para aprobar" in Client().get(f"/preview/{secret}/").content.decode()
    page = opened(secret).get(f"/preview/read/{link.reference}/")
    assert page["Content-Language"] == "es"
    assert '<html lang="es">' in page.content.decode()


@pytest.mark.parametrize(("hours", "label"), [(73, "Ana"), (0, "Ana"), (24, " \x01 ")])
def test_a_link_that_cannot_be_is_refused(draft, publisher, hours, label):
    with pytest.raises(Refusal):
        made(draft, publisher, hours=hours, label=label)


@pytest.mark.parametrize("make", [make_release, make_withdrawn])
def test_what_is_decided_has_no_links(make, publisher):
    with pytest.raises(Refusal, match="nothing to preview"):
        made(make(), publisher)


def test_writers_make_links_for_approvers_alone(draft, writer):
    with pytest.raises(Refusal, match="publishers"):
        made(draft, writer)
    assert made(draft, writer, kind="approver")


# --- At the desk


def test_a_link_is_shown_once_and_revoked(desk, draft):
    url = f"{LIST}{draft.pk}/links/"
    page = desk.post(url, {"label": "Ana Paz", "kind": "reporter", "hours": "24"}).content.decode()
    secret = re.search(r"/preview/([\w-]{43})/", page)[1]
    assert CANARY in seen(opened(secret), PreviewLink.objects.get())
    listed = desk.get(url).content.decode()
    assert secret not in listed
    assert "opened" in listed
    desk.post(f"{url}{PreviewLink.objects.get().pk}/revoke/")
    assert "revoked" in desk.get(url).content.decode()
    assert Client().get(f"/preview/{secret}/").status_code == 404


def test_a_second_press_makes_no_second_link(desk, draft):
    url = f"{LIST}{draft.pk}/links/"
    sent = {"label": "Ana Paz", "kind": "reporter", "hours": "24", "form": desk.get(url).context["form"]["form"].value()}
    desk.post(url, sent)
    assert "made already" in desk.post(url, sent).content.decode()
    assert PreviewLink.objects.count() == 1


@pytest.mark.parametrize("look", ["page", "item", "print", "anything"])
def test_the_desk_sees_what_the_public_will_see(desk, look):
    daca = make_topic("DACA")
    draft = make_draft(headline="A ruling", summary="Families stay.", topics=(daca,))
    page = desk.get(f"{address(draft, 'preview')}?look={look}").content.decode()
    for words in ("A ruling", "Families stay.", "DACA", "as the public will see it"):
        assert words in page


def test_the_preview_of_a_public_release_shows_its_change(desk, publisher):
    release = make_release(headline="A ruling")
    publishing.write_change(release, by=publisher, printed=release.printed() | {"headline": "Another ruling"}, tags=[make_topic("DACA").pk])
    page = desk.get(address(release, "preview")).content.decode()
    assert "Another ruling" in page
    assert "DACA" in page
    release.refresh_from_db()
    assert release.headline == "A ruling"


def test_the_printed_look_has_the_style_of_paper(desk):
    style = desk.get(f"{LIST}print.css")
    assert style["Content-Type"] == "text/css"
    assert "@media screen, print" in style.content.decode()
    assert Client().get(f"{LIST}print.css").status_code == 302


def test_a_preview_of_what_is_not_there_leads_back(desk):
    assert desk.get(f"{LIST}999999/preview/").status_code == 302
    assert desk.get(f"{LIST}999999/links/").status_code == 302


def test_nobody_else_sees_it(client):
    draft = make_draft(headline=f"{CANARY} headline")
    client.force_login(make_user("ana", ""))
    for door in ("preview", "links"):
        response = client.get(address(draft, door))
        assert response.status_code == 403
        assert CANARY not in response.content.decode()


def test_the_preview_shows_what_others_show_of_it(desk):
    draft = make_draft(headline="Card & headline", summary="Sum.", subhead="Sub.")
    url = f"/admin/releases/release/{draft.pk}/preview/"
    page = desk.get(f"{url}?look=shared").content.decode()
    assert '<img src="?look=card"' in page
    assert "<em>Sub.</em>" in page
    assert desk.get(f"{url}?look=card").content.startswith(b"\x89PNG")


def test_what_to_send_stands_ready_in_both_languages_once_both_are_public(desk):
    release = make_release(headline="Ruling", summary="Sum.")
    other = make_draft(headline="Fallo", language="es", pair=release.pair, summary="Suma.")
    url = f"/admin/releases/release/{release.pk}/tell/"
    page = desk.get(url).content.decode()
    assert release.get_absolute_url() in page
    assert "*Ruling*" in page
    assert "Fallo" not in page
    publishing.publish(other, by=User.objects.get(username="petra"))
    page = desk.get(url).content.decode()
    assert "*Fallo*" in page
    assert "Lea el comunicado completo:" in page
    assert "Read the whole release:" in page


def test_there_is_nothing_to_send_of_what_is_not_public(desk):
    draft = make_draft()
    page = desk.get(f"/admin/releases/release/{draft.pk}/tell/").content.decode()
    assert "nothing to send" in page
    assert "textarea" not in page
