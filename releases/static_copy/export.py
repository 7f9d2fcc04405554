"""Export the public site as static files: request each address from Django itself, and follow its links."""

import json
import re
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.template.loader import render_to_string
from django.utils import timezone, translation

from releases.static_copy.addresses import (
    get_not_found_addresses,
    get_search_addresses,
    get_start_addresses,
    is_exported,
)
from releases.static_copy.folder import Folder
from releases.static_copy.links import (
    find_absolute_links,
    find_css_links,
    get_address,
    get_file_path,
    get_link,
    rewrite_links,
)

# The content types that web servers send, or should send, for each file name extension.
CONTENT_TYPES = {
    ".html": ("text/html",),
    ".css": ("text/css",),
    ".js": ("text/javascript",),
    ".xml": ("application/xml", "application/rss+xml", "application/atom+xml"),
    ".json": ("application/feed+json",),
    ".txt": ("text/plain",),
    ".md": ("text/markdown",),
    ".ics": ("text/calendar",),
    ".pdf": ("application/pdf",),
    ".zip": ("application/zip",),
    ".jpg": ("image/jpeg",),
    ".png": ("image/png",),
    ".webp": ("image/webp",),
    ".avif": ("image/avif",),
    ".svg": ("image/svg+xml",),
    ".ico": ("image/x-icon",),
    ".woff2": ("font/woff2",),
}
# Nothing could end an alert in the copy.
ALERT = re.compile('<section class="alert".*?</section>', re.DOTALL)
# Nothing could search it.
SEARCH_FORM = re.compile('<form [^>]*role="search".*?</form>', re.DOTALL)
MAIN = re.compile(r'(<main id="main"[^>]*>).*?(</main>)', re.DOTALL)
SHARE_IMAGES = {"card.png", "photo-card.jpg"}
# Photos, documents, and the images and ZIP files with them.
STORED_FILE = re.compile(r"/photos/.*|.*\.(?:jpg|pdf|zip)")
LAST_EXPORT = "last-static-copy.json"  # in DATA_DIR
BYTE_ORDER_MARK = "\ufeff".encode()


class DatabaseUnavailable(Exception):
    """Raised when the newsroom answers that its database or its disk can't be used."""


@dataclass
class Response:
    """What the newsroom answers: the content type without parameters, and the target of a redirect."""

    status: int
    content_type: str
    location: str
    content: bytes


@dataclass
class Result:
    """What an export did. `problems` are sentences about links that lead nowhere and pages that failed."""

    pages: int = 0
    files: int = 0
    bytes: int = 0
    written: int = 0
    deleted: int = 0
    problems: list[str] = field(default_factory=list)


def export_site(root: Path, show_progress: Callable[[int], None] = lambda count: None) -> Result:
    """Write the public site to the folder `root`. `show_progress` is called with the number of files.

    Raises UnusableFolder, DatabaseUnavailable or OSError. Nothing is deleted then, and the next export
    continues.
    """
    with Folder.open(root) as folder, translation.override(translation.get_language()):
        export = Export(folder)
        export.add(get_start_addresses())
        export.add(folder.previous.values())  # an old address works as long as it does on the site itself
        while export.queue:
            export.export(export.queue.popleft())
            show_progress(len(folder.current))
        result = export.result
        result.problems.sort()
        result.files, result.bytes = len(folder.current), folder.bytes
        folder.finish(
            pages=result.pages, bytes=result.bytes, problems=len(result.problems), site=settings.SITE_URL
        )
        result.written, result.deleted = folder.written, folder.deleted
    write_last_export(root, result)
    return result


def write_last_export(root: Path, result: Result) -> None:
    """Record in DATA_DIR where and when the copy was written, so that its age can be checked."""
    last = {"folder": str(root), "finished": timezone.now().isoformat(timespec="seconds")}
    counts = {"pages": result.pages, "files": result.files, "problems": len(result.problems)}
    Path(settings.DATA_DIR, LAST_EXPORT).write_text(json.dumps(last | counts))


