"""The benchmark `sign_in_guesses` runs."""

import subprocess
import sys

import pytest

from benchmarks.sign_in_guesses import count_per_minute
from tests.e2e.test_serve import ROOT, build_environment, prepare_newsroom


@pytest.mark.xdist_group("servers")
def test_guesses_are_refused_and_the_owner_signs_in(tmp_path):
    command = [sys.executable, "-m", "benchmarks.sign_in_guesses", "--guesses", "96", "--no-wait"]
    process = subprocess.run(
        [*command, "--seconds", "1", "--max-p95-ms", "60000"],
        cwd=ROOT,
        env=build_environment(tmp_path, PREPARED_FOLDER=str(prepare_newsroom(False))),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert process.returncode == 0, process.stdout + process.stderr
    assert "known device during the guesses: HTTP 302" in process.stdout


@pytest.mark.parametrize(
    ("times", "count"),
    [([], 0), ([5.0], 1), ([0.0, 59.9, 60.0], 2), ([0.0, 30.0, 61.0, 62.0, 89.0], 4)],
)
def test_busiest_minute(times, count):
    assert count_per_minute(times) == count
