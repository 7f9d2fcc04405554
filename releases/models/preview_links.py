"""Links that let one person read a release before it is public."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from releases.models.release import Release
from releases.text.choices import LinkKind


class PreviewLink(models.Model):
    """A link that lets one person read one unpublished release, for 72 hours at a time.

    Only the digest of its secret is stored (SHA-256, hex). `opened_at` is the first click on “open”, not the
    first request of the URL, because some programs follow links automatically. The link ends when it expires,
    is revoked, or the release is public or withdrawn.
    """

    release = models.ForeignKey(
        Release, on_delete=models.CASCADE, related_name="preview_links", verbose_name=_("release")
    )
    label = models.CharField(_("recipient"), max_length=100)
    kind = models.CharField(_("purpose"), max_length=10, choices=LinkKind.choices)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    # Identifies the form: a double click creates one link.
    client_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("created by"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True)
    opened_at = models.DateTimeField(_("opened"), null=True)
    approved_at = models.DateTimeField(_("approved"), null=True)
    note_count = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("preview link")
        verbose_name_plural = _("preview links")
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.label

    @property
    def reference(self) -> str:
        """Return the part of the URL after the link was opened. It gives no access without the secret."""
        return self.digest[:20]

    @property
    def embargo_ends_at(self) -> datetime | None:
        """Return until when it can be extended, or None if it can't: a reporter's link, during an embargo."""
        is_embargoed = self.release.is_scheduled and self.release.is_embargoed
        return self.release.public_at if self.kind == LinkKind.REPORTER and is_embargoed else None

    @property
    def ends_at(self) -> datetime:
        """Return until when a valid link works, if it isn't revoked before."""
        return min(filter(None, (self.expires_at, self.release.public_at)))

    def is_valid(self, at: datetime | None = None) -> bool:
        """Return whether the link gives access at `at` (aware; default now)."""
        at = at or timezone.now()
        ended = self.revoked_at is not None or self.expires_at <= at
        return not ended and not self.release.is_public(at) and self.release.withdrawn_at is None
