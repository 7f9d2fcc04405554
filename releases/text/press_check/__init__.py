"""The press check: warnings about the text of a release, with reasons and corrections.

It is pure: rules are code, and the word lists and everything else that it knows are arguments.
"""

from collections.abc import Callable, Iterable, Iterator

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from releases.text.press_check import content, dates, marks, privacy, versions, words
from releases.text.press_check.result import (
    CheckedRelease,
    Context,
    Finding,
    Fix,
    Spelling,
    WordLists,
)
from releases.text.press_check.versions import iter_differences

__all__ = [
    "RULES",
    "CheckedRelease",
    "Context",
    "Finding",
    "Fix",
    "Spelling",
    "WordLists",
    "check",
    "get_rules",
    "iter_differences",
]

# The names of all rules, the most important first. The history stores the keys.
RULES: dict[str, str | Promise] = {
    "name_with_status": _("Name with an immigration status"),
    "case_number": _("Number of a person or case"),
    "birth_date": _("Birth date"),
    "home_address": _("Home address"),
    "contact_of_others": _("Phone or email of others"),
    "past_deadline": _("Past deadline"),
    "weekday": _("Weekday"),
    "incomplete_correction": _("Incomplete correction"),
    "blank": _("Blank of a template"),
    "relative_day": _("“Today” and “yesterday”"),
    "letter_case": _("Spelling of names"),
    "quotation_marks": _("Quotation marks"),
    "second_dateline": _("Second dateline"),
    "contact_block": _("Press contact in the text"),
    "end_mark": _("End mark"),
    "release_line": _("Release line"),
    "translation_differs": _("Facts differ from the other language"),
    "no_translation": _("No version in the other language"),
    "older_translation": _("Older version in the other language"),
    "missing_valid_until": _("Deadline without “valid until”"),
    "no_legal_help": _("No legal help"),
    "dead_link": _("Dead link"),
    "no_summary": _("No summary"),
    "summary_is_headline": _("Summary is the headline"),
    "summary_in_body": _("Summary repeated"),
    "avoided_term": _("Terms to avoid"),
    "years": _("Years since 1983"),
    "acronym": _("Acronym without its long name"),
    "no_contact": _("No press contact"),
    "no_alt_text": _("No alt text"),
    "no_quote": _("No quotation"),
    "reading_level": _("Hard to read"),
    "long_headline": _("Long headline"),
}
_ORDER = {name: position for position, name in enumerate(RULES)}

CHECKS: tuple[Callable[[CheckedRelease, WordLists, Context], Iterator[Finding]], ...] = (
    privacy.find_names_with_status,
    privacy.find_case_numbers,
    privacy.find_birth_dates,
    privacy.find_home_addresses,
    privacy.find_contacts_of_others,
    dates.find_wrong_weekdays,
    dates.find_relative_days,
    dates.find_deadlines,
    dates.find_wrong_years,
    words.find_letter_case,
    words.find_avoided_terms,
    words.find_unexplained_acronyms,
    marks.find_quotation_marks,
    marks.find_second_dateline,
    marks.find_furniture,
    content.find_blanks,
    content.find_missing_parts,
    content.find_repetitions,
    content.find_long_headline,
    content.find_reading_level,
    content.find_dead_links,
    content.find_translation_state,
    versions.find_incomplete_corrections,
    versions.find_translation_differences,
)


def check(release: CheckedRelease, lists: WordLists, context: Context) -> list[Finding]:
    """Return what the press check finds in `release`: private findings first, then by importance."""
    found = {
        (finding.rule, finding.field, finding.excerpt): finding
        for find in CHECKS
        for finding in find(release, lists, context)
    }
    return sorted(found.values(), key=lambda finding: _ORDER[finding.rule])


def get_rules(findings: Iterable[Finding]) -> list[str]:
    """Return the rules of `findings`, each once, in the order of RULES."""
    rules = {finding.rule for finding in findings}
    return [rule for rule in RULES if rule in rules]
