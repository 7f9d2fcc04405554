"""The benchmark `two_editors` runs."""

import subprocess
import sys

import pytest

from tests.e2e.test_serve import ROOT, build_environment, prepare_newsroom


@pytest.mark.xdist_group("servers")
def test_concurrent_saves_of_one_version_have_a_single_winner(tmp_path):
    command = [
        sys.executable,
        "-m",
        "benchmarks.two_editors",
        "--saves",
        "48",
        "--drafts",
        "3",
        "--clients",
        "8",
    ]
    process = subprocess.run(
        command,
        cwd=ROOT,
        env=build_environment(tmp_path, PREPARED_FOLDER=str(prepare_newsroom(False))),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert process.returncode == 0, process.stdout + process.stderr
    assert "errors 0" in process.stdout
    assert "versions saved twice 0" in process.stdout
