"""How the newsroom opens SQLite databases."""


def is_wal_safe(version: tuple[int, int, int]) -> bool:
    """Return whether the journal mode WAL is used with this `version` of SQLite.

    It could corrupt the file before 3.51.3 (also fixed in 3.50.7 and 3.44.6): https://sqlite.org/wal.html.
    """
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51, 0) or (3, 44, 6) <= version < (3, 45, 0)


def sqlite_pragmas(version: tuple[int, int, int]) -> str:
    """Return the SQL for every new SQLite connection, by the `version` of SQLite.

    WAL is the faster journal. Versions without it keep the rollback journal, synced once more at each commit.
    """
    journal = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        if is_wal_safe(version)
        else "PRAGMA journal_mode=DELETE; PRAGMA synchronous=EXTRA;"
    )
    # Without cache_spill, a large transaction such as an import blocks readers only while it commits.
    # secure_delete overwrites deleted text, so that no removed name stays in the file.
    return (
        f"{journal} PRAGMA mmap_size=0; PRAGMA cache_size=-16000; PRAGMA cache_spill=OFF; "
        "PRAGMA secure_delete=ON;"
    )