class Export:
    """One export. `sources` are all known addresses, each with one that links to it, or ""."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.result = Result()
        self.sources: dict[str, str] = {}
        self.queue: deque[str] = deque()
        self.unchanged_pages: set[str] = set()
        self.handler = WSGIHandler()
        self.not_found_addresses = get_not_found_addresses()
        self.search_addresses = get_search_addresses()

    def add(self, addresses: Iterable[str], source: str = "") -> None:
        """Add the addresses that `source` links to, in a fixed order."""
        for address in sorted(set(addresses)):
            if address not in self.sources:
                self.queue.append(address)
            self.sources[address] = self.sources.get(address) or source

    def export(self, address: str) -> None:
        """Write what is at `address`, and add what it links to."""
        path = get_file_path(address) if is_exported(address) else ""
        if self.is_unchanged_image(address) and self.folder.keep(path):
            return
        response = self.get_response(address) if path else Response(404, "", "", b"")
        if response.status >= 500:
            # Other files than photos could contain what was removed from the release.
            if address.startswith("/photos/") or not STORED_FILE.fullmatch(address):
                for previous in [path for path, each in self.folder.previous.items() if each == address]:
                    self.folder.keep(previous)
            self.report(address, f"answered {response.status}")
        elif response.status in (301, 302):
            self.write_redirect(address, path, response.location)
        elif response.status in (200, 410) or address in self.not_found_addresses:
            self.write(address, path, response)
        elif self.sources[address]:
            self.report(address, "leads nowhere")

    def is_unchanged_image(self, address: str) -> bool:
        """Return whether `address` is the share image of a release whose page has not changed.

        The image shows only what the page shows or names, and takes about ten times as long to render.
        """
        page, _, name = address.rpartition("/")
        return name in SHARE_IMAGES and f"{page}/" in self.unchanged_pages and self.folder.last_is_complete

    def report(self, address: str, problem: str) -> None:
        source = self.sources[address]
        self.result.problems.append(f"{address} {problem}" + (f". {source} links to it." if source else "."))

    def get_response(self, address: str) -> Response:
        """Request `address` from Django as a visitor without cookies would. Raises DatabaseUnavailable."""
        path, _, query = address.partition("?")
        site = urlsplit(settings.SITE_URL)
        environ: dict[str, Any] = {
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "HTTP_HOST": site.netloc,
            "wsgi.url_scheme": site.scheme,
        }
        setup_testing_defaults(environ)
        started: dict[str, Any] = {}

        def start_response(status: str, headers: list[tuple[str, str]], *_error: Any) -> None:
            started.update(status=int(status[:3]), headers=dict(headers))

        response: Any = self.handler(environ, start_response)  # type: ignore[arg-type]
        try:
            content = b"".join(response)
        finally:
            response.close()
        if started["status"] == 503 and not STORED_FILE.fullmatch(path):
            raise DatabaseUnavailable
        headers = started["headers"]
        content_type = headers.get("Content-Type", "").partition(";")[0]
        return Response(started["status"], content_type, headers.get("Location", ""), content)

    def write(self, address: str, path: str, response: Response) -> None:
        content = response.content
        suffix = PurePosixPath(path).suffix
        if response.content_type not in CONTENT_TYPES.get(suffix, ()):
            self.report(address, f"is {response.content_type}, which the name “{suffix}” doesn't say")
        if suffix == ".html":
            content = self.prepare_page(address, content.decode()).encode()
        elif suffix == ".css":
            self.add(find_css_links(content.decode(), address), address)
        elif suffix in (".xml", ".json"):
            self.add(find_absolute_links(content.decode()), address)
        elif suffix in (".txt", ".md") and not content.isascii():
            content = BYTE_ORDER_MARK + content  # many web servers send no charset
        is_changed = self.folder.write(path, address, content)
        if suffix == ".html" and response.status == 200 and not is_changed:
            self.unchanged_pages.add(address)
        if suffix in (".xml", ".json") and address.endswith("/"):
            # For web servers that serve only an index.html at the address of a folder.
            page = f"{path.rpartition('/')[0]}/index.html"
            self.folder.write(page, address, build_redirect_page(address))

    def prepare_page(self, address: str, html: str) -> str:
        """Return the page `html` as it is in the copy, and add its links."""
        self.result.pages += 1
        if language := self.search_addresses.get(address):
            with translation.override(language):
                text = render_to_string("releases/_static_copy_search.html")
            html = MAIN.sub(lambda match: f"{match[1]}{text}{match[2]}", html)
        html, links = rewrite_links(SEARCH_FORM.sub("", ALERT.sub("", html)), address)
        self.add(links, address)
        return html

    def write_redirect(self, address: str, path: str, location: str) -> None:
        """Write a page that leads to `location`; for a file, a copy of the file that is there."""
        target = get_address(location, address)
        if target is None:
            self.report(address, "redirects to another site")
            return
        self.add([target], address)
        if get_file_path(target) == path:  # only a slash was missing
            return
        if PurePosixPath(path).name == "index.html":
            self.folder.write(path, address, build_redirect_page(target))
            return
        response = self.get_response(target)
        if response.status == 200:
            self.write(address, path, response)


def build_redirect_page(address: str) -> bytes:
    """Return a page that leads browsers to `address`, as a redirect would."""
    context = {"url": get_link(address), "canonical": f"{settings.SITE_URL}{address}"}
    return render_to_string("releases/static_copy_redirect.html", context).encode()
