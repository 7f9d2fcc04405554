"""Every kind of page before the checkers of the trade: `python -m tests.check_pages`, or `make check-pages`.

The running newsroom with the sample and one of each kind of page, in both languages, is looked at by the W3C's checker (vnu: HTML
and the style sheet), axe (light and dark, 320 and 1280 px, and 400 % zoom), Lighthouse (phone and desktop), and feedparser. The
checkers come from npm into `.venv/checkers`; what cannot be installed is said, and then the check has not passed.
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

from benchmarks.on_the_second import newsroom
from tests.browser import chromium

CHECKERS = Path(sys.prefix) / "checkers"
PACKAGES = ["lighthouse@12", "vnu-jar"]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
CATEGORIES = ["performance", "accessibility", "best-practices", "seo"]
IN_SPANISH = ("list es", "current notice es", "notices es", "topic es")  # for Lighthouse; the others look at every page
# Pages that search engines are told not to keep, on purpose; Lighthouse takes that for a fault.
NOT_KEPT = ("search", "found", "nothing found")
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def fill() -> dict[str, str]:
    """The sample, and one of every kind of page; their addresses by what they are."""
    from django.core.management import call_command
    from django.utils import timezone

    from releases.models import Coverage, MediaContact, Release, Topic
    from tests.builders import make_document, make_photo, make_release, make_withdrawn, shown

    call_command("load_sample", verbosity=0)
    now = timezone.now()
    topic = Topic.objects.get(name="DACA")
    contact = MediaContact.objects.create(name="Ana Ruiz", phone="213-555-0101", is_for_the_press_page=True)
    make_photo(shelf="logo", label="The logo of CARECEN", label_es="El logotipo de CARECEN", credit="CARECEN")
    pages = {"404": "/nowhere/", "404 es": "/es/nada/"}
    for language, prefix in (("en", ""), ("es", "/es")):
        words: dict[str, Any] = {"language": language, "topics": (topic,)}
        notice = {"kind": "service_notice", **words}
        current = make_release(slug="current", date=now.date(), public_at=now, valid_until=now.date() + timedelta(days=30), **notice)
        over = make_release(slug="over", valid_until=date(2016, 1, 1), current_notice=current, **notice)
        corrected = make_release(slug="corrected", corrected_at=now, body="<h2>Part</h2><p>Text.</p><ul><li><p>One</p></li></ul>", **words)
        corrected.corrections.create(kind="correction", note="The day was wrong.", made_at=now)
        long = make_release(slug="long", headline=("Organizations and Families Ask for Answers " * 8)[:300], body="", **words)
        gone = make_withdrawn(slug="gone", language=language)
        named = {"current notice": current, "notice that ran out": over, "corrected": corrected, "long headline": long, "410": gone}
        photos = [shown(make_photo(), caption="A caption.", credit="Ana Ruiz") for _number in range(4)]
        said = "<blockquote><p>We will not leave.</p><p>— Ana Ruiz, director</p></blockquote>"
        event = {"event_at": now + timedelta(days=9), "event_place": "City Hall", "event_who": "Ana Ruiz", "event_visuals": "Banners"}
        attachments = [{"document": make_document().pk, "title": "Fact sheet", "language": "es"}]
        words_of_all = {"contacts": [contact.pk], "boilerplate": "For more than 40 years.", **event, **words}
        full = make_release(slug="full", date=now.date(), body=said, photos=photos, attachments=attachments, **words_of_all)
        named["full release"] = full
        Coverage.objects.create(
            release=full, outlet="La Opinión", headline="Familias celebran", url="https://example.org/", date=now.date()
        )
        for number in range(12):
            make_release(slug=f"one-of-many-{number}", **words)
        spoken = "" if language == "en" else " es"
        pages |= {f"{name}{spoken}": release.get_absolute_url() for name, release in named.items()}
        lists = {name: name for name in ("search", "notices", "topics", "archive", "follow", "privacy", "for-the-press", "in-the-news")}
        if language == "es":
            spanish = ["buscar", "avisos", "temas", "archivo", "seguir", "privacidad", "para-la-prensa", "en-los-medios"]
            lists = dict(zip(lists, spanish, strict=True))
        pages |= {f"{name}{spoken}": f"{prefix}/{address}/" for name, address in lists.items()}
        pages |= {
            f"list{spoken}": f"{prefix}/",
            f"page 2{spoken}": f"{prefix}/?page=2",
            f"kind{spoken}": f"{prefix}/?kind=service_notice",
            f"topic{spoken}": topic.get_absolute_url(language),
            f"year{spoken}": f"{prefix}/2015/",
            f"month{spoken}": f"{prefix}/2015/03/",
            f"found{spoken}": f"{prefix}/{lists['search']}/?q=ruling",
            f"nothing found{spoken}": f"{prefix}/{lists['search']}/?q=zebra",
        }
    sample = Release.objects.filter(date=date(2014, 11, 20))
    return pages | {f"sample {one.language}": one.get_absolute_url() for one in sample}


def fetched(url: str) -> bytes:
    """What stands at `url`, whatever its status."""
    try:
        with urlopen(Request(url)) as answer:
            return bytes(answer.read())
    except HTTPError as answer:
        return answer.read()


def html_faults(base: str, pages: dict[str, str], folder: Path) -> Iterator[str]:
    jar = CHECKERS / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    for name, address in pages.items():
        (folder / f"{name.replace(' ', '_')}.html").write_bytes(fetched(base + address))
    shutil.copy(Path(__file__).resolve().parent.parent / "static" / "css" / "newsroom.css", folder)
    command = ["java", "-jar", str(jar), "--format", "json", "--also-check-css", str(folder)]
    found = json.loads(subprocess.run(command, capture_output=True, text=True).stderr or "{}")
    for one in found["messages"]:
        yield f"{Path(one['url']).name}:{one.get('lastLine', '')} {one['message']}"


def accessibility_faults(base: str, pages: dict[str, str]) -> Iterator[str]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=FLAGS)
        # 400 % zoom of a window of 1280 × 1024 is one of 320 × 256 with four pixels a pixel.
        for scheme, width, height, scale in [(s, w, 800, 1) for s in ("light", "dark") for w in (320, 1280)] + [("light", 320, 256, 4)]:
            context = browser.new_context(
                bypass_csp=True, color_scheme=scheme, viewport={"width": width, "height": height}, device_scale_factor=scale
            )
            page = context.new_page()
            for name, address in pages.items():
                page.goto(base + address)
                for fault in Axe().run(page, options={"runOnly": STANDARDS}).response["violations"]:
                    yield f"{name}, {scheme}, {width} px × {scale}: {fault['id']}: {fault['nodes'][0]['html'][:120]}"
                if page.evaluate("document.documentElement.scrollWidth") > width:
                    yield f"{name}, {width} px: it scrolls sideways"
            context.close()
        browser.close()


def scores(base: str, pages: dict[str, str]) -> Iterator[tuple[str, list[int], list[str]]]:
    """For each kind of page and device: Lighthouse's four scores, and what kept one from 100. It takes no page of an error."""
    program = CHECKERS / "node_modules" / ".bin" / "lighthouse"
    for name in [name for name in pages if not name.startswith(("404", "410")) and (not name.endswith(" es") or name in IN_SPANISH)]:
        for device in ("phone", "desktop"):
            command = [str(program), base + pages[name], "--output=json", "--quiet", f"--only-categories={','.join(CATEGORIES)}"]
            command += [f"--chrome-flags=--headless=new {' '.join(FLAGS)}", *(["--preset=desktop"] if device == "desktop" else [])]
            with tempfile.NamedTemporaryFile(suffix=".json") as file:  # what it prints is cut off when it ends too soon
                command.append(f"--output-path={file.name}")
                subprocess.run(command, capture_output=True, env=os.environ | {"CHROME_PATH": str(chromium())})
                report = json.loads(Path(file.name).read_text())
            found = [round(100 * (report["categories"][one]["score"] or 0)) for one in CATEGORIES]
            weights = {ref["id"] for one in CATEGORIES for ref in report["categories"][one]["auditRefs"] if ref["weight"]}
            low = [audit["id"] for audit in report["audits"].values() if audit["id"] in weights and audit["score"] not in (1, None)]
            if name in NOT_KEPT and low == ["is-crawlable"]:
                found[CATEGORIES.index("seo")], low = 100, ["not kept, on purpose"]
            yield f"{name}, {device}", found, low


