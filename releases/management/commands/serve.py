"""`make run` and `make dev`: set up the newsroom, create the first login, and start the server."""

import io
import os
import socket
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, SystemCheckError
from django.db import DatabaseError, connection, transaction

from releases.actions import rendition_jobs
from releases.checks import find_unknown_migrations, format_version_error
from releases.management.commands.staff_login import generate_password
from releases.models import Photo, Release, User

FIRST_ACCOUNT = "newsdesk"
THREADS = 4


class Command(BaseCommand):
    help = (
        "Prepare the database and the static files, and serve the newsroom. The first start creates a staff "
        "account."
    )
    requires_system_checks: list[str] = []  # run below, with the production checks

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--reload",
            action="store_true",
            help="for development: use Django's server, which reloads changed code",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        os.umask(0o077)  # no other user may read drafts, accounts and the key
        reload = options["reload"]
        if reload and not settings.DEBUG:
            raise CommandError("--reload is for development. Set DEBUG=1, or run make dev.")
        self.check_port()
        if unknown := find_unknown_migrations():
            raise CommandError(format_version_error(unknown))
        self.run_checks()
        login = self.prepare(collect_static_files=not reload)
        finish_photos = Photo.objects.filter(renditions_ready=False).exists()
        connection.close()
        if finish_photos:
            start_detached_rendition_job()
        if login:
            self.stdout.write("\nStaff login, shown only once:")
            self.stdout.write(
                f"    name      {FIRST_ACCOUNT}\n    password  {login}\n    at        "
                f"{settings.SITE_URL}/admin/\n"
            )
        self.stdout.write(f"CARECEN News is at {settings.SITE_URL}/ — stop it with Ctrl+C.")
        self.stdout.flush()
        os.environ["PYTHONPATH"] = str(settings.BASE_DIR)
        os.environ.setdefault("MALLOC_ARENA_MAX", "2")  # shared heaps take less memory (glibc)
        os.execv(sys.executable, [sys.executable, *build_server_arguments(reload)])

    def prepare(self, collect_static_files: bool) -> str:
        """Prepare the database and the static files. Return the password of the first account, or ""."""
        try:
            call_command("migrate", verbosity=0, interactive=False)
            login = self.set_up_sample()
        except DatabaseError as error:
            raise CommandError(
                f"The database can't be used ({' '.join(str(error).split())}). Check DATABASE_URL and "
                "DATA_DIR."
            ) from error
        try:
            if collect_static_files:
                self.collect_static_files()
        except OSError as error:
            raise CommandError(
                f"The static files can't be written ({error}). Make DATA_DIR writable, or set it to another "
                "folder."
            ) from error
        return login

    def check_port(self) -> None:
        with socket.socket(socket.AF_INET6 if ":" in settings.BIND_ADDRESS else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.BIND_ADDRESS, int(settings.PORT)))
            except OSError as error:
                raise CommandError(
                    f"Port {settings.PORT} on {settings.BIND_ADDRESS} can't be used ({error.strerror}). "
                    "Stop the program that uses it, or choose another port: PORT=8001 make run."
                ) from error

    def run_checks(self) -> None:
        """Run the system checks. In production, warnings of `check --deploy` count as errors."""
        try:
            call_command(
                "check",
                deploy=settings.HTTPS,
                fail_level="WARNING" if settings.HTTPS else "ERROR",
                databases=["default"],
                stdout=io.StringIO(),
            )
        except SystemCheckError as error:
            raise CommandError(f"The newsroom can't start until this is fixed:\n{error}") from error
        if settings.HTTPS and not getattr(settings, "SECURE_PROXY_SSL_HEADER", None):
            self.stderr.write(
                "TRUST_PROXY is not set. Behind a proxy that handles HTTPS, set TRUST_PROXY=1; otherwise "
                "every page redirects to itself."
            )

    @transaction.atomic
    def set_up_sample(self) -> str:
        """If there is no account yet, load the sample releases and create a login.

        Return its password, or "".
        """
        if User.objects.exists():
            return ""
        if settings.SAMPLE and not Release.objects.exists():
            call_command("load_sample", stdout=self.stdout)
        password = generate_password()
        User.objects.create_superuser(FIRST_ACCOUNT, password=password)
        return password

    def collect_static_files(self) -> None:
        """Collect static files if one was added, removed or changed.

        The file `.collected` lists the collected ones.
        """
        fingerprint_file = Path(settings.STATIC_ROOT) / ".collected"
        fingerprint = find_static_files()
        if fingerprint_file.exists() and fingerprint_file.read_text() == fingerprint:
            return
        self.stdout.write("Collecting static files …")
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        fingerprint_file.write_text(fingerprint)


def build_server_arguments(reload: bool) -> list[str]:
    """Return the arguments of Python that start the server: Django's with `reload`, else granian."""
    if reload:
        address = f"{settings.BIND_ADDRESS}:{settings.PORT}"
        return [str(settings.BASE_DIR / "manage.py"), "runserver", address]
    options = {
        "--interface": "wsgi",
        "--host": settings.BIND_ADDRESS,
        "--port": settings.PORT,
        "--workers": str(settings.WORKERS),
        "--blocking-threads": str(THREADS),
        "--log-level": "warning",
    }
    application = settings.WSGI_APPLICATION.replace(".application", ":application")
    return [
        *("-m", "granian", "--no-ws", "--respawn-failed-workers"),
        *(argument for option in options.items() for argument in option),
        application,
    ]


def start_detached_rendition_job() -> None:
    """Start the rendition process detached: the server that replaces this process never waits for it."""
    child = os.fork()
    if not child:
        rendition_jobs.start_job()
        os._exit(0)
    os.waitpid(child, 0)


def find_static_files() -> str:
    """Return the name, size and modification time of every static file, a line each."""
    from django.contrib.staticfiles.finders import get_finders

    lines = []
    for finder in get_finders():
        for path, storage in finder.list([]):
            files = os.stat(storage.path(path))
            lines.append(f"{path} {files.st_size} {files.st_mtime_ns}")
    return "\n".join(sorted(lines))
