"""Rules of the press check that look at a whole release, at an earlier version or at the translation."""

import datetime as dt
from dataclasses import replace

import pytest

from releases.text.press_check import CHECKS, RULES, CheckedRelease, Context, check, get_rules
from releases.text.press_check.readability import (
    count_english_syllables,
    count_spanish_syllables,
    get_ease,
    get_grade,
)
from tests.text.press_check import LISTS, TODAY

CONTEXT = Context(today=TODAY, has_legal_help=True, has_press_line=True, is_stored=True)
QUOTE = "<blockquote><p>We will appeal this ruling.</p><p>— Ana Ruiz, director</p></blockquote>"
COMPLETE = CheckedRelease(
    language="en",
    kind="press_release",
    headline="CARECEN welcomes the ruling",
    summary="The court ruled that families can stay together in their homes this winter.",
    body=f"<p>The families asked for it in May.</p>{QUOTE}",
    date=TODAY,
    has_contacts=True,
)
SPANISH = replace(
    COMPLETE,
    language="es",
    headline="CARECEN celebra el fallo",
    summary="La corte decidió que las familias pueden quedarse juntas en sus casas este invierno.",
    body="<p>Las familias lo pidieron en mayo.</p>"
    "<blockquote><p>Apelaremos este fallo.</p><p>— Ana Ruiz, directora</p></blockquote>",
)
COMPLETE_CONTEXT = replace(CONTEXT, translation=SPANISH)
NEW_CONTEXT = replace(CONTEXT, is_stored=False)


def find(release, context=COMPLETE_CONTEXT, rule=None):
    findings = check(release, LISTS, context)
    return [finding for finding in findings if rule in (None, finding.rule)]


def find_rules(release, context=NEW_CONTEXT):
    return get_rules(check(release, LISTS, context))


@pytest.mark.parametrize(("release", "translation"), [(COMPLETE, SPANISH), (SPANISH, COMPLETE)])
def test_complete_release_has_no_findings(release, translation):
    assert find(release, replace(CONTEXT, translation=translation)) == []


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"summary": ""}, "no_summary"),
        ({"summary": "CARECEN welcomes the ruling."}, "summary_is_headline"),
        ({"body": f"<p>{COMPLETE.summary} It did so today.</p>{QUOTE}"}, "summary_in_body"),
        ({"headline": "CARECEN " + "a " * 60}, "long_headline"),
        ({"body": "<p>No one speaks here.</p>"}, "no_quote"),
        ({"missing_alt_texts": 2}, "no_alt_text"),
    ],
)
def test_change_of_one_part_is_the_only_finding(changes, rule):
    assert find_rules(replace(COMPLETE, **changes)) == [rule]


def test_missing_contact_is_found_unless_there_is_a_press_line():
    release = replace(COMPLETE, has_contacts=False)
    assert find_rules(release) == []
    assert find_rules(release, replace(NEW_CONTEXT, has_press_line=False)) == ["no_contact"]


def test_advisory_needs_no_quotation():
    assert find_rules(replace(COMPLETE, kind="media_advisory", body="<p>Come at noon.</p>")) == []


def test_notice_without_legal_help_is_found_unless_the_page_prints_the_phone():
    notice = replace(COMPLETE, kind="service_notice")
    assert find_rules(notice) == []
    without_phone = replace(NEW_CONTEXT, has_legal_help=False)
    assert find_rules(notice, without_phone) == ["no_legal_help"]
    body = "<p>Come to us for free legal help.</p>"
    assert find_rules(replace(notice, body=body), without_phone) == []


def test_link_to_a_page_that_is_not_public_is_found():
    release = replace(COMPLETE, body=f'<p>See <a href="/2015/03/gone/">this page</a>.</p>{QUOTE}')
    context = replace(NEW_CONTEXT, dead_links=frozenset({"/2015/03/gone/"}))
    assert [finding.excerpt for finding in find(release, context)] == ["/2015/03/gone/"]


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({"translation": None}, ["no_translation"]),
        ({"translation_is_older": True}, ["older_translation"]),
        ({"translation": None, "is_stored": False}, []),
    ],
)
def test_missing_or_older_translation_is_found_once_the_release_is_saved(changes, rules):
    assert find_rules(COMPLETE, replace(COMPLETE_CONTEXT, **changes)) == rules


