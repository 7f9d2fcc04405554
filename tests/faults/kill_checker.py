"""Compare the database and the files of a newsroom with what its editors were told.

    python -m tests.faults.kill_checker

runs in the environment of the newsroom, reads one request as JSON from each line of its input, and prints the
answer as one line of JSON. It uses the models, so that a check takes less than a second.
"""

import importlib
import json
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

MAX_FINISH_SECONDS = 60.0
FIELDS = {"headline": "Headline {}", "summary": "Summary {}", "body": "<p>Body {}</p>"}


def read_words(values: dict[str, Any]) -> str:
    """Return the words that all fields have in common, or the fields themselves if they differ."""
    words = str(values["headline"]).removeprefix("Headline ")
    is_whole = all(values[name] == text.format(words) for name, text in FIELDS.items())
    return words if is_whole else f"parts of several versions: {[values[name] for name in FIELDS]}"


def get_status(release: Any) -> str:
    return "scheduled" if release.is_scheduled else "public" if release.is_public() else str(release.status)


def read_release(release: Any) -> dict[str, Any]:
    from releases.models import Autosave, Document, PendingRevision, Photo, Topic

    def get_names(ids: list[int]) -> list[str]:
        return sorted(Topic.objects.filter(pk__in=ids).values_list("name", flat=True))

    revision, autosave = PendingRevision.for_release(release), Autosave.for_release(release)
    widths = dict(Photo.objects.values_list("pk", "width"))
    pages = dict(Document.objects.values_list("pk", "pages"))
    return {
        "text": read_words(release.content()),
        "topics": get_names(list(release.tags.values_list("pk", flat=True))),
        "status": get_status(release),
        "revision": read_words(revision.content) if revision else None,
        "revision_topics": get_names(revision.topic_ids) if revision else [],
        "autosave": read_words(autosave.data) if autosave else None,
        "photos": [widths.get(entry["photo"], 0) for entry in release.photos],
        "attachments": [pages.get(entry["document"], 0) for entry in release.attachments],
    }


def find_row(record: dict[str, Any]) -> Any:
    """Return the row of a record, or None. Raise ValueError if there are two."""
    from releases.models import MediaContact, Release, Topic

    if record["model"] == "release":
        rows = Release.objects.filter(pk=record["pk"]) if record["pk"] else None
        ids = Release.history.filter(headline=f"Headline {record['key']}").values("id")
        found = list(Release.objects.filter(pk__in=ids) if rows is None else rows)
    else:
        model = Topic if record["model"] == "topic" else MediaContact
        found = list(model.objects.filter(name__endswith=record["key"]))  # type: ignore[attr-defined]
    if len(found) > 1:
        raise ValueError(f"{record['model']} {record['key']} was created {len(found)} times")
    return found[0] if found else None


def check_record(record: dict[str, Any]) -> dict[str, Any]:
    """Return the actual state of a record and, if it may not have this state, what is wrong."""
    from releases.models import PendingRevision, Release

    row = find_row(record)
    state, missing = None, []
    if row is not None and record["model"] == "release":
        state = read_release(row)
        kept = set(Release.history.filter(id=row.pk).values_list("summary", flat=True))
        kept |= {
            str(data.get("summary"))
            for data in PendingRevision.history.filter(release_id=row.pk).values_list("data", flat=True)
        }
        missing = [words for words in record["history"] if f"Summary {words}" not in kept]
    elif row is not None:
        state = {"text": str(row.name).split()[-1]}
        missing = [] if row.history.exists() else record["history"]
    url = row.get_absolute_url() if state and state.get("status") in ("public", "withdrawn") else ""
    answer = {"state": state, "pk": row.pk if row else 0, "url": url, "lost": "", "partial": ""}
    if missing:
        answer["lost"] = f"{record['key']}: not in the history: {missing}"
    if state not in record["states"]:
        kind = "lost" if len(record["states"]) == 1 else "partial"
        answer[kind] = f"{record['key']}: is {state}, should be {' or '.join(map(str, record['states']))}"
    return answer


def check(request: dict[str, Any]) -> dict[str, Any]:
    """Check the records, everything else that `verify --live` checks, and whether new files decode."""
    from releases.verification.live import find_live_faults

    wait_for_renditions()
    answers = [check_record(record) for record in request["records"]]
    return {"records": answers, "faults": [*find_live_faults(), *find_undecodable(request["decode_from"])]}


