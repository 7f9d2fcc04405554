"""What is hidden, in every state that exists, on every channel that exists: no word of it, no count, no difference."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from releases import publishing
from tests.builders import make_draft, make_release, make_scheduled, make_topic, make_user, make_withdrawn

pytestmark = pytest.mark.django_db

CANARY = "quetzalcanary"
WORDS = {
    "headline": f"{CANARY} headline",
    "subhead": f"{CANARY} subhead",
    "summary": f"{CANARY} summary",
    "body": f"<p>{CANARY} body</p>",
    "slug": f"{CANARY}-slug",
    "dateline": "Quetzalcanary",
    "date": date(2016, 5, 1),
}


def returned_to_draft(**words):
    release = make_scheduled(**words)
    publishing.return_to_draft(release, by=make_user("retriever"))
    return release


def in_the_undo_window(**words):
    release = make_draft(**words | {"date": WORDS["date"]})
    publishing.publish(release, by=make_user("hasty"), wait=timedelta(seconds=60))
    return release


def deleted(**words):
    release = make_draft(**words)
    release.delete()
    return release


def counterpart(**words):
    """Hidden itself, and the pair of a public release in the other language."""
    release = make_draft(**words)
    make_release(pair=release.pair, language="es" if release.language == "en" else "en", slug="the-public-one", date=date(2014, 1, 1))
    return release


STATES = {
    "draft": make_draft,
    "scheduled": make_scheduled,
    "scheduled for the next second": lambda **words: make_scheduled(**words | {"public_at": timezone.now() + timedelta(seconds=30)}),
    "embargoed": lambda **words: make_scheduled(**words, is_embargoed=True),
    "in the undo window": in_the_undo_window,
    "returned to draft": returned_to_draft,
    "withdrawn": make_withdrawn,
    "deleted draft": deleted,
    "counterpart of a public one": counterpart,
}
PAGES = {
    "en": ["/", "/archive/", "/topics/", "/topics/known/", "/2015/", "/2015/03/", "/2015/03/a-ruling/", "/es/", "/robots.txt", "/nowhere/"],
    "es": [
        "/es/",
        "/es/archivo/",
        "/es/temas/",
        "/es/temas/conocido/",
        "/es/2015/",
        "/es/2015/03/",
        "/es/2015/03/un-fallo/",
        "/",
        "/es/nada/",
    ],
}
# Addresses that only the hidden release could have: all the same 404 as an address that never was.
OWN = {
    "en": ["/2016/", "/2016/05/", f"/2016/05/{CANARY}-slug/", f"/2015/05/{CANARY}-slug/", f"/topics/{CANARY}/", "/?page=2"],
    "es": [
        "/es/2016/",
        "/es/2016/05/",
        f"/es/2016/05/{CANARY}-slug/",
        f"/es/2015/05/{CANARY}-slug/",
        f"/es/temas/{CANARY}/",
        "/es/?page=2",
    ],
}


def seen(urls: list[str]) -> dict[str, tuple[int, bytes, list[tuple[str, str]]]]:
    responses = {url: Client().get(url) for url in urls}
    return {url: (response.status_code, response.content, sorted(response.items())) for url, response in responses.items()}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_hidden_release_is_as_if_it_had_never_been(state, language):
    known = make_topic("Known", "Conocido")
    make_release(slug="a-ruling", topics=(known,))
    make_release(slug="un-fallo", language="es", topics=(known,))
    if state == "counterpart of a public one":
        make_release(slug="the-public-one-before", language="es" if language == "en" else "en", date=date(2014, 1, 1))
    urls = PAGES[language] + OWN[language]
    before = seen(urls)

    release = STATES[state](**WORDS, language=language, topics=(known, make_topic(CANARY)))

    after = seen(urls)
    if state == "counterpart of a public one":  # its public half is new on the other language's pages
        public = "es" if language == "en" else "en"
        before = {url: page for url, page in before.items() if url.startswith("/es/") == (public == "en")}
        after = {url: after[url] for url in before}
    if state == "withdrawn":
        own = release.get_absolute_url()
        status, content, _headers = after.pop(own)
        before.pop(own)
        assert status == 410
        assert CANARY.encode() not in content.lower()
    assert after == before
    assert not [url for url, (_status, content, _headers) in after.items() if CANARY in content.decode().lower()]


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_own_address_of_a_hidden_release_is_one_page_not_found(language):
    make_release()
    make_release(language="es")
    make_draft(**WORDS, language=language)
    answers = set(map(str, seen([*OWN[language], "/es/nada/" if language == "es" else "/nowhere/"]).values()))
    assert len(answers) == 1
    assert answers.pop().startswith("(404")
