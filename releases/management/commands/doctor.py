"""Say what is set, what is missing and what to do, for the server administrator."""

import json
import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation
from django.utils.translation import gettext as _

from releases.diagnosis import Finding, Level, diagnose, has_errors
from releases.text.choices import Language


class Command(BaseCommand):
    help = (
        "Check the newsroom and its machine: disk, database, migrations, backups, HTTPS, clock, packages. "
        "The exit code is 1 if there is an error, else 0. Nothing is changed."
    )
    requires_system_checks: list[str] = []  # they are one of the checks

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--language",
            choices=Language.values,
            default=get_default_language(),
            help="language of the output; the default follows LC_ALL, LC_MESSAGES or LANG",
        )
        parser.add_argument("--json", action="store_true", help="print a list of objects, for a monitor")

    def handle(self, *_args: Any, **options: Any) -> None:
        with translation.override(options["language"]):
            findings = diagnose()
            self.stdout.write(format_json(findings) if options["json"] else format_text(findings))
        if has_errors(findings):
            sys.exit(1)


def get_default_language() -> str:
    """Return the language of the terminal: that of the first variable that is set."""
    locale = next(
        (value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), ""
    )
    return Language.SPANISH if locale.startswith("es") else Language.ENGLISH


def format_json(findings: list[Finding]) -> str:
    objects = [
        {"name": each.name, "level": each.level, "found": each.found, "advice": each.advice}
        for each in findings
    ]
    return json.dumps(objects, ensure_ascii=False, indent=2)


def format_text(findings: list[Finding]) -> str:
    """Return the findings by level, each with what to do in a second line, and a summary."""
    headings = {Level.ERROR: _("Errors"), Level.WARNING: _("Warnings"), Level.OK: _("In order")}
    lines, summary = [], []
    for level, heading in headings.items():
        group = [finding for finding in findings if finding.level is level]
        summary.append(f"{heading}: {len(group)}")
        if group:
            lines.append(heading)
        for finding in group:
            lines += [f"  - {finding.found}", *([f"    → {finding.advice}"] if finding.advice else [])]
        lines += [""] if group else []
    return "\n".join([*lines, ". ".join(summary) + "."])
