"""Our labels and translations for strings of libraries and scripts in the admin."""

from django.utils.translation import gettext_lazy as _

# Labels of the editor's buttons and dialogs. The library has most of them only in English, so release_form.js replaces them.
EDITOR_STRINGS = {
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
    "Insert table": _("Table"),
    "Table Properties": _("Table"),
    "Rows": _("Rows"),
    "Columns": _("Columns"),
    "Include header row": _("First row as heading"),
    "Yes": _("Yes"),
    "No": _("No"),
    "Insert Table": _("Insert"),
    "Add column": _("Add a column"),
    "Delete column": _("Delete the column"),
    "Add row": _("Add a row"),
    "Delete row": _("Delete the row"),
    "Merge cells": _("Merge cells"),
    "Split cell": _("Split the cell"),
    "Toggle header cell": _("Heading cell"),
    "Delete table": _("Delete the table"),
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

# Messages of paste.js; {} is the number of removed elements.
PASTE_STRINGS = {
    "removed": _("Left out:"),
    "images": _("pictures and the like ({})"),
    "comments": _("comments ({})"),
    "links": _("links that lead nowhere outside ({})"),
    "join": _("Join broken lines"),
    "joined": _("The lines are joined. Undo takes it back."),
    "nothing_to_join": _("There is nothing to join."),
}

# Strings of Django's admin with a stiff or wrong Spanish translation. Marked here, they are in our catalog, which takes precedence.
ADMIN_STRINGS = [
    _("Welcome,"),
    _("History"),
    _("No, take me back"),
    _("Thanks for spending some quality time with the web site today."),
    _("View %s"),
    _("Your password was changed."),
]
