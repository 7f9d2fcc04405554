"""The search table on PostgreSQL: a `tsvector` of our own tokens under a GIN index (https://www.postgresql.org/docs/current/textsearch.html).

`audience` is who may find the release: "en", "es" or "staff"; `text` has all words in their order, for phrases.
releases/migrations/0002_search_tables.py creates the table.
"""

from django.db import connection
from django.db.models.expressions import RawSQL
from django.utils import timezone

from releases import clock
from releases.search.sort_key import release_id_of

# The planner cannot know how rare a token is, and would walk along the rows by date for a rare one. MATERIALIZED makes it use the index.
NEWEST = """
WITH matches AS MATERIALIZED (SELECT sort_key FROM releases_search WHERE tokens @@ %s::tsquery AND audience = %s)
SELECT sort_key FROM matches ORDER BY sort_key DESC LIMIT %s"""


def has_token(token: str) -> bool:
    """Return whether any row has `token`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM releases_search WHERE tokens @@ %s::tsquery LIMIT 1", [_expression([frozenset([token])])])
        return cursor.fetchone() is not None


def put(release_id: int, key: int, audience: str, tokens: list[str], text: str) -> None:
    """Add or replace the row of a release."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO releases_search (release_id, sort_key, audience, text, tokens) VALUES (%s, %s, %s, %s, array_to_tsvector(%s)) "
            "ON CONFLICT (release_id) DO UPDATE SET sort_key = EXCLUDED.sort_key, audience = EXCLUDED.audience, "
            "text = EXCLUDED.text, tokens = EXCLUDED.tokens",
            [release_id, key, audience, text, tokens],
        )


def remove(release_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM releases_search WHERE release_id = %s", [release_id])


def empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM releases_search")


def count() -> int:
    """Return how many rows there are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM releases_search")
        return int(cursor.fetchone()[0])


def forget_old_bytes() -> None:
    """Do nothing: the table is rewritten with all others (publishing/erasing)."""


def newest(audience: str, groups: list[frozenset[str]], limit: int) -> list[int]:
    """Return the sort keys of the newest releases that have a token of each of `groups`, newest first.

    A common word has enough matches in the last years; only for a rarer one are all years searched.
    """
    year = clock.day_of(timezone.now()).year
    recent = frozenset(f"_{one}" for one in (year + 1, year, year - 1))
    keys = _newest(audience, [*groups, recent], limit)
    return keys if len(keys) == limit else _newest(audience, groups, limit)


def with_phrases(keys: list[int], phrases: list[str]) -> set[int]:
    """Return those of the sort keys whose text contains all of `phrases`."""
    with connection.cursor() as cursor:
        contains = " AND strpos(text, %s) > 0" * len(phrases)
        sql = f"SELECT sort_key FROM releases_search WHERE release_id = ANY(%s){contains}"  # noqa: S608  (no word of theirs)
        cursor.execute(sql, [list(map(release_id_of, keys)), *phrases])
        return {key for (key,) in cursor.fetchall()}


def matching(groups: list[frozenset[str]]) -> RawSQL:
    """Return a subquery for the ids of all releases, whoever may read them, that have a token of each of `groups`."""
    return RawSQL("SELECT release_id FROM releases_search WHERE tokens @@ %s::tsquery", [_expression(groups)])


def _newest(audience: str, groups: list[frozenset[str]], limit: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(NEWEST, [_expression(groups), audience, limit])
        return [key for (key,) in cursor.fetchall()]


def _expression(groups: list[frozenset[str]]) -> str:
    return " & ".join(f"({' | '.join(_quoted(token) for token in sorted(group))})" for group in groups)


def _quoted(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"
