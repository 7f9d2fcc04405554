"""Editors who write until the newsroom is killed, and record which writes it acknowledged."""

import io
import random
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pikepdf
from PIL import Image

from tests.faults.editor import Answer, Editor, Fields, get_fields, type_words

MAX_FILES = 12  # of one release
REFUSED = (429, 503)  # the newsroom is busy, and says that nothing was saved
State = dict[str, Any]
NEW_RELEASE: State = {
    "status": "draft",
    "revision": None,
    "revision_topics": [],
    "autosave": None,
    "photos": [],
    "attachments": [],
}


class ServerGone(Exception):
    """A request got no answer."""


@dataclass
class Record:
    """A row that one client writes, and the states that it may have: several after an unanswered request.

    A state has the fields of `kill_checker.read_release`, or of `read_named` for topics and contacts. None
    means that the row doesn't exist. Fields with text have the unique words that the client typed.
    """

    model: str
    key: str  # the words of the first version
    states: list[State | None]
    history: list[str] = field(default_factory=list)  # acknowledged words that the history must have
    pk: int = 0
    is_checked: bool = True  # whether nothing happened since the last check
    past: list[str] = field(default_factory=list)  # words that no reader may see any more

    @property
    def state(self) -> State:
        """Return the only state that the row may have."""
        (state,) = self.states
        assert state is not None
        return state

    @property
    def is_certain(self) -> bool:
        return len(self.states) == 1 and self.states[0] is not None

    def to_json(self) -> dict[str, Any]:
        return {
            "model": self.model,
            "key": self.key,
            "states": self.states,
            "history": self.history,
            "pk": self.pk,
        }


def make_words() -> str:
    return uuid.uuid4().hex[:12]


