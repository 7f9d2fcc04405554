"""A release read through a preview link before it is public."""

import secrets

import pytest
from django.test import Client
from django.utils import timezone

from releases.actions.preview_links import revoke_preview_link
from releases.actions.withdrawal import withdraw
from releases.models import PreviewLink
from tests.factories import CANARY, make_draft, make_topic
from tests.views import make_link, open_link, read_preview

pytestmark = pytest.mark.django_db


def test_preview_link_shows_nothing_before_it_is_opened(embargoed_release, publisher):
    link, secret = make_link(embargoed_release, publisher)
    page = Client().get(f"/preview/{secret}/")
    assert page.status_code == 200
    assert "Embargoed until" in page.content.decode()
    assert CANARY not in page.content.decode()
    assert read_preview(Client(), link) == "HTTP 404"
    link.refresh_from_db()
    assert link.opened_at is None


def test_opening_a_preview_link_sets_a_cookie_and_records_the_time(embargoed_release, publisher):
    link, secret = make_link(embargoed_release, publisher)
    reader = Client()
    response = reader.post(f"/preview/{secret}/")
    assert response["Location"] == f"/preview/read/{link.reference}/"
    cookie = response.cookies["preview"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (
        f"/preview/read/{link.reference}/",
        True,
        "Lax",
    )
    assert secret not in response["Location"]
    page = read_preview(reader, link)
    assert f"{CANARY} summary" in page
    assert "Embargoed until" in page
    link.refresh_from_db()
    opened_at = link.opened_at
    assert opened_at
    open_link(secret)
    link.refresh_from_db()
    assert link.opened_at == opened_at


def test_preview_pages_are_not_cached_or_indexed(embargoed_release, publisher):
    link, secret = make_link(embargoed_release, publisher)
    reader = open_link(secret)
    for response in (
        reader.get(f"/preview/{secret}/"),
        reader.post(f"/preview/{secret}/"),
        reader.get(f"/preview/read/{link.reference}/"),
    ):
        assert response["Cache-Control"] == "no-store"
        assert "noindex" in response["X-Robots-Tag"]
        assert response["Referrer-Policy"] == "no-referrer"
    assert 'content="noindex' in reader.get(f"/preview/read/{link.reference}/").content.decode()


@pytest.mark.parametrize("end", ["revoked", "expired", "published", "withdrawn", "deleted"])
def test_ended_preview_link_returns_the_same_404_as_an_unknown_link(embargoed_release, publisher, end):
    link, secret = make_link(embargoed_release, publisher)
    reader = open_link(secret)
    assert CANARY in read_preview(reader, link)
    match end:
        case "revoked":
            revoke_preview_link(link, user=publisher)
        case "expired":
            PreviewLink.objects.update(expires_at=timezone.now())
        case "published":
            type(embargoed_release).objects.filter(pk=embargoed_release.pk).update(public_at=timezone.now())
        case "withdrawn":
            type(embargoed_release).objects.filter(pk=embargoed_release.pk).update(public_at=timezone.now())
            withdraw(embargoed_release, user=publisher)
        case "deleted":
            embargoed_release.delete()
    unknown = Client().get(f"/preview/{secrets.token_urlsafe(32)}/")
    for response in (
        reader.get(f"/preview/{secret}/"),
        reader.post(f"/preview/{secret}/"),
        reader.get(f"/preview/read/{link.reference}/"),
    ):
        assert (response.status_code, response.content) == (404, unknown.content)


def test_preview_secret_does_not_open_another_release(embargoed_release, publisher):
    other_release = make_draft(headline="Another hidden one")
    link, secret = make_link(embargoed_release, publisher)
    other_link, _secret = make_link(other_release, publisher)
    reader = open_link(secret)
    reader.cookies["preview"]["path"] = "/"
    assert read_preview(reader, other_link) == "HTTP 404"
    assert "Another hidden one" not in read_preview(reader, link)


def test_preview_does_not_show_other_hidden_content(embargoed_release, publisher):
    topic = make_topic("Hidden topic", "Tema oculto")
    make_draft(headline="Another hidden one", topics=(topic,), date="2015-03-05")
    embargoed_release.current_notice = make_draft(headline="A hidden notice", kind="service_notice")
    embargoed_release.kind, embargoed_release.valid_until = "service_notice", "2015-03-05"
    embargoed_release.save()
    link, secret = make_link(embargoed_release, publisher)
    page = read_preview(open_link(secret), link)
    for text in ("Another hidden one", "A hidden notice", "Hidden topic"):
        assert text not in page


@pytest.mark.one_database
def test_guessed_preview_secrets_return_404(embargoed_release, publisher):
    link, secret = make_link(embargoed_release, publisher)
    guesses = [secrets.token_urlsafe(32) for _guess in range(300)]
    guesses += [
        secret[:-1],
        secret + "A",
        secret.lower(),
        secret.swapcase(),
        link.digest,
        link.reference,
        "x" * 5000,
        "..%2f",
        "%00",
    ]
    assert {Client().get(f"/preview/{guess}/").status_code for guess in guesses} <= {404, 400}
    for guess in guesses[:50]:
        reader = Client()
        reader.cookies["preview"] = guess
        assert read_preview(reader, link) == "HTTP 404"


def test_preview_of_a_spanish_release_is_in_spanish(publisher):
    draft = make_draft(language="es", headline="Un fallo")
    link, secret = make_link(draft, publisher, kind="approver")
    assert "Borrador para aprobar" in Client().get(f"/preview/{secret}/").content.decode()
    page = open_link(secret).get(f"/preview/read/{link.reference}/")
    assert page["Content-Language"] == "es"
    assert '<html lang="es">' in page.content.decode()
