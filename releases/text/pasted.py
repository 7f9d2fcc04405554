"""Repair markup that people paste: deleted and hidden text, superscripts and subscripts, and line breaks.

static/js/paste.js does the same in the editor, which drops what it doesn't know before the server sees it.
tests/files/field_cases.json has the cases for both.
"""

import html
import re

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, fragment_fromstring

NEEDS_REPAIR = re.compile(
    r"<(?:su[bp]|b|i|s|strike|del|div|section|article|main|header|footer|center|address|figure|figcaption|d[ltd]|pre"
    r"|details|summary|h[1456]|hr)\b|\bstyle\s*=|\bhidden\b",
    re.IGNORECASE,
)
DELETED_TAGS = {"s", "strike", "del"}
# The lookahead makes the search linear: no match reads past the next “text-decoration”.
DELETED_STYLE = re.compile(
    r"text-decoration(?:-line)?\s*:(?:(?!text-decoration)[^;])*line-through", re.IGNORECASE
)
HIDDEN_STYLE = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$|!)"
    r"|(?:font-size|max-height|max-width)\s*:\s*0(?:\.0+)?(?:px|pt|em|rem|%)?\s*(?:;|$|!)"
    r"|clip\s*:\s*rect\(\s*0|(?:left|top|text-indent)\s*:\s*-\d{3,})",
    re.IGNORECASE,
)
# Both together hide a text.
ZERO_SIZE_STYLE = re.compile(
    r"(?:^|;)\s*(?:width|height)\s*:\s*0(?:\.0+)?(?:px|pt|em|rem|%)?\s*(?:;|$|!)", re.IGNORECASE
)
CLIPPED_STYLE = re.compile(r"(?:^|;)\s*overflow\s*:\s*(?:hidden|clip)", re.IGNORECASE)
# “super”, or a distance: Apple's programs write 4.0px, and Word mso-text-raise.
RAISED_STYLE = re.compile(
    r"(?:vertical-align|mso-text-raise)\s*:\s*(super\b|sub\b|-?(?:[0-9]*\.)?[0-9]+(?=\s*(?:px|pt|em|%)))",
    re.IGNORECASE,
)
BOLD_STYLE = re.compile(r"font-weight\s*:\s*(?:bold(?:er)?|[6-9]00)\b", re.IGNORECASE)
ITALIC_STYLE = re.compile(r"font-style\s*:\s*(?:italic|oblique)\b", re.IGNORECASE)
NORMAL_STYLE = re.compile(r"font-(?:weight|style)\s*:\s*(?:normal|[1-5]00)\b", re.IGNORECASE)
BLOCK_TAGS = set(
    "div section article main header footer center address figure figcaption dt dd pre details"
    " summary".split()
)
CONTAINED_BLOCKS = BLOCK_TAGS | set("p ul ol dl table blockquote hr h1 h2 h3 h4 h5 h6".split())
HEADINGS = {"h1": "h2", "h4": "h3", "h5": "h3", "h6": "h3"}
INLINE_TAGS = {"a", "b", "strong", "em", "i", "span", "font", "u", "sup", "sub"}

SUPERSCRIPTS = str.maketrans("0123456789+-−n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻ⁿ")
SUBSCRIPTS = str.maketrans("0123456789+-−", "₀₁₂₃₄₅₆₇₈₉₊₋₋")
UNIT_BEFORE = re.compile(
    r"\b(?:km|cm|mm|dm|hm|ft|yd|pies?|metros?|millas?)$|(?:^|\d\s?|/|\b(?:per|por|sq) )(?:m|in|mi)$"
)
# A number that is not part of an amount, a time, a range, a date or the name of a law: there, a superscript
# is a note.
SHORT_NUMBER_BEFORE = re.compile(r"(?<![\d,.$:–-])\d{1,3}$")
NAME_BEFORE = re.compile(
    r"(?:\b[A-Z]{1,4}|\b(?:[A-Z]\.)+|(?i:\b(?:titles?|t[íi]tulos?|prop(?:osition|osici[óo]n)?|sec(?:tion|ci[óo]n)?"
    r"|art(?:icle|[íi]culo)?|pages?|p[áa]ginas?|pp?|n[oú]m|no|form|formulario|ley|law|cap[íi]tulo|chapter"
    r"|jan(?:uary)?|feb(?:ruary)?|march|mar|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?))\.?)[\s-]\d{1,3}$"
)
ORDINAL = re.compile(r"s|\.?(?:st|nd|rd|th|ero?s?|era?s?|[rdtmvn][oa]s?|[oaºª]s?)\.?|[ap]\.?m\.?")
CHARACTERS_BEFORE = 20
ABBREVIATED = re.compile(r"(?:\b[A-ZÑ]|\b[Nn]|\bSr|\bProf|\bDr)\.?$")  # “Nº”, “Mª”, “Srª”

_parser = HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True)


def repair_markup(markup: str) -> str:
    """Return `markup` without deleted and hidden text, with superscripts as characters and `div` as `p`.

    Bold and italic text becomes `strong` and `em`, in whichever way a program wrote it.

    The result is not sanitized.
    """
    if not NEEDS_REPAIR.search(markup):
        return markup
    # The comment makes `<html>` part of the fragment.
    root = fragment_fromstring(f"<!---->{markup}", create_parent="div", parser=_parser)
    for element in list(root.iter(etree.Element)):
        if element is not root and element.getparent() is not None and _is_removed(element):
            _remove(element)
    for tag, replacement in HEADINGS.items():
        for element in list(root.iter(tag)):
            element.tag = replacement
    replaced: set[HtmlElement] = set()
    for element in list(root.iter("sup", "sub", "span")):
        if element not in replaced and (kind := _get_script_kind(element)):
            replaced.update(element.iterdescendants())
            text = format_script(kind, element.text_content(), _text_before(element), element.tail or "")
            element.clear(keep_tail=True)
            element.tag, element.text = "span", text
    for element in list(root.iter("b", "i", "span")):
        _set_emphasis(element)
    for element in list(root.iter(*BLOCK_TAGS)):
        if element is not root and not any(child.tag in CONTAINED_BLOCKS for child in element):
            element.tag = "p"
    _encode_comments_in_attributes(root)
    children = (etree.tostring(child, encoding="unicode", method="html") for child in root)
    return html.escape(root.text or "", quote=False) + "".join(children)


