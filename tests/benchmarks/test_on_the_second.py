import subprocess
import sys

import pytest

from benchmarks.on_the_second import Watch
from tests.journeys.test_serve import ROOT, environment


@pytest.mark.parametrize(
    ("asked", "answered", "shown", "early", "late"),
    [
        (9.0, 9.5, set(), 0, {}),  # before its moment, unseen
        (9.0, 9.5, {0}, 1, {}),  # before its moment, seen
        (10.0, 10.1, {0}, 0, {0: 0.0}),  # on its second
        (9.9, 10.1, {0}, 0, {}),  # it came while the answer was made
        (10.4, 10.5, set(), 0, {0: pytest.approx(0.4)}),  # asked after its moment, unseen
    ],
)
def test_an_answer_is_judged_by_when_it_was_asked_for_and_when_it_came(asked, answered, shown, early, late):
    watch = Watch([10.0])
    watch.look(asked, answered, shown, 10)
    assert (watch.early, watch.late) == (early, late)


def test_a_release_that_newer_ones_pushed_off_the_page_is_not_missed():
    watch = Watch([1.0, 2.0, 3.0])
    watch.look(3.5, 3.6, {1, 2}, 2)
    assert watch.late == {1: 0.0, 2: 0.0}


def test_the_benchmark_runs_as_anyone_would_run_it(tmp_path):
    command = [sys.executable, "-m", "benchmarks.on_the_second", "--releases", "3", "--seconds", "1", "--withdraw", "1", "--late", "30"]
    run = subprocess.run(command, cwd=ROOT, env=environment(tmp_path), capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "3 releases scheduled" in run.stdout
    assert "1 withdrawn" in run.stdout
