"""Move a scheduled release to another time, or back to draft."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from releases.actions.errors import ActionNotAllowed
from releases.actions.locking import lock_release
from releases.models import Release, User
from releases.text import localtime
from releases.text.choices import Status
from releases.text.slugs import is_slug_of


def get_public_at(release: Release) -> datetime:
    """Return when `release` goes or went public. Raises ValueError for a draft."""
    if release.public_at is None:
        raise ValueError(f"Release {release.pk} is a draft and has no public_at.")
    return release.public_at


def ensure_future(at: datetime) -> datetime:
    if at <= timezone.now():
        raise ActionNotAllowed(
            _("%(moment)s has passed. Choose a later time, or publish now.")
            % {"moment": localtime.format_datetime(at)}
        )
    return at


@transaction.atomic
def reschedule(release: Release, *, user: User, at: datetime) -> None:
    """Move a scheduled release to another time (aware, in the future).

    A date that was the old day becomes the new one.

    Raises ActionNotAllowed if the release isn't scheduled, and if `at` has passed.
    """
    lock_release(release, user, "reschedule")
    if not release.is_scheduled:
        raise ActionNotAllowed(_("This release isn't scheduled, so there is nothing to reschedule."))
    at = ensure_future(at)
    if release.date == localtime.local_date(get_public_at(release)):
        release.date = localtime.local_date(at)
    release.public_at = at
    release.save()


@transaction.atomic
def return_to_draft(release: Release, *, user: User | None) -> None:
    """Return a scheduled release to draft before it goes public.

    Raises ActionNotAllowed if it is or was public: such a release can only be withdrawn.
    """
    lock_release(release, user, "return_to_draft")
    if release.status == Status.DRAFT:
        raise ActionNotAllowed(_("This release is already a draft."))
    if not release.is_scheduled:
        raise ActionNotAllowed(
            _(
                "This release was published on %(moment)s, so it can't become a draft again. Withdraw it "
                "instead."
            )
            % {"moment": localtime.format_datetime(get_public_at(release))}
        )
    if release.date == localtime.local_date(get_public_at(release)):
        release.date = None  # it was the planned day; the next schedule sets a new one
    if is_slug_of(release.slug, release.headline):
        release.slug = ""  # the headline may still change, and its old text must not stay in the slug
    release.status, release.public_at, release.is_embargoed = Status.DRAFT, None, False
    release.save()
