"""What staff need beside a password to sign in: passkeys, an authenticator app, and recovery codes."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from releases.models.sessions import end_sessions
from releases.models.staff import User
from releases.text.choices import Role

# How long an account that needs a second factor may do without one, from its first sign-in on.
GRACE_PERIOD = timedelta(days=14)


class Passkey(models.Model):
    """A WebAuthn credential of an account. Its private key never leaves the owner's device."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=60)
    # In base64url, without padding: https://www.w3.org/TR/webauthn-3/#credential-id
    credential_id = models.CharField(max_length=1400, unique=True)
    # Attested credential data, in base64url: https://www.w3.org/TR/webauthn-3/#attested-credential-data
    credential_data = models.TextField()
    # The signature counter of the device at the last use, or 0 for devices without one.
    sign_count = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.name


class AuthenticatorApp(models.Model):
    """An app that generates codes (TOTP, RFC 6238) for an account."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="authenticator_app"
    )
    encrypted_secret = models.TextField()
    # The number of the last 30-second period whose code was used. Its code and earlier ones are refused.
    last_period = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.user)


class RecoveryCode(models.Model):
    """The SHA-256 digest (hex) of a code that signs an account in once. Using it deletes it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recovery_codes"
    )
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_user_digest")]

    def __str__(self) -> str:
        return str(self.user)


def get_app(user: User) -> AuthenticatorApp | None:
    return AuthenticatorApp.objects.filter(user=user).first()


def has_second_factor(user: User) -> bool:
    """Return whether signing in needs more than the password. Recovery codes alone don't count."""
    return user.passkeys.exists() or get_app(user) is not None


def requires_second_factor(user: User) -> bool:
    """Return whether the role of `user` needs a second factor. Without HTTPS, on one machine, none does."""
    return settings.HTTPS and user.role in (Role.PUBLISHER, Role.MANAGER)


def find_due_at(user: Any) -> datetime | None:
    """Return when the grace period of `user` ends (aware), or None if no second factor is missing."""
    return getattr(user, "second_factor_due_at", None) if settings.HTTPS else None


def is_second_factor_overdue(user: Any) -> bool:
    """Return whether `user` must set up a second factor before anything else. Visitors never must."""
    due_at = find_due_at(user)
    return due_at is not None and due_at <= timezone.now()


def update_second_factor_due_at(user: User) -> None:
    """Start, keep or end the grace period, as the role and the factors of `user` require now."""
    due_at = None
    if requires_second_factor(user) and not has_second_factor(user):
        due_at = user.second_factor_due_at or timezone.now() + GRACE_PERIOD
    if due_at != user.second_factor_due_at:
        user.second_factor_due_at = due_at
        user.save(update_fields=["second_factor_due_at"])


@transaction.atomic
def reset_second_factors(user: User) -> None:
    """Delete the second factors of an account, because they are lost, and end its sessions.

    If its role needs one, the next sign-in asks for a new one first.
    """
    for rows in (user.passkeys, user.recovery_codes, AuthenticatorApp.objects.filter(user=user)):
        rows.all().delete()
    user.second_factor_due_at = timezone.now() if requires_second_factor(user) else None
    user.save(update_fields=["second_factor_due_at"])
    end_sessions(user.pk)
