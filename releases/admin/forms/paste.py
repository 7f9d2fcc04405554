"""The forms of “Paste a release” and “Quick statement”."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from releases.importers.files import read_file
from releases.importers.plaintext import UnreadableFile
from releases.media.documents import MAX_BYTES
from releases.models import MediaContact
from releases.text import richtext
from releases.text.choices import Language
from releases.text.reading.languages import find_language

MAX_TEXT = 200_000  # characters, some 100 pages


class PasteForm(forms.Form):
    """A text that someone pasted, or a file with one."""

    # The template _paste_box.html has the labels: other pages show it, too.
    text = forms.CharField(required=False, strip=False)
    # What the browser had on the clipboard, if nobody changed the text since. paste_release.js fills it.
    markup = forms.CharField(required=False, strip=False)
    file = forms.FileField(required=False, allow_empty_file=True)
    language = forms.ChoiceField(required=False, choices=[("", ""), *Language.choices])

    def clean(self) -> dict[str, Any]:
        """Replace the text by that of the file, if there is one. Its markup is sanitized."""
        cleaned = super().clean() or {}
        text, markup = cleaned.get("text", ""), cleaned.get("markup", "")
        if cleaned.get("file") and text.strip():
            raise ValidationError({"file": _("You pasted a text and chose a file. Use one of the two.")})
        if file := cleaned.get("file"):
            if file.size > MAX_BYTES:
                too_large = _("This file is larger than 20 MB. Copy its text, then paste it.")
                raise ValidationError({"file": too_large})
            try:
                text, markup = read_file(file.name, file.read())
            except UnreadableFile as error:
                raise ValidationError({"file": str(error)}) from error
        if len(text) > MAX_TEXT or richtext.is_too_large(markup):
            raise ValidationError({"text": _("This text is too long. Paste one release at a time.")})
        markup = richtext.sanitize(markup) if markup else ""
        if not text.strip() and not markup:
            raise ValidationError({"text": _("Paste the text of a release, or choose a file.")})
        return cleaned | {"text": text if not markup else "", "markup": markup}


class QuickForm(forms.Form):
    """A statement with as few fields as possible, for a phone."""

    language = forms.ChoiceField(label=_("Language"), choices=Language.choices, widget=forms.RadioSelect)
    headline = forms.CharField(
        label=_("Headline"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
        error_messages={"required": _("Write a headline.")},
    )
    text = forms.CharField(
        label=_("Text"),
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("The first paragraph is the opening. Leave an empty line between paragraphs."),
        error_messages={"required": _("Write the text.")},
    )
    quotation = forms.CharField(
        label=_("Quote (optional)"),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    speaker = forms.CharField(
        label=_("Who said it"),
        required=False,
        max_length=110,
        help_text=_("Name and role, like: Ana Ruiz, director"),
    )
    contact = forms.ModelChoiceField(
        MediaContact.objects.all(), label=_("Media contact"), required=False, empty_label=_("None")
    )
    client_id = forms.UUIDField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        found = find_language(f"{cleaned.get('headline', '')} {cleaned.get('text', '')}")
        if found and cleaned.get("language") and found != cleaned["language"]:
            self.add_error("language", _("This text seems to be in the other language. Choose its language."))
        if cleaned.get("quotation") and not cleaned.get("speaker"):
            self.add_error("speaker", _("Write who said it, so that reporters can quote it."))
        if cleaned.get("speaker") and not cleaned.get("quotation"):
            self.add_error("quotation", _("Write the quote, or leave the name empty."))
        return cleaned
