"""The format of the log, and the filter that logs a repeated fault once per minute without readers' data.

logging.json attaches both to the log of the newsroom and of the server. They work in each process separately,
and do not import Django, because the main process of the server does not need it.
"""

import json
import logging
import os
import re
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.util import Finalize
from typing import Any, NamedTuple
from urllib.parse import unquote_plus

SECONDS = 60.0
MAX_FAULTS = 100
REMOVED = "…"
MAX_LENGTH = 16_000  # characters of a record


class BoundedFormatter(logging.Formatter):
    """Format a record as text, or with LOG_FORMAT=json as an object on one line, of a limited length."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S%z")
        self.is_json = os.environ.get("LOG_FORMAT", "").strip() == "json"

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)  # it sets the attributes that are used below
        if not self.is_json:
            return shorten(text)
        values = {"time": record.asctime, "level": record.levelname, "logger": record.name}
        values["message"] = shorten(record.message)
        if record.exc_text:
            values["exception"] = shorten(record.exc_text)
        return json.dumps(values, ensure_ascii=False)


def shorten(text: str) -> str:
    """Return `text` without its middle if it is long. A traceback ends with what went wrong."""
    if len(text) <= MAX_LENGTH:
        return text
    return f"{text[: MAX_LENGTH // 2]}\n{REMOVED}\n{text[-MAX_LENGTH // 2 :]}"


class Key(NamedTuple):
    """What makes two records the same fault: all of it. The values in the message are not part of it."""

    logger: str
    template: str
    exception: str
    reason: str
    path: str
    line: int


@dataclass
class Fault:
    """A fault that was logged, and how often it occurred again since `since` (time.monotonic())."""

    key: Key
    level: int
    since: float
    text: str = ""
    count: int = 0
    timer: threading.Timer | None = None


class RepeatFilter(logging.Filter):
    """Pass a warning or error once, then one line per minute with the count, until a minute without it.

    Records below WARNING always pass. At most `max_faults` faults are remembered. If there are more, the
    count of the oldest is logged early and the fault is forgotten: it may appear more often, never less.
    """

    def __init__(self, seconds: float = SECONDS, max_faults: int = MAX_FAULTS) -> None:
        super().__init__()
        self.seconds = seconds
        self.max_faults = max_faults
        self.faults: dict[Key, Fault] = {}  # the oldest first
        self.lock = threading.Lock()
        Finalize(None, self.report_all, exitpriority=1)  # unlike atexit, also in the workers of the server

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "is_count", False):
            return True
        fault = None
        if record.levelno >= logging.WARNING:
            fault = self.add_fault(get_key(record), record.levelno)
            if fault is None:
                return False
        # Outside the lock, because the objects in a message may themselves log something.
        with suppress(Exception):  # the handler reports a message that can't be formatted
            remove_request_data(record)
            if fault:
                fault.text = format_fault(record, fault.key)
        return True

    def add_fault(self, key: Key, level: int) -> Fault | None:
        """Return a new fault to log, or None if it was logged within the last minute and is counted."""
        oldest, now = None, time.monotonic()
        with self.lock:
            known = self.faults.get(key)
            if known and (known.timer or now < known.since + self.seconds):
                known.count += 1
                if known.timer or self.start_timer(known, now):
                    return None
            self.faults.pop(key, None)
            if len(self.faults) >= self.max_faults:
                oldest = self.faults.pop(next(iter(self.faults)))
            fault = self.faults[key] = Fault(key, level, now)
        if oldest:
            self.report(oldest, oldest.count)
        return fault

    def start_timer(self, fault: Fault, now: float) -> bool:
        """Report the count at the end of the minute. Return False if no thread can be started."""
        timer = threading.Timer(max(0.0, fault.since + self.seconds - now), self.end_minute, [fault])
        timer.daemon = True
        try:
            timer.start()
        except RuntimeError:  # too many threads, or the interpreter is shutting down
            return False
        fault.timer = timer
        return True

    def end_minute(self, fault: Fault) -> None:
        """Report the count and begin another minute, or forget a fault that no longer occurs."""
        with self.lock:
            if self.faults.get(fault.key) is not fault:
                return
            fault.timer, now = None, time.monotonic()
            count, fault.count, fault.since = fault.count, 0, now
            if not count or not self.start_timer(fault, now):
                del self.faults[fault.key]
        self.report(fault, count)

    def report_all(self) -> None:
        """Report what was held back, before the process ends. The log may be closed by then."""
        logging.raiseExceptions = False
        with self.lock:
            faults = list(self.faults.values())
            self.faults.clear()
        for fault in faults:
            self.report(fault, fault.count)

    def report(self, fault: Fault, count: int) -> None:
        """Log how often a fault occurred again."""
        if not count:
            return
        logger = logging.getLogger(fault.key.logger)
        times = "1 more time" if count == 1 else f"{count} more times"
        text = f"{fault.text} – occurred {times} in the last {self.seconds:.0f} seconds"
        record = logger.makeRecord(logger.name, fault.level, __file__, 0, "%s", (text,), None)
        record.is_count = True
        logger.handle(record)


def get_key(record: logging.LogRecord) -> Key:
    path, line, exception, reason = record.pathname, record.lineno, "", ""
    if record.exc_info and record.exc_info[1]:
        exception = type(record.exc_info[1]).__qualname__
        with suppress(Exception):  # an exception whose text can't be formatted
            first_line = str(record.exc_info[1]).partition("\n")[0]
            reason = re.sub(r"""'[^']*'|"[^"]*"|\d+""", REMOVED, first_line)
        traceback = record.exc_info[2]
        while traceback:
            path, line = traceback.tb_frame.f_code.co_filename, traceback.tb_lineno
            traceback = traceback.tb_next
    return Key(record.name, str(record.msg), exception, reason, path, line)


