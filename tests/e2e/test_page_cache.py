"""Several processes with cached pages: a change in one appears in all of them within a second."""

import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable

import pytest

from tests.e2e.test_serve import ROOT, build_environment, fetch, run_server

pytestmark = [pytest.mark.one_database, pytest.mark.xdist_group("servers")]
PAGES = ["/", "/2015/03/a-ruling/", "/topics/courts/", "/feed/", "/2015/", "/search/?q=quetzalcanary"]
SCRIPT_SETUP = """
    from releases.actions.publication import publish
    from releases.actions.withdrawal import withdraw
    from releases.models import Release, Topic, User
    from django.utils import timezone
    from datetime import timedelta
    user = User.objects.filter(is_superuser=True).first()
"""


def run_script(folder, code: str) -> None:
    """Run `code` in another process on the same database."""
    script = "import django; django.setup()\n" + textwrap.dedent(SCRIPT_SETUP) + textwrap.dedent(code)
    subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=build_environment(folder), check=True, timeout=180
    )


CREATE_RELEASES_SCRIPT = """
    topic = Topic(name="Courts", name_es="Tribunales")
    topic.full_clean(exclude=["slug", "slug_es", "key", "key_es"])
    topic.save()
    for headline, slug in (("Quetzalcanary ruling", "a-ruling"), ("Another ruling", "another")):
        release = Release(headline=headline, slug=slug, summary="Words.", date="2015-03-04")
        release.dateline = "Los Angeles"
        release.full_clean(); release.save(); release.tags.add(topic)
        publish(release, user=user)
"""


def get_pages_showing_release(address: str) -> set[str]:
    """Return the pages that show the release. Each is fetched six times, so that every process answers."""
    return {page for page in PAGES for _time in range(6) if "Quetzalcanary" in fetch(address, page).body}


def seconds_until(condition: Callable[[], bool]) -> float:
    started = time.monotonic()
    while not condition() and time.monotonic() - started < 10:
        time.sleep(0.02)
    return time.monotonic() - started


def test_withdrawal_and_scheduled_publication_update_every_process(tmp_path):
    folder = tmp_path / "var"
    with run_server(folder, SAMPLE="no", WORKERS="2") as (address, _log):
        run_script(folder, CREATE_RELEASES_SCRIPT)
        time.sleep(0.2)
        assert get_pages_showing_release(address) == set(PAGES)
        # A search page is stored nowhere, so it has no ETag.
        tags = {page: fetch(address, page).headers["ETag"] for page in PAGES if "search" not in page}

        run_script(
            folder, 'withdraw(Release.objects.get(slug="a-ruling"), user=user, reason="A name was wrong.")'
        )
        # Each process checks the cache version ten times a second; the rest is for the request.
        time.sleep(0.15)
        # The 410 page may give the reason for the withdrawal.
        assert get_pages_showing_release(address) <= {"/2015/03/a-ruling/"}
        stale = [
            page
            for page in tags
            for _time in range(10)
            if fetch(address, page, If_None_Match=tags[page]).status == 304
        ]
        assert stale == []
        assert fetch(address, "/2015/03/a-ruling/").status == 410

        run_script(
            folder,
            """
            release = Release(headline="Quetzalcanary again", slug="again", summary="Words.")
            release.date, release.dateline = "2015-03-05", "Los Angeles"
            release.full_clean(); release.save()
            publish(release, user=user, at=timezone.now() + timedelta(seconds=2))
            print(release.public_at.timestamp())
            """,
        )
        assert "again" not in fetch(address, "/").body
        assert (
            0.5
            < seconds_until(
                lambda: all("Quetzalcanary again" in fetch(address, "/").body for _time in range(6))
            )
            < 3
        )


def test_concurrent_requests_for_an_uncached_page_get_the_same_response(tmp_path):
    with run_server(tmp_path / "var") as (address, _log):
        answers: list[str] = []

        def look() -> None:
            answers.append(fetch(address, "/2014/").body)

        crowd = [threading.Thread(target=look) for _reader in range(40)]
        for reader in crowd:
            reader.start()
        for reader in crowd:
            reader.join()
        assert len(answers) == 40
        assert len(set(answers)) == 1
