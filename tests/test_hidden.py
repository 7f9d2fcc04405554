"""What is hidden, in every state that exists, on every channel that exists: no word of it, no count, no difference."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from releases import caching, publishing
from releases.models import Coverage, MediaContact, Release
from tests.builders import make_document, make_draft, make_photo, make_release, make_scheduled, make_topic, make_user, make_withdrawn, shown

pytestmark = pytest.mark.django_db

CANARY = "quetzalcanary"
TODAY = timezone.localdate()
WORDS = {
    "headline": f"{CANARY} headline",
    "subhead": f"{CANARY} subhead",
    "summary": f"{CANARY} summary",
    "body": f"<p>{CANARY} body</p><blockquote><p>{CANARY} quote</p><p>— Ana Ruiz</p></blockquote>",
    "slug": f"{CANARY}-slug",
    "dateline": "Quetzalcanary",
    "date": date(2016, 5, 1),
    "kind": "service_notice",
    "valid_until": date(2090, 1, 1),
    "event_at": datetime(2090, 1, 1, 18, tzinfo=UTC),
    "event_place": f"{CANARY} place",
    "event_who": f"{CANARY} who",
    "boilerplate": f"{CANARY} about",
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


def in_review(**words):
    release = make_draft(**words)
    publishing.ask_for_review(release, by=make_user("walter", "Writers"), text=f"{CANARY} note")
    return release


def the_public_one(language):
    """A release that is there before, for states that hide beside a public one."""
    body = "<blockquote><p>We stay.</p><p>— Ana Ruiz</p></blockquote>"
    return make_release(slug="the-public-one", language=language, date=date(2014, 1, 1), body=body)


def other(language):
    return "es" if language == "en" else "en"


def counterpart(**words):
    """Hidden itself, and the pair of a public release in the other language."""
    return make_draft(**words, pair=Release.objects.get(slug="the-public-one").pair)


def next_version(at=None, **words):
    """What a public release will say, in every field, with a note for readers."""
    release = Release.objects.get(slug="the-public-one")
    by = make_user("petra")
    for name in ("slug", "boilerplate"):
        words.pop(name)
    tags = [topic.pk for topic in words.pop("topics")]
    publishing.write_change(release, by=by, printed=release.printed() | words, tags=tags)
    publishing.write_note(release, by=by, text=f"{CANARY} note")
    if at:
        publishing.publish_change(release, by=by, kind="update", note=f"{CANARY} sentence", at=at)
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
    "in review": in_review,
    "next version": next_version,
    "next version, scheduled": lambda **words: next_version(at=timezone.now() + timedelta(seconds=30), **words),
}
# The language in which a public release is there before, by the language of what is hidden beside it.
BESIDE = {
    "counterpart of a public one": other,
    "next version": lambda language: language,
    "next version, scheduled": lambda language: language,
}
PAGES = {
    "en": [
        "/",
        "/2014/01/the-public-one/",
        "/archive/",
        "/topics/",
        "/topics/known/",
        "/2015/",
        "/2015/03/",
        "/2015/03/a-ruling/",
        "/es/",
        "/notices/",
        "/follow/",
        "/privacy/",
        "/feed/",
        "/feed/atom/",
        "/feed/json/",
        "/topics/known/feed/",
        "/topics/known/feed/atom/",
        "/topics/known/feed/json/",
        "/sitemap.xml",
        "/news-sitemap.xml",
        "/2015/03/a-ruling/card.png",
        "/2014/01/the-public-one/card.png",
        "/?kind=service_notice",
        "/search/?q=body",
        "/search/?q=known",
        "/search/?q=ruling+2016",
        "/search/?q=May+2016",
        f"/search/?q={CANARY}",
        f"/search/?q=ruling&topic={CANARY}",
        "/robots.txt",
        "/for-the-press/",
        "/in-the-news/",
        "/2015/03/a-ruling.txt",
        "/2015/03/a-ruling.md",
        "/preview/never/",
        "/preview/read/never/",
        "/nowhere/",
    ],
    "es": [
        "/es/",
        "/es/2014/01/the-public-one/",
        "/es/archivo/",
        "/es/temas/",
        "/es/temas/conocido/",
        "/es/2015/",
        "/es/2015/03/",
        "/es/2015/03/un-fallo/",
        "/es/avisos/",
        "/es/seguir/",
        "/es/feed/",
        "/es/feed/atom/",
        "/es/feed/json/",
        "/es/temas/conocido/feed/",
        "/es/temas/conocido/feed/atom/",
        "/es/temas/conocido/feed/json/",
        "/sitemap.xml",
        "/news-sitemap.xml",
        "/es/2015/03/un-fallo/card.png",
        "/es/?kind=service_notice",
        "/es/buscar/?q=body",
        "/es/buscar/?q=conocido",
        "/es/buscar/?q=mayo+de+2016",
        f"/es/buscar/?q={CANARY}",
        "/es/para-la-prensa/",
        "/es/en-los-medios/",
        "/es/2015/03/un-fallo.txt",
        "/es/2015/03/un-fallo.md",
        "/",
        "/es/nada/",
    ],
}
# Addresses that only the hidden release could have: all the same 404 as an address that never was.
PHOTO = "0123456789abcdef0123456789abcdef"
PHOTO_FILES = [f"/photos/{PHOTO}/{file}" for file in ("480.webp", "480.avif", "full.jpg")]
OWN = {
    "en": [
        f"/2016/05/{CANARY}-slug/photos.zip",
        f"/2016/05/{CANARY}-slug.txt",
        f"/2016/05/{CANARY}-slug.md",
        f"/2016/05/{CANARY}-slug.ics",
        f"/2016/05/{CANARY}-slug/{CANARY}-title.pdf",
        "/2016/",
        "/2016/05/",
        f"/2016/05/{CANARY}-slug/",
        f"/2015/05/{CANARY}-slug/",
        f"/topics/{CANARY}/",
        f"/topics/{CANARY}/feed/",
        f"/2016/05/{CANARY}-slug/card.png",
        "/?page=2",
    ],
    "es": [
        f"/es/2016/05/{CANARY}-slug/fotos.zip",
        f"/es/2016/05/{CANARY}-slug.txt",
        f"/es/2016/05/{CANARY}-slug.md",
        f"/es/2016/05/{CANARY}-slug.ics",
        f"/es/2016/05/{CANARY}-slug/{CANARY}-title.pdf",
        "/es/2016/",
        "/es/2016/05/",
        f"/es/2016/05/{CANARY}-slug/",
        f"/es/2015/05/{CANARY}-slug/",
        f"/es/temas/{CANARY}/",
        f"/es/temas/{CANARY}/feed/",
        f"/es/2016/05/{CANARY}-slug/card.png",
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
    if state in BESIDE:
        the_public_one(BESIDE[state](language))
    contact = MediaContact.objects.create(name=f"{CANARY} contact", phone="213-555-0100")
    photo = make_photo(name=PHOTO, label=f"{CANARY} label", consent=f"{CANARY} consent")
    urls = PAGES[language] + OWN[language] + PHOTO_FILES
    before = seen(urls)
    assert seen(urls) == before  # and all of it is cached

    words = WORDS if state in ("next version", "next version, scheduled") else WORDS | {"language": language}
    said = {name: f"{CANARY} {name}" for name in ("alt", "caption", "credit")}
    attachments = [{"document": make_document().pk, "title": f"{CANARY} title", "language": language}]
    words = words | {"photos": [shown(photo, **said)], "contacts": [contact.pk], "attachments": attachments}
    release = STATES[state](**words, topics=(known, make_topic(CANARY)))

    if release.pk and state not in ("next version", "next version, scheduled"):
        story = {"outlet": f"{CANARY} outlet", "headline": f"{CANARY} story", "url": f"https://{CANARY}.example.org/", "date": TODAY}
        Coverage.objects.create(release=release, **story)
    after = seen(urls)
    caching.store.cache_clear()
    assert seen(urls) == after
    if state == "withdrawn":
        own = release.get_absolute_url()
        status, content, _headers = after.pop(own)
        before.pop(own)
        assert status == 410
        assert CANARY.encode() not in content.lower()
    assert after == before
    told = {url: content.decode(errors="replace").lower() for url, (_status, content, _headers) in after.items()}
    assert not [url for url, content in told.items() if CANARY in content and f"q={CANARY}" not in url]  # a search repeats its question


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_own_address_of_a_hidden_release_is_one_page_not_found(language):
    make_release()
    make_release(language="es")
    make_draft(**WORDS, language=language)
    answers = set(map(str, seen([*OWN[language], "/es/nada/" if language == "es" else "/nowhere/"]).values()))
    assert len(answers) == 1
    assert answers.pop().startswith("(404")
