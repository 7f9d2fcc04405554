"""The actions that staff can take on a release, with their pages: titles, buttons, forms and explanations."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext_lazy

from releases.admin import actions
from releases.admin.forms import (
    ActionForm,
    MarkCurrentForm,
    NoteForm,
    PinForm,
    PressCheckForm,
    PublishForm,
    RescheduleForm,
    ReviewForm,
    RevisionForm,
    SlugForm,
    WithdrawForm,
)
from releases.models import Release, User
from releases.text.choices import Status


@dataclass(frozen=True)
class ReleaseAction:
    """An action on a release, with its confirmation page.

    The function `perform` performs the action and returns a message.

    `permission` is the required permission. `shows` selects what is displayed above the form: a preview, the
    changes of the pending revision, of the autosave or of the translation. `explanation` says what the action
    does. `can_apply_to_both` returns whether the action can be performed for a release and its translation
    together.
    """

    name: str
    title: Any
    button_label: Any
    form: type[ActionForm]
    perform: Callable[[Release, Any, User], str]
    permission: str = "publish_release"
    shows: Literal["", "preview", "changes", "autosave", "translation_changes"] = ""
    explanation: Any = ""
    can_apply_to_both: Callable[[Release, Release], bool] | None = None

    @property
    def path(self) -> str:
        return self.name.replace("_", "-")


def _is_draft(_release: Release, translation: Release) -> bool:
    return translation.status == Status.DRAFT


def _is_public(_release: Release, translation: Release) -> bool:
    return translation.is_public()


def _is_withdrawn(_release: Release, translation: Release) -> bool:
    return translation.status == Status.WITHDRAWN


def is_scheduled_with(release: Release, translation: Release) -> bool:
    """Return whether both are scheduled for the same time."""
    return release.is_scheduled and translation.is_scheduled and release.public_at == translation.public_at


ACTIONS = [
    ReleaseAction(
        "publish",
        gettext_lazy("Publish"),
        gettext_lazy("Publish"),
        PublishForm,
        actions.publish,
        shows="preview",
        can_apply_to_both=_is_draft,
        explanation=gettext_lazy(
            "Readers can see it at once, or at the time you choose. You can withdraw it later."
        ),
    ),
    ReleaseAction(
        "reschedule",
        gettext_lazy("Reschedule"),
        gettext_lazy("Reschedule"),
        RescheduleForm,
        actions.reschedule,
        can_apply_to_both=is_scheduled_with,
        explanation=gettext_lazy("It is published automatically at the new time."),
    ),
    ReleaseAction(
        "return_to_draft",
        gettext_lazy("Back to draft"),
        gettext_lazy("Back to draft"),
        ActionForm,
        actions.return_to_draft,
        can_apply_to_both=is_scheduled_with,
        explanation=gettext_lazy("It won't be published until someone publishes or schedules it again."),
    ),
    ReleaseAction(
        "publish_revision",
        gettext_lazy("Publish the change"),
        gettext_lazy("Publish the change"),
        RevisionForm,
        actions.publish_revision,
        shows="changes",
        explanation=gettext_lazy(
            "Readers see the new text instead of the current one. The history keeps both."
        ),
    ),
    ReleaseAction(
        "unschedule_revision",
        gettext_lazy("Unschedule the change"),
        gettext_lazy("Unschedule"),
        ActionForm,
        actions.unschedule_revision,
        shows="changes",
        explanation=gettext_lazy("Readers keep seeing the current text until someone publishes the change."),
    ),
    ReleaseAction(
        "discard_revision",
        gettext_lazy("Discard the change"),
        gettext_lazy("Discard"),
        ActionForm,
        actions.discard_revision,
        permission="change_release",
        shows="changes",
        explanation=gettext_lazy(
            "The published text stays as it is. The history keeps the discarded change."
        ),
    ),
    ReleaseAction(
        "change_slug",
        gettext_lazy("Change the web address"),
        gettext_lazy("Change the web address"),
        SlugForm,
        actions.change_slug,
        explanation=gettext_lazy(
            "The old web address redirects to the new one, so existing links keep working."
        ),
    ),
    ReleaseAction(
        "withdraw",
        gettext_lazy("Withdraw"),
        gettext_lazy("Withdraw"),
        WithdrawForm,
        actions.withdraw,
        can_apply_to_both=_is_public,
        explanation=gettext_lazy(
            "Readers see your reason instead of the text, at the same address. You can publish the release "
            "again later."
        ),
    ),
    ReleaseAction(
        "take_down",
        gettext_lazy("Take down immediately"),
        gettext_lazy("Take down immediately"),
        ActionForm,
        actions.take_down,
        explanation=gettext_lazy(
            "Removes this release from the site at once. Its page shows a neutral notice. You can add a "
            "reason or publish it again later."
        ),
    ),
    ReleaseAction(
        "set_withdrawal_reason",
        gettext_lazy("Withdrawal reason"),
        gettext_lazy("Save the reason"),
        WithdrawForm,
        actions.set_withdrawal_reason,
        explanation=gettext_lazy("Readers see it on the page of the withdrawn release."),
    ),
    ReleaseAction(
        "republish",
        gettext_lazy("Publish again"),
        gettext_lazy("Publish again"),
        PressCheckForm,
        actions.republish,
        shows="preview",
        can_apply_to_both=_is_withdrawn,
        explanation=gettext_lazy(
            "The release becomes public again at the same address and with its original date."
        ),
    ),
    ReleaseAction(
        "mark_translation_current",
        gettext_lazy("Compare with the other version"),
        gettext_lazy("Still accurate"),
        MarkCurrentForm,
        actions.mark_translation_current,
        permission="change_release",
        shows="translation_changes",
        explanation=gettext_lazy("Readers are no longer told that the other version is newer."),
    ),
    ReleaseAction(
        "unlink_translations",
        gettext_lazy("Unlink the two versions"),
        gettext_lazy("Unlink"),
        ActionForm,
        actions.unlink_translations,
        permission="change_release",
        explanation=gettext_lazy(
            "Each release stays as it is, but readers no longer find a link from one to the other."
        ),
    ),
    ReleaseAction(
        "claim_autosave",
        gettext_lazy("Continue this unsaved text"),
        gettext_lazy("Continue editing"),
        ActionForm,
        actions.claim_autosave,
        permission="change_release",
        shows="autosave",
        explanation=gettext_lazy(
            "You continue the text of the other person. Tell them: what they type from now on isn't saved "
            "here."
        ),
    ),
    ReleaseAction(
        "discard_autosave",
        gettext_lazy("Discard the unsaved text"),
        gettext_lazy("Discard"),
        ActionForm,
        actions.discard_autosave,
        permission="change_release",
        shows="autosave",
        explanation=gettext_lazy("The last saved text stays. The unsaved text can't be restored."),
    ),
    ReleaseAction(
        "pin",
        gettext_lazy("Pin"),
        gettext_lazy("Pin"),
        PinForm,
        actions.pin,
        explanation=gettext_lazy(
            "It stays at the top of the news page in its language until the day you choose."
        ),
    ),
    ReleaseAction(
        "unpin",
        gettext_lazy("Unpin"),
        gettext_lazy("Unpin"),
        ActionForm,
        actions.unpin,
        explanation=gettext_lazy("The release returns to its place by date."),
    ),
    ReleaseAction(
        "request_review",
        gettext_lazy("Request review"),
        gettext_lazy("Request review"),
        ReviewForm,
        actions.request_review,
        permission="change_release",
        explanation=gettext_lazy(
            "Publishers see it at the top of their dashboard. You can go on editing until then."
        ),
    ),
    ReleaseAction(
        "return_for_changes",
        gettext_lazy("Return for changes"),
        gettext_lazy("Return for changes"),
        NoteForm,
        actions.return_for_changes,
        shows="changes",
        explanation=gettext_lazy("The writer sees your note and continues. Nothing is published."),
    ),
    ReleaseAction(
        "add_note",
        gettext_lazy("Note"),
        gettext_lazy("Add note"),
        NoteForm,
        actions.add_note,
        permission="view_release",
        explanation=gettext_lazy("Other staff see it below the release. Readers never do."),
    ),
]