def wait_for_renditions() -> None:
    """Wait until all renditions of photos are made. `check_files` then finds any that are not."""
    from releases.models import Photo

    end = time.monotonic() + MAX_FINISH_SECONDS
    while Photo.objects.filter(renditions_ready=False).exists():
        if time.monotonic() > end:
            raise TimeoutError(f"renditions are not made within {MAX_FINISH_SECONDS:.0f} s")
        time.sleep(0.1)


def find_undecodable(first_pk: int) -> list[str]:
    """Return the files of photos and documents that can't be decoded, from this id on."""
    import pikepdf
    from django.core.files.storage import default_storage
    from PIL import Image

    from releases.models import Document, Photo

    faults = []
    for photo in Photo.objects.filter(pk__gte=first_pk):
        for path in photo.file_digests:
            try:
                with default_storage.open(path) as file, Image.open(file) as picture:
                    picture.load()
            except Exception as error:
                faults.append(f"{path}: {type(error).__name__}: {error}")
    for document in Document.objects.filter(pk__gte=first_pk):
        try:
            with default_storage.open(document.storage_path) as file, pikepdf.open(file) as pdf:
                if len(pdf.pages) != document.pages:
                    faults.append(f"{document.storage_path}: {len(pdf.pages)} pages, not {document.pages}")
        except Exception as error:
            faults.append(f"{document.storage_path}: {type(error).__name__}: {error}")
    return faults


def check_leftovers(_request: dict[str, Any]) -> dict[str, Any]:
    """Return how many files belong to no row, and those that are left after `upkeep` a week later."""
    import os

    from django.conf import settings
    from django.core.files.storage import default_storage
    from django.core.management import call_command

    files: Any = importlib.import_module("releases.verification.files")
    files.UPLOAD_TIME, upload_time = timedelta(0), files.UPLOAD_TIME
    try:
        before = list(files.find_file_faults("default", lambda *_: None))
        week_ago = time.time() - 7 * 24 * 3600
        for folder in (Path(default_storage.path("")), Path(settings.DATA_DIR, "unfinished-files")):
            for path in folder.rglob("*"):
                os.utime(path, (week_ago, week_ago))
        call_command("upkeep", stdout=open(os.devnull, "w"))  # noqa: SIM115
        return {"before": before, "after": list(files.find_file_faults("default", lambda *_: None))}
    finally:
        files.UPLOAD_TIME = upload_time


def cut_file(request: dict[str, Any]) -> dict[str, Any]:
    """Cut the last byte of an uploaded file, run the check, and repair the file: it must be noticed."""
    from django.core.files.storage import default_storage

    from releases.models import Photo

    photo = Photo.objects.latest("pk")
    path = Path(default_storage.path(f"{photo.storage_folder}/{photo.original}"))
    content = path.read_bytes()
    try:
        path.write_bytes(content[:-1])
        return check(request)
    finally:
        path.write_bytes(content)


def summarize(_request: dict[str, Any]) -> dict[str, Any]:
    """Return everything that an import or a migration must not change, and the faults of the newsroom."""
    import hashlib

    from releases.models import Release, ReleaseTag, Topic
    from releases.verification.live import find_live_faults

    columns = ("pk", "headline", "summary", "body", "slug", "language", "date", "status", "public_at")
    querysets: dict[str, Any] = {
        "releases": Release.objects.order_by("pk").values_list(*columns),
        "history": Release.history.order_by("history_id").values_list("history_id", "headline", "body"),
        "topics": Topic.objects.order_by("pk").values_list("pk", "name", "slug"),
        "assignments": ReleaseTag.objects.order_by("pk").values_list("content_object", "tag"),
    }
    digests = {
        name: hashlib.sha256(repr(list(rows)).encode()).hexdigest() for name, rows in querysets.items()
    }
    return {
        "imported": Release.objects.exclude(source_key=None).count(),
        "digests": digests,
        "faults": list(find_live_faults()),
    }


def main() -> None:
    import django
    from django.db import connections

    django.setup()
    requests = {
        "check": check,
        "leftovers": check_leftovers,
        "cut": cut_file,
        "summary": summarize,
    }
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = requests[request["request"]](request)
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        connections.close_all()  # an open connection would change how SQLite recovers
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
