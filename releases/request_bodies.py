"""Read request bodies before Django does, so that slow senders never occupy the threads that serve readers.

The server's threads wait for the body of a request. Without a limit, as many half-sent bodies as there are
threads would stop the newsroom. A proxy that buffers bodies, such as nginx, sends them at once.
"""

import json
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import Error
from django.http import parse_cookie
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from releases.accounts.devices import load_cookie
from releases.accounts.forms import ANSWER_AT
from releases.database import PUBLIC_SECONDS, describe_outage, is_outage, limit_waiting
from releases.models import SessionStore
from releases.text.choices import Language

BODY_PREFIXES = ("/admin/", "/preview/")  # nothing else has forms that are sent with POST
MAX_READERS = 2  # threads that read a body at the same time
# Threads for the desk and for private links. The server has more threads, for readers.
MAX_THREADS = 24
# Of these, requests of people who are not signed in: the sign-in page, and forms that ask to sign in. At
# most MAX_SIGN_INS are handled at the same time, because they share the interpreter lock with readers. Others
# wait. Those from a device on which someone has signed in before have a queue of their own.
MAX_SIGN_IN_THREADS, MAX_KNOWN_THREADS, MAX_SIGN_INS = 16, 4, 2
SIGN_IN_PATH = "/admin/login/"
# Approvals through a preview link are sent here by people outside the newsroom, who don't sign in.
APPROVAL_PREFIX = "/admin/approve/"
MAX_WAIT_SECONDS = 3.0
CHUNK_BYTES = 64 * 1024
# Of anyone, as much as Django reads of a form without files. Only staff upload files, in the admin. A larger
# body is stored in a temporary file.
MAX_FORM_BYTES = 5 * 2**19
MAX_UPLOAD_BYTES = 200 * 2**20

REASONS = {
    400: "Bad Request",
    411: "Length Required",
    413: "Content Too Large",
    503: "Service Unavailable",
}

# Those that middleware adds to other responses.
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
}

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class BodyRefused(Exception):
    """Raised for a request whose body is not read: the status of the response, and perhaps the reason."""

    def __init__(self, status: int, reason: Any = "") -> None:
        super().__init__(status, reason)
        self.status, self.reason = status, reason


