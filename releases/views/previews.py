"""A release as the public will see it, before it does: for the desk, and for the one person a link was made for.

Nothing else that is hidden stands on these pages, and nothing of who reads them is kept but the moment a link was first opened.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from releases import clock, publishing
from releases.models import Boilerplate, Document, MediaContact, Newsroom, Photo, PreviewLink, Release, Topic, WorkingCopy
from releases.views import photos, press, quoting, sharing
from releases.vocabulary import LinkKind

COOKIE = "preview"
LOOKS = {
    "page": "releases/release.html",
    "item": "releases/preview_item.html",
    "print": "releases/release.html",
    "shared": "releases/preview_shared.html",
}


def as_the_public_will_see(
    request: HttpRequest, release: Release, look: str = "page", *, base: str = "", documents: str = "", **context: Any
) -> HttpResponse:
    """`release` at hand, its working copy included, in the public templates and its own language: page, list item, print, or what others
    show of it where it is shared and followed. `base` and `documents` are where who reads it finds the files."""
    at = timezone.now()
    copy = WorkingCopy.of(release)
    newsroom = Newsroom.current()
    topics = list(Topic.objects.filter(pk__in=copy.tags) if copy else release.tags.all())
    if copy:
        release.take_over(copy.printed)
    release.date = release.date or clock.day_of(release.public_at or at)
    release.boilerplate = release.boilerplate or Boilerplate.text_on(release.date, release.language)
    figures = photos.figures_of(release, base=base or photos.desk_base())
    with translation.override(release.language):
        body, gallery = photos.with_photos(quoting.with_quotes(release, is_public=False), figures)
    release.known_topics = topics
    context = {
        "language": release.language,
        "at": at,
        "release": release,
        "body": body,
        "gallery": gallery,
        "figures": figures,
        "attached": photos.attached_to(
            release, documents or reverse("admin:releases_release_photos", args=[release.pk])[:-7] + "documents/"
        ),
        "is_over": release.is_over(at),
        "has_run_out": release.has_run_out(at),
        "is_old": newsroom.is_old(release, at),
        "newsroom": newsroom,
        "contacts": press.contacts_of(release, newsroom, at, MediaContact.objects.in_bulk(release.contacts)),
        "is_release": look in ("page", "print"),
        "shows_legal_help": look in ("page", "print") and sharing.shows_legal_help(release, newsroom),
        "site": settings.SITE_URL,
        "corrections": release.corrections.all() if release.corrected_at else [],
        "page": Paginator([release], 1).page(1),
        "preview": {
            "look": look if look in LOOKS else "page",
            "moment": release.public_at,
            "is_embargoed": release.is_embargoed,
            "is_public": release.is_public(at) and not copy,
        },
    } | context
    if look == "card":
        with translation.override(release.language):
            return HttpResponse(sharing.card_of(release), content_type="image/png")
    with translation.override(release.language):
        context["entry"] = sharing.entry(release) if look == "shared" else None
        response = render(request, LOOKS.get(look, LOOKS["page"]), context)
    response.headers["Content-Language"] = str(release.language)
    return response


# --- By a link ----------------------------------------------------------------------------------------------------------

SECRET_HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer"}

View = Callable[..., HttpResponse]


def secretly(view: View) -> View:
    """For pages behind a secret: kept by nothing, found by nothing, and telling no other site where they were."""

    @csrf_exempt  # the secret is what a form could prove
    @wraps(view)
    def page(request: HttpRequest, **words: Any) -> HttpResponse:
        response = view(request, **words)
        for name, value in SECRET_HEADERS.items():
            response[name] = value
        return response

    return page


@secretly
@require_http_methods(["GET", "HEAD", "POST"])
def open_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Says what it is and no word of it; the press of the button counts, and takes the secret out of the address."""
    link = publishing.link_of(secret)
    if link is None:
        raise Http404
    if request.method == "POST":
        publishing.note_opening(link)
        response = HttpResponseRedirect(reverse("read-link", args=[link.reference]))
        response.set_cookie(
            COOKIE,
            secret,
            expires=link.expires_at,
            path=reverse("read-link", args=[link.reference]),
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
        return response
    with translation.override(link.release.language):
        context = {"language": link.release.language, "link": link, "moment": link.release.public_at}
        return render(request, "releases/open_link.html", context)


@secretly
@require_http_methods(["GET", "HEAD"])
def read_link(request: HttpRequest, reference: str) -> HttpResponse:
    link = _opened(request, reference)
    base = reverse("read-link", args=[reference]) + "photos/"
    take = {"txt": reverse("read-text", args=[reference])}
    documents = reverse("read-link", args=[reference]) + "documents/"
    approves = link.kind == LinkKind.APPROVER
    return as_the_public_will_see(request, link.release, base=base, documents=documents, link=link, take=take, approves=approves)


@secretly
@require_http_methods(["GET", "HEAD"])
def read_document(request: HttpRequest, reference: str, name: str) -> HttpResponse:
    """A document that the text of this link offers, and no other's."""
    here = [one["document"] for one in publishing.photos_at_hand(_opened(request, reference).release, "attachments")]
    document = Document.objects.filter(pk__in=here, name=name).first()
    if document is None:
        raise Http404
    return photos.document_of(document, "document")


@secretly
@require_http_methods(["GET", "HEAD"])
def read_text(request: HttpRequest, reference: str) -> HttpResponse:
    """The text of this link to copy; it begins with what holds it back."""
    release, at = _opened(request, reference).release, timezone.now()
    if copy := WorkingCopy.of(release):
        release.take_over(copy.printed)
    release.date = release.date or clock.day_of(release.public_at or at)
    release.boilerplate = release.boilerplate or Boilerplate.text_on(release.date, release.language)
    contacts = press.contacts_of(release, Newsroom.current(), at, MediaContact.objects.in_bulk(release.contacts))
    return press.as_text(press.text_of(release, "txt", contacts, at), "txt")


@secretly
@require_http_methods(["GET", "HEAD"])
def read_photo(request: HttpRequest, reference: str, name: str, file: str) -> HttpResponse:
    """A file of a photo that the text of this link shows, and no other's."""
    shown = [one["photo"] for one in publishing.photos_at_hand(_opened(request, reference).release)]
    return photos.file_of(request, Photo.objects.filter(pk__in=shown, name=name).first(), file)


@secretly
@require_http_methods(["POST"])
def approve_link(request: HttpRequest, reference: str) -> HttpResponse:
    link = _opened(request, reference)
    if link.kind != LinkKind.APPROVER:
        raise Http404
    publishing.approve(link, text=request.POST.get("text", ""))
    return HttpResponseRedirect(reverse("read-link", args=[reference]))


def _opened(request: HttpRequest, reference: str) -> PreviewLink:
    """The link of this address, when its secret came with the request and it still holds."""
    link = publishing.link_of(request.COOKIES.get(COOKIE, ""))
    if link is None or link.reference != reference:
        raise Http404
    return link