def make_picture(width: int) -> bytes:
    """Return a JPEG file of this width."""
    noise = Image.effect_noise((width // 4, 100), 60).resize((width, 400)).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "JPEG", quality=85)
    return out.getvalue()


def make_document(pages: int) -> bytes:
    """Return a PDF file with this number of pages."""
    pdf, out = pikepdf.new(), io.BytesIO()
    for _number in range(pages):
        pdf.add_blank_page()
    pdf.save(out)
    return out.getvalue()


class Client:
    """A client that writes its own rows, one random request after the other."""

    def __init__(self, port: int, username: str, topics: dict[str, int], *, with_files: bool) -> None:
        self.editor = Editor(port, username)
        self.topics = topics  # ids by English name
        self.records: list[Record] = []
        self.errors: list[str] = []
        self.acknowledged = 0
        self.refused = 0
        self.may_refuse_saved = False  # after a commit without an answer of the database
        self.random = random.Random(username)
        kinds: dict[Callable[[], None], int] = {
            self.create: 3,
            self.change: 6,
            self.autosave: 3,
            self.act: 6,
            self.add_topic: 1,
            self.add_contact: 1,
        }
        if with_files:
            kinds = {self.create: 1, self.change: 1, self.upload: 8}
        self.actions = [action for action, weight in kinds.items() for _number in range(weight)]

    def work(self, stopped: threading.Event) -> None:
        """Write until `stopped` or until there is no answer."""
        try:
            while not stopped.is_set():
                self.random.choice(self.actions)()
        except ServerGone:
            pass
        except Exception as error:
            self.errors.append(f"{type(error).__name__}: {error}"[:300])

    # --- Requests ----------------------------------------------------------------------------------------

    def open(self, path: str) -> Answer | None:
        """Return a page of the admin, or None while the newsroom refuses."""
        answer = self.editor.send("open form", "GET", path)
        if not answer.status:
            raise ServerGone
        if answer.status in REFUSED:
            self.refused += 1
            time.sleep(0.1)
            return None
        if answer.status != 200:
            raise RuntimeError(f"{path} was answered with {answer.status} {answer.location}")
        return answer

    def settle(self, record: Record, answer: Answer, new: State, words: str = "") -> None:
        """Record what the answer says about the state of the row."""
        record.is_checked = False
        is_saved = answer.status == 302 or (answer.action == "autosave" and answer.status == 200)
        if is_saved and "/login/" not in answer.location:
            record.states = [new]
            record.history += [words] if words else []
            self.acknowledged += 1
        elif answer.status == 0 or (answer.status in REFUSED and self.may_refuse_saved):
            record.states.append(new)
        elif answer.status in REFUSED:
            self.refused += 1
        else:
            place = answer.location or answer.body[:200]
            raise RuntimeError(f"{answer.action} was answered with {answer.status}: {place}")
        if not answer.status:
            raise ServerGone

    def choose(self, fits: Callable[[State], bool], model: str = "release") -> Record | None:
        """Return one of the newest rows with a known state that `fits`."""
        known = [record for record in self.records if record.model == model and record.is_certain]
        found = [record for record in known if fits(record.state)][-12:]
        return self.random.choice(found) if found else None

    def choose_topics(self, fields: Fields) -> list[str]:
        """Choose topics in the form, sometimes a new one. Return their names."""
        names = self.random.sample(sorted(self.topics), self.random.randint(0, 2))
        fields["tags"] = [self.topics[name] for name in names]
        if self.random.random() < 0.2:
            name = f"Topic {make_words()}"
            fields |= {"new_topic": name, "new_topic_es": f"{name} es"}
            names.append(name)
        return sorted(names)

    # --- Releases ----------------------------------------------------------------------------------------

    def create(self) -> None:
        page = self.open("/admin/releases/release/add/")
        if not page:
            return
        words = make_words()
        fields = get_fields(page, "headline") | type_words(words) | {"_continue": "1"}
        topics = self.choose_topics(fields)
        record = Record("release", words, [None])
        self.records.append(record)
        answer = self.editor.post("create", "/admin/releases/release/add/", fields)
        self.settle(record, answer, NEW_RELEASE | {"text": words, "topics": topics}, words)
        if record.is_certain:
            record.pk = int(answer.location.split("/")[-3])

    def change(self) -> None:
        record = self.choose(lambda state: state["status"] != "withdrawn" and not state["autosave"])
        page = self.open(f"/admin/releases/release/{record.pk}/change/") if record else None
        if not record or not page:
            return
        words = make_words()
        fields = get_fields(page, "headline") | type_words(words) | {"_continue": "1"}
        topics = self.choose_topics(fields)
        if record.state["status"] == "public":
            new = record.state | {"revision": words, "revision_topics": topics}
        else:
            new = record.state | {"text": words, "topics": topics}
        answer = self.editor.post("change", f"/admin/releases/release/{record.pk}/change/", fields)
        self.settle(record, answer, new, words)

    def autosave(self) -> None:
        record = self.choose(lambda state: state["status"] == "draft")
        page = self.open(f"/admin/releases/release/{record.pk}/change/") if record else None
        if not record or not page:
            return
        words = make_words()
        fields = get_fields(page, "headline") | type_words(words)
        fields |= {"client_id": str(uuid.uuid4()), "sequence": len(record.history) + 1, "release": record.pk}
        fields["sequence"] = int(datetime.now(UTC).timestamp() * 1000)
        answer = self.editor.post("autosave", "/admin/releases/release/autosave/", fields)
        self.settle(record, answer, record.state | {"autosave": words})

    def act(self) -> None:
        """Publish, schedule, return to draft, withdraw, publish again, or publish a change."""
        record = self.choose(lambda state: not state["autosave"])
        if not record:
            return
        state = record.state
        later = (datetime.now(UTC) + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M")
        at_once: Fields = {"when": "at once"}
        actions: dict[str, list[tuple[str, Fields, State]]] = {
            "draft": [
                ("publish", at_once, {"status": "public"}),
                ("publish", {"when": "later", "at": later}, {"status": "scheduled"}),
            ],
            "scheduled": [("return-to-draft", {}, {"status": "draft"})],
            "public": [("withdraw", {"reason": f"An error {make_words()}."}, {"status": "withdrawn"})],
            "withdrawn": [("republish", {}, {"status": "public"})],
        }
        published = {"text": state["revision"], "topics": state["revision_topics"]}
        change = published | {"revision": None, "revision_topics": []}
        if state["status"] == "public" and state["revision"]:
            actions["public"] = [("publish-revision", at_once | {"kind": "typo"}, change)]
        path, values, changes = self.random.choice(actions[state["status"]])
        path = f"/admin/releases/release/{record.pk}/{path}/"
        if page := self.open(path):
            if path.endswith("/publish-revision/"):
                record.past.append(state["text"])
            answer = self.editor.post("act", path, get_fields(page, "edit_token") | values)
            self.settle(record, answer, state | changes)

    # --- Other rows and files ----------------------------------------------------------------------------

    def add_topic(self) -> None:
        self.add("topic", "name", lambda words: {"name": f"Topic {words}", "name_es": f"Tema {words}"})

    def add_contact(self) -> None:
        self.add("mediacontact", "name", lambda words: {"name": f"Contact {words}", "phone": "213-555-0100"})

    def add(self, model: str, field: str, build_fields: Callable[[str], Fields]) -> None:
        """Send the form that adds a topic or a contact."""
        path, words = f"/admin/releases/{model}/add/", make_words()
        if page := self.open(path):
            record = Record(model, words, [None])
            self.records.append(record)
            answer = self.editor.post("add", path, get_fields(page, field) | build_fields(words))
            self.settle(record, answer, {"text": words}, words)

    def upload(self) -> None:
        """Add a photo or a document to a draft. Its width or its number of pages identifies it."""
        record = self.choose(lambda state: len(state["photos"]) + len(state["attachments"]) < MAX_FILES)
        if not record:
            self.create()
            return
        page = self.open(f"/admin/releases/release/{record.pk}/photos/")
        if not page:
            return
        page.draft, number = record.pk, self.random.randint(1, 300)
        if self.random.random() < 0.6:
            name, field, file, change = (
                "a.jpg",
                "pictures",
                make_picture(700 + number),
                {"photos": 700 + number},
            )
        else:
            name, field, file, change = "a.pdf", "documents", make_document(number), {"attachments": number}
        ((kind, value),) = change.items()
        answer = self.editor.upload(page, name, file, field)
        self.settle(record, answer, record.state | {kind: [*record.state[kind], value]})
