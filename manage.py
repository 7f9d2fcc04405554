#!/usr/bin/env python
"""Run a management command.

`manage.py help` lists the commands, and docs/reference/settings.md the environment variables that they read.
"""

import os
import sys


def main() -> None:
    """Run the command. Errors that the operator can correct appear as a sentence, not as a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "carecen_news.settings")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
        from django.db import DatabaseError
    except ModuleNotFoundError as error:
        sys.exit(f"{error.name} isn't installed for {sys.executable}. Delete .venv, then run make again.")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"{error}")
    except DatabaseError as error:
        if "--traceback" in sys.argv:
            raise
        from releases.checks import format_database_error

        sys.exit(format_database_error(error))
    except KeyboardInterrupt:
        sys.exit(130)  # the exit status of a program that Ctrl+C stopped


if __name__ == "__main__":
    main()
