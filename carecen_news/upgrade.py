"""`make upgrade`: get a new version of the newsroom, or go back to the old one if anything fails.

    python3 -m carecen_news.upgrade [TAG, BRANCH OR COMMIT]
upgrades, or goes back after an upgrade that was interrupted.

    python3 .upgrade/upgrade.py --go-back
only does the latter, as `make run` does before it serves the newsroom.

It uses only the standard library, because .venv may be half installed. The file .upgrade/journal.json records
how far an upgrade is, and a copy of this program beside it goes back, because the code may be half replaced.
Each step of going back can be repeated, so it may be interrupted too.
"""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from types import FrameType
from typing import Any

FOLDER = Path(".upgrade")
JOURNAL = FOLDER / "journal.json"
UPGRADE_LOCK = FOLDER / "upgrade.lock"  # one upgrade at a time
STEPS_LOCK = FOLDER / "steps.lock"  # open in all processes of an upgrade, so that they are found
PROGRAM = FOLDER / "upgrade.py"
ENVIRONMENT_COPY = FOLDER / "venv"
UNFINISHED_COPY = FOLDER / "venv.part"
REPLACED_ENVIRONMENT = FOLDER / "venv.replaced"
ENVIRONMENT = Path(".venv")
STAMP = ENVIRONMENT / ".ready-to-run"
PYTHON = str(ENVIRONMENT / "bin" / "python")
KEPT_BACKUPS = "2"
LAST_LINES = 15
# A newer make or Git must not get the options of the make that runs this program.
MAKE_VARIABLES = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "TO")


class UpgradeError(Exception):
    """Raised if the upgrade can't begin or a step fails. The message says why and what to do."""


class Interrupted(Exception):
    """Raised when the operator or the system ends this program."""


