"""Earlier versions of a release from the history, with their topics and pending revisions."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from releases.models.drafts import PendingRevision
from releases.models.release import Release
from releases.models.topics import ReleaseTag


@dataclass(frozen=True)
class Version:
    """A release after one change: its history record, its text, and the ids of its topics.

    With `is_revision`, it is a pending revision that was saved or discarded, and not public.
    """

    record: Any
    release: Release  # an earlier state; do not save it
    topic_ids: frozenset[int]
    is_pending_revision: bool = False

    @property
    def key(self) -> str:
        """Return the identifier among the versions of the release."""
        return f"c{self.record.pk}" if self.is_pending_revision else str(self.record.pk)


def get_versions(release: Release) -> list[Version]:
    """Return every version of `release`, newest first.

    An action writes topics after the release, so the topics of a version are those just before the next
    version.
    """
    records = list(
        Release.history.filter(id=release.pk)
        .select_related("history_user")
        .order_by("history_date", "history_id")
    )
    release_tags = list(
        ReleaseTag.history.filter(content_object=release.pk).order_by("history_date", "history_id")
    )
    revisions = list(
        PendingRevision.history.filter(release=release.pk)
        .select_related("history_user")
        .order_by("history_date", "history_id")
    )
    saved = list(_release_versions(records, release_tags))
    versions = [*saved, *_revision_versions(revisions, saved)]
    return sorted(
        versions,
        key=lambda version: (version.record.history_date, not version.is_pending_revision),
        reverse=True,
    )


def _release_versions(records: list[Any], release_tags: list[Any]) -> Iterator[Version]:
    tags: dict[int, int] = {}  # topic ids by the ids of their assignments, which a merge gives another topic
    position = 0
    for number, record in enumerate(records):
        end = records[number + 1].history_date if number + 1 < len(records) else None
        while position < len(release_tags) and (end is None or release_tags[position].history_date < end):
            release_tag = release_tags[position]
            position += 1
            if release_tag.history_type == "-":
                tags.pop(release_tag.id, None)
            else:
                tags[release_tag.id] = release_tag.tag_id
        yield Version(record, record.instance, frozenset(tags.values()))


def _revision_versions(records: list[Any], saved: list[Version]) -> Iterator[Version]:
    """Yield each text that pending revisions had, and the discarded ones.

    Published ones are in `saved` already.
    """
    previous = None
    for record in records:
        contents = None if record.history_type == "-" else record.data
        if contents == previous or (contents is None and record.history_change_reason != "discard"):
            previous = contents
            continue
        previous = contents
        base = next(
            (version for version in reversed(saved) if version.record.history_date <= record.history_date),
            None,
        )
        if base is None:
            continue
        release = base.record.instance
        revision = record.instance
        if contents is not None:
            release.apply_content(revision.content)
        yield Version(
            record,
            release,
            base.topic_ids if contents is None else frozenset(revision.topic_ids),
            is_pending_revision=True,
        )
