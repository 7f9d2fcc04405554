"""Writes imported items: all of them in one transaction, or none; a second run changes nothing."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from releases import caching, clock, prose, search
from releases.importers.plaintext import LONGEST_HEADLINE
from releases.importers.records import Item, Problem, digest
from releases.models import FormerAddress, Release
from releases.slugs import slug_of
from releases.vocabulary import Status

BATCH = 500


class Outcome(StrEnum):
    CREATED = "created"
    UNCHANGED = "unchanged"  # here already, word for word
    KEPT = "kept"  # here already, and its words differ from the file's: the newsroom's stay
    NEEDS_REVIEW = "needs review"


@dataclass
class Result:
    """What became of an item."""

    item: Item
    outcome: Outcome
    release_id: int | None = None

    @property
    def release(self) -> Release | None:
        """The release as it stands in the newsroom now; None when the item is none there, as after a dry run."""
        return Release.objects.filter(pk=self.release_id).first() if self.release_id else None


def load(
    items: Sequence[Item], *, drafts: bool = False, dry_run: bool = False, progress: Callable[[int], None] = lambda _done: None
) -> list[Result]:
    """Write `items`, oldest first, as public releases since the beginning of their day; answer in the order of `items`.

    An item that needs review is not written, or with `drafts` as a draft. `dry_run` does everything and takes it back.
    `progress` hears how many are done. Any fault but a bad item ends the run with nothing written.
    """
    results: dict[int, Result] = {}
    oldest_first = sorted(range(len(items)), key=lambda position: (str(items[position].date or ""), -position))
    with transaction.atomic():
        for start in range(0, len(oldest_first), BATCH):
            positions = oldest_first[start : start + BATCH]
            batch = [items[position] for position in positions]
            known, addresses = _imported(batch), Addresses(batch)
            made = []
            for done, item in enumerate(batch, start + 1):
                made.append(_made(item, known, addresses, drafts))
                progress(done)
            _write([release for outcome, release in made if outcome == Outcome.CREATED and release])
            for position, item, (outcome, release) in zip(positions, batch, made, strict=True):
                results[position] = Result(item, outcome, release.pk if release else None)
        if dry_run:
            transaction.set_rollback(True)
    return [results[position] for position in range(len(items))]


def _write(releases: list[Release]) -> None:
    """Write new `releases` with their history and their places in the index, and end the edition; what signals do for one."""
    if not releases:
        return
    bulk_create_with_history(releases, Release, default_change_reason="import")
    for release in releases:
        release.known_topics = []
    search.index(*releases)
    caching.turn()


class Addresses:
    """The addresses that a batch of items would have, each given once: those taken are asked for together."""

    def __init__(self, items: list[Item]) -> None:
        wanted = {slug_of(item.headline) for item in items}
        taken = Release.objects.filter(slug__in=wanted).values_list("language", "slug")
        self.taken = set(taken) | set(FormerAddress.objects.filter(slug__in=wanted).values_list("language", "slug"))

    def free(self, item: Item) -> str:
        slug = slug_of(item.headline)
        if slug and (item.language, slug) in self.taken:
            given = [given for language, given in self.taken if language == item.language]
            slug = Release.objects.free_slug(item.headline, item.language, given)
        self.taken.add((item.language, slug))
        return slug


def counts(results: Iterable[Result]) -> dict[str, int]:
    """How many items had each outcome, all four named."""
    found = Counter(result.outcome for result in results)
    return {outcome.value: found[outcome] for outcome in Outcome}


def _imported(items: list[Item]) -> dict[str, Release]:
    """The releases that came from these items before, in an earlier run or from an earlier batch, by their keys."""
    keys = sorted({key for item in items for key in (item.source_key, item.undated_key)})
    known: dict[str, Release] = {}
    for start in range(0, len(keys), 500):
        known |= {str(release.source_key): release for release in Release.objects.filter(source_key__in=keys[start : start + 500])}
    return known


def _made(item: Item, known: dict[str, Release], addresses: Addresses, drafts: bool) -> tuple[Outcome, Release | None]:
    """What becomes of `item`, and the release it is or becomes, a new one not written yet."""
    release = _as_written(item)
    if here := known.get(item.source_key):
        return _here_already(item, here, release)
    if item.date and item.undated_key in known:
        reason = _("It was imported before as a draft without its date. Finish that draft, or delete it and import again.")
        item.problems.append(Problem(item.line, reason))
        return Outcome.NEEDS_REVIEW, known[item.undated_key]
    item.problems += [Problem(item.line, sentence) for sentence in release.missing().values()]
    if item.needs_review and not drafts:
        return Outcome.NEEDS_REVIEW, None
    if not item.needs_review and item.date:
        release.status, release.public_at = Status.PUBLISHED, clock.midnight(item.date)
        release.slug = addresses.free(item)
    try:
        release.clean_fields()
        release.clean()  # what only the database can know, it says when the batch is written
    except ValidationError as fault:
        item.problems.append(Problem(item.line, " ".join(fault.messages)))
        return Outcome.NEEDS_REVIEW, None
    known[item.source_key] = release
    return Outcome.CREATED, release


def _as_written(item: Item) -> Release:
    """The release that `item` becomes, as a draft. A headline too long for one is kept whole at the top of the body."""
    long = len(item.headline) > LONGEST_HEADLINE
    release = Release(
        kind=item.kind,
        language=item.language,
        headline=item.headline[:LONGEST_HEADLINE].strip(),
        date=item.date,
        dateline=item.dateline,
        summary=item.summary,
        body=prose.sanitised(prose.from_paragraphs([item.headline, *item.body] if long else item.body)),
        source_key=item.source_key,
        version=1,
    )
    release.source_digest = _digest(release)
    return release


def _here_already(item: Item, here: Release, release: Release) -> tuple[Outcome, Release]:
    """Unchanged when the newsroom and the file say the same; else kept, with what differs."""
    if _digest(here) == release.source_digest:
        return Outcome.UNCHANGED, here
    if release.source_digest == here.source_digest:
        reason = _("It was edited in the newsroom since it was imported, and stays as it is there.")
    else:
        reason = _("The file differs from what the newsroom has, which stays as it is. Make the change at the desk if it is wanted.")
    item.problems.append(Problem(item.line, reason, blocking=False))
    return Outcome.KEPT, here


def _digest(release: Release) -> str:
    return digest(release.headline, release.date, release.dateline, release.summary, release.body)
