"""Actions on a release in the admin. Each calls a function of `releases.actions` and returns a message for the user.

releases/admin/action_views.py renders their pages.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from releases.actions import autosaves, pins, publication, reviews, revisions, scheduling, translations, withdrawal
from releases.admin.forms import (
    ActionForm,
    MarkCurrentForm,
    NoteForm,
    PinForm,
    PublishForm,
    RescheduleForm,
    ReviewForm,
    RevisionForm,
    SlugForm,
    WithdrawForm,
)
from releases.models import NewsroomSettings, PendingRevision, Release, User
from releases.text import localtime
from releases.text.choices import Status


def describe_state(release: Release) -> str:
    """Return the state of a release as text, including when it or its revision becomes public."""
    if release.is_scheduled and release.public_at:
        template = _("Embargoed until %(moment)s") if release.is_embargoed else _("Scheduled for %(moment)s")
        return template % {"moment": localtime.format_datetime(release.public_at)}
    if release.is_public():
        revision = PendingRevision.for_release(release)
        if revision and revision.public_at:
            return _("Public, with a change on %(moment)s") % {"moment": localtime.format_datetime(revision.public_at)}
        return _("Public, with an unpublished change") if revision else _("Public")
    return str(Status(release.status).label)


def get_undo_seconds_left(release: Release | None) -> int:
    """Return the seconds until `release` or its revision becomes public, rounded up, if publication can be undone, else 0."""
    revision = PendingRevision.for_release(release) if release else None
    public_at = (
        revision.public_at if revision else release.public_at if release and release.is_scheduled and not release.is_embargoed else None
    )
    if not public_at:
        return 0
    seconds = (public_at - timezone.now()).total_seconds()
    return int(seconds) + 1 if 0 < seconds <= NewsroomSettings.current().undo_window else 0


def _perform(function: Callable[..., None], release: Release, form: ActionForm, user: User, **kwargs: Any) -> None:
    """Call `function` for the release, or for both language versions if the user ticked that."""
    if form.cleaned_data.get("both_languages"):
        translations.apply_to_both(
            function,
            release,
            user=user,
            translation_edit_token=form.cleaned_data["translation_edit_token"] if "edit_token" in kwargs else None,
            **kwargs,
        )
    else:
        function(release, user=user, **kwargs)


def publish(release: Release, form: PublishForm, user: User) -> str:
    _perform(publication.publish, release, form, user, is_embargoed=form.cleaned_data["is_embargoed"], **form.timing)
    return _state_message(release)


def publish_revision(release: Release, form: RevisionForm, user: User) -> str:
    revisions.publish_revision(
        release,
        user=user,
        kind=form.cleaned_data["kind"],
        note=form.cleaned_data["note"],
        synced_version=form.synced_version,
        **form.timing,
    )
    revision = PendingRevision.for_release(release)
    if seconds := get_undo_seconds_left(release):
        return _("It goes public in %(seconds)s seconds, unless you undo it.") % {"seconds": seconds}
    if revision and revision.public_at:
        return _("The change goes public on %(moment)s.") % {"moment": localtime.format_datetime(revision.public_at)}
    return format_html(_('The change is public now: <a href="{url}">{url}</a>'), url=release.get_absolute_url())


def unschedule_revision(release: Release, _form: ActionForm, user: User) -> str:
    revisions.unschedule_revision(release, user=user)
    return _("The change is held back. The public reads the old text until someone publishes the change.")


def discard_revision(release: Release, form: ActionForm, user: User) -> str:
    revisions.discard_revision(release, user=user, edit_token=form.cleaned_data["edit_token"])
    return _("The change is discarded. The text is the one the public reads; the history keeps the other.")


def request_review(release: Release, form: ReviewForm, user: User) -> str:
    reviews.request_review(release, user=user, text=form.cleaned_data["text"])
    return _("Sent for review. It stands at the top of the desk.")


def return_for_changes(release: Release, form: NoteForm, user: User) -> str:
    reviews.return_for_changes(release, user=user, text=form.cleaned_data["text"])
    return _("Sent back with your note.")


def add_note(release: Release, form: NoteForm, user: User) -> str:
    reviews.write_note(release, user=user, text=form.cleaned_data["text"])
    return _("Note added.")


def claim_autosave(release: Release, _form: ActionForm, user: User) -> str:
    autosaves.claim_autosave(release, user=user)
    return _("The unsaved text is yours now. It is below, and still not saved.")


def discard_autosave(release: Release, _form: ActionForm, user: User) -> str:
    autosaves.discard_autosave(release, user=user)
    return _("The unsaved text is thrown away. This is what was saved last.")


def pin(release: Release, form: PinForm, user: User) -> str:
    pins.pin(release, user=user, until=form.cleaned_data["until"])
    return _("It stands first on the news page now.")


def unpin(release: Release, _form: ActionForm, user: User) -> str:
    pins.unpin(release, user=user)
    return _("It stands in its place by date again.")


def reschedule(release: Release, form: RescheduleForm, user: User) -> str:
    _perform(scheduling.reschedule, release, form, user, at=form.cleaned_data["at"])
    return _state_message(release)


def change_slug(release: Release, form: SlugForm, user: User) -> str:
    publication.change_slug(release, user=user, slug=form.cleaned_data["slug"])
    return _state_message(release)


def return_to_draft(release: Release, form: ActionForm, user: User) -> str:
    _perform(scheduling.return_to_draft, release, form, user)
    return _("It is a draft again and will not appear.")


def withdraw(release: Release, form: WithdrawForm, user: User) -> str:
    if form.cleaned_data.get("both_languages"):
        # The reason is in the language of the release, so the translation shows the default reason until someone writes one.
        translations.apply_to_both(withdrawal.withdraw, release, user=user)
        withdrawal.set_withdrawal_reason(
            release, user=user, reason=form.cleaned_data["reason"], replacement=form.cleaned_data["replacement"]
        )
        return _("Both are withdrawn. The other one shows a neutral sentence; give its reason in its own language.")
    withdrawal.withdraw(release, user=user, reason=form.cleaned_data["reason"], replacement=form.cleaned_data["replacement"])
    return _("Withdrawn. Its address now shows the reason.")


def take_down(release: Release, _form: ActionForm, user: User) -> str:
    withdrawal.withdraw(release, user=user)
    return _("Taken down. Its page says so in one neutral sentence; you can give the reason now or later.")


def set_withdrawal_reason(release: Release, form: WithdrawForm, user: User) -> str:
    withdrawal.set_withdrawal_reason(release, user=user, reason=form.cleaned_data["reason"], replacement=form.cleaned_data["replacement"])
    return _("Its address now shows the reason.")


def republish(release: Release, form: ActionForm, user: User) -> str:
    _perform(publication.republish, release, form, user)
    return _state_message(release)


def mark_translation_current(release: Release, form: MarkCurrentForm, user: User) -> str:
    translations.mark_translation_current(release, user=user, version=form.cleaned_data["version"])
    return _("Noted: both versions say the same.")


def unlink_translations(release: Release, _form: ActionForm, user: User) -> str:
    translations.unlink_translations(release, user=user)
    return _("They are two releases of their own now. Neither lost a word.")


def _state_message(release: Release) -> str:
    if seconds := get_undo_seconds_left(release):
        return _("It goes public in %(seconds)s seconds, unless you undo it.") % {"seconds": seconds}
    if release.is_public():
        return format_html(_('It is public now: <a href="{url}">{url}</a>'), url=release.get_absolute_url())
    return f"{describe_state(release)}."


@dataclass(frozen=True)
class ReleaseAction:
    """An action page: its title, its button, its form, and the function that performs the action and returns a message.

    `permission` is the required permission. `shows` selects what is displayed above the form: a preview, the changes of the pending
    revision, of the autosave or of the translation. `can_apply_to_both` returns whether the action can be performed for a release and
    its translation together.
    """

    name: str
    title: Any
    button_label: Any
    form: type[ActionForm]
    perform: Callable[[Release, Any, User], str]
    permission: str = "publish_release"
    shows: Literal["", "preview", "changes", "autosave", "translation_changes"] = ""
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
        "publish", gettext_lazy("Publish"), gettext_lazy("Publish"), PublishForm, publish, shows="preview", can_apply_to_both=_is_draft
    ),
    ReleaseAction(
        "reschedule",
        gettext_lazy("Another time"),
        gettext_lazy("Change the time"),
        RescheduleForm,
        reschedule,
        can_apply_to_both=is_scheduled_with,
    ),
    ReleaseAction(
        "return_to_draft",
        gettext_lazy("Back to draft"),
        gettext_lazy("Back to draft"),
        ActionForm,
        return_to_draft,
        can_apply_to_both=is_scheduled_with,
    ),
    ReleaseAction(
        "publish_revision",
        gettext_lazy("Publish the change"),
        gettext_lazy("Publish the change"),
        RevisionForm,
        publish_revision,
        shows="changes",
    ),
    ReleaseAction(
        "unschedule_revision",
        gettext_lazy("Hold the change back"),
        gettext_lazy("Hold it back"),
        ActionForm,
        unschedule_revision,
        shows="changes",
    ),
    ReleaseAction(
        "discard_revision",
        gettext_lazy("Discard the change"),
        gettext_lazy("Discard it"),
        ActionForm,
        discard_revision,
        permission="change_release",
        shows="changes",
    ),
    ReleaseAction("change_slug", gettext_lazy("Another address"), gettext_lazy("Change the address"), SlugForm, change_slug),
    ReleaseAction("withdraw", gettext_lazy("Withdraw"), gettext_lazy("Withdraw it"), WithdrawForm, withdraw, can_apply_to_both=_is_public),
    ReleaseAction("take_down", gettext_lazy("Take down now"), gettext_lazy("Take it down"), ActionForm, take_down),
    ReleaseAction(
        "set_withdrawal_reason", gettext_lazy("The reason"), gettext_lazy("Save the reason"), WithdrawForm, set_withdrawal_reason
    ),
    ReleaseAction(
        "republish",
        gettext_lazy("Publish again"),
        gettext_lazy("Publish it again"),
        ActionForm,
        republish,
        shows="preview",
        can_apply_to_both=_is_withdrawn,
    ),
    ReleaseAction(
        "mark_translation_current",
        gettext_lazy("Compare with the other version"),
        gettext_lazy("It is still correct"),
        MarkCurrentForm,
        mark_translation_current,
        permission="change_release",
        shows="translation_changes",
    ),
    ReleaseAction(
        "unlink_translations",
        gettext_lazy("Take the pair apart"),
        gettext_lazy("Take it apart"),
        ActionForm,
        unlink_translations,
        permission="change_release",
    ),
    ReleaseAction(
        "claim_autosave",
        gettext_lazy("Take the unsaved text over"),
        gettext_lazy("Take it over"),
        ActionForm,
        claim_autosave,
        permission="change_release",
        shows="autosave",
    ),
    ReleaseAction(
        "discard_autosave",
        gettext_lazy("Throw the unsaved text away"),
        gettext_lazy("Throw it away"),
        ActionForm,
        discard_autosave,
        permission="change_release",
        shows="autosave",
    ),
    ReleaseAction("pin", gettext_lazy("Pin"), gettext_lazy("Pin it"), PinForm, pin),
    ReleaseAction("unpin", gettext_lazy("Unpin"), gettext_lazy("Unpin it"), ActionForm, unpin),
    ReleaseAction(
        "request_review",
        gettext_lazy("Ready for review"),
        gettext_lazy("Ask for review"),
        ReviewForm,
        request_review,
        permission="change_release",
    ),
    ReleaseAction(
        "return_for_changes", gettext_lazy("Send back"), gettext_lazy("Send it back"), NoteForm, return_for_changes, shows="changes"
    ),
    ReleaseAction("add_note", gettext_lazy("Note"), gettext_lazy("Add note"), NoteForm, add_note, permission="view_release"),
]
