"""`make run` and `make dev`: set up the newsroom, create the first login, and start the server."""

import errno
import io
import os
import socket
import subprocess
import sys
from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, SystemCheckError
from django.db import DatabaseError, connection, transaction

from carecen_news.web_fonts import are_web_fonts_built, build_web_fonts
from releases.accounts.passwords import generate_password
from releases.checks import find_version_error, format_database_error
from releases.management.server_lock import acquire_lock, find_processes, record_url, wait_for_start
from releases.media.stored_files import get_local_folder
from releases.models import Release, User
from releases.request_bodies import MAX_THREADS

FIRST_ACCOUNT = "newsdesk"
THREADS = MAX_THREADS + 4
# When the server is stopped, a worker that still answers a request after this time is killed. A save takes at
# most five seconds.
STOP_SECONDS = 10


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
        parser.add_argument(
            "--during-upgrade",
            action="store_true",
            help="for smoke_test: create no login, and start no worker",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        os.umask(0o077)  # no other user may read drafts, accounts and the key
        reload = options["reload"]
        if reload and not settings.DEBUG:
            raise CommandError("--reload is for development. Set DEBUG=1, or run make dev.")
        self.lock_data_folder()
        during_upgrade = options["during_upgrade"]
        self.check_port()
        check_files()
        if version_error := find_version_error():
            raise CommandError(version_error)
        try:
            self.run_checks()
            self.prepare(collect_static_files=not reload, during_upgrade=during_upgrade)
        except DatabaseError as error:
            raise CommandError(format_database_error(error)) from error
        connection.close()
        self.show(f"CARECEN News is at {settings.SITE_URL}/ — stop it with Ctrl+C.")
        os.environ.pop("DATABASE_OWNER_URL", None)  # the server itself never changes tables
        os.environ["PYTHONPATH"] = str(settings.BASE_DIR)
        os.environ.setdefault("GRANIAN_LOG_CONFIG", str(settings.BASE_DIR / "carecen_news" / "logging.json"))
        # glibc: shared heaps take less memory, and blocks above 1 MiB, such as the 19 MiB of a password hash,
        # are returned to the system.
        os.environ.setdefault("MALLOC_ARENA_MAX", "2")
        os.environ.setdefault("MALLOC_MMAP_THRESHOLD_", str(2**20))
        if settings.RUN_WORKER and not during_upgrade:
            start_worker()
        os.execv(sys.executable, [sys.executable, *build_server_arguments(reload)])

    def lock_data_folder(self) -> None:
        """Reserve DATA_DIR for this server until it has ended, including after it replaced this process.

        Of several servers that start at the same time, one after the other prepares the database and files.
        """
        path = get_lock_path()
        try:
            descriptor = acquire_lock(path)
            if descriptor is None:
                self.stderr.write("DATA_DIR doesn't support file locks, so a second start isn't noticed.")
            else:
                record_url(descriptor, settings.SITE_URL)
            wait_for_start(Path(settings.DATA_DIR))
        except BlockingIOError as error:
            pids = ", ".join(map(str, find_processes(path)))
            raise CommandError(
                f"The newsroom in DATA_DIR, {settings.DATA_DIR}, is already running"
                + (f" (process {pids})" if pids else "")
                + ". Stop it first, or set DATA_DIR to another folder."
            ) from error
        except OSError as error:
            raise CommandError(format_file_error(path, error)) from error

    def prepare(self, collect_static_files: bool, during_upgrade: bool = False) -> None:
        """Prepare the database and the static files, then create and show the first account.

        The account comes last, so that no other step can fail between its creation and its display.
        """
        call_command("migrate", verbosity=0, interactive=False)
        self.make_web_fonts()
        if collect_static_files:
            try:
                self.collect_static_files()
            except OSError as error:
                raise CommandError(format_file_error(Path(settings.STATIC_ROOT), error)) from error
        if during_upgrade:
            return  # nobody would see the login
        if password := self.set_up_sample():
            self.show_login(password)
        elif not User.objects.exclude(last_login=None).exists() and (name := get_first_manager()):
            self.show(f"Nobody has signed in yet. {format_login_hint(name)}")

    def show_login(self, password: str) -> None:
        try:
            self.stdout.write(
                "\nStaff login, shown only once. Within 24 hours, sign in and choose a password of your own:"
            )
            self.stdout.write(
                f"    name      {FIRST_ACCOUNT}\n    password  {password}\n    at        "
                f"{settings.SITE_URL}/admin/\n"
            )
            self.stdout.flush()
        except OSError as error:
            with suppress(OSError):
                self.stderr.write(
                    f"The staff login can't be shown ({error.strerror}). {format_login_hint(FIRST_ACCOUNT)}"
                )

    def show(self, text: str) -> None:
        """Print a line. A full disk or a closed terminal must not stop the server."""
        with suppress(OSError):
            self.stdout.write(text)
            self.stdout.flush()

    def check_port(self) -> None:
        with socket.socket(socket.AF_INET6 if ":" in settings.BIND_ADDRESS else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.BIND_ADDRESS, int(settings.PORT)))
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    advice = "Stop the program that uses it, or choose another port: PORT=8001 make run."
                elif error.errno == errno.EACCES:
                    advice = "Choose a port above 1023: PORT=8001 make run."
                else:
                    advice = "Set BIND_ADDRESS to an IP address of this machine."
                address = f"Port {settings.PORT} on {settings.BIND_ADDRESS}"
                raise CommandError(f"{address} can't be used ({error.strerror}). {advice}") from error

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
            report = io.StringIO()
            call_command("load_sample", stdout=report)
            self.show(report.getvalue().strip())
        password = generate_password()
        user = User(username=FIRST_ACCOUNT, is_staff=True, is_superuser=True)
        user.set_temporary_password(password)
        user.save()
        return password

    def make_web_fonts(self) -> None:
        """Make the web fonts if `make` has not done that for this version."""
        try:
            if not are_web_fonts_built():
                self.show("Making the web fonts …")
                build_web_fonts()
        except OSError as error:
            raise CommandError(
                f"The web fonts can't be made in static/fonts ({error.strerror or error}). As the user that "
                "the program belongs to, run: make .venv/.ready-to-run"
            ) from error

    def collect_static_files(self) -> None:
        """Collect static files if one was added, removed or changed.

        The file `collected-static-files` in DATA_DIR lists the collected ones.
        """
        fingerprint_file = Path(settings.DATA_DIR) / "collected-static-files"
        fingerprint = find_static_files()
        if fingerprint_file.exists() and fingerprint_file.read_text() == fingerprint:
            return
        self.show("Collecting static files …")
        fingerprint_file.unlink(missing_ok=True)  # else it would describe files that are no longer complete
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        fingerprint_file.write_text(fingerprint)