class BodyReaders:
    """The threads that read a body, at most MAX_READERS.

    Others wait up to MAX_WAIT_SECONDS, but not if each of these threads has read for that long already.
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._started: list[float] = []

    @contextmanager
    def reading(self) -> Any:
        now = time.monotonic()
        with self._condition:
            while len(self._started) >= MAX_READERS:
                is_stuck = max(self._started) < time.monotonic() - MAX_WAIT_SECONDS
                remaining = now + MAX_WAIT_SECONDS - time.monotonic()
                if is_stuck or remaining <= 0:
                    raise BodyRefused(503)
                self._condition.wait(remaining)
            started = time.monotonic()
            self._started.append(started)
        try:
            yield
        finally:
            with self._condition:
                self._started.remove(started)
                self._condition.notify()


class SignInQueue:
    """Lets at most `max_running` threads run at the same time, and `max_threads` run or wait."""

    def __init__(self, max_threads: int, max_running: int) -> None:
        self._threads = threading.BoundedSemaphore(max_threads)
        self._running = threading.BoundedSemaphore(max_running)

    @contextmanager
    def limit_running(self) -> Any:
        """Wait until the block may run.

        Raises BodyRefused if there are too many threads, or after MAX_WAIT_SECONDS.
        """
        refusal = BodyRefused(503, gettext_lazy("Try again in a few seconds."))
        if not self._threads.acquire(blocking=False):
            raise refusal
        try:
            if not self._running.acquire(timeout=MAX_WAIT_SECONDS):
                raise refusal
            try:
                yield
            finally:
                self._running.release()
        finally:
            self._threads.release()


def limit_request_bodies(application: Application) -> Application:
    """Return the WSGI `application` with bodies read before it, or refused."""
    readers, threads = BodyReaders(), threading.BoundedSemaphore(MAX_THREADS)
    new_devices = SignInQueue(MAX_SIGN_IN_THREADS, MAX_SIGN_INS)
    known_devices = SignInQueue(MAX_KNOWN_THREADS, MAX_SIGN_INS)

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not is_sign_in(environ):
            return application(environ, start_response)
        device = load_cookie(read_cookie(environ, settings.DEVICE_COOKIE_NAME))
        with (known_devices if device else new_devices).limit_running():
            response = application(environ, start_response)
        time.sleep(max(0.0, environ.get(ANSWER_AT, 0.0) - time.monotonic()))
        return response

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or ""
        is_for_forms = environ.get("PATH_INFO", "").startswith(BODY_PREFIXES)
        has_body = length not in ("", "0") or environ.get("HTTP_TRANSFER_ENCODING")
        if not (has_body or is_for_forms):
            return application(environ, start_response)
        if length and not is_for_forms:
            return application(environ | {"CONTENT_LENGTH": "0", "wsgi.input": BytesIO()}, start_response)
        if not threads.acquire(blocking=False):
            return refuse(
                503, environ, start_response, "" if has_body else gettext_lazy("Try again in a few seconds.")
            )
        try:
            if not has_body:
                return serve(environ, start_response)
            with read_body(environ, readers) as body:
                return serve(environ | {"wsgi.input": body}, start_response)
        except BodyRefused as refusal:
            return refuse(refusal.status, environ, start_response, refusal.reason)
        finally:
            threads.release()

    return answer


@contextmanager
def read_body(environ: dict[str, Any], readers: BodyReaders) -> Any:
    """Read the whole body of a request, and yield it as a file. Raises BodyRefused."""
    length = environ.get("CONTENT_LENGTH") or ""
    if not length or environ.get("HTTP_TRANSFER_ENCODING"):
        raise BodyRefused(411)
    if not (length.isascii() and length.isdigit()):
        raise BodyRefused(400)
    limit = MAX_UPLOAD_BYTES if int(length) > MAX_FORM_BYTES and is_signed_in(environ) else MAX_FORM_BYTES
    if int(length) > limit:
        raise BodyRefused(413)
    with SpooledTemporaryFile(MAX_FORM_BYTES) as body:
        try:
            with readers.reading():
                copy_body(environ["wsgi.input"], body, int(length))
            body.seek(0)
        except OSError as error:
            raise (
                BodyRefused(503, describe_outage(error)) if is_outage(error) else BodyRefused(400)
            ) from error
        yield body


def is_sign_in(environ: dict[str, Any]) -> bool:
    """Return whether a request is for the sign-in page, or a form of staff who are not signed in."""
    path = environ.get("PATH_INFO", "")
    is_form = environ["REQUEST_METHOD"] == "POST" and path.startswith("/admin/")
    is_approval = path.startswith(APPROVAL_PREFIX)
    return path == SIGN_IN_PATH or (is_form and not is_approval and not is_signed_in(environ))


def read_cookie(environ: dict[str, Any], name: str) -> str:
    """Return the value of a cookie, or ""."""
    return parse_cookie(environ.get("HTTP_COOKIE", "")).get(name, "")


def is_signed_in(environ: dict[str, Any]) -> bool:
    """Return whether a request of the admin comes from someone who is signed in."""
    if not environ["PATH_INFO"].startswith("/admin/"):
        return False
    session_key = read_cookie(environ, settings.SESSION_COOKIE_NAME)
    if not (session_key.isascii() and session_key.isalnum()):
        return False
    try:
        with limit_waiting(PUBLIC_SECONDS):
            return SESSION_KEY in SessionStore(session_key)
    except Error as error:
        return is_outage(error)  # the admin then says that the database can't be used


def copy_body(source: Any, body: Any, length: int) -> None:
    """Copy `length` bytes. Raises BodyRefused if the sender stops before."""
    while length:
        chunk = source.read(min(length, CHUNK_BYTES))
        if not chunk:
            raise BodyRefused(400)
        body.write(chunk)
        length -= len(chunk)


def refuse(
    status: int, environ: dict[str, Any], start_response: Callable[..., Any], reason: Any = ""
) -> Iterable[bytes]:
    """Answer without reading the body. The server closes the connection."""
    headers = HEADERS.copy()
    if status == 503:
        headers["Retry-After"] = "10"
    if "application/json" in environ.get("HTTP_ACCEPT", ""):
        is_spanish = environ.get("HTTP_ACCEPT_LANGUAGE", "").lower().startswith("es")
        with translation.override(Language.SPANISH if is_spanish else Language.ENGLISH):
            content = json.dumps({"error": _("The newsroom cannot save right now. Trying again…")})
        headers["Content-Type"] = "application/json"
    else:
        content = render_to_string("refused_body.html", {"status": status, "reason": reason})
        headers |= {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        }
    encoded = content.encode()
    headers["Content-Length"] = str(len(encoded))
    start_response(f"{status} {REASONS[status]}", list(headers.items()))
    return [encoded]
