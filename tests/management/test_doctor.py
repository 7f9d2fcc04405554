"""`manage.py doctor`: output, languages, exit codes, and a database that can't be used."""

import json
import os
import shutil
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from releases.diagnosis import findings
from releases.management.commands import doctor
from tests.faults.newsroom import WITHOUT_OVERRIDE

ROOT = Path(__file__).resolve().parents[2]
OK = findings.Finding(findings.Level.OK, "Fine.", name="a")
WARNING = findings.Finding(findings.Level.WARNING, "Low.", "Fill it.", name="b")
ERROR = findings.Finding(findings.Level.ERROR, "Broken.", "Repair it.", name="c")


def run(*arguments: str) -> tuple[int, str]:
    output = StringIO()
    try:
        call_command("doctor", *arguments, stdout=output)
    except SystemExit as exit_error:
        return int(exit_error.code), output.getvalue()
    return 0, output.getvalue()


def run_process(folder: Path, *prefix: str, **environment: str) -> subprocess.CompletedProcess:
    names = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME")}
    return subprocess.run(
        [*prefix, sys.executable, "manage.py", "doctor"],
        cwd=ROOT,
        env=names | {"DATA_DIR": str(folder), "PYTHONUTF8": "1"} | environment,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


@pytest.mark.parametrize(
    ("results", "code"), [([], 0), ([OK], 0), ([WARNING, OK], 0), ([ERROR], 1), ([ERROR, WARNING, OK], 1)]
)
@pytest.mark.parametrize("arguments", [[], ["--json"], ["--language", "es"]])
def test_only_an_error_changes_the_exit_code(monkeypatch, results, code, arguments):
    monkeypatch.setattr(doctor, "diagnose", lambda: results)
    assert run(*arguments)[0] == code


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("en", ["Errors", "Warnings", "In order", "Errors: 1. Warnings: 1. In order: 1."]),
        ("es", ["Errores", "Advertencias", "En orden", "Errores: 1. Advertencias: 1. En orden: 1."]),
    ],
)
def test_findings_are_grouped_by_level(monkeypatch, language, lines):
    monkeypatch.setattr(doctor, "diagnose", lambda: [ERROR, WARNING, OK])
    errors, warnings, in_order, summary = lines
    assert run("--language", language)[1].splitlines() == [
        *(errors, "  - Broken.", "    → Repair it.", ""),
        *(warnings, "  - Low.", "    → Fill it.", ""),
        *(in_order, "  - Fine.", "", summary),
    ]


def test_json(monkeypatch):
    monkeypatch.setattr(doctor, "diagnose", lambda: [WARNING, OK])
    assert json.loads(run("--json")[1]) == [
        {"name": "b", "level": "warning", "found": "Low.", "advice": "Fill it."},
        {"name": "a", "level": "ok", "found": "Fine.", "advice": ""},
    ]


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "es_MX.UTF-8"}, "es"),
        ({"LANG": "es_MX.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "es"}, "es"),
        ({"LANG": "", "LC_ALL": "es_US"}, "es"),
    ],
)
def test_default_language_is_that_of_the_terminal(monkeypatch, environment, language):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert doctor.get_default_language() == language


def make_missing(path: Path) -> None:
    pass


def make_empty(path: Path) -> None:
    path.touch()


def make_damaged(path: Path) -> None:
    path.write_bytes(b"not a database" * 100)


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (make_missing, "The database file is missing."),
        (make_empty, "The database lacks"),
        (make_damaged, "file is not a database"),
    ],
)
def test_unusable_sqlite_database_is_reported_without_a_traceback(tmp_path, make, found):
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    make(folder / "newsroom.sqlite3")
    before = {path.name for path in folder.iterdir()}
    process = run_process(folder)
    assert (process.returncode, process.stderr) == (1, "")
    assert found in process.stdout.partition("Warnings")[0]
    assert "was checked" in process.stdout or "was not checked" in process.stdout
    assert {path.name for path in folder.iterdir()} == before | {"secret_key"}


def test_unreachable_postgresql_is_reported_in_spanish(tmp_path):
    url = "postgres://newsroom:swordfish@127.0.0.1:1/newsroom"
    process = run_process(tmp_path / "data", LC_ALL="es_US.UTF-8", DATABASE_URL=url)
    assert (process.returncode, process.stderr) == (1, "")
    assert process.stdout.startswith("Errores\n  - No se puede usar la base de datos")
    assert "swordfish" not in process.stdout


@pytest.mark.skipif(os.geteuid() == 0 and not shutil.which("setpriv"), reason="root ignores permissions")
def test_read_only_folder_is_reported(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    (folder / "secret_key").write_text("x")
    (folder / "newsroom.sqlite3").touch()
    folder.chmod(0o500)
    process = run_process(folder, *(WITHOUT_OVERRIDE if os.geteuid() == 0 else []))
    folder.chmod(0o700)
    assert (process.returncode, process.stderr) == (1, "")
    assert f"Nothing can be written to {folder} (Permission denied)." in process.stdout
