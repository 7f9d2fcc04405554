"""The format of log lines, and the filter that counts repeated faults and removes data of readers."""

import json
import logging.config
import re
import threading
from collections.abc import Iterator

import pytest
from django.db import OperationalError
from django.test import RequestFactory
from django.urls import resolve

from carecen_news import logs, settings

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-0[78]00 ERROR tests\.logging: No connection\.")


class Log(logging.Handler):
    """Collect formatted lines, as the console handler prints them."""

    def __init__(self, **options: float) -> None:
        super().__init__()
        self.repeats = logs.RepeatFilter(**options)
        self.addFilter(self.repeats)
        self.setFormatter(logs.BoundedFormatter())
        self.lines: list[str] = []
        self.changed = threading.Condition()

    def emit(self, record: logging.LogRecord) -> None:
        with self.changed:
            self.lines.append(self.format(record))
            self.changed.notify_all()

    def wait_for(self, count: int) -> list[str]:
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.lines) >= count, timeout=10), self.lines
        return self.lines


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    logger = logging.getLogger("tests.logging")
    logger.propagate = False
    yield logger
    for log in [handler for handler in logger.handlers if isinstance(handler, Log)]:
        log.repeats.faults.clear()
        logger.removeHandler(log)


def log_exception(logger: logging.Logger, error: Exception, message: str = "Failed") -> None:
    try:
        raise error
    except type(error):
        logger.exception(message)


def test_lines_have_time_and_offset(logger):
    log = Log()
    logger.addHandler(log)
    logger.error("No connection.")
    assert LINE.fullmatch(log.lines[0])


def test_json_format_is_one_object_on_a_line(logger, monkeypatch):
    monkeypatch.setenv("LOG_FORMAT", "json")
    log = Log()
    logger.addHandler(log)
    log_exception(logger, ValueError("Too\nlong"), "Failed “here”")
    [line] = log.lines
    values = json.loads(line)
    assert "\n" not in line
    assert values.pop("exception").endswith("ValueError: Too\nlong")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-0[78]00", values.pop("time"))
    assert values == {"level": "ERROR", "logger": "tests.logging", "message": "Failed “here”"}


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_long_record_keeps_its_beginning_and_its_end(logger, monkeypatch, log_format):
    monkeypatch.setenv("LOG_FORMAT", log_format)
    log = Log()
    logger.addHandler(log)
    log_exception(logger, ValueError("x" * 100_000 + "the end"), "The beginning")
    assert len(log.lines[0]) < 2 * logs.MAX_LENGTH
    assert "The beginning" in log.lines[0]
    assert "the end" in log.lines[0]


def test_server_logs_in_the_same_format_with_the_same_filter():
    config = json.loads((settings.BASE_DIR / "carecen_news" / "logging.json").read_text())
    assert {
        name: settings.LOGGING[name] for name in ("formatters", "filters", "handlers")
    }.items() <= config.items()
    assert config["loggers"]["_granian"]["handlers"] == ["console"]
    logging.config.DictConfigurator(config)  # raises ValueError if it is invalid


def test_repeated_fault_is_logged_once_and_then_counted_every_minute(logger):
    log = Log(seconds=0.3)
    logger.addHandler(log)

    def fail(*numbers: int) -> None:
        for number in numbers:
            logger.error("No connection to %s", number)

    fail(0, 1, 2, 3, 4)
    assert [line[25:] for line in log.lines] == ["ERROR tests.logging: No connection to 0"]
    assert log.wait_for(2)[1].endswith("No connection to 0 – occurred 4 more times in the last 0 seconds")
    fail(5)
    assert log.wait_for(3)[2].endswith("No connection to 0 – occurred 1 more time in the last 0 seconds")
    for timer in [fault.timer for fault in log.repeats.faults.values() if fault.timer]:
        timer.join(5)
    assert log.repeats.faults == {}
    fail(6)
    assert len(log.lines) == 4
    assert log.lines[3].endswith("No connection to 6")


