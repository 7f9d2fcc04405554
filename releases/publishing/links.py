"""Links to what is not public yet: made for one person, revoked at once, opened by a press, approved with a word."""

import secrets
import uuid
from datetime import timedelta
from hashlib import sha256

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from releases.models import Note, PreviewLink, Release, User
from releases.prose import without_control_characters
from releases.publishing.holding import Refusal, hold
from releases.vocabulary import LinkKind, Status

MOST_HOURS = 72


@transaction.atomic
def make_link(release: Release, *, by: User, label: str, kind: str, hours: int, form: uuid.UUID | None = None) -> tuple[PreviewLink, str]:
    """A link for the person `label`, for up to 72 `hours`, and its secret (256 bits), which is told now and never again.

    Writers make links for those who approve, publishers for reporters too. Raises Refusal for a release the public can read
    or that is withdrawn, for a link to nobody, for more hours, and for a `form` that was sent before.
    """
    hold(release, by, "make_link", right="publish_release" if kind == LinkKind.REPORTER else "change_release")
    if release.is_public() or release.status == Status.WITHDRAWN:
        raise Refusal(_("This release is not waiting to be public, so there is nothing to preview."))
    if not (label := " ".join(without_control_characters(label).split())):
        raise Refusal(_("Write for whom the link is: one person, one link."))
    if not 1 <= hours <= MOST_HOURS:
        raise Refusal(_("A link holds for 72 hours at most."))
    if form and PreviewLink.objects.filter(form=form).exists():
        raise Refusal(_("This link was made already. If its address is lost, revoke it and make another."))
    secret = secrets.token_urlsafe(32)
    until = timezone.now() + timedelta(hours=hours)
    link = PreviewLink(release=release, label=label, kind=LinkKind(kind), digest=digest_of(secret), made_by=by, expires_at=until)
    link.form = form or link.form
    link.save()
    return link, secret


@transaction.atomic
def revoke_link(link: PreviewLink, *, by: User) -> None:
    """End a link at once, on every device. Raises Refusal when it was revoked already."""
    hold(link.release, by, "revoke_link", right="publish_release" if link.kind == LinkKind.REPORTER else "change_release")
    if not PreviewLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now()):
        raise Refusal(_("This link was revoked already."))


def link_of(secret: str) -> PreviewLink | None:
    """The link with this secret, while it holds."""
    link = PreviewLink.objects.select_related("release").filter(digest=digest_of(secret)).first()
    return link if link and link.holds() else None


def note_opening(link: PreviewLink) -> None:
    """Keep when it was first opened, and nothing of who or what opened it."""
    PreviewLink.objects.filter(pk=link.pk, opened_at=None).update(opened_at=timezone.now())


@transaction.atomic
def approve(link: PreviewLink, *, text: str = "") -> None:
    """Let the one who reads approve, with a word for the desk. A second press only adds its word."""
    if link.kind != LinkKind.APPROVER:
        raise Refusal(_("This link is for reading."))
    words = without_control_characters(text).strip()[:2000]
    first = PreviewLink.objects.filter(pk=link.pk, approved_at=None).update(approved_at=timezone.now())
    if first or words:
        said = _("Approved by %(name)s, by link.") % {"name": link.label}
        Note.objects.create(release=link.release, text=f"{said} {words}".strip())


def digest_of(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
