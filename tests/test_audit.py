"""carecen_news/audit.py, which `make audit` runs: success only if every package was checked."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from carecen_news import audit

FINE = {"name": "pillow", "version": "13.0.0", "vulns": []}
UNKNOWN = {"name": "django", "skip_reason": "Dependency not found and could not be audited: django (5.2.19)"}
VULNERABLE = {
    "name": "lxml",
    "version": "6.0.0",
    "vulns": [
        {"id": "PYSEC-2026-1", "aliases": ["CVE-2026-1"], "fix_versions": ["6.0.1"], "description": "…"}
    ],
}
UNFIXED = VULNERABLE | {"vulns": [{"id": "PYSEC-2026-2"}]}

# What pip-audit exits with, prints and reports; the exit code of the audit, and what it prints.
RUNS = [
    (
        0,
        "No known vulnerabilities found",
        [FINE],
        0,
        "No known vulnerability in the 1 packages that were checked.",
    ),
    (
        1,
        "Found 1 known vulnerability",
        [FINE, VULNERABLE],
        1,
        "lxml 6.0.0: PYSEC-2026-1, CVE-2026-1. Fixed in: 6.0.1",
    ),
    (1, "Found 1 known vulnerability", [UNFIXED], 1, "lxml 6.0.0: PYSEC-2026-2. Fixed in: no version yet"),
    (1, "Found 1 known vulnerability", [UNFIXED, UNKNOWN], 1, "because the index doesn't list them: django."),
    (0, "No known vulnerabilities found", [FINE, UNKNOWN], 2, "because the index doesn't list them: django."),
    (0, "No known vulnerabilities found", [UNKNOWN], 2, audit.NOT_REACHED),
    (0, "No known vulnerabilities found", [], 2, audit.NOT_REACHED),
    (0, "No known vulnerabilities found", None, 2, audit.NOT_RUN),
    (1, "requests.exceptions.ConnectionError: … Failed to resolve", None, 2, audit.NOT_REACHED),
    (1, "ERROR:pip_audit._cli:Could not connect to the vulnerability feed", None, 2, audit.NOT_REACHED),
    (1, "pip_audit._service.interface.ServiceError: 503", None, 2, audit.NOT_REACHED),
    (1, "ERROR:pip_audit._cli:invalid requirement", None, 2, f"invalid requirement\n{audit.NOT_RUN}"),
    (-9, "", None, 2, f"no output\n{audit.NOT_RUN}"),
]


@pytest.mark.parametrize(("code", "output", "packages", "expected", "sentence"), RUNS)
def test_audit_succeeds_only_if_every_package_was_checked(
    tmp_path, code, output, packages, expected, sentence
):
    report = "" if packages is None else json.dumps({"dependencies": packages, "fixes": []})
    exit_now = "os.kill(os.getpid(), 9)" if code < 0 else f"sys.exit({code})"
    (tmp_path / "pip_audit.py").write_text(
        "import os, pathlib, sys\n"
        f"print({output!r}, flush=True)\n"
        f"if {report!r}: pathlib.Path(sys.argv[-1]).write_text({report!r})\n"
        f"{exit_now}\n"
    )
    process = subprocess.run(
        [sys.executable, audit.__file__, "requirements.txt"],
        env={"PYTHONPATH": str(tmp_path), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert process.returncode == expected
    assert sentence in (process.stderr if expected else process.stdout)
    assert "Traceback" not in process.stderr
    if expected == 2:
        assert "No known vulnerabilities" not in process.stderr
    assert ("No known vulnerability in" in process.stdout) is (expected == 0)


def test_audit_tools_have_an_environment_of_their_own():
    root = Path(audit.__file__).parent.parent
    audit_lock = (root / "requirements-audit.txt").read_text()
    assert "\npip-audit==" in audit_lock
    assert "\ncyclonedx-bom==" in audit_lock
    assert "django==" not in audit_lock
    for name in ("requirements.txt", "requirements-dev.txt"):
        assert "pip-audit==" not in (root / name).read_text()
