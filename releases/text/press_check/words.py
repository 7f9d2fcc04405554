"""Rules about words: letter case and accents of names, terms to avoid, and acronyms without a long name."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from releases.text.press_check.passages import Passage, fold
from releases.text.press_check.result import (
    CheckedRelease,
    Context,
    Finding,
    Fix,
    Spelling,
    WordLists,
    build_fix,
)

# After the first word of a sentence, these tell that it is the ordinary word: “Carecen de documentos”.
ORDINARY_CONTINUATION = {"carecen": re.compile(r"(?: \w+)? de\b")}
UNKNOWN_ACRONYM = re.compile(r"(?<![\w.&@#/’'-])[A-ZÁÉÍÓÚÑ]{3,6}(?![\w.&’@-]|'\w)")
# Acronyms that readers of newspapers know, and words that are written in capitals.
COMMON_ACRONYMS = frozenset(
    (
        "LGBT LGBTQ MLK WWI WWII COO CFO NAACP SEIU AFL CIO AARP ESL ITIN SSN ZIP ZOOM KTLA KMEX OEA USA FAQ "
        "PDF CEO NGO ONG AIDS HIV VIH SIDA COVID UCLA USC CSUN ABC NBC CBS CNN BBC NPR KPCC KCRW EFE AFP FOX "
        "GPS DNA ADN TBD TBA RSVP PST PDT EST EDT III VII VIII XVI XXI FBI CIA IRS LAPD LAUSD ONU EUA EEUU "
        "FOR CONTACT MEDIA PRESS WHO WHAT WHEN WHERE WHY VISUALS NOW NOT ALL AND STOP MUST ONLY FREE NEW YES "
        "CLEAN END THE OUR AHORA BASTA YA TODOS GRATIS NUEVO SOLO QUE CON LOS LAS FIN"
    ).split()
)


def find_letter_case(release: CheckedRelease, lists: WordLists, _context: Context) -> Iterator[Finding]:
    """Find names and acronyms of the list in the wrong letter case, or without their accents."""
    reported = set()
    for passage in release.passages:
        for match in lists.spelling_pattern.finditer(passage.folded):
            word = passage.text[match.start() : match.end()]
            spellings = lists.spellings_by_key[match[0]]
            if word in reported or any(word in (each.text, each.text.upper()) for each in spellings):
                continue
            correct = spellings[0]
            if release.language in correct.ordinary_in and _is_ordinary(
                passage, match.start(), word, correct
            ):
                continue
            if word.replace("’", "'") == correct.text.replace("’", "'"):
                continue
            text = correct.text.upper() if word.isupper() and passage.is_in_capitals else correct.text
            reported.add(word)
            yield Finding(
                "letter_case",
                passage.field,
                word,
                _("The word list has “%(correct)s”.") % {"correct": text},
                Fix(passage.field, word, text, is_everywhere=True),
            )


def _is_ordinary(passage: Passage, start: int, word: str, spelling: Spelling) -> bool:
    """Return whether a word is the ordinary word, like “ice” or the Spanish verb “carecen”."""
    if word[:1].islower() or passage.is_in_capitals:
        return True
    if start not in passage.sentence_starts:
        return False
    continuation = ORDINARY_CONTINUATION.get(fold(spelling.text))
    return continuation is None or bool(continuation.match(passage.folded, start + len(word)))


def find_avoided_terms(release: CheckedRelease, lists: WordLists, _context: Context) -> Iterator[Finding]:
    """Find terms that the newsroom avoids, except in quotations, which repeat what somebody said."""
    preferred = {fold(term): new for term, new in lists.avoided.get(release.language, {}).items()}
    pattern, reported = lists.avoided_pattern(release.language), set()
    matches = [(each, match) for each in release.passages for match in pattern.finditer(each.folded)]
    quoted = {each.text[slice(*match.span())] for each, match in matches if each.is_quoted(match.start())}
    for passage, match in matches:
        word = passage.text[slice(*match.span())]
        if word in reported or passage.is_quoted(match.start()):
            continue
        new = preferred[match[0]]
        if word[0].isupper():
            new = new.upper() if word.isupper() else new[0].upper() + new[1:]
        reported.add(word)
        yield Finding(
            "avoided_term",
            passage.field,
            word,
            _("The newsroom writes “%(preferred)s”.") % {"preferred": new},
            # The words of a quotation stay as somebody said them.
            build_fix(release, passage, *match.span(), new)
            if word in quoted
            else Fix(passage.field, word, new, is_everywhere=True),
        )


def find_unexplained_acronyms(
    release: CheckedRelease, lists: WordLists, _context: Context
) -> Iterator[Finding]:
    """Find acronyms whose long name isn't in the text. Offer the one in the list."""
    known = {spelling.text for spelling in lists.spellings}
    reported = set()
    for passage in release.prose:
        if passage.is_in_capitals or passage.is_heading:
            continue
        for match in UNKNOWN_ACRONYM.finditer(passage.masked):
            acronym = match[0]
            long_name = lists.acronyms.get(acronym, {}).get(release.language, "")
            if acronym in reported or (not long_name and (acronym in known or acronym in COMMON_ACRONYMS)):
                continue
            reported.add(acronym)
            if (
                not long_name
                and not _is_beside_capitals(passage.masked, match)
                and not _is_explained(release, acronym)
            ):
                message = _("Readers may not know it. Write its full name where it first appears.")
                yield Finding("acronym", passage.field, acronym, message)
            elif (
                long_name
                and fold(long_name) not in release.folded_text
                and f"({fold(acronym)})" not in release.folded_text  # after another form of its name
            ):
                message = _("Its full name isn't in the text: %(name)s.")
                yield Finding(
                    "acronym",
                    passage.field,
                    acronym,
                    message % {"name": long_name},
                    # The words of a quotation stay as somebody said them.
                    None
                    if passage.is_quoted(match.start())
                    else build_fix(release, passage, *match.span(), f"{long_name} ({acronym})"),
                )


def _is_beside_capitals(text: str, match: re.Match[str]) -> bool:
    """Return whether the word next to an acronym is in capitals too, like “PRESS CONFERENCE”."""
    before = re.search(r"([^\W\d_]{2,})\W{1,3}$", text[max(0, match.start() - 40) : match.start()])
    after = re.match(r"\W{1,3}([^\W\d_]{2,})", text[match.end() : match.end() + 40])
    return any(word is not None and word[1].isupper() for word in (before, after))


def _is_explained(release: CheckedRelease, acronym: str) -> bool:
    """Return whether the text has “Long Name (ACRONYM)”, “ACRONYM (Long Name)” or words with its initials."""
    acronym = fold(acronym)
    if f"({acronym})" in release.folded_text or f"{acronym} (" in release.folded_text:
        return True
    initials = r"\w+(?: (?:de|del|la|las|los|el|y|of|the|and|for|in|para|en))* ".join(acronym)
    return re.search(rf"\b{initials}", release.folded_text) is not None
