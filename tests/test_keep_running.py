"""The worker is started again when it ends, and ends with its server."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Records its process id, and waits.
WORKER = "import os, sys, time; print(os.getpid(), file=open(sys.argv[1], 'a')); time.sleep(60)"


def read_pids(path: Path, count: int) -> list[int]:
    end = time.monotonic() + 20
    while not path.exists() or path.read_text().count("\n") < count:
        assert time.monotonic() < end
        time.sleep(0.05)
    return [int(line) for line in path.read_text().split()]


def test_command_is_run_again_and_ends_with_the_server(tmp_path):
    path = tmp_path / "pids"
    command = [sys.executable, "-m", "carecen_news.keep_running", "-c", WORKER, str(path)]
    with subprocess.Popen(command, cwd=ROOT) as keeper:
        os.kill(read_pids(path, 1)[0], signal.SIGKILL)
        second = read_pids(path, 2)[1]
        keeper.terminate()
        assert keeper.wait(10) == 0
    assert not Path(f"/proc/{second}").exists()
