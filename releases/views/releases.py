"""The page of a release, and its share image."""

from typing import NamedTuple

from csp.constants import SELF
from csp.decorators import csp_update
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response

from releases import search
from releases.actions.withdrawal import default_withdrawal_reason
from releases.caching import make_etag
from releases.models import Release
from releases.views import photos, press, quotes, sharing, signers
from releases.views.base import PermanentRedirect, PublicContext, get_release_or_redirect, or_404, public_page
from releases.views.figures import get_figures, get_lead, get_share_figure, place_photos, wrap_tables
from releases.views.rendering import render_page

MAX_RELATED = 3  # under a release
RELATED_YEARS = 3  # older releases are related only if nothing newer is


@csp_update({"script-src": [SELF]})  # for the share and copy buttons (static/js/share.js)
@public_page
def release(request: HttpRequest, ctx: PublicContext, year: int, month: int, slug: str) -> HttpResponse:
    release = ctx.find_release(slug)
    if release and request.path != release.get_absolute_url():
        raise PermanentRedirect(release.get_absolute_url())
    if release:
        ctx.attach_topics([release])
        corrections = list(release.corrections.all()) if release.corrected_at else []
        figures = get_figures(release)
        translation = quotes.get_translation(release, ctx)
        body_html = quotes.render_quotes(release, translation, is_public=True)
        body, gallery = place_photos(wrap_tables(body_html), figures)
        shared = get_share_figure(figures)
        share = sharing.ShareLinks.for_release(release, shared.share_image if shared else "card.png")
        navigation = ctx.generation.get_or_set(
            ("navigation", release.pk), lambda: get_navigation(release, ctx)
        )
        context = navigation._asdict() | {"language": ctx.language}
        return render_page(
            request,
            "releases/release.html",
            ctx,
            release=release,
            is_expired=release.is_expired(ctx.at),
            is_outdated=ctx.newsroom.is_old(release, ctx.at),
            corrections=corrections,
            body=body,
            signers=signers.build_signers(release, signers.get_organizations(ctx)),
            lead=get_lead(figures),
            gallery=gallery,
            figures=figures,
            image_alt=(shared.alt if shared else "") or release.headline,
            documents=photos.get_attachments(release),
            structured_data=sharing.build_news_article(release, corrections, share.image),
            share=share,
            contacts=press.get_contacts(release, ctx.newsroom, ctx.at, press.get_media_contacts(ctx)),
            download_urls=press.get_download_urls(release),
            coverage=press.get_coverage(ctx, release),
            event_is_over=release.event_is_over(ctx.at),
            is_release=True,
            alternates=get_release_alternates(release, translation),
            has_sample_translation=release.is_sample_translation
            or bool(translation and translation.is_sample_translation),
            updated_translation=quotes.get_updated_translation(translation),
            shows_legal_help=sharing.shows_legal_help(release, ctx.newsroom),
            current_notice=navigation.current_notice,
            navigation=ctx.generation.get_or_set(
                ("navigation html", release.pk),
                lambda: render_to_string("releases/_release_navigation.html", context),
            ),
        )
    if redirect_target := ctx.published.with_former_slug(slug.lower()).first():
        raise PermanentRedirect(redirect_target.get_absolute_url())
    return render_withdrawn_release(request, ctx, year, month, slug)


def render_withdrawn_release(
    request: HttpRequest, ctx: PublicContext, year: int, month: int, slug: str
) -> HttpResponse:
    """Return the 410 page of a withdrawn release, or raise Http404."""
    withdrawn = (
        Release.objects.withdrawn()
        .in_language(ctx.language)
        .dated_in(year, month)
        .restricted_to(Q(slug=slug.lower()))
        .first()
    )
    withdrawn = or_404(withdrawn)
    has_reason = withdrawn.withdrawal_reason != default_withdrawal_reason(withdrawn.language)
    return render_page(request, "410.html", ctx, status=410, release=withdrawn, has_reason=has_reason)


def get_release_alternates(release: Release, translation: Release | None) -> dict[str, str]:
    """Return the URLs of a release by language; empty unless it is public in both."""
    versions = [release, translation] if translation else []
    return {
        version.language: version.get_absolute_url()
        for version in sorted(versions, key=lambda version: version.language)
    }


class ReleaseNavigation(NamedTuple):
    """Links from a release: to its neighbors, the notice that replaces it, and related releases."""

    newer: Release | None
    older: Release | None
    current_notice: Release | None
    related: list[Release]


def get_navigation(release: Release, ctx: PublicContext) -> ReleaseNavigation:
    # Three more than are shown, because the release itself and its neighbors may be among them.
    ids_sharing_all_topics, ids_sharing_any_topic = search.find_related(
        release, ctx.get_hidden_ids(), MAX_RELATED + 3
    )
    queryset = ctx.published.adjacent_to(
        release, extra=Q(pk__in={*ids_sharing_all_topics, *ids_sharing_any_topic})
    )
    candidates = sorted(
        queryset.only("kind", "headline", "slug", "date", "language", "public_at", "valid_until"),
        key=lambda candidate: candidate.list_sort_key,
    )
    newer = next(
        (candidate for candidate in candidates if candidate.list_sort_key > release.list_sort_key), None
    )
    older = next(
        (candidate for candidate in reversed(candidates) if candidate.list_sort_key < release.list_sort_key),
        None,
    )
    current_notice = next(
        (
            candidate
            for candidate in candidates
            if candidate.pk == release.current_notice_id and not candidate.is_expired(ctx.at)
        ),
        None,
    )
    shown_ids = {candidate.pk for candidate in (release, newer, older, current_notice) if candidate}
    related = [
        candidate
        for candidate in reversed(candidates)
        if candidate.pk in {*ids_sharing_all_topics, *ids_sharing_any_topic} and candidate.pk not in shown_ids
    ]
    related.sort(key=lambda candidate: candidate.pk not in ids_sharing_all_topics)
    recent = [candidate for candidate in related if is_recent(candidate, release)]
    return ReleaseNavigation(newer, older, current_notice, (recent or related)[:MAX_RELATED])


def is_recent(candidate: Release, release: Release) -> bool:
    """Return whether `candidate` is from at most RELATED_YEARS calendar years before `release`."""
    return bool(candidate.date and release.date and candidate.date.year >= release.date.year - RELATED_YEARS)


@public_page
def share_image(request: HttpRequest, ctx: PublicContext, year: int, month: int, slug: str) -> HttpResponse:
    """Serve the share image of a public release."""
    release = get_release_or_redirect(request, ctx, year, month, slug)
    image = sharing.get_share_image(release)
    etag = f'"{make_etag(image)}"'
    response = HttpResponse(image, content_type="image/png", headers={"ETag": etag})
    return get_conditional_response(request, etag=etag, response=response) or response
