"""Run the press check on a release with what the database knows: word lists, contacts, links and versions."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils import timezone, translation

from releases.models import (
    EVENT_FIELDS,
    NewsroomSettings,
    PendingRevision,
    Release,
    Topic,
    TopicAlias,
    deserialize_content,
    load_word_lists,
)
from releases.text import localtime
from releases.text.choices import Language, Status
from releases.text.press_check import CheckedRelease, Context, Finding, check

EVENT_TEXTS = [name for name in EVENT_FIELDS if not name.endswith(("_at", "_until"))]
COMPARED_FIELDS = ("headline", "subhead", "summary", "body")
MAX_VERSIONS = 10  # that are searched for an earlier text
PHOTO_TEXTS = ("alt", "caption", "credit")


def check_release(release: Release, content: dict[str, Any] | None = None) -> list[Finding]:
    """Return what the press check finds in `release`, saved or not.

    `content` has the values of `Release.content()` that staff edit; without it, they are those of the pending
    revision, or of the release.
    """
    saved = get_edited_content(release)
    current = saved | (content or {})
    checked = build_checked_release(release, current)
    context = build_context(release, checked, current, saved if content else None)
    return check(checked, load_word_lists(), context)


def get_edited_content(release: Release) -> dict[str, Any]:
    revision = PendingRevision.for_release(release) if release.pk else None
    return release.content() | (deserialize_content(revision.content) if revision else {})


def get_previous_public(release: Release, content: dict[str, Any]) -> dict[str, Any] | None:
    """Return what readers see, or, if `content` is the same, what they saw before the last change."""
    if any(content[name] != release.content()[name] for name in COMPARED_FIELDS):
        return release.content()
    records = Release.history.filter(id=release.pk, status=Status.PUBLISHED, version__lt=release.version)
    for record in records.order_by("-version", "-history_id")[:MAX_VERSIONS]:
        earlier: dict[str, Any] = record.instance.content()
        if any(content[name] != earlier[name] for name in COMPARED_FIELDS):
            return earlier
    return None


def build_checked_release(release: Release, content: dict[str, Any]) -> CheckedRelease:
    """Return `content` in the language and with the web address of `release`."""
    photos = content["photos"] or []
    return CheckedRelease(
        language=release.language,
        kind=content["kind"],
        headline=content["headline"],
        subhead=content["subhead"],
        summary=content["summary"],
        body=content["body"],
        slug=release.slug,
        date=content["date"],
        place=content["dateline"],
        valid_until=content["valid_until"],
        event_texts=tuple(filter(None, (content[name] for name in EVENT_TEXTS))),
        event_place=content["event_place"],
        captions=tuple(photo[name] for photo in photos for name in PHOTO_TEXTS if photo.get(name)),
        has_contacts=bool(content["contacts"]),
        missing_alt_texts=sum(not (photo.get("alt") or photo.get("is_decorative")) for photo in photos),
        is_public=bool(release.pk and release.is_public()),
    )


def build_context(
    release: Release,
    checked: CheckedRelease,
    content: dict[str, Any],
    saved_content: dict[str, Any] | None = None,
) -> Context:
    """Return what is known about `release` with `content`.

    `saved_content` is what staff had saved before they typed. A public release is compared with what readers
    see, or saw before the last change; another one with what was saved.
    """
    now = timezone.now()
    newsroom = NewsroomSettings.current()
    other = release.translation if release.pk else None
    previous = (
        get_previous_public(release, content) if checked.is_public else saved_content if release.pk else None
    )
    return Context(
        today=localtime.local_date(now),
        office_address=newsroom.address,
        has_legal_help=bool(newsroom.legal_help_phone),
        has_press_line=bool(newsroom.press_phone or newsroom.press_email),
        dead_links=find_dead_links(checked.links),
        is_stored=bool(release.pk),
        translation=build_checked_release(other, get_edited_content(other)) if other else None,
        translation_is_older=bool(other and Release.objects.out_of_date().filter(pk=other.pk).exists()),
        previous=build_checked_release(release, previous) if previous else None,
    )


def find_dead_links(links: list[str]) -> frozenset[str]:
    """Return the links to this site that lead to no public page."""
    return frozenset(link for link in links if (path := _get_own_path(link)) and not _has_public_page(path))


def _get_own_path(link: str) -> str:
    """Return the path of a link to this site, else ""."""
    parts = urlsplit(link)
    own = urlsplit(settings.SITE_URL)
    is_own = parts.netloc == own.netloc if parts.netloc else link.startswith("/")
    return parts.path or "/" if is_own else ""


def _has_public_page(path: str) -> bool:
    language = Language.SPANISH if path.startswith("/es/") else Language.ENGLISH
    try:
        with translation.override(language):
            match = resolve(path)
    except Resolver404:
        return False
    if "admin" in match.namespaces or (match.url_name or "").startswith(("preview", "open-preview")):
        return False
    slug = match.kwargs.get("slug")
    if slug is None:
        return True
    if "year" in match.kwargs:
        public = Release.objects.published().in_language(language)
        return (public.filter(slug=slug) | public.with_former_slug(slug)).exists()
    field = "slug_es" if language == Language.SPANISH else "slug"
    return any(model.objects.filter(**{field: slug}).exists() for model in (Topic, TopicAlias))
