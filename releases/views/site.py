"""Pages about the site, robots.txt, the health check and error pages."""

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from releases.views.base import PublicContext, public_page
from releases.views.rendering import render_page


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
    lines += [f"Sitemap: {settings.SITE_URL}{reverse(name)}" for name in ("sitemap", "news-sitemap")]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


@csrf_exempt
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Return 200 if the database answers, 503 if it does not. For a monitor, so it is never cached."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        status, message = 200, "ok"
    except DatabaseError:
        status, message = 503, "the database is not reachable"
    return HttpResponse(
        f"{message}\n",
        status=status,
        content_type="text/plain; charset=utf-8",
        headers={"Cache-Control": "no-store"},
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Render the 404 page. It is the same for hidden and for unknown URLs, and does not repeat the URL."""
    response = render_page(request, "404.html", PublicContext.now(), status=404)
    response.headers["Cache-Control"] = "no-cache"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Render the 500 page without the database, which may be what failed."""
    return render(request, "500.html", {"language": translation.get_language()}, status=500)
