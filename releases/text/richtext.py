"""The rich text of a body: its allow-list, its sanitizer, and functions on sanitized markup.

The editor and the sanitizer are both configured by `EXTENSIONS`, so the sanitizer keeps everything the editor
can make and nothing else. All other functions parse the markup with lxml; none of them searches HTML with
regular expressions.
"""

import html
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django_prose_editor.fields import create_sanitizer
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, fragment_fromstring

from releases.text.cleaning import clean_text
from releases.text.links import clean_link, is_valid_link
from releases.text.pasted import repair_markup

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

# Distinguishes markup from plain text:
MARKUP = re.compile(
    r"</?(?:p|h[1-6]|ul|ol|li|blockquote|strong|em|b|i|a|br|div|section|article|span|s|del|ins|strike|sup|sub|u|font"
    r"|table|script|style|svg|img|main|header|footer|center|address|figure|figcaption|d[ltd]|pre|details|summary)\b",
    re.IGNORECASE,
)
# Limits for a body.
MAX_LENGTH = 500_000  # characters
MAX_TAGS = 10_000  # “<” signs
MAX_DEPTH = 200  # elements inside each other; the parser drops what is deeper than 2,048
# The sanitizer's time grows with the square of the depth before it, so deeper markup never reaches it.
MAX_DEPTH_BEFORE = 500
# It also grows with the square of the number of “&” signs. Above this number, private-use characters, which
# no cleaned text contains, replace most of them.
MAX_AMPERSANDS = 1000
AMPERSANDS = {"&lt;": "\ue000", "&gt;": "\ue001", "&amp;": "\ue002"}
LONE_AMPERSAND = re.compile("&(?![A-Za-z]|#[0-9xX])")

# Each begins and ends a line of plain text.
BLOCK_TAGS = {"p", "h2", "h3", "li", "blockquote", "br", "ul", "ol", "table", "tr"}
CELL_TAGS = {"td", "th"}

_sanitizer = create_sanitizer(EXTENSIONS)
_parser = HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True)


def is_too_large(markup: str) -> bool:
    """Return whether `markup` exceeds MAX_LENGTH or MAX_TAGS, so that a form has to refuse it."""
    return len(markup) > MAX_LENGTH or markup.count("<") > MAX_TAGS


def sanitize(markup: str) -> str:
    """Return `markup` with only elements, attributes and link schemes of the allow-list.

    Returns "" when no text is left.

    Text without any markup, from a browser in which the editor did not start, becomes a paragraph at every
    blank line. Markup with more than MAX_TAGS tags is treated as such text.
    """
    markup = clean_text(markup)
    if not MARKUP.search(markup) or markup.count("<") > MAX_TAGS:
        cleaned = _text_to_markup(re.split(r"\r?\n\s*\n", markup))
    else:
        cleaned = _sanitize_markup(markup)
    if not parse_markup(cleaned).text_content().strip():
        return ""
    return cleaned if "<" in cleaned else f"<p>{cleaned}</p>"


def _sanitize_markup(markup: str) -> str:
    """Return `markup` with what the allow-list allows, or as a text if it is nested too deeply."""
    if _parsed_depth(markup) > MAX_DEPTH_BEFORE:
        return _text_to_markup([markup])
    markup = repair_markup(markup)
    # An entity may decode to a control character.
    cleaned = _clean_characters(_apply_allow_list(markup))
    if _nesting_depth(cleaned) > MAX_DEPTH:
        return _text_to_markup([markup])
    return _clean_characters(_clean_links(cleaned))


def _text_to_markup(paragraphs: Iterable[str]) -> str:
    """Return plain paragraphs, except empty ones, as sanitized markup."""
    markup = paragraphs_to_markup(filter(str.strip, paragraphs))
    return _clean_characters(markup.replace("\r\n", "\n").replace("\r", "\n"))


def _apply_allow_list(markup: str) -> str:
    if markup.count("&") <= MAX_AMPERSANDS:
        return str(_sanitizer(markup))
    for reference, placeholder in AMPERSANDS.items():
        markup = markup.replace(reference, placeholder)
    markup = str(_sanitizer(LONE_AMPERSAND.sub(AMPERSANDS["&amp;"], markup)))
    for reference, placeholder in AMPERSANDS.items():
        markup = markup.replace(placeholder, reference)
    return markup


def _parsed_depth(markup: str) -> int:
    """Return how deep the elements of `markup` are inside each other, or 0 if it has too few to matter."""
    depth = deepest = 0
    if markup.count("<") > MAX_DEPTH_BEFORE:
        for event, _element in etree.iterwalk(parse_markup(markup), events=("start", "end")):
            depth += 1 if event == "start" else -1
            deepest = max(deepest, depth)
    return deepest


def _clean_characters(markup: str) -> str:
    return clean_text(markup.replace("&nbsp;", "\u00a0"))


def _nesting_depth(markup: str) -> int:
    """Return how deep the elements of sanitized `markup` are inside each other."""
    depth = deepest = 0
    for closing in re.findall(r"<(/?)(?!br\b)", markup):
        depth += -1 if closing else 1
        deepest = max(deepest, depth)
    return deepest


def _clean_links(markup: str) -> str:
    """Clean the addresses of the links in sanitized `markup`."""
    if "<a " not in markup:
        return markup
    root = parse_markup(markup)
    changed = {
        link: cleaned
        for link in root.iter("a")
        if (cleaned := clean_link(link.get("href", ""))) != link.get("href", "")
    }
    for link, cleaned in changed.items():
        link.set("href", cleaned)
    return _apply_allow_list(inner_html(root)) if changed else markup


