"""The body's one allow-list: what the editor offers, what the sanitiser lets through, and the same text without markup.

Both come from `EXTENSIONS`, so an editor can make nothing that is then taken away, and nothing else can come in.
"""

import html
import re
from collections.abc import Iterable
from typing import Any

from django_prose_editor.fields import create_sanitizer

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

# Characters no text needs and feeds, databases and terminals stumble over.
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
# Whether a text is markup at all: “x < 5” and “<press@example.org>” are words.
MARKUP = re.compile(r"</?(?:p|h[1-6]|ul|ol|li|blockquote|strong|em|b|i|a|br|div|span|script|style|svg|img)\b", re.IGNORECASE)
LINK = re.compile(r'(?<=<a )href="([^"]*)"')
# What ends a line of print; everything else is inside one.
BLOCKS = ["p", "h2", "h3", "li", "blockquote", "br", "ul", "ol", "table", "tr"]

_allow = create_sanitizer(EXTENSIONS)


def without_control_characters(text: str) -> str:
    """`text` without them; those that stand for a new line in other programs become one."""
    return CONTROL_CHARACTERS.sub("", re.sub("[\x0b\x0c\x85\u2028\u2029]", "\n", text))


def sanitised(markup: str) -> str:
    """`markup` with only the elements, attributes and link schemes of the allow-list; "" when no text is left.

    Text without any markup, from a browser where the editor did not start, becomes a paragraph at every blank line.
    """
    markup = without_control_characters(markup)
    if not MARKUP.search(markup):
        markup = from_paragraphs(filter(str.strip, re.split(r"\r?\n\s*\n", markup)))
    kept = LINK.sub(lambda link: f'href="{_whole(link[1])}"', _allow(markup))
    if not plain_text(kept):
        return ""
    return kept if "<" in kept else f"<p>{kept}</p>"


def broken_links(markup: str) -> list[str]:
    """Where links of sanitised `markup` lead that lead nowhere: neither a whole address nor one of this site."""
    found = [html.unescape(link) for link in LINK.findall(markup) if not re.match(r"https?://[^/ ]+\.|mailto:\S+@|tel:[+0-9]|/(?!/)", link)]
    return found + [""] * len(re.findall(r"<a(?![^>]* href=)", markup))  # the allow-list took the rest of it away


# A paragraph of the body that says where a photo of the release stands: [photo 12].
PHOTO_HERE = re.compile(r"<p>\s*\[(?:photo|foto) ([0-9]{1,9})\]\s*</p>", re.IGNORECASE)


def without_photos(markup: str) -> str:
    """The text of a body alone, without the paragraphs that say where its photos stand."""
    return PHOTO_HERE.sub("", markup)


def _whole(link: str) -> str:
    """`link` with the https:// or mailto: that people leave out."""
    if re.fullmatch(r"[\w-]+(?:\.[\w-]+)+(?:[/?#]\S*)?", link):
        return f"https://{link}"
    return f"mailto:{link}" if re.fullmatch(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", link) else link


def plain_text(markup: str) -> str:
    """The words of sanitised `markup`, a line for each block, entities resolved."""
    markup = re.sub(r"<t([dh])\b[^>]*>(.*?)</t\1>", _in_one_line, markup, flags=re.DOTALL)
    lines = re.sub(rf"</?(?:{'|'.join(BLOCKS)})\b[^>]*>", "\n", markup)
    words = html.unescape(re.sub(r"<[^>]*>", "", lines))
    return "\n".join(filter(None, (" ".join(line.split()).removesuffix(" |") for line in words.split("\n"))))


def cut(text: str, most: int) -> str:
    """`text`, with an ellipsis for what is beyond `most` characters."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _in_one_line(cell: re.Match[str]) -> str:
    """The words of one cell of a table, to stand in one line with the others of its row."""
    return f"{re.sub(r'</?[a-z][^>]*>', ' ', cell[2])} | "


def as_text(markup: str) -> str:
    """`markup` as plain text to paste elsewhere: paragraphs apart, a “•” before each item of a list, addresses after their links."""
    marked = re.sub(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', _with_address, markup)
    marked = re.sub(r"(<li\b[^>]*>)(?:<p>)?", r"\1• ", marked)
    return re.sub(r"(?m)^(•.*)\n\n(?=•)", r"\1\n", plain_text(marked).replace("\n", "\n\n"))


def _with_address(link: re.Match[str]) -> str:
    """The words of a link and where it leads, once when these are the same."""
    address = html.unescape(link[1]).removeprefix("mailto:").removeprefix("tel:")
    words = html.unescape(link[2])
    return link[2] if address == words or re.sub(r"\W", "", address) == re.sub(r"\W", "", words) else f"{link[2]} ({html.escape(address)})"


def in_words(markup: str) -> str:
    """`plain_text` for comparing: links show where they lead, and headings, list items and quotations what they are."""
    marked = re.sub(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', r"\2 (\1)", markup)
    for element, sign in (("h[23]", "# "), ("li", "• "), ("blockquote", "> ")):
        marked = re.sub(rf"(<{element}\b[^>]*>)(?:<p>)?", rf"\1{sign}", marked)
    return plain_text(marked)


def from_paragraphs(paragraphs: Iterable[str]) -> str:
    """Plain paragraphs as markup for the body."""
    return "".join(f"<p>{html.escape(paragraph, quote=False)}</p>" for paragraph in paragraphs)
