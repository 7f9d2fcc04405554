#!/usr/bin/env python
"""Run a management command.

`manage.py help` lists the commands, and docs/reference/settings.md the environment variables that they read.
"""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "carecen_news.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:  # show the operator a sentence, not a traceback
        sys.exit(f"{error}")


if __name__ == "__main__":
    main()
