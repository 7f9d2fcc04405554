"""Several processes with warm pages: a change in one shows in all within a second."""

import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable

from tests.journeys.test_serve import ROOT, ask, environment, once, serving

pytestmark = once
PAGES = ["/", "/2015/03/a-ruling/", "/topics/courts/", "/feed/", "/2015/", "/search/?q=quetzalcanary"]
MAKE = """
    from releases import publishing
    from releases.models import Release, Topic, User
    from django.utils import timezone
    from datetime import timedelta
    by = User.objects.filter(is_superuser=True).first()
"""


def run(folder, code: str) -> None:
    """Another process at work on the same newsroom."""
    words = "import django; django.setup()\n" + textwrap.dedent(MAKE) + textwrap.dedent(code)
    subprocess.run([sys.executable, "-c", words], cwd=ROOT, env=environment(folder), check=True, timeout=60)


BEGIN = """
    topic = Topic(name="Courts", name_es="Tribunales"); topic.full_clean(exclude=["slug", "slug_es", "key", "key_es"]); topic.save()
    for headline, slug in (("Quetzalcanary ruling", "a-ruling"), ("Another ruling", "another")):
        release = Release(headline=headline, slug=slug, summary="Words.", date="2015-03-04", dateline="Los Angeles")
        release.full_clean(); release.save(); release.tags.add(topic)
        publishing.publish(release, by=by)
"""


def shown(address: str) -> set[str]:
    """The pages that show the release, asked a few times each, so that every process is asked."""
    return {page for page in PAGES for _time in range(6) if "Quetzalcanary" in ask(address, page).body}


def seconds_until(true: Callable[[], bool]) -> float:
    began = time.monotonic()
    while not true() and time.monotonic() - began < 10:
        time.sleep(0.02)
    return time.monotonic() - began


def test_what_is_withdrawn_or_scheduled_turns_every_page_of_every_process(tmp_path):
    folder = tmp_path / "var"
    with serving(folder, SAMPLE="no", WORKERS="2") as (address, _log):
        run(folder, BEGIN)
        time.sleep(0.2)
        assert shown(address) == set(PAGES)
        tags = {page: ask(address, page).headers["ETag"] for page in PAGES}

        run(folder, 'publishing.withdraw(Release.objects.get(slug="a-ruling"), by=by, reason="A name was wrong.")')
        time.sleep(0.15)  # a tenth of a second, and the way of the question
        assert shown(address) <= {"/2015/03/a-ruling/"}  # whose reason may be there, and whose text is not
        stale = [page for page in PAGES for _time in range(10) if ask(address, page, If_None_Match=tags[page]).status == 304]
        assert stale == []
        assert ask(address, "/2015/03/a-ruling/").status == 410

        run(
            folder,
            """
            release = Release(headline="Quetzalcanary again", slug="again", summary="Words.", date="2015-03-05", dateline="Los Angeles")
            release.full_clean(); release.save()
            publishing.publish(release, by=by, at=timezone.now() + timedelta(seconds=2))
            print(release.public_at.timestamp())
            """,
        )
        assert "again" not in ask(address, "/").body
        assert 0.5 < seconds_until(lambda: all("Quetzalcanary again" in ask(address, "/").body for _time in range(6))) < 3


def test_a_crowd_that_asks_for_one_cold_page_gets_it(tmp_path):
    with serving(tmp_path / "var") as (address, _log):
        answers: list[str] = []

        def look() -> None:
            answers.append(ask(address, "/2014/").body)

        crowd = [threading.Thread(target=look) for _reader in range(40)]
        for reader in crowd:
            reader.start()
        for reader in crowd:
            reader.join()
        assert len(answers) == 40
        assert len(set(answers)) == 1
