"""The forms of the desk."""

from releases.forms.passwords import AnotherPassword
from releases.forms.photos import DocumentWordsForm, PhotoWordsForm, UploadForm
from releases.forms.release import ReleaseForm
from releases.forms.topics import MergeForm
from releases.forms.verbs import (
    AddressForm,
    AgreeForm,
    ChangeForm,
    EraseForm,
    LinkForm,
    NoteForm,
    PinForm,
    PublishForm,
    RescheduleForm,
    ReviewForm,
    VerbForm,
    WithdrawForm,
)

__all__ = [
    "AddressForm",
    "AgreeForm",
    "AnotherPassword",
    "ChangeForm",
    "DocumentWordsForm",
    "EraseForm",
    "LinkForm",
    "MergeForm",
    "NoteForm",
    "PhotoWordsForm",
    "PinForm",
    "PublishForm",
    "ReleaseForm",
    "RescheduleForm",
    "ReviewForm",
    "UploadForm",
    "VerbForm",
    "WithdrawForm",
]
