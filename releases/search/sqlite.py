"""The search table on SQLite: full-text index FTS5 (https://sqlite.org/fts5.html), a row a release, its number its place.

Rows come out by their number without sorting, so the newest matches of a common word cost what those of a rare one do.
"""

from datetime import datetime

from django.db import connection
from django.db.models.expressions import RawSQL

TABLE = (
    "CREATE VIRTUAL TABLE releases_search USING fts5"
    "(public_at UNINDEXED, tokens, tokenize=\"unicode61 remove_diacritics 0 tokenchars '_'\", detail=none, columnsize=0)"
)


NUMBER = "rowid"


def has(token: str) -> bool:
    """Whether any row has `token`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM releases_search WHERE releases_search MATCH %s LIMIT 1", [_expression([{token}])])
        return cursor.fetchone() is not None


def put(release: int, place: int, public_at: datetime | None, tokens: list[str]) -> None:
    remove(release)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO releases_search(rowid, public_at, tokens) VALUES (%s, %s, %s)",
            [place, public_at.timestamp() if public_at else None, " ".join(tokens)],
        )


def remove(release: int) -> None:
    with connection.cursor() as cursor:
        # The inner question is asked whole before a row goes: FTS5 must not be changed while it is read.
        cursor.execute("SELECT rowid FROM releases_search WHERE releases_search MATCH %s", [_expression([{f"_r{release}"}])])
        for (place,) in cursor.fetchall():
            cursor.execute("DELETE FROM releases_search WHERE rowid = %s", [place])


def empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM releases_search")


def forget_old_bytes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO releases_search(releases_search) VALUES ('optimize')")


NEWEST = "SELECT rowid & 4294967295 FROM releases_search WHERE releases_search MATCH %s AND public_at <= %s ORDER BY rowid DESC LIMIT %s"


def newest(groups: list[frozenset[str]], at: datetime, most: int) -> list[int]:
    """The ids of the `most` newest releases that have a token of each of `groups` and a public moment by `at`."""
    with connection.cursor() as cursor:
        cursor.execute(NEWEST, [_expression(groups), at.timestamp(), most])
        return [pk for (pk,) in cursor.fetchall()]


def newest_as_part(groups: list[frozenset[str]], at: datetime, most: int) -> RawSQL:
    """The same, as a part of a larger question."""
    return RawSQL(NEWEST, [_expression(groups), at.timestamp(), most])  # noqa: S611


def matching(groups: list[frozenset[str]]) -> RawSQL:
    """The ids of all releases that have a token of each of `groups`, as a part of a larger question."""
    return RawSQL("SELECT rowid & 4294967295 FROM releases_search WHERE releases_search MATCH %s", [_expression(groups)])


def _expression(groups: list[frozenset[str]] | list[set[str]]) -> str:
    return " AND ".join(f"({' OR '.join(_quoted(token) for token in sorted(group))})" for group in groups)


def _quoted(token: str) -> str:
    return '"' + token.replace('"', '""') + '"'
