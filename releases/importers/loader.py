"""Write imported items, all in one transaction or none. A second run changes nothing."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from releases import caching, search
from releases.importers.plaintext import MAX_HEADLINE_LENGTH
from releases.importers.records import ImportedRelease, Problem, make_digest
from releases.models import Release, SlugRedirect
from releases.text import localtime, richtext
from releases.text.choices import Status
from releases.text.slugs import make_slug

BATCH = 500


class Outcome(StrEnum):
    CREATED = "created"
    UNCHANGED = "unchanged"  # exists with the same text
    KEPT = "kept"  # exists with another text, which stays
    NEEDS_REVIEW = "needs review"


@dataclass
class Result:
    """The outcome for an item."""

    item: ImportedRelease
    outcome: Outcome
    release_id: int | None = None

    @property
    def release(self) -> Release | None:
        """Return the release as it is now, or None if there is none, as after a dry run."""
        return Release.objects.filter(pk=self.release_id).first() if self.release_id else None


def load_items(
    items: Sequence[ImportedRelease],
    *,
    drafts: bool = False,
    dry_run: bool = False,
    on_progress: Callable[[int], None] = lambda _done: None,
) -> list[Result]:
    """Write `items` as public releases since the beginning of their day, oldest first.

    Returns results in the order of `items`.

    An item that needs review is not written, or with `drafts` becomes a draft. `dry_run` rolls everything
    back. `on_progress` gets the number of items done. Any error except an invalid item ends the run, and
    nothing is written.
    """
    results: dict[int, Result] = {}
    positions_by_date = sorted(
        range(len(items)), key=lambda position: (str(items[position].date or ""), -position)
    )
    with transaction.atomic():
        for start in range(0, len(positions_by_date), BATCH):
            positions = positions_by_date[start : start + BATCH]
            batch = [items[position] for position in positions]
            imported, slugs = _find_imported(batch), SlugAllocator(batch)
            outcomes = []
            for done, item in enumerate(batch, start + 1):
                outcomes.append(_import_item(item, imported, slugs, drafts))
                on_progress(done)
            _create_releases(
                [release for outcome, release in outcomes if outcome == Outcome.CREATED and release]
            )
            for position, item, (outcome, release) in zip(positions, batch, outcomes, strict=True):
                results[position] = Result(item, outcome, release.pk if release else None)
        if dry_run:
            transaction.set_rollback(True)
    return [results[position] for position in range(len(items))]


def _create_releases(releases: list[Release]) -> None:
    """Insert new `releases` with their history, index them, and invalidate the cache.

    Signals do this for a single release.
    """
    if not releases:
        return
    bulk_create_with_history(releases, Release, default_change_reason="import")
    for release in releases:
        release.cached_topics = []
    search.update(*releases)
    caching.invalidate_public_cache()


class SlugAllocator:
    """Gives each item of a batch its own slug. The taken slugs are loaded once for each headline."""

    def __init__(self, items: list[ImportedRelease]) -> None:
        slugs = {make_slug(item.headline) for item in items}
        taken = Release.objects.filter(slug__in=slugs).values_list("language", "slug")
        self.taken = set(taken) | set(
            SlugRedirect.objects.filter(slug__in=slugs).values_list("language", "slug")
        )
        self.numbered: dict[tuple[str, str], Iterator[str]] = {}

    def allocate(self, item: ImportedRelease) -> str:
        slug = make_slug(item.headline)
        key = (item.language, slug)
        if slug and key in self.taken:
            if key not in self.numbered:
                self.numbered[key] = Release.objects.iter_unique_slugs(slug, item.language)
            slug = next(number for number in self.numbered[key] if (item.language, number) not in self.taken)
        self.taken.add((item.language, slug))
        return slug


def count_outcomes(results: Iterable[Result]) -> dict[str, int]:
    """Return the number of items for each of the four outcomes."""
    found = Counter(result.outcome for result in results)
    return {outcome.value: found[outcome] for outcome in Outcome}


def _find_imported(items: list[ImportedRelease]) -> dict[str, Release]:
    """Return the releases that were imported from these items before, by their source keys."""
    keys = sorted({key for item in items for key in (item.source_key, item.undated_key)})
    imported: dict[str, Release] = {}
    for start in range(0, len(keys), 500):
        imported |= {
            str(release.source_key): release
            for release in Release.objects.filter(source_key__in=keys[start : start + 500])
        }
    return imported


def _import_item(
    item: ImportedRelease, imported: dict[str, Release], slugs: SlugAllocator, drafts: bool
) -> tuple[Outcome, Release | None]:
    """Return the outcome for `item` and its release. A new release is not saved yet."""
    release = _build_release(item)
    if existing := imported.get(item.source_key):
        return _compare_existing(item, existing, release)
    if item.date and item.undated_key in imported:
        reason = _(
            "It was imported before as a draft without a date. Finish that draft, or delete it and import "
            "again."
        )
        item.problems.append(Problem(item.line, reason))
        return Outcome.NEEDS_REVIEW, imported[item.undated_key]
    item.problems += [Problem(item.line, sentence) for sentence in release.missing_fields().values()]
    if item.needs_review and not drafts:
        return Outcome.NEEDS_REVIEW, None
    if not item.needs_review and item.date:
        release.status, release.public_at = Status.PUBLISHED, localtime.start_of_day(item.date)
        release.slug = slugs.allocate(item)
    try:
        release.clean_fields()
        release.clean()  # constraints are checked when the batch is written
    except ValidationError as error:
        item.problems.append(Problem(item.line, " ".join(error.messages)))
        return Outcome.NEEDS_REVIEW, None
    imported[item.source_key] = release
    return Outcome.CREATED, release


def _build_release(item: ImportedRelease) -> Release:
    """Return the release for `item`, as an unsaved draft.

    If the headline is too long, the whole headline is also the first paragraph of the body.
    """
    long = len(item.headline) > MAX_HEADLINE_LENGTH
    release = Release(
        kind=item.kind,
        language=item.language,
        headline=item.headline[:MAX_HEADLINE_LENGTH].strip(),
        subhead=item.subhead,
        date=item.date,
        dateline=item.dateline,
        summary=item.summary,
        body=(richtext.paragraphs_to_markup([item.headline]) if long else "") + item.body,
        **item.event,
        source_key=item.source_key,
        version=1,
    )
    release.source_digest = _digest(release)
    return release


def _compare_existing(item: ImportedRelease, existing: Release, release: Release) -> tuple[Outcome, Release]:
    """Return UNCHANGED if the release and the file are equal, or else KEPT.

    The item gets the difference as a problem.
    """
    if _digest(existing) == release.source_digest:
        return Outcome.UNCHANGED, existing
    if release.source_digest == existing.source_digest:
        reason = _("It was edited after it was imported, so it was left unchanged.")
    else:
        reason = _(
            "The file differs from the release in the newsroom, which was left unchanged. If you want the "
            "change, make it in the release."
        )
    item.problems.append(Problem(item.line, reason, is_blocking=False))
    return Outcome.KEPT, existing


def _digest(release: Release) -> str:
    return make_digest(release.headline, release.date, release.dateline, release.summary, release.body)
