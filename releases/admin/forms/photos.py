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
        # Files are validated when they are stored, so that an invalid one doesn't reject the others.
        return list(data or [])


class UploadForm(forms.Form):
    """Adds photos and documents from the user's device, and photos from the press kit, to a release."""

    pictures = FilesField(
        label=_("Photos from this device"),
        required=False,
        widget=MultipleFileInput(
            attrs={"accept": "image/jpeg,image/png,image/webp,image/avif,image/heic,image/heif"}
        ),
        help_text=_(
            "JPEG, PNG, WebP, AVIF or HEIC, up to 40 MB each. Only the image is kept. The place, time and "
            "names that cameras and phones add to the file are removed."
        ),
    )
    documents = FilesField(
        label=_("Documents from this device"),
        required=False,
        widget=MultipleFileInput(attrs={"accept": "application/pdf"}),
        help_text=_("PDF, up to 20 MB each. Author names, dates, comments and hidden files are removed."),
    )
    press_kit = forms.ModelMultipleChoiceField(
        Photo.objects.none(),
        label=_("Saved portraits and logos"),
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
        label=_("Alt text: describe the photo for people who can't see it"),
        max_length=MAX_LENGTHS["alt"],
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_(
            "“Ana Ruiz speaks at a microphone in front of City Hall.” In the language of the release."
        ),
    )
    is_decorative = forms.BooleanField(label=_("Decorative (no alt text needed)"), required=False)
    caption = forms.CharField(
        label=_("Caption"),
        max_length=MAX_LENGTHS["caption"],
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    credit = forms.CharField(
        label=_("Credit"),
        max_length=MAX_LENGTHS["credit"],
        required=False,
        help_text=_("Who took the photo."),
    )
    is_lead = forms.BooleanField(
        label=_("Lead photo"),
        required=False,
        help_text=_("Shown large under the headline, and where the release is shared."),
    )
    focus_x = forms.IntegerField(
        label=_("Focal point: percent from the left"), min_value=0, max_value=100, required=False
    )
    focus_y = forms.IntegerField(
        label=_("Focal point: percent from the top"),
        min_value=0,
        max_value=100,
        required=False,
        help_text=_("What must stay visible when the photo is cropped. Empty means the center."),
    )
    consent = forms.CharField(
        label=_("Consent"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Who appears (especially minors) and who gave consent. Internal only."),
    )
    # The consent that the form displayed, to detect concurrent changes.
    previous_consent = forms.CharField(required=False, widget=forms.HiddenInput)
    position = forms.IntegerField(label=_("Order"), min_value=1, max_value=99)
    is_removed = forms.BooleanField(label=_("Remove from this release"), required=False)

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("alt", "caption"):
            self.fields[name].widget.attrs["lang"] = language

    def clean(self) -> dict[str, Any]:
        """Add the focal point. A number that was left empty is that of the center."""
        data: dict[str, Any] = self.cleaned_data
        numbers = [data.get("focus_x"), data.get("focus_y")]
        data["focus"] = [50 if number is None else number for number in numbers]
        return data


class DocumentDetailsForm(forms.Form):
    """The title, language and position of one document in a release."""

    document = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(
        label=_("Title"),
        max_length=MAX_LENGTHS["alt"],
        required=False,
        help_text=_(
            "For example “Fact sheet on TPS”. The file's web address comes from it. A newer file with the "
            "same title keeps the same address."
        ),
    )
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)
    replacement_file = forms.FileField(
        label=_("Replace file"), required=False, widget=forms.FileInput(attrs={"accept": "application/pdf"})
    )
    position = forms.IntegerField(label=_("Order"), min_value=1, max_value=99)
    is_removed = forms.BooleanField(label=_("Remove from this release"), required=False)
