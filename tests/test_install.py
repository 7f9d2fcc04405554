"""carecen_news/install.py, which `make` runs: what it says when the installation fails."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from carecen_news import install

SCRIPT = Path(install.__file__)
LOCK = f"no-such-package==1 --hash=sha256:{0:064}\n"
NO_INTERNET = "The packages can't be downloaded. Connect this machine to the internet"
UNWRITABLE = f"The folder {Path.cwd()} can't be written. Become the user"


@pytest.mark.parametrize(
    ("output", "advice"),
    [
        (
            "WARNING: … 'NewConnectionError('…: Failed to establish a new connection: [Errno 111]')'",
            NO_INTERNET,
        ),
        ("WARNING: … Failed to resolve 'x' ([Errno -3] Temporary failure in name resolution)", NO_INTERNET),
        (
            "WARNING: … 'ConnectTimeoutError(…, 'Connection to x timed out. (connect timeout=10.0)')'",
            NO_INTERNET,
        ),
        ("WARNING: … ReadTimeoutError(\"HTTPSConnectionPool(host='x'): Read timed out.\")", NO_INTERNET),
        (
            "WARNING: … 'ProxyError('Cannot connect to proxy.', NewConnectionError(…))'",
            "The proxy can't be used.",
        ),
        (
            "ProxyError('Unable to connect', OSError('Tunnel connection failed: 407'))",
            "The proxy can't be used.",
        ),
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]'))", "isn't secure. Check"),
        ("ERROR: HTTP error 503 while getting https://x", "The package index answers with an error."),
        (
            "ERROR: No matching distribution found for django==5.2.19",
            "The package index doesn't offer a package",
        ),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "was not installed."),
        ("ERROR: … due to an OSError: [Errno 28] No space left on device", "The disk is full."),
        ("OSError: [Errno 122] Disk quota exceeded: '.venv/lib'", "The disk is full."),
        ("Error: [Errno 13] Permission denied: '/srv/newsroom/.venv'", UNWRITABLE),
        ("ERROR: … [Errno 30] Read-only file system: '.venv/lib/x.py'", UNWRITABLE),
        ("… because ensurepip is not\navailable.", "Python's venv module is missing"),
        ("/usr/bin/python3: No module named pip", "Python's venv module is missing"),
        ("/usr/bin/python3: No module named venv", "Python's venv module is missing"),
        ("ERROR: something else", "for the reason above. Correct it, then run make again."),
        ("", "for the reason above. Correct it, then run make again."),
    ],
)
def test_failure_ends_with_a_sentence_that_says_what_to_do(output, advice):
    reason, sentence = install.format_failure(output).split("\n")
    assert reason in (*output.splitlines(), "no output")
    assert advice in sentence


def run_install(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    python = folder / ".venv" / "bin" / "python"
    return subprocess.run(
        [python if python.exists() else sys.executable, SCRIPT, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHON": sys.executable, "PIP_RETRIES": "1"} | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_installation_without_network_fails_with_one_sentence_and_no_stamp(tmp_path):
    venv.create(tmp_path / ".venv", with_pip=False)
    (tmp_path / "lock.txt").write_text(LOCK)
    # A proxy of this machine would answer in the place of the index.
    variables = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "NO_PROXY": "*", "PIP_NO_INDEX": "0"}
    result = run_install(tmp_path, "lock.txt", ".venv/stamp", **variables)
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1].startswith(NO_INTERNET)
    assert result.stderr.count("\n") == 2
    assert not (tmp_path / ".venv" / "stamp").exists()


def test_stamps_are_created_after_the_installation(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "environ", {})
    monkeypatch.setattr(install, "run", lambda *_command: (True, ""))
    install.install("lock.txt", [f"{tmp_path}/one", f"{tmp_path}/two"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"]


@pytest.mark.parametrize("make", [Path.touch, lambda path: path.symlink_to("/nonexistent")])
def test_environment_that_is_no_folder_is_not_deleted(tmp_path, make):
    make(tmp_path / ".venv")
    result = run_install(tmp_path)
    assert result.stderr == f"{tmp_path}/.venv isn't an environment. Delete it, then run make again.\n"
    assert os.path.lexists(tmp_path / ".venv")


def test_stamp_that_cannot_be_written_is_a_sentence(monkeypatch, capsys):
    def fail(*_arguments: object) -> None:
        raise PermissionError(13, "Permission denied", ".venv/.ready-to-run")

    monkeypatch.setattr(install, "install", fail)
    with pytest.raises(SystemExit) as exit_info:
        install.main(["requirements.txt", ".venv/.ready-to-run"])
    reason, sentence = str(exit_info.value).splitlines()
    assert reason == "[Errno 13] Permission denied: '.venv/.ready-to-run'"
    assert sentence.startswith(UNWRITABLE)


def test_environment_is_created_in_the_named_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    commands = []
    monkeypatch.setattr(install, "run", lambda *command: commands.append(command) or (True, ""))
    monkeypatch.setattr(install.fcntl, "flock", lambda *_arguments: None)  # released when the process ends
    install.main([])
    install.main([".venv/audit"])
    assert [command[-1] for command in commands] == [".venv", ".venv/audit"]
