"""The scenario `storage`: the object storage of uploads is gone, slow, hangs, is full, or answers garbage."""

import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from PIL import Image

from benchmarks.server import find_free_port
from tests.faults.editor import Answer
from tests.faults.newsroom import Newsroom
from tests.faults.proxy import Behavior, Proxy
from tests.faults.readers import Readers, running
from tests.faults.report import Row
from tests.faults.scenarios import MAX_RECOVERY_WAIT, WARM_UP_SECONDS, Workplace, open_workplace
from tests.pictures import encode_image

FAULT_SECONDS = 20
UPLOAD_INTERVAL = 8.0
MAX_UPLOAD_SECONDS = 10.0
PHOTO_READERS = 12
BUCKET = "uploads"
CREATE_BUCKET = f"""
import django; django.setup()
from django.core.files.storage import default_storage
default_storage.client.create_bucket(Bucket={BUCKET!r})
"""
CHECK_PHOTOS = """
import json, django; django.setup()
from releases.models import Photo
from releases.verification.files import find_file_faults
unfinished = Photo.objects.filter(renditions_ready=False).count()
print(json.dumps([Photo.objects.count(), unfinished, list(find_file_faults("default", lambda *_: None))]))
"""
# The names of a photo's files, and releases that nobody has requested.
FIND_PATHS = """
import json, django; django.setup()
from releases.models import Photo, Release
photo = Photo.objects.first()
releases = Release.objects.published().in_language("en").newest_first()[30:150]
Photo.objects.update(press_kit_category="logo")
print(json.dumps([f"/photos/{photo.name}/{photo.original}", [r.get_absolute_url() for r in releases]]))
"""
FULL = b"HTTP/1.1 507 Insufficient Storage\r\nContent-Length: 0\r\n\r\n"
FORBIDDEN = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
LOGIN = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 12\r\n\r\n<p>Login</p>"


@contextmanager
def object_storage() -> Iterator[Proxy]:
    """Run an S3 service in a process of its own, and yield a proxy in front of it."""
    port = find_free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 30
        while get_status(port, "/") == 0:
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("the object storage did not start")
            time.sleep(0.2)
        proxy = Proxy(port)
        yield proxy
        proxy.close()
    finally:
        process.terminate()
        process.wait()


