"""Work that is never public: pending revisions, autosaves, editing sessions and notes."""

import uuid
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from releases.text.choices import ChangeKind


class PendingRevisionQuerySet(models.QuerySet["PendingRevision"]):
    def due(self, at: datetime | None = None) -> Self:
        """Return the scheduled revisions that are due by `at` (aware; default now)."""
        return self.filter(public_at__lte=at or timezone.now())


class PendingRevision(models.Model):
    """The next text of a public release, shared by all staff.

    The public reads the current text until it is published.

    `data` contains the fields of `Release.content` and the topic ids under `tags`. With `public_at`, the
    revision is scheduled, and `note` is the sentence for readers. The first request after that time publishes
    it.
    """

    release = models.OneToOneField(
        "releases.Release",
        on_delete=models.CASCADE,
        related_name="pending_revision",
        verbose_name=_("release"),
    )
    data = models.JSONField(_("text"), encoder=DjangoJSONEncoder)
    version = models.PositiveIntegerField(default=1)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("last changed by"),
    )
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    public_at = models.DateTimeField(_("public from"), null=True, db_index=True)
    kind = models.CharField(_("kind of change"), max_length=10, choices=ChangeKind.choices, blank=True)
    note = models.TextField(_("sentence for readers"), blank=True)
    # The version of the translation that the release will match.
    synced_version = models.PositiveIntegerField(null=True)
    passed_rules = models.TextField(_("passed over in the press check"), blank=True)
    scheduled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects = PendingRevisionQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("unpublished change")
        verbose_name_plural = _("unpublished changes")

    def __str__(self) -> str:
        return str(self.data.get("headline", ""))

    @classmethod
    def for_release(cls, release: Any) -> "PendingRevision | None":
        """Return the pending revision of `release`, if any."""
        revision = getattr(release, "pending_revision", None)
        return revision if revision and revision.pk else None  # the instance may still cache a deleted one

    @property
    def content(self) -> dict[str, Any]:
        return {name: value for name, value in self.data.items() if name != "tags"}

    @property
    def topic_ids(self) -> list[int]:
        return list(self.data.get("tags", []))


class Autosave(models.Model):
    """What someone has typed into the form of a release and not saved, shared by all staff.

    `data` contains the form fields as they were sent, valid or not, and `edit_token` the state that the form
    was based on. For a new release, `client_id` identifies the form. `sequence` grows with each autosave, so
    that a late request replaces nothing. An autosave without a `user` belongs to nobody, and forms that still
    send it are refused.
    """

    release = models.OneToOneField(
        "releases.Release",
        on_delete=models.CASCADE,
        null=True,
        related_name="autosave",
        verbose_name=_("release"),
    )
    client_id = models.UUIDField(unique=True, default=uuid.uuid4)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("author"),
    )
    data = models.JSONField(_("text"))
    edit_token = models.CharField(max_length=60, blank=True)
    sequence = models.BigIntegerField(default=0)
    changed_at = models.DateTimeField(_("last typed"), auto_now=True)

    class Meta:
        verbose_name = _("unsaved text")
        verbose_name_plural = _("unsaved texts")
        ordering = ["-changed_at", "-id"]

    def __str__(self) -> str:
        return str(self.data.get("headline", ""))

    @classmethod
    def for_release(cls, release: Any) -> "Autosave | None":
        """Return the autosave of `release`, if any."""
        return cls.objects.filter(release=release).select_related("user").first() if release.pk else None


class EditingSession(models.Model):
    """A user who has the form of a release open, last seen at `last_seen_at`."""

    release = models.ForeignKey(
        "releases.Release",
        on_delete=models.CASCADE,
        related_name="editing_sessions",
        verbose_name=_("release"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("opened by")
    )
    last_seen_at = models.DateTimeField(_("last seen"))

    class Meta:
        verbose_name = _("editing session")
        verbose_name_plural = _("editing sessions")
        constraints = [models.UniqueConstraint(fields=["release", "user"], name="editing_session_unique")]

    def __str__(self) -> str:
        return str(self.last_seen_at)


class NoteQuerySet(models.QuerySet["Note"]):
    def open_review_requests(self) -> Self:
        """Return the review requests that nobody has answered."""
        return self.filter(is_review_request=True, resolved_at=None)


class Note(models.Model):
    """A note of the staff about a release. With `is_review_request`, it asks a publisher for a review."""

    release = models.ForeignKey(
        "releases.Release", on_delete=models.CASCADE, related_name="notes", verbose_name=_("release")
    )
    text = models.TextField(_("note"), blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("written by"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    is_review_request = models.BooleanField(_("review request"), default=False)
    resolved_at = models.DateTimeField(_("resolved"), null=True)

    objects = NoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.text
