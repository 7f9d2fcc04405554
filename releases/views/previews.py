"""Previews of a release before it is public, in the admin and by private links.

They show no other hidden release. Of the reader they record only when a link was first opened.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from releases.accounts import attempts
from releases.actions.errors import ActionNotAllowed
from releases.actions.photos import get_current_photos
from releases.actions.preview_links import (
    MAX_HOURS,
    approve_release,
    get_approver_link,
    get_preview_link,
    is_known_secret,
    record_opening,
)
from releases.models import (
    Boilerplate,
    Document,
    MediaContact,
    NewsroomSettings,
    Organization,
    PendingRevision,
    Photo,
    PreviewLink,
    Release,
    Topic,
    User,
)
from releases.text import localtime
from releases.text.choices import LinkKind
from releases.views import photos, press, quotes, sharing
from releases.views.figures import get_figures, get_lead, get_share_figure, place_photos, wrap_tables
from releases.views.signers import build_signers

COOKIE_NAME = "preview"
APPROVAL_SALT = "approval through a preview link"
TEMPLATES = {
    "page": "releases/release.html",
    "item": "releases/preview_list.html",
    "print": "releases/release.html",
    "shared": "releases/preview_sharing.html",
}


def render_preview(
    request: HttpRequest,
    release: Release,
    look: str = "page",
    *,
    photo_base_url: str,
    document_base_url: str,
    topic_ids: list[int] | None = None,
    **context: Any,
) -> HttpResponse:
    """Render `release` with its pending revision, in the public templates and its own language.

    `look` is "page", "item" (of a list), "print", "shared" (share cards and feed entry) or "card" (share
    image). Unknown ones are "page". `photo_base_url` and `document_base_url` are where this reader can
    load the files. With `topic_ids`, the text of `release` is rendered as it is in memory, with these topics.
    `release` is changed in memory.
    """
    context = (
        build_preview_context(
            release,
            look,
            photo_base_url=photo_base_url,
            document_base_url=document_base_url,
            topic_ids=topic_ids,
        )
        | context
    )
    with translation.override(release.language):
        if look == "card" and context["share_figure"]:
            return photos.serve_share_photo(context["share_figure"])
        if look == "card":
            return HttpResponse(sharing.get_share_image(release), content_type="image/png")
        context["entry"] = sharing.build_feed_entry(release, context["signers"]) if look == "shared" else None
        response = render(request, TEMPLATES.get(look, TEMPLATES["page"]), context)
    response.headers["Content-Language"] = str(release.language)
    return response


def build_preview_context(
    release: Release,
    look: str = "page",
    *,
    photo_base_url: str,
    document_base_url: str,
    topic_ids: list[int] | None = None,
) -> dict[str, Any]:
    """Return what the public templates need for `release` with its pending revision.

    With `topic_ids`, the text is that of `release` in memory. `release` is changed in memory.
    """
    at = timezone.now()
    revision = PendingRevision.for_release(release)
    newsroom = NewsroomSettings.current()
    if revision and topic_ids is None:
        release.apply_content(revision.content)
        topic_ids = revision.topic_ids
    topics = list(release.tags.all() if topic_ids is None else Topic.objects.filter(pk__in=topic_ids))
    release.date = release.date or localtime.local_date(release.public_at or at)
    release.boilerplate = release.boilerplate or Boilerplate.get_text(release.date, release.language)
    figures = get_figures(release, base_url=photo_base_url)
    with translation.override(release.language):
        body, gallery = place_photos(wrap_tables(quotes.render_quotes(release, is_public=False)), figures)
    release.cached_topics = topics
    release.card_figure = share_figure = get_share_figure(figures)
    return {
        "language": release.language,
        "at": at,
        "release": release,
        "body": body,
        "signers": build_signers(release, Organization.objects.in_bulk(release.signers)),
        "lead": get_lead(figures),
        "gallery": gallery,
        "figures": figures,
        "share_figure": share_figure,
        "documents": photos.get_attachments(release, document_base_url),
        "event_is_over": release.event_is_over(at),
        "is_expired": release.is_expired(at),
        "is_outdated": newsroom.is_old(release, at),
        "newsroom": newsroom,
        "contacts": press.get_contacts(release, newsroom, at, MediaContact.objects.in_bulk(release.contacts)),
        "is_release": look in ("page", "print"),
        "shows_legal_help": look in ("page", "print") and sharing.shows_legal_help(release, newsroom),
        "site_url": settings.SITE_URL,
        "corrections": release.corrections.all() if release.corrected_at else [],
        "page": Paginator([release], 1).page(1),
        "preview": {
            "look": look if look in TEMPLATES else "page",
            "public_at": release.public_at,
            "is_embargoed": release.is_embargoed,
            "is_public": release.is_public(at) and not revision,
        },
    }


def render_article(release: Release, *, photo_base_url: str, document_base_url: str) -> str:
    """Return the article of the public page as safe HTML, with its pending revision, in its own language.

    `release` is changed in memory.
    """
    context = build_preview_context(
        release, photo_base_url=photo_base_url, document_base_url=document_base_url
    )
    with translation.override(release.language):
        return render_to_string("releases/_article.html", context)


# --- Private links ------------------------------------------------------------------------------------------

PRIVATE_HEADERS = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
}

View = Callable[..., HttpResponse]


def private_link_view(view: View) -> View:
    """Add headers for pages behind a secret: never cached, not indexed, no referrer."""

    @csrf_exempt  # the secret in the URL or cookie replaces the CSRF token
    @wraps(view)
    def page(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, **kwargs)
        except attempts.TooManyAttempts as error:
            response = render(request, "429.html", {"reason": error.messages[0]}, status=429)
            response["Retry-After"] = str(error.seconds)
        for name, value in PRIVATE_HEADERS.items():
            response[name] = value
        return response

    return page


@private_link_view
@require_http_methods(["GET", "HEAD", "POST"])
def open_preview(request: HttpRequest, secret: str) -> HttpResponse:
    """Show a page with a button that opens the release, without any of its text.

    Mail scanners follow links, so only the POST of the button counts as opened. It moves the secret from the
    URL to a cookie.
    """
    link = find_link(request, secret)
    if request.method == "POST":
        record_opening(link)
        response = HttpResponseRedirect(reverse("preview-page", args=[link.reference]))
        response.set_cookie(
            COOKIE_NAME,
            secret,
            expires=link.embargo_ends_at or link.expires_at,  # the link may be extended
            path=reverse("preview-page", args=[link.reference]),
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
        return response
    with translation.override(link.release.language):
        context = {"language": link.release.language, "link": link, "public_at": link.release.public_at}
        return render(request, "releases/open_link.html", context)


@private_link_view
@require_http_methods(["GET", "HEAD"])
def preview_page(request: HttpRequest, reference: str) -> HttpResponse:
    link = _get_opened_link(request, reference)
    photo_base_url = reverse("preview-page", args=[reference]) + "photos/"
    download_urls = {"txt": reverse("preview-text", args=[reference])}
    document_base_url = reverse("preview-page", args=[reference]) + "documents/"
    is_approver = link.kind == LinkKind.APPROVER
    return render_preview(
        request,
        link.release,
        photo_base_url=photo_base_url,
        document_base_url=document_base_url,
        link=link,
        download_urls=download_urls,
        approval_signature=signing.dumps(reference, salt=APPROVAL_SALT) if is_approver else "",
    )


@private_link_view
@require_http_methods(["GET", "HEAD"])
def preview_document(request: HttpRequest, reference: str, name: str) -> HttpResponse:
    """Serve a document of the release of this link. Raises Http404 for any other document."""
    document_ids = [
        attachment["document"]
        for attachment in get_current_photos(_get_opened_link(request, reference).release, "attachments")
    ]
    document = Document.objects.filter(pk__in=document_ids, name=name).first()
    if document is None:
        raise Http404
    return photos.serve_document(document, "document")


@private_link_view
@require_http_methods(["GET", "HEAD"])
def preview_text(request: HttpRequest, reference: str) -> HttpResponse:
    """Serve the release as text to copy. It begins with the embargo, or with “NOT FOR RELEASE”."""
    release, at = _get_opened_link(request, reference).release, timezone.now()
    if revision := PendingRevision.for_release(release):
        release.apply_content(revision.content)
    release.date = release.date or localtime.local_date(release.public_at or at)
    release.boilerplate = release.boilerplate or Boilerplate.get_text(release.date, release.language)
    contacts = press.get_contacts(
        release, NewsroomSettings.current(), at, MediaContact.objects.in_bulk(release.contacts)
    )
    signers = build_signers(release, Organization.objects.in_bulk(release.signers))
    return press.build_text_response(press.format_release(release, "txt", contacts, at, signers), "txt")


@private_link_view
@require_http_methods(["GET", "HEAD"])
def preview_photo(request: HttpRequest, reference: str, name: str, file: str) -> HttpResponse:
    """Serve a file of a photo of the release of this link. Raises Http404 for any other photo."""
    photo_ids = [photo["photo"] for photo in get_current_photos(_get_opened_link(request, reference).release)]
    return photos.serve_photo(request, Photo.objects.filter(pk__in=photo_ids, name=name).first(), file)


@private_link_view
@require_http_methods(["POST"])
def approve_preview(request: HttpRequest, reference: str) -> HttpResponse:
    """Approve the release of the link with this reference, unless its creator is signed in.

    The URL begins with /admin/, because browsers send the session cookie only there. They don't send the
    cookie of the preview, so a hidden field has a signature that only the opened preview page contains.
    """
    link = _get_signed_link(request.POST.get("_signature", ""), reference)
    text = request.POST.get("text", "")
    signed_in = request.user if isinstance(request.user, User) else None
    with translation.override(link.release.language):
        try:
            approve_release(link, text=text, signed_in=signed_in)
        except ActionNotAllowed as error:
            context = {"reason": str(error), "text": text, "link": link, "language": link.release.language}
            response = render(request, "releases/comment_refused.html", context, status=403)
            response.headers["Content-Language"] = str(link.release.language)
            return response
    return HttpResponseRedirect(reverse("preview-page", args=[reference]))


def _get_signed_link(signature: str, reference: str) -> PreviewLink:
    """Return the approver's link with this reference, valid or not: a comment must not be lost.

    Raises Http404 unless the signature is for this reference.
    """
    try:
        signed = signing.loads(signature, salt=APPROVAL_SALT, max_age=timedelta(hours=MAX_HOURS))
    except signing.BadSignature:
        signed = ""
    link = get_approver_link(reference) if signed == reference else None
    if link is None:
        raise Http404
    return link


def _get_opened_link(request: HttpRequest, reference: str) -> PreviewLink:
    """Return the link at this URL.

    Raises Http404 unless its secret is in the cookie and it is still valid.
    """
    link = find_link(request, request.COOKIES.get(COOKIE_NAME, ""))
    if link.reference != reference:
        raise Http404
    return link


def find_link(request: HttpRequest, secret: str) -> PreviewLink:
    """Return the valid link with this secret.

    Raises Http404 if there is none, and TooManyAttempts after several wrong secrets from the same source.
    """
    if not secret:
        raise Http404
    source = getattr(request, "source", "")
    if source:
        attempts.check(("preview link", source))
    link = get_preview_link(secret)
    if link is None:
        if source and not is_known_secret(secret):
            attempts.take(("preview link", source))
        raise Http404
    return link