def feed_faults(base: str) -> Iterator[str]:
    for address in ("/feed/", "/feed/atom/", "/es/feed/", "/es/feed/atom/", "/topics/daca/feed/", "/es/temas/daca/feed/atom/"):
        read = feedparser.parse(fetched(base + address))
        if read.bozo or not read.entries:
            yield f"{address}: {read.get('bozo_exception', 'no entries')}"


def missing() -> list[str]:
    """What the check needs and this machine has not, after an attempt to install it."""
    wanted = [f"{name}, from your system" for name in ("node", "npm", "java") if not shutil.which(name)]
    if chromium() is None:
        wanted.append("chromium, from your system")
    if not wanted and not (CHECKERS / "node_modules" / ".bin" / "lighthouse").exists():
        CHECKERS.mkdir(exist_ok=True)
        install = ["npm", "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(CHECKERS), *PACKAGES]
        if subprocess.run(install).returncode:
            wanted.append(f"{' and '.join(PACKAGES)}, which npm could not install")
    return wanted


def main() -> int:
    if wanted := missing():
        print("*** NOT CHECKED. What is missing:", *wanted, sep="\n    ", file=sys.stderr)
        return 1
    faults: list[str] = []
    with newsroom() as port, tempfile.TemporaryDirectory() as folder:
        base = f"http://127.0.0.1:{port}"
        pages = fill()
        for title, found in (
            ("HTML and CSS (vnu)", html_faults(base, pages, Path(folder))),
            ("accessibility (axe)", accessibility_faults(base, pages)),
            ("feeds (feedparser)", feed_faults(base)),
        ):
            here = list(found)
            print(f"{title}: {len(here)} faults on {len(pages)} pages", *here, sep="\n    ", flush=True)
            faults += here
        print("Lighthouse: performance, accessibility, best practices, search engines")
        for name, found_scores, low in scores(base, pages):
            print(f"    {name:28}", *(f"{score:4}" for score in found_scores), " ", ", ".join(low), flush=True)
            faults += [f"{name}: {found_scores}"] if found_scores != [100] * 4 else []
    print(f"{len(faults)} faults." if faults else "Nothing to mend.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
