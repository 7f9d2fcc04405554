"""Withdraw a release, and set the reason readers see."""

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from releases.actions.errors import ActionNotAllowed
from releases.actions.locking import lock_release
from releases.actions.revisions import clear_schedule
from releases.models import PendingRevision, Release, User
from releases.text.choices import Status
from releases.text.cleaning import clean_text


@transaction.atomic
def withdraw(release: Release, *, user: User, reason: str = "", replacement: str = "") -> None:
    """Withdraw a public release. Its URL then returns 410 with `reason` and refers to `replacement`, if any.

    Without a reason, readers see a neutral sentence in the language of the release, so that a withdrawal
    never has to wait for one; `set_withdrawal_reason` sets it later. Raises ActionNotAllowed if the release
    isn't public: a scheduled release is returned to draft instead.
    """
    lock_release(release, user, "withdraw")
    if release.status == Status.WITHDRAWN:
        raise ActionNotAllowed(_("This release was already withdrawn."))
    if not release.is_public():
        raise ActionNotAllowed(_("This release isn't public yet, so there is nothing to withdraw."))
    if (revision := PendingRevision.for_release(release)) and revision.public_at:
        clear_schedule(revision)  # the pending revision stays, unscheduled
    release.status, release.withdrawn_at = Status.WITHDRAWN, timezone.now()
    _set_reason(release, reason, replacement)


@transaction.atomic
def set_withdrawal_reason(release: Release, *, user: User, reason: str, replacement: str = "") -> None:
    """Set the reason and replacement of a withdrawn release.

    Raises ActionNotAllowed if it isn't withdrawn.
    """
    lock_release(release, user, "set_withdrawal_reason")
    if release.status != Status.WITHDRAWN:
        raise ActionNotAllowed(_("This release isn't withdrawn, so it needs no reason."))
    _set_reason(release, reason, replacement)


def default_withdrawal_reason(language: str) -> str:
    """Return what readers of a withdrawn release see if nobody gave a reason."""
    with translation.override(language):
        return _("CARECEN has withdrawn this release.")


def _set_reason(release: Release, reason: str, replacement: str) -> None:
    release.withdrawal_reason = clean_text(reason).strip() or default_withdrawal_reason(release.language)
    release.replacement = clean_text(replacement).strip()
    release.save()
