"""Publish a release, change its slug, and republish it after a withdrawal."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from releases.actions.errors import ActionNotAllowed
from releases.actions.locking import ensure_unchanged, lock_release
from releases.actions.permissions import require_second_approver
from releases.actions.reviews import resolve_review_requests
from releases.actions.scheduling import ensure_future, get_public_at
from releases.actions.validation import validate_alt_texts, validate_document_titles
from releases.mail import MailKind
from releases.models import Boilerplate, Release, SlugRedirect, User
from releases.text import localtime
from releases.text.choices import Status


@transaction.atomic
def publish(
    release: Release,
    *,
    user: User,
    at: datetime | None = None,
    wait: timedelta = timedelta(0),
    is_embargoed: bool = False,
    edit_token: str | None = None,
    override_reason: str = "",
    passed_rules: Iterable[str] = (),
) -> None:
    """Publish a draft at `at` (aware, in the future), or now plus `wait`, which leaves time to undo.

    A missing date becomes the day the release goes public in Los Angeles, and a missing slug is made from the
    headline. `is_embargoed` is only a label for the staff and the press. `passed_rules` are the rules of the
    press check whose findings the user passed over; the history keeps their names.

    Raises ActionNotAllowed if the release isn't a draft, if something is missing, if `at` has passed, if the
    release changed since it had this `edit_token`, and if a second approver is required and there is no
    `override_reason`.
    """
    lock_release(release, user, "publish")
    if release.status == Status.WITHDRAWN:
        raise ActionNotAllowed(_("This release was withdrawn. Publish it again, or write a new one."))
    if release.is_scheduled:
        raise ActionNotAllowed(
            _("This release is already scheduled for %(moment)s. Choose another time, or return it to draft.")
            % {"moment": localtime.format_datetime(get_public_at(release))}
        )
    if release.status != Status.DRAFT:
        raise ActionNotAllowed(_("This release is already public."))
    ensure_unchanged(release, edit_token)
    if missing := release.missing_fields():
        raise ActionNotAllowed(" ".join(map(str, missing.values())))
    validate_alt_texts(release.photos)
    validate_document_titles(release.attachments)
    require_second_approver(release, user=user, writer=release.changed_by, override_reason=override_reason)
    resolve_review_requests(release, answer=MailKind.REVIEW_APPROVED, user=user)
    release.public_at = ensure_future(at) if at else timezone.now() + wait
    release.is_embargoed = is_embargoed
    release.passed_rules = " ".join(passed_rules)
    release.date = release.date or localtime.local_date(release.public_at)
    release.boilerplate = Boilerplate.get_text(release.date, release.language)
    release.status = Status.PUBLISHED
    _save_with_unique_slug(release)


@transaction.atomic
def change_slug(release: Release, *, user: User, slug: str) -> None:
    """Change the slug of a public release.

    The old slug redirects to the release and is never given to another one.

    Raises ActionNotAllowed if the release isn't public (its slug is then a field of the form), and if `slug`
    is invalid or taken.
    """
    lock_release(release, user, "change_slug")
    if not release.is_public():
        raise ActionNotAllowed(
            _("This release isn't public, so it needs no redirect. Change the web address in the form.")
        )
    if slug == release.slug:
        raise ActionNotAllowed(_("It already has this web address."))
    old_slug, release.slug = release.slug, slug
    try:
        release.full_clean()
        with transaction.atomic():
            release.save()
            release.slug_redirects.filter(
                slug=slug
            ).delete()  # the release returns to one of its former slugs
            SlugRedirect.objects.create(release=release, language=release.language, slug=old_slug)
    except ValidationError as error:
        raise ActionNotAllowed(" ".join(error.messages)) from error
    except IntegrityError as error:
        raise ActionNotAllowed(_("Another release just took this web address. Try again.")) from error


@transaction.atomic
def republish(release: Release, *, user: User, passed_rules: Iterable[str] = ()) -> None:
    """Publish a withdrawn release again, with its original publication time.

    Raises ActionNotAllowed if it isn't withdrawn.
    """
    lock_release(release, user, "republish")
    if release.status != Status.WITHDRAWN:
        raise ActionNotAllowed(_("This release isn't withdrawn, so it can't be published again."))
    release.status, release.withdrawn_at = Status.PUBLISHED, None
    release.withdrawal_reason = release.replacement = ""
    release.passed_rules = " ".join(passed_rules)
    release.save()


def _save_with_unique_slug(release: Release) -> None:
    """Save `release`, with a slug made from the headline unless it has one.

    Only releases that are public before it can make a slug taken, because a number at the end must not reveal
    a release that nobody can read yet. Drafts and later releases with the same slug get another one.
    """
    try:
        if not release.slug:
            already_public = Release.objects.withdrawn() | Release.objects.published(release.public_at)
            release.slug = already_public.unique_slug(release.headline, release.language)
            for scheduled in (
                Release.objects.select_for_update()
                .in_language(release.language)
                .filter(slug=release.slug)
                .exclude(pk=release.pk)
            ):
                scheduled.slug = Release.objects.unique_slug(scheduled.slug, scheduled.language)
                scheduled.save()
        release.full_clean()
        with transaction.atomic():
            release.save()
    except ValidationError as error:
        raise ActionNotAllowed(" ".join(error.messages)) from error
    except IntegrityError as error:  # another transaction took the slug
        raise ActionNotAllowed(_("Another release just took this web address. Try again.")) from error
