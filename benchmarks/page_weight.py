"""Measure what a phone with an empty cache transfers for the home page with a lead photo.

Chromium can reach only 127.0.0.1.
"""

from importlib.util import find_spec

from benchmarks.server import Server
from benchmarks.table import Row
from tests.browser import find_chromium

MAX_KB, MAX_REQUESTS = 75.0, 6
# A common phone in the simulation of Lighthouse: pixels of CSS, and physical pixels for each of them.
PHONE = {
    "viewport": {"width": 412, "height": 823},
    "device_scale_factor": 1.75,
    "is_mobile": True,
    "has_touch": True,
}
GRAIN = 0.12  # share of noise in the photo, so that it has as many bytes as one from a camera
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LOCAL_ONLY_FLAG = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"


def add_lead_photo() -> None:
    """Add a lead photo to the newest public release in English. Run it in a process with Django."""
    from PIL import Image

    from docs.example_pictures import LANDSCAPE, build_jpeg_file, draw_scene
    from releases.actions.photos import add_photo
    from releases.actions.rendition_jobs import generate_renditions
    from releases.models import Release, User

    noise = Image.effect_noise(LANDSCAPE, 64).convert("RGB")
    user = User.objects.create(username="photographer", is_staff=True, is_superuser=True)
    photo = add_photo(build_jpeg_file(Image.blend(draw_scene(1, LANDSCAPE), noise, GRAIN)), user=user)
    list(generate_renditions())
    release = Release.objects.published().in_language("en").newest_first()[0]
    release.photos = [
        {"photo": photo.pk, "alt": "People in front of houses.", "caption": "", "credit": "", "is_lead": True}
    ]
    release.save()


def load_in_browser(url: str, executable: str, rounds: int) -> tuple[list[float], list[int]]:
    """Load `url` in a new browser context per round. Return kilobytes and request counts.

    The KB (1 KB is 1,000 bytes) include headers, and the requests include failed ones.
    """
    from playwright.sync_api import sync_playwright

    kilobytes, request_counts = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=[*FLAGS, LOCAL_ONLY_FLAG])
        for _round in range(rounds):
            context = browser.new_context(**PHONE)
            page = context.new_page()
            sent, finished = [], []
            page.on("request", lambda request, sent=sent: sent.append(request))
            page.on("requestfinished", lambda request, finished=finished: finished.append(request))
            page.goto(url, wait_until="networkidle", timeout=60_000)
            sizes = [request.sizes() for request in finished if not request.url.startswith("data:")]
            kilobytes.append(
                sum(size["responseHeadersSize"] + size["responseBodySize"] for size in sizes) / 1000
            )
            request_counts.append(sum(not request.url.startswith("data:") for request in sent))
            context.close()
        browser.close()
    return kilobytes, request_counts


def measure_page_weight(server: Server, rounds: int) -> list[Row]:
    """Return the rows for KB transferred and number of requests."""
    kilobytes, request_counts, skip_reason = [], [], ""
    if (executable := find_chromium()) is None:
        skip_reason = "no Chromium"
    elif find_spec("playwright") is None:
        skip_reason = "no playwright"
    else:
        kilobytes, request_counts = load_in_browser(f"http://127.0.0.1:{server.port}/", executable, rounds)
    label = "list page with a photo on a phone with an empty cache"
    return [
        Row(f"{label}, transferred", kilobytes, MAX_KB, "KB", format_spec=".1f", skip_reason=skip_reason),
        Row(
            f"{label}, requests",
            request_counts,
            MAX_REQUESTS,
            "requests",
            format_spec=".0f",
            skip_reason=skip_reason,
        ),
    ]
