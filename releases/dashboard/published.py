"""“Published lately”: the last public releases, one for the two versions, and the state of each version."""

from collections import defaultdict
from typing import Any, NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from releases.dashboard.viewer import Viewer
from releases.models import Release, TranslationStatus
from releases.text import localtime
from releases.text.choices import Language, Status

MAX_ITEMS = 6
COLUMNS = ("headline", "language", "status", "public_at", "translation_key", "text_version")


class Version(NamedTuple):
    """The state of a version: the short text, the long one, and the name that selects its color."""

    short: str
    long: str
    state: str


class Published(NamedTuple):
    release: Any
    day: str
    versions: list[Version]


def get_published_lately(viewer: Viewer) -> list[Published]:
    """Return the MAX_ITEMS releases that were published last, in the language of the desk if possible."""
    newest = Release.objects.published(viewer.now).order_by("-public_at", "-pk")
    keys = dict.fromkeys(newest.values_list("translation_key", flat=True)[: 2 * MAX_ITEMS])
    keys = dict.fromkeys(list(keys)[:MAX_ITEMS])
    versions: dict[Any, dict[str, Release]] = defaultdict(dict)
    for release in Release.objects.filter(translation_key__in=keys).only(*COLUMNS):
        versions[release.translation_key][release.language] = release
    outdated = find_outdated(list(versions.values()))
    pairs = [versions[key] for key in keys]
    return [
        make_item(viewer, pair, outdated)
        for pair in pairs
        if any(release.is_public(viewer.now) for release in pair.values())  # not withdrawn since
    ]


def find_outdated(pairs: list[dict[str, Release]]) -> set[int]:
    """Return the ids of the versions that `ReleaseQuerySet.out_of_date` would find, with a smaller query."""
    text_versions = {
        release.pk: other.text_version
        for pair in pairs
        for release in pair.values()
        for other in pair.values()
        if other is not release
    }
    statuses = TranslationStatus.objects.filter(release__in=text_versions)
    synced_versions = statuses.values_list("release", "synced_version")
    return {pk for pk, synced_version in synced_versions if text_versions[pk] > synced_version}


def make_item(viewer: Viewer, pair: dict[str, Release], outdated: set[int]) -> Published:
    public = {language: each for language, each in pair.items() if each.is_public(viewer.now)}
    shown = public.get(get_language() or "") or next(iter(public.values()))
    at: Any = max(release.public_at for release in public.values() if release.public_at)
    versions = [make_version(viewer, language, pair.get(language), outdated) for language in Language]
    return Published(shown, viewer.format_day(localtime.local_date(at)), versions)


def make_version(viewer: Viewer, language: str, release: Release | None, outdated: set[int]) -> Version:
    name = {Language.ENGLISH: _("English"), Language.SPANISH: _("Spanish")}[Language(language)]
    short, long, state = describe_version(viewer, release, outdated)
    return Version(f"{language.upper()} {short}", f"{name}: {long}", state)


def describe_version(viewer: Viewer, release: Release | None, outdated: set[int]) -> tuple[str, str, str]:
    if release is None:
        return _("missing"), _("no version"), "missing"
    if release.status == Status.WITHDRAWN:
        return _("withdrawn"), _("withdrawn"), "missing"
    if release.status == Status.DRAFT:
        return _("draft"), _("draft, not public"), "behind"
    if not release.is_public(viewer.now):
        return _("scheduled"), _("scheduled, not public yet"), "behind"
    if release.pk in outdated:
        return _("behind"), _("public, and out of date: the other version changed"), "behind"
    return "✓", _("public"), "public"
