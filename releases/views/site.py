"""Pages about the site, robots.txt and error pages."""

import copy
import re
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from releases.models import NewsroomSettings
from releases.text.choices import Language
from releases.views import sitemaps
from releases.views.base import PublicContext, public_page
from releases.views.rendering import render_page

MAX_PATH_LENGTH = 400
MAX_REDIRECTED_QUERY_LENGTH = 2000  # Django refuses to send very long redirects
SURROUNDING_PUNCTUATION = re.compile(
    r"(?<=^/)[\s(\[{<“”„‘'\"«‹*_]+|(?:&nbsp;|%2[02]|[\s\u200b\ufeff)\]}>.,;:!?'\"“”„‘’«»‹›`&*_…|\\—–-])+/?$"
)


@public_page
def follow(request: HttpRequest, ctx: PublicContext) -> HttpResponse:
    return render_page(request, "releases/follow.html", ctx, section="follow", topics=ctx.topics())


@public_page
def privacy(request: HttpRequest, ctx: PublicContext) -> HttpResponse:
    return render_page(request, "releases/privacy.html", ctx, section="privacy")


@csrf_exempt
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", "Disallow: /admin/", "Disallow: /preview/", ""]
    # Search engines report an empty sitemap as an error.
    has_news = sitemaps.get_recent_releases(timezone.now()).exists()
    names = ("sitemap", "news-sitemap") if has_news else ("sitemap",)
    lines += [f"Sitemap: {settings.SITE_URL}{reverse(name)}" for name in names]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


@csrf_exempt
@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Tell people how to report a vulnerability (RFC 9116)."""
    newsroom = NewsroomSettings.current()
    with translation.override(Language.ENGLISH):
        press_url = f"{settings.SITE_URL}{reverse('for-the-press')}"
    press_contact = f"mailto:{newsroom.press_email}" if newsroom.press_email else press_url
    expires = (timezone.now() + timedelta(days=180)).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: {settings.SECURITY_CONTACT or press_contact}",
        f"Expires: {expires.isoformat()}",
        "Preferred-Languages: en, es",
        f"Canonical: {settings.SITE_URL}{request.path}",
    ]
    return HttpResponse(
        "\n".join([*lines, ""]),
        content_type="text/plain; charset=utf-8",
        headers={"Cache-Control": "public, max-age=86400"},
    )


def find_intended_url(request: HttpRequest) -> str:
    """Return the URL of the public page that a mistyped `request` most likely means, or "".

    Links are copied with the punctuation after them, with doubled slashes, or with capitals. The page must
    exist and be public, so that nothing tells a hidden release from a URL that never existed.
    """
    if request.method not in ("GET", "HEAD") or len(request.path_info) > MAX_PATH_LENGTH:
        return ""
    path = re.sub(r"/{2,}", "/", SURROUNDING_PUNCTUATION.sub("", request.path_info.lower()))
    path = path.rstrip("/")
    is_file = re.search(r"\.[a-z]{2,4}$", path) or path.startswith("/.well-known/")
    path = path if is_file else f"{path}/"
    if path == request.path_info or path.startswith(("/admin", "/preview")):
        return ""
    intended_request = copy.copy(request)
    intended_request.path = intended_request.path_info = path
    intended_request.method = "HEAD"
    intended_request.META = request.META | {"QUERY_STRING": ""}  # the address of the page is all that matters
    language = Language.SPANISH if path.startswith("/es/") else Language.ENGLISH
    try:
        with translation.override(language):
            match = resolve(path)
            response = match.func(intended_request, *match.args, **match.kwargs)
    except (Resolver404, Http404):
        return ""
    if response.status_code == 301:
        return str(response.headers["Location"])
    return path if response.status_code in (200, 410) else ""


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Render the 404 page. It is the same for hidden and for unknown URLs, and does not repeat the URL."""
    if url := find_intended_url(request):
        query = request.META.get("QUERY_STRING", "")
        if query and "?" not in url and len(query) <= MAX_REDIRECTED_QUERY_LENGTH:
            url = f"{url}?{query}"
        redirect = HttpResponsePermanentRedirect(url)
        if "/feed/" in url:
            redirect.headers["Access-Control-Allow-Origin"] = "*"
        return redirect
    page = render_page(request, "404.html", PublicContext.now(), status=404)
    page.headers["Cache-Control"] = "no-cache"
    return page


def server_error(request: HttpRequest, status: int = 500, texts: Iterable[str] = ()) -> HttpResponse:
    """Render the error page, with typed `texts`, without the database, which may be what failed."""
    context = {"language": translation.get_language(), "submitted_texts": texts}
    return render(request, "500.html", context, status=status)
