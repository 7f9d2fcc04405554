"""Make the screenshots of the README from a newsroom with the sample releases: `make screenshots`."""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser import find_chromium

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
SIZE = {"width": 1000, "height": 720}  # in CSS pixels
START_SECONDS = 60


def main() -> int:
    chromium = find_chromium()
    if chromium is None:
        print("Chromium is missing. Install it (Debian: apt-get install chromium).", file=sys.stderr)
        return 1
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        environment = {"PATH": os.environ["PATH"], "DATA_DIR": folder, "PORT": str(port)}
        log = Path(folder) / "log.txt"
        with log.open("w") as output:
            server = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=output,
            )
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(f"{url}/health/")
            name, password = re.search(r"name +(\S+)\s+password +(\S+)", log.read_text()).groups()
            take_screenshots(url, name, password, str(chromium))
        finally:
            server.terminate()
            server.wait()
    return 0


def wait_for(url: str) -> None:
    for _attempt in range(START_SECONDS * 10):
        try:
            urllib.request.urlopen(url).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(url)


def take_screenshots(url: str, name: str, password: str, chromium: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport=SIZE, locale="en-US", color_scheme="light")
        page.goto(url)
        save(page.screenshot(), "news.png")
        page.goto(f"{url}/admin/")
        page.fill("#id_username", name)
        page.fill("#id_password", password)
        page.click("input[type=submit]")
        page.wait_for_selector("#user-tools")
        page.goto(f"{url}/admin/releases/release/")
        with page.expect_navigation(wait_until="networkidle"):
            page.click("#result_list tbody th a")
        save(page.screenshot(), "desk.png")
        browser.close()


def save(data: bytes, name: str) -> None:
    """Save a PNG with few colors, which is a third of the size."""
    image = Image.open(BytesIO(data)).convert("RGB").quantize(colors=48, dither=Image.Dither.NONE)
    image.save(IMAGES / name, optimize=True)
    print(f"docs/images/{name}: {(IMAGES / name).stat().st_size // 1024} KB")


if __name__ == "__main__":
    sys.exit(main())
