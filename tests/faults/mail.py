"""The scenario in which the mail server fails while staff ask for reviews."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.server import find_free_port
from tests.faults.editor import Answer
from tests.faults.mail_server import MailServer, Mode
from tests.faults.newsroom import find_processes
from tests.faults.report import MAX_RECOVERY_SECONDS, Row
from tests.faults.scenarios import Workplace, measure_fault, open_workplace

REVIEWERS = 10
# What fails, and for how many seconds. A review is requested at the start of each.
PHASES = (
    (Mode.OK, 1),
    (Mode.GONE, 60),
    (Mode.HANGING, 40),
    (Mode.FULL, 30),
    (Mode.GARBAGE, 20),
    (Mode.CRASH, 1),
)
MAX_SECONDS = 400
MAX_WAIT = 40.0  # for the mail after each phase
EDITOR_INTERVAL = 20
CREATE_REVIEWERS = f"""
import django; django.setup()
from django.contrib.auth.models import Group
from releases.models import User
for number in range({REVIEWERS}):
    user = User.objects.create_user(f"r{{number}}", email=f"r{{number}}@example.org", is_staff=True)
    user.groups.add(Group.objects.get(name="Publishers"))
"""


def run_mail(row: Row, root: Path) -> None:
    """Let the mail server be gone, hang, be full and answer garbage, and kill a process that sends mail."""
    port = find_free_port()
    settings = {"MAIL_URL": f"smtp://127.0.0.1:{port}", "MAIL_FROM": "desk@example.org"}
    with contextlib.ExitStack() as stack:
        place = stack.enter_context(open_workplace(root, row.database, settings=settings))
        server = MailServer(port, lambda answer: kill_sender(place.newsroom.data, answer))
        server.open()
        stack.callback(server.close)
        place.newsroom.run("-c", CREATE_REVIEWERS)
        phases = Phases(row, place, server)

        @contextmanager
        def fault() -> Iterator[None]:
            thread = threading.Thread(target=phases.run)
            thread.start()
            yield
            thread.join()

        measure_fault(
            row,
            place,
            fault,
            MAX_SECONDS,
            interval=EDITOR_INTERVAL,
            has_ended=lambda: phases.has_ended,
        )
        row.answers += phases.answers
        phases.check()


class Phases:
    """The failures, one after the other, with the review requests of the editor."""

    def __init__(self, row: Row, place: Workplace, server: MailServer) -> None:
        self.row, self.place, self.server = row, place, server
        self.answers: list[Answer] = []
        self.drafts = place.newsroom.drafts[2:]  # the editor saves the last ones
        self.expected: set[tuple[str, int]] = set()  # recipient, release
        self.has_ended = False

    def run(self) -> None:
        try:
            for mode, seconds in PHASES:
                self.run_phase(mode, seconds)
        except Exception as error:
            self.row.missed.append(f"{type(error).__name__}: {error}")
        finally:
            self.has_ended = True

    def run_phase(self, mode: Mode, seconds: float) -> None:
        self.server.set_mode(mode)
        self.request_review()
        time.sleep(seconds)
        if mode is not Mode.CRASH:
            self.server.set_mode(Mode.OK)
        started = time.monotonic()
        while self.find_missing() and time.monotonic() < started + MAX_WAIT:
            time.sleep(0.1)
        waited = time.monotonic() - started
        if mode is Mode.CRASH:
            self.wait_for_second_copy(started)
            return
        self.row.notes.append(f"{mode} for {seconds} s: all mail after {waited:.1f} s")
        if waited > MAX_RECOVERY_SECONDS:
            self.row.missed.append(f"{mode}: mail after {waited:.1f} s")

    def request_review(self) -> None:
        draft = self.drafts.pop(0)
        answer = self.place.editor.request_review(draft)
        self.answers.append(answer)
        if answer.is_saved:
            self.expected |= {(f"r{number}@example.org", draft) for number in range(REVIEWERS)}

    def find_missing(self) -> set[tuple[str, int]]:
        return self.expected - {(each.recipient, each.release) for each in self.server.accepted}

    def wait_for_second_copy(self, started: float) -> None:
        """Wait until the mail whose sender was killed is sent again."""
        while time.monotonic() < started + MAX_WAIT:
            ids = [each.message_id for each in self.server.accepted]
            if self.server.crashed_ids and ids.count(self.server.crashed_ids[0]) == 2:
                waited = time.monotonic() - started
                self.row.notes.append(f"killed sender: second copy after {waited:.1f} s")
                return
            time.sleep(0.1)
        self.row.missed.append("no second copy of the mail of a killed sender")

    def check(self) -> None:
        """Check that each mail was accepted once, and that copies have the same Message-ID."""
        ids: dict[tuple[str, int], list[str]] = {}
        for each in self.server.accepted:
            ids.setdefault((each.recipient, each.release), []).append(each.message_id)
        copies = sum(len(values) - 1 for values in ids.values())
        lost = len(self.find_missing())
        self.row.notes.append(f"{len(self.expected)} mails, {lost} lost, {copies} sent twice")
        if lost or set(ids) - self.expected:
            self.row.missed.append(f"{lost} mails lost, {len(set(ids) - self.expected)} unexpected")
        if any(len(set(values)) > 1 for values in ids.values()):
            self.row.missed.append("copies have different Message-IDs")
        if copies != len(self.server.crashed_ids):
            self.row.missed.append(f"{copies} mails sent twice")


def kill_sender(data: Path, answer: Callable[[], None]) -> None:
    """Kill the process that sends mail, after it was sent the answer and before it can record it."""
    sender = find_sender(data)
    os.kill(sender, signal.SIGSTOP)
    answer()
    os.kill(sender, signal.SIGKILL)


def find_sender(data: Path) -> int:
    """Return the id of the child process of the worker."""
    workers = [pid for pid in find_processes(data) if b"worker\0--parent" in read_proc(pid, "cmdline")]
    return next(
        pid for pid in workers if int(read_proc(pid, "stat").rsplit(b") ", 1)[1].split()[1]) in workers
    )


def read_proc(pid: int, name: str) -> bytes:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/{name}").read_bytes()
    return b""
