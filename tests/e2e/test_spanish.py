"""Every page linked from /es/ is in Spanish, except proper names and text marked as English."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polib
import pytest
from django.test import Client
from django.utils import timezone

from releases.actions.revisions import publish_revision, save_revision
from releases.actions.withdrawal import default_withdrawal_reason
from releases.models import Coverage, Document, MediaContact, NewsroomSettings
from releases.text.choices import Kind
from tests.factories import (
    make_document,
    make_photo,
    make_release,
    make_topic,
    make_user,
    make_withdrawn,
    photo_entry,
)

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]  # only texts matter

CATALOG_FILE = Path(__file__).parents[2] / "releases/locale/es/LC_MESSAGES/django.po"
TEXT_ATTRIBUTES = {"alt", "title", "aria-label", "placeholder", "value"}
VOID_ELEMENTS = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "track",
    "wbr",
}
# Words that most English sentences contain, and no Spanish sentence.
ENGLISH_WORDS = re.compile(
    r"\b(the|and|of|with|this|that|from|for|was|is|are|has|have|not|read|more|page|by|at|on|in|to)\b",
    re.IGNORECASE,
)
ENGLISH_PROPER_NAMES = re.compile(r"Central American Resource Center|Los Angeles Times", re.IGNORECASE)


class LanguageTextParser(HTMLParser):
    """Collect the texts of a page, each with the language it is marked as."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.texts: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attributes}
        language = values.get("lang") or (self.open[-1][1] if self.open else "")
        hidden = tag == "input" and values.get("type") == "hidden"
        self.texts += [(language, values[name]) for name in TEXT_ATTRIBUTES & set(values) if not hidden]
        if (tag == "meta" and values.get("name") == "description") or values.get("property", "").startswith(
            ("og:title", "og:desc")
        ):
            self.texts.append((language, values["content"]))
        if tag not in VOID_ELEMENTS:
            self.open.append((tag, language))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and self.open and self.open[-1][0] not in ("script", "style", "code"):
            self.texts.append((self.open[-1][1], " ".join(data.split())))


def get_texts_in_language(page: str, language: str) -> list[str]:
    parser = LanguageTextParser()
    parser.feed(page)
    assert {text_language for text_language, _text in parser.texts} <= {"en", "es"}
    return [text for text_language, text in parser.texts if text_language == language]


def get_translated_english_messages() -> set[str]:
    """Return the English messages of the catalog whose Spanish translation differs, without placeholders."""
    return {
        " ".join(entry.msgid.split())
        for entry in polib.pofile(str(CATALOG_FILE))
        if entry.msgid != entry.msgstr and "%" not in entry.msgid
    }


def get_advisory_fields(today: date, contact: MediaContact, document: Document) -> dict[str, Any]:
    """Return values of a Spanish media advisory with photos and a document."""
    return {
        "date": today,
        "contacts": [contact.pk],
        "photos": [
            photo_entry(make_photo(), alt="Familias", caption="En la calle", credit="Luz Paz"),
            photo_entry(make_photo(), alt="Banderas"),
        ],
        "attachments": [{"document": document.pk, "title": "Hoja informativa", "language": "es"}],
        "event_at": datetime(2090, 1, 1, 18, tzinfo=UTC),
        "event_until": datetime(2090, 1, 1, 20, tzinfo=UTC),
        "event_place": "Calle Segunda",
        "event_who": "Ana Ruiz",
        "event_languages": "español",
        "event_visuals": "Pancartas",
    }


