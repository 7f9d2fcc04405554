"""Accounts of staff: invite a colleague, accept an invitation, and close the account of someone who left."""

import re
import secrets
import uuid
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from releases.actions.errors import ActionNotAllowed
from releases.actions.locking import ensure_newsroom_unlocked
from releases.mail import MailKind, enqueue_mail
from releases.mail.encryption import encrypt
from releases.models import (
    Autosave,
    Invitation,
    Note,
    PendingRevision,
    PreviewLink,
    Release,
    User,
    display_name,
)
from releases.models.invitations import INVITATION_AGE
from releases.models.second_factors import reset_second_factors
from releases.models.staff import PASSWORD_FIELDS
from releases.text.slugs import normalized_key

MAX_USERNAME_LENGTH = 60  # without a number at the end
NOT_IN_USERNAME = re.compile(r"\+.*|[^a-z0-9._-]")


class WorkInHand(NamedTuple):
    """What someone has begun and not finished."""

    drafts: list[Release]
    reviews: list[Note]  # open review requests
    revisions: list[PendingRevision]
    autosaves: list[Autosave]
    scheduled: list[Release]
    links: list[PreviewLink]  # that work, or would work if closing the account had not revoked them
    invited: list[User]  # invited colleagues who have no password yet


@transaction.atomic
def invite(account: User, *, user: User, role: str) -> str:
    """Create the account of a colleague, and return the secret of the link that opens it.

    `account` is new and has a name, an email address and perhaps a language. It gets a user name, and no
    password. Raises ActionNotAllowed if `user` isn't a manager, while the newsroom is locked, if an open
    account has the email address, and if no user name can be made from the name or the address.
    """
    ensure_newsroom_unlocked(user)
    lock_managers(user)
    ensure_email_is_free(account.email)
    account.username = make_username(account.first_name, account.last_name, account.email)
    account.is_staff = True
    account.set_unusable_password()
    account.save()
    account.set_role(role)
    account.save()
    return _create_invitation(account, user)


@transaction.atomic
def renew_invitation(account: User, *, user: User, reopens: bool = False) -> str:
    """Return the secret of a new link for someone without a password. Earlier links are revoked.

    With `reopens`, a closed account is opened again. Its old password doesn't come back. Raises
    ActionNotAllowed if `user` isn't a manager, while the newsroom is locked, if the account is closed
    (without `reopens`), if it is open and has a password, and if another open account has its email address.
    """
    ensure_newsroom_unlocked(user)
    lock_managers(user)
    account.refresh_from_db(from_queryset=User.objects.select_for_update())
    name = display_name(account)
    if not account.is_active and not reopens:
        raise ActionNotAllowed(_("The account of %(name)s is closed.") % {"name": name})
    if account.is_active and account.has_usable_password():
        raise ActionNotAllowed(
            _("%(name)s has a password already. If it is forgotten, reset it.") % {"name": name}
        )
    if not account.is_active:
        ensure_email_is_free(account.email, account)
        account.is_active = True
        _remove_password(account)
        reset_second_factors(account)
    return _create_invitation(account, user)


def find_invitation(secret: str) -> Invitation | None:
    """Return the invitation with this secret, valid or not, or None if there is none."""
    invitations = Invitation.objects.select_related("user", "created_by")
    return invitations.filter(digest=_make_digest(secret)).first()


@transaction.atomic
def accept_invitation(invitation: Invitation, *, password: str, language: str) -> User:
    """Set the first password of the account, and return the account.

    It keeps its language. If it has none, it gets `language`. Raises ActionNotAllowed if the link was used or
    became invalid in the meantime, and while the newsroom is locked.
    """
    ensure_newsroom_unlocked(invitation.user)
    user = User.objects.select_for_update().get(pk=invitation.user_id)
    current = Invitation.objects.select_for_update().get(pk=invitation.pk)
    current.user = user
    if not current.is_valid():
        raise ActionNotAllowed(_("This link is no longer valid."))
    current.accepted_at = timezone.now()
    current.save(update_fields=["accepted_at"])
    user.set_own_password(password)
    user.language = user.language or language
    user.save(update_fields=[*PASSWORD_FIELDS, "language"])
    return user


@transaction.atomic
def close_account(account: User, *, user: User) -> bool:
    """Close the account of someone who left, and return whether it was open.

    Ends the sessions, removes the password and the second factors, and revokes the preview links and
    invitations that the person created, and the invitation of the account. Works while the newsroom is
    locked. Raises ActionNotAllowed if `user` isn't an open manager, and for the own account, so the last
    manager stays.
    """
    lock_managers(user)
    if account.pk == user.pk:
        raise ActionNotAllowed(_("You can't close your own account. Ask another manager."))
    account.refresh_from_db(from_queryset=User.objects.select_for_update())
    was_open, now = account.is_active, timezone.now()
    account.is_active = False
    _remove_password(account)  # ends the sessions, too
    reset_second_factors(account)
    PreviewLink.objects.filter(created_by=account, revoked_at=None, expires_at__gt=now).update(revoked_at=now)
    is_theirs = models.Q(created_by=account) | models.Q(user=account)
    Invitation.objects.unused().filter(is_theirs).update(revoked_at=now)
    return was_open


