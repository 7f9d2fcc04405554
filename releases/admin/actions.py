"""Actions on a release in the admin.

Each calls a function of `releases.actions` and returns a message for the user.

releases/admin/action_views.py renders their pages.
"""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from releases.actions import (
    autosaves,
    pins,
    publication,
    reviews,
    revisions,
    scheduling,
    translations,
    withdrawal,
)
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
from releases.models import NewsroomSettings, PendingRevision, Release, User
from releases.models.states import describe_state
from releases.text import localtime
from releases.text.choices import Language


def get_undo_seconds_left(release: Release | None) -> int:
    """Return the seconds left to undo the publication of `release` or its revision, else 0.

    The seconds are rounded up.
    """
    revision = PendingRevision.for_release(release) if release else None
    public_at = (
        revision.public_at
        if revision
        else release.public_at
        if release and release.is_scheduled and not release.is_embargoed
        else None
    )
    if not public_at:
        return 0
    seconds = (public_at - timezone.now()).total_seconds()
    return int(seconds) + 1 if 0 < seconds <= NewsroomSettings.current().undo_window else 0


def _perform(
    function: Callable[..., None], release: Release, form: ActionForm, user: User, **kwargs: Any
) -> None:
    """Call `function` for the release, or for both language versions if the user ticked that."""
    if form.cleaned_data.get("both_languages"):
        translations.apply_to_both(
            function,
            release,
            user=user,
            translation_edit_token=form.cleaned_data["translation_edit_token"]
            if "edit_token" in kwargs
            else None,
            translation_passed_rules=form.translation_passed_rules
            if isinstance(form, PressCheckForm)
            else (),
            **kwargs,
        )
    else:
        function(release, user=user, **kwargs)


def publish(release: Release, form: PublishForm, user: User) -> str:
    _perform(
        publication.publish,
        release,
        form,
        user,
        is_embargoed=form.cleaned_data["is_embargoed"],
        **form.timing,
    )
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
        return _("Goes live in %(seconds)s seconds, unless you undo it.") % {"seconds": seconds}
    if revision and revision.public_at:
        return _("The change will be published on %(moment)s.") % {
            "moment": localtime.format_datetime(revision.public_at)
        }
    return format_html(
        _('The change is published: <a href="{url}">{url}</a>'), url=release.get_absolute_url()
    )


def unschedule_revision(release: Release, _form: ActionForm, user: User) -> str:
    revisions.unschedule_revision(release, user=user)
    return _(
        "The change is no longer scheduled. Readers see the earlier text until someone publishes the change."
    )


def discard_revision(release: Release, form: ActionForm, user: User) -> str:
    revisions.discard_revision(release, user=user, edit_token=form.cleaned_data["edit_token"])
    return _(
        "The change was discarded. The form shows the published text again; the history keeps the discarded "
        "one."
    )


def request_review(release: Release, form: ReviewForm, user: User) -> str:
    reviews.request_review(release, user=user, text=form.cleaned_data["text"])
    return _("Sent for review. Publishers see it at the top of their dashboard.")


def return_for_changes(release: Release, form: NoteForm, user: User) -> str:
    reviews.return_for_changes(release, user=user, text=form.cleaned_data["text"])
    return _("Returned with your note.")


def add_note(release: Release, form: NoteForm, user: User) -> str:
    reviews.write_note(release, user=user, text=form.cleaned_data["text"])
    return _("Note added.")


def claim_autosave(release: Release, _form: ActionForm, user: User) -> str:
    autosaves.claim_autosave(release, user=user)
    return _("You are now editing this unsaved text. It is below and isn't saved yet.")


def discard_autosave(release: Release, _form: ActionForm, user: User) -> str:
    autosaves.discard_autosave(release, user=user)
    return _("The unsaved text was discarded. This is the last saved text.")


def pin(release: Release, form: PinForm, user: User) -> str:
    pins.pin(release, user=user, until=form.cleaned_data["until"])
    return _("Pinned to the top of the news page.")


def unpin(release: Release, _form: ActionForm, user: User) -> str:
    pins.unpin(release, user=user)
    return _("Unpinned.")


def reschedule(release: Release, form: RescheduleForm, user: User) -> str:
    _perform(scheduling.reschedule, release, form, user, at=form.cleaned_data["at"])
    return _state_message(release)


def change_slug(release: Release, form: SlugForm, user: User) -> str:
    publication.change_slug(release, user=user, slug=form.cleaned_data["slug"])
    return _state_message(release)


def return_to_draft(release: Release, form: ActionForm, user: User) -> str:
    _perform(scheduling.return_to_draft, release, form, user)
    return _("Returned to draft. It will not be published.")


def withdraw(release: Release, form: WithdrawForm, user: User) -> str:
    if form.cleaned_data.get("both_languages"):
        # The reason is in the language of the release, so the translation shows the default reason until
        # someone writes one.
        translations.apply_to_both(withdrawal.withdraw, release, user=user)
        withdrawal.set_withdrawal_reason(
            release,
            user=user,
            reason=form.cleaned_data["reason"],
            replacement=form.cleaned_data["replacement"],
        )
        return _(
            "Both versions were withdrawn. The other one shows a neutral notice; add its reason in its own "
            "language."
        )
    withdrawal.withdraw(
        release, user=user, reason=form.cleaned_data["reason"], replacement=form.cleaned_data["replacement"]
    )
    return _("Withdrawn. Its page now shows the reason.")


def take_down(release: Release, _form: ActionForm, user: User) -> str:
    withdrawal.withdraw(release, user=user)
    message = format_html(
        '{} <a href="{}">{}</a> · <a href="{}">{}</a> · <a href="{}">{}</a>',
        _("Taken down. Its page shows a neutral notice."),
        release.get_absolute_url(),
        _("See what readers see"),
        reverse("admin:releases_release_set_withdrawal_reason", args=[release.pk]),
        _("Add a reason…"),
        reverse("admin:releases_release_republish", args=[release.pk]),
        _("Publish again…"),
    )
    translation = release.translation
    if translation is None or not translation.is_public():
        return message
    return format_html(
        '{}<br><strong>{}</strong> <a href="{}">{}</a>',
        message,
        _("The Spanish version is still public.")
        if translation.language == Language.SPANISH
        else _("The English version is still public."),
        reverse("admin:releases_release_change", args=[translation.pk]),
        _("Open it"),
    )


def set_withdrawal_reason(release: Release, form: WithdrawForm, user: User) -> str:
    withdrawal.set_withdrawal_reason(
        release, user=user, reason=form.cleaned_data["reason"], replacement=form.cleaned_data["replacement"]
    )
    return _("Its page now shows the reason.")


def republish(release: Release, form: PressCheckForm, user: User) -> str:
    _perform(publication.republish, release, form, user, **form.passed_rules)
    return _state_message(release)


def mark_translation_current(release: Release, form: MarkCurrentForm, user: User) -> str:
    translations.mark_translation_current(release, user=user, version=form.cleaned_data["version"])
    return _("Confirmed: this version is up to date.")


def unlink_translations(release: Release, _form: ActionForm, user: User) -> str:
    translations.unlink_translations(release, user=user)
    return _("The two releases are no longer linked. No text was lost.")


def _state_message(release: Release) -> str:
    if seconds := get_undo_seconds_left(release):
        return _("Goes live in %(seconds)s seconds, unless you undo it.") % {"seconds": seconds}
    if release.is_public():
        return format_html(_('Published: <a href="{url}">{url}</a>'), url=release.get_absolute_url())
    return f"{describe_state(release)}."
