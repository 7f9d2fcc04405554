"""Ask the index: the newest matches first, the best matches first while they are few, and only what the public may read."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from releases import clock
from releases.models import Release, Topic
from releases.prose import plain_text, without_photos
from releases.search import analyser
from releases.search.index import engine
from releases.search.questions import Question
from releases.search.sort_key import count_kinds, count_years, release_id_of
from releases.vocabulary import Language

MAX_HITS = 1000  # more are shown as “more than”
MAX_RANKED = 30  # hits that are put in the order of how well they match


@dataclass(frozen=True)
class Hits:
    """The ids of the releases found, in the order to show them, with counts by year and by kind.

    `has_more`: only the newest MAX_HITS are here. `has_some`: no release has all words, and these have at least one.
    `in_part`: a phrase was looked for in the newest MAX_HITS releases that have its words, and there are more of these.
    `can_be_best`: they are few enough to be ranked.
    """

    releases: list[int] = field(default_factory=list)
    years: list[tuple[int, int]] = field(default_factory=list)
    kinds: list[tuple[str, int]] = field(default_factory=list)
    has_more: bool = False
    has_some: bool = False
    in_part: bool = False
    can_be_best: bool = False


def find(
    question: Question,
    language: str,
    at: datetime,
    *,
    topic: Topic | None = None,
    kind: str = "",
    year: int | None = None,
    by_date: bool = False,
    hidden: Collection[int] | None = None,
) -> Hits:
    """Return what the public may read at `at` (aware) in `language` and that answers `question`, limited to a topic, kind or year.

    `hidden` are the ids of `Release.objects.hidden(at)`, where the caller knows them.
    """
    if hidden is None:
        hidden = hidden_ids(at)
    filters = [question.period, f"_t{topic.pk}" if topic else "", f"_{kind.replace('_', '')}" if kind else "", f"_{year}" if year else ""]
    required = [frozenset([token]) for token in filters if token]
    groups = [group for word in question.words if (group := _tokens_asked(word, language))]
    if not groups and not question.period:
        return Hits()
    hits = _hits(question, [*groups, *required], language, at, by_date, hidden)
    if hits.releases or len(groups) < 2:
        return hits
    any_word = groups if question.phrases else [frozenset().union(*groups)]
    some = _hits(replace(question, phrases=()), [*any_word, *required], language, at, by_date, hidden)
    return replace(some, has_some=bool(some.releases), in_part=hits.in_part)


def hidden_ids(at: datetime) -> frozenset[int]:
    """Return the ids of all releases that the public may not read at `at`."""
    return frozenset(Release.objects.hidden(at).order_by().values_list("pk", flat=True))


def related(release: Release, hidden: Collection[int], limit: int) -> tuple[list[int], list[int]]:
    """Return the ids of the newest public releases that share all topics of `release`, and of those that share any.

    `release` itself may be among them.
    """
    topics = [frozenset([f"_t{topic.pk}"]) for topic in release.topics]
    if not topics:
        return [], []
    all_topics, any_topic = (_newest(release.language, groups, hidden, limit) for groups in (topics, [frozenset().union(*topics)]))
    return list(map(release_id_of, all_topics)), list(map(release_id_of, any_topic))


def matching(text: str, question: Question) -> Q:
    """Return a condition for all releases, public or not, that have the words of `question` in either language, phrases or not."""
    groups = [frozenset().union(*(_tokens_asked(word, language) for language in Language.values)) for word in question.words]
    groups.append(frozenset(filter(None, [question.period])))
    groups = [group for group in groups if group]
    return Q(pk__in=engine().matching(groups)) if groups else Q(headline__icontains=text)


def _tokens_asked(word: str, language: str) -> frozenset[str]:
    """Return the tokens that `word` is found by. A year is found by the date of a release, too."""
    tokens = analyser.tokens_asked(word, language)
    return tokens | {f"_{word}"} if re.fullmatch("19[89][0-9]|20[0-9]{2}", word, re.ASCII) else tokens


def _newest(language: str, groups: list[frozenset[str]], hidden: Collection[int], limit: int) -> list[int]:
    """Return the sort keys of the newest public releases that have a token of each of `groups`."""
    keys: list[int] = engine().newest(language, groups, limit + len(hidden))
    return [key for key in keys if release_id_of(key) not in hidden][:limit] if hidden else keys


def _hits(question: Question, groups: list[frozenset[str]], language: str, at: datetime, by_date: bool, hidden: Collection[int]) -> Hits:
    keys = _newest(language, groups, hidden, MAX_HITS + 1)
    in_part = bool(question.phrases) and len(keys) > MAX_HITS
    if question.phrases:
        found = engine().with_phrases(keys, [f" {' '.join(phrase)} " for phrase in question.phrases])
        keys = [key for key in keys if key in found]
    has_more, keys = len(keys) > MAX_HITS, keys[:MAX_HITS]
    can_be_best = bool(question.words) and 1 < len(keys) <= MAX_RANKED
    releases = list(map(release_id_of, keys))
    return Hits(
        releases=_best_first(question, releases, language, at) if can_be_best and not by_date else releases,
        years=count_years(keys),
        kinds=count_kinds(keys),
        has_more=has_more,
        in_part=in_part,
        can_be_best=can_be_best,
    )


# --- Ranking ----------------------------------------------------------------------------------------------------------

# How much a word counts by where it is. In the body only the exact word counts, because a body is long.
WEIGHTS = {"headline": 16, "subhead": 4, "summary": 4}
EXACT, FOLDED, STEM = 4, 3, 2


def _best_first(question: Question, releases: list[int], language: str, at: datetime) -> list[int]:
    """Return the ids with the best match first, notices that ran out last; among equals the order stays."""
    today = clock.day_of(at)
    rows = Release.objects.published(at).order_by().filter(pk__in=releases).values("pk", "valid_until", "body", *WEIGHTS)
    ranks = {row["pk"]: (row["valid_until"] is None or row["valid_until"] >= today, _relevance(question, row, language)) for row in rows}
    return sorted(filter(ranks.__contains__, releases), key=ranks.__getitem__, reverse=True)


def _relevance(question: Question, row: dict[str, str], language: str) -> int:
    """Return how well a release answers: each word counts by how near the top it is, and by how exactly."""
    score = 0
    for name, weight in WEIGHTS.items():
        exact = {word.lower() for word in analyser.words_in(row[name])}
        folded = set(map(analyser.folded, exact))
        stems = {token for word in exact for token in analyser.tokens_of(word, language)}
        for word in question.words:
            if word.lower() in exact:
                score += weight * EXACT
            elif analyser.folded(word) in folded:
                score += weight * FOLDED
            elif analyser.tokens_asked(word, language) & stems:
                score += weight * STEM
    body = plain_text(row["body"]).lower()
    return score + sum(_has_word(body, word.lower()) for word in question.words)


def _has_word(text: str, word: str) -> bool:
    return word in text and re.search(rf"\b{re.escape(word)}\b", text) is not None


# --- What is shown of a hit -------------------------------------------------------------------------------------------


class Texts(NamedTuple):
    """The body of a public release as plain text."""

    release: int
    body: str


def bodies_of(ids: Iterable[int], at: datetime) -> list[Texts]:
    """Return the bodies of those of the releases with these `ids` that the public may read at `at` (aware)."""
    rows = Release.objects.published(at).order_by().filter(pk__in=list(ids)).values_list("pk", "body")
    return [Texts(pk, plain_text(without_photos(body))) for pk, body in rows]
