"""What the editor's buttons and its dialog say. The library names most of them in English only, so writing.js puts these in."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "paragraph": _("Paragraph"),
    "Paragraph": _("Paragraph"),
    "heading 2": _("Heading"),
    "Heading 2": _("Heading"),
    "heading 3": _("Smaller heading"),
    "Heading 3": _("Smaller heading"),
    "unordered list": _("Bulleted list"),
    "ordered list": _("Numbered list"),
    "List properties": _("How the list is numbered"),
    "Start at": _("Begin with"),
    "List type": _("Numbered by"),
    "Decimal numbers": _("Numbers"),
    "Lowercase letters": _("Small letters"),
    "Uppercase letters": _("Capital letters"),
    "Lowercase Roman numerals": _("Small Roman numerals"),
    "Uppercase Roman numerals": _("Roman numerals"),
    "blockquote": _("Quotation"),
    "bold": _("Bold"),
    "italic": _("Italic"),
    "insert link": _("Link"),
    "remove link": _("Remove the link"),
    "undo": _("Undo"),
    "redo": _("Redo"),
    "Edit Link": _("Link"),
    "URL": _("Address"),
    "Title": _("What it leads to"),
    "Update": _("Done"),
    "Cancel": _("Cancel"),
}
