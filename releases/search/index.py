"""The index: for each release its tokens, newest first, in the one table its database searches best.

It follows every save (releases/receivers.py) in the same transaction. It holds what is scheduled and drafts too, so that nothing
has to run when a moment comes; `find` asks `published` on top. Each token is kept for those who find it, the public in one
language or the desk alone: a question so never goes through what all that is public has in common.
"""

from collections.abc import Iterable
from datetime import date
from itertools import chain
from typing import Any

from django.db import connection, transaction

from releases import clock
from releases.models import Release, Topic
from releases.prose import plain_text, without_photos
from releases.search import analyser, places, postgres, sqlite
from releases.vocabulary import Status

VERSION, VERSION_ROW = f"_v{analyser.VERSION}", 0  # a row that is no release says by which analyser the others were made
DESK = "desk"  # who finds what is not published


def engine() -> Any:
    """The module that speaks to the search table of the database in use."""
    return sqlite if connection.vendor == "sqlite" else postgres


def index(*releases: Release) -> None:
    """Make `releases` found by the words they have now. Their topics are read from the database unless they are prefetched."""
    for release in releases:
        topics = list(release.tags.all())
        words = [list(analyser.words_in(text)) for text in texts_of(release, topics)]
        tokens = facts_of(release, (topic.pk for topic in topics))
        tokens.update(*(analyser.tokens_of(word, release.language) for word in set(chain.from_iterable(words))))
        engine().put(release.pk, place_of(release), release.public_at, sorted(kept_for(finders_of(release), tokens)), in_rows(words))


def forget(release: int) -> None:
    """Let nobody find the release with this id any more."""
    engine().remove(release)


def rebuild(batch: int = 500) -> int:
    """Write the whole index anew; answers how many releases it holds."""
    with transaction.atomic():
        empty()
        engine().put(VERSION_ROW, VERSION_ROW, None, [VERSION], "")
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
    """Where `release` stands among all: by its date, a draft without one by the day it was begun, then by its id."""
    return places.place(_date_of(release) or clock.day_of(release.created_at), release.pk, release.kind)


def texts_of(release: Release, topics: Iterable[Topic]) -> list[str]:
    """What `release` is found by: its headline, subhead, summary and body, and the names of its topics."""
    texts = [release.headline, release.subhead, release.summary, plain_text(without_photos(release.body))]
    return texts + [topic.name_in(release.language) for topic in topics]


def in_rows(texts: Iterable[list[str]]) -> str:
    """The words of several texts, folded, each between two blanks, so that words in a row are a part of it."""
    return "\n".join(f" {' '.join(map(analyser.folded, words))} " for words in texts)


def finders_of(release: Release) -> str:
    """Who finds `release`: the public in its language when it is published, or will be at its moment, and else the desk alone."""
    return release.language if release.status == Status.PUBLISHED else DESK


def kept_for(finders: str, tokens: Iterable[str]) -> frozenset[str]:
    """`tokens` as they are kept for `finders`, a language or DESK."""
    return frozenset(f"{finders}_{token}" for token in tokens)


def facts_of(release: Release, topics: Iterable[int]) -> set[str]:
    facts = {f"_{release.kind.replace('_', '')}", *(f"_t{topic}" for topic in topics)}
    if printed := _date_of(release):
        day = f"{printed:%Y%m%d}"
        facts |= {f"_{day[:4]}", f"_{day[:6]}", f"_{day}"}
    return facts


def _date_of(release: Release) -> date | None:
    """The printed date, also of a release that was just saved from words."""
    day: date | None = Release._meta.get_field("date").to_python(release.date)
    return day
