"""The search index: the tokens of each release, in the one table that its database searches best.

Receivers update it with every save, in the same transaction. It has drafts and scheduled releases too, because the staff searches
them and because no job runs when a release goes public; `find` excludes what `published` does not include.
"""

from collections.abc import Iterable
from datetime import date
from itertools import chain
from typing import Any

from django.db import connection, transaction

from releases import clock
from releases.models import Release, Topic
from releases.prose import plain_text, without_photos
from releases.search import analyser, postgres, sqlite
from releases.search.sort_key import sort_key
from releases.vocabulary import Status

STAFF = "staff"  # the audience of everything that is neither published nor scheduled
# A row that is no release has a token with the version of the analyzer that made all others.
VERSION, VERSION_ROW = f"_v{analyser.VERSION}", 0


def engine() -> Any:
    """Return the module for the search table of the database in use."""
    return sqlite if connection.vendor == "sqlite" else postgres


def index(*releases: Release) -> None:
    """Update the rows of `releases`. Their topics are read from the database unless they are known or prefetched."""
    for release in releases:
        topics = release.topics
        texts = [list(analyser.words_in(text)) for text in texts_of(release, topics)]
        tokens = filter_tokens(release, topics)
        tokens.update(*(analyser.tokens_of(word, release.language) for word in set(chain.from_iterable(texts))))
        key = sort_key(_date_of(release) or clock.day_of(release.created_at), release.pk, release.kind)
        engine().put(release.pk, key, audience_of(release), sorted(tokens), phrase_text(texts))


def forget(release_id: int) -> None:
    """Remove a release from the index."""
    engine().remove(release_id)


def rebuild(batch: int = 500) -> int:
    """Write the whole index again; return how many releases it has."""
    with transaction.atomic():
        empty()
        engine().put(VERSION_ROW, VERSION_ROW, STAFF, [VERSION], "")
        count = 0
        for release in Release.objects.order_by("pk").with_topics().iterator(chunk_size=batch):
            index(release)
            count += 1
    return count


def empty() -> None:
    engine().empty()


def size() -> int:
    """Return how many releases the index has."""
    return int(engine().count()) - int(engine().has_token(VERSION))


def is_out_of_date() -> bool:
    """Return whether the index was never filled, or by another version of the analyzer; False when there is no table yet."""
    return "releases_search" in connection.introspection.table_names() and not engine().has_token(VERSION)


def forget_old_bytes() -> None:
    """Leave no byte of an earlier text in the index."""
    engine().forget_old_bytes()


def texts_of(release: Release, topics: Iterable[Topic]) -> list[str]:
    """Return the texts `release` is found by: headline, subhead, summary, body, and the names of its topics."""
    texts = [release.headline, release.subhead, release.summary, plain_text(without_photos(release.body))]
    return texts + [topic.name_in(release.language) for topic in topics]


def phrase_text(texts: Iterable[list[str]]) -> str:
    """Return the folded words of several texts, a line each, every word between spaces, so that a phrase is a substring."""
    return "\n".join(f" {' '.join(map(analyser.folded, words))} " for words in texts)


def audience_of(release: Release) -> str:
    """Return who finds `release`: the public in its language once it is published or scheduled, else the staff alone."""
    return release.language if release.status == Status.PUBLISHED else STAFF


def filter_tokens(release: Release, topics: Iterable[Topic]) -> set[str]:
    """Return tokens for kind, topics and date, which begin with an underscore: “_statement”, “_t7”, “_2014”, “_201412”."""
    tokens = {f"_{release.kind.replace('_', '')}", *(f"_t{topic.pk}" for topic in topics)}
    if printed := _date_of(release):
        day = f"{printed:%Y%m%d}"
        tokens |= {f"_{day[:4]}", f"_{day[:6]}", f"_{day}"}
    return tokens


def _date_of(release: Release) -> date | None:
    """Return the printed date, also of a release that was just saved with a string."""
    day: date | None = Release._meta.get_field("date").to_python(release.date)
    return day
