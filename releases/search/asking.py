"""Ask the index: newest first, the best match first while there are few, and never anything the public may not read."""

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import CharField, Q
from django.db.models.functions import Cast, Substr

from releases import clock
from releases.models import Release, Topic
from releases.prose import plain_text
from releases.search import analyser
from releases.search.index import engine
from releases.search.questions import Question
from releases.vocabulary import Language

MOST = 1000  # hits; more are counted as “more than”
FEW = 30  # hits that are put in order of how well they match


@dataclass(frozen=True)
class Hits:
    """The ids of what was found, in the order to be shown, and how they spread over years and kinds.

    `has_more`: only the newest MOST are here. `has_some`: nothing has all the words, and these have one at least.
    `in_part`: words in a row were looked for among the newest MOST that have the words, and there are more of these.
    `can_be_best`: they are few enough for the best match to stand first, which they do unless the newest was asked for.
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
) -> Hits:
    """What the public may read at `at` (aware) in `language` and that answers `question`, narrowed to a topic, kind, or year."""
    facts = ["_published", f"_{language}", question.period]
    facts += [f"_t{topic.pk}" if topic else "", f"_{kind.replace('_', '')}" if kind else "", f"_{year}" if year else ""]
    narrowed = [frozenset([fact]) for fact in facts if fact]
    groups = _groups(question, language)
    if not groups and not question.period:
        return Hits()
    hits = _hits(question, [*groups, *narrowed], language, at, by_date)
    if hits.releases or len(groups) < 2:
        return hits
    asked = groups if question.phrases else [frozenset().union(*groups)]
    some = _hits(replace(question, phrases=()), [*asked, *narrowed], language, at, by_date)
    return replace(some, has_some=bool(some.releases), in_part=hits.in_part)


def related(release: Release, at: datetime, most: int) -> tuple[Q, Q]:
    """Two conditions for what the public may read at `at` in the language of `release`: the `most` newest that share all of its
    topics, and the `most` newest that share any; itself may be among them."""
    topics = [f"_t{topic.pk}" for topic in release.topics]
    if not topics:
        return Q(pk__in=[]), Q(pk__in=[])
    public = [frozenset(["_published"]), frozenset([f"_{release.language}"])]
    every = engine().newest_as_part([frozenset([topic]) for topic in topics] + public, at, most)
    some = engine().newest_as_part([frozenset(topics), *public], at, most)
    return Q(pk__in=every), Q(pk__in=some)


def matching(text: str, question: Question) -> Q:
    """A condition for all releases, whatever the public may read, that have the words of `question` in either language,
    whether or not they stand in a row."""
    groups = [frozenset().union(*(_asked(word, language) for language in Language.values)) for word in question.words]
    groups = [group for group in groups if group]
    if question.period:
        groups.append(frozenset([question.period]))
    return Q(pk__in=engine().matching(groups)) if groups else Q(headline__icontains=text)


def _groups(question: Question, language: str) -> list[frozenset[str]]:
    return [group for word in question.words if (group := _asked(word, language))]


def _asked(word: str, language: str) -> frozenset[str]:
    """The tokens that `word` may be found by; a year is found by the date of a release, too."""
    tokens = analyser.tokens_asked(word, language)
    return tokens | {f"_{word}"} if re.fullmatch("19[89][0-9]|20[0-9]{2}", word, re.ASCII) else tokens


def _hits(question: Question, groups: list[frozenset[str]], language: str, at: datetime, by_date: bool) -> Hits:
    ids = engine().newest(groups, at, MOST + 1)
    can_be_best = bool(question.words) and 1 < len(ids) <= FEW
    fields = ["headline", "subhead", "summary", "body"] if question.phrases or (can_be_best and not by_date) else []
    # The year as the database writes it: no date is made of it for a thousand rows.
    found = Release.objects.published(at).in_language(language).among(Q(pk__in=ids)).order_by()
    rows = {
        row[0]: row
        for row in found.annotate(year=Substr(Cast("date", CharField()), 1, 4)).values_list("pk", "year", "kind", "valid_until", *fields)
    }
    shown = [pk for pk in ids if pk in rows]
    if question.phrases:
        shown = [pk for pk in shown if _stand_in(question.phrases, rows[pk][4:])]
    has_more, shown = len(shown) > MOST, shown[:MOST]
    if can_be_best and not by_date:  # stable: the newest of equals stays first. A notice that ran out comes after all others.
        fitness = {pk: _fitness(question, rows[pk][4:], language) for pk in shown}
        holds = {pk: rows[pk][3] is None or rows[pk][3] >= clock.day_of(at) for pk in shown}
        shown.sort(key=lambda pk: (holds[pk], fitness[pk]), reverse=True)
    years, kinds = Counter(int(rows[pk][1]) for pk in shown), Counter(rows[pk][2] for pk in shown)
    return Hits(
        shown,
        sorted(years.items(), reverse=True),
        kinds.most_common(),
        has_more,
        in_part=bool(question.phrases) and len(ids) > MOST,
        can_be_best=can_be_best,
    )


def _stand_in(phrases: tuple[tuple[str, ...], ...], texts: tuple[str, ...]) -> bool:
    """Whether each of `phrases`, of folded words, stands in a row in one of `texts`, the last of which is markup."""
    words = [_folded(text) for text in (*texts[:-1], plain_text(texts[-1]))]
    return all(any(f" {' '.join(phrase)} " in text for text in words) for phrase in phrases)


def _folded(text: str) -> str:
    """`text` as folded words, each between two blanks."""
    return f" {' '.join(analyser.folded(found[0]) for found in analyser.words_of(analyser.composed(text)))} "


def _fitness(question: Question, texts: tuple[str, str, str, str], language: str) -> int:
    """How well headline, subhead, summary and body answer: each word counts by how near the top it stands, and by how exactly."""
    fitness = 0
    for weight, text in zip((16, 4, 4, 1), texts, strict=True):
        here = {found[0].lower() for found in analyser.words_of(analyser.composed(plain_text(text) if weight == 1 else text))}
        plain = {analyser.folded(word) for word in here}
        stems = {token for word in here for token in analyser.tokens_of(word, language)}
        for word in question.words:
            if word.lower() in here:
                fitness += 4 * weight
            elif analyser.folded(word) in plain:
                fitness += 3 * weight
            elif analyser.tokens_asked(word, language) & stems:
                fitness += 2 * weight
    return fitness
