"""Rules about what is missing, repeated, too long or out of date."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from releases.text.choices import Kind, Language
from releases.text.press_check import readability
from releases.text.press_check.passages import fold
from releases.text.press_check.result import CheckedRelease, Context, Finding, WordLists

MAX_HEADLINE = 110  # characters
MIN_QUOTATION = 25  # characters
MAX_GRADE = 9  # Flesch-Kincaid
MIN_EASE = 60  # Fernández Huerta
MIN_REPEATED = 60  # characters of a summary that is repeated within a paragraph
LEGAL_HELP = re.compile(
    r"legal (?:help|aid|assistance|services|advice)|free consultation|(?:ayuda|asistencia|asesoría"
    r"|servicios?)"
    r" legal(?:es)?|consulta gratuita",
    re.IGNORECASE,
)
# “[date]” of a template. Not “[sic]”, “[1]” and “[photo 12]”.
BLANK = re.compile(
    r"\[(?!sic\]|at\]|arroba\]|video\]|pdf\]|photo |foto |"
    r"text removed|texto eliminado|EN ⇄)[^\W\d_][^\[\]]{0,200}\]",
    re.IGNORECASE,
)


def find_blanks(release: CheckedRelease, _lists: WordLists, _context: Context) -> Iterator[Finding]:
    """Find blanks of a template, like “[date]”, outside quotations, which may have inserted words."""
    for passage in release.passages:
        for match in BLANK.finditer(passage.text):
            if not passage.is_quoted(match.start()):
                message = _("This blank of a template isn't filled in.")
                yield Finding("blank", passage.field, match[0], message)


def find_missing_parts(release: CheckedRelease, _lists: WordLists, context: Context) -> Iterator[Finding]:
    """Find a missing summary, quotation, contact, alt text and mention of legal help."""
    if not release.summary.strip():
        yield Finding(
            "no_summary", "summary", "", _("There is no summary. Lists, feeds and shared links show it.")
        )
    if release.kind in (Kind.PRESS_RELEASE, Kind.STATEMENT) and not _has_quotation(release):
        message = _("There is no quotation. Reporters look for one, with the name of the speaker.")
        yield Finding("no_quote", "body", "", message)
    if not (release.has_contacts or context.has_press_line):
        yield Finding(
            "no_contact", "contacts", "", _("There is no press contact. Choose who reporters can call.")
        )
    if release.missing_alt_texts:
        message = _("Photos without alt text: %(count)s. Describe them for people who can't see them.")
        yield Finding("no_alt_text", "photos", "", message % {"count": release.missing_alt_texts})
    if (
        release.kind == Kind.SERVICE_NOTICE
        and not context.has_legal_help
        and not any(LEGAL_HELP.search(passage.text) for passage in release.passages)
    ):
        message = _(
            "This notice doesn't say where to get legal help. Add it, or enter the phone in the settings."
        )
        yield Finding("no_legal_help", "body", "", message)


def _has_quotation(release: CheckedRelease) -> bool:
    if release.quotes:
        return True
    return any(end - start > MIN_QUOTATION for passage in release.prose for start, end in passage.quotations)


def find_repetitions(release: CheckedRelease, _lists: WordLists, _context: Context) -> Iterator[Finding]:
    """Find a summary that repeats the headline, and a body that repeats the summary."""
    summary, headline = _normalize(release.summary), _normalize(release.headline)
    if not summary:
        return
    if summary == headline:
        message = _("The summary is the same as the headline. Write the opening paragraph.")
        yield Finding("summary_is_headline", "summary", "", message)
    for passage in release.prose:
        text = _normalize(passage.text) if passage.field == "body" else ""
        if text == summary or (len(summary) >= MIN_REPEATED and summary in text):
            message = _("The body repeats the summary. The page prints the summary above the body.")
            yield Finding("summary_in_body", "body", passage.text[:80], message)
            return


def _normalize(text: str) -> str:
    return " ".join(re.findall(r"\w+", fold(text)))


def find_long_headline(release: CheckedRelease, _lists: WordLists, _context: Context) -> Iterator[Finding]:
    if len(release.headline) > MAX_HEADLINE:
        message = _(
            "The headline has %(length)s characters. Search engines and shared links show about "
            "%(limit)s: shorten it, "
            "or move a part to the subhead."
        )
        params = {"length": len(release.headline), "limit": MAX_HEADLINE}
        yield Finding("long_headline", "headline", "", message % params)


def find_reading_level(release: CheckedRelease, _lists: WordLists, _context: Context) -> Iterator[Finding]:
    """Find service notices that are hard to read."""
    if release.kind != Kind.SERVICE_NOTICE:
        return
    sentences = [
        sentence for passage in release.prose if not passage.is_heading for sentence in passage.sentences
    ]
    advice = _("Use shorter sentences and everyday words: families read this on a phone.")
    if release.language == Language.ENGLISH:
        grade = readability.get_grade(sentences)
        if grade is not None and grade > MAX_GRADE:
            level = _("This notice reads like school grade %(grade)s; the limit is %(limit)s.")
            params = {"grade": round(grade), "limit": MAX_GRADE}
            yield Finding("reading_level", "body", "", f"{level % params} {advice}")
    else:
        ease = readability.get_ease(sentences)
        if ease is not None and ease < MIN_EASE:
            level = _("This notice has a reading ease of %(ease)s of 100; it should be %(limit)s or more.")
            params = {"ease": max(0, round(ease)), "limit": MIN_EASE}
            yield Finding("reading_level", "body", "", f"{level % params} {advice}")


def find_dead_links(release: CheckedRelease, _lists: WordLists, context: Context) -> Iterator[Finding]:
    for link in dict.fromkeys(release.links):
        if link in context.dead_links:
            yield Finding("dead_link", "body", link, _("No public page of this site has this address."))


def find_translation_state(release: CheckedRelease, _lists: WordLists, context: Context) -> Iterator[Finding]:
    """Find a missing or older version in the other language."""
    if not context.is_stored:
        return
    is_english = release.language == Language.ENGLISH
    if context.translation is None:
        message = (
            _("There is no Spanish version yet.") if is_english else _("There is no English version yet.")
        )
        yield Finding("no_translation", "translation", "", message)
    elif context.translation_is_older:
        message = (
            _("The Spanish version is older than this one. Readers are told so.")
            if is_english
            else _("The English version is older than this one. Readers are told so.")
        )
        yield Finding("older_translation", "translation", "", message)
