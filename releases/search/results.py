"""Search the index for what the public may read.

The newest matches come first, or the best ones if there are few.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from releases.models import Release, Topic
from releases.search import analyzer
from releases.search.index import get_engine
from releases.search.query import SearchQuery
from releases.search.sort_key import count_kinds, count_years, release_id_from_key
from releases.text import localtime
from releases.text.choices import Language
from releases.text.richtext import strip_photo_placeholders, to_plain_text

MAX_HITS = 1000  # further ones are shown as “more than”
MAX_RANKED = 30  # hits that can be sorted by relevance


@dataclass(frozen=True)
class Hits:
    """The ids of the releases found, in display order, with counts by year and by kind.

    `has_more`: there are more than MAX_HITS, and these are the newest. `is_any_word_fallback`: no release
    has all words, and these have at least one. `is_incomplete`: more than MAX_HITS releases have the words
    of a phrase, and only the newest were searched for it. `can_rank`: there are few enough to sort by
    relevance.
    """

    release_ids: list[int] = field(default_factory=list)
    years: list[tuple[int, int]] = field(default_factory=list)
    kinds: list[tuple[str, int]] = field(default_factory=list)
    has_more: bool = False
    is_any_word_fallback: bool = False
    is_incomplete: bool = False
    can_rank: bool = False


def find(
    query: SearchQuery,
    language: str,
    at: datetime,
    *,
    topic: Topic | None = None,
    kind: str = "",
    year: int | None = None,
    by_date: bool = False,
    hidden: Collection[int] | None = None,
) -> Hits:
    """Return the releases that match `query` and that the public may read at `at` (aware) in `language`.

    They can be limited to a topic, kind or year. `hidden` are the ids of `Release.objects.hidden(at)`, if the
    caller has them.
    """
    if hidden is None:
        hidden = get_hidden_ids(at)
    filters = [
        query.period,
        f"_t{topic.pk}" if topic else "",
        f"_{kind.replace('_', '')}" if kind else "",
        f"_{year}" if year else "",
    ]
    required = [frozenset([token]) for token in filters if token]
    groups = [group for word in query.words if (group := _query_tokens(word, language))]
    if not groups and not query.period:
        return Hits()
    hits = _search(query, [*groups, *required], language, at, by_date, hidden)
    if hits.release_ids or len(groups) < 2:
        return hits
    any_word = groups if query.phrases else [frozenset().union(*groups)]
    some = _search(replace(query, phrases=()), [*any_word, *required], language, at, by_date, hidden)
    return replace(some, is_any_word_fallback=bool(some.release_ids), is_incomplete=hits.is_incomplete)


def get_hidden_ids(at: datetime) -> frozenset[int]:
    """Return the ids of all releases that the public may not read at `at`."""
    return frozenset(Release.objects.hidden(at).order_by().values_list("pk", flat=True))


def find_related(release: Release, hidden: Collection[int], limit: int) -> tuple[list[int], list[int]]:
    """Return the ids of the newest public releases that share topics with `release`.

    First those that share all topics, then those that share any.

    `release` itself may be among them.
    """
    topics = [frozenset([f"_t{topic.pk}"]) for topic in release.topics]
    if not topics:
        return [], []
    all_topics, any_topic = (
        _find_newest(release.language, groups, hidden, limit)
        for groups in (topics, [frozenset().union(*topics)])
    )
    return list(map(release_id_from_key, all_topics)), list(map(release_id_from_key, any_topic))


def build_staff_filter(text: str, query: SearchQuery) -> Q:
    """Return a condition for all releases, public or not, that have the words of `query` in either language.

    The words of a phrase may be in any order.
    """
    groups = [
        frozenset().union(*(_query_tokens(word, language) for language in Language.values))
        for word in query.words
    ]
    groups.append(frozenset(filter(None, [query.period])))
    groups = [group for group in groups if group]
    return Q(pk__in=get_engine().build_subquery(groups)) if groups else Q(headline__icontains=text)


def _query_tokens(word: str, language: str) -> frozenset[str]:
    """Return the tokens to search for `word`. A year also matches the date of a release."""
    tokens = analyzer.query_tokens(word, language)
    return tokens | {f"_{word}"} if re.fullmatch("19[89][0-9]|20[0-9]{2}", word, re.ASCII) else tokens


def _find_newest(
    language: str, groups: list[frozenset[str]], hidden: Collection[int], limit: int
) -> list[int]:
    """Return the sort keys of the newest public releases that have a token of each of `groups`."""
    keys: list[int] = get_engine().find_newest(language, groups, limit + len(hidden))
    return [key for key in keys if release_id_from_key(key) not in hidden][:limit] if hidden else keys


def _search(
    query: SearchQuery,
    groups: list[frozenset[str]],
    language: str,
    at: datetime,
    by_date: bool,
    hidden: Collection[int],
) -> Hits:
    keys = _find_newest(language, groups, hidden, MAX_HITS + 1)
    is_incomplete = bool(query.phrases) and len(keys) > MAX_HITS
    if query.phrases:
        found = get_engine().match_phrases(keys, [f" {' '.join(phrase)} " for phrase in query.phrases])
        keys = [key for key in keys if key in found]
    has_more, keys = len(keys) > MAX_HITS, keys[:MAX_HITS]
    can_rank = bool(query.words) and 1 < len(keys) <= MAX_RANKED
    releases = list(map(release_id_from_key, keys))
    return Hits(
        release_ids=_rank(query, releases, language, at) if can_rank and not by_date else releases,
        years=count_years(keys),
        kinds=count_kinds(keys),
        has_more=has_more,
        is_incomplete=is_incomplete,
        can_rank=can_rank,
    )


# --- Ranking ------------------------------------------------------------------------------------------------

# The weight of a word by its field. In the body only the exact word counts, because a body is long.
WEIGHTS = {"headline": 16, "subhead": 4, "summary": 4}
EXACT, FOLDED, STEM = 4, 3, 2


def _rank(query: SearchQuery, releases: list[int], language: str, at: datetime) -> list[int]:
    """Return the ids with the best match first and expired notices last. Equal matches stay in order."""
    today = localtime.local_date(at)
    rows = (
        Release.objects.published(at)
        .order_by()
        .filter(pk__in=releases)
        .values("pk", "valid_until", "body", *WEIGHTS)
    )
    ranks = {
        row["pk"]: (
            row["valid_until"] is None or row["valid_until"] >= today,
            _relevance(query, row, language),
        )
        for row in rows
    }
    return sorted(filter(ranks.__contains__, releases), key=ranks.__getitem__, reverse=True)


def _relevance(query: SearchQuery, row: dict[str, str], language: str) -> int:
    """Return a score for `row`: each word counts by its field, and by how exactly it matches."""
    score = 0
    for name, weight in WEIGHTS.items():
        exact = {word.lower() for word in analyzer.iter_words(row[name])}
        folded = set(map(analyzer.fold, exact))
        stems = {token for word in exact for token in analyzer.index_tokens(word, language)}
        for word in query.words:
            if word.lower() in exact:
                score += weight * EXACT
            elif analyzer.fold(word) in folded:
                score += weight * FOLDED
            elif analyzer.query_tokens(word, language) & stems:
                score += weight * STEM
    body = to_plain_text(row["body"]).lower()
    return score + sum(_contains_word(body, word.lower()) for word in query.words)


def _contains_word(text: str, word: str) -> bool:
    return word in text and re.search(rf"\b{re.escape(word)}\b", text) is not None


# --- Texts of hits ------------------------------------------------------------------------------------------


class SearchDocument(NamedTuple):
    """The body of a public release as plain text."""

    release_id: int
    body: str


def get_documents(ids: Iterable[int], at: datetime) -> list[SearchDocument]:
    """Return the bodies of the releases with these `ids` that are public at `at` (aware)."""
    rows = Release.objects.published(at).order_by().filter(pk__in=list(ids)).values_list("pk", "body")
    return [SearchDocument(pk, to_plain_text(strip_photo_placeholders(body))) for pk, body in rows]
