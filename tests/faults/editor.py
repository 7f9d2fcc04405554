"""An editor who uses the forms of the admin over HTTP, and records every answer."""

import html
import http.client
import json
import re
import time
import uuid
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

import lxml.html

PASSWORD = "a password for the fault tests"
TIMEOUT_SECONDS = 35.0
NOT_SAVED = re.compile(
    r"(not|n't)( yet)?( be| been)?( yet)? (saved|uploaded|added|stored)|nothing was (saved|uploaded|added)",
    re.IGNORECASE,
)

Fields = dict[str, Any]


@dataclass
class Answer:
    """What the editor got: the status (0 for no answer), the seconds, and what the text contains."""

    action: str
    status: int
    seconds: float
    body: str = ""
    is_json: bool = False
    typed: str = ""  # unique words that the editor typed
    draft: int = 0  # the draft that was to be saved
    location: str = ""  # of a redirect
    is_true: bool | None = None  # whether the draft has the words exactly if the answer says so

    @property
    def is_saved(self) -> bool:
        """Return whether the answer says that the request succeeded."""
        if self.action in ("save", "sign-in", "upload", "withdraw", "review"):
            return self.status == 302
        return self.status == 200

    @property
    def has_typed_words(self) -> bool:
        text = html.unescape(self.body)
        return all(f"{field} {self.typed}" in text for field in ("Headline", "Summary", "Body"))

    @property
    def was_refused_unread(self) -> bool:
        """Return whether the answer says that the form was refused before it was read, and is still open."""
        return "Go back: what you typed is still there" in html.unescape(self.body)

    @property
    def was_refused_in_form(self) -> bool:
        """Return whether the page of photos says that a photo could not be stored, and what to do."""
        return self.action == "upload" and "Try again in a few minutes" in html.unescape(self.body)

    @property
    def says_not_saved(self) -> bool:
        return bool(NOT_SAVED.search(html.unescape(self.body).replace("’", "'")))


class Editor:
    """A client with the cookies of one editor. Each request uses a new connection, as after a pause."""

    def __init__(self, port: int, username: str = "editor") -> None:
        self.port = port
        self.username = username
        self.password = PASSWORD
        self.cookies: dict[str, str] = {}

    def send(
        self, action: str, method: str, path: str, body: bytes | None = None, content_type: str = ""
    ) -> Answer:
        """Send a request with the editor's cookies, and return the answer without following redirects."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers |= {"Content-Type": content_type, "Origin": f"http://127.0.0.1:{self.port}"}
        if action == "autosave":
            headers["Accept"] = "application/json"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_SECONDS)
        started = time.perf_counter()
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read().decode()
        except (OSError, http.client.HTTPException):
            return Answer(action, 0, time.perf_counter() - started)
        finally:
            connection.close()
        answer = Answer(action, response.status, time.perf_counter() - started, text)
        answer.location = response.headers.get("Location", "")
        for value in response.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(value).items()}
        if "json" in response.headers.get("Content-Type", ""):
            try:
                json.loads(text)
                answer.is_json = True
            except ValueError:
                pass
        return answer

    def post(self, action: str, path: str, fields: Fields) -> Answer:
        data = urlencode(fields, doseq=True).encode()
        return self.send(action, "POST", path, data, "application/x-www-form-urlencoded")

    def sign_in(self) -> Answer:
        """Open the login form and send it. Return the slower answer, or the first one that failed."""
        page = self.send("sign-in", "GET", "/admin/login/?next=/admin/")
        if page.status != 200:
            return page
        fields = get_fields(page, "username") | {"username": self.username, "password": self.password}
        answer = self.post("sign-in", "/admin/login/", fields)
        answer.seconds = max(answer.seconds, page.seconds)
        return answer

    def open_form(self, draft: int) -> Answer:
        answer = self.send("open form", "GET", f"/admin/releases/release/{draft}/change/")
        answer.draft = draft
        return answer

    def save(self, form: Answer) -> Answer:
        """Type new words into an opened form and save it."""
        typed = uuid.uuid4().hex[:12]
        fields = get_fields(form, "headline") | type_words(typed) | {"_continue": "1"}
        answer = self.post("save", f"/admin/releases/release/{form.draft}/change/", fields)
        answer.typed, answer.draft = typed, form.draft
        return answer

    def autosave(self, form: Answer) -> Answer:
        """Type new words into an opened form and let its script autosave them."""
        fields = get_fields(form, "headline") | type_words(uuid.uuid4().hex[:12])
        fields |= {"client_id": str(uuid.uuid4()), "sequence": time.time_ns() // 1_000_000}
        return self.post("autosave", "/admin/releases/release/autosave/", fields | {"release": form.draft})

    def upload(self, form: Answer, name: str, content: bytes, field: str = "pictures") -> Answer:
        """Upload a photo, or a PDF in the field `documents`, with the opened form of a draft."""
        boundary = uuid.uuid4().hex
        body = encode_multipart(boundary, get_fields(form, field), field, name, content)
        path = f"/admin/releases/release/{form.draft}/photos/"
        answer = self.send("upload", "POST", path, body, f"multipart/form-data; boundary={boundary}")
        answer.draft = form.draft
        return answer

    def open_photos(self, draft: int) -> Answer:
        answer = self.send("open photos", "GET", f"/admin/releases/release/{draft}/photos/")
        answer.draft = draft
        return answer

    def request_review(self, draft: int) -> Answer:
        path = f"/admin/releases/release/{draft}/request-review/"
        page = self.send("review", "GET", path)
        return self.post("review", path, get_fields(page, "text") | {"text": "Please."})

    def withdraw(self, release: int) -> Answer:
        path = f"/admin/releases/release/{release}/withdraw/"
        page = self.send("withdraw", "GET", path)
        if page.status != 200:
            return page
        return self.post("withdraw", path, get_fields(page, "reason") | {"reason": "It has an error."})


def type_words(typed: str) -> Fields:
    """Return fields of the release form with the unique words `typed`."""
    return {"headline": f"Headline {typed}", "summary": f"Summary {typed}", "body": f"<p>Body {typed}</p>"}


def encode_multipart(boundary: str, fields: Fields, file_field: str, name: str, content: bytes) -> bytes:
    """Return the body of a form with one file."""
    start = f'--{boundary}\r\nContent-Disposition: form-data; name="'
    lines = [f'{start}{key}"\r\n\r\n{value}\r\n' for key, values in fields.items() for value in values]
    lines.append(f'{start}{file_field}"; filename="{name}"\r\nContent-Type: application/octet-stream\r\n\r\n')
    return "".join(lines).encode() + content + f"\r\n--{boundary}--\r\n".encode()


def get_fields(page: Answer, name: str) -> Fields:
    """Return what a browser would submit for the form that has the field `name`, without its buttons."""
    for form in lxml.html.fromstring(page.body).forms:
        if name in form.fields:
            fields: Fields = {}
            for key, value in form.form_values():
                fields.setdefault(key, []).append(value)
            return fields
    raise LookupError(f"no form with the field {name}: HTTP {page.status}, {page.body[:200]}")
