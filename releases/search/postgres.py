"""The search table on PostgreSQL: a `tsvector` of our own tokens under a GIN index (https://www.postgresql.org/docs/current/textsearch.html).

The tokens are kept apart from the narrow rows (TOAST), so that sorting the matches of a common word reads little.
"""

import re
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from releases.search.places import ID_BITS, KIND_BITS, releases_at, shown

# `words` are all words, in rows; `tokens` are what is searched.
TABLE = (
    "CREATE TABLE releases_search (release bigint PRIMARY KEY, place bigint NOT NULL, public_at timestamptz, "
    "words text NOT NULL, tokens tsvector NOT NULL) "
    "WITH (toast_tuple_target = 128)"
)
INDEX = "CREATE INDEX releases_search_tokens ON releases_search USING gin (tokens) WITH (fastupdate = off)"
PLACES = "CREATE INDEX releases_search_places ON releases_search (place)"


NUMBER = "release"


def has(token: str) -> bool:
    """Whether any row has `token`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM releases_search WHERE tokens @@ %s::tsquery LIMIT 1", [_expression([frozenset([token])])])
        return cursor.fetchone() is not None


def put(release: int, place: int, public_at: datetime | None, tokens: list[str], words: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO releases_search (release, place, public_at, words, tokens) VALUES (%s, %s, %s, %s, array_to_tsvector(%s)) "
            "ON CONFLICT (release) DO UPDATE SET place = EXCLUDED.place, public_at = EXCLUDED.public_at, "
            "words = EXCLUDED.words, tokens = EXCLUDED.tokens",
            [release, place, public_at, words, [*_year_of(place), *tokens]],
        )


def remove(release: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM releases_search WHERE release = %s", [release])


def empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM releases_search")


def forget_old_bytes() -> None:
    """Nothing to do: the table is written anew with all the others (publishing/erasing)."""


# The tokens are asked for apart (MATERIALIZED, OFFSET 0), so that the planner, which cannot know how rare they are, looks them up and
# does not walk along the rows. A common word has enough matches in the last two years alone; only for a rarer one are all years looked
# through.
NEWEST = f"""
WITH newest AS MATERIALIZED (
  SELECT extract(year FROM DATE '0001-01-01' + (max(place) >> {ID_BITS + KIND_BITS})::int - 1)::int AS year FROM releases_search
  WHERE release <> 0
), recent AS MATERIALIZED (
  SELECT release, place FROM (
    SELECT release, place FROM releases_search
    WHERE tokens @@ (SELECT (%(all)s || ' & (_y' || year || ' | _y' || year - 1 || ')')::tsquery FROM newest) AND public_at <= %(at)s
    OFFSET 0
  ) AS these ORDER BY place DESC LIMIT %(most)s
), whole AS MATERIALIZED (
  SELECT release, place FROM releases_search
  WHERE (SELECT count(*) FROM recent) < %(most)s AND tokens @@ %(all)s::tsquery AND public_at <= %(at)s
)
SELECT place FROM (
  SELECT * FROM whole UNION ALL SELECT * FROM recent WHERE (SELECT count(*) FROM recent) >= %(most)s
) AS found ORDER BY place DESC LIMIT %(most)s"""  # noqa: S608  (numbers of ours)


def newest(groups: list[frozenset[str]], at: datetime, most: int, hidden: frozenset[int] | None = None) -> list[int]:
    """The places of the `most` newest releases that have a token of each of `groups` and a public moment by `at`, but those `hidden`."""
    with connection.cursor() as cursor:
        cursor.execute(*_newest(groups, at, most))
        return shown([place for (place,) in cursor.fetchall()], hidden)


def in_a_row(places: list[int], phrases: list[str]) -> set[int]:
    """Those of `places` in whose words all of `phrases` stand."""
    with connection.cursor() as cursor:
        stand = " AND strpos(words, %s) > 0" * len(phrases)
        here = f"SELECT place FROM releases_search WHERE release = ANY(%s){stand}"  # noqa: S608  (no word of theirs)
        cursor.execute(here, [releases_at(places), *phrases])
        return {place for (place,) in cursor.fetchall()}


def newest_as_part(groups: list[frozenset[str]], at: datetime, most: int) -> RawSQL:
    """Their ids, as a part of a larger question."""
    sql, given = _newest(groups, at, most)
    return RawSQL(sql.replace("SELECT place", "SELECT release", 1), given)  # noqa: S611  (the words are parameters)


def _newest(groups: list[frozenset[str]], at: datetime, most: int) -> tuple[str, list[Any]]:
    given = {"all": _expression(groups), "at": at, "most": most}
    names = re.findall(r"%\((\w+)\)s", NEWEST)  # a part of a larger question takes its words by place, not by name
    return re.sub(r"%\(\w+\)s", "%s", NEWEST), [given[name] for name in names]


def matching(groups: list[frozenset[str]], most: int) -> RawSQL:
    """The ids of the `most` newest of all releases that have a token of each of `groups`, as a part of a larger question."""
    return RawSQL(
        "SELECT release FROM releases_search WHERE tokens @@ %s::tsquery ORDER BY place DESC LIMIT %s", [_expression(groups), most]
    )


def _year_of(place: int) -> list[str]:
    """The token by which a row of the last years is told; the row that is no release has none."""
    return [f"_y{date.fromordinal(place >> ID_BITS + KIND_BITS).year}"] if place else []


def _expression(groups: list[frozenset[str]]) -> str:
    return " & ".join(f"({' | '.join(_quoted(token) for token in sorted(group))})" for group in groups)


def _quoted(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"
