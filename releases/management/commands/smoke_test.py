"""Start the server on another port and request a page of each kind, as `make upgrade` does."""

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import IO, Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from releases.models import Release

START_SECONDS = 120
REQUEST_SECONDS = 60
STOP_SECONDS = 20
LAST_LINES = 12


class Command(BaseCommand):
    help = (
        "Start the server on a free port of this machine, request a page of each kind, and stop it. The "
        "newsroom must not be running."
    )
    requires_system_checks: list[str] = []  # the server runs them

    def handle(self, *_args: Any, **_options: Any) -> None:
        paths = list(find_paths())
        connection.close()
        port = find_free_port()
        with TemporaryFile() as log, run_server(port, log):
            try:
                page = request(port, paths[0])
                stylesheet = re.search(rb'<link rel="stylesheet" href="([^"]+)"', page)
                if not stylesheet:
                    raise CommandError(f"{paths[0]} has no stylesheet.")
                paths.append(stylesheet[1].decode())
                for path in paths[1:]:
                    request(port, path)
            except CommandError as error:
                raise CommandError(f"{error}\n{read_last_lines(log)}".strip()) from error
        self.stdout.write(f"{len(paths)} pages are served: {' '.join(paths)}")


def find_paths() -> Iterator[str]:
    """Yield the paths to request: the news page first, and a release if one is public."""
    for language, _name in settings.LANGUAGES:
        with override(language):
            yield reverse("news")
            yield f"{reverse('search')}?{urlencode({'q': 'CARECEN'})}"
            yield reverse("rss-feed")
            releases = Release.objects.published(timezone.now()).filter(language=language)
            if release := releases.order_by("-public_at").first():
                yield release.get_absolute_url()
    yield from (reverse("admin:login"), reverse("ready"))


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def run_server(port: int, log: IO[bytes]) -> Iterator[None]:
    """Run the server while the block runs. It writes to the file `log`."""
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "serve", "--during-upgrade"],
        env=os.environ
        | {"PORT": str(port), "BIND_ADDRESS": "127.0.0.1", "SITE_URL": settings.SITE_URL, "DEBUG": ""},
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        close_fds=False,  # it inherits the file by which an upgrade finds its processes
    )
    try:
        wait_for_server(process, port, log)
        yield
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for_server(process: subprocess.Popen[bytes], port: int, log: IO[bytes]) -> None:
    ends_at = time.monotonic() + START_SECONDS
    while time.monotonic() < ends_at:
        if process.poll() is not None:
            raise CommandError(f"The server doesn't start.\n{read_last_lines(log)}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise CommandError(f"The server doesn't answer after {START_SECONDS} seconds.\n{read_last_lines(log)}")


def request(port: int, path: str) -> bytes:
    """Return the body of the page at `path`, requested as the proxy does.

    Raise CommandError unless the status is 200.
    """
    headers = {"Host": urlsplit(settings.SITE_URL).netloc}
    if settings.TRUST_PROXY and settings.HTTPS:
        headers["X-Forwarded-Proto"] = "https"
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=REQUEST_SECONDS)
    try:
        client.request("GET", path, headers=headers)
        response = client.getresponse()
        body = response.read()
    except (OSError, http.client.HTTPException) as error:
        raise CommandError(f"{path} can't be read ({error!r}).") from error
    finally:
        client.close()
    if response.status == http.HTTPStatus.MOVED_PERMANENTLY and settings.HTTPS and not settings.TRUST_PROXY:
        raise CommandError(
            f"{path} redirects to itself. Behind a proxy that handles HTTPS, set TRUST_PROXY=1."
        )
    if response.status != http.HTTPStatus.OK:
        raise CommandError(f"{path} answers {response.status} instead of 200.")
    return body


def read_last_lines(log: IO[bytes]) -> str:
    """Return the end of what the server wrote, without empty lines."""
    log.seek(0)
    lines = [line for line in log.read().decode(errors="replace").splitlines() if line.strip()]
    return "\n".join(lines[-LAST_LINES:])
