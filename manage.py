#!/usr/bin/env python
"""The newsroom's command line: `manage.py help` lists the commands, docs/settings.md what they read from the environment."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "carecen_news.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as fault:  # a wrong setting is a sentence for the operator, not a traceback
        sys.exit(f"{fault}")


if __name__ == "__main__":
    main()
