"""Run the newsroom of a checkout with generated releases in a temporary folder."""

import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from benchmarks.releases import generate_lines
from benchmarks.server import find_free_port
from tests.faults.editor import PASSWORD

RELEASES = 200
DRAFTS = 24
# Root may write files without the permission to. This takes that right, so that a server that runs as root
# behaves like one of another user.
WITHOUT_OVERRIDE = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
LISTED_RELEASES = 10
CREATE_ROWS = f"""
import json, django; django.setup()
from django.contrib.auth.models import Group
from releases.models import Release, User
for name in ("editor", "colleague"):
    user = User.objects.create_user(name, password={PASSWORD!r}, is_staff=True)
    user.groups.add(Group.objects.get(name="Publishers"))
drafts = [Release(headline=f"Draft {{n}}", summary="Text.", dateline="Los Angeles") for n in range({DRAFTS})]
for draft in drafts:
    draft.full_clean(); draft.save()
others = Release.objects.published().in_language("en").newest_first()[20:22]
rows = [(other.pk, other.get_absolute_url()) for other in others]
print(json.dumps([[draft.pk for draft in drafts], *rows]))
"""


@dataclass
class Newsroom:
    """A newsroom: the checkout, its data folder and its environment, and the server when it runs."""

    root: Path
    data: Path
    environment: dict[str, str]
    port: int
    command_prefix: list[str] = field(default_factory=list)
    drafts: list[int] = field(default_factory=list)
    other_release: tuple[int, str] = (0, "")  # id and path of a release that no reader requests
    due_release: tuple[int, str] = (0, "")  # another one
    paths: list[str] = field(default_factory=list)

    def run(self, *arguments: str) -> str:
        """Run Python with `arguments` in the environment of the newsroom and return its output."""
        return subprocess.run(
            [*self.command_prefix, self.python, *arguments],
            cwd=self.root,
            env=os.environ | self.environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout

    @property
    def python(self) -> str:
        python = self.root / ".venv" / "bin" / "python"
        return str(python if python.exists() else sys.executable)

    def get(self, path: str, timeout: float = 10) -> tuple[int, str]:
        """Return status and text of a page. The status is 0 if there is no response."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            connection.close()

    def fill(self) -> None:
        """Create the database with releases, accounts and drafts."""
        path = self.data / "releases.jsonl"
        path.write_text("".join(f"{line}\n" for line in generate_lines(RELEASES)))
        self.run("-m", "benchmarks.load", str(path))
        path.unlink()
        self.drafts, self.other_release, self.due_release = json.loads(self.run("-c", CREATE_ROWS))

    def cache_pages(self) -> None:
        """Request all pages that readers will request, so that they are cached."""
        home = self.get("/")[1]
        releases = list(dict.fromkeys(re.findall(r'href="(/20\d\d/\d\d/[^"/]+/)"', home)))
        topics = re.findall(r'href="(/topics/[^"/]+/)"', home)[:1]
        releases = releases[:LISTED_RELEASES]
        self.paths = ["/", "/", "/archive/", "/topics/", *topics, "/feed/", "/es/", *releases]
        statuses = {
            path: self.get(path)[0] for path in [*self.paths, self.other_release[1], self.due_release[1]]
        }
        if set(statuses.values()) != {200}:
            raise RuntimeError(f"pages could not be cached: {statuses}")


def describe_newsroom(root: Path, data: Path, database_url: str = "") -> Newsroom:
    """Return a newsroom that doesn't exist yet, with a free port."""
    port = find_free_port()
    environment = {
        "DATA_DIR": str(data),
        "DATABASE_URL": database_url,
        "DATABASE_OWNER_URL": "",
        "CACHE_URL": "",
        "DJANGO_SETTINGS_MODULE": "carecen_news.settings",
        "SAMPLE": "no",
        "PORT": str(port),
        "DEBUG": "",
        "SITE_URL": "",
        "STORAGE_URL": "",
        "MAIL_URL": "",
    }
    return Newsroom(root, data, environment, port)


@contextmanager
def run_newsroom(
    root: Path,
    data: Path,
    database_url: str = "",
    *,
    obeys_permissions: bool = False,
    settings: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Newsroom]:
    """Create a newsroom with its data in the existing folder `data`, serve it, and stop it afterwards.

    `settings` are further environment variables.
    """
    newsroom = describe_newsroom(root, data, database_url)
    newsroom.environment |= settings
    if obeys_permissions and os.geteuid() == 0:
        newsroom.command_prefix = WITHOUT_OVERRIDE
    newsroom.fill()
    log = data.with_name(f"{data.name}.log")
    try:
        with log.open("wb") as output:
            server = start_server(newsroom, output)
        wait_for(newsroom, server, log)
        newsroom.cache_pages()
        yield newsroom
    finally:
        kill_processes(data)
        if keep := os.environ.get("FAULTS_LOG"):
            shutil.copy(log, keep)
        log.unlink(missing_ok=True)


def start_server(newsroom: Newsroom, output: BinaryIO) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*newsroom.command_prefix, newsroom.python, "manage.py", "serve"],
        cwd=newsroom.root,
        env=os.environ | newsroom.environment,
        stdout=output,
        stderr=output,
        start_new_session=True,  # Ctrl+C ends this process first, which then stops the server
    )


def wait_for(newsroom: Newsroom, server: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server responds. Raise RuntimeError with its output if it doesn't."""
    end = time.monotonic() + 60
    while newsroom.get("/")[0] != 200:
        if server.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"the server did not start:\n{log.read_text()[-2000:]}")
        time.sleep(0.2)


def find_processes(data: Path) -> list[int]:
    """Return the ids of all processes of the newsroom in `data`: those with this folder as DATA_DIR."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                if f"DATA_DIR={data}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
    return sorted(found)


def kill_processes(data: Path) -> None:
    """End all processes of the newsroom in `data`, at once after 10 seconds."""
    for pid in find_processes(data)[:1]:  # the server, which stops its workers
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGTERM)
    end = time.monotonic() + 10
    while (pids := find_processes(data)) and time.monotonic() < end + 5:
        if time.monotonic() > end:
            for pid in pids:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
        time.sleep(0.2)


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Yield a new folder that other users may enter, and delete it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="newsroom-faults-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
