"""Texts that are expensive to process, and the functions that get texts of any length.

`benchmarks.hostile_texts` measures how their time grows with the length. tests/test_hostile_texts.py only
checks that nothing hangs.
"""

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from urllib.parse import quote

from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from releases.actions.autosaves import TextTooLarge, autosave
from releases.actions.redaction import NamePattern
from releases.admin.autosave import find_conflicts
from releases.admin.forms import ReleaseForm
from releases.admin_site import get_typed_text
from releases.importers import plaintext
from releases.importers.loader import _build_release, load_items
from releases.models import Release
from releases.models.validation import find_missing_fields, normalize_text
from releases.search import Highlighter, analyzer, parse_query
from releases.search.index import build_phrase_text
from releases.text import (
    attributions,
    cleaning,
    datelines,
    diffs,
    links,
    pasted,
    press_check,
    quotes,
    reading,
    richtext,
    slugs,
)
from releases.text.glossary import Glossary
from releases.views import press, sharing, site
from releases.views.quotes import render_quotes
from tests.factories import make_release, make_user

SHAPES = json.loads((Path(__file__).parent / "files" / "hostile_texts.json").read_text(encoding="utf-8"))
UNITS: dict[str, str | list[str]] = SHAPES["units"] | SHAPES["generated"]
LEADING_WORD, CLOSING_TAG = "Word ", "</p>"
VARIANTS = {"": ("", ""), " after a word": (LEADING_WORD, ""), " before a closing tag": ("", CLOSING_TAG)}
NAME = "María López"

TextFunction = Callable[[str], object]


def build_text(unit: str | list[str], length: int, before: str = "", after: str = "") -> str:
    """Return `unit` repeated to about `length` characters, between `before` and `after`.

    A unit can also be a list: a beginning, a unit and an end.
    """
    beginning, repeated, end = ("", unit, "") if isinstance(unit, str) else unit
    count = max(length - len(beginning) - len(end), 0) // len(repeated)
    return before + beginning + repeated * count + end + after