def format_fault(record: logging.LogRecord, key: Key) -> str:
    """Return the first line of the message, with the exception and where it was raised."""
    message = record.getMessage().partition("\n")[0]
    return f"{message} ({key.exception}, {key.path}:{key.line})" if key.exception else message


def remove_request_data(record: logging.LogRecord) -> None:
    """Remove the data of a reader from a record about a request: the URL, the search words, the IP address.

    The name of the view replaces the path, because the path of a preview link is a secret. Words of the URL
    also leave the messages of exceptions: those of the database quote them.
    """
    request: Any = getattr(record, "request", None)
    path = getattr(request, "path", None)
    if path is None:
        return
    view = getattr(getattr(request, "resolver_match", None), "view_name", None) or "no view"
    if isinstance(record.args, tuple):
        record.args = tuple(view if value == path else value for value in record.args)
    private = compile_private_words(request)
    if private is None:
        return
    head, separator, tail = record.getMessage().rpartition(view)
    record.msg, record.args = private.sub(REMOVED, head) + separator + private.sub(REMOVED, tail), ()
    if record.exc_info:
        lines = logging.Formatter().formatException(record.exc_info).split("\n")
        # Indented lines are code, without values.
        record.exc_text = "\n".join(
            line if line.startswith("  ") else private.sub(REMOVED, line) for line in lines
        )


def compile_private_words(request: Any) -> re.Pattern[str] | None:
    """Return a pattern of the words of at least three characters in the URL, and of the IP addresses."""
    meta = request.META
    words = set(re.findall(r"\w{3,}", unquote_plus(f"{request.path} {meta.get('QUERY_STRING', '')}")))
    addresses = f"{meta.get('REMOTE_ADDR', '')},{meta.get('HTTP_X_FORWARDED_FOR', '')}"
    words |= {address.strip() for address in addresses.split(",") if address.strip()}
    if not words:
        return None
    return re.compile(
        rf"(?<!\w)(?:{'|'.join(re.escape(word) for word in sorted(words, key=len, reverse=True))})(?!\w)",
        re.IGNORECASE,
    )


class ThreadWarningFilter(logging.Filter):
    """Hide granian's warning about the number of threads, most of which only wait."""

    def filter(self, record: logging.LogRecord) -> bool:
        return "Python threads, which seems quite high" not in str(record.msg)
