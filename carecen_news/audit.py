"""Check the packages of a lock file for known vulnerabilities with pip-audit, for `make audit`.

    .venv/audit/bin/python carecen_news/audit.py LOCK

The exit code is 0 if every package was checked and none is vulnerable, 1 if one is vulnerable, and 2 if a
package could not be checked. pip-audit itself succeeds if the index has no advisories at all, and exits with
1 for a failure too, so only its report counts.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

TIMEOUT_SECONDS = 10
NOT_REACHED = (
    "The index of advisories can't be reached, so nothing was checked. Connect this machine to the internet, "
    "then run make audit again."
)
NOT_RUN = "pip-audit failed, for the reason above, so nothing was checked."
# What pip-audit prints if a request fails.
REQUEST_FAILED = re.compile(
    r"requests\.exceptions|ConnectionError|ServiceError|Could not connect|[Tt]imed out"
)


def run_pip_audit(lock_file: str) -> tuple[list[dict[str, Any]] | None, str]:
    """Return the packages in the report of pip-audit, or None without a report, and why it failed."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        options = ["--require-hashes", "--disable-pip", "--progress-spinner", "off"]
        options += ["--timeout", str(TIMEOUT_SECONDS), "--format", "json", "--output", str(report)]
        process = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "pip_audit", "--requirement", lock_file, *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        output = process.stdout.decode(errors="replace") if process.returncode else ""
        try:
            return json.loads(report.read_text())["dependencies"], output
        except (OSError, ValueError, KeyError):
            return None, output


def format_vulnerabilities(package: dict[str, Any]) -> list[str]:
    """Return a line for each vulnerability of `package`: its names, and the versions without it."""
    lines = []
    for vulnerability in package["vulns"]:
        names = ", ".join([vulnerability["id"], *vulnerability.get("aliases", [])])
        fixed = ", ".join(vulnerability.get("fix_versions", [])) or "no version yet"
        lines.append(f"{package['name']} {package['version']}: {names}. Fixed in: {fixed}")
    return lines


def get_result(packages: list[dict[str, Any]] | None, output: str) -> tuple[int, str]:
    """Return the exit code and the text for a report of pip-audit."""
    checked = [package for package in packages or [] if "skip_reason" not in package]
    skipped = [package["name"] for package in packages or [] if "skip_reason" in package]
    if not checked:
        if packages is not None or REQUEST_FAILED.search(output):
            return 2, NOT_REACHED
        reason = ([line.strip() for line in output.splitlines() if line.strip()] or ["no output"])[-1]
        return 2, f"{reason[:300]}\n{NOT_RUN}"
    lines = [line for package in checked for line in format_vulnerabilities(package)]
    if skipped:
        lines.append(f"Not checked, because the index doesn't list them: {', '.join(skipped)}.")
    vulnerable = sum(bool(package["vulns"]) for package in checked)
    if vulnerable:
        lines.append(
            f"Vulnerable packages: {vulnerable} of {len(checked)}. Run make lock to update, then make test."
        )
    else:
        lines.append(f"No known vulnerability in the {len(checked)} packages that were checked.")
    return (1 if vulnerable else 2 if skipped else 0), "\n".join(lines)


def main(arguments: list[str]) -> int:
    code, text = get_result(*run_pip_audit(arguments[0]))
    (sys.stderr if code else sys.stdout).write(f"{text}\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
