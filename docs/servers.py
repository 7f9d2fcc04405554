"""Start newsrooms for the screenshots, each with a data folder that is deleted afterwards."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60


@contextmanager
def serve_newsroom(content: str) -> Iterator[tuple[str, str]]:
    """Serve a newsroom with `content`, and yield its URL and the output of the module that filled it.

    `content` is "empty", "desk" (docs/example_desk.py), or one of docs/example_pages.py.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "PATH": os.environ["PATH"],
            "DATA_DIR": folder,
            "PORT": str(port),
            "SAMPLE": "yes" if content == "desk" else "no",
        }
        if content not in ("empty", "desk"):
            run_module(environment, "docs.example_pages", content)
        log = Path(folder) / "log.txt"
        with log.open("w") as output:
            server = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=output,
            )
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(f"{url}/health/")
            yield url, run_module(environment, "docs.example_desk") if content == "desk" else ""
        finally:
            server.terminate()
            server.wait()


def run_module(environment: dict[str, str], *arguments: str) -> str:
    """Run a module of Python, and return its output."""
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout


def wait_for(url: str) -> None:
    for _attempt in range(START_SECONDS * 10):
        try:
            urllib.request.urlopen(url).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(url)
