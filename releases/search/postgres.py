"""The search table on PostgreSQL: a `tsvector` of our own tokens under a GIN index (https://www.postgresql.org/docs/current/textsearch.html).

The tokens are kept apart from the narrow rows (TOAST), so that sorting the matches of a common word reads little.
"""

from datetime import datetime

from django.db import connection
from django.db.models.expressions import RawSQL

TABLE = (
    "CREATE TABLE releases_search (release bigint PRIMARY KEY, place bigint NOT NULL, public_at timestamptz, tokens tsvector NOT NULL) "
    "WITH (toast_tuple_target = 128)"
)
INDEX = "CREATE INDEX releases_search_tokens ON releases_search USING gin (tokens) WITH (fastupdate = off)"


NUMBER = "release"


def has(token: str) -> bool:
    """Whether any row has `token`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM releases_search WHERE tokens @@ %s::tsquery LIMIT 1", [_expression([frozenset([token])])])
        return cursor.fetchone() is not None


def put(release: int, place: int, public_at: datetime | None, tokens: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO releases_search (release, place, public_at, tokens) VALUES (%s, %s, %s, array_to_tsvector(%s)) "
            "ON CONFLICT (release) DO UPDATE SET place = EXCLUDED.place, public_at = EXCLUDED.public_at, tokens = EXCLUDED.tokens",
            [release, place, public_at, tokens],
        )


def remove(release: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM releases_search WHERE release = %s", [release])


def empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM releases_search")


def forget_old_bytes() -> None:
    """Nothing to do: the table is written anew with all the others (publishing/erasing)."""


# Asked apart, so that the planner looks the tokens up and does not walk along the dates for a rare word.
NEWEST = (
    "WITH found AS MATERIALIZED (SELECT release, place FROM releases_search WHERE tokens @@ %s::tsquery AND public_at <= %s) "
    "SELECT release FROM found ORDER BY place DESC LIMIT %s"
)


def newest(groups: list[frozenset[str]], at: datetime, most: int) -> list[int]:
    """The ids of the `most` newest releases that have a token of each of `groups` and a public moment by `at`."""
    # A common word has enough matches in the last years alone; only a rarer one is looked up in all of them.
    recent = frozenset(f"_{year}" for year in (at.year + 1, at.year, at.year - 1))
    with connection.cursor() as cursor:
        for asked in ([*groups, recent], groups):
            cursor.execute(NEWEST, [_expression(asked), at, most])
            found = [pk for (pk,) in cursor.fetchall()]
            if len(found) >= most:
                break
    return found


def newest_as_part(groups: list[frozenset[str]], at: datetime, most: int) -> RawSQL:
    """The same, as a part of a larger question."""
    return RawSQL(NEWEST, [_expression(groups), at, most])  # noqa: S611


def matching(groups: list[frozenset[str]]) -> RawSQL:
    """The ids of all releases that have a token of each of `groups`, as a part of a larger question."""
    return RawSQL("SELECT release FROM releases_search WHERE tokens @@ %s::tsquery", [_expression(groups)])


def _expression(groups: list[frozenset[str]]) -> str:
    return " & ".join(f"({' | '.join(_quoted(token) for token in sorted(group))})" for group in groups)


def _quoted(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"
