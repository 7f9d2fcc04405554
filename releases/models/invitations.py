"""Invitations: links by which a colleague opens a new account and chooses a password."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

INVITATION_AGE = timedelta(hours=24)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def unused(self) -> Self:
        """Return the invitations that were neither accepted nor revoked. They may have expired."""
        return self.filter(accepted_at=None, revoked_at=None)

    def newest(self) -> Self:
        """Return the newest invitation of each account."""
        of_account = Invitation.objects.filter(user=models.OuterRef("user")).order_by("-pk")
        return self.filter(pk=models.Subquery(of_account.values("pk")[:1]))


class Invitation(models.Model):
    """A link by which `user` chooses the first password of the account, once.

    Only the digest of its secret is stored (SHA-256, hex). A newer invitation revokes it.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="invitations",
        verbose_name=_("staff account"),
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("created by"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"))
    accepted_at = models.DateTimeField(_("accepted"), null=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return str(self.user)

    def is_valid(self, at: datetime | None = None) -> bool:
        """Return whether the link can be used at `at` (aware; default now).

        It can't if the account is closed, or has a password, for example from `staff_login`.
        """
        ended = self.accepted_at is not None or self.revoked_at is not None
        return (
            not ended
            and self.expires_at > (at or timezone.now())
            and self.user.is_active
            and not self.user.has_usable_password()
        )
