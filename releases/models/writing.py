"""What is being written and said at the desk, and never public: working copies and notes."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from releases.querysets import NoteQuerySet, WorkingCopyQuerySet
from releases.vocabulary import ChangeKind

if TYPE_CHECKING:
    from releases.models.release import Release


class WorkingCopy(models.Model):
    """The next text of a public release, one for the whole desk; the public reads the old one until the change is published.

    `contents` holds the release's `printed` fields and its topics' ids under `tags`. With a `public_at` the change is
    scheduled, with the sentence readers will find: from that moment on whoever asks for a page gets the new text.
    """

    release = models.OneToOneField("releases.Release", on_delete=models.CASCADE, related_name="working_copy", verbose_name=_("release"))
    contents = models.JSONField(_("text"), encoder=DjangoJSONEncoder)
    version = models.PositiveIntegerField(default=1)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("last changed by")
    )
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    public_at = models.DateTimeField(_("public from"), null=True, db_index=True)
    kind = models.CharField(_("kind of change"), max_length=10, choices=ChangeKind.choices, blank=True)
    note = models.TextField(_("what readers are told"), blank=True)
    scheduled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = WorkingCopyQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("change not yet public")
        verbose_name_plural = _("changes not yet public")

    def __str__(self) -> str:
        return str(self.contents.get("headline", ""))

    @classmethod
    def of(cls, release: "Release") -> "WorkingCopy | None":
        """The working copy of `release`, if it has one."""
        copy = getattr(release, "working_copy", None)
        return copy if copy and copy.pk else None  # one that was deleted a moment ago is still at hand

    @property
    def printed(self) -> dict[str, Any]:
        return {name: value for name, value in self.contents.items() if name != "tags"}

    @property
    def tags(self) -> list[int]:
        return list(self.contents.get("tags", []))


class Note(models.Model):
    """A word between the people of the desk about a release; with `asks_for_review`, a publisher is asked to read it."""

    release = models.ForeignKey("releases.Release", on_delete=models.CASCADE, related_name="notes", verbose_name=_("release"))
    text = models.TextField(_("note"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("written by"))
    written_at = models.DateTimeField(_("written"), auto_now_add=True)
    asks_for_review = models.BooleanField(_("asks for review"), default=False)
    settled_at = models.DateTimeField(_("settled"), null=True)

    objects = NoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["-written_at", "-id"]

    def __str__(self) -> str:
        return self.text