@pytest.mark.parametrize(
    ("first", "second", "lines"),
    [
        (OperationalError("no such table: a"), OperationalError("no such table: a"), 1),
        (OperationalError('bad value "a"'), OperationalError('bad value "b"'), 1),
        (OperationalError("port 5432 failed"), OperationalError("port 5433 failed"), 1),
        (OperationalError("no such table: a"), OperationalError("disk is full"), 2),
        (OperationalError("disk is full"), ValueError("disk is full"), 2),
    ],
)
def test_faults_are_the_same_if_type_place_and_reason_are(logger, first, second, lines):
    log = Log()
    logger.addHandler(log)
    for error in (first, second):
        log_exception(logger, error)
    assert len(log.lines) == lines


def test_faults_with_another_message_place_or_logger_do_not_hide_each_other(logger):
    log = Log()
    logger.addHandler(log)
    log_exception(logger, ValueError("x"))
    log_exception(logger, ValueError("x"), "Another message")
    logger.getChild("child").error("Failed")
    logger.error("Failed")
    try:
        raise ValueError("x")  # in another line
    except ValueError:
        logger.exception("Failed")
    assert len(log.lines) == 5


def test_information_is_never_held_back(logger):
    log = Log()
    logger.addHandler(log)
    logger.setLevel("INFO")
    for _time in range(3):
        logger.info("Started.")
    assert len(log.lines) == 3
    logger.setLevel("NOTSET")


def test_memory_is_bounded_and_the_forgotten_fault_is_counted(logger):
    log = Log(max_faults=3)
    logger.addHandler(log)
    for name in ("a", "a", "b", "c", "d", "e"):
        logger.error(name)
    assert len(log.repeats.faults) == 3
    assert "a – occurred 1 more time" in log.lines[3]
    log.repeats.report_all()
    assert len(log.lines) == 6, "nothing else was held back"


def test_counts_are_reported_before_the_process_ends(logger):
    log = Log()
    logger.addHandler(log)
    for _time in range(3):
        log_exception(logger, ValueError("x"))
    log.repeats.report_all()
    assert re.search(r"Failed \(ValueError, .*:\d+\) – occurred 2 more times", log.lines[-1])


def test_threads_lose_no_count(logger):
    log = Log()
    logger.addHandler(log)
    threads = [
        threading.Thread(target=lambda: [logger.error("Failed") for _time in range(50)]) for _i in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log.repeats.report_all()
    assert len(log.lines) == 2
    assert "occurred 399 more times" in log.lines[1]


def test_without_a_thread_every_fault_is_logged(logger, monkeypatch):
    def fail(_timer):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Timer, "start", fail)
    log = Log()
    logger.addHandler(log)
    for _time in range(3):
        logger.error("Failed")
    assert len(log.lines) == 3


def test_message_that_cannot_be_formatted_never_raises():
    record = logging.makeLogRecord({"msg": "%d", "args": ("x",), "levelno": logging.ERROR})
    assert logs.RepeatFilter().filter(record)


@pytest.mark.parametrize(
    ("path", "view"),
    [("/search/", "search"), ("/preview/zapatista-secret/", "preview"), ("/zapatista/secret", "no view")],
)
def test_lines_about_a_request_contain_no_url_search_words_or_ip_address(logger, path, view):
    request = RequestFactory().get(
        path, {"q": "Zapatista O'Neill"}, headers={"X-Forwarded-For": "203.0.113.9, 2001:db8::9"}
    )
    if view != "no view":
        request.resolver_match = resolve("/search/")
        request.resolver_match.view_name = view
    log = Log()
    logger.addHandler(log)
    error = OperationalError(
        "bad value zapatista\nLINE 1: SELECT 'zapatista' & 'neill', 203.0.113.9, 2001:db8::9"
    )
    for _time in range(2):
        logger.error(
            "%s: %s", "Internal Server Error", request.path, exc_info=error, extra={"request": request}
        )
    log.repeats.report_all()
    text = "\n".join(log.lines)
    assert text.count(f"Internal Server Error: {view}") == 2, "the line and the count"
    assert "OperationalError" in text
    for private in ("zapatista", "neill", "203.0.113", "2001:db8", "?q=", "secret"):
        assert private not in text.lower()


def test_settings_attach_the_filter_to_every_handler_of_readers():
    assert settings.LOGGING["handlers"]["console"]["filters"] == ["repeats"]
    assert settings.LOGGING["root"]["handlers"] == ["console"]
    assert logs.SECONDS == 60
