"""Rules about dates: weekdays, “today”, deadlines, and the years since CARECEN was founded."""

import datetime as dt
import re
from collections.abc import Iterator

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from releases.text.choices import FOUNDING_YEAR, Kind, Language
from releases.text.datelines import WEEKDAY_NUMBERS, format_date
from releases.text.facts import NUMBER_WORDS, get_weekday, get_words, iter_dates, resolve_date
from releases.text.press_check.passages import Passage
from releases.text.press_check.result import CheckedRelease, Context, Finding, WordLists, build_fix

WEEKDAYS = {
    Language.ENGLISH: "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
    Language.SPANISH: "lunes martes miércoles jueves viernes sábado domingo".split(),
}
RELATIVE_DAY = {
    Language.ENGLISH: re.compile(
        r"\b(?P<today>(?<!usa )today|tonight|this (?:morning|afternoon|evening))\b|\b(?P<other>yesterday)\b",
        re.I,
    ),
    Language.SPANISH: re.compile(
        r"\b(?P<today>(?<!por )hoy(?! (?:en día|por hoy|en adelante))|esta (?:mañana|tarde|noche))\b"
        r"|\b(?P<other>ayer)\b",
        re.I,
    ),
}
DAY_AFTER = re.compile(r",? \(?(?:el |on )?$|,? \(?$")
# An earlier day is a condition of a law, not a deadline: “if you came before June 15, 2007”.
OLDEST_DEADLINE = dt.timedelta(days=365)
FAR_DAY = dt.timedelta(days=270)
# The first weekdays of a range: “Tuesday through Friday, Dec. 1–4”.
RANGE_OF_WEEKDAYS = re.compile(
    rf"\b(?:{'|'.join(WEEKDAY_NUMBERS)})s?\.?,?(?: (?:through|thru|to|and|or|al?|y|o) | ?[-–—] ?)$", re.I
)
OLD_DRAFT = dt.timedelta(days=30)  # a draft with an earlier date is an old text that somebody enters
DEADLINE = re.compile(
    r"\b(?:deadlines?|due|until|till|through|by|before|no later than|last day|ends?|closes?"
    r"|expires?|fecha l[ií]mite"
    r"|hasta|antes del?|a m[aá]s tardar|[uú]ltimo d[ií]a|vence|termina|cierra)\b"
    r"(?:[\w\s,:’'()–—-]|\b[ap]\. ?m\b\.?){0,60}?$",
    re.IGNORECASE,
)
_TENS = "twenty|thirty|forty|fifty|veinte|treinta|cuarenta|cincuenta"
_YEARS = rf"(?P<years>\d\d|{_TENS})"
YEARS = re.compile(
    rf"(?P<more>\b(?:more than|over|m[aá]s de) )?(?<!\d a )(?<!\d to )\b{_YEARS}"
    r"(?:[- ]years?(?! old|[- ]old)\b|(?:st"
    rf"|nd|rd|th) anniversary\b(?! of (?!its|our|service))"
    r"|(?:\.?[ºo°])? aniversario\b(?! del?(?! su| nuestr[oa]| servicio))| años(?! de edad)\b)",
    re.IGNORECASE,
)
OWN_HISTORY = re.compile(
    r"\b(?:has|have|been|since|founded|serving|standing|anniversary|celebrat\w+|mark\w*|desde|fundad[oa]|aniversario"
    r"|celebra\w*|lleva\w*|acompaña\w*|cumpl\w+|más de|hace)\b",
    re.IGNORECASE,
)
FOUNDED = re.compile(
    r"\b(?:founded|established|fundad[oa])(?: \w+){0,3}? (?P<year>(?:19|20)\d\d)\b", re.IGNORECASE
)
_OWN = (
    r"(?:CARECEN|Central American Resource Center|Centro de Recursos Centroamericanos)"
    r"(?:[- ]L\.?A\.?| \(CARECEN\))?"
)
OWN_NAME = re.compile(_OWN)
# CARECEN must be what was founded, and who did something for years: nobody else in the sentence.
BEFORE_FOUNDED = re.compile(rf"{_OWN}(?: |, |,? \(|,? (?:which|que) )(?:(?:was|fue) )?$")
AFTER_FOUNDED = re.compile(rf",? (?:the |el )?{_OWN}")
BEFORE_YEARS = re.compile(rf"{_OWN} [^,;’']*$")
AFTER_YEARS = re.compile(rf"(?: (?:of|de) \w+)?,? {_OWN}(?![’'])")
SOMEBODY = re.compile(
    r"\b(?:who|that|which|quien|quienes|que|said|dijo|client\w*|member\w*)\b", re.IGNORECASE
)