def test_expired_notice_is_found():
    notice = replace(COMPLETE, kind="service_notice", valid_until=TODAY - dt.timedelta(days=1))
    assert find_rules(notice) == ["past_deadline"]


# --- Reading level ------------------------------------------------------------------------------------------

SIMPLE = "You can call us. We speak your language. The help is free. Bring your papers. "
HARD = (
    "Notwithstanding the aforementioned administrative determination, eligible beneficiaries "
    "should immediately "
    "initiate supplementary documentation procedures, considering unprecedented regulatory modifications. "
)
SIMPLE_ES = "Puede llamarnos. Hablamos su idioma. La ayuda es gratis. Traiga sus papeles. "
HARD_ES = (
    "No obstante la determinación administrativa anteriormente mencionada, las personas "
    "beneficiarias deberán "
    "iniciar inmediatamente procedimientos complementarios de documentación reglamentaria. "
)


@pytest.mark.parametrize(
    ("language", "text", "is_hard"),
    [("en", SIMPLE, False), ("en", HARD, True), ("es", SIMPLE_ES, False), ("es", HARD_ES, True)],
)
def test_service_notice_that_is_hard_to_read_is_found(language, text, is_hard):
    notice = replace(COMPLETE, language=language, kind="service_notice", body=f"<p>{text * 8}</p>")
    assert ("reading_level" in find_rules(notice)) is is_hard
    assert "reading_level" not in find_rules(replace(notice, kind="press_release"))


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (
            count_english_syllables,
            {"cat": 1, "home": 1, "table": 2, "asked": 1, "needed": 2, "family": 3},
        ),
        (
            count_spanish_syllables,
            {"casa": 2, "familia": 3, "día": 2, "aéreo": 4, "quien": 1, "guerra": 2, "hoy": 1, "caos": 2},
        ),
    ],
)
def test_syllables_are_counted(count, words):
    assert {word: count(word) for word in words} == words


def test_short_text_has_no_reading_level():
    assert get_grade(["This is short."]) is get_ease(["Esto es corto."]) is None


# --- Incomplete corrections ---------------------------------------------------------------------------------


def correct(before, after, **others):
    """Return the findings after the summary changed from `before` to `after`, in a release with `others`."""
    previous = replace(COMPLETE, summary=before, **others)
    context = replace(COMPLETE_CONTEXT, previous=previous)
    current = replace(COMPLETE, summary=after, **others)
    return [(found.field, found.excerpt) for found in find(current, context, "incomplete_correction")]


@pytest.mark.parametrize(
    ("before", "after", "others", "expected"),
    [
        (
            "The fee is $465 now.",
            "The fee is $456 now.",
            {"headline": "Fee rises to $465", "slug": "fee-rises-to-465"},
            [("headline", "$465"), ("slug", "fee-rises-to-465")],
        ),
        (
            "The hearing is on December 1.",
            "The hearing is on December 2.",
            {"body": f"<p>Come on Dec. 1, 2026, at noon.</p>{QUOTE}"},
            [("body", "Dec. 1, 2026")],
        ),
        (
            "Then Ana Ruiz spoke.",
            "Then Ana Ruis spoke.",
            {"captions": ("Here Ana Ruiz speaks",)},
            [("body", "Ruiz"), ("photos", "Ruiz"), ("translation", "Ruiz")],
        ),
        ("The fee is $465 now.", "The fee is $456 now.", {"headline": "Fee of $1,465"}, []),
        ("We met 3 families.", "We met 5 families.", {"headline": "All 3 judges agree"}, []),
        ("The fee is $465 now.", "The fee is $465 today.", {"headline": "Fee rises to $465"}, []),
        ("The fee is $465 now.", "It costs more.", {"headline": "Fee rises to $465"}, []),
    ],
)
def test_old_value_that_remains_elsewhere_is_found(before, after, others, expected):
    assert correct(before, after, **others) == expected


