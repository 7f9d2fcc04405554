"""Check every kind of page with standard tools: `python -m tests.check_pages`, or `make check-pages`.

It runs the newsroom with the sample and one page of each kind, in both languages. The tools are the W3C's
checker (vnu: HTML and the stylesheet), axe (light and dark, 320 and 1280 px, and 400 % zoom), Lighthouse
(phone and desktop), and feedparser. They come from npm into `.venv/checkers`. If one cannot be installed, the
check says so and fails.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import feedparser
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from benchmarks.publish_latency import run_empty_newsroom
from tests.browser import find_chromium

CHECKERS_DIR = Path(sys.prefix) / "checkers"
NPM_PACKAGES = ["lighthouse@12", "vnu-jar"]
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LIGHTHOUSE_CATEGORIES = ["performance", "accessibility", "best-practices", "seo"]
# For Lighthouse; the other tools check every page.
LIGHTHOUSE_SPANISH_PAGES = ("list es", "current notice es", "notices es", "topic es")
# Pages that are not indexed, on purpose. Lighthouse reports this as an error.
NOINDEX_PAGES = ("search", "found", "nothing found")
AXE_RULE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


# The paths of the lists, in English and in Spanish.
LIST_PATHS = {
    "search": "buscar",
    "notices": "avisos",
    "topics": "temas",
    "archive": "archivo",
    "follow": "seguir",
    "privacy": "privacidad",
    "for-the-press": "para-la-prensa",
    "in-the-news": "en-los-medios",
}


def create_releases_of_each_kind(
    language: str, topic: Any, contact: Any, organization: Any
) -> dict[str, Any]:
    """Create releases that differ in what their pages show, and a second page of the list."""
    from django.utils import timezone

    from releases.models import Coverage
    from tests.factories import make_document, make_photo, make_release, make_withdrawn, photo_entry

    now = timezone.now()
    common: dict[str, Any] = {"language": language, "topics": (topic,)}
    notice = {"kind": "service_notice", **common}
    current = make_release(
        slug="current", date=now.date(), public_at=now, valid_until=now.date() + timedelta(days=30), **notice
    )
    expired = make_release(slug="over", valid_until=date(2016, 1, 1), current_notice=current, **notice)
    corrected = make_release(
        slug="corrected",
        corrected_at=now,
        body="<h2>Part</h2><p>Text.</p><ul><li><p>One</p></li></ul>",
        **common,
    )
    corrected.corrections.create(kind="correction", note="The day was wrong.", created_at=now)
    long = make_release(
        slug="long", headline=("Organizations and Families Ask for Answers " * 8)[:300], body="", **common
    )
    withdrawn = make_withdrawn(slug="gone", language=language)
    cases = {
        "current notice": current,
        "notice that ran out": expired,
        "corrected": corrected,
        "long headline": long,
        "410": withdrawn,
    }
    photos = [photo_entry(make_photo(), caption="A caption.", credit="Ana Ruiz") for _number in range(4)]
    photos[1] |= {"is_lead": True, "focus": [30, 20]}
    quote = "<blockquote><p>We will not leave.</p><p>— Ana Ruiz, director</p></blockquote>"
    event = {
        "event_at": now + timedelta(days=9),
        "event_place": "City Hall",
        "event_who": "Ana Ruiz",
        "event_visuals": "Banners",
    }
    attachments = [{"document": make_document().pk, "title": "Fact sheet", "language": "es"}]
    people = {"contacts": [contact.pk], "signers": [organization.pk]}
    all_fields = {**people, "boilerplate": "For more than 40 years.", **event, **common}
    full = make_release(
        slug="full", date=now.date(), body=quote, photos=photos, attachments=attachments, **all_fields
    )
    cases["full release"] = full
    Coverage.objects.create(
        release=full,
        outlet="La Opinión",
        headline="Familias celebran",
        url="https://example.org/",
        date=now.date(),
    )
    for number in range(12):
        make_release(slug=f"one-of-many-{number}", **common)
    return cases


def create_sample_pages() -> dict[str, str]:
    """Create the sample and one page of every kind. Return their paths by name."""
    from django.core.management import call_command

    from releases.models import MediaContact, Organization, Release, Topic
    from tests.factories import make_photo

    call_command("load_sample", verbosity=0)
    topic = Topic.objects.get(name="DACA")
    contact = MediaContact.objects.create(name="Ana Ruiz", phone="213-555-0101", show_on_press_page=True)
    organization = Organization.objects.create(name="CHIRLA", website="https://www.chirla.org/")
    make_photo(
        press_kit_category="logo",
        label="The logo of CARECEN",
        label_es="El logotipo de CARECEN",
        credit="CARECEN",
    )
    pages = {"404": "/nowhere/", "404 es": "/es/nada/"}
    for language, prefix in (("en", ""), ("es", "/es")):
        cases = create_releases_of_each_kind(language, topic, contact, organization)
        suffix = "" if language == "en" else " es"
        pages |= {f"{name}{suffix}": release.get_absolute_url() for name, release in cases.items()}
        lists = LIST_PATHS if language == "es" else dict(zip(LIST_PATHS, LIST_PATHS, strict=True))
        pages |= {f"{name}{suffix}": f"{prefix}/{url}/" for name, url in lists.items()}
        pages |= {
            f"list{suffix}": f"{prefix}/",
            f"page 2{suffix}": f"{prefix}/?page=2",
            f"kind{suffix}": f"{prefix}/?kind=service_notice",
            f"topic{suffix}": topic.get_absolute_url(language),
            f"year{suffix}": f"{prefix}/2015/",
            f"month{suffix}": f"{prefix}/2015/03/",
            f"found{suffix}": f"{prefix}/{lists['search']}/?q=ruling",
            f"nothing found{suffix}": f"{prefix}/{lists['search']}/?q=zebra",
        }
    sample = Release.objects.filter(date=date(2014, 11, 20))
    return pages | {f"sample {release.language}": release.get_absolute_url() for release in sample}


def fetch(url: str) -> bytes:
    """Return the body of the response from `url`, whatever its status."""
    try:
        with urlopen(Request(url)) as response:
            return bytes(response.read())
    except HTTPError as response:
        return response.read()


def check_html(base: str, pages: dict[str, str], folder: Path) -> Iterator[str]:
    jar = CHECKERS_DIR / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    for name, url in pages.items():
        (folder / f"{name.replace(' ', '_')}.html").write_bytes(fetch(base + url))
    shutil.copy(Path(__file__).resolve().parent.parent / "static" / "css" / "newsroom.css", folder)
    command = ["java", "-jar", str(jar), "--format", "json", "--also-check-css", str(folder)]
    report = json.loads(subprocess.run(command, capture_output=True, text=True).stderr or "{}")
    for message in report["messages"]:
        yield f"{Path(message['url']).name}:{message.get('lastLine', '')} {message['message']}"


def check_accessibility(base: str, pages: dict[str, str]) -> Iterator[str]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_FLAGS)
        # 400 % zoom of a window of 1280 × 1024 is a viewport of 320 × 256 with a device scale factor of 4.
        for scheme, width, height, scale in [
            (s, w, 800, 1) for s in ("light", "dark") for w in (320, 1280)
        ] + [("light", 320, 256, 4)]:
            context = browser.new_context(
                bypass_csp=True,
                color_scheme=scheme,
                viewport={"width": width, "height": height},
                device_scale_factor=scale,
            )
            page = context.new_page()
            for name, url in pages.items():
                page.goto(base + url)
                for violation in Axe().run(page, options={"runOnly": AXE_RULE_TAGS}).response["violations"]:
                    yield (
                        f"{name}, {scheme}, {width} px × {scale}: {violation['id']}: "
                        f"{violation['nodes'][0]['html'][:120]}"
                    )
                if page.evaluate("document.documentElement.scrollWidth") > width:
                    yield f"{name}, {width} px: it scrolls sideways"
            context.close()
        browser.close()


def run_lighthouse(base: str, pages: dict[str, str]) -> Iterator[tuple[str, list[int], list[str]]]:
    """Yield the four scores of Lighthouse for each page and device, and the audits that kept one from 100.

    Error pages are left out, because Lighthouse does not accept them.
    """
    program = CHECKERS_DIR / "node_modules" / ".bin" / "lighthouse"
    for name in [
        name
        for name in pages
        if not name.startswith(("404", "410"))
        and (not name.endswith(" es") or name in LIGHTHOUSE_SPANISH_PAGES)
    ]:
        for device in ("phone", "desktop"):
            command = [
                str(program),
                base + pages[name],
                "--output=json",
                "--quiet",
                f"--only-categories={','.join(LIGHTHOUSE_CATEGORIES)}",
            ]
            command += [
                f"--chrome-flags=--headless=new {' '.join(CHROMIUM_FLAGS)}",
                *(["--preset=desktop"] if device == "desktop" else []),
            ]
            with tempfile.NamedTemporaryFile(suffix=".json") as file:  # the standard output may be truncated
                command.append(f"--output-path={file.name}")
                subprocess.run(
                    command, capture_output=True, env=os.environ | {"CHROME_PATH": str(find_chromium())}
                )
                report = json.loads(Path(file.name).read_text())
            scores = [
                round(100 * (report["categories"][category]["score"] or 0))
                for category in LIGHTHOUSE_CATEGORIES
            ]
            weights = {
                ref["id"]
                for category in LIGHTHOUSE_CATEGORIES
                for ref in report["categories"][category]["auditRefs"]
                if ref["weight"]
            }
            failed = [
                audit["id"]
                for audit in report["audits"].values()
                if audit["id"] in weights and audit["score"] not in (1, None)
            ]
            if name in NOINDEX_PAGES and failed == ["is-crawlable"]:
                scores[LIGHTHOUSE_CATEGORIES.index("seo")], failed = 100, ["not kept, on purpose"]
            yield f"{name}, {device}", scores, failed


def check_feeds(base: str) -> Iterator[str]:
    for url in (
        "/feed/",
        "/feed/atom/",
        "/es/feed/",
        "/es/feed/atom/",
        "/topics/daca/feed/",
        "/es/temas/daca/feed/atom/",
    ):
        feed = feedparser.parse(fetch(base + url))
        if feed.bozo or not feed.entries:
            yield f"{url}: {feed.get('bozo_exception', 'no entries')}"


def get_missing_tools() -> list[str]:
    """Return what the check needs and this machine does not have, after trying to install it."""
    missing = [f"{name}, from your system" for name in ("node", "npm", "java") if not shutil.which(name)]
    if find_chromium() is None:
        missing.append("chromium, from your system")
    if not missing and not (CHECKERS_DIR / "node_modules" / ".bin" / "lighthouse").exists():
        CHECKERS_DIR.mkdir(exist_ok=True)
        install = [
            "npm",
            "install",
            "--no-audit",
            "--no-fund",
            "--silent",
            "--prefix",
            str(CHECKERS_DIR),
            *NPM_PACKAGES,
        ]
        if subprocess.run(install).returncode:
            missing.append(f"{' and '.join(NPM_PACKAGES)}, which npm could not install")
    return missing


def main() -> int:
    if missing := get_missing_tools():
        print("*** NOT CHECKED. What is missing:", *missing, sep="\n    ", file=sys.stderr)
        return 1
    errors: list[str] = []
    with run_empty_newsroom() as port, tempfile.TemporaryDirectory() as folder:
        base = f"http://127.0.0.1:{port}"
        pages = create_sample_pages()
        for title, category_errors in (
            ("HTML and CSS (vnu)", check_html(base, pages, Path(folder))),
            ("accessibility (axe)", check_accessibility(base, pages)),
            ("feeds (feedparser)", check_feeds(base)),
        ):
            found_errors = list(category_errors)
            print(
                f"{title}: {len(found_errors)} faults on {len(pages)} pages",
                *found_errors,
                sep="\n    ",
                flush=True,
            )
            errors += found_errors
        print("Lighthouse: performance, accessibility, best practices, search engines")
        for name, found_scores, low in run_lighthouse(base, pages):
            print(
                f"    {name:28}", *(f"{score:4}" for score in found_scores), " ", ", ".join(low), flush=True
            )
            errors += [f"{name}: {found_scores}"] if found_scores != [100] * 4 else []
    print(f"{len(errors)} faults." if errors else "Nothing to mend.")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
