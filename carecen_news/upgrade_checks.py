"""Reasons why `make upgrade` would fail or could not go back. Each function returns a sentence, or ""."""

import fcntl
import os
import pwd
import shutil
from collections.abc import Callable
from pathlib import Path

FREE_BYTES = 500 * 2**20  # for new packages, static files and a larger database


def find_checkout_problem(data_folder: Path, environment: Path) -> str:
    """Return why the current folder isn't a Git checkout that this user can upgrade."""
    if not Path(".git").exists():
        return (
            "This folder isn't a Git checkout, so make upgrade can't get a new version. Follow “Without Git” "
            "in docs/how-to/upgrade.md."
        )
    for path in (Path.cwd(), data_folder):
        if path.exists() and path.stat().st_uid != os.geteuid():
            owner = pwd.getpwuid(path.stat().st_uid).pw_name
            return f"{path} belongs to the user {owner}. Run make upgrade as {owner}."
    if environment.is_symlink():
        return f"{environment} is a link. Delete the link, run make run once, then make upgrade."
    return ""


def find_version_problem(git: Callable[..., str], old: str, new: str, added: list[Path]) -> str:
    """Return why the checkout can't change from the commit `old` to `new`, which adds the files `added`."""
    if git("rev-list", "--max-count=1", old, f"^{new}"):
        old, new = (git("describe", "--tags", "--always", commit) for commit in (old, new))
        return (
            f"{new} isn't a later version of {old}, which is installed, so nothing was changed. Name a later "
            "version: make upgrade TO=v1.2."
        )
    if changed := git("status", "--porcelain", "--untracked-files=no"):
        return (
            f"Files of the newsroom were changed here:\n{changed}\nUndo that with git checkout FILE, or "
            "commit it, then run make upgrade again."
        )
    # Going back deletes the files that the new version adds. A folder is no problem: it becomes a file.
    if present := [path for path in added if os.path.lexists(path) and not path.is_dir()]:
        return f"The new version adds {present[0]}, which exists. Move it elsewhere first."
    return ""


def find_space_problem(data_folder: Path, environment: Path) -> str:
    """Return on which disk there isn't enough space, and how much is needed."""
    paths = (data_folder / "uploads", *data_folder.glob("*.sqlite3"))
    needs = {
        Path.cwd(): get_size(environment) + FREE_BYTES,
        data_folder: 2 * sum(get_size(path) for path in paths),  # the backup, and what it is restored to
    }
    needed: dict[int, int] = {}  # bytes by device
    for folder, size in needs.items():
        if folder.exists():
            device = folder.stat().st_dev
            needed[device] = needed.get(device, 0) + size
            if shutil.disk_usage(folder).free < needed[device]:
                return (
                    f"The upgrade needs {needed[device] // 2**20} MB on the disk of {folder}. Free some "
                    "space, then run make upgrade again."
                )
    return ""


def get_size(path: Path) -> int:
    """Return the bytes of a file, or of all files in a folder."""
    paths = path.rglob("*") if path.is_dir() else [path]
    return sum(found.lstat().st_size for found in paths if os.path.lexists(found))


def find_server(data_folder: Path) -> str:
    """Return that a server uses the data folder. manage.py serve locks a file in it."""
    for path in data_folder.glob("serve*.lock"):
        with path.open("r+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return "The newsroom is running. Stop it, then run make upgrade."
            except OSError:  # a file system without locks
                continue
    return ""
