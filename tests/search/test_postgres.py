"""What PostgreSQL looks up for a question, by the plan it makes without knowing how rare the words are."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection

from releases.search import postgres
from releases.search.places import place

pytestmark = [pytest.mark.django_db, pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's plans")]
NOW = datetime(2026, 3, 4, tzinfo=UTC)
ROWS = 20_000  # one a day until NOW; with fewer there is nothing to gain by walking along them


@pytest.fixture
def rows():
    """All have one word, and one in five hundred a rare one."""
    first = NOW.date().toordinal() - ROWS
    for number in range(1, ROWS + 1):
        words = ["en_common", "en_rare"] if number % 500 == 0 else ["en_common"]
        postgres.put(number, place(date.fromordinal(first + number), number, "statement"), NOW, words, "")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE releases_search")


def plan(token: str, most: int) -> str:
    sql, given = postgres._newest([frozenset([token])], NOW, most)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {sql}", given)
        return "\n".join(line for (line,) in cursor.fetchall())


def test_words_are_looked_up_and_not_walked_to(rows):
    for token, most in (("en_rare", 6), ("en_rare", 1001), ("en_common", 6), ("en_common", 1001)):
        asked = plan(token, most)
        assert asked.count("using releases_search_places") == 1, (token, most)  # for the newest of all
        assert "on releases_search_tokens" in asked.partition("CTE whole")[0], (token, most)
    # For a common word the last years are enough.
    assert "on releases_search releases_search_2 (never executed)" in plan("en_common", 100)
