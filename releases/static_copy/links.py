"""Links in public pages and files, and the file of the static copy that each address is written to."""

import re
from functools import cache
from html import escape, unescape
from pathlib import PurePosixPath
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils import translation

from releases.text.choices import Language

# All HTML of the newsroom has double quotes around attributes. A parser would change more than the links.
TAG = re.compile(r"""<[a-zA-Z](?:[^>"']|"[^"]*"|'[^']*')*>""")
ATTRIBUTE = re.compile(r'(?<=\s)(href|src|srcset|action|data-copy-url|content)="([^"]*)"')
CSS_URL = re.compile(r"""url\(\s*["']?([^"')]+)""")
MAX_NAME_LENGTH = 200  # bytes; most file systems allow 255
# The query parameters that select a list. Others, such as those of a search, change nothing in the copy.
LIST_PARAMETERS = {"kind": re.compile("[a-z_]{1,40}"), "page": re.compile("[0-9]{1,9}")}


def get_address(link: str, base: str) -> str | None:
    """Return the address that `link` on the page at `base` leads to, or None if it leads to another site.

    An address is a path, perhaps with the parameters in LIST_PARAMETERS.
    """
    try:
        parts = urlsplit(urljoin(f"{settings.SITE_URL}{base}", link.strip()))
    except ValueError:
        return None
    if f"{parts.scheme}://{parts.netloc}" != settings.SITE_URL:
        return None
    values = parse_qs(parts.query)
    query = "&".join(
        f"{name}={values[name][0]}"
        for name, pattern in LIST_PARAMETERS.items()
        if name in values and pattern.fullmatch(values[name][0])
    )
    return f"{parts.path or '/'}?{query}".rstrip("?")


def get_file_path(address: str) -> str:
    """Return the path of the file for `address`, or "" if the address can't be the name of a file.

    A list with parameters has a folder for each: `/?kind=statement&page=2` is in `kind=statement/page=2/`.
    No other address contains “=”.
    """
    path, _, query = address.partition("?")
    path = unquote(path).lstrip("/")
    if query:
        path = f"{path}/{query.replace('&', '/')}/".lstrip("/").replace("//", "/")
    if any(
        part in {".", ".."} or "\0" in part or len(part.encode()) > MAX_NAME_LENGTH
        for part in path.split("/")
    ):
        return ""
    if feed_format := _get_feed_format(f"/{path}"):
        return f"{path}index.json" if feed_format == "json" else f"{path}index.xml"
    if PurePosixPath(path).suffix and not path.endswith("/"):
        return path
    return f"{path.rstrip('/')}/index.html".lstrip("/")


@cache
def _get_feed_format(path: str) -> str:
    """Return the format of the feed at `path`, or "" if it is not a feed."""
    if "/feed/" not in path:
        return ""
    with translation.override(Language.SPANISH if path.startswith("/es/") else Language.ENGLISH):
        try:
            return str(resolve(path).kwargs.get("format_name", ""))
        except Resolver404:
            return ""


def get_link(address: str) -> str:
    """Return the path under which a plain web server serves the file for `address`."""
    path = get_file_path(address)
    return f"/{path.removesuffix('index.html')}" if path else address


def rewrite_links(html: str, address: str) -> tuple[str, set[str]]:
    """Return the page `html` with links that work in the copy, and the addresses that it links to.

    Links with a scheme and host, such as canonical URLs, stay as they are.
    """
    found: set[str] = set()

    def rewrite_attribute(match: re.Match[str]) -> str:
        name, value = match[1], unescape(match[2])
        if name == "srcset":
            links = [part.split()[0] for part in value.split(",") if part.strip()]
            found.update(filter(None, (get_address(link, address) for link in links)))
            return match[0]
        target = get_address(value, address)
        if target is None or (name == "content" and not value.startswith(f"{settings.SITE_URL}/")):
            return match[0]
        found.add(target)
        link = get_link(target)
        if urlsplit(value).netloc or link == target or value.startswith("#"):
            return match[0]
        fragment = urlsplit(value).fragment
        return f'{name}="{escape(f"{link}#{fragment}" if fragment else link)}"'

    rewritten = TAG.sub(lambda tag: ATTRIBUTE.sub(rewrite_attribute, tag[0]), html)
    return rewritten, found


def find_css_links(css: str, address: str) -> set[str]:
    """Return the addresses of the files that a stylesheet loads."""
    return set(filter(None, (get_address(link, address) for link in CSS_URL.findall(css))))


def find_absolute_links(text: str) -> set[str]:
    """Return the addresses in a feed or sitemap. All their links have a scheme and host."""
    links = re.findall(rf"{re.escape(settings.SITE_URL)}/[^\s\"'<>\\]*", unescape(text))
    return set(filter(None, (get_address(unescape(link), "/") for link in links)))
