"""Which paragraphs belong to one release, and which boundaries are uncertain."""

import pytest

from releases.importers.plaintext import parse_items
from tests.importers.plaintext import SAMPLE, TODAY, A, B, parse_text


@pytest.mark.parametrize(
    "text", ["Los Angeles: A City of Immigrants", "Executive Order (March 4, 2015) – What It Means"]
)
def test_headline_that_resembles_a_dateline_is_accepted(text):
    (item,) = parse_text(f"{text}\n\n(March 4, 2015, Los Angeles) – First.")
    assert not item.needs_review
    assert item.headline == text


def test_invalid_item_does_not_affect_its_neighbors():
    text = (
        "One\n\n(March 4, 2015, Los Angeles) – A. Continue reading\n\nTwo\n\nNo date. Continue reading\n\n"
        "Three\n\n(March 6, 2015, Los Angeles) – C."
    )
    assert [(item.headline, item.needs_review) for item in parse_text(text)] == [
        ("One", False),
        ("Two", True),
        ("Three", False),
    ]


def test_undated_item_without_continue_reading_also_flags_the_item_above():
    text = SAMPLE.decode().replace(" Continue reading", "").replace("(October 31, 2014, Los Angeles) – ", "")
    items = parse_text(text)
    assert [item.needs_review for item in items] == [False] * 2 + [True] * 2 + [False] * 6
    assert items[3].headline.startswith("Immigrant Communities to Obama")


def test_undated_item_with_continue_reading_flags_only_itself():
    items = parse_text(SAMPLE.decode().replace("(October 31, 2014, Los Angeles) – ", ""))
    assert [item.needs_review for item in items] == [False] * 3 + [True] + [False] * 6


@pytest.mark.parametrize(
    "text",
    [
        (
            "March 3, 2015\n\nFirst\n\nText one. More.\n\n"
            "March 4, 2015\n\nSecond\n\nText two.\n\n"
            "March 5, 2015\n\nThird\n\nText three."
        ),
        f"One\n\n{A}A.\n\nHere is how it happened.\n\nJune 15, 2012 – President Obama announces DACA.",
        f"One\n\n{A}A.\n\nHow it happened\n\nJune 15, 2012 – President Obama announces DACA.",
        f"One\n\n{A}A.\n\nWe will keep fighting for our families.\n\n{B}B.",
        f"One\n\n{A}A.\n\n{B}B.",
        f"One\n\n{A}A.\nTwo\n\n{B}B.",
        f"One\n{A}A.\nTwo\n{B}B.",
        f"One\n\n{A}A.\n\nWhat to bring\n\nBring your passport.",
        f"One\n\n{A}A.\n\nTwo\n\nBy Jane Doe\n\n{B}B.",
        f"One\n\nBy Jane Doe\n\n{A}A.",
        f"One\n\n{A}A.\n\nWorkers march across the U.S.\n\nNo date here.",
        f"Text of something. It ends here.\nOne\n{A}A.",
    ],
)
def test_ambiguous_item_boundaries_need_review(text):
    items = parse_text(text)
    assert [item.headline for item in items if not item.needs_review] == []


@pytest.mark.parametrize(
    "line",
    [
        "(03/05/2015, Los Angeles) – B.",
        "(February 31, 2013, Los Angeles) – B.",
        "(31 de febrero de 2013, Los Ángeles) – B.",
    ],
)
def test_item_with_an_invalid_date_is_not_merged_into_the_item_above(line):
    first, second, third = parse_text(f"One\n{A}A.\n\nTwo\n{line}\n\nThree\n{A}C.\n")
    assert (first.needs_review, second.needs_review, third.needs_review) == (False, True, False)
    assert (second.headline, second.summary) == ("Two", line)


BEFORE = (
    "Families Win in Court\n\n(March 4, 2015, Los Angeles) – The court agreed.\n\nMore text about it.\n\n"
)
AFTER = "Third Release Here\n\n(March 6, 2015, Los Angeles) – Text of the third.\n\nMore of it.\n"


@pytest.mark.parametrize("mark", ["", " Continue reading"])
@pytest.mark.parametrize(
    "neighbor",
    [
        "Tenants March Downtown\n\nTenants marched on Friday.",
        "Tenants March Downtown\nMarch 5, 2015\n\nTenants marched on Friday.",
        "Tenants March Downtown\n\nMarch 5, 2015\n\nTenants marched on Friday.",
        "Tenants March Downtown\nPosted on March 5, 2015\n\nTenants marched on Friday.",
        "Tenants March Downtown\n3/5/2015\n\nTenants marched on Friday.",
        "Tenants March Downtown.\n\nTenants marched on Friday.",
        "Tenants March Downtown\nTenants marched on Friday. They want repairs.",
        "TENANTS MARCH DOWNTOWN\n\nTenants marched on Friday.",
        "* Tenants March Downtown\n\nTenants marched on Friday.",
        "Tenants March Downtown\nBy Jane Doe | March 5, 2015\n\nTenants marched on Friday.",
        "March 5, 2015\nTenants March Downtown\n\nTenants marched on Friday.",
    ],
)
def test_neighbor_is_never_swallowed_without_being_named(neighbor, mark):
    """It is a release of its own, or the release that contains it needs review and says where."""
    items = parse_text("\n\n".join(part.rstrip("\n") + mark for part in (BEFORE, neighbor, AFTER)))
    is_own = any("tenants march" in item.headline.lower() for item in items)
    is_named = any(
        item.needs_review and "tenants march" in " ".join(problem.reason for problem in item.problems).lower()
        for item in items
    )
    assert is_own or is_named


def test_two_undated_releases_in_one_section_are_both_named():
    text = "Tenants March Downtown\n\nTenants marched.\n\nWorkers Strike Today\n\nWorkers struck."
    items = parse_text(f"{BEFORE.rstrip()} Continue reading\n\n{text} Continue reading\n\n{AFTER}")
    assert {"Tenants March Downtown", "Workers Strike Today"} <= {item.headline for item in items}
    assert all(item.needs_review for item in items if item.headline.startswith(("Tenants", "Workers")))


def test_every_line_is_in_a_release_or_in_the_list_of_removed_texts():
    text = f"{BEFORE.rstrip()} Continue reading\n\nBe the first to comment\n\n{AFTER}\n###\n"
    removed = []
    items = parse_items(text, "en", TODAY, removed)
    assert [tuple(part) for part in removed] == [
        (5, "Continue reading"),
        (7, "Be the first to comment"),
        (15, "###"),
    ]
    kept = " ".join(" ".join([item.headline, item.summary, item.body]) for item in items)
    for line in ("The court agreed.", "More text about it.", "Text of the third.", "More of it."):
        assert line in kept


def test_many_possible_headlines_are_each_named_near_their_place():
    titles = [f"Title number {number}" for number in range(200)]
    items = parse_text("\n\n".join([BEFORE.rstrip(), *titles, "The end."]))
    reasons = [problem.reason for item in items for problem in item.problems]
    assert all(any(f"“{title}”" in reason for reason in reasons) for title in titles[:-1])
    assert max(len(item.problems) for item in items) < 30
