"""The search table on SQLite: an FTS5 table (https://sqlite.org/fts5.html) with one row for each release.

The rowid is the sort key of the release. The tokens are in the column of the audience: the public in English
or in Spanish, or only the staff. The cost of a search in one column depends on that column alone. The column
`text` has all words in order, for phrases. releases/migrations/0002_create_search_index.py creates the table.
"""

from collections.abc import Iterator

from django.db import connection, connections
from django.db.models.expressions import RawSQL

from releases.search.row import IndexRow
from releases.search.sort_key import KIND_BITS, MAX_ID, release_id_from_key

RELEASE_ID = f"rowid >> {KIND_BITS} & {MAX_ID}"


def has_token(token: str) -> bool:
    """Return whether any row has `token`."""
    return bool(_find_rowids(_build_expression([{token}]), limit=1))


def put(rows: list[IndexRow]) -> None:
    """Add or replace rows. Their audience is the column: "en", "es" or "staff"."""
    remove(*(row.release_id for row in rows))
    with connection.cursor() as cursor:
        for audience in sorted({row.audience for row in rows}):
            values = [
                (row.sort_key, row.text, " ".join([_make_id_token(row.release_id), *row.tokens]))
                for row in rows
                if row.audience == audience
            ]
            sql = f"INSERT INTO releases_search(rowid, text, {audience}) VALUES (%s, %s, %s)"  # noqa: S608  (a column of ours)
            cursor.executemany(sql, values)


def remove(*release_ids: int) -> None:
    tokens = {_make_id_token(release_id) for release_id in release_ids}
    rowids = _find_rowids(_build_expression([tokens]), limit=2 * len(tokens)) if tokens else []
    with connection.cursor() as cursor:
        cursor.executemany("DELETE FROM releases_search WHERE rowid = %s", [(rowid,) for rowid in rowids])


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
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT rowid, text, en, es, staff FROM releases_search")
        for key, text, *columns in cursor:
            release_id = release_id_from_key(key)
            audience, tokens = next(
                (pair for pair in zip(("en", "es", "staff"), columns, strict=True) if pair[1]), ("", "")
            )
            without_id = [token for token in tokens.split() if token != _make_id_token(release_id)]
            yield IndexRow(release_id, key, audience, without_id, text)


def purge_deleted_text() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO releases_search(releases_search) VALUES ('optimize')")


def find_newest(audience: str, groups: list[frozenset[str]], limit: int) -> list[int]:
    """Return the sort keys of the newest releases that have a token of each of `groups`, newest first."""
    return _find_rowids(f"{audience} : ({_build_expression(groups)})", limit)


def match_phrases(keys: list[int], phrases: list[str]) -> set[int]:
    """Return those of the sort keys whose text contains all of `phrases`."""
    with connection.cursor() as cursor:
        contains = " AND instr(text, %s)" * len(phrases)
        sql = f"SELECT rowid FROM releases_search WHERE rowid IN (SELECT value FROM json_each(%s)){contains}"  # noqa: S608
        cursor.execute(sql, [str(keys), *phrases])
        return {key for (key,) in cursor.fetchall()}


def build_subquery(groups: list[frozenset[str]]) -> RawSQL:
    """Return a subquery for the ids of all releases, public or not, that have a token of each of `groups`."""
    sql = f"SELECT {RELEASE_ID} FROM releases_search WHERE releases_search MATCH %s"  # noqa: S608  (numbers of ours)
    return RawSQL(sql, [_build_expression(groups)])  # noqa: S611  (the tokens are parameters)


def _find_rowids(expression: str, limit: int) -> list[int]:
    """Return the newest matching rowids, newest first.

    They are read as one row, because sqlite3 can switch threads between two rows, up to a thousand times.
    """
    with connection.cursor() as cursor:
        matches = (
            "SELECT rowid FROM releases_search WHERE releases_search MATCH %s ORDER BY rowid DESC LIMIT %s"
        )
        cursor.execute(f"SELECT group_concat(rowid) FROM ({matches})", [expression, limit])  # noqa: S608  (SQL of ours)
        rowids = cursor.fetchone()[0]
        return sorted(map(int, rowids.split(",")), reverse=True) if rowids else []


def _make_id_token(release_id: int) -> str:
    """Return the token that identifies the row of a release, whose rowid changes with its date."""
    return f"_r{release_id}"


def _build_expression(groups: list[frozenset[str]] | list[set[str]]) -> str:
    return " AND ".join(f"({' OR '.join(_quote(token) for token in sorted(group))})" for group in groups)


def _quote(token: str) -> str:
    return '"' + token.replace('"', '""') + '"'
