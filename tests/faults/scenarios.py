"""The scenarios: what breaks, for how long, and what readers and editors do meanwhile."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from tests.faults import databases
from tests.faults.editor import Answer, Editor
from tests.faults.newsroom import Newsroom, run_newsroom, temporary_folder
from tests.faults.readers import Monitors, Readers, running
from tests.faults.report import Row

WARM_UP_SECONDS = 1.0  # between the start of the readers and the fault
AUTOSAVE_INTERVAL = 3.0
MAX_RECOVERY_WAIT = 45.0

Fault = Callable[[], AbstractContextManager[None]]


@dataclass
class Workplace:
    """A running newsroom with a signed-in editor who has opened forms before the fault begins."""

    newsroom: Newsroom
    editor: Editor
    forms: list[Answer]  # not yet used for saving
    photo_form: Answer
    autosave_form: Answer
    server: databases.PostgreSQL | None = None
    folder: Path | None = None  # of the database: full when the disk is full


@contextmanager
def open_workplace(
    root: Path,
    database: str,
    *,
    obeys_permissions: bool = False,
    on_small_disk: bool = False,
    database_url: str = "",
    settings: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Workplace]:
    """Start a database and a newsroom, sign in, and open the forms of drafts.

    With `on_small_disk`, the data of the database is on a small file system of its own, on SQLite with all
    other data of the newsroom. With `database_url`, that database is used, which already runs. `settings` are
    further environment variables.
    """
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(temporary_folder())
        data, disk, server = folder / "var", folder / "var", None
        data.mkdir()
        if database == "postgresql" and not database_url:
            disk = folder / "postgresql"
            disk.mkdir()
        if on_small_disk:
            stack.enter_context(databases.mounted(disk, databases.TMPFS_MB[database]))
        if database == "postgresql" and not database_url:
            server = stack.enter_context(databases.postgresql(disk))
        url = server.url if server else database_url
        newsroom = stack.enter_context(
            run_newsroom(root, data, url, obeys_permissions=obeys_permissions, settings=settings)
        )
        editor = Editor(newsroom.port)
        if (answer := editor.sign_in()).status != 302:
            raise RuntimeError(f"the editor could not sign in: HTTP {answer.status}")
        pages = [editor.open_form(draft) for draft in newsroom.drafts]
        photo_form = editor.open_photos(newsroom.drafts[0])
        yield Workplace(newsroom, editor, pages[2:], photo_form, pages[1], server, disk)


class Editing:
    """Requests of the editor during a fault, each in its own thread so that none waits for another."""

    def __init__(self, workplace: Workplace, photo: bytes = b"") -> None:
        self.workplace = workplace
        self.photo = photo
        self.answers: list[Answer] = []
        self.errors: list[str] = []  # of the harness
        self._threads: list[threading.Thread] = []
        self._stopped = threading.Event()

    def request(self, ask: Callable[[], Answer]) -> None:
        def run() -> None:
            try:
                self.answers.append(ask())
            except Exception as error:
                self.errors.append(f"{type(error).__name__}: {error}")

        thread = threading.Thread(target=run)
        thread.start()
        self._threads.append(thread)

    def request_everything(self) -> None:
        """Save a draft, open the form of another, sign in as a colleague, and upload the photo if any."""
        place, editor = self.workplace, self.workplace.editor
        form = place.forms.pop()
        opened = place.newsroom.drafts[0]
        self.request(lambda: editor.save(form))
        self.request(lambda: editor.open_form(opened))
        self.request(lambda: Editor(place.newsroom.port, "colleague").sign_in())
        if self.photo:
            self.request(lambda: editor.upload(place.photo_form, "IMG_1.jpg", self.photo))

    def autosave_repeatedly(self) -> None:
        """Autosave every AUTOSAVE_INTERVAL seconds until `finish`."""

        def repeat() -> None:
            while not self._stopped.is_set():
                started = time.monotonic()
                self.answers.append(self.workplace.editor.autosave(self.workplace.autosave_form))
                self._stopped.wait(max(0.0, started + AUTOSAVE_INTERVAL - time.monotonic()))

        thread = threading.Thread(target=repeat)
        thread.start()
        self._threads.append(thread)

    def finish(self) -> None:
        """Wait for the answers to all requests."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()


def measure_fault(
    row: Row,
    workplace: Workplace,
    fault: Fault,
    seconds: float,
    *,
    interval: float = 0,
    has_ended: Callable[[], bool] = lambda: False,
    photo: bytes = b"",
    with_health: bool = True,
) -> None:
    """Let readers and the editor work while `fault` lasts, and then until everything works again.

    It lasts until `has_ended`, and at most `seconds`. The editor autosaves every AUTOSAVE_INTERVAL seconds
    and makes the other requests every `interval` seconds, by default twice.
    """
    newsroom = workplace.newsroom
    readers, editing = Readers(newsroom.port, newsroom.paths), Editing(workplace, photo)
    monitors = [Monitors(newsroom.port)] if with_health else []
    with running(readers):
        time.sleep(WARM_UP_SECONDS)
        with contextlib.ExitStack() as stack:
            stack.callback(editing.finish)
            with fault():
                began, end = time.perf_counter(), time.monotonic() + seconds
                stack.enter_context(running(*monitors))
                time.sleep(1.0)
                editing.autosave_repeatedly()
                next_at = time.monotonic()
                while time.monotonic() < end and not has_ended():
                    if time.monotonic() >= next_at:
                        editing.request_everything()
                        next_at += interval or seconds / 2
                    time.sleep(0.1)
            ended = time.monotonic()
            row.recovery_seconds = measure_recovery(workplace, ended)
    row.reads = [sample for sample in readers.samples if sample.sent_at >= began]
    row.answers += editing.answers
    row.health = [sample for load in monitors for sample in load.samples]
    row.missed += editing.errors
    row.notes.append(f"load generator {readers.cpu_share:.0%} of a core")
    check_truth(workplace, row.answers)
    check_withdrawal(row, workplace)


