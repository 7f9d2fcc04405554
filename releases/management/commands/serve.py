"""`make run` and `make dev`: readies the newsroom, makes the first login, and hands over to the server."""

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

from releases.checks import unknown_migrations, wrong_database
from releases.management.commands.staff_login import new_password
from releases.models import Photo, Release, User
from releases.publishing import finishing

FIRST_ACCOUNT = "newsdesk"
THREADS = 4


class Command(BaseCommand):
    help = "Ready the database and the static files, make the first login on the first start, and serve the newsroom."
    requires_system_checks: list[str] = []  # run below, the production ones too

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--reload", action="store_true", help="for work on the code: Django's own server, reloading, on this machine only"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        os.umask(0o077)  # what the newsroom keeps is its own: drafts, accounts, the key
        reload = options["reload"]
        if reload and not settings.DEBUG:
            raise CommandError("--reload is for work on the code: set DEBUG=1, or type make dev.")
        self.refuse_a_taken_port()
        if unknown := unknown_migrations():
            raise CommandError(wrong_database(unknown))
        self.refuse_an_unsafe_setup()
        try:
            call_command("migrate", verbosity=0, interactive=False)
            login = self.first_start()
        except DatabaseError as fault:
            raise CommandError(f"The database cannot be used ({' '.join(str(fault).split())}): check DATABASE_URL and DATA_DIR.") from fault
        try:
            if not reload:
                self.collect_static_files()
        except OSError as fault:
            raise CommandError(
                f"The static files cannot be kept ({fault}): make DATA_DIR writable, or name another folder in it."
            ) from fault
        finish_photos = Photo.objects.filter(is_ready=False).exists()
        connection.close()
        if finish_photos:
            start_apart()
        if login:
            self.stdout.write("\nStaff login, shown this once:")
            self.stdout.write(f"    name      {FIRST_ACCOUNT}\n    password  {login}\n    at        {settings.SITE_URL}/admin/\n")
        self.stdout.write(f"CARECEN News is at {settings.SITE_URL}/ — stop it with Ctrl+C.")
        self.stdout.flush()
        if reload:
            server = [str(settings.BASE_DIR / "manage.py"), "runserver", f"{settings.BIND}:{settings.PORT}"]
        else:
            server = ["-m", "granian", "--interface", "wsgi", "--host", settings.BIND, "--port", settings.PORT, "--no-ws"]
            server += [
                "--workers",
                str(settings.WORKERS),
                "--blocking-threads",
                str(THREADS),
                "--log-level",
                "warning",
                "--respawn-failed-workers",
                settings.WSGI_APPLICATION.replace(".application", ":application"),
            ]
        os.environ["PYTHONPATH"] = str(settings.BASE_DIR)
        os.environ.setdefault("MALLOC_ARENA_MAX", "2")  # threads that share their heaps take less memory (glibc)
        os.execv(sys.executable, [sys.executable, *server])

    def refuse_a_taken_port(self) -> None:
        with socket.socket(socket.AF_INET6 if ":" in settings.BIND else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.BIND, int(settings.PORT)))
            except OSError as fault:
                raise CommandError(
                    f"Port {settings.PORT} on {settings.BIND} cannot be used ({fault.strerror}): stop what runs there, "
                    "or choose another: PORT=8001 make run."
                ) from fault

    def refuse_an_unsafe_setup(self) -> None:
        """In production nothing starts before `check --deploy` is clean: its warnings count as faults there."""
        try:
            call_command(
                "check",
                deploy=settings.HTTPS,
                fail_level="WARNING" if settings.HTTPS else "ERROR",
                databases=["default"],
                stdout=io.StringIO(),
            )
        except SystemCheckError as fault:
            raise CommandError(f"The newsroom does not start until this is mended:\n{fault}") from fault
        if settings.HTTPS and not getattr(settings, "SECURE_PROXY_SSL_HEADER", None):
            self.stderr.write(
                "TRUST_PROXY is not set: behind a proxy that speaks https, set TRUST_PROXY=1, or every page redirects to itself."
            )

    @transaction.atomic
    def first_start(self) -> str:
        """On the first start, when no account exists: the sample releases and a login, whose password is answered."""
        if User.objects.exists():
            return ""
        if settings.SAMPLE and not Release.objects.exists():
            call_command("load_sample", stdout=self.stdout)
        password = new_password()
        User.objects.create_superuser(FIRST_ACCOUNT, password=password)
        return password

    def collect_static_files(self) -> None:
        """Collect again only when a file has come, gone or changed; the stamp lists what was collected."""
        stamp = Path(settings.STATIC_ROOT) / ".collected"
        wanted = static_files()
        if stamp.exists() and stamp.read_text() == wanted:
            return
        self.stdout.write("Collecting static files …")
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        stamp.write_text(wanted)


def start_apart() -> None:
    """Start the process that finishes photos as nobody's child: the server that takes the place of this one would never ask for its end."""
    child = os.fork()
    if not child:
        finishing.start()
        os._exit(0)
    os.waitpid(child, 0)


def static_files() -> str:
    """Name, size and time of every static file, a line each."""
    from django.contrib.staticfiles.finders import get_finders

    lines = []
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = os.stat(storage.path(path))
            lines.append(f"{path} {found.st_size} {found.st_mtime_ns}")
    return "\n".join(sorted(lines))
