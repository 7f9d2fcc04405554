"""The forms of the desk."""

from releases.forms.passwords import AnotherPassword
from releases.forms.release import ReleaseForm
from releases.forms.topics import MergeForm
from releases.forms.verbs import (
    AddressForm,
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
    "AnotherPassword",
    "ChangeForm",
    "EraseForm",
    "LinkForm",
    "MergeForm",
    "NoteForm",
    "PinForm",
    "PublishForm",
    "ReleaseForm",
    "RescheduleForm",
    "ReviewForm",
    "VerbForm",
    "WithdrawForm",
]
