"""A reader who has Spanish alone goes through all that /es/ leads to, and meets no English but names and what is marked as English."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import polib
import pytest
from django.test import Client
from django.utils import timezone

from releases import publishing
from releases.models import Coverage, Document, MediaContact, Newsroom
from releases.vocabulary import Kind
from tests.builders import make_document, make_photo, make_release, make_topic, make_user, make_withdrawn, shown

pytestmark = pytest.mark.django_db

CATALOGUE = Path(__file__).parents[2] / "releases/locale/es/LC_MESSAGES/django.po"
READ_ALOUD = {"alt", "title", "aria-label", "placeholder", "value"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# Words that no Spanish sentence has, and that few English ones do without.
ENGLISH = re.compile(r"\b(the|and|of|with|this|that|from|for|was|is|are|has|have|not|read|more|page|by|at|on|in|to)\b", re.IGNORECASE)
NAMES = re.compile(r"Central American Resource Center|Los Angeles Times", re.IGNORECASE)


class Spoken(HTMLParser):
    """What a page says, piece by piece, each with the language it is marked as."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.said: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        words = {name: value or "" for name, value in attributes}
        language = words.get("lang") or (self.open[-1][1] if self.open else "")
        hidden = tag == "input" and words.get("type") == "hidden"
        self.said += [(language, words[name]) for name in READ_ALOUD & set(words) if not hidden]
        if (tag == "meta" and words.get("name") == "description") or words.get("property", "").startswith(("og:title", "og:desc")):
            self.said.append((language, words["content"]))
        if tag not in VOID:
            self.open.append((tag, language))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, words: str) -> None:
        if words.strip() and self.open and self.open[-1][0] not in ("script", "style", "code"):
            self.said.append((self.open[-1][1], " ".join(words.split())))


def said_in(page: str, language: str) -> list[str]:
    spoken = Spoken()
    spoken.feed(page)
    assert {one for one, _words in spoken.said} <= {"en", "es"}
    return [words for one, words in spoken.said if one == language]


def untranslated() -> set[str]:
    """Every English sentence of the catalogue that says something else in Spanish."""
    return {
        " ".join(entry.msgid.split()) for entry in polib.pofile(str(CATALOGUE)) if entry.msgid != entry.msgstr and "%" not in entry.msgid
    }


@pytest.fixture
def newsroom(settings) -> Newsroom:
    """Something of everything the public pages can show, in Spanish alone."""
    ana = MediaContact.objects.create(
        name="Ana Ruiz", role="director of communications", role_es="directora de comunicación", phone="213-555-0100", speaks_spanish=True
    )
    topic = make_topic("Courts", "Tribunales", about="Courts and judges", about_es="Jueces y tribunales")
    photo, document = make_photo(), make_document()
    today = timezone.localdate()
    words = {
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
        make_release(**words | {"kind": kind, "slug": f"corte-{number}", "date": date(2015 + number, 3, 4)})
    for number in range(12):
        make_release(language="es", headline=f"Un fallo {number}", summary="Una decisión.", body="", date=date(2012, 1 + number, 1))
    full = {
        "date": today,
        "contacts": [ana.pk],
        "photos": [shown(photo, alt="Familias", caption="En la calle", credit="Luz Paz"), shown(make_photo(), alt="Banderas")],
        "attachments": [{"document": document.pk, "title": "Hoja informativa", "language": "es"}],
        "event_at": datetime(2090, 1, 1, 18, tzinfo=UTC),
        "event_until": datetime(2090, 1, 1, 20, tzinfo=UTC),
        "event_place": "Calle Segunda",
        "event_who": "Ana Ruiz",
        "event_languages": "español",
        "event_visuals": "Pancartas",
    }
    whole = make_release(**words | full | {"slug": "todo", "kind": "media_advisory"})
    notice = {"kind": "service_notice", "headline": "Un aviso", "summary": "Renueve su permiso."}
    make_release(**words | notice | {"slug": "vence", "valid_until": today + timedelta(days=9), "date": today})
    make_release(**words | notice | {"slug": "vencido", "valid_until": date(2016, 1, 1), "date": date(2015, 6, 1)})
    Coverage.objects.create(
        release=whole, outlet="La Opinión", headline="Una nota", url="https://laopinion.com/nota", date=today, language="es"
    )
    make_withdrawn(**words | {"slug": "retirado", "withdrawal_reason": publishing.neutral_sentence("es")})
    by = make_user("petra")
    whole.refresh_from_db()
    publishing.write_change(whole, by=by, printed=whole.printed() | {"summary": "Las familias se quedan."}, tags=[topic.pk])
    publishing.publish_change(whole, by=by, kind="correction", note="Se corrigió una fecha.")
    newsroom = Newsroom.current()
    newsroom.legal_help_phone, newsroom.legal_help_hours_es = "213-555-0199", "lunes a viernes"
    newsroom.notario_warning_es = "Un notario no es abogado."
    newsroom.press_phone = "213-555-0111"
    newsroom.save()
    assert Document.objects.exists()
    return newsroom


def pages_from(client: Client, *begin: str) -> Iterator[tuple[str, str]]:
    """Every HTML page of `/es/` that a reader comes to by links, with its address."""
    todo, seen = list(begin), set(begin)
    while todo:
        address = todo.pop()
        response = client.get(address)
        if not response.get("Content-Type", "").startswith("text/html"):
            continue
        page = response.content.decode()
        yield address, page
        for link in re.findall(r'<a [^>]*href="(?:http://127\.0\.0\.1:8000)?(/es/[^"#]*|\?[^"#]*)', page):
            link = (address.partition("?")[0] + link if link.startswith("?") else link).replace("&amp;", "&")
            if link not in seen and not link.endswith((".zip", ".pdf", ".ics")):
                seen.add(link)
                todo.append(link)


def test_a_reader_of_spanish_meets_no_english_word(client, newsroom):
    sentences = untranslated()
    faults, addresses = [], []
    more = [
        "/es/nada/",
        "/es/2015/03/retirado/",
        "/es/buscar/?q=nadaquever",
        "/es/buscar/?q=familias",
        "/es/buscar/?q=fallo+familias&year=2015",
    ]
    for address, page in pages_from(client, "/es/", *more):
        addresses.append(address)
        assert '<html lang="es">' in page
        for words in said_in(page, "es"):
            if words in sentences or ENGLISH.search(NAMES.sub("", words)):
                faults.append((address, words))
    assert not faults
    assert len(addresses) > 60
    assert {"/es/avisos/", "/es/temas/tribunales/", "/es/para-la-prensa/", "/es/archivo/", "/es/en-los-medios/"} <= set(addresses)


@pytest.mark.parametrize("form", ["txt", "md"])
def test_the_texts_to_take_along_are_spanish_too(client, newsroom, form):
    today = timezone.localdate()
    text = client.get(f"/es/{today.year}/{today.month:02}/todo.{form}").content.decode()
    assert "PARA PUBLICACIÓN INMEDIATA" in text
    assert not [line for line in text.splitlines() if line in untranslated() or ENGLISH.search(line)]


def test_the_checker_hears_english_where_there_is_some():
    page = '<html lang="es"><body><p>Read more</p><p lang="en">The news</p><img alt="of the people"></body></html>'
    assert [words for words in said_in(page, "es") if ENGLISH.search(words)] == ["Read more", "of the people"]
    assert said_in(page, "en") == ["The news"]
