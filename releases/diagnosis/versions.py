"""Checks of Python, Django and the other packages: support, locked versions and age."""

import platform
import re
import sys
from datetime import date, datetime, timedelta
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import django
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from releases.diagnosis.findings import Finding, error, ok, warning

# https://devguide.python.org/versions/
PYTHON_SUPPORT = {
    (3, 11): date(2027, 10, 31),
    (3, 12): date(2028, 10, 31),
    (3, 13): date(2029, 10, 31),
    (3, 14): date(2030, 10, 31),
}
# https://www.djangoproject.com/download/#supported-versions
DJANGO_SUPPORT = {(5, 2): date(2028, 4, 30)}
NOTICE = timedelta(days=180)  # how long before the end of support there is a warning
MAX_AGE_DAYS = 180
MAX_NAMES = 5  # of packages in one sentence
LOCKED = re.compile(r"^([\w.-]+)==([^\s\\]+)( ;)?", re.MULTILINE)


def check_python() -> Finding:
    return check_support("Python", platform.python_version(), PYTHON_SUPPORT.get(sys.version_info[:2]))


def check_django() -> Finding:
    return check_support("Django", django.get_version(), DJANGO_SUPPORT.get(django.VERSION[:2]))


def check_support(name: str, version: str, end: date | None) -> Finding:
    """Return whether a version still gets security fixes, until the day `end`."""
    values = {"name": name, "version": version, "day": date_format(end, "DATE_FORMAT") if end else ""}
    if end is None:
        return ok(_("%(name)s %(version)s. The newsroom doesn't know until when it is supported.") % values)
    today = timezone.localdate()
    advice = _("Install a newer version of the newsroom, with a newer version of %(name)s.") % values
    if today > end:
        return error(_("%(name)s %(version)s has had no security fixes since %(day)s.") % values, advice)
    found = _("%(name)s %(version)s gets security fixes until %(day)s.") % values
    return warning(found, advice) if today > end - NOTICE else ok(found)


def read_locked() -> dict[str, tuple[set[str], bool]]:
    """Return the packages of requirements.txt: their versions, and whether all machines need them.

    A package has several versions if they depend on the version of Python.
    """
    packages: dict[str, tuple[set[str], bool]] = {}
    text = (settings.BASE_DIR / "requirements.txt").read_text(encoding="utf-8")
    for name, version, marker in LOCKED.findall(text):
        versions, is_needed = packages.get(name, (set(), False))
        packages[name] = (versions | {version}, is_needed or not marker)
    return packages


def find_version(name: str) -> str | None:
    try:
        return distribution(name).version
    except PackageNotFoundError:
        return None


def check_dependencies() -> Finding:
    """Compare the installed packages with requirements.txt."""
    locked, differing = read_locked(), []
    for name, (versions, is_needed) in locked.items():
        version = find_version(name)
        if version not in versions and (version or is_needed):
            differing.append(f"{name} {version or '—'} ({' / '.join(sorted(versions))})")
    if not differing:
        return ok(_("All %(count)s packages have the version of requirements.txt.") % {"count": len(locked)})
    return warning(
        _("These packages don't have the version of requirements.txt, in parentheses: %(names)s.")
        % {"names": ", ".join(differing[:MAX_NAMES]) + ("…" if len(differing) > MAX_NAMES else "")},
        _("Stop the newsroom and start it with make run, which installs them."),
    )


def find_install_time() -> float | None:
    """Return when a package of requirements.txt was last installed, by its METADATA file."""
    times = []
    for name in read_locked():
        if not find_version(name):
            continue
        files = [file for file in distribution(name).files or [] if file.name == "METADATA"]
        paths = [Path(str(file.locate())) for file in files]
        times += [path.stat().st_mtime for path in paths if path.exists()]
    return max(times, default=None)


def check_dependency_age() -> Finding | None:
    installed_at = find_install_time()
    if installed_at is None:
        return None
    days = (timezone.now() - datetime.fromtimestamp(installed_at, timezone.get_default_timezone())).days
    found = ngettext(
        "The packages were last updated %(count)s day ago.",
        "The packages were last updated %(count)s days ago.",
        days,
    ) % {"count": days}
    if days <= MAX_AGE_DAYS:
        return ok(found)
    return warning(
        found,
        _("They may have known vulnerabilities, which make audit lists. Update them: “Upgrade” in %(doc)s.")
        % {"doc": "docs/how-to/deploy.md"},
    )
