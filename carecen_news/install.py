"""Create the environment .venv and install a lock file into it, as `make` does before it runs anything.

    python carecen_news/install.py [FOLDER]
creates .venv, or FOLDER.

    .venv/bin/python carecen_news/install.py LOCK STAMP…
installs the lock file, and creates the empty STAMP files.

It uses only the standard library. If a step fails, the last line of the output says what to do.
"""

import fcntl
import os
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

ENVIRONMENT = Path(".venv")

# What the output of pip or venv contains, and what is wrong and to do. The first match counts.
ADVICE = [
    (
        "No space left on device|Disk quota exceeded",
        "The disk is full. Free about 500 MB, then run make again.",
    ),
    (
        "Permission denied|Read-only file system|Operation not permitted",
        (
            "The folder {folder} can't be written. Become the user that it belongs to, or clone the newsroom "
            "into a folder of your own, then run make again."
        ),
    ),
    (
        "DO NOT MATCH THE HASHES",
        (
            "A downloaded package is not the one that the newsroom was tested with, so it was not installed. "
            "Run make again. If this repeats, use another network or package index."
        ),
    ),
    (
        "ProxyError|Cannot connect to proxy|Tunnel connection failed",
        "The proxy can't be used. Correct or unset http_proxy and https_proxy, then run make again.",
    ),
    (
        "CERTIFICATE_VERIFY_FAILED|SSLError",
        (
            "The connection to the package index isn't secure. Check the clock and the network of this "
            "machine, then run make again."
        ),
    ),
    (
        (
            "NewConnectionError|ConnectionError|Timeout|timed out|ProtocolError|Failed to establish|"
            "Name or service not known|Temporary failure in name resolution"
        ),
        "The packages can't be downloaded. Connect this machine to the internet, then run make again.",
    ),
    (
        "HTTP error|HTTPError|[45][0-9]{2} (Client|Server) Error",
        "The package index answers with an error. Run make again later, or use another package index.",
    ),
    (
        "No matching distribution found",
        (
            "The package index doesn't offer a package that the newsroom needs, or can't be reached. Check "
            "the internet connection and the settings of pip (PIP_INDEX_URL, PIP_NO_INDEX), then run make "
            "again."
        ),
    ),
    (
        "ensurepip|No module named '?(pip|venv)",
        (
            "Python's venv module is missing: install it (Debian, Ubuntu: apt-get install python3-venv), "
            "then run make again."
        ),
    ),
]


def format_failure(output: str) -> str:
    """Return the last line that says why a command failed, and a sentence that says what to do."""
    lines = [line.strip() for line in output.splitlines() if line.strip()] or ["no output"]
    for pattern, advice in ADVICE:
        if reasons := [line for line in lines if re.search(pattern, line)]:
            return f"{reasons[-1][:300]}\n{advice.format(folder=Path.cwd())}"
    return (
        f"{lines[-1][:300]}\nThe installation failed, for the reason above. Correct it, then run make again."
    )


def run(*command: str) -> tuple[bool, str]:
    """Run a command. Return whether it succeeded, and its output."""
    process = subprocess.run(  # noqa: S603
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    return process.returncode == 0, process.stdout.decode(errors="replace")


def create_environment(folder: Path) -> None:
    """Create an environment, and delete an incomplete one first. If ensurepip is missing, it gets no pip."""
    if folder.is_symlink() or folder.is_file():
        sys.exit(f"{folder.absolute()} isn't an environment. Delete it, then run make again.")
    done, output = run(sys.executable, "-m", "venv", "--clear", str(folder))
    if not done and run(sys.executable, "-m", "pip", "--version")[0]:
        done, output = run(sys.executable, "-m", "venv", "--clear", "--without-pip", str(folder))
    if not done:
        shutil.rmtree(folder, ignore_errors=True)
        sys.exit(format_failure(output))


def find_pip() -> list[str]:
    """Return the command of the environment's pip, or else of the pip outside it (Debian without venv)."""
    if run(sys.executable, "-m", "pip", "--version")[0]:
        return [sys.executable, "-m", "pip"]
    return [os.environ.get("PYTHON") or "python3", "-m", "pip", "--python", sys.executable]


def install(lock_file: str, stamps: list[str]) -> None:
    """Install the packages of the lock file, then create the stamps."""
    os.environ.setdefault("PIP_RETRIES", "2")  # without a network, pip fails within 35 seconds
    os.environ.setdefault("PIP_DEFAULT_TIMEOUT", "10")
    arguments = ["--quiet", "--disable-pip-version-check", "--no-input", "--require-hashes", "-r", lock_file]
    done, output = run(*find_pip(), "install", *arguments)
    if not done:
        sys.exit(format_failure(output))
    for stamp in stamps:
        Path(stamp).touch()


def main(arguments: list[str]) -> None:
    """Do one installation at a time: a second one waits."""
    try:
        folder = os.open(".", os.O_RDONLY)
        with suppress(OSError):  # a file system without locks
            fcntl.flock(folder, fcntl.LOCK_EX)
        if len(arguments) > 1:
            install(arguments[0], arguments[1:])
        else:
            create_environment(Path(*arguments) if arguments else ENVIRONMENT)
    except OSError as error:
        sys.exit(format_failure(str(error)))
    except KeyboardInterrupt:
        sys.exit("The installation was interrupted. Run make again to continue.")


if __name__ == "__main__":
    main(sys.argv[1:])
