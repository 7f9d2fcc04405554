"""The rich text of a body: the allow-list of the editor and the sanitizer, and functions that read sanitized markup.

The editor and the sanitizer are both configured by `EXTENSIONS`, so the sanitizer keeps everything the editor can make and nothing
else. All other functions parse the markup with lxml; none of them searches HTML with regular expressions.
"""

import html
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django_prose_editor.fields import create_sanitizer
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, fragment_fromstring

EXTENSIONS: dict[str, Any] = {
    "Bold": True,
    "Italic": True,
    "Heading": {"levels": [2, 3]},
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Blockquote": True,
    "HardBreak": True,
    "Table": True,
    "TableRow": True,
    "TableHeader": True,
    "TableCell": True,
    "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto", "tel"]},
    "History": True,
    "NoSpellCheck": False,
}

# Control characters that feeds, databases and terminals reject.
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
# Tells markup from plain text: “x < 5” and “<press@example.org>” are plain text.
MARKUP = re.compile(r"</?(?:p|h[1-6]|ul|ol|li|blockquote|strong|em|b|i|a|br|div|span|script|style|svg|img)\b", re.IGNORECASE)
# Limits for a body. The sanitizer's time grows with the square of the nesting: 10,000 open lists take it 0.2 s, 100,000 half a minute.
MAX_LENGTH = 500_000  # characters
MAX_TAGS = 10_000  # “<” signs
MAX_DEPTH = 200  # elements inside each other; the parser drops what is deeper than 2,048

BLOCKS = {"p", "h2", "h3", "li", "blockquote", "br", "ul", "ol", "table", "tr"}  # each begins and ends a line of plain text
CELLS = {"td", "th"}

_allow = create_sanitizer(EXTENSIONS)
_parser = HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True)


def without_control_characters(text: str) -> str:
    """Return `text` without control characters; those that other programs use for a new line become one."""
    return CONTROL_CHARACTERS.sub("", re.sub("[\x0b\x0c\x85\u2028\u2029]", "\n", text))


def is_too_large(markup: str) -> bool:
    """Return whether `markup` exceeds MAX_LENGTH or MAX_TAGS, so that a form has to refuse it."""
    return len(markup) > MAX_LENGTH or markup.count("<") > MAX_TAGS


def sanitised(markup: str) -> str:
    """Return `markup` with only the elements, attributes and link schemes of the allow-list; "" when no text is left.

    Text without any markup, from a browser in which the editor did not start, becomes a paragraph at every blank line. Markup with more
    than MAX_TAGS tags is treated as such text.
    """
    markup = without_control_characters(markup)
    if not MARKUP.search(markup) or markup.count("<") > MAX_TAGS:
        markup = from_paragraphs(filter(str.strip, re.split(r"\r?\n\s*\n", markup)))
    kept = without_control_characters(_allow(markup))  # an entity may have been one
    if _depth(kept) > MAX_DEPTH:
        kept = _allow(from_paragraphs([markup]))
    kept = _complete_links(kept)
    if not parse(kept).text_content().strip():
        return ""
    return kept if "<" in kept else f"<p>{kept}</p>"


def _depth(markup: str) -> int:
    """Return how deep the elements of sanitized `markup` are inside each other."""
    depth = deepest = 0
    for closing in re.findall(r"<(/?)(?!br\b)", markup):
        depth += -1 if closing else 1
        deepest = max(deepest, depth)
    return deepest


def _complete_links(markup: str) -> str:
    """Add the https:// or mailto: that people leave out of links."""
    if "<a " not in markup:
        return markup
    root = parse(markup)
    incomplete = {link: whole for link in root.iter("a") if (whole := _whole(link.get("href", ""))) != link.get("href", "")}
    for link, whole in incomplete.items():
        link.set("href", whole)
    return str(_allow(inner_html(root))) if incomplete else markup


