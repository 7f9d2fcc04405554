"""The index: for each release its tokens, newest first, in the one table its database searches best.

It follows every save (releases/receivers.py) in the same transaction. It holds what is scheduled and drafts too, told apart
by facts, so that nothing has to run when a moment comes; `find` asks `published` on top.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection, transaction

from releases import clock
from releases.models import Release
from releases.prose import plain_text
from releases.search import analyser, postgres, sqlite

VERSION, VERSION_ROW = f"_v{analyser.VERSION}", 0  # a row that is no release says by which analyser the others were made


def engine() -> Any:
    """The module that speaks to the search table of the database in use."""
    return sqlite if connection.vendor == "sqlite" else postgres


def index(*releases: Release) -> None:
    """Make `releases` found by the words they have now. Their topics are read from the database unless they are prefetched."""
    for release in releases:
        engine().put(release.pk, place_of(release), release.public_at, sorted(tokens_of(release)))


def forget(release: int) -> None:
    """Let nobody find the release with this id any more."""
    engine().remove(release)


def rebuild(batch: int = 500) -> int:
    """Write the whole index anew; answers how many releases it holds."""
    with transaction.atomic():
        empty()
        engine().put(VERSION_ROW, VERSION_ROW, None, [VERSION])
        count = 0
        for release in Release.objects.order_by("pk").with_topics().iterator(chunk_size=batch):
            index(release)
            count += 1
    return count


def empty() -> None:
    engine().empty()


def size() -> int:
    """How many releases the index holds."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM releases_search WHERE {engine().NUMBER} <> %s", [VERSION_ROW])  # noqa: S608  (a name of ours)
        return int(cursor.fetchone()[0])


def is_out_of_date() -> bool:
    """Whether the index was never filled, or by an earlier analyser. No table yet: it is not. Rows are not counted: every start asks."""
    return "releases_search" in connection.introspection.table_names() and not engine().has(VERSION)


def forget_old_bytes() -> None:
    """Leave no byte of an earlier text in the index."""
    engine().forget_old_bytes()


def place_of(release: Release) -> int:
    """Where `release` stands among all: by its date, then by its id; a draft without a date by the day it was begun."""
    day = _date_of(release) or clock.day_of(release.created_at)
    return day.toordinal() << 32 | release.pk


def tokens_of(release: Release) -> set[str]:
    """The words of headline, subhead, summary, body and topics, and the facts that are asked for beside them."""
    topics = list(release.tags.all())
    texts = [release.headline, release.subhead, release.summary, plain_text(release.body)]
    texts += [topic.name_in(release.language) for topic in topics]
    tokens = facts_of(release, (topic.pk for topic in topics))
    for word in {found[0] for text in texts for found in analyser.words_of(analyser.composed(text))}:
        tokens |= analyser.tokens_of(word, release.language)
    return tokens


def facts_of(release: Release, topics: Iterable[int]) -> set[str]:
    facts = {f"_r{release.pk}", f"_{release.language}", f"_{release.status}", f"_{release.kind.replace('_', '')}"}
    facts |= {f"_t{topic}" for topic in topics}
    if printed := _date_of(release):
        day = f"{printed:%Y%m%d}"
        facts |= {f"_{day[:4]}", f"_{day[:6]}", f"_{day}"}
    return facts


def _date_of(release: Release) -> date | None:
    """The printed date, also of a release that was just saved from words."""
    day: date | None = Release._meta.get_field("date").to_python(release.date)
    return day
