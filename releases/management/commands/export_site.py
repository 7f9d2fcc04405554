"""Write the public site as static files, which any web server can serve when the newsroom is down."""

import errno
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.templatetags.static import static

from releases.checks import format_database_error
from releases.static_copy import DatabaseUnavailable, UnusableFolder, export_site

MAX_LISTED = 50


class Command(BaseCommand):
    help = (
        "Write the public site as static files, in both languages. Another run writes only what changed and "
        "deletes what is no longer public."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folder", type=Path, help="a new or empty folder, or one that this command wrote before"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        folder = options["folder"].absolute()
        self.check_static_files()
        try:
            result = export_site(folder, self.show_progress)
        except UnusableFolder as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(format_database_error(error)) from error
        except DatabaseUnavailable as error:
            raise CommandError(
                "The newsroom's database or disk can't be used right now, so the copy is not complete. "
                "Nothing was deleted. Run this again later."
            ) from error
        except OSError as error:
            raise CommandError(format_file_error(folder, error)) from error
        self.stdout.write(
            f"{result.pages} pages and {result.files - result.pages} other files, "
            f"{result.bytes / 1e6:.1f} MB, are in {folder}. {result.written} written, "
            f"{result.deleted} deleted, the others unchanged."
        )
        if result.problems:
            self.list_problems(result.problems)

    def check_static_files(self) -> None:
        try:
            static("css/newsroom.css")
        except ValueError as error:
            raise CommandError(
                f"The static files are not in {settings.STATIC_ROOT}. Start the newsroom once with the same "
                "settings."
            ) from error

    def show_progress(self, count: int) -> None:
        if self.stdout.isatty() and count % 100 == 0:
            self.stdout.write(f"{count} files …\r", ending="")
            self.stdout.flush()

    def list_problems(self, problems: list[str]) -> None:
        for problem in problems[:MAX_LISTED]:
            self.stderr.write(problem)
        hidden = len(problems) - MAX_LISTED
        more = f", of which {MAX_LISTED} are listed above" if hidden > 0 else ""
        noun = "problem" if len(problems) == 1 else "problems"
        raise CommandError(f"The copy has {len(problems)} {noun}{more}.")


def format_file_error(folder: Path, error: OSError) -> str:
    """Return a sentence about a folder or file that can't be written."""
    full = error.errno in {errno.ENOSPC, errno.EDQUOT}
    advice = "Free some disk space" if full else "Make the folder writable for this user, or name another one"
    return (
        f"{error.filename or folder} can't be written ({error.strerror or error}). {advice}, then run this "
        "again."
    )
