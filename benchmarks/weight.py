"""What a reader's browser fetches for the first page it ever sees here: Chromium, with nothing kept and no way off this machine."""

from importlib.util import find_spec

from benchmarks.server import Server
from benchmarks.table import Row
from tests.browser import chromium

MOST_KB, MOST_REQUESTS = 30.0, 4
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
STAY_HERE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"


def fetched(address: str, program: str, rounds: int) -> tuple[list[float], list[int]]:
    """KB over the wire, headers and all (1 KB is 1,000 bytes), and requests, those that failed too, for each round."""
    from playwright.sync_api import sync_playwright

    kilobytes, requests = [], []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=[*FLAGS, STAY_HERE])
        for _round in range(rounds):
            context = browser.new_context()
            page = context.new_page()
            sent, done = [], []
            page.on("request", lambda request, sent=sent: sent.append(request))
            page.on("requestfinished", lambda request, done=done: done.append(request))
            page.goto(address, wait_until="networkidle", timeout=60_000)
            sizes = [request.sizes() for request in done if not request.url.startswith("data:")]
            kilobytes.append(sum(size["responseHeadersSize"] + size["responseBodySize"] for size in sizes) / 1000)
            requests.append(sum(not request.url.startswith("data:") for request in sent))
            context.close()
        browser.close()
    return kilobytes, requests


def rows(server: Server, rounds: int) -> list[Row]:
    kilobytes, requests, why_not = [], [], ""
    if (program := chromium()) is None:
        why_not = "no Chromium"
    elif find_spec("playwright") is None:
        why_not = "no playwright"
    else:
        kilobytes, requests = fetched(f"http://127.0.0.1:{server.port}/", program, rounds)
    what = "cold list page in a browser"
    return [
        Row(f"{what}, over the wire", kilobytes, MOST_KB, "KB", form=".1f", why_not=why_not),
        Row(f"{what}, requests", requests, MOST_REQUESTS, "requests", form=".0f", why_not=why_not),
    ]