def start_worker() -> None:
    """Start the worker of the background tasks. It ends with this process, or the server that replaces it."""
    worker = [str(settings.BASE_DIR / "manage.py"), "worker"]
    command = [sys.executable, "-m", "carecen_news.keep_running", *worker]
    subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603


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
        "--workers-kill-timeout": str(STOP_SECONDS),
        "--log-level": "warning",
    }
    application = settings.WSGI_APPLICATION.replace(".application", ":application")
    return [
        *("-m", "granian", "--no-ws", "--respawn-failed-workers"),
        *(argument for option in options.items() for argument in option),
        application,
    ]


def get_lock_path() -> Path:
    """Return the lock file in DATA_DIR.

    On PostgreSQL, several servers may share the folder, so each port of each machine has its own file.
    """
    name = "serve" if connection.vendor == "sqlite" else f"serve-{socket.gethostname()}-{settings.PORT}"
    return Path(settings.DATA_DIR, f"{name}.lock")


def check_files() -> None:
    """Raise CommandError if the uploads or the SQLite database exist and can't be read and written."""
    uploads = get_local_folder(default_storage)
    paths = [uploads] if uploads else []
    if connection.vendor == "sqlite":
        paths.append(Path(connection.settings_dict["NAME"]))
    for path in paths:
        needed = os.R_OK | os.W_OK | (os.X_OK if path.is_dir() else 0)
        if path.exists() and not os.access(path, needed):
            raise CommandError(
                format_file_error(path, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))
            )


def format_file_error(path: Path, error: OSError) -> str:
    """Return a sentence about a file or folder that can't be used: `path`, or the one that `error` names."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        advice = "Free some disk space, then start again."
    else:
        advice = (
            "Start the newsroom as the user that DATA_DIR belongs to, make the folder writable, or set "
            "DATA_DIR to another folder."
        )
    return f"{error.filename or path} can't be read or written ({error.strerror or error}). {advice}"


def get_first_manager() -> str:
    """Return the name of the oldest account that manages accounts, or ""."""
    return (
        User.objects.filter(is_superuser=True).order_by("pk").values_list("username", flat=True).first() or ""
    )


def format_login_hint(name: str) -> str:
    return f"For a new login, run this with the same settings: .venv/bin/python manage.py staff_login {name}"


def find_static_files() -> str:
    """Return the name, size and modification time of every static file, a line each."""
    from django.contrib.staticfiles.finders import get_finders

    lines = []
    for finder in get_finders():
        for path, storage in finder.list([]):
            files = os.stat(storage.path(path))
            lines.append(f"{path} {files.st_size} {files.st_mtime_ns}")
    return "\n".join(sorted(lines))
