"""Checks of Python, Django and the other packages."""

import os
import sys
import time
from datetime import date, timedelta

import django
import pytest
from django.utils import timezone

from releases.diagnosis import versions

DAY = 24 * 60 * 60


@pytest.mark.parametrize(
    ("days", "level", "text"),
    [
        (181, "ok", "until"),
        (179, "warning", "until"),
        (0, "warning", "until"),
        (-1, "error", "no security fixes since"),
        (None, "ok", "doesn't know"),
    ],
)
def test_end_of_support(days, level, text):
    end = None if days is None else timezone.localdate() + timedelta(days=days)
    finding = versions.check_support("Python", "3.11.7", end)
    assert (finding.level, text in finding.found) == (level, True)


def test_this_python_and_this_django_have_an_end_of_support():
    assert versions.DJANGO_SUPPORT[django.VERSION[:2]] == date(2028, 4, 30)
    assert f"Django {django.get_version()} " in versions.check_django().found
    assert "Python 3." in versions.check_python().found
    assert sys.version_info[:2] in versions.PYTHON_SUPPORT


@pytest.fixture
def lock_file(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    return tmp_path / "requirements.txt"


@pytest.mark.parametrize(
    ("lines", "level", "text"),
    [
        (["django=={version}"], "ok", "All 1 packages"),
        (["django==1.0"], "warning", "django {version} (1.0)"),
        (["no-such-package==1.0"], "warning", "no-such-package — (1.0)"),
        (["no-such-package==1.0 ; python_full_version < '3.0'"], "ok", "All 1 packages"),
        (
            ["django==1.0 ; python_full_version < '3.0'", "django=={version} ; python_full_version >= '3.0'"],
            "ok",
            "",
        ),
        ([f"no-such-package-{number}==1.0" for number in range(6)], "warning", "-4 — (1.0)…"),
    ],
)
def test_installed_versions(lock_file, lines, level, text):
    text, *lines = (part.replace("{version}", django.get_version()) for part in (text, *lines))
    lock_file.write_text(
        "".join(f"{line} \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n" for line in lines)
    )
    finding = versions.check_dependencies()
    assert (finding.level, text in finding.found) == (level, True)


@pytest.mark.parametrize(("days", "level"), [(0, "ok"), (180.5, "ok"), (181.5, "warning")])
def test_age_of_the_packages(lock_file, monkeypatch, days, level):
    lock_file.write_text("django==5.2\n")
    monkeypatch.setattr(versions, "find_install_time", lambda: time.time() - days * DAY)
    finding = versions.check_dependency_age()
    assert (finding.level, f" {int(days)} day" in finding.found) == (level, True)


def test_install_time_is_that_of_the_newest_metadata_file(lock_file):
    lock_file.write_text("django==5.2 \\\nno-such-package==1\n")
    metadata = next(file for file in versions.distribution("django").files if file.name == "METADATA")
    assert versions.find_install_time() == os.stat(str(metadata.locate())).st_mtime
    lock_file.write_text("")
    assert (versions.find_install_time(), versions.check_dependency_age()) == (None, None)
