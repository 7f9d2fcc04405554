"""Classification of responses by the benchmark `publish_latency`."""

import subprocess
import sys

import pytest

from benchmarks.publish_latency import VisibilityLog
from tests.e2e.test_serve import ROOT, build_environment, prepare_newsroom


@pytest.mark.parametrize(
    ("sent_at", "received_at", "shown", "early", "latency"),
    [
        (9.0, 9.5, set(), 0, {}),  # before its time, not shown
        (9.0, 9.5, {0}, 1, {}),  # before its time, shown
        (10.0, 10.1, {0}, 0, {0: 0.0}),  # exactly at its time
        (9.9, 10.1, {0}, 0, {}),  # became public during the request
        (10.4, 10.5, set(), 0, {0: pytest.approx(0.4)}),  # requested after its time, not shown
    ],
)
def test_early_and_late_responses_are_detected_by_request_and_response_time(
    sent_at, received_at, shown, early, latency
):
    log = VisibilityLog([10.0])
    log.record(sent_at, received_at, shown, 10)
    assert (log.early, log.latency) == (early, latency)


def test_release_pushed_off_the_page_by_newer_ones_is_not_late():
    log = VisibilityLog([1.0, 2.0, 3.0])
    log.record(3.5, 3.6, {1, 2}, 2)
    assert log.latency == {1: 0.0, 2: 0.0}


@pytest.mark.xdist_group("servers")
def test_publish_latency_benchmark_runs_from_the_command_line(tmp_path):
    command = [
        sys.executable,
        "-m",
        "benchmarks.publish_latency",
        "--releases",
        "3",
        "--seconds",
        "1",
        "--withdraw",
        "1",
        "--late",
        "30",
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
    assert "3 releases scheduled" in process.stdout
    assert "1 withdrawn" in process.stdout
