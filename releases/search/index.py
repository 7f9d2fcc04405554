"""The search index: the tokens of each release, in a table of the kind that each database searches best.

Receivers update it with every save, in the same transaction. It includes drafts and scheduled releases,
because the staff search them and because no job runs when a release goes public; `find` excludes what
`published` excludes.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain, islice
from typing import Any

from django.db import connection, transaction
from django.db.models import prefetch_related_objects

from releases.models import Organization, Release, Topic
from releases.search import analyzer, postgres, sqlite
from releases.search.row import IndexRow
from releases.search.sort_key import make_sort_key
from releases.text import localtime
from releases.text.choices import Status
from releases.text.richtext import strip_photo_placeholders, to_plain_text

STAFF = "staff"  # the audience of everything that is neither published nor scheduled
# A row without a release has a token with the version of the analyzer that made all other rows.
VERSION, VERSION_ROW = f"_v{analyzer.VERSION}", 0


def get_engine() -> Any:
    """Return the module for the search table of the database in use."""
    return sqlite if connection.vendor == "sqlite" else postgres


def update(*releases: Release) -> None:
    """Update the rows of `releases`, in the same number of queries for one and for many.

    Their topics are read from the database unless they are known or prefetched. The signers of a release
    that has any need one more query.
    """
    unknown = [release for release in releases if release.cached_topics is None]
    prefetch_related_objects(unknown, "tags")
    get_engine().put(list(map(build_row, releases)))


def build_row(release: Release) -> IndexRow:
    topics = release.topics
    texts = [list(analyzer.iter_words(text)) for text in get_texts(release, topics)]
    tokens = get_filter_tokens(release, topics)
    tokens.update(
        *(analyzer.index_tokens(word, release.language) for word in set(chain.from_iterable(texts)))
    )
    day = _get_date(release) or localtime.local_date(release.created_at)
    key = make_sort_key(day, release.pk, release.kind)
    return IndexRow(release.pk, key, get_audience(release), sorted(tokens), build_phrase_text(texts))


def remove(release_id: int) -> None:
    """Remove a release from the index."""
    get_engine().remove(release_id)


def rebuild(batch: int = 500) -> int:
    """Rebuild the whole index. Return how many releases it has."""
    with transaction.atomic():
        clear()
        get_engine().put([IndexRow(VERSION_ROW, VERSION_ROW, STAFF, [VERSION], "")])
        count = 0
        releases = Release.objects.order_by("pk").with_topics().iterator(chunk_size=batch)
        while rows := list(islice(releases, batch)):
            update(*rows)
            count += len(rows)
    return count


def clear() -> None:
    get_engine().clear()


def count_releases() -> int:
    """Return how many releases the index has."""
    return int(get_engine().count()) - int(get_engine().has_token(VERSION))


def read_rows(alias: str) -> Iterator[IndexRow]:
    """Yield what the index of the database `alias` has for each release."""
    return (row for row in get_engine().read_rows(alias) if row.release_id != VERSION_ROW)


def is_outdated() -> bool:
    """Return whether the index is empty or was made by another version of the analyzer.

    Returns False if there is no table yet.
    """
    return "releases_search" in connection.introspection.table_names() and not get_engine().has_token(VERSION)


def purge_deleted_text() -> None:
    """Remove all bytes of earlier texts from the index."""
    get_engine().purge_deleted_text()


def get_texts(release: Release, topics: Iterable[Topic]) -> list[str]:
    """Return the searched texts: headline, subhead, summary, body, and names of topics and signers."""
    texts = [
        release.headline,
        release.subhead,
        release.summary,
        to_plain_text(strip_photo_placeholders(release.body)),
    ]
    signers = Organization.objects.using(release._state.db).filter(pk__in=release.signers)
    texts += [topic.name_in(release.language) for topic in topics]
    return texts + [item.name_in(release.language) for item in (signers if release.signers else ())]


def build_phrase_text(texts: Iterable[list[str]]) -> str:
    """Return the folded words of several texts, a line each, for finding phrases.

    Every word is between spaces, so that a phrase is a substring.
    """
    return "\n".join(f" {' '.join(map(analyzer.fold, words))} " for words in texts)


def get_audience(release: Release) -> str:
    """Return who can find `release`: the public in its language, or only the staff.

    Scheduled releases are indexed for the public, and queries exclude them until they are due.
    """
    return release.language if release.status == Status.PUBLISHED else STAFF


def get_filter_tokens(release: Release, topics: Iterable[Topic]) -> set[str]:
    """Return tokens for kind, topics and date: “_statement”, “_t7”, “_2014”, “_201412”."""
    tokens = {f"_{release.kind.replace('_', '')}", *(f"_t{topic.pk}" for topic in topics)}
    if printed := _get_date(release):
        day = f"{printed:%Y%m%d}"
        tokens |= {f"_{day[:4]}", f"_{day[:6]}", f"_{day}"}
    return tokens


def _get_date(release: Release) -> date | None:
    """Return the printed date, also of a release that was just saved with a string."""
    day: date | None = Release._meta.get_field("date").to_python(release.date)
    return day
