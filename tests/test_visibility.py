"""Hidden releases and ended alerts, in every state, change no byte of any public page, feed or file."""

import re

import pytest
from django.db import transaction
from django.test import Client

from releases import caching
from releases.actions.alerts import publish_alert
from releases.models import Alert, Coverage, MediaContact, Release, Topic
from tests.factories import (
    make_alert,
    make_document,
    make_draft,
    make_organization,
    make_photo,
    make_release,
    make_scheduled,
    make_topic,
    make_user,
    make_withdrawn,
    photo_entry,
)
from tests.hidden_states import (
    ALERT_FIELDS,
    ALERT_STATES,
    CANARY,
    HIDDEN_FIELDS,
    PUBLIC_RELEASE_LANGUAGE,
    STATES,
    STATES_OF_PUBLIC_RELEASE,
    TODAY,
    make_public_release,
)

pytestmark = pytest.mark.django_db

PUBLIC_URLS = {
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
        "/2014/01/the-public-one/photo-card.jpg",
        "/2014/01/the-public-one/photos.zip",
        "/2015/03/A-Ruling/",
        "/health/",
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
        "/2016/",
        "/2016/05/",
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
        "/es/2016/",
        "/es/2016/05/",
        "/",
        "/es/nada/",
    ],
}
# URLs that would exist only if the hidden release were public. They return the same 404 as unknown URLs.
PHOTO_NAME = "0123456789abcdef0123456789abcdef"
PHOTO_URLS = [f"/photos/{PHOTO_NAME}/{file}" for file in ("480.webp", "480.avif", "full.jpg")]
HIDDEN_URLS = {
    "en": [
        f"/2016/05/{CANARY}-slug/photos.zip",
        f"/2016/05/{CANARY}-slug.txt",
        f"/2016/05/{CANARY}-slug.md",
        f"/2016/05/{CANARY}-slug.ics",
        f"/2016/05/{CANARY}-slug/{CANARY}-title.pdf",
        f"/2016/05/{CANARY}-slug/",
        f"/2015/05/{CANARY}-slug/",
        f"/topics/{CANARY}/",
        f"/topics/{CANARY}/feed/",
        f"/2016/05/{CANARY}-slug/card.png",
        f"/2016/05/{CANARY}-slug/photo-card.jpg",
        "/?page=2",
    ],
    "es": [
        f"/es/2016/05/{CANARY}-slug/fotos.zip",
        f"/es/2016/05/{CANARY}-slug.txt",
        f"/es/2016/05/{CANARY}-slug.md",
        f"/es/2016/05/{CANARY}-slug.ics",
        f"/es/2016/05/{CANARY}-slug/{CANARY}-title.pdf",
        f"/es/2016/05/{CANARY}-slug/",
        f"/es/2015/05/{CANARY}-slug/",
        f"/es/temas/{CANARY}/",
        f"/es/temas/{CANARY}/feed/",
        f"/es/2016/05/{CANARY}-slug/card.png",
        f"/es/2016/05/{CANARY}-slug/photo-card.jpg",
        "/es/?page=2",
    ],
}


def get_responses(urls: list[str]) -> dict[str, tuple[int, bytes, list[tuple[str, str]]]]:
    responses = {url: Client().get(url) for url in urls}
    return {
        url: (response.status_code, response.content, sorted(response.items()))
        for url, response in responses.items()
    }


@pytest.mark.parametrize("language", ["en", "es"])
def test_hidden_release_changes_nothing_public_in_any_state(language):
    topic = make_topic("Known", "Conocido")
    make_release(slug="a-ruling", topics=(topic,))
    make_release(slug="un-fallo", language="es", topics=(topic,))
    organization = make_organization(f"{CANARY} coalition", website=f"https://{CANARY}.example.org/")
    photo = make_photo(name=PHOTO_NAME, label=f"{CANARY} label", consent=f"{CANARY} consent")
    contact = MediaContact.objects.create(name=f"{CANARY} contact", phone="213-555-0100", portrait=photo)
    values = HIDDEN_FIELDS | {
        "contacts": [contact.pk],
        "signers": [organization.pk],
        "photos": [photo_entry(photo, **{name: f"{CANARY} {name}" for name in ("alt", "caption", "credit")})],
    }
    for public_language in dict.fromkeys(
        [None, *(PUBLIC_RELEASE_LANGUAGE[state](language) for state in PUBLIC_RELEASE_LANGUAGE)]
    ):
        with transaction.atomic():
            if public_language:
                make_public_release(public_language)
            urls = PUBLIC_URLS[language] + HIDDEN_URLS[language] + PHOTO_URLS
            responses = get_responses(urls)
            assert get_responses(urls) == responses  # from the page cache
            for state in STATES:
                if (
                    PUBLIC_RELEASE_LANGUAGE[state](language) if state in PUBLIC_RELEASE_LANGUAGE else None
                ) == public_language:
                    with transaction.atomic():
                        check_hidden(state, language, topic, urls, responses, values)
                        transaction.set_rollback(True)
            transaction.set_rollback(True)


