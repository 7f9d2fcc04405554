"""Photos and documents as they are chosen, and what a release says of them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from releases.models import Photo
from releases.publishing.photos import LENGTHS
from releases.vocabulary import Language


class ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files, as a list."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return list(data or [])  # each is looked at where it is kept, so that one bad file takes no other with it


class UploadForm(forms.Form):
    """Pictures to add to a release: from this device, or from those the newsroom keeps."""

    pictures = FilesField(
        label=_("Photos from this device"),
        required=False,
        widget=ManyFiles(attrs={"accept": "image/jpeg,image/png,image/webp,image/avif,image/heic,image/heif"}),
        help_text=_(
            "JPEG, PNG, WebP, AVIF or HEIC, up to 40 MB each. Only the picture itself is kept: the place, the time and the names "
            "that cameras and phones write into a file are not."
        ),
    )
    documents = FilesField(
        label=_("Documents from this device"),
        required=False,
        widget=ManyFiles(attrs={"accept": "application/pdf"}),
        help_text=_("PDF, up to 20 MB each. Names of authors, dates, remarks and hidden files in it are removed."),
    )
    kept = forms.ModelMultipleChoiceField(
        Photo.objects.none(),
        label=_("Portraits and logos we keep"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, shown: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept: Any = self.fields["kept"]
        kept.queryset = Photo.objects.exclude(shelf="").exclude(pk__in=shown)
        if not kept.queryset.exists():
            del self.fields["kept"]


class PhotoWordsForm(forms.Form):
    """What a release says of one photo, where it stands among them, and what the desk knows of it."""

    photo = forms.IntegerField(widget=forms.HiddenInput)
    alt = forms.CharField(
        label=_("What it shows, for people who cannot see it"),
        max_length=LENGTHS["alt"],
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("“Ana Ruiz speaks at a microphone in front of City Hall.” In the language of the release."),
    )
    is_decorative = forms.BooleanField(label=_("It is decoration and says nothing that the text does not"), required=False)
    caption = forms.CharField(label=_("Caption"), max_length=LENGTHS["caption"], required=False, widget=forms.Textarea(attrs={"rows": 2}))
    credit = forms.CharField(label=_("Credit"), max_length=LENGTHS["credit"], required=False, help_text=_("Who took it."))
    consent = forms.CharField(
        label=_("Consent"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Who is seen, minors above all, and who agreed to it. The public never sees this."),
    )
    consent_was = forms.CharField(required=False, widget=forms.HiddenInput)  # as it was shown
    place = forms.IntegerField(label=_("Place in the order"), min_value=1, max_value=99)
    take_out = forms.BooleanField(label=_("Take it out of this release"), required=False)

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("alt", "caption"):
            self.fields[name].widget.attrs["lang"] = language


class DocumentWordsForm(forms.Form):
    """What a release says of one document, and where it stands among them."""

    document = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(
        label=_("What it is"),
        max_length=LENGTHS["alt"],
        required=False,
        help_text=_("“Fact sheet on TPS”. Its address is made from this: a newer file under the same title is found at the same place."),
    )
    language = forms.ChoiceField(label=_("Its language"), choices=Language.choices)
    instead = forms.FileField(
        label=_("A newer file in its place"), required=False, widget=forms.FileInput(attrs={"accept": "application/pdf"})
    )
    place = forms.IntegerField(label=_("Place in the order"), min_value=1, max_value=99)
    take_out = forms.BooleanField(label=_("Take it out of this release"), required=False)