def run(*command: str, lock: int | None = None) -> str:
    """Run a command and return its output. Raises UpgradeError with its last lines.

    The command and its children inherit `lock`, an open file, so that `end_steps` finds them.
    """
    environment = {name: value for name, value in os.environ.items() if name not in MAKE_VARIABLES}
    # Git must not ask for a password. Code of the new version must leave no compiled files behind.
    environment |= {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
    environment["UPGRADING"] = "1"  # else the settings refuse: carecen_news/data_folder.py
    try:
        process = subprocess.run(  # noqa: S603
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            pass_fds=[] if lock is None else [lock],
            check=False,
        )
    except FileNotFoundError as error:
        raise UpgradeError(
            f"{command[0]} isn't installed. Install it, then run make upgrade again."
        ) from error
    output = process.stdout.decode(errors="replace")
    if process.returncode:
        lines = (output + process.stderr.decode(errors="replace")).strip().splitlines()
        raise UpgradeError("\n".join(lines[-LAST_LINES:]) or f"{command[0]} failed without a message.")
    return output


def say(text: str) -> None:
    """Print a line. A closed terminal must not stop the upgrade or going back."""
    with suppress(OSError):
        print(text, flush=True)  # noqa: T201


def refuse(problem: str) -> None:
    """Raise UpgradeError if there is a problem."""
    if problem:
        raise UpgradeError(problem)


def get_data_folder() -> Path:
    """Return DATA_DIR as carecen_news/settings.py reads it."""
    return Path(os.environ.get("DATA_DIR", "").strip() or "var").expanduser().absolute()


class Upgrade:
    """An upgrade of the newsroom in the current folder. `run_step` runs a command of the newsroom."""

    def __init__(self, run_step: Callable[..., str] = run, lock: int | None = None) -> None:
        self.run_step = run_step
        self.lock = lock
        self.journal: dict[str, Any] = {}
        self.data_folder = get_data_folder()
        self.backups = self.data_folder / "upgrades"
        database = sha256(os.environ.get("DATABASE_URL", "").encode()).hexdigest()  # it has a password
        self.settings = [str(self.data_folder), database]

    def git(self, *arguments: str) -> str:
        """Run Git, without maintenance that it would leave running."""
        options = ("-c", "gc.auto=0", "-c", "maintenance.auto=false")
        return run("git", *options, *arguments, lock=self.lock).strip()

    def make(self, target: str) -> str:
        return self.run_step("make", target, lock=self.lock)

    def manage(self, *arguments: str) -> str:
        return self.run_step(PYTHON, "manage.py", *arguments, lock=self.lock)

    def read_journal(self) -> bool:
        """Return whether an upgrade has begun and neither succeeded nor gone back."""
        self.journal = json.loads(JOURNAL.read_text()) if JOURNAL.exists() else {}
        return bool(self.journal)

    def record(self, **values: Any) -> None:
        """Change the journal, all or nothing, and not before the disk has what it describes."""
        os.sync()
        journal = self.journal | values
        part = JOURNAL.with_suffix(".part")
        with part.open("w") as file:
            json.dump(journal, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        part.replace(JOURNAL)
        os.sync()
        self.journal = journal

    def clean_up(self) -> None:
        """Delete what was saved, then the journal, and then the program, which needs none."""
        for folder in (ENVIRONMENT_COPY, UNFINISHED_COPY, REPLACED_ENVIRONMENT):
            shutil.rmtree(folder, ignore_errors=True)
        os.sync()
        JOURNAL.unlink(missing_ok=True)
        self.journal = {}
        PROGRAM.unlink(missing_ok=True)

    def find_new_version(self, name: str) -> tuple[str, str]:
        """Get what was published, and return the commits of this version and of the new one."""
        old = self.git("rev-parse", "HEAD")
        try:
            self.git("fetch", "--quiet", "--tags")
        except UpgradeError as error:
            raise UpgradeError(
                f"{error}\nThe new version can't be downloaded, for the reason above. Nothing was changed."
            ) from error
        if name:
            candidates = [f"refs/remotes/origin/{name}", f"refs/tags/{name}", name]
            advice = f"There is no version {name}. Name a tag, a branch or a commit: make upgrade TO=v1.2."
        else:
            candidates = ["@{upstream}"]
            advice = "This checkout follows no branch. Name the version: make upgrade TO=v1.2."
        for candidate in candidates:
            with suppress(UpgradeError):
                return old, self.git("rev-parse", "--verify", "--quiet", f"{candidate}^{{commit}}")
        raise UpgradeError(advice)

    def find_added_files(self, old: str, new: str) -> list[Path]:
        """Return the files that `new` has and `old` hasn't."""
        names = self.git("diff", "--name-only", "--no-renames", "--diff-filter=A", "-z", old, new)
        return [Path(name) for name in names.split("\0") if name]

    def describe(self, commit: str) -> str:
        """Return the tag of a commit, or its beginning."""
        with suppress(UpgradeError):
            return self.git("describe", "--tags", "--always", commit)
        return commit[:7]

    def upgrade(self, name: str) -> None:
        """Upgrade to the version `name`, or to the newest one. Raises UpgradeError if it has gone back."""
        # Not at the top: the copy in .upgrade, which only goes back, has no other modules.
        from carecen_news import upgrade_checks

        refuse(upgrade_checks.find_checkout_problem(self.data_folder, ENVIRONMENT))
        old, new = self.find_new_version(name)
        if new == old:
            say(f"The newsroom is already up to date ({self.describe(old)}). Nothing was changed.")
            return
        added = self.find_added_files(old, new)
        refuse(upgrade_checks.find_version_problem(self.git, old, new, added))
        refuse(upgrade_checks.find_space_problem(self.data_folder, ENVIRONMENT))
        refuse(upgrade_checks.find_server(self.data_folder))
        try:
            self.begin(old, new)
            # One may have started before there was a journal.
            refuse(upgrade_checks.find_server(self.data_folder))
            self.back_up()
            self.replace_code()
            self.migrate()
            say("Testing the new version …")
            self.manage("smoke_test")
            self.record(phase="done")
            self.finish()
        except (UpgradeError, Interrupted, OSError) as error:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)
            if not self.read_journal():
                raise
            if not self.recover(str(error)):
                raise UpgradeError("") from error

    def begin(self, old: str, new: str) -> None:
        program = Path(__file__).read_bytes()
        self.clean_up()
        PROGRAM.write_bytes(program)
        self.record(phase="preparing", old=old, new=new, settings=self.settings)
        say(f"Upgrading from {self.describe(old)} to {self.describe(new)}. DATA_DIR is {self.data_folder}.")

    def back_up(self) -> None:
        """Save the database, the uploads and the environment. It changes none of them."""
        say("Backing up the newsroom …")
        self.make(str(STAMP))
        earlier = set(self.backups.glob("newsroom-*.zip"))
        self.manage("backup", str(self.backups), "--keep", KEPT_BACKUPS)
        created = set(self.backups.glob("newsroom-*.zip")) - earlier
        if len(created) != 1:
            raise UpgradeError(f"The backup isn't the newest file in {self.backups}. Check the clock.")
        backup = str(created.pop())
        self.manage("verify", backup)
        say("Copying the installed packages …")
        shutil.copytree(ENVIRONMENT, UNFINISHED_COPY, symlinks=True)
        os.sync()
        UNFINISHED_COPY.rename(ENVIRONMENT_COPY)
        self.record(phase="replacing", backup=backup)

    def replace_code(self) -> None:
        say("Getting and installing the new version …")
        self.git("merge", "--quiet", "--ff-only", self.journal["new"])
        self.make(str(STAMP))
        options = ["--database=default"]
        if os.environ.get("SITE_URL", "").startswith("https://"):
            options += ["--deploy", "--fail-level=WARNING"]
        self.manage("check", *options)

    def migrate(self) -> None:
        """Migrate the database, if there is anything to do. Otherwise it need not be restored."""
        with suppress(UpgradeError):
            self.manage("migrate", "--check")
            return
        self.manage("migrate", "--plan")  # refused without the right to change tables
        say("Migrating the database …")
        set_aside = [path.name for path in self.data_folder.glob("before-restore-*")]
        self.record(database="changed", set_aside=set_aside)
        self.manage("migrate", "--no-input")

    def finish(self) -> None:
        new = self.describe(self.journal["new"])
        say(f"Upgraded from {self.describe(self.journal['old'])} to {new}. Start the newsroom: make run.")
        say(f"A backup from before is {self.journal['backup']}.")
        self.clean_up()

    def go_back(self, reason: str) -> None:
        """Restore code, packages and database. Raises UpgradeError if it can't, and keeps the journal."""
        say(f"The upgrade failed:\n{reason}\nGoing back to {self.describe(self.journal['old'])} …")
        try:
            end_steps()
            if self.journal["phase"] == "replacing":
                self.restore_code()
                self.restore_environment()
                if self.journal.get("database") == "changed":
                    self.restore_database()
            for path in self.backups.glob(".newsroom-*.part"):
                path.unlink()
            self.clean_up()
        except (UpgradeError, OSError) as error:
            raise UpgradeError(
                f"{error}\nGoing back failed, for the reason above, and the newsroom can't start. Correct "
                "it, then run make upgrade again with the same settings."
            ) from error

    def restore_code(self) -> None:
        """Check out the old commit, and delete what an interrupted checkout has left.

        None of the files that the new commit adds existed before (see `find_version_problem`). A migration
        among them would be applied.
        """
        old, new = self.journal["old"], self.journal["new"]
        folder = Path(self.git("rev-parse", "--git-common-dir"))
        for lock in (*folder.glob("*.lock"), *(folder / "refs").rglob("*.lock")):
            lock.unlink()
        for path in self.find_added_files(old, new):
            if path.is_symlink() or path.is_file():  # not a folder of the old version
                path.unlink()
            for parent in path.parents[:-1]:
                with suppress(OSError):  # it has other files, or never existed
                    parent.rmdir()
        try:
            self.git("reset", "--hard", "--quiet", old)
        except UpgradeError:
            (folder / "index").unlink(missing_ok=True)  # damaged by a power failure
            self.git("reset", "--hard", "--quiet", old)

    def restore_environment(self) -> None:
        """Put the copy in the place of .venv. If it is there already, an earlier try has done that."""
        if ENVIRONMENT_COPY.exists():
            shutil.rmtree(REPLACED_ENVIRONMENT, ignore_errors=True)
            if ENVIRONMENT.exists():
                ENVIRONMENT.rename(REPLACED_ENVIRONMENT)
            ENVIRONMENT_COPY.rename(ENVIRONMENT)
        STAMP.touch()  # newer than the lock file, which has a new time now

    def restore_database(self) -> None:
        """Restore the backup, and delete what that set aside: the database of the failed upgrade."""
        self.manage("restore", self.journal["backup"], "--replace")
        say("The database is that of the backup. Everyone has to sign in again.")
        for path in self.data_folder.glob("before-restore-*"):
            if path.name not in self.journal["set_aside"]:
                shutil.rmtree(path)

    def recover(self, reason: str = "It was interrupted.") -> bool:
        """End an upgrade that failed: clean up if it was complete, else go back. Return whether it was."""
        if self.journal["settings"] != self.settings:
            folder, _database = self.journal["settings"]
            raise UpgradeError(
                f"Set DATA_DIR to {folder} and DATABASE_URL as at the upgrade. Then try again."
            )
        if self.journal["phase"] == "done":
            self.finish()
            return True
        self.go_back(reason)
        say("The newsroom is as it was before the upgrade. Start it with make run.")
        return False


def find_processes(path: Path) -> list[int]:
    """Return the other processes that have the file `path` open. Without /proc, the list is empty."""
    target, found = str(path.resolve()), set()
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):  # the process has ended, or belongs to another user
            if os.readlink(link) == target:
                found.add(int(link.parts[2]))
    return sorted(found - {os.getpid()})


