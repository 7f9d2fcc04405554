"""The folder of the static copy: writes what changed, and deletes what an earlier export wrote."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO

from django.utils import timezone

from carecen_news import __version__

MANIFEST = "static-copy.json"
# Lists the files of an export that has not finished, a line each, so that the next one knows them.
JOURNAL = "static-copy.journal"
TEMPORARY = "static-copy.tmp"


class UnusableFolder(Exception):
    """Raised with a sentence about a folder that the static copy can't be written to."""


class Folder:
    """A folder with a static copy. `previous` and `current` are its addresses, by the path of the file.

    `last_is_complete` says that the last export was made by this version and ended without problems.
    """

    journal: TextIO

    def __init__(self, root: Path) -> None:
        self.root = root
        self.previous: dict[str, str] = {}
        self.current: dict[str, str] = {}
        self.written = self.deleted = self.bytes = 0
        self.last_is_complete = False

    @classmethod
    @contextmanager
    def open(cls, root: Path) -> Iterator["Folder"]:
        """Yield the folder `root`, reserved for this export. Create it if it doesn't exist.

        Raises UnusableFolder if it contains other things, or if another export is writing it.
        """
        folder = cls(root)
        root.mkdir(parents=True, exist_ok=True)
        names = {path.name for path in root.iterdir()} - {JOURNAL, TEMPORARY}
        if names and MANIFEST not in names:
            raise UnusableFolder(
                f"{root} contains other files. Name a new or empty folder, or one that export_site wrote."
            )
        with (root / JOURNAL).open("a+") as folder.journal:
            try:
                fcntl.flock(folder.journal, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise UnusableFolder(f"Another export_site is writing {root}. Wait until it ends.") from error
            except OSError:  # a file system without locks
                pass
            folder.load()
            yield folder

    def load(self) -> None:
        """Load the list of files from the manifest, and from the journal of an interrupted export."""
        try:
            manifest = json.loads((self.root / MANIFEST).read_text())
            self.previous = dict(manifest["files"])
            self.last_is_complete = manifest.get("version") == __version__ and manifest["problems"] == 0
        except FileNotFoundError:
            self.replace(MANIFEST, b'{"finished": null, "files": {}}')
        except (ValueError, KeyError) as error:
            raise UnusableFolder(
                f"{self.root / MANIFEST} is damaged. Name another folder, or delete this one."
            ) from error
        self.journal.seek(0)
        for line in self.journal:
            self.last_is_complete = False
            with suppress(ValueError):  # the first line, and the last one if the export was killed
                self.previous.update([json.loads(line)])
        self.journal.write("The files of an export that has not finished:\n")
        self.journal.flush()

    def write(self, path: str, address: str, content: bytes) -> bool:
        """Write a file, unless it has this content already. Return whether it was written."""
        self.current[path] = address
        self.bytes += len(content)
        file = self.root / path
        with suppress(FileNotFoundError):
            if file.stat().st_size == len(content) and file.read_bytes() == content:
                return False
        if path not in self.previous:
            self.journal.write(json.dumps([path, address]) + "\n")
            self.journal.flush()
        file.parent.mkdir(parents=True, exist_ok=True)
        self.replace(path, content)
        self.written += 1
        return True

    def replace(self, path: str, content: bytes) -> None:
        """Write a file so that readers get either the earlier content or all of the new one."""
        temporary = self.root / TEMPORARY
        try:
            temporary.write_bytes(content)
            os.replace(temporary, self.root / path)
        finally:
            temporary.unlink(missing_ok=True)

    def keep(self, path: str) -> bool:
        """Keep the file `path` of an earlier export as it is. Return False if there is none."""
        file = self.root / path
        if path not in self.previous or not file.exists():
            return False
        self.current[path] = self.previous[path]
        self.bytes += file.stat().st_size
        return True

    def finish(self, **counts: Any) -> None:
        """Delete the files of earlier exports that are no longer public, and write the manifest."""
        for path in self.previous.keys() - self.current.keys():
            file = self.root / path
            with suppress(FileNotFoundError, NotADirectoryError):
                file.unlink()
                self.deleted += 1
            with suppress(OSError):  # not empty
                for parent in file.parents:
                    if parent == self.root:
                        break
                    parent.rmdir()
        finished = timezone.now().isoformat(timespec="seconds")
        manifest = {"finished": finished, "version": __version__, **counts, "files": self.current}
        self.replace(MANIFEST, json.dumps(manifest, indent=0).encode())
        self.journal.truncate(0)