def check_hidden(
    state: str, language: str, topic: Topic, urls: list[str], before: dict, values: dict
) -> None:
    is_revision = state in STATES_OF_PUBLIC_RELEASE
    attachments = [{"document": make_document().pk, "title": f"{CANARY} title", "language": language}]
    values = values | {"attachments": attachments} | ({} if is_revision else {"language": language})
    release = STATES[state](**values, topics=(topic, make_topic(CANARY)))
    if release.pk and not is_revision:
        coverage = {
            "outlet": f"{CANARY} outlet",
            "headline": f"{CANARY} story",
            "url": f"https://{CANARY}.example.org/",
            "date": TODAY,
        }
        Coverage.objects.create(release=release, **coverage)
    caching.get_page_cache.cache_clear()
    after = get_responses(urls)
    assert get_responses(urls) == after, state  # from the page cache
    before = dict(before)
    if state == "withdrawn":
        own = release.get_absolute_url()
        status, content, _headers = after.pop(own)
        before.pop(own)
        assert status == 410
        assert CANARY.encode() not in content.lower()
    assert after == before, state
    texts = {
        url: content.decode(errors="replace").lower() for url, (_status, content, _headers) in after.items()
    }
    # A search page repeats its query.
    assert not [url for url, text in texts.items() if CANARY in text and f"q={CANARY}" not in url], state


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_url_of_a_hidden_release_returns_the_same_404_page(language):
    make_release()
    make_release(language="es")
    make_draft(**HIDDEN_FIELDS, language=language)
    answers = set(
        map(
            str,
            get_responses(
                [*HIDDEN_URLS[language], "/es/nada/" if language == "es" else "/nowhere/"]
            ).values(),
        )
    )
    assert len(answers) == 1
    assert answers.pop().startswith("(404")


@pytest.mark.parametrize("language", ["en", "es"])
def test_ended_alert_changes_nothing_public_in_any_state(language):
    topic = make_topic("Known", "Conocido")
    for slug, other in (("a-ruling", "en"), ("un-fallo", "es")):
        make_release(slug=slug, language=other, topics=(topic,))
    urls = PUBLIC_URLS[language] + HIDDEN_URLS[language] + PHOTO_URLS
    before = get_responses(urls)
    for state, make in ALERT_STATES.items():
        with transaction.atomic():
            make(**ALERT_FIELDS)
            caching.get_page_cache.cache_clear()
            assert get_responses(urls) == before, state
            assert get_responses(urls) == before, state  # from the page cache
            transaction.set_rollback(True)


@pytest.mark.parametrize("language", ["en", "es"])
def test_replaced_alert_appears_nowhere_and_its_successor_is_the_same_on_every_404_page(language):
    make_release()
    make_release(language="es")
    urls = PUBLIC_URLS[language] + HIDDEN_URLS[language]
    replaced = make_alert(**ALERT_FIELDS)
    make_draft(**HIDDEN_FIELDS, language=language)
    assert CANARY in get_responses(urls[-1:])[urls[-1]][1].decode()
    fields = {"text": "Stay home.", "text_es": "Quédese en casa.", "ends_at": replaced.ends_at}
    publish_alert(Alert(**fields), user=make_user("petra"), replaces=replaced.pk)
    answers = get_responses(urls)
    found = [url for url, answer in answers.items() if CANARY in answer[1].decode(errors="replace").lower()]
    assert [url for url in found if f"q={CANARY}" not in url] == []
    pages = {answers[url][1] for url in HIDDEN_URLS[language]}
    assert len(pages) == 1
    assert fields["text" if language == "en" else "text_es"] in pages.pop().decode()


MAKE_HIDDEN = {
    "draft": make_draft,
    "scheduled": make_scheduled,
    "embargoed": lambda **fields: make_scheduled(**fields, is_embargoed=True),
    "withdrawn": make_withdrawn,
}


def crawl(client):
    """Return each page that is linked from the home page, and each feed and sitemap, as bytes."""
    queue = [
        "/",
        "/es/",
        "/feed/",
        "/feed/json/",
        "/es/feed/",
        "/es/feed/atom/",
        "/sitemap.xml",
        "/search/?q=ruling",
        "/es/buscar/?q=ruling",
    ]
    pages: dict[str, bytes] = {}
    while queue:
        url = queue.pop()
        if url in pages or url.startswith(("/admin/", "/static/")) or url.endswith((".png", ".zip")):
            continue
        pages[url] = client.get(url).content
        links = re.findall(r'href="(?:http://127\.0\.0\.1:8000)?(/[^"#]*)', pages[url].decode())
        queue += [link.replace("&amp;", "&") for link in links]
    return pages


def test_forty_hidden_translations_do_not_change_any_public_page():
    make_user("ana")
    topics = [make_topic("Courts", "Tribunales"), make_topic("Workers", "Trabajadores")]
    public = []
    for number in range(40):
        language = ("en", "es")[number % 2]
        fields = {"topics": (topics[number % 2],), "slug": f"public-{number}", "headline": f"Ruling {number}"}
        public.append(make_release(language=language, **fields))
    before = crawl(Client())
    assert len(before) > 80
    for number, release in enumerate(public):
        make = list(MAKE_HIDDEN.values())[number // 2 % len(MAKE_HIDDEN)]
        fields = {"slug": f"canary-{number}", "headline": f"Quetzalcanary {number}", "topics": (topics[0],)}
        make(
            language="es" if release.language == "en" else "en",
            translation_key=release.translation_key,
            **fields,
        )
    assert Release.objects.count() == 80
    after = crawl(Client())
    assert set(after) == set(before)
    assert [url for url in before if after[url] != before[url]] == []
    assert not any(b"quetzalcanary" in page.lower() or b"canary-" in page for page in after.values())
