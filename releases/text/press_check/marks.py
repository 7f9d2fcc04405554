"""Rules about marks: quotation marks, a second dateline, and lines around a release left in its text."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from releases.text import datelines
from releases.text.choices import Kind
from releases.text.press_check.passages import Passage
from releases.text.press_check.result import CheckedRelease, Context, Finding, Fix, WordLists
from releases.text.reading.lines import EMAIL, END, PHONE, RELEASE_LINE

QUOTATION_MARK = re.compile(r"[“”«»„\"]")
# In Spanish, the second paragraph of a quotation begins with a closing mark.
CLOSED_BY = {"“": "”", "«": "»", "„": "“”", '"': '"', "”": "”", "»": "»"}
OPENING = re.compile(r"[\s¿¡(]*[“«„\"]|[”»]\w")
CONTEXT_LENGTH = 25  # characters that a fix of a quotation mark replaces with it
PRESS_CONTACT = re.compile(
    r"(?:(?:for )?(?:press|media|news)[ -](?:contacts?|inquiries)\b"
    r"(?: information)?(?:[:,|–—-]|$| \()|contactos? (?:de|para)(?: (?:la"
    r"|los))? (?:prensa|medios)\b"
    r"|contacts?:|contactos?:)",
    re.IGNORECASE,
)


def find_quotation_marks(release: CheckedRelease, _lists: WordLists, _context: Context) -> Iterator[Finding]:
    """Find quotation marks that are opened and closed by different ones, or not at all."""
    passages, continues = release.passages, False
    for number, passage in enumerate(passages):
        opened: list[re.Match[str]] = []
        for match in QUOTATION_MARK.finditer(passage.text):
            last = opened[-1] if opened else None
            if _is_inch(match, last):
                continue
            if match[0] in "“«„" or (match[0] in "”»" and continues and not match.start()):
                if last and match[0] in CLOSED_BY[last[0]]:
                    opened.pop()
                else:
                    opened.append(match)
            elif match[0] == '"' and (last is None or (last[0] != '"' and _begins_word(match))):
                opened.append(match)
            elif last is None:
                yield _report(
                    passage, match, _("This quotation mark closes a quotation that was never opened.")
                )
            else:
                opened.pop()
                if match[0] not in CLOSED_BY[last[0]]:
                    yield _report_pair(passage, last, match)
        following = passages[number + 1] if number + 1 < len(passages) else None
        # A quotation of several paragraphs marks the beginning of each one, and ends only in the last.
        continues = bool(
            opened and following and following.field == passage.field and OPENING.match(following.text)
        )
        if opened and not continues:
            yield _report(passage, opened[0], _("This quotation mark is never closed."))


def _is_inch(match: re.Match[str], opened: re.Match[str] | None) -> bool:
    """Return whether a straight mark after a number means inches, because it closes no other one."""
    after_number = match[0] == '"' and re.search(
        r"\d$", match.string[max(0, match.start() - 1) : match.start()]
    )
    return bool(after_number) and (opened is None or opened[0] != '"')


def _begins_word(match: re.Match[str]) -> bool:
    before, after = (
        match.string[max(0, match.start() - 1) : match.start()],
        match.string[match.end() : match.end() + 1],
    )
    return before in ("", *" (¿¡—") and after.isalnum()


def _report(passage: Passage, match: re.Match[str], message: str) -> Finding:
    end = min(len(passage.text), match.end() + CONTEXT_LENGTH)
    start = match.start() if match[0] not in "”»" else max(0, match.start() - CONTEXT_LENGTH)
    excerpt = passage.text[start : end if match[0] not in "”»" else match.end()]
    return Finding("quotation_marks", passage.field, excerpt, message)


def _report_pair(passage: Passage, opened: re.Match[str], closed: re.Match[str]) -> Finding:
    """Return the finding of two different marks, with a fix that makes both curly."""
    wrong, right = (
        (closed, CLOSED_BY[opened[0]]) if opened[0] != '"' else (opened, "«" if closed[0] == "»" else "“")
    )
    right = right[-1]
    text = passage.text
    start = max(
        opened.start() if wrong is opened else 0, wrong.start() - (0 if wrong is opened else CONTEXT_LENGTH)
    )
    end = min(len(text), wrong.end() + (CONTEXT_LENGTH if wrong is opened else 0))
    old = text[start:end]
    position = wrong.start() - start
    message = _("This quotation opens with %(first)s and closes with %(last)s.")
    return Finding(
        "quotation_marks",
        passage.field,
        old,
        message % {"first": opened[0], "last": closed[0]},
        Fix(passage.field, old, f"{old[:position]}{right}{old[position + 1 :]}"),
    )


def find_second_dateline(release: CheckedRelease, _lists: WordLists, _context: Context) -> Iterator[Finding]:
    """Find a dateline at the beginning of summary or body. The page prints one before the summary."""
    for name in ("summary", "body"):
        passage = next((each for each in release.passages if each.field == name), None)
        if passage is None:
            continue
        end = _find_dateline_end(passage.text, release.place)
        if end:
            old = passage.text[:end]
            message = _("The page prints date and place itself, so readers see them twice.")
            yield Finding("second_dateline", name, old.strip(), message, Fix(name, old, ""))


def _find_dateline_end(text: str, place: str) -> int:
    """Return where the datelines at the beginning of `text` end: 0 without one."""
    rest = text
    while found := datelines.parse_dateline(rest):
        if isinstance(found, datelines.Dateline):
            if not found.rest:
                break
            rest = found.rest
            continue
        dash = datelines.DASH.match(rest, len(found.text))
        is_place = found.reason == datelines.DoubtReason.NO_DATE
        if dash and rest[dash.end() :][:1].islower():
            break  # “New York – the city of immigrants – …”
        if not (is_place and dash and (datelines.is_known_place(found.text) or found.text == place)):
            break
        rest = rest[dash.end() :]
    return len(text) - len(rest) if text.endswith(rest) else 0


def _is_date_or_empty(text: str) -> bool:
    parsed = datelines.parse_date(text)
    return not text[parsed.end if parsed else 0 :].strip(" .")


def find_furniture(release: CheckedRelease, _lists: WordLists, _context: Context) -> Iterator[Finding]:
    """Find end marks, release lines and press contacts, which the page prints itself or doesn't need."""
    passages = release.prose
    for number, passage in enumerate(passages):
        text = passage.text
        if END.fullmatch(text):
            message = _("An end mark isn't printed on the site. Delete it.")
            yield Finding("end_mark", passage.field, text, message, Fix(passage.field, text, ""))
        elif (line := RELEASE_LINE.match(text)) and _is_date_or_empty(text[line.end() :]):
            message = _("The page is the release, so it needs no release line. Delete it.")
            yield Finding("release_line", passage.field, text, message, Fix(passage.field, text, ""))
        elif release.kind != Kind.SERVICE_NOTICE and PRESS_CONTACT.match(text):
            lines = " ".join(each.text for each in passages[number : number + 3])
            if PHONE.search(lines) or EMAIL.search(lines):
                message = _(
                    "This looks like a press contact. Delete it, and choose the contact under "
                    "“Media contacts”: "
                    "then it is updated and removed automatically."
                )
                yield Finding("contact_block", passage.field, text[:120], message)
