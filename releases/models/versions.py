"""A release as it was: its history read as whole texts, topics included."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from releases.models.release import Release
from releases.models.topics import ReleaseTag


@dataclass(frozen=True)
class Version:
    """A release after one change: the record of it (who, when, what was done), and the ids of its topics then."""

    record: Any
    tags: frozenset[int]

    @property
    def release(self) -> Release:
        """The release as it was, not saved."""
        then: Release = self.record.instance
        return then


def versions_of(release: Release) -> list[Version]:
    """Every version of `release`, newest first.

    Topics are written after the release in one change, so those of a version are what they were before the next one.
    """
    records = list(Release.history.filter(id=release.pk).select_related("history_user").order_by("history_date", "history_id"))
    ties = list(ReleaseTag.history.filter(content_object=release.pk).order_by("history_date", "history_id"))
    return list(_with_topics(records, ties))[::-1]


def _with_topics(records: list[Any], ties: list[Any]) -> Iterator[Version]:
    tags: set[int] = set()
    heard = 0
    for number, record in enumerate(records):
        end = records[number + 1].history_date if number + 1 < len(records) else None
        while heard < len(ties) and (end is None or ties[heard].history_date < end):
            tie = ties[heard]
            heard += 1
            tags = tags - {tie.tag_id} if tie.history_type == "-" else tags | {tie.tag_id}
        yield Version(record, frozenset(tags))
