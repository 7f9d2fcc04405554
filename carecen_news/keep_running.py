"""Run a command again whenever it ends, until the process that started this one has ended.

    python -m carecen_news.keep_running manage.py worker

`serve` starts the worker of the background tasks with it. It takes little memory, because it uses only the
standard library.
"""

import os
import signal
import subprocess
import sys
import time

PAUSE_SECONDS = 1.0
CHECK_SECONDS = 0.5


def keep_running(arguments: list[str]) -> None:
    """Run Python with `arguments` until the parent process has ended, or until a signal."""
    parent, is_stopping = os.getppid(), False

    def stop(*_args: object) -> None:
        nonlocal is_stopping
        is_stopping = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    while not is_stopping and os.getppid() == parent:
        process = subprocess.Popen([sys.executable, *arguments, "--parent", str(os.getpid())])  # noqa: S603
        while process.poll() is None:
            if is_stopping or os.getppid() != parent:
                process.terminate()
                process.wait()  # it finishes its task
                return
            time.sleep(CHECK_SECONDS)
        time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    keep_running(sys.argv[1:])