def find_wrong_weekdays(release: CheckedRelease, _lists: WordLists, context: Context) -> Iterator[Finding]:
    """Find dates with another weekday than theirs, and days that don't exist."""
    near = release.date or context.today
    for passage in release.passages:
        for match, named_day in iter_dates(passage.text):
            day = resolve_date(named_day, near)
            if day is None:
                message = _("This day doesn't exist. Check the date.")
                yield Finding("weekday", passage.field, get_words(match), message)
                continue
            weekday = get_weekday(match)
            if weekday is None or weekday == day.weekday() or _is_range(passage.text, match):
                continue
            # Without a year, a day half a year away can be the last or the next one.
            others = [] if named_day.year else [_get_day(day, day.year - 1), _get_day(day, day.year + 1)]
            if any(each.weekday() == weekday and abs(each - near) < FAR_DAY for each in others):
                continue
            yield _report_weekday(release, passage, match, day)


def _is_range(text: str, match: re.Match[str]) -> bool:
    """Return whether other weekdays come before, or a sentence ends between the weekday and the day."""
    is_end = len(match["weekday"]) > 5 and text[match.end("weekday")] == "."
    return is_end or bool(RANGE_OF_WEEKDAYS.search(text[max(0, match.start() - 20) : match.start()]))


def _get_day(day: dt.date, year: int) -> dt.date:
    return day.replace(year=year, day=min(day.day, 28) if day.month == 2 else day.day)


def _report_weekday(release: CheckedRelease, passage: Passage, match: re.Match[str], day: dt.date) -> Finding:
    written, words = match["weekday"], get_words(match)
    english = {name.lower()[: len(written)] for name in WEEKDAYS[Language.ENGLISH]}
    language = Language.ENGLISH if written.lower() in english else Language.SPANISH
    right = WEEKDAYS[language][day.weekday()]
    if written[0].isupper():
        right = right.upper() if written.isupper() else right.capitalize()
    desk_language = Language(get_language() or Language.ENGLISH)
    message = _("%(date)s is a %(weekday)s. Check which of the two is right.")
    return Finding(
        "weekday",
        passage.field,
        words,
        message
        % {"date": format_date(day, desk_language), "weekday": WEEKDAYS[desk_language][day.weekday()]},
        build_fix(release, passage, match.start(), match.start() + len(words), right + words[len(written) :]),
    )


def find_relative_days(release: CheckedRelease, _lists: WordLists, context: Context) -> Iterator[Finding]:
    """Find “today” and “yesterday” in a draft with an earlier date, and next to another date than theirs."""
    if release.date is None:
        return
    is_late = not release.is_public and context.today - OLD_DRAFT <= release.date < context.today
    for passage in release.passages:
        dates = [(match.start(), resolve_date(day, release.date)) for match, day in iter_dates(passage.text)]
        for match in RELATIVE_DAY[Language(release.language)].finditer(passage.text):
            meant = release.date - dt.timedelta(days=1 if match["other"] else 0)
            beside = next(
                (
                    day
                    for start, day in dates
                    if DAY_AFTER.fullmatch(passage.text[match.end() : start]) and start > match.end()
                ),
                None,
            )
            if beside and beside != meant:
                message = _(
                    "According to the date of the release, this is %(day)s, but another date follows."
                )
            elif is_late and not beside:
                message = _(
                    "According to the date of the release, this is %(day)s. Change the date, or name the day."
                )
            else:
                continue
            params = {"day": format_date(meant, get_language() or "en")}
            yield Finding("relative_day", passage.field, match[0], message % params)


