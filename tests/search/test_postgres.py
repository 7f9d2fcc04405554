"""PostgreSQL's query plans for a search. It doesn't know how rare a token is."""

from datetime import date

import pytest
from django.db import connection
from django.utils import timezone

from releases.search import postgres
from releases.search.row import IndexRow
from releases.search.sort_key import make_sort_key

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's plans"),
]
ROWS = 20_000  # one release per day until today


@pytest.fixture
def indexed_rows():
    """Index rows that all have one word. One row in 500 has a rare word too."""
    first_day = timezone.now().date().toordinal() - ROWS
    rows = []
    for number in range(1, ROWS + 1):
        day = date.fromordinal(first_day + number)
        tokens = ["common", f"_{day.year}", *(["rare"] if number % 500 == 0 else [])]
        rows.append(IndexRow(number, make_sort_key(day, number, "statement"), "en", tokens, ""))
    postgres.put(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE releases_search")


def test_search_uses_the_token_index(indexed_rows):
    for tokens in (["rare"], ["common", f"_{timezone.now().year}"]):
        with connection.cursor() as cursor:
            cursor.execute(
                f"EXPLAIN {postgres.NEWEST_SQL}",
                [postgres._build_expression([frozenset([token]) for token in tokens]), "en", 1001],
            )
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert "Bitmap Index Scan on releases_search_tokens" in plan, tokens


def test_common_word_needs_one_query_and_rare_word_two(indexed_rows, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert len(postgres.find_newest("en", [frozenset(["common"])], 100)) == 100
    with django_assert_num_queries(2):
        assert len(postgres.find_newest("en", [frozenset(["rare"])], 100)) == 40
