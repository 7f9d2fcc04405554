"""Forms that upload photos and documents, and edit their details in a release."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from releases.actions.photos import MAX_LENGTHS
from releases.models import Photo
from releases.text.choices import Language


class MultipleFileInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """A field for several files. Its value is a list."""

    widget = MultipleFileInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return list(data or [])  # files are validated when they are stored, so that an invalid one doesn't reject the others


class UploadForm(forms.Form):
    """Adds photos and documents from the user's device, and photos from the press kit, to a release."""

    pictures = FilesField(
        label=_("Photos from this device"),
        required=False,
        widget=MultipleFileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/avif,image/heic,image/heif"}),
        help_text=_(
            "JPEG, PNG, WebP, AVIF or HEIC, up to 40 MB each. Only the picture itself is kept: the place, the time and the names "
            "that cameras and phones write into a file are not."
        ),
    )
    documents = FilesField(
        label=_("Documents from this device"),
        required=False,
        widget=MultipleFileInput(attrs={"accept": "application/pdf"}),
        help_text=_("PDF, up to 20 MB each. Names of authors, dates, remarks and hidden files in it are removed."),
    )
    press_kit = forms.ModelMultipleChoiceField(
        Photo.objects.none(),
        label=_("Portraits and logos we keep"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, current_photo_ids: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        press_kit: Any = self.fields["press_kit"]
        press_kit.queryset = Photo.objects.exclude(press_kit_category="").exclude(pk__in=current_photo_ids)
        if not press_kit.queryset.exists():
            del self.fields["press_kit"]


class PhotoDetailsForm(forms.Form):
    """The texts and the position of one photo in a release, and the consent of the people in it."""

    photo = forms.IntegerField(widget=forms.HiddenInput)
    alt = forms.CharField(
        label=_("What it shows, for people who cannot see it"),
        max_length=MAX_LENGTHS["alt"],
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("“Ana Ruiz speaks at a microphone in front of City Hall.” In the language of the release."),
    )
    is_decorative = forms.BooleanField(label=_("It is decoration and says nothing that the text does not"), required=False)
    caption = forms.CharField(
        label=_("Caption"), max_length=MAX_LENGTHS["caption"], required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    credit = forms.CharField(label=_("Credit"), max_length=MAX_LENGTHS["credit"], required=False, help_text=_("Who took it."))
    consent = forms.CharField(
        label=_("Consent"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Who is seen, minors above all, and who agreed to it. The public never sees this."),
    )
    previous_consent = forms.CharField(required=False, widget=forms.HiddenInput)  # as the form displayed it, to detect concurrent changes
    position = forms.IntegerField(label=_("Place in the order"), min_value=1, max_value=99)
    is_removed = forms.BooleanField(label=_("Take it out of this release"), required=False)

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("alt", "caption"):
            self.fields[name].widget.attrs["lang"] = language


class DocumentDetailsForm(forms.Form):
    """The title, language and position of one document in a release."""

    document = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(
        label=_("What it is"),
        max_length=MAX_LENGTHS["alt"],
        required=False,
        help_text=_("“Fact sheet on TPS”. Its address is made from this: a newer file under the same title is found at the same place."),
    )
    language = forms.ChoiceField(label=_("Its language"), choices=Language.choices)
    replacement_file = forms.FileField(
        label=_("A newer file in its place"), required=False, widget=forms.FileInput(attrs={"accept": "application/pdf"})
    )
    position = forms.IntegerField(label=_("Place in the order"), min_value=1, max_value=99)
    is_removed = forms.BooleanField(label=_("Take it out of this release"), required=False)
