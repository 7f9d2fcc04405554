"""The search table on SQLite: full-text index FTS5 (https://sqlite.org/fts5.html), a row a release, its number its place.

Rows come out by their number without sorting, so the newest matches of a common word cost what those of a rare one do.
"""

from datetime import datetime

from django.db import connection
from django.db.models.expressions import RawSQL

from releases.search.places import KIND_BITS, LAST_ID, shown

# `words` are all words, in rows; `tokens` are what is searched.
TABLE = (
    "CREATE VIRTUAL TABLE releases_search USING fts5"
    "(words UNINDEXED, tokens, tokenize=\"unicode61 remove_diacritics 0 tokenchars '_'\", detail=none, columnsize=0)"
)


NUMBER = "rowid"


def has(token: str) -> bool:
    """Whether any row has `token`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM releases_search WHERE releases_search MATCH %s LIMIT 1", [_expression([{token}])])
        return cursor.fetchone() is not None


def put(release: int, place: int, _public_at: datetime | None, tokens: list[str], words: str) -> None:
    """`_public_at` is not kept: the releases are asked for it, because this table has no narrow rows."""
    remove(release)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO releases_search(rowid, words, tokens) VALUES (%s, %s, %s)",
            [place, words, " ".join([_row_of(release), *tokens])],
        )


def remove(release: int) -> None:
    with connection.cursor() as cursor:
        # The inner question is asked whole before a row goes: FTS5 must not be changed while it is read.
        cursor.execute("SELECT rowid FROM releases_search WHERE releases_search MATCH %s", [_expression([{_row_of(release)}])])
        for (place,) in cursor.fetchall():
            cursor.execute("DELETE FROM releases_search WHERE rowid = %s", [place])


def empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM releases_search")


def forget_old_bytes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO releases_search(releases_search) VALUES ('optimize')")


ID = f"rowid >> {KIND_BITS} & {LAST_ID}"
# What waits for its moment is a short list, and looked up once; all else that has a moment had it.
ANY = "SELECT rowid FROM releases_search WHERE releases_search MATCH %s ORDER BY rowid DESC LIMIT %s"
NEWEST = (
    f"SELECT rowid FROM releases_search WHERE releases_search MATCH %s AND {ID} NOT IN "  # noqa: S608  (numbers of ours)
    "(SELECT id FROM releases_release WHERE status = 'published' AND public_at > %s) ORDER BY rowid DESC LIMIT %s"
)


def newest(groups: list[frozenset[str]], at: datetime, most: int, hidden: frozenset[int] | None = None) -> list[int]:
    """The places of the `most` newest releases that have a token of each of `groups` and a public moment by `at`, but those `hidden`."""
    # What waits for its moment is among the hidden, where these are known and few; then no row is looked up for it.
    knows = hidden is not None and len(hidden) <= most
    asked, more = (ANY, []) if knows else (NEWEST, [_as_kept(at)])
    with connection.cursor() as cursor:
        # One row of all places: between two rows another thread may take over, which for a thousand costs more than the question.
        question = f"SELECT group_concat(rowid) FROM ({asked})"  # noqa: S608  (words of ours)
        cursor.execute(question, [_expression(groups), *more, most + len(hidden or ()) * knows])
        found = cursor.fetchone()[0]
    places = sorted(map(int, found.split(",")), reverse=True) if found else []
    return shown(places, hidden)[:most]


def in_a_row(places: list[int], phrases: list[str]) -> set[int]:
    """Those of `places` in whose words all of `phrases` stand."""
    with connection.cursor() as cursor:
        stand = " AND instr(words, %s)" * len(phrases)
        here = f"SELECT rowid FROM releases_search WHERE rowid IN (SELECT value FROM json_each(%s)){stand}"  # noqa: S608  (no word of theirs)
        cursor.execute(here, [str(places), *phrases])
        return {place for (place,) in cursor.fetchall()}


def newest_as_part(groups: list[frozenset[str]], at: datetime, most: int) -> RawSQL:
    """Their ids, as a part of a larger question."""
    return RawSQL(NEWEST.replace("rowid", ID, 1), [_expression(groups), _as_kept(at), most])  # noqa: S611


def matching(groups: list[frozenset[str]], most: int) -> RawSQL:
    """The ids of the `most` newest of all releases that have a token of each of `groups`, as a part of a larger question."""
    return RawSQL(ANY.replace("rowid", ID, 1), [_expression(groups), most])  # noqa: S611


def _row_of(release: int) -> str:
    """The token by which a row is found again: its place is another one when the date of the release changes."""
    return f"_r{release}"


def _as_kept(at: datetime) -> str:
    """A moment as the column of the releases has it."""
    return str(connection.ops.adapt_datetimefield_value(at))


def _expression(groups: list[frozenset[str]] | list[set[str]]) -> str:
    return " AND ".join(f"({' OR '.join(_quoted(token) for token in sorted(group))})" for group in groups)


def _quoted(token: str) -> str:
    return '"' + token.replace('"', '""') + '"'