def end_steps() -> None:
    """End what an interrupted upgrade has left running, such as a migration."""
    for _attempt in range(100):
        processes = find_processes(STEPS_LOCK)
        if not processes:
            return
        for process in processes:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        time.sleep(0.1)
    raise UpgradeError(f"The processes {processes} of the upgrade don't end. Restart the machine.")


def interrupt(_number: int, _frame: FrameType | None) -> None:
    raise Interrupted("It was interrupted.")


def work(arguments: list[str]) -> int:
    """Go back after an interrupted upgrade, or else upgrade. Return the exit status."""
    go_back_only = arguments == ["--go-back"]
    FOLDER.mkdir(exist_ok=True)
    with UPGRADE_LOCK.open("a") as lock, STEPS_LOCK.open("a") as steps:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UpgradeError("An upgrade is running. Wait until it has ended.") from error
        except OSError:
            say("The folder of the newsroom has no file locks. Don't start a second upgrade.")
        upgrade = Upgrade(lock=steps.fileno())
        if upgrade.read_journal():
            is_complete = upgrade.recover()
            return 0 if is_complete or go_back_only else 1
        if not go_back_only:
            upgrade.upgrade(arguments[0] if arguments else "")
    return 0


def main(arguments: list[str]) -> None:
    os.chdir(Path(__file__).resolve().parent.parent)  # both the program and its copy are in a subfolder
    signal.signal(signal.SIGINT, interrupt)
    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # a lost connection to the machine doesn't stop the upgrade
    try:
        sys.exit(work(arguments))
    except (UpgradeError, Interrupted) as error:
        if str(error):
            say(str(error))
        sys.exit(1)
    except OSError as error:
        sys.exit(f"The upgrade can't go on ({error}). Correct that, then run make upgrade again.")


if __name__ == "__main__":
    main(sys.argv[1:])
