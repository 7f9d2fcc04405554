"""Our labels and translations for strings of libraries and scripts in the admin."""

from django.utils.translation import gettext_lazy as _

# Labels of the editor's buttons and dialogs. The library has most of them only in English, so release_form.js
# replaces them.
EDITOR_STRINGS = {
    "paragraph": _("Paragraph"),
    "Paragraph": _("Paragraph"),
    "heading 2": _("Heading"),
    "Heading 2": _("Heading"),
    "heading 3": _("Smaller heading"),
    "Heading 3": _("Smaller heading"),
    "unordered list": _("Bulleted list"),
    "ordered list": _("Numbered list"),
    "List properties": _("List numbering"),
    "Start at": _("Start at"),
    "List type": _("Number style"),
    "Decimal numbers": _("Numbers"),
    "Lowercase letters": _("Lowercase letters"),
    "Uppercase letters": _("Uppercase letters"),
    "Lowercase Roman numerals": _("Lowercase Roman numerals"),
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
    "URL": _("Web address"),
    "Title": _("Link title"),
    "Update": _("Done"),
    "Cancel": _("Cancel"),
}

# Messages of paste.js; {} is the number of removed elements.
PASTE_STRINGS = {
    "removed": _("Left out:"),
    "images": _("images and other media ({})"),
    "comments": _("comments ({})"),
    "links": _("links that don't work outside your computer ({})"),
    "join": _("Join broken lines"),
    "joined": _("Lines joined. Use Undo to reverse this."),
    "nothing_to_join": _("There are no broken lines to join."),
    "deleted": _("deleted text ({})"),
    "hidden": _("hidden text ({})"),
    "tracking": _("tracking in links ({})"),
    "notes": _("Raised numbers that are now marks of notes, such as [3]: {}. Check them."),
    "joined_on_paste": _("The lines of each paragraph were joined."),
    "keep_breaks": _("Keep the line breaks"),
}

# Strings of Django with a stiff or wrong Spanish translation. Marked here, they are in our catalog, which
# takes precedence.
DJANGO_STRINGS = [
    _("Welcome,"),
    _("History"),
    _("All"),
    _("No, take me back"),
    _("Thanks for spending some quality time with the web site today."),
    _("View %s"),
    _("Your password was changed."),
    _("a.m."),
    _("p.m."),
    _("Add"),
    _("Add %s"),
    _("Add %(name)s"),
    _("Add another %(model)s"),
    _("The %(name)s “%(obj)s” was deleted successfully."),
    _("Enter the same password as before, for verification."),
    _(
        "Please enter the correct %(username)s and password for a staff account. Note that both fields "
        "may be case-sensitive."
    ),
    _("%(name)s with ID “%(key)s” doesn’t exist. Perhaps it was deleted?"),
    _("Select %s to change"),
    _("Select %s to view"),
    _("staff status"),
    _("Designates whether the user can log into this admin site."),
    _("superuser status"),
    _("Designates that this user has all permissions without explicitly assigning them."),
    _(
        "Designates whether this user should be treated as active. Unselect this instead of deleting "
        "accounts."
    ),
    _("Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only."),
    _("After you’ve created a user, you’ll be able to edit more user options."),
    _(
        "Whether the user will be able to authenticate using a password or not. If disabled, they may "
        "still be able to authenticate using other backends, such as Single Sign-On or LDAP."
    ),
    _("Enter a new password for the user <strong>%(username)s</strong>."),
    _("Your password can’t be too similar to your other personal information."),
    _("Your password can’t be a commonly used password."),
    _("Save and add another"),
    _("Cannot delete %(name)s"),
    _(
        "Deleting the %(object_name)s '%(escaped_object)s' would require deleting the following "
        "protected related objects:"
    ),
    _("Change history: %s"),
    _("This object doesn’t have a change history. It probably wasn’t added via this admin site."),
    _("Delete selected %(verbose_name_plural)s"),
    _("Breadcrumbs"),
    _("Remove from sorting"),
    _("Toggle sorting"),
    _("Model name"),
    _("Add link"),
    _("Change or view list link"),
    _("Models in the %(name)s application"),
]