def measure_recovery(workplace: Workplace, ended: float) -> float:
    """Return the seconds from `ended` until a page, a sign-in, a form, a save and an autosave work again."""
    newsroom, editor = workplace.newsroom, workplace.editor
    remaining = ["page", "sign in", "form", "save", "autosave"]
    form = workplace.forms.pop()
    while remaining and time.monotonic() < ended + MAX_RECOVERY_WAIT:
        steps: dict[str, Callable[[], bool]] = {
            "page": lambda: newsroom.get("/")[0] == 200,
            "sign in": lambda: Editor(newsroom.port, "colleague").sign_in().is_saved,
            "form": lambda: editor.open_form(newsroom.drafts[0]).status == 200,
            "save": lambda: editor.save(form).is_saved,
            "autosave": lambda: editor.autosave(workplace.autosave_form).is_saved,
        }
        if steps[remaining[0]]():
            del remaining[0]
        else:
            time.sleep(0.25)
    return float("inf") if remaining else time.monotonic() - ended


def check_truth(workplace: Workplace, answers: list[Answer]) -> None:
    """Compare the drafts with the answers: saved words are in the draft, refused words are not."""
    for answer in answers:
        if answer.action == "save" and answer.status:
            form = workplace.editor.open_form(answer.draft)
            if form.status == 200:
                answer.is_true = answer.is_saved == (f"Summary {answer.typed}" in form.body)


def check_withdrawal(row: Row, workplace: Workplace) -> None:
    """Withdraw a release whose page is cached. The next request must not show it."""
    pk, path = workplace.newsroom.other_release
    before = workplace.newsroom.get(path)[0]
    answer = workplace.editor.withdraw(pk)
    after = workplace.newsroom.get(path)[0]
    if (before, answer.status, after) != (200, 302, 410):
        row.missed.append(f"withdrawal (page {before}, form {answer.status}, page {after})")


# --- The scenarios ------------------------------------------------------------------------------------------


def run_locked(row: Row, root: Path) -> None:
    """Lock SQLite for 30 s, from another process."""
    with open_workplace(root, row.database) as workplace:
        data = workplace.newsroom.data
        measure_fault(row, workplace, lambda: databases.locked_sqlite(data), 30)


def run_frozen(row: Row, root: Path) -> None:
    """Suspend all processes of PostgreSQL for 30 s."""
    with open_workplace(root, row.database) as workplace:
        assert workplace.server
        measure_fault(row, workplace, workplace.server.frozen, 30)


def run_stopped(row: Row, root: Path) -> None:
    """Stop PostgreSQL for 30 s."""
    with open_workplace(root, row.database) as workplace:
        assert workplace.server
        measure_fault(row, workplace, workplace.server.stopped, 30)


def run_terminated(row: Row, root: Path) -> None:
    """Let PostgreSQL end all connections every 1.5 s for 20 s. Requests that run then may be refused."""
    with open_workplace(root, row.database) as workplace:
        server = workplace.server
        assert server

        @contextmanager
        def fault() -> Iterator[None]:
            with server.terminating_connections(1.5) as counts:
                yield
            row.notes.append(f"{sum(counts)} connections ended, {max(counts)} at once")

        measure_fault(row, workplace, fault, 20, interval=2)
        refused = sum(not answer.is_saved for answer in row.answers)
        row.notes.append(f"{refused} of {len(row.answers)} requests of editors refused")


def run_read_only(row: Row, root: Path) -> None:
    """Make the database read-only for 20 s."""
    row.forms_must_open = True
    with open_workplace(root, row.database, obeys_permissions=row.database == "sqlite") as workplace:
        data = workplace.newsroom.data
        fault = workplace.server.read_only if workplace.server else lambda: databases.read_only_sqlite(data)
        measure_fault(row, workplace, fault, 20)


def run_full(row: Row, root: Path) -> None:
    """Fill the disk of the database for 20 s."""
    from tests.faults.photos import make_photo

    row.forms_must_open = True
    photo = make_photo(12)
    with open_workplace(root, row.database, on_small_disk=True) as workplace:
        folder, server = workplace.folder, workplace.server
        assert folder

        @contextmanager
        def fault() -> Iterator[None]:
            with databases.filled(folder):
                yield
            if server and not server.is_running:
                row.notes.append("PostgreSQL had stopped and was started again")
                server.start()

        measure_fault(row, workplace, fault, 20, photo=photo)


def run_slow_posts(row: Row, root: Path) -> None:
    """Let 200 clients send the beginning of a request and then nothing for 20 s."""
    from tests.faults.slow_posts import half_open_posts

    with open_workplace(root, row.database) as workplace:
        port = workplace.newsroom.port

        @contextmanager
        def fault() -> Iterator[None]:
            with half_open_posts(port) as count_closed:
                yield
                row.notes.append(f"{count_closed()} of the connections closed by the server")

        measure_fault(row, workplace, fault, 20, with_health=False)
