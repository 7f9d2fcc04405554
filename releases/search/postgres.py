"""The search table on PostgreSQL: a `tsvector` of our own tokens with a GIN index.

See https://www.postgresql.org/docs/current/textsearch.html. `audience` is who can find the release: "en",
"es" or "staff"; `text` has all words in order, for phrases. releases/migrations/0002_create_search_index.py
creates the table.
"""

from collections.abc import Iterator

from django.db import connection, connections
from django.db.models.expressions import RawSQL
from django.utils import timezone

from releases.search.row import IndexRow
from releases.search.sort_key import release_id_from_key
from releases.text import localtime

# The planner cannot know how rare a token is, and would scan the rows by date for a rare one. MATERIALIZED
# makes it use the index.
NEWEST_SQL = """
WITH matches AS MATERIALIZED (
    SELECT sort_key FROM releases_search WHERE tokens @@ %s::tsquery AND audience = %s
)
SELECT sort_key FROM matches ORDER BY sort_key DESC LIMIT %s"""


def has_token(token: str) -> bool:
    """Return whether any row has `token`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM releases_search WHERE tokens @@ %s::tsquery LIMIT 1",
            [_build_expression([frozenset([token])])],
        )
        return cursor.fetchone() is not None


def put(rows: list[IndexRow]) -> None:
    """Add or replace rows."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO releases_search (release_id, sort_key, audience, text, tokens) VALUES (%s, %s, %s, "
            "%s, array_to_tsvector(%s)) ON CONFLICT (release_id) DO UPDATE SET sort_key = "
            "EXCLUDED.sort_key, audience = EXCLUDED.audience, text = EXCLUDED.text, tokens = EXCLUDED.tokens",
            [(row.release_id, row.sort_key, row.audience, row.text, row.tokens) for row in rows],
        )


def remove(*release_ids: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM releases_search WHERE release_id = ANY(%s)", [list(release_ids)])


def clear() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM releases_search")


def count() -> int:
    """Return how many rows there are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM releases_search")
        return int(cursor.fetchone()[0])


def read_rows(alias: str) -> Iterator[IndexRow]:
    """Yield all rows that are stored in the database `alias`."""
    with connections[alias].chunked_cursor() as cursor:
        cursor.execute(
            "SELECT release_id, sort_key, audience, tsvector_to_array(tokens), text FROM releases_search"
        )
        for row in cursor:
            yield IndexRow(*row)


def purge_deleted_text() -> None:
    """Do nothing: releases/actions/redaction.py rewrites this table with all others."""


def find_newest(audience: str, groups: list[frozenset[str]], limit: int) -> list[int]:
    """Return the sort keys of the newest releases that have a token of each of `groups`, newest first.

    A common word has enough matches in the last years; only for a rarer one are all years searched.
    """
    year = localtime.local_date(timezone.now()).year
    recent = frozenset(f"_{number}" for number in (year + 1, year, year - 1))
    keys = _find_newest(audience, [*groups, recent], limit)
    return keys if len(keys) == limit else _find_newest(audience, groups, limit)


def match_phrases(keys: list[int], phrases: list[str]) -> set[int]:
    """Return those of the sort keys whose text contains all of `phrases`."""
    with connection.cursor() as cursor:
        contains = " AND strpos(text, %s) > 0" * len(phrases)
        sql = f"SELECT sort_key FROM releases_search WHERE release_id = ANY(%s){contains}"  # noqa: S608  (no user input)
        cursor.execute(sql, [list(map(release_id_from_key, keys)), *phrases])
        return {key for (key,) in cursor.fetchall()}


def build_subquery(groups: list[frozenset[str]]) -> RawSQL:
    """Return a subquery for the ids of all releases, public or not, that have a token of each of `groups`."""
    return RawSQL(
        "SELECT release_id FROM releases_search WHERE tokens @@ %s::tsquery", [_build_expression(groups)]
    )


def _find_newest(audience: str, groups: list[frozenset[str]], limit: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(NEWEST_SQL, [_build_expression(groups), audience, limit])
        return [key for (key,) in cursor.fetchall()]


def _build_expression(groups: list[frozenset[str]]) -> str:
    return " & ".join(f"({' | '.join(_quote(token) for token in sorted(group))})" for group in groups)


def _quote(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"
