"""Forms of the admin."""

from releases.admin.forms.actions import (
    ActionForm,
    LinkForm,
    MarkCurrentForm,
    NoteForm,
    PinForm,
    RedactionForm,
    RescheduleForm,
    ReviewForm,
    SlugForm,
    WithdrawForm,
)
from releases.admin.forms.alerts import AlertForm
from releases.admin.forms.newsroom_lock import LockForm
from releases.admin.forms.paste import PasteForm, QuickForm
from releases.admin.forms.photos import DocumentDetailsForm, PhotoDetailsForm, UploadForm
from releases.admin.forms.publishing import PressCheckForm, PublishForm, RevisionForm, TimingForm
from releases.admin.forms.release import ReleaseForm
from releases.admin.forms.release_templates import ReleaseTemplateForm
from releases.admin.forms.staff import ColleagueForm, StaffForm
from releases.admin.forms.topics import MergeForm

__all__ = [
    "ActionForm",
    "AlertForm",
    "ColleagueForm",
    "DocumentDetailsForm",
    "LinkForm",
    "LockForm",
    "MarkCurrentForm",
    "MergeForm",
    "NoteForm",
    "PasteForm",
    "PhotoDetailsForm",
    "PinForm",
    "PressCheckForm",
    "PublishForm",
    "QuickForm",
    "RedactionForm",
    "ReleaseForm",
    "ReleaseTemplateForm",
    "RescheduleForm",
    "ReviewForm",
    "RevisionForm",
    "SlugForm",
    "StaffForm",
    "TimingForm",
    "UploadForm",
    "WithdrawForm",
]
