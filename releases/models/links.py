"""Links by which one person reads one release before the public does."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from releases.models.release import Release
from releases.vocabulary import LinkKind


class PreviewLink(models.Model):
    """One person's way to one release that is not public yet, for 72 hours at most.

    Of its secret only the digest is kept (SHA-256, hex). `opened_at` is the first press of “open”, not the first look at the
    address, which programs take that follow links. It ends when it expires, is revoked, or the release is public.
    """

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="preview_links", verbose_name=_("release"))
    label = models.CharField(_("for whom"), max_length=100)
    kind = models.CharField(_("kind of link"), max_length=10, choices=LinkKind.choices)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    form = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)  # the form it came from, so that it is made once
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made"), auto_now_add=True)
    expires_at = models.DateTimeField(_("holds until"))
    revoked_at = models.DateTimeField(_("revoked"), null=True)
    opened_at = models.DateTimeField(_("opened"), null=True)
    approved_at = models.DateTimeField(_("approved"), null=True)

    class Meta:
        verbose_name = _("link to a preview")
        verbose_name_plural = _("links to previews")
        ordering = ["-made_at", "-id"]

    def __str__(self) -> str:
        return self.label

    @property
    def reference(self) -> str:
        """What stands in the address after it was opened; it opens nothing without the secret."""
        return self.digest[:20]

    def holds(self, at: datetime | None = None) -> bool:
        """Whether it lets its person read at `at` (aware; default now)."""
        at = at or timezone.now()
        ended = self.revoked_at is not None or self.expires_at <= at
        return not ended and not self.release.is_public(at) and self.release.withdrawn_at is None
