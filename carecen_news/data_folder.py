"""The folder for all data, which only its owner may open, and the secret key in it.

Also a check of the folder of the code, which an interrupted upgrade may have left half replaced.
"""

import os
import stat
import tempfile
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def prepare_data_folder(path: Path) -> Path:
    """Create the folder `path`, or withdraw the permissions that others have on it. Return it.

    Raises ImproperlyConfigured for a folder that others need: one of another user, one with the sticky bit
    such as /tmp, or one at the top of the file system that is not the newsroom's.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = path.stat()
        if not status.st_mode & OTHERS:
            return path
        names = {entry.name for entry in path.iterdir()}
        is_at_top = len(path.parts) < 3 and not (names <= {"lost+found"} or "secret_key" in names)
        if status.st_uid != os.geteuid() or status.st_mode & stat.S_ISVTX or is_at_top:
            raise ImproperlyConfigured(
                f"Others on this machine can open DATA_DIR, {path}. Set it to a folder that only the "
                f"newsroom uses, or run: chmod 700 {path}"
            )
        path.chmod(stat.S_IMODE(status.st_mode) & ~OTHERS)
    except OSError as error:
        raise ImproperlyConfigured(
            f"DATA_DIR, {path}, can't be created ({error.strerror}). Set it to a folder that you may write."
        ) from error
    return path


def get_secret_key(path: Path) -> str:
    """Return the secret key in the file `path`. The first start creates it, readable by its owner only."""
    try:
        try:
            # Written to a temporary file and then linked, so that two first starts at once agree on one key.
            if not path.exists():
                with tempfile.NamedTemporaryFile("w", prefix=f".{path.name}.", dir=path.parent) as file:
                    file.write(get_random_secret_key())
                    file.flush()
                    os.fsync(file.fileno())  # an empty key would stop every later start
                    os.link(file.name, path)
        except FileExistsError:
            pass
        key = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it isn't text"
        raise ImproperlyConfigured(
            f"The secret key {path} can't be written or read ({reason}). Make DATA_DIR writable, "
            "set it to another folder, or set SECRET_KEY."
        ) from error
    if not key:
        raise ImproperlyConfigured(
            f"The secret key {path} is empty. Delete the file: a new key is created, and everyone has to "
            "sign in again."
        )
    return key


def refuse_unfinished_upgrade(folder: Path) -> None:
    """Raise ImproperlyConfigured while an upgrade replaces the code in `folder`, or if it was interrupted.

    carecen_news/upgrade.py sets UPGRADING for the commands that it runs.
    """
    if (folder / ".upgrade" / "journal.json").exists() and "UPGRADING" not in os.environ:
        raise ImproperlyConfigured(
            "An upgrade is under way, or was interrupted. Wait for it, or run make upgrade, which goes back."
        )
