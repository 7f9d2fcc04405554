"""Links that let one person read a release before it is public: create, extend, revoke, open, approve."""

import logging
import secrets
import uuid
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import Error, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from releases.actions.errors import ActionNotAllowed
from releases.actions.locking import lock_release
from releases.database import without_waiting_for_locks
from releases.models import Note, PreviewLink, Release, User, display_name
from releases.text.choices import LinkKind, Status
from releases.text.cleaning import clean_line, clean_text

MAX_HOURS = 72  # from the creation or extension
MAX_NOTES = 10  # by one link

logger = logging.getLogger(__name__)


@transaction.atomic
def create_preview_link(
    release: Release, *, user: User, label: str, kind: str, hours: int, client_id: uuid.UUID | None = None
) -> tuple[PreviewLink, str]:
    """Create a link for the person `label`, valid for `hours` (at most 72). Return it and its secret.

    The secret (256 bits) is returned only here. Writers can create links for approvers, publishers for
    reporters too. Raises ActionNotAllowed if the release is public or withdrawn, if `label` is empty, if
    `hours` is out of range, and if a link with this `client_id` exists.
    """
    lock_release(
        release,
        user,
        "create_preview_link",
        permission="publish_release" if kind == LinkKind.REPORTER else "change_release",
    )
    if release.is_public() or release.status == Status.WITHDRAWN:
        raise ActionNotAllowed(
            _("This release isn't waiting to be published, so there is nothing to preview.")
        )
    if not (label := clean_line(label)):
        raise ActionNotAllowed(_("Enter who the link is for: one person per link."))
    if not 1 <= hours <= MAX_HOURS:
        raise ActionNotAllowed(_("A preview link lasts 72 hours at most."))
    if client_id and PreviewLink.objects.filter(client_id=client_id).exists():
        raise ActionNotAllowed(_("This link already exists. If you lost it, revoke it and create a new one."))
    secret = secrets.token_urlsafe(32)
    expires_at = timezone.now() + timedelta(hours=hours)
    link = PreviewLink(
        release=release,
        label=label,
        kind=LinkKind(kind),
        digest=make_digest(secret),
        created_by=user,
        expires_at=expires_at,
    )
    link.client_id = client_id or link.client_id
    link.save()
    return link, secret


def find_extension(link: PreviewLink) -> datetime | None:
    """Return until when `link` works if it is extended now: MAX_HOURS, but not beyond the end of the embargo.

    Return None if it can't be extended, or by less than an hour.
    """
    limit = link.embargo_ends_at
    if limit is None or not link.is_valid() or link.expires_at >= limit:
        return None
    expires_at = min(timezone.now() + timedelta(hours=MAX_HOURS), limit)
    is_worthwhile = expires_at == limit or expires_at - link.expires_at >= timedelta(hours=1)
    return expires_at if is_worthwhile else None


@transaction.atomic
def extend_preview_link(link: PreviewLink, *, user: User) -> datetime:
    """Extend the link of a reporter as `find_extension` says, and return its new end.

    Raises ActionNotAllowed if the link is for someone else, if the release isn't embargoed, if the link has
    ended, and if it can't work longer yet.
    """
    lock_release(link.release, user, "extend_preview_link")
    current = PreviewLink.objects.select_for_update().filter(pk=link.pk).first()
    if current is None or not current.is_valid():
        raise ActionNotAllowed(_("This link no longer works. Create a new one."))
    if current.embargo_ends_at is None:
        raise ActionNotAllowed(
            _("Only a reporter's link to an embargoed release can be extended. Create a new link instead.")
        )
    expires_at = find_extension(current)
    if expires_at is None:
        raise ActionNotAllowed(
            _("This link already works as long as it can for now. Extend it later if the embargo goes on.")
        )
    current.expires_at = expires_at
    current.save(update_fields=["expires_at"])
    return expires_at


@transaction.atomic
def revoke_preview_link(link: PreviewLink, *, user: User) -> None:
    """Revoke a link on every device at once. Raises ActionNotAllowed if it was already revoked."""
    lock_release(
        link.release,
        user,
        "revoke_preview_link",
        permission="publish_release" if link.kind == LinkKind.REPORTER else "change_release",
    )
    if not PreviewLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now()):
        raise ActionNotAllowed(_("This link is already revoked."))


def get_preview_link(secret: str) -> PreviewLink | None:
    """Return the link with this secret, or None if there is none or it is no longer valid."""
    links = PreviewLink.objects.select_related("release", "created_by")
    link = links.filter(digest=make_digest(secret)).first()
    return link if link and link.is_valid() else None


def get_approver_link(reference: str) -> PreviewLink | None:
    """Return the approver's link with this reference, valid or not, or None if there is none.

    A reference isn't secret. The caller must know that the link was opened.
    """
    links = PreviewLink.objects.select_related("release", "created_by")
    return links.filter(digest__startswith=reference, kind=LinkKind.APPROVER).first()


def is_known_secret(secret: str) -> bool:
    """Return whether a link has this secret, even if it is no longer valid."""
    return PreviewLink.objects.filter(digest=make_digest(secret)).exists()


def record_opening(link: PreviewLink) -> None:
    """Record when the link was first opened, and nothing about the person or the device.

    If the database can't be written right now, the link works nevertheless.
    """
    try:
        with without_waiting_for_locks(), transaction.atomic():
            PreviewLink.objects.filter(pk=link.pk, opened_at=None).update(opened_at=timezone.now())
    except Error as error:
        logger.warning("The opening of a private link could not be recorded: %s", error)


@transaction.atomic
def approve_release(link: PreviewLink, *, text: str = "", signed_in: User | None = None) -> None:
    """Approve the release of an approver's link, with an optional comment.

    The note says who created the link, and which account the browser was `signed_in` to, if any. A second
    click only adds its comment. Raises ActionNotAllowed for other links, for the creator of the link, after
    MAX_NOTES notes, and if the link was revoked in the meantime.
    """
    if link.kind != LinkKind.APPROVER:
        raise ActionNotAllowed(_("This link is only for reading."))
    current = PreviewLink.objects.select_for_update().filter(pk=link.pk).first()
    if current is None or not current.is_valid():
        raise ActionNotAllowed(_("This link is no longer valid."))
    if signed_in and signed_in.pk == current.created_by_id:
        raise ActionNotAllowed(
            _(
                "You created this link, so you can't approve the release through it. Send the link to the "
                "person it is for."
            )
        )
    link, comment = current, clean_text(text).strip()[:2000]
    if link.approved_at and not comment:
        return
    if link.note_count >= MAX_NOTES:
        raise ActionNotAllowed(
            _("This link accepts %(most)s comments. Write to the person who sent it to you.")
            % {"most": MAX_NOTES}
        )
    names = {"name": link.label, "creator": display_name(link.created_by)}
    with override(link.release.language):
        heading = _("Approved by %(name)s through a link that %(creator)s created.") % names
        if signed_in:
            account = display_name(signed_in)
            heading += " " + _("The browser was signed in as %(account)s.") % {"account": account}
    link.approved_at, link.note_count = link.approved_at or timezone.now(), link.note_count + 1
    link.save(update_fields=["approved_at", "note_count"])
    Note.objects.create(release=link.release, text=f"{heading} {comment}".strip())


def make_digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