def test_old_value_in_the_translation_is_found():
    previous = replace(COMPLETE, summary="The fee is $465 now.")
    spanish = replace(SPANISH, summary="La tarifa es de 465 dólares.")
    context = replace(CONTEXT, previous=previous, translation=spanish)
    current = replace(previous, summary="The fee is $456 now.")
    assert [(found.field, found.excerpt) for found in find(current, context, "incomplete_correction")] == [
        ("translation", "465")
    ]


# --- Differences between the languages ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("english", "spanish", "differing"),
    [
        ("The fee is $465.", "La tarifa es de $456.", ("$465", "$456")),
        ("It costs 1,500 dollars.", "Cuesta 1.500 dólares.", ()),
        ("It costs 1,500 dollars.", "Cuesta 1,500 dólares.", ()),
        ("About 11 million people.", "Unos 11 millones de personas.", ()),
        ("About 1.5 million people.", "Cerca de 1.5 millones de personas.", ()),
        ("Three families and 20 children.", "3 familias y veinte menores.", ()),
        ("On December 1, 2026, at 10 a.m.", "El 1 de diciembre de 2026 a las 10:00 a. m.", ()),
        ("On December 1.", "El 2 de diciembre.", ("December 1", "2 de diciembre")),
        ("At 2 p.m.", "A las 3 de la tarde.", ("2 p.m.", "3 de la tarde")),
        ("The 9th Circuit ruled.", "El Noveno Circuito decidió.", ()),
        ("It helps 40 % of us.", "Ayuda al 40% de nosotros.", ()),
        ("“No,” said Luis Ramos.", "“No”, dijo Luis Ramos.", ()),
        ("“No,” said Luis Ramos.", "“No”, dijo él.", ("Luis Ramos", "")),
        ("She asked.", "“No”, dijo Luis Ramos.", ("", "Luis Ramos")),
        ("Call 213-385-7800.", "Llame.", ()),
        (
            "Three million people and 21 senators.",
            "3 millones y veinte y un senadores.",
            (),
        ),
        ("Twenty-one senators.", "21 senadores.", ()),
        ("Ages 16-24, since the 1980s.", "De 16 a 24 años, desde la década de 1980.", ()),
        ("December 1-3, 2026.", "Del 1 al 3 de diciembre de 2026.", ()),
        ("December 1 and 3.", "El 1 y 4 de diciembre.", ("December 1 and 3", "1 y 4 de diciembre")),
        ("“No,” said Senator Luis Ramos.", "“No”, dijo el senador Luis Ramos.", ()),
        ("The Supreme Court said no.", "La Corte Suprema dijo que no.", ()),
    ],
)
def test_facts_that_differ_between_the_languages_are_found(english, spanish, differing):
    release = replace(COMPLETE, body=f"<p>{english}</p>{QUOTE}")
    translation = replace(SPANISH, body=f"<p>{spanish}</p>{SPANISH.body}")
    findings = find(release, replace(CONTEXT, translation=translation), "translation_differs")
    sentences = {
        (True, True): "“{0}” Only in the English version. Only in the Spanish version: “{1}”.",
        (True, False): "“{0}” Only in the English version.",
        (False, True): "“{1}” Only in the Spanish version.",
    }
    expected = [sentences[tuple(map(bool, differing))].format(*differing)] if differing else []
    assert [f"“{finding.excerpt}” {finding.message}" for finding in findings] == expected


def test_link_to_another_site_only_in_one_language_is_found():
    body = f'<p>See <a href="https://www.uscis.gov/fees">fees</a>.</p>{QUOTE}'
    (finding,) = find(replace(COMPLETE, body=body), rule="translation_differs")
    assert finding.excerpt == "https://www.uscis.gov/fees"


# --- All rules ----------------------------------------------------------------------------------------------


