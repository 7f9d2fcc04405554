"""Faults of the search index: it must be what `rebuild_search` would make."""

from collections.abc import Callable, Iterator
from hashlib import sha256

from django.db import Error, connections

from releases import search
from releases.models import Release
from releases.search.index import build_row
from releases.search.row import IndexRow

REBUILD = "Run rebuild_search."


def find_index_faults(alias: str, progress: Callable[[str, int], None]) -> Iterator[str]:
    """Yield a sentence for each release that search would miss, or show wrongly."""
    if search.is_outdated():
        yield f"The search index was made by another version of the newsroom. {REBUILD}"
        return
    stored: dict[int, bytes] = {}
    for row in search.read_rows(alias):
        if row.release_id in stored:
            yield f"The search index has release {row.release_id} twice. {REBUILD}"
        stored[row.release_id] = digest_row(row)
    if connections[alias].vendor == "sqlite":
        try:
            with connections[alias].cursor() as cursor:  # `alias` is a copy, so others don't wait
                cursor.execute("INSERT INTO releases_search(releases_search) VALUES ('integrity-check')")
        except Error:
            yield f"The search index is damaged. {REBUILD}"
    count = 0
    for release in Release.objects.using(alias).order_by("pk").with_topics().iterator(chunk_size=500):
        count += 1
        digest = stored.pop(release.pk, None)
        if digest is None:
            yield f"Release {release.pk} is missing in the search index. {REBUILD}"
        elif digest != _digest_expected_row(release):
            yield f"Release {release.pk} has another text, date or audience in the search index. {REBUILD}"
    for pk in sorted(stored):
        yield f"The search index has release {pk}, which doesn't exist. {REBUILD}"
    progress("search index", count)


def _digest_expected_row(release: Release) -> bytes:
    """Return the digest of the row that the index should have, or b"" if the release has invalid values."""
    try:
        return digest_row(build_row(release))
    except (ValueError, TypeError, AttributeError):
        return b""


def digest_row(row: IndexRow) -> bytes:
    """Return a digest of what the index has for a release. The order of the tokens doesn't count."""
    return sha256(repr((row.sort_key, row.audience, sorted(set(row.tokens)), row.text)).encode()).digest()