def get_work_in_hand(user: User, at: datetime | None = None) -> WorkInHand:
    """Return what `user` has begun and not finished at `at` (aware; default now)."""
    at = at or timezone.now()
    is_theirs = models.Q(author=user) | models.Q(changed_by=user)
    links = PreviewLink.objects.filter(created_by=user, expires_at__gt=at).select_related("release")
    if user.is_active:
        links = links.filter(revoked_at=None)
    invitations = Invitation.objects.newest().filter(created_by=user, user__is_active=True)
    return WorkInHand(
        drafts=list(Release.objects.drafts_of(user)),
        reviews=list(Note.objects.open_review_requests().filter(author=user).select_related("release")),
        revisions=list(PendingRevision.objects.filter(changed_by=user).select_related("release")),
        autosaves=list(Autosave.objects.filter(user=user).select_related("release")),
        scheduled=list(Release.objects.scheduled(at).filter(is_theirs)),
        links=[link for link in links if not link.release.is_public(at) and not link.release.withdrawn_at],
        invited=[
            invitation.user
            for invitation in invitations.select_related("user")
            if not invitation.user.has_usable_password()
        ],
    )


@transaction.atomic
def claim_new_text(account: User, client_id: uuid.UUID, *, user: User) -> None:
    """Make `user` the owner of an unsaved text for a new release by someone whose account is closed.

    Raises ActionNotAllowed without the permission to write releases, while the newsroom is locked, and if
    there is no such text.
    """
    ensure_newsroom_unlocked(user)
    texts = Autosave.objects.filter(user=account, user__is_active=False, release=None, client_id=client_id)
    draft = Autosave.objects.select_for_update().filter(pk__in=texts.values("pk")).first()
    if draft is None or not user.has_perm("releases.change_release"):
        raise ActionNotAllowed(_("There is no unsaved text here anymore. It was saved or discarded."))
    draft.user, draft.sequence = user, 0
    draft.save()


def make_username(first_name: str, last_name: str, email: str) -> str:
    """Return a user name that no account has: “ana.ruiz”, then “ana.ruiz2”, whatever the case.

    It is made from the first given name and the last name, or from `email` if they have no Latin letters.
    Raises ActionNotAllowed if neither can be used.
    """
    first, last = normalized_key("".join(first_name.split()[:1])), normalized_key(last_name)
    name = ".".join(filter(None, (first, last))) or NOT_IN_USERNAME.sub("", email.lower().partition("@")[0])
    name = name[:MAX_USERNAME_LENGTH].strip("._-")
    if not name:
        raise ActionNotAllowed(_("No user name can be made from this name. Write it in Latin letters."))
    taken = User.objects.filter(username__istartswith=name).values_list("username", flat=True)
    taken_names = {username.lower() for username in taken}
    numbered = (f"{name}{number}" for number in range(2, len(taken_names) + 3))
    return next(username for username in (name, *numbered) if username not in taken_names)


def ensure_email_is_free(email: str, account: User | None = None) -> None:
    """Raise ActionNotAllowed if an open account other than `account` has this address, whatever the case."""
    others = User.objects.filter(is_active=True, email__iexact=email).order_by("pk")
    other = next((other for other in others if other != account), None)
    if email and other:
        raise ActionNotAllowed(
            _("%(name)s (user name: %(username)s) already has an account with this email address.")
            % {"name": display_name(other), "username": other.username}
        )


def lock_managers(user: User) -> list[User]:
    """Lock the accounts of all managers until the end of the transaction, and return them.

    So two managers can't close each other's accounts, or invite the same person, at the same moment. Raises
    ActionNotAllowed if `user` is none of them.
    """
    managers = User.objects.filter(is_superuser=True, is_active=True, is_staff=True)
    locked = list(managers.select_for_update().order_by("pk"))
    if user.pk not in {manager.pk for manager in locked}:
        raise ActionNotAllowed(_("Only managers can manage accounts. Ask a manager."))
    return locked


def _remove_password(account: User) -> None:
    account.set_unusable_password()
    account.password_is_temporary, account.password_expires_at = False, None
    account.save(update_fields=["is_active", *PASSWORD_FIELDS])


def _create_invitation(account: User, user: User) -> str:
    """Create an invitation, mail its link to the account, and return its secret."""
    now = timezone.now()
    Invitation.objects.unused().filter(user=account).update(revoked_at=now)
    secret = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        user=account, digest=_make_digest(secret), created_by=user, expires_at=now + INVITATION_AGE
    )
    # The queue is part of the database, which must not contain the secret.
    encrypted = encrypt(secret) if settings.MAIL_FROM else ""
    enqueue_mail(MailKind.INVITATION, [account], by=user, invitation=invitation.pk, secret=encrypted)
    return secret


def _make_digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