@pytest.fixture
def spanish_newsroom(settings) -> NewsroomSettings:
    """Create content of every kind that public pages show, in Spanish only."""
    ana = MediaContact.objects.create(
        name="Ana Ruiz",
        role="director of communications",
        role_es="directora de comunicación",
        phone="213-555-0100",
        speaks_spanish=True,
    )
    topic = make_topic("Courts", "Tribunales", about="Courts and judges", about_es="Jueces y tribunales")
    document = make_document()
    today = timezone.localdate()
    fields = {
        "language": "es",
        "headline": "Una corte decide",
        "subhead": "Familias esperan",
        "summary": "Las familias pueden quedarse.",
        "body": "<p>Decidieron ayer.</p><blockquote><p>Nos quedamos.</p><p>— Ana Ruiz</p></blockquote>",
        "topics": (topic,),
        "contacts": [ana.pk],
        "boilerplate": "CARECEN acompaña a las familias.",
    }
    for number, kind in enumerate(Kind.values):
        make_release(**fields | {"kind": kind, "slug": f"corte-{number}", "date": date(2015 + number, 3, 4)})
    for number in range(12):
        values = {"headline": f"Un fallo {number}", "summary": "Una decisión.", "body": ""}
        make_release(**values, language="es", date=date(2012, 1 + number, 1))
    full = get_advisory_fields(today, ana, document)
    advisory = make_release(**fields | full | {"slug": "todo", "kind": "media_advisory"})
    notice = {"kind": "service_notice", "headline": "Un aviso", "summary": "Renueve su permiso."}
    make_release(
        **fields | notice | {"slug": "vence", "valid_until": today + timedelta(days=9), "date": today}
    )
    make_release(
        **fields | notice | {"slug": "vencido", "valid_until": date(2016, 1, 1), "date": date(2015, 6, 1)}
    )
    Coverage.objects.create(
        release=advisory,
        outlet="La Opinión",
        headline="Una nota",
        url="https://laopinion.com/nota",
        date=today,
        language="es",
    )
    make_withdrawn(**fields | {"slug": "retirado", "withdrawal_reason": default_withdrawal_reason("es")})
    user = make_user("petra")
    advisory.refresh_from_db()
    save_revision(
        advisory,
        user=user,
        content=advisory.content() | {"summary": "Las familias se quedan."},
        topic_ids=[topic.pk],
    )
    publish_revision(advisory, user=user, kind="correction", note="Se corrigió una fecha.")
    newsroom = NewsroomSettings.current()
    newsroom.legal_help_phone, newsroom.legal_help_hours_es = "213-555-0199", "lunes a viernes"
    newsroom.notario_warning_es = "Un notario no es abogado."
    newsroom.press_phone = "213-555-0111"
    newsroom.save()
    return newsroom


def crawl_pages(client: Client, *start_urls: str) -> Iterator[tuple[str, str]]:
    """Yield the URL and HTML of the `start_urls` pages and of every page under `/es/` that they link to."""
    queue, queued = list(start_urls), set(start_urls)
    while queue:
        url = queue.pop()
        response = client.get(url)
        if not response.get("Content-Type", "").startswith("text/html"):
            continue
        page = response.content.decode()
        yield url, page
        for link in re.findall(r'<a [^>]*href="(?:http://127\.0\.0\.1:8000)?(/es/[^"#]*|\?[^"#]*)', page):
            link = (url.partition("?")[0] + link if link.startswith("?") else link).replace("&amp;", "&")
            if link not in queued and not link.endswith((".zip", ".pdf", ".ics")):
                queued.add(link)
                queue.append(link)


def test_spanish_pages_contain_no_english_text(client, spanish_newsroom):
    sentences = get_translated_english_messages()
    english_texts, urls = [], []
    more_urls = [
        "/es/nada/",
        "/es/2015/03/retirado/",
        "/es/buscar/?q=nadaquever",
        "/es/buscar/?q=familias",
        "/es/buscar/?q=fallo+familias&year=2015",
    ]
    for url, page in crawl_pages(client, "/es/", *more_urls):
        urls.append(url)
        assert '<html lang="es">' in page
        for text in get_texts_in_language(page, "es"):
            if text in sentences or ENGLISH_WORDS.search(ENGLISH_PROPER_NAMES.sub("", text)):
                english_texts.append((url, text))
    assert not english_texts
    assert len(urls) > 60
    assert {
        "/es/avisos/",
        "/es/temas/tribunales/",
        "/es/para-la-prensa/",
        "/es/archivo/",
        "/es/en-los-medios/",
    } <= set(urls)


@pytest.mark.parametrize("extension", ["txt", "md"])
def test_spanish_text_downloads_contain_no_english(client, spanish_newsroom, extension):
    today = timezone.localdate()
    text = client.get(f"/es/{today.year}/{today.month:02}/todo.{extension}").content.decode()
    assert "PARA PUBLICACIÓN INMEDIATA" in text
    assert not [
        line
        for line in text.splitlines()
        if line in get_translated_english_messages() or ENGLISH_WORDS.search(line)
    ]


def test_language_checker_detects_english_text():
    page = (
        '<html lang="es"><body><p>Read more</p><p lang="en">The news</p><img alt="of the '
        'people"></body></html>'
    )
    assert [text for text in get_texts_in_language(page, "es") if ENGLISH_WORDS.search(text)] == [
        "Read more",
        "of the people",
    ]
    assert get_texts_in_language(page, "en") == ["The news"]