def find_deadlines(release: CheckedRelease, _lists: WordLists, context: Context) -> Iterator[Finding]:
    """Find deadlines of a service notice that have passed, and deadlines without “valid until”."""
    if release.kind != Kind.SERVICE_NOTICE:
        return
    near, reported_missing = release.date or context.today, release.valid_until is not None
    for passage in release.passages:
        for match, named_day in iter_dates(passage.text):
            day = resolve_date(named_day, near)
            if day is None or not DEADLINE.search(passage.text[max(0, match.start() - 90) : match.start()]):
                continue
            if day < near - OLDEST_DEADLINE:
                continue
            if day < context.today:
                message = _("This deadline has passed. Check it before families rely on it.")
                yield Finding("past_deadline", passage.field, get_words(match), message)
            elif not reported_missing:
                reported_missing = True
                message = _(
                    "This notice has a deadline but no last valid day. Set “Valid until”, so that the page "
                    "says when it has expired."
                )
                yield Finding("missing_valid_until", passage.field, get_words(match), message)
    if release.valid_until and release.valid_until < context.today:
        message = _(
            "The last valid day of this notice has passed, so readers see at once that it has expired."
        )
        yield Finding(
            "past_deadline", "valid_until", format_date(release.valid_until, release.language), message
        )


def find_wrong_years(release: CheckedRelease, _lists: WordLists, context: Context) -> Iterator[Finding]:
    """Find sentences about CARECEN with another number of years than those since 1983."""
    years = (release.date or context.today).year - FOUNDING_YEAR
    for passage in release.passages:
        for start, sentence in passage.own_sentences:
            if not OWN_NAME.search(sentence):
                continue
            for match in FOUNDED.finditer(sentence):
                is_own = BEFORE_FOUNDED.search(
                    sentence[max(0, match.start() - 200) : match.start()]
                ) or AFTER_FOUNDED.match(sentence, match.end())
                if is_own and int(match["year"]) != FOUNDING_YEAR:
                    message = _("CARECEN was founded in 1983.")
                    first, last = (start + position for position in match.span("year"))
                    fix = build_fix(release, passage, first, last, str(FOUNDING_YEAR))
                    yield Finding("years", passage.field, match[0], message, fix)
            if OWN_HISTORY.search(sentence):
                yield from _check_years(release, passage, start, sentence, years)


def _check_years(
    release: CheckedRelease, passage: Passage, start: int, sentence: str, years: int
) -> Iterator[Finding]:
    for match in YEARS.finditer(sentence):
        written = match["years"].lower()
        number = NUMBER_WORDS.get(written) or int(written)
        # A round number stays right for some years: “more than 40 years”.
        is_right = years - 5 < number <= years if match["more"] else number in (years, years - 1)
        if is_right or not 15 <= number <= 60 or not _is_about_carecen(sentence, match):
            continue
        message = _("CARECEN was founded in 1983, %(years)s years before this release.") % {"years": years}
        new = years - years % 5 if match["more"] else years
        first, last = (start + position for position in match.span("years"))
        fix = (
            build_fix(release, passage, first, last, str(new))
            if written.isdecimal() and "anniversary" not in match[0]
            else None
        )
        yield Finding("years", passage.field, match[0], message, fix)


def _is_about_carecen(sentence: str, match: re.Match[str]) -> bool:
    """Return whether CARECEN did something for these years, and not somebody else in the sentence."""
    before = BEFORE_YEARS.search(sentence[max(0, match.start() - 200) : match.start()])
    if before and not SOMEBODY.search(before[0]):
        return True
    return AFTER_YEARS.match(sentence, match.end()) is not None