def get_status(port: int, path: str) -> int:
    """Return the status of a page, or 0 if there is no response within 30 s."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
        return response.status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


@dataclass
class PhotoReaders:
    """Threads that request a photo continuously, and one that requests release pages nobody has cached."""

    newsroom: Newsroom
    photo: str
    pages: list[str]
    photos: list[tuple[int, float]] = field(default_factory=list)  # status and seconds
    fresh: list[tuple[int, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stopped = threading.Event()
        loads = [self._read_photo] * PHOTO_READERS + [self._read_pages]
        self._threads = [threading.Thread(target=load) for load in loads]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _time(self, path: str) -> tuple[int, float]:
        started = time.monotonic()
        return get_status(self.newsroom.port, path), time.monotonic() - started

    def _read_photo(self) -> None:
        while not self._stopped.wait(0.1):
            self.photos.append(self._time(self.photo))

    def _read_pages(self) -> None:
        while self.pages and not self._stopped.wait(0.8):
            self.fresh.append(self._time(self.pages.pop()))


def run_storage(row: Row, root: Path) -> None:
    """Break the object storage in six ways for FAULT_SECONDS each."""
    row.max_upload_seconds = MAX_UPLOAD_SECONDS
    with object_storage() as proxy:
        url = f"s3://KEY:SECRET@127.0.0.1:{proxy.port}/{BUCKET}"
        with open_workplace(root, row.database, settings={"STORAGE_URL": url}) as workplace:
            workplace.newsroom.run("-c", CREATE_BUCKET)
            upload(row, workplace)
            photo, pages = json.loads(workplace.newsroom.run("-c", FIND_PATHS))
            behaviors = {
                "slow": Behavior(delay=5),
                "hangs": Behavior(hangs=True),
                "full (507)": Behavior(answer=FULL, prefix=b"PUT "),
                "403": Behavior(answer=FORBIDDEN),
                "garbage": Behavior(answer=b"\x00\xff garbage " * 1000),
                "another page": Behavior(answer=LOGIN),
            }
            faults = {"gone": proxy.refused} | {
                name: (lambda behavior=behavior: proxy.behaving(behavior))  # type: ignore[misc]
                for name, behavior in behaviors.items()
            }
            for number, (name, fault) in enumerate(faults.items()):
                some = pages[number * 15 : number * 15 + 15]
                break_storage(row, workplace, name, fault, PhotoReaders(workplace.newsroom, photo, some))
            check_uploads(row, workplace)


def break_storage(
    row: Row,
    workplace: Workplace,
    name: str,
    fault: Callable[[], AbstractContextManager[None]],
    others: PhotoReaders,
) -> None:
    """Let readers read and the editor upload photos during a fault, and measure the recovery."""
    newsroom = workplace.newsroom
    readers = Readers(newsroom.port, newsroom.paths)
    uploads: list[Answer] = []
    with ExitStack() as stack:
        stack.enter_context(running(readers))
        time.sleep(WARM_UP_SECONDS)
        with fault():
            began = time.perf_counter()
            uploads.append(upload(row, workplace))  # the first to notice, so it waits for longest
            others.start()
            end = time.monotonic() + FAULT_SECONDS
            while time.monotonic() < end:
                next_at = time.monotonic() + UPLOAD_INTERVAL
                uploads.append(upload(row, workplace))
                time.sleep(max(0.0, min(next_at, end) - time.monotonic()))
            others.stop()
        recovery = measure_recovery(row, workplace, others.photo)
    row.reads += [sample for sample in readers.samples if sample.sent_at >= began]
    row.recovery_seconds = max(row.recovery_seconds or 0.0, recovery)
    for kind, answers, allowed in (("photo", others.photos, {200, 503}), ("new page", others.fresh, {200})):
        if wrong := {status for status, _seconds in answers} - allowed:
            row.missed.append(f"{name}: {kind} {wrong}")
    row.notes.append(
        f"{name}: uncached pages {describe(others.fresh)}, photos {describe(others.photos)}, uploads "
        f"{describe([(answer.status, answer.seconds) for answer in uploads])}, "
        f"works again after {recovery:.1f} s"
    )


def describe(answers: list[tuple[int, float]]) -> str:
    """Return the number of answers by status, and the slowest."""
    statuses = [status for status, _seconds in answers]
    counts = ", ".join(f"{statuses.count(status)} × {status}" for status in sorted(set(statuses)))
    return f"{counts} in {max((seconds for _status, seconds in answers), default=0):.1f} s"


@cache
def make_small_photo() -> bytes:
    """Return a JPEG file that takes little time, so that the storage takes most of it."""
    return encode_image(Image.effect_noise((1600, 1200), 60).convert("RGB"), "JPEG")


def upload(row: Row, workplace: Workplace) -> Answer:
    form = workplace.editor.open_photos(workplace.newsroom.drafts[0])
    answer = workplace.editor.upload(form, "IMG_1.jpg", make_small_photo())
    row.answers.append(answer)
    return answer


def measure_recovery(row: Row, workplace: Workplace, photo: str) -> float:
    """Return the seconds until a photo is read and another one is uploaded."""
    started = time.monotonic()
    while time.monotonic() < started + MAX_RECOVERY_WAIT:
        if get_status(workplace.newsroom.port, photo) == 200 and upload(row, workplace).is_saved:
            return time.monotonic() - started
        time.sleep(0.25)
    return float("inf")


def check_uploads(row: Row, workplace: Workplace) -> None:
    """Check that each acknowledged photo exists, and that all files of all photos are there and whole."""
    acknowledged = sum(answer.is_saved for answer in row.answers if answer.action == "upload")
    workplace.newsroom.run("manage.py", "finish_photos")
    found, unfinished, faults = json.loads(workplace.newsroom.run("-c", CHECK_PHOTOS))
    row.notes.append(f"{acknowledged} uploads acknowledged, {found} photos found")
    if found != acknowledged:
        row.missed.append("photos lost")
    if unfinished or faults:
        row.missed.append(
            f"{unfinished} photos without renditions, {len(faults)} damaged files: {faults[:2]}"
        )
