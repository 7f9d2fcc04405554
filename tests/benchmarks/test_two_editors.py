import subprocess
import sys

from tests.journeys.test_serve import ROOT, environment


def test_of_many_saves_of_one_version_one_wins_and_the_others_see_both_texts(tmp_path):
    command = [sys.executable, "-m", "benchmarks.two_editors", "--saves", "48", "--drafts", "3", "--clients", "8"]
    run = subprocess.run(command, cwd=ROOT, env=environment(tmp_path), capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "faults 0" in run.stdout
    assert "versions won twice 0" in run.stdout
