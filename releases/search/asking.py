"""Ask the index: newest first, the best match first while there are few, and never anything the public may not read."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache, partial
from typing import NamedTuple

from django.db.models import Q

from releases import clock
from releases.models import Release, Topic
from releases.prose import plain_text, without_photos
from releases.search import analyser, places
from releases.search.index import DESK, engine, kept_for
from releases.search.questions import Question
from releases.vocabulary import Language

MOST = 1000  # hits; more are counted as “more than”
ALL = 2**31  # releases: more than there are
FEW = 30  # hits that are put in order of how well they match


class Texts(NamedTuple):
    """What a release says, the body as plain text, by which the best match is told and what was found is shown."""

    release: int
    valid_until: date | None
    headline: str
    subhead: str
    summary: str
    body: str


def texts_of(ids: Iterable[int], at: datetime) -> list[Texts]:
    """The texts of those of the releases with these `ids` that the public may read at `at` (aware)."""
    rows = Release.objects.published(at).order_by().filter(pk__in=list(ids))
    return [
        Texts(pk, valid_until, headline, subhead, summary, plain_text(without_photos(body)))
        for pk, valid_until, headline, subhead, summary, body in rows.values_list(
            "pk", "valid_until", "headline", "subhead", "summary", "body"
        )
    ]


@dataclass(frozen=True)
class Hits:
    """The places of what was found, in the order to be shown, and how they spread over years and kinds.

    `has_more`: only the newest MOST are here. `has_some`: nothing has all the words, and these have one at least.
    `in_part`: words in a row were looked for among the newest MOST that have the words, and there are more of these.
    `can_be_best`: they are few enough for the best match to stand first, which they do unless the newest was asked for.
    """

    places: list[int] = field(default_factory=list)
    years: list[tuple[int, int]] = field(default_factory=list)
    kinds: list[tuple[str, int]] = field(default_factory=list)
    has_more: bool = False
    has_some: bool = False
    in_part: bool = False
    can_be_best: bool = False

    @property
    def releases(self) -> list[int]:
        """The ids of what was found."""
        return places.releases_at(self.places)


def find(
    question: Question,
    language: str,
    at: datetime,
    *,
    topic: Topic | None = None,
    kind: str = "",
    year: int | None = None,
    by_date: bool = False,
    hidden: frozenset[int] | None = None,
    texts: Callable[[list[int]], list[Texts]] | None = None,
) -> Hits:
    """What the public may read at `at` (aware) in `language` and that answers `question`, narrowed to a topic, kind, or year; but
    those `hidden`, where all that the public may not read is known. `texts` answers as `texts_of` does, where some are known."""
    texts = texts or partial(texts_of, at=at)
    facts = [question.period, f"_t{topic.pk}" if topic else "", f"_{kind.replace('_', '')}" if kind else "", f"_{year}" if year else ""]
    narrowed = [kept_for(language, [fact]) for fact in facts if fact]
    groups = _groups(question, language)
    if not groups and not question.period:
        return Hits()
    hits = _hits(question, [*groups, *narrowed], language, at, by_date, hidden, texts)
    if hits.places or len(groups) < 2:
        return hits
    asked = groups if question.phrases else [frozenset().union(*groups)]
    some = _hits(replace(question, phrases=()), [*asked, *narrowed], language, at, by_date, hidden, texts)
    return replace(some, has_some=bool(some.places), in_part=hits.in_part)


def related(release: Release, at: datetime, most: int) -> tuple[Q, Q]:
    """Two conditions for what the public may read at `at` in the language of `release`: the `most` newest that share all of its
    topics, and the `most` newest that share any; itself may be among them."""
    topics = [f"_t{topic.pk}" for topic in release.topics]
    if not topics:
        return Q(pk__in=[]), Q(pk__in=[])
    every = engine().newest_as_part([kept_for(release.language, [topic]) for topic in topics], at, most)
    some = engine().newest_as_part([kept_for(release.language, topics)], at, most)
    return Q(pk__in=every), Q(pk__in=some)


def matching(text: str, question: Question, most: int) -> Q:
    """A condition for the `most` releases with the newest dates, whatever the public may read, that have the words of `question` in
    either language, whether or not they stand in a row."""
    either = [frozenset().union(*(_asked(word, language) for language in Language.values)) for word in question.words]
    either.append(frozenset(filter(None, [question.period])))
    groups = [frozenset().union(*(kept_for(finders, tokens) for finders in (*Language.values, DESK))) for tokens in either if tokens]
    return Q(pk__in=engine().matching(groups, most)) if groups else Q(headline__icontains=text)


def _groups(question: Question, language: str) -> list[frozenset[str]]:
    return [kept_for(language, group) for word in question.words if (group := _asked(word, language))]


def _asked(word: str, language: str) -> frozenset[str]:
    """The tokens that `word` may be found by, for whomever they are kept; a year is found by the date of a release, too."""
    tokens = analyser.tokens_asked(word, language)
    return tokens | {f"_{word}"} if re.fullmatch("19[89][0-9]|20[0-9]{2}", word, re.ASCII) else tokens


def _hits(
    question: Question,
    groups: list[frozenset[str]],
    language: str,
    at: datetime,
    by_date: bool,
    hidden: frozenset[int] | None,
    texts: Callable[[list[int]], list[Texts]],
) -> Hits:
    """The hits of `groups`: public by the index, and not among the `hidden`, which follow from `published`."""
    here = engine().newest(groups, at, MOST + 1, hidden)
    in_part = bool(question.phrases) and len(here) > MOST
    if question.phrases:
        stand = engine().in_a_row(here, [f" {' '.join(phrase)} " for phrase in question.phrases])
        here = [place for place in here if place in stand]
    has_more, here = len(here) > MOST, here[:MOST]
    can_be_best = bool(question.words) and 1 < len(here) <= FEW
    shown = _best_first(question, here, language, at, texts) if can_be_best and not by_date else here
    return Hits(shown, places.years_in(here), places.kinds_in(here), has_more, in_part=in_part, can_be_best=can_be_best)


def _best_first(question: Question, here: list[int], language: str, at: datetime, texts: Callable[[list[int]], list[Texts]]) -> list[int]:
    """`here`, places, in the order of how well they answer, a notice that ran out after all others; of equals the newest stays first."""
    today, ranks = clock.day_of(at), {}
    at_place = dict(zip(here, places.releases_at(here), strict=True))
    for one in texts(list(at_place.values())):
        ranks[one.release] = (one.valid_until is None or one.valid_until >= today, _fitness(question, one, language))
    public = [place for place, pk in at_place.items() if pk in ranks]
    return sorted(public, key=lambda place: ranks[at_place[place]], reverse=True)


def _fitness(question: Question, texts: Texts, language: str) -> int:
    """How well headline, subhead, summary and body answer: each word counts by how near the top it stands, and by how exactly."""
    fitness = 0
    for weight, text in ((16, texts.headline), (4, texts.subhead), (4, texts.summary)):
        here, plain, stems = _words_of(text, language)
        for word in question.words:
            if word.lower() in here:
                fitness += 4 * weight
            elif analyser.folded(word) in plain:
                fitness += 3 * weight
            elif analyser.tokens_asked(word, language) & stems:
                fitness += 2 * weight
    return fitness + sum(_fitness_of(word, texts.body) for word in question.words)


@lru_cache(512)
def _words_of(text: str, language: str) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """The words of a short text in small letters, the same folded, and their stems. Those of the last texts are known."""
    here = frozenset(word.lower() for word in analyser.words_in(text))
    stems = frozenset(token for word in here for token in analyser.tokens_of(word, language))
    return here, frozenset(map(analyser.folded, here)), stems


def _fitness_of(word: str, body: str) -> int:
    """How exactly `word` stands in `body`, which is long: it is only looked for, its other words are not looked at."""
    small, plain = _in_small_letters(body)
    if _stands(word.lower(), small):
        return 4
    return 3 if _stands(analyser.without_accents(word), plain) else 0


def _stands(word: str, text: str) -> bool:
    """Whether `word` stands in `text` by itself. It is looked for from where its letters first are: a pattern alone is slow."""
    place = text.find(word)
    return place >= 0 and re.compile(rf"\b{re.escape(word)}\b").search(text, place) is not None


@lru_cache(256)
def _in_small_letters(text: str) -> tuple[str, str]:
    """`text` in small letters, and the same without accents. The last texts are known."""
    return text.lower(), analyser.without_accents(text)
