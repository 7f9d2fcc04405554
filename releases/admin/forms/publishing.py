"""Forms that make a text public: when, as what kind of change, and what the press check found in it."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from releases.actions.press_check import check_release
from releases.admin.forms.actions import ActionForm, LosAngelesTimeField, VersionField
from releases.models import NewsroomSettings, PendingRevision, Release, deserialize_content
from releases.text.choices import ChangeKind, Language
from releases.text.press_check import get_rules


class PressCheckForm(ActionForm):
    """Shows what the press check finds, and asks for each private finding whether it may be public.

    `findings` are those of the release, `translation_findings` those of the other version, if both can be
    published together.
    """

    PUBLIC_FIELD = "may_be_public"  # the checkboxes, each with the key of a finding

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.findings = check_release(self.release)
        findings = check_release(self.translation) if self.translation else []
        # The differences between the two are among the findings of the release.
        self.translation_findings = [each for each in findings if each.rule != "translation_differs"]
        self.confirmed = set(self.data.getlist(self.PUBLIC_FIELD)) if hasattr(self.data, "getlist") else set()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        findings = self.findings + (self.translation_findings if cleaned.get("both_languages") else [])
        if any(finding.is_private and finding.key not in self.confirmed for finding in findings):
            self.add_error(
                None,
                _(
                    "The press check found something about a person. Tick “This may be public” "
                    "for each, or go "
                    "back and remove it."
                ),
            )
        return cleaned

    @property
    def passed_rules(self) -> dict[str, Any]:
        """Return the arguments of the publishing actions with the rules that the user passed over."""
        return {"passed_rules": get_rules(self.findings)}

    @property
    def translation_passed_rules(self) -> list[str]:
        return get_rules(self.translation_findings)


class TimingForm(PressCheckForm):
    """Asks when to publish and, if a second approver is required, why the writer publishes without one."""

    NOW, IMMEDIATELY, LATER = "now", "at once", "later"

    when = forms.ChoiceField(
        label=_("When"),
        choices=[
            (NOW, _("Now, with time to undo")),
            (IMMEDIATELY, _("Now, without waiting")),
            (LATER, _("At a set time")),
        ],
        widget=forms.RadioSelect,
        initial=NOW,
    )
    at = LosAngelesTimeField(required=False, help_text=_("Publishes automatically."))
    override_reason = forms.CharField(
        label=_("Reason for publishing without approval"),
        required=False,
        max_length=500,
        help_text=_(
            "You edited this text last, so someone else should approve it. If it can't wait, give a reason. "
            "It is saved as a note."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        revision = PendingRevision.for_release(self.release)
        writer = revision.changed_by if revision else self.release.changed_by
        if writer != self.user or not NewsroomSettings.current().requires_second_approver:
            del self.fields["override_reason"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("when") == self.LATER and not cleaned.get("at") and "at" not in self.errors:
            self.add_error("at", _("Choose the day and the time, or publish now."))
        if cleaned.get("when") != self.LATER and (cleaned.get("at") or cleaned.get("is_embargoed")):
            self.add_error(
                "when",
                _(
                    "You set a time or an embargo but chose “Now”. Choose “At a set time”, or clear the "
                    "time and the embargo."
                ),
            )
        return cleaned

    @property
    def timing(self) -> dict[str, Any]:
        """Return the arguments of the publishing actions. `at` is None to publish now, after `wait`."""
        when = self.cleaned_data["when"]
        return {
            "at": self.cleaned_data["at"] if when == self.LATER else None,
            "wait": timedelta(seconds=NewsroomSettings.current().undo_window)
            if when == self.NOW
            else timedelta(0),
            "edit_token": self.cleaned_data["edit_token"],
            "override_reason": self.cleaned_data.get("override_reason", ""),
            **self.passed_rules,
        }


class PublishForm(TimingForm):
    is_embargoed = forms.BooleanField(
        label=_("Embargoed until then"),
        required=False,
        help_text=_(
            "The desk then shows “Embargoed until …” instead of “Scheduled for …”. Nothing changes for "
            "readers."
        ),
    )


class RevisionForm(TimingForm):
    """Asks what kind of change a revision is, and for the note to readers."""

    kind = forms.ChoiceField(
        label=_("What kind of change is it?"),
        choices=[
            (ChangeKind.TYPO, _("Small change, such as a typo or a topic (readers are not told)")),
            (ChangeKind.CORRECTION, _("Correction (something was wrong)")),
            (ChangeKind.UPDATE, _("Update (there is new information)")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the type of change.")},
    )
    note = forms.CharField(
        label=_("Sentence for readers"),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "One sentence, in the language of the release. It appears with today's date at the top and in "
            "the list of corrections at the end. State the correct fact; don't repeat the error."
        ),
    )
    version = VersionField()
    is_synced = forms.BooleanField(required=False)
    field_order = ("edit_token", "kind", "note", "is_synced", "when", "at", "override_reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        revision = PendingRevision.for_release(self.release)
        if revision and deserialize_content(revision.content) == self.release.content():  # other topics only
            self.initial.setdefault("kind", ChangeKind.TYPO)
        translation = (
            self.release.translation
            if Release.objects.out_of_date().filter(pk=self.release.pk).exists()
            else None
        )
        if translation is None:
            del self.fields["is_synced"], self.fields["version"]
            return
        is_english = translation.language == Language.ENGLISH
        field = self.fields["is_synced"]
        field.label = (
            _("Matches the latest change in the English version")
            if is_english
            else _("Matches the latest change in the Spanish version")
        )
        field.help_text = _(
            "Both versions say the same again, and readers are no longer told that the other version is "
            "newer."
        )
        self.initial.update(is_synced=True, version=translation.version)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("kind") in (ChangeKind.CORRECTION, ChangeKind.UPDATE) and not cleaned.get("note"):
            self.add_error(
                "note",
                _(
                    "Write one sentence that tells readers what changed. Only a small change doesn't need "
                    "one."
                ),
            )
        if cleaned.get("kind") == ChangeKind.TYPO and cleaned.get("note"):
            self.add_error(
                "kind",
                _(
                    "You wrote a sentence for readers, but “Small change” doesn't show one. Choose another "
                    "type, or clear the sentence."
                ),
            )
        return cleaned

    @property
    def synced_version(self) -> int | None:
        """Return the version of the translation that this revision matches, if the user confirmed it."""
        return self.cleaned_data["version"] if self.cleaned_data.get("is_synced") else None
