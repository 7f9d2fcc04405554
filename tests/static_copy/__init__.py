"""A plain web server for static copies, and a crawler that finds their broken links."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urldefrag, urljoin
from urllib.request import urlopen

from django.conf import settings

from releases.actions.publication import change_slug
from releases.actions.topics import merge_topics
from tests.factories import (
    EVENT_FIELDS,
    attachment_data,
    make_contact,
    make_document,
    make_photo,
    make_release,
    make_topic,
    make_user,
    make_withdrawn,
    photo_entry,
)


def make_site() -> None:
    """Create a site with everything that a copy has to contain, in both languages."""
    user = make_user("ana")
    old_topic, topic = make_topic("Evictions", "Desalojos"), make_topic("Housing", "Vivienda")
    for language in ("en", "es"):
        for number in range(11):
            make_release(language=language, slug=f"statement-{number}", kind="statement", topics=(topic,))
        fields = {
            "body": "<p>Text.</p>",
            "photos": [photo_entry(make_photo()), photo_entry(make_photo(), is_lead=True)],
            "attachments": [attachment_data(make_document(), language=language)],
        }
        release = make_release(
            language=language, slug="first-slug", topics=(old_topic,), **fields, **EVENT_FIELDS
        )
        change_slug(release, user=user, slug="full-release")
        make_release(
            language=language,
            slug="notice",
            kind="service_notice",
            valid_until=date(2090, 1, 1),
            date=date.today(),
        )
        make_withdrawn(language=language, slug="gone", withdrawal_reason="A name was wrong.")
    portrait = make_photo(
        press_kit_category="portrait", label="Ana Ruiz", label_es="Ana Ruiz", credit="Luis Paz"
    )
    make_contact(show_on_press_page=True, portrait=portrait)
    merge_topics(old_topic, into=topic, user=user)


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve `folder` as `python -m http.server` does, and yield the URL."""

    def make_handler(*args):
        return QuietHandler(*args, directory=str(folder))

    server = ThreadingHTTPServer(("127.0.0.1", 0), make_handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class LinkParser(HTMLParser):
    """Collects the links of a page, also those that only browsers follow."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.ids.add(attributes.get("id", ""))
        self.links += [attributes[name] for name in ("href", "src", "data-copy-url") if attributes.get(name)]
        self.links += [part.split()[0] for part in attributes.get("srcset", "").split(", ") if part]
        content = attributes.get("content") or ""
        self.links += [content.partition("url=")[2]] if attributes.get("http-equiv") == "refresh" else []
        self.links += [content] if content.startswith(settings.SITE_URL) else []


def crawl(site_url: str) -> tuple[dict[str, str], list[str]]:
    """Follow all links from the home pages, the sitemap and the 404 page.

    Return the content type of each URL path, and the broken links.
    """
    queue = [("/", "/"), ("/es/", "/"), ("/404.html", "/"), ("/es/404.html", "/")]
    content_types: dict[str, str] = {}
    ids: dict[str, set[str]] = {}
    fragments, broken = [], []
    while queue:
        path, source = queue.pop()
        if path in content_types:
            continue
        try:
            with urlopen(f"{site_url}{path}") as response:
                content_types[path], content = response.headers["Content-Type"], response.read()
        except HTTPError as error:
            content_types[path] = ""
            broken.append(f"{path} on {source}: {error}")
            continue
        if content_types[path] != "text/html":
            continue
        parser = LinkParser()
        parser.feed(content.decode())
        ids[path] = parser.ids
        for link in parser.links:
            url, fragment = urldefrag(urljoin(f"{site_url}{path}", link))
            url = url.replace(settings.SITE_URL, site_url, 1)
            if url.startswith(f"{site_url}/"):
                queue.append((url.removeprefix(site_url), path))
                fragments.append((url.removeprefix(site_url), fragment, path))
    broken += [
        f"{path}#{fragment} on {source}"
        for path, fragment, source in fragments
        if fragment and fragment not in ids.get(path, {fragment})
    ]
    return content_types, broken