def parse_markup(markup: str) -> HtmlElement:
    """Return `markup` as the children of one element."""
    # The comment makes `<html>` part of the fragment. Without it, a second body raises an AssertionError.
    return fragment_fromstring(f"<!---->{markup}", create_parent="div", parser=_parser)


def inner_html(element: HtmlElement, end: int | None = None) -> str:
    """Return what is inside `element` as markup, up to its child number `end` (default: all of it)."""
    children = "".join(etree.tostring(child, encoding="unicode", method="html") for child in element[:end])
    return html.escape(element.text or "", quote=False) + children


def replace_elements(markup: str, tag: str, render: Callable[[HtmlElement], str | None]) -> str:
    """Return `markup` with each `tag` element replaced by the result of `render`.

    None leaves the element as it is.
    """
    # The placeholders are random, so that no text contains them.
    root, token = parse_markup(markup), secrets.token_hex(8)
    rendered: list[str] = []
    for element in list(root.iter(tag)):
        if (replacement := render(element)) is None:
            continue
        comment = etree.Comment(f"{token}-{len(rendered)}")
        comment.tail, element.tail = element.tail, None
        element.getparent().replace(element, comment)
        rendered.append(replacement)
    if not rendered:
        return markup
    return re.sub(f"<!--{token}-([0-9]+)-->", lambda match: rendered[int(match[1])], inner_html(root))


def get_photo_placeholder_id(paragraph: HtmlElement) -> int | None:
    """Return the id in a paragraph that is a photo placeholder, like “[photo 12]”, or None."""
    match = re.fullmatch(r"\s*\[(?:photo|foto) ([0-9]{1,9})\]\s*", paragraph.text or "", re.IGNORECASE)
    return int(match[1]) if match and not len(paragraph) else None


def strip_photo_placeholders(markup: str) -> str:
    """Return the body without the placeholders for its photos."""
    if "[" not in markup:
        return markup
    return replace_elements(
        markup, "p", lambda paragraph: None if get_photo_placeholder_id(paragraph) is None else ""
    )


def find_broken_links(markup: str) -> list[str]:
    """Return the texts of the links in sanitized `markup` whose address can't be right.

    A link without text is returned as its address.
    """
    return [
        " ".join(link.text_content().split()) or link.get("href", "")
        for link in parse_markup(markup).iter("a")
        if not is_valid_link(link.get("href", ""))
    ]


def to_plain_text(
    markup: str,
    marks: Mapping[str, str] | None = None,
    show_link: Callable[[HtmlElement], str] = lambda _link: "",
) -> str:
    """Return the text of sanitized `markup`, a line for each block and table row.

    Entities are resolved.

    `marks` maps elements to signs that their lines begin with. `show_link` returns what follows the text of a
    link.
    """
    marks, parts, in_cell = marks or {}, [], 0
    for event, element in etree.iterwalk(parse_markup(markup), events=("start", "end")):
        line_break = (
            ("" if _follows_mark(element, marks) else " " if in_cell else "\n")
            if element.tag in BLOCK_TAGS
            else ""
        )
        if event == "start":
            parts += [line_break, marks.get(element.tag, ""), element.text or ""]
            in_cell += element.tag in CELL_TAGS
        else:
            in_cell -= element.tag in CELL_TAGS
            parts += [
                show_link(element) if element.tag == "a" else "",
                " | " if element.tag in CELL_TAGS else line_break,
                element.tail or "",
            ]
    return "\n".join(
        filter(None, (" ".join(line.split()).removesuffix(" |") for line in "".join(parts).split("\n")))
    )


def _follows_mark(element: HtmlElement, marks: Mapping[str, str]) -> bool:
    """Return whether `element` continues a line that begins with a mark.

    It is then the first child of the element with the mark.
    """
    parent = element.getparent()
    return (
        element.tag == "p"
        and parent is not None
        and parent.tag in marks
        and parent[0] is element
        and not (parent.text or "").strip()
    )


def format_plain_text(markup: str) -> str:
    """Return `markup` as plain text to paste elsewhere.

    Blank lines separate paragraphs, list items begin with “•”, and addresses follow links.
    """
    lines = to_plain_text(markup, {"li": "• "}, _link_suffix).replace("\n", "\n\n")
    return re.sub(r"(?m)^(•.*)\n\n(?=•)", r"\1\n", lines)


def _link_suffix(link: HtmlElement) -> str:
    """Return “ (address)”, or "" if the text of the link is the address."""
    address, text = link.get("href", "").removeprefix("mailto:").removeprefix("tel:"), link.text_content()
    return f" ({address})" if address and re.sub(r"\W", "", address) != re.sub(r"\W", "", text) else ""


def to_comparable_text(markup: str) -> str:
    """Return the text for comparing versions.

    It has link addresses, and signs for headings, list items and quotations.
    """
    marks = {"h2": "# ", "h3": "# ", "li": "• ", "blockquote": "> "}
    return to_plain_text(markup, marks, lambda link: f" ({link.get('href')})" if link.get("href") else "")


def paragraphs_to_markup(paragraphs: Iterable[str]) -> str:
    """Return plain paragraphs as markup for the body."""
    return "".join(f"<p>{html.escape(paragraph, quote=False)}</p>" for paragraph in paragraphs)