def iter_texts(length: int) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each shape in each variant."""
    for name, unit in UNITS.items():
        for variant, (before, after) in VARIANTS.items():
            yield name + variant, build_text(unit, length, before, after)


# --- Functions of texts -------------------------------------------------------------------------------------


class Posted:
    """A request whose form has a text."""

    def __init__(self, text: str) -> None:
        self.POST = QueryDict(mutable=True)
        self.POST["summary"] = text


def _diff(text: str) -> object:
    middle = len(text) // 2
    return [
        diffs.diff_lines(text, f"{text[:middle]}x{text[middle:]}"),
        diffs.diff_lines(text, f"x {text[:-10]}\ny"),
        diffs.diff_lines(text, text.replace("a", "b", len(text) // 4)),
    ]


def _highlight(text: str) -> object:
    query = parse_query(f"{text[:20]} ruling word a", "en")
    highlighter = Highlighter(query, "en")
    return highlighter.highlight(text), highlighter.excerpt(text)


def _index(text: str) -> object:
    words = list(analyzer.iter_words(text))
    return [analyzer.index_tokens(word, language) for word in set(words) for language in ("en", "es")], (
        build_phrase_text([words])
    )


def _normalize_release(text: str) -> object:
    release = Release(
        headline=text, subhead=text, dateline=text, summary=text, event_place=text, event_who=text
    )
    normalize_text(release)
    return find_missing_fields(release)


def _find_conflicts(text: str) -> object:
    mine = {"headline": text, "dateline": text, "summary": text, "body": text}
    theirs = {"headline": "A", "dateline": "A", "summary": "A " * 500, "body": "<p>A</p>" * 100}
    changed = {name: f"{value}x" for name, value in mine.items()}
    release = Release(language="en")
    return find_conflicts(release, "", mine, theirs), find_conflicts(release, "", mine, changed)


def _format_release(text: str) -> object:
    release = Release(
        pk=1,
        headline=text,
        subhead=text,
        summary=text,
        body=richtext.sanitize(text),
        boilerplate=text,
        date=date(2015, 3, 4),
    )
    now = timezone.now()
    return [press.format_release(release, name, [], now) for name in press.TEXT_TYPES], (
        render_quotes(release, is_public=False)
    )


def _share(text: str) -> object:
    release = Release(pk=1, slug="a", headline=text, summary=text, date=date(2015, 3, 4))
    return sharing.ShareLinks.for_release(release), sharing.ShareKit.for_release(release)


def _redact(text: str) -> object:
    pattern = NamePattern(NAME)
    return pattern.occurs_in(text), pattern.context_in(text), pattern.replace(text, "[…]")


def _import(text: str) -> object:
    with suppress(plaintext.UnreadableFile):  # JSON
        text = plaintext.decode(text.encode())
    items = plaintext.parse_items(text, "en", date(2026, 1, 1), [])
    return [(item.source_key, _build_release(item)) for item in items]


def _on_body(function: Callable[[str], object]) -> TextFunction:
    """Return `function` applied to the sanitized text, as it is stored."""
    return lambda text: function(richtext.sanitize(text))


def _on_cleaned(function: Callable[[str], object]) -> TextFunction:
    """Return `function` applied to the text without control characters, which the parser refuses."""
    return lambda text: function(cleaning.clean_text(text))


def _read(text: str, markup: str) -> object:
    return [reading.build_body(found) for found in reading.read_releases(text, markup)]


def _script(text: str) -> object:
    return [
        pasted.format_script(kind, first, second, second)
        for kind in ("sup", "sub")
        for first, second in ((text, "10"), ("2", text))
    ]


def _check(text: str) -> object:
    """Run the press check on a text that changed, with a translation, in every field."""
    body = richtext.sanitize(text)
    release, previous, other = (
        press_check.CheckedRelease(
            language=language,
            kind="service_notice",
            headline=headline,
            summary=text,
            body=markup,
            date=date(2015, 3, 4),
        )
        for language, headline, markup in (
            ("en", text, body),
            ("en", "1", f"<p>1</p>{body}"),
            ("es", text, body),
        )
    )
    context = press_check.Context(
        today=date(2015, 3, 4), is_stored=True, previous=previous, translation=other
    )
    return press_check.check(release, press_check.WordLists((press_check.Spelling("McCarthy"),)), context)


def _mark_terms(text: str) -> object:
    glossary = Glossary.build([(["word", "ruling"], ["palabra"])])
    return (
        glossary.mark_text(text),
        glossary.mark_markup(richtext.sanitize(text)),
        glossary.find_missing(text, "a"),
    )


TEXT_FUNCTIONS: dict[str, TextFunction] = {
    "attributions": _on_body(attributions.suggest_quotations),
    "attributions, after a quotation": lambda text: attributions.find_attribution(
        f"“No way,” said Ana {text}"
    ),
    "attributions, in a quotation": lambda text: attributions.find_attribution(
        f"“No {text},” said Ana Ruiz."
    ),
    "cleaning.clean_text": cleaning.clean_text,
    "cleaning.clean_line": cleaning.clean_line,
    "cleaning.truncate": lambda text: cleaning.truncate(text, 300),
    "datelines.parse_dateline": datelines.parse_dateline,
    "datelines.is_place": datelines.is_place,
    "datelines.could_be_place": datelines.could_be_place,
    "datelines.translate_place": lambda text: datelines.translate_place(text, "es"),
    "datelines.format_ap_dateline": lambda text: datelines.format_ap_dateline(date(2015, 3, 4), text, "en"),
    "diffs.diff_lines": _diff,
    "links.clean_link": links.clean_link,
    "links.clean_link, in an address": lambda text: links.clean_link(f"https://a.org/?a={text}"),
    "links.clean_link, a phone": lambda text: links.clean_link(f"tel:{text}"),
    "links.is_valid_link": links.is_valid_link,
    "links.is_valid_link, in an address": lambda text: links.is_valid_link(f"https://{text}"),
    "links.is_valid_link, a mail address": lambda text: links.is_valid_link(f"mailto:{text}"),
    "links.format_phone": links.format_phone,
    "pasted.repair_markup": lambda text: richtext.sanitize(f"<h1>A</h1>{text}"),
    "pasted.repair_markup, in a style": lambda text: pasted.repair_markup(f'<p style="{text}">a<s>b</s></p>'),
    "pasted.format_script": _script,
    "press check": _check,
    "glossary": _mark_terms,
    "quotes.extract_quotes": _on_body(quotes.extract_quotes),
    "quotes.replace_quotes": _on_body(
        lambda body: quotes.replace_quotes(body, lambda quote: quote.quoted_text)
    ),
    "quotes, of one quotation": lambda text: quotes.extract_quotes(
        f"<blockquote><p>{text}</p><p>— A</p></blockquote>"
    ),
    "reading, a text": lambda text: _read(text, ""),
    "reading, HTML": lambda text: _read("", text),
    "reading, an item of a list": lambda text: _read(
        f"A\n\n(March 4, 2015, Los Angeles) – A.\n\n• {text}", ""
    ),
    "richtext.is_too_large": richtext.is_too_large,
    "richtext.sanitize": richtext.sanitize,
    "richtext.sanitize, in a link": lambda text: richtext.sanitize(f'<p><a href="{text}">a</a></p>'),
    "richtext.find_broken_links": _on_body(richtext.find_broken_links),
    "richtext.strip_photo_placeholders": _on_body(richtext.strip_photo_placeholders),
    "richtext.strip_photo_placeholders, not sanitized": _on_cleaned(richtext.strip_photo_placeholders),
    "richtext.to_plain_text": _on_body(richtext.to_plain_text),
    "richtext.to_plain_text, not sanitized": _on_cleaned(richtext.to_plain_text),
    "richtext.format_plain_text": _on_body(richtext.format_plain_text),
    "richtext.to_comparable_text": _on_cleaned(richtext.to_comparable_text),
    "slugs.make_slug": slugs.make_slug,
    "slugs.numbered_slug": lambda text: slugs.numbered_slug(text, 2),
    "slugs.normalized_key": slugs.normalized_key,
    "slugs.topic_key": slugs.topic_key,
    "slugs.is_slug_of": lambda text: slugs.is_slug_of("a-2", text),
    "search: analyzer": _index,
    "search: parse_query": lambda text: parse_query(text, "en"),
    "search: Highlighter": _highlight,
    "importer": _import,
    "validation.normalize_text": _normalize_release,
    "admin: find_conflicts": _find_conflicts,
    "admin: get_typed_text": lambda text: get_typed_text(Posted(text)),
    "actions: redaction": _redact,
    "views: format_release": _format_release,
    "views: share links": _share,
    "views: mistyped paths": lambda text: site.SURROUNDING_PUNCTUATION.sub(
        "", f"/{text}"[: site.MAX_PATH_LENGTH]
    ),
}


# --- Functions that need a database -------------------------------------------------------------------------


def _autosave(text: str) -> object:
    data = {"headline": text, "summary": text, "body": text}
    with suppress(TextTooLarge):
        autosave(user=make_user(str(uuid.uuid4())), data=data, sequence=1, client_id=uuid.uuid4())


def _clean_form(text: str) -> object:
    names = ("headline", "subhead", "dateline", "summary", "body", "slug", "event_who", "new_topic")
    return ReleaseForm(dict.fromkeys(names, text) | {"language": "en", "kind": "statement"}).is_valid()


def _load(text: str) -> object:
    return load_items(plaintext.parse_items(text, "en", date(2026, 1, 1)), drafts=True)


def _show_pages(text: str) -> object:
    release = make_release(headline=text[:300], summary=text, body=richtext.sanitize(text))
    address = release.get_absolute_url()
    paths = (address, f"{address.rstrip('/')}.txt", f"{address.rstrip('/')}.md", "/feed/")
    return [Client().get(path).status_code for path in paths]


def _show_conflict(text: str) -> object:
    release, client = make_release(), Client()
    client.force_login(make_user(str(uuid.uuid4()), is_superuser=True))
    data = {"headline": text, "summary": text, "body": text, "edit_token": "0"}
    return client.post(f"/admin/releases/release/{release.pk}/change/", data).status_code


DATABASE_FUNCTIONS: dict[str, TextFunction] = {
    "admin: autosave": _autosave,
    "admin: ReleaseForm": _clean_form,
    "admin: conflict page": _show_conflict,
    "importer: load_items": _load,
    "views: pages of a release": _show_pages,
    "views: search": lambda text: Client().get("/search/", {"q": text}).status_code,
    "views: unknown address": lambda text: Client().get(f"/{quote(text)}").status_code,
}
