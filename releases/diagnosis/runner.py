"""Run the checks: all of them for `manage.py doctor`, and the quick ones for the dashboard of managers."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from releases.database import limit_waiting
from releases.diagnosis import (
    background,
    configuration,
    database,
    growth,
    machine,
    mail,
    newsroom,
    versions,
)
from releases.diagnosis.findings import Finding, Level

Check = Callable[[], Finding | None]

LEVELS = list(Level)  # the most serious first
CACHE_SECONDS = 5 * 60

MACHINE_CHECKS: tuple[Check, ...] = (
    configuration.check_settings,
    configuration.check_https,
    configuration.check_allowed_hosts,
    configuration.check_workers,
    configuration.check_redis,
    mail.check_mail,
    machine.check_disk_space,
    machine.check_temporary_space,
    machine.check_data_folder,
    machine.check_uploads_folder,
    machine.check_uploads_size,
    machine.check_object_storage,
    machine.check_secret_key,
    versions.check_python,
    versions.check_django,
    versions.check_dependencies,
    versions.check_dependency_age,
    newsroom.check_backup,
    newsroom.check_backup_elsewhere,
    newsroom.check_static_copy,
    newsroom.check_upkeep,
    newsroom.check_removed_names,
)
# These need a database that can be read. Django's checks would create a missing SQLite file.
DATABASE_CHECKS: tuple[Check, ...] = (
    configuration.check_system,
    database.check_journal,
    database.check_integrity,
    database.check_roles,
)
# These need all tables.
TABLE_CHECKS: tuple[Check, ...] = (
    database.check_writing,
    database.check_search_index,
    newsroom.check_clock,
    newsroom.check_schedule,
    newsroom.check_legal_help,
    newsroom.check_press_contact,
    newsroom.check_managers,
    newsroom.check_second_factors,
    newsroom.check_photos,
    background.check_worker,
    background.check_failed_tasks,
    growth.check_history_growth,
)
# The dashboard has its own sentence about legal help.
DASHBOARD_CHECKS: tuple[Check, ...] = (
    machine.check_disk_space,
    machine.check_temporary_space,
    machine.check_data_folder,
    machine.check_uploads_folder,
    machine.check_secret_key,
    versions.check_python,
    versions.check_django,
    newsroom.check_backup,
    newsroom.check_backup_elsewhere,
    newsroom.check_upkeep,
    newsroom.check_removed_names,
    newsroom.check_static_copy,
    database.check_search_index,
    newsroom.check_clock,
    newsroom.check_press_contact,
    newsroom.check_second_factors,
    newsroom.check_photos,
    background.check_worker,
    background.check_failed_tasks,
    configuration.check_redis,
)
MANAGER_CHECKS: set[Check] = {
    newsroom.check_legal_help,
    newsroom.check_press_contact,
    newsroom.check_second_factors,
    background.check_failed_tasks,
}

logger = logging.getLogger(__name__)


class Problems(NamedTuple):
    checked_at: datetime
    findings: list[Finding]


def diagnose() -> list[Finding]:
    """Run all checks in the active language. Return the findings, errors first.

    Without a database that can be used, the checks of its content are left out.
    """
    findings = run_checks(MACHINE_CHECKS)
    findings += (usable := run_checks([database.check_database]))
    if not has_errors(usable):
        with limit_waiting(database.MAX_SECONDS):
            findings += run_checks(DATABASE_CHECKS)
            findings += (migrated := run_checks([database.check_migrations]))
            if not has_errors(migrated):
                findings += run_checks(TABLE_CHECKS)
    return sort_findings(findings)


def find_problems() -> Problems | None:
    """Return what managers should know, in the active language, or None.

    The result is cached for CACHE_SECONDS in this process, unless a check failed. Never raises an error.
    """
    try:
        key = f"diagnosis-{get_language()}"
        problems: Problems | None = cache.get(key)
        if problems is None:
            findings = [each for each in run_checks(DASHBOARD_CHECKS) if each.level is not Level.OK]
            problems = Problems(timezone.now(), sort_findings(findings))
            if not any(finding.has_failed for finding in findings):
                cache.set(key, problems, CACHE_SECONDS)
    except Exception:  # the dashboard is more important than this part of it
        logger.exception("The checks for the dashboard failed.")
        return None
    return problems if problems.findings else None


def run_checks(checks: Iterable[Check]) -> list[Finding]:
    return [finding for check in checks if (finding := run_check(check))]


def run_check(check: Check) -> Finding | None:
    """Run a check. If it raises an error, return that as an error."""
    name = check.__name__.removeprefix("check_")
    try:
        finding = check()
    except Exception as exc:  # one check must not hide the others
        finding = Finding(
            Level.ERROR,
            _("The check “%(name)s” failed (%(reason)s).")
            % {"name": name, "reason": f"{type(exc).__name__}: {' '.join(str(exc).split())}"},
            _(
                "Run manage.py doctor. If the check fails again, report this line to those who maintain the "
                "code."
            ),
            has_failed=True,
        )
    return finding and replace(finding, name=name, is_for_manager=check in MANAGER_CHECKS)


def has_errors(findings: list[Finding]) -> bool:
    return any(finding.level is Level.ERROR for finding in findings)


def sort_findings(findings: list[Finding]) -> list[Finding]:
    """Return `findings` with errors first and otherwise in their order."""
    return sorted(findings, key=lambda finding: LEVELS.index(finding.level))