def format_script(kind: str, text: str, before: str, after: str = "") -> str:
    """Return the superscript (`kind` "sup") or subscript ("sub") `text` as characters.

    `before` and `after` are the texts around it. A number after a year, a letter or punctuation is the mark
    of a note: “[3]”. After a number of one to three digits or a unit it is an exponent: “²”. Before a slash
    it is part of a fraction: “¹/₂”. In doubt, as in “SB 54[3]”, it is a note.
    """
    text = " ".join(text.split())
    if kind == "sub":
        return text.translate(SUBSCRIPTS) if re.fullmatch(r"[0-9+−-]+", text) else text
    if not text or text.startswith(("[", "(")) or not re.search(r"\w", text):
        return text
    if text.upper() in ("TM", "SM", "R"):
        return {"TM": "™", "SM": "℠", "R": "®"}[text.upper()]
    if re.search(r"\d\.?$", before) and ORDINAL.fullmatch(text.lower()):
        return re.sub(r"^(\.?)a$", r"\1ª", re.sub(r"^(\.?)o$", r"\1º", text.lower()))
    if re.fullmatch("[oaºª]s?", text) and ABBREVIATED.search(before):
        return text.replace("o", "º").replace("a", "ª")
    if re.fullmatch(r"[^\W\d_]{2,}\.?", text) and text.upper() != text:
        return text
    is_exponent = re.fullmatch(r"[+−-]?[0-9]{1,3}|n", text) and (
        after.startswith(("/", "⁄"))
        or UNIT_BEFORE.search(before)
        or (SHORT_NUMBER_BEFORE.search(before) and not NAME_BEFORE.search(before))
    )
    return text.translate(SUPERSCRIPTS) if is_exponent else f"[{text}]"


def _encode_comments_in_attributes(root: HtmlElement) -> None:
    """Encode each “<!--” in an attribute: libxml2 searches the rest of the attribute for its end."""
    for element in root.iter(etree.Element):
        for name, value in element.items():
            if "<!--" in value:
                element.set(name, value.replace("<!--", "%3C!--"))


def _is_removed(element: HtmlElement) -> bool:
    style = element.get("style", "")
    return (
        element.tag in DELETED_TAGS
        or element.get("hidden") is not None
        or bool(DELETED_STYLE.search(style) or HIDDEN_STYLE.search(style))
        or bool(ZERO_SIZE_STYLE.search(style) and CLIPPED_STYLE.search(style))
    )


def _remove(element: HtmlElement) -> None:
    """Remove `element`, but not the paragraphs after it when its end tag is missing in a paragraph."""
    is_in_line = element.getparent().tag in INLINE_TAGS | {"p"}
    first_block = next((child for child in element if child.tag in CONTAINED_BLOCKS), None)
    if element.tag not in DELETED_TAGS or not is_in_line or first_block is None:
        element.drop_tree()
        return
    for child in element[: element.index(first_block)]:
        element.remove(child)
    element.text = None
    element.drop_tag()


def _get_script_kind(element: HtmlElement) -> str:
    """Return "sup" or "sub" for an element that raises or lowers its text, or ""."""
    if element.tag in ("sup", "sub"):
        return str(element.tag)
    match = RAISED_STYLE.search(element.get("style", ""))
    if not match or (match[1][-1].isdigit() and not float(match[1])):
        return ""
    return "sub" if match[1].startswith("-") or match[1].lower() == "sub" else "sup"


def _set_emphasis(element: HtmlElement) -> None:
    """Make `strong` or `em` of an element that is bold or italic, except in a heading.

    Google Docs writes both as styles, and puts all of its text in `<b style="font-weight:normal">`.
    """
    style = element.get("style", "")
    names = []
    if BOLD_STYLE.search(style) or (element.tag == "b" and not NORMAL_STYLE.search(style)):
        names.append("strong")
    if ITALIC_STYLE.search(style) or (element.tag == "i" and not NORMAL_STYLE.search(style)):
        names.append("em")
    ancestors = {ancestor.tag for ancestor in element.iterancestors()}
    element.tag = "span"
    if ancestors & {"h2", "h3"} or any(child.tag in CONTAINED_BLOCKS for child in element):
        return
    names = [name for name in names if name not in ancestors]
    if names:
        element.tag = names[0]
    if len(names) == 2:
        inner = element.makeelement("em")
        inner.text, element.text = element.text, None
        inner.extend(list(element))
        element.append(inner)


def _text_before(element: HtmlElement) -> str:
    """Return the last characters before `element` in its paragraph."""
    text = ""
    for _step in range(CHARACTERS_BEFORE):  # a limit, for many elements without text
        parent, previous = element.getparent(), element.getprevious()
        if previous is not None and previous.tag in CONTAINED_BLOCKS | {"br"}:
            return (previous.tail or "") + text
        if previous is not None:
            text = previous.text_content() + (previous.tail or "") + text
            element = previous
        else:
            text = (parent.text or "") + text
            element = parent
        if len(text) >= CHARACTERS_BEFORE or (previous is None and parent.tag not in INLINE_TAGS):
            break
    return text[-CHARACTERS_BEFORE:]