def test_private_findings_come_first_and_their_keys_have_no_words():
    body = "<p>Daca changed. Ana Paz, a DACA recipient, lives at 12 Hope Street: 213-555-0142.</p>"
    findings = find(replace(COMPLETE, body=body))
    private = [finding.is_private for finding in findings]
    assert private == sorted(private, reverse=True)
    assert sum(private) == 3
    for finding in findings:
        assert not {"Ana", "Hope", "555"} & set(finding.key.replace("-", " ").split())


def test_very_long_text_is_checked_up_to_a_limit():
    release = replace(COMPLETE, body="<p>Daca word</p>" * 20_000)
    assert "letter_case" in find_rules(release)
    assert sum(len(passage.text) for passage in release.passages) <= 100_000


def test_every_check_has_a_label_for_its_rules():
    assert len(CHECKS) < len(RULES)
    assert all(str(label) for label in RULES.values())


# --- Corrections --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "rule", "old", "new"),
    [
        (
            "Come on Friday, Dec. 11, or on Friday, Dec. 1, at noon.",
            "weekday",
            "on Friday, Dec. 1,",
            "on Tuesday, Dec. 1,",
        ),
        ("MIÉRCOLES 1 DE DICIEMBRE", "weekday", "MIÉRCOLES 1 DE DICIEMBRE", "MARTES 1 DE DICIEMBRE"),
        (
            "DACAmented students with DACA permits",
            "acronym",
            "with DACA permits",
            "with Deferred Action for Childhood Arrivals (DACA) permits",
        ),
    ],
)
def test_correction_changes_only_the_place_of_the_finding(body, rule, old, new):
    (found,) = find(replace(COMPLETE, body=f"<p>{body}</p>"), NEW_CONTEXT, rule)
    assert (found.fix.old, found.fix.new) == (old, new)
    assert body.count(old) == 1


@pytest.mark.parametrize(
    ("before", "after", "rest", "fixes"),
    [
        (
            "We met 30 families.",
            "We met 50 families.",
            "In 1930 we met 30 people.",
            ["met 30 people.", "met 50 people."],
        ),
        ("On December 4 we met.", "On December 5 we met.", "Then on Dec. 4 we ate.", None),
    ],
)
def test_incomplete_correction_is_offered_for_the_same_words_only(before, after, rest, fixes):
    previous, current = (replace(COMPLETE, body=f"<p>{text}</p><p>{rest}</p>") for text in (before, after))
    context = replace(NEW_CONTEXT, previous=previous)
    (found,) = find(current, context, "incomplete_correction")
    assert (found.fix and [found.fix.old, found.fix.new]) == fixes


def test_acronym_in_a_quotation_has_no_correction():
    (found,) = find(replace(COMPLETE, body="<p>“I have TPS,” she said.</p>"), NEW_CONTEXT, "acronym")
    assert found.fix is None


@pytest.mark.parametrize("mark", ["“", "«", "»"])
def test_quotation_of_several_paragraphs_is_closed_once(mark):
    first, last = ("“", "”") if mark == "“" else ("«", "»")
    body = f"<p>{first}We waited.</p><p>{mark}We wait.</p><p>{mark}We will wait{last}, she said.</p>"
    assert find(replace(COMPLETE, body=body), NEW_CONTEXT, "quotation_marks") == []
    assert find(replace(COMPLETE, body=body.replace(last + ",", ",")), NEW_CONTEXT, "quotation_marks")


def test_corrections_leave_the_words_of_a_quotation():
    body = "<p>“CARECEN has 20 years, not illegals,” he said. CARECEN has helped 20 years, illegals too.</p>"
    fixes = {
        finding.rule: finding.fix
        for finding in find(replace(COMPLETE, body=body), NEW_CONTEXT)
        if finding.fix
    }
    for rule, changed in (
        ("years", "helped 43 years, illegals"),
        ("avoided_term", "undocumented people too"),
    ):
        fix = fixes[rule]
        assert not fix.is_everywhere
        assert changed in body.replace(fix.old, fix.new, 1)
        assert "not illegals,” he said" in body.replace(fix.old, fix.new, 1)