def _whole(link: str) -> str:
    if re.fullmatch(r"[\w-]+(?:\.[\w-]+)+(?:[/?#]\S*)?", link):
        return f"https://{link}"
    return f"mailto:{link}" if re.fullmatch(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", link) else link


def parse(markup: str) -> HtmlElement:
    """Return sanitized `markup` as the children of one element."""
    return fragment_fromstring(markup, create_parent="div", parser=_parser)


def inner_html(element: HtmlElement, end: int | None = None) -> str:
    """Return what is inside `element` as markup, up to its child number `end` (default: all of it)."""
    children = "".join(etree.tostring(child, encoding="unicode", method="html") for child in element[:end])
    return html.escape(element.text or "", quote=False) + children


def replace_elements(markup: str, tag: str, render: Callable[[HtmlElement], str | None]) -> str:
    """Return `markup` with each `tag` element replaced by what `render` returns for it; None leaves the element as it is."""
    root, token = parse(markup), secrets.token_hex(8)  # the text cannot guess the comments that mark the places
    rendered: list[str] = []
    for element in list(root.iter(tag)):
        if (replacement := render(element)) is None:
            continue
        comment = etree.Comment(f"{token}-{len(rendered)}")
        comment.tail, element.tail = element.tail, None
        element.getparent().replace(element, comment)
        rendered.append(replacement)
    result = inner_html(root) if rendered else markup
    for number, replacement in enumerate(rendered):
        result = result.replace(f"<!--{token}-{number}-->", replacement)
    return result


def photo_number(paragraph: HtmlElement) -> int | None:
    """Return the id in a paragraph that only says where a photo of the release goes, like “[photo 12]”; None for any other."""
    found = re.fullmatch(r"\s*\[(?:photo|foto) ([0-9]{1,9})\]\s*", paragraph.text or "", re.IGNORECASE)
    return int(found[1]) if found and not len(paragraph) else None


def without_photos(markup: str) -> str:
    """Return the body without the paragraphs that say where its photos go."""
    if "[" not in markup:
        return markup
    return replace_elements(markup, "p", lambda paragraph: None if photo_number(paragraph) is None else "")


def broken_links(markup: str) -> list[str]:
    """Return the addresses in sanitized `markup` that are neither whole nor on this site; "" for a link without an address."""
    links = [link.get("href", "") for link in parse(markup).iter("a")]
    return [link for link in links if not re.match(r"https?://[^/ ]+\.|mailto:\S+@|tel:[+0-9]|/(?!/)", link)]


def plain_text(markup: str, marks: Mapping[str, str] | None = None, show_link: Callable[[HtmlElement], str] = lambda _link: "") -> str:
    """Return the text of sanitized `markup`, a line for each block and for each row of a table, with entities resolved.

    `marks` are signs that lines begin with, by element; `show_link` returns what follows the text of a link.
    """
    marks, parts, in_cell = marks or {}, [], 0
    for event, element in etree.iterwalk(parse(markup), events=("start", "end")):
        line_break = ("" if _follows_mark(element, marks) else " " if in_cell else "\n") if element.tag in BLOCKS else ""
        if event == "start":
            parts += [line_break, marks.get(element.tag, ""), element.text or ""]
            in_cell += element.tag in CELLS
        else:
            in_cell -= element.tag in CELLS
            parts += [show_link(element) if element.tag == "a" else "", " | " if element.tag in CELLS else line_break, element.tail or ""]
    return "\n".join(filter(None, (" ".join(line.split()).removesuffix(" |") for line in "".join(parts).split("\n"))))


def _follows_mark(element: HtmlElement, marks: Mapping[str, str]) -> bool:
    """Return whether `element` is the first thing in an element whose line begins with a mark, and so continues that line."""
    parent = element.getparent()
    return element.tag == "p" and parent is not None and parent.tag in marks and parent[0] is element and not (parent.text or "").strip()


def cut(text: str, most: int) -> str:
    """`text`, with an ellipsis for what is beyond `most` characters."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def as_text(markup: str) -> str:
    """Return `markup` as plain text to paste elsewhere: blank lines between paragraphs, “•” before list items, addresses after links."""
    lines = plain_text(markup, {"li": "• "}, _address_of).replace("\n", "\n\n")
    return re.sub(r"(?m)^(•.*)\n\n(?=•)", r"\1\n", lines)


def _address_of(link: HtmlElement) -> str:
    """Return “ (address)”, or "" when the text of the link is the address."""
    address, text = link.get("href", "").removeprefix("mailto:").removeprefix("tel:"), link.text_content()
    return f" ({address})" if address and re.sub(r"\W", "", address) != re.sub(r"\W", "", text) else ""


def in_words(markup: str) -> str:
    """Return `plain_text` for comparing versions: with the addresses of links and signs for headings, list items and quotations."""
    marks = {"h2": "# ", "h3": "# ", "li": "• ", "blockquote": "> "}
    return plain_text(markup, marks, lambda link: f" ({link.get('href')})" if link.get("href") else "")


def from_paragraphs(paragraphs: Iterable[str]) -> str:
    """Plain paragraphs as markup for the body."""
    return "".join(f"<p>{html.escape(paragraph, quote=False)}</p>" for paragraph in paragraphs)
