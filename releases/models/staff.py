"""Staff accounts, and the number of failed attempts to sign in to them."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Self

from django.contrib.auth.models import AbstractUser, Group
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from releases.models.sessions import end_sessions
from releases.text.choices import Language, Role

TEMPORARY_PASSWORD_AGE = timedelta(hours=24)
ROLE_GROUPS = {Role.WRITER: "Writers", Role.PUBLISHER: "Publishers"}
PASSWORD_FIELDS = ("password", "password_is_temporary", "password_expires_at")
# If one of these changes, the sessions of the account end.
ACCESS_FIELDS = ("password", "is_active", "is_staff", "is_superuser")


class User(AbstractUser):
    """A staff account.

    It is a custom model from the first migration on, because switching to one later is hard.
    """

    language = models.CharField(
        _("interface language"),
        max_length=2,
        choices=Language.choices,
        blank=True,
        help_text=_("Leave empty to follow the browser."),
    )
    password_is_temporary = models.BooleanField(
        _("must change password"),
        default=False,
        help_text=_("The next sign-in asks for a new password first."),
    )
    # After this, a one-time password is refused. None for a password that its owner chose.
    password_expires_at = models.DateTimeField(null=True, editable=False)
    # From this time on, an account that needs a second factor can do nothing before it has one.
    second_factor_due_at = models.DateTimeField(null=True, editable=False)
    # Requests and answers. Other mail, about security and alerts, can't be turned off.
    wants_review_mail = models.BooleanField(_("mail about reviews"), default=True, editable=False)

    _saved_access: tuple[Any, ...] | None = None

    class Meta:
        verbose_name = _("staff account")
        verbose_name_plural = _("staff accounts")

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **kwargs: Any
    ) -> Self:
        user = super().from_db(db, field_names, values, **kwargs)
        if set(ACCESS_FIELDS) <= set(field_names):
            user._saved_access = user._get_access()
        return user

    def clean(self) -> None:
        """Refuse a name that differs from another by case only. Attempts are counted for both together."""
        super().clean()
        if self.pk and User.objects.filter(pk=self.pk, username=self.username).exists():
            return  # older accounts may have such names, and their passwords must still be replaceable
        if User.objects.filter(username__iexact=self.username).exclude(pk=self.pk).exists():
            raise ValidationError({"username": gettext("An account with this name already exists.")})

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the account. If its password or role changed, or it was closed, end its sessions."""
        with transaction.atomic():
            super().save(*args, **kwargs)
            if self._saved_access not in (None, self._get_access()):
                end_sessions(self.pk)
        self._saved_access = self._get_access()

    def access_has_changed(self) -> bool:
        """Lock the row, and return whether password or role changed since this instance was loaded."""
        current = User.objects.select_for_update().get(pk=self.pk)
        return current._get_access() != self._saved_access

    def _get_access(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in ACCESS_FIELDS)

    def set_temporary_password(self, password: str) -> None:
        """Set a one-time password: valid for TEMPORARY_PASSWORD_AGE, and replaced at the next sign-in."""
        self.set_password(password)
        self.password_is_temporary = True
        self.password_expires_at = timezone.now() + TEMPORARY_PASSWORD_AGE

    def set_own_password(self, password: str) -> None:
        """Set a password that the owner of the account chose."""
        self.set_password(password)
        self.password_is_temporary, self.password_expires_at = False, None

    def password_has_expired(self, at: datetime | None = None) -> bool:
        """Return whether this is a one-time password that is no longer valid at `at` (aware; default now)."""
        return self.password_expires_at is not None and self.password_expires_at <= (at or timezone.now())

    @property
    def role(self) -> Role | None:
        """Return the role with the most permissions, or None for an account without a role."""
        if self.is_superuser:
            return Role.MANAGER
        names = {group.name for group in self.groups.all()}
        return next((role for role in (Role.PUBLISHER, Role.WRITER) if ROLE_GROUPS[role] in names), None)

    def set_role(self, role: str) -> None:
        """Give the account a role, or none with "", instead of its other roles. Save it afterwards."""
        self.is_superuser = role == Role.MANAGER
        if self.user_permissions.exists():
            self.user_permissions.clear()  # the role alone decides
        wanted = {ROLE_GROUPS[Role(role)]} if role in ROLE_GROUPS else set()
        if {group.name for group in self.groups.all()} != wanted:
            self.groups.set(Group.objects.filter(name__in=wanted))


class FailedSignIns(models.Model):
    """The number of failed attempts to sign in to an account on a day in Los Angeles.

    `user` is None for names that no account has. Names and addresses are not recorded.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="failed_sign_ins")
    date = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("failed sign-ins")
        verbose_name_plural = _("failed sign-ins")
        ordering = ["-date", "-count"]
        constraints = [
            models.UniqueConstraint(fields=["user", "date"], name="failed_sign_ins_user_date"),
            models.UniqueConstraint(
                fields=["date"], condition=models.Q(user=None), name="failed_sign_ins_unknown_date"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date}: {self.count}"


class CachedAttempt(models.Model):
    """The table of Django's database cache that counts attempts if several processes serve the newsroom.

    The model only creates the table. The names of the columns are those of `DatabaseCache`.
    """

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "releases_cached_attempt"

    def __str__(self) -> str:
        return self.cache_key


def display_name(user: User | None) -> str:
    """Return the name of `user`, or else the username. None means a command or a deleted account."""
    return (user.get_full_name() or user.username) if user else gettext("the system")
