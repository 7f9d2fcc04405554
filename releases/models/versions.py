"""A release as it was: its history read as whole texts, topics and working copies included."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from releases.models.release import Release
from releases.models.topics import ReleaseTag
from releases.models.writing import WorkingCopy


@dataclass(frozen=True)
class Version:
    """A release after one change: the record of it (who, when, what was done), its text, and the ids of its topics then.

    One `of_copy` is a next text that was saved, or thrown away, and not public.
    """

    record: Any
    release: Release  # as it was, not to be saved
    tags: frozenset[int]
    of_copy: bool = False

    @property
    def key(self) -> str:
        """What names it among the versions of its release."""
        return f"c{self.record.pk}" if self.of_copy else str(self.record.pk)


def versions_of(release: Release) -> list[Version]:
    """Every version of `release`, newest first.

    Topics are written after the release in one change, so those of a version are what they were before the next one.
    """
    records = list(Release.history.filter(id=release.pk).select_related("history_user").order_by("history_date", "history_id"))
    ties = list(ReleaseTag.history.filter(content_object=release.pk).order_by("history_date", "history_id"))
    copies = list(WorkingCopy.history.filter(release=release.pk).select_related("history_user").order_by("history_date", "history_id"))
    saved = list(_with_topics(records, ties))
    versions = [*saved, *_of_copies(copies, saved)]
    return sorted(versions, key=lambda version: (version.record.history_date, not version.of_copy), reverse=True)


def _with_topics(records: list[Any], ties: list[Any]) -> Iterator[Version]:
    tags: set[int] = set()
    heard = 0
    for number, record in enumerate(records):
        end = records[number + 1].history_date if number + 1 < len(records) else None
        while heard < len(ties) and (end is None or ties[heard].history_date < end):
            tie = ties[heard]
            heard += 1
            tags = tags - {tie.tag_id} if tie.history_type == "-" else tags | {tie.tag_id}
        yield Version(record, record.instance, frozenset(tags))


def _of_copies(records: list[Any], saved: list[Version]) -> Iterator[Version]:
    """The texts that working copies held, each once, and what was thrown away; not what was published, which is saved."""
    before = None
    for record in records:
        contents = None if record.history_type == "-" else record.contents
        if contents == before or (contents is None and record.history_change_reason != "discard"):
            before = contents
            continue
        before = contents
        base = next((version for version in reversed(saved) if version.record.history_date <= record.history_date), None)
        if base is None:
            continue
        release = base.record.instance
        copy = record.instance
        if contents is not None:
            release.take_over(copy.printed)
        yield Version(record, release, base.tags if contents is None else frozenset(copy.tags), of_copy=True)
