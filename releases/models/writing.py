"""What is being written and said at the desk, and never public: working copies and notes."""

import uuid
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
    agrees_with = models.PositiveIntegerField(null=True)  # the version of the counterpart that the change brings the release level with
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


class UnsavedText(models.Model):
    """What someone has typed into the form of a release and not saved: kept every few seconds, one for the whole desk.

    `contents` holds the form's fields as they were sent, fit or unfit, and `opened` what the form was based on. The text of a
    release that was never saved is known by the `form` it is typed in. `number` grows with each keeping, so that one that
    arrives late replaces nothing; without a `by` it is nobody's, and forms that still send it are refused.
    """

    release = models.OneToOneField(
        "releases.Release", on_delete=models.CASCADE, null=True, related_name="unsaved_text", verbose_name=_("release")
    )
    form = models.UUIDField(unique=True, default=uuid.uuid4)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("typed by"))
    contents = models.JSONField(_("text"))
    opened = models.CharField(max_length=60, blank=True)
    number = models.BigIntegerField(default=0)
    changed_at = models.DateTimeField(_("typed"), auto_now=True)

    class Meta:
        verbose_name = _("unsaved text")
        verbose_name_plural = _("unsaved texts")
        ordering = ["-changed_at", "-id"]

    def __str__(self) -> str:
        return str(self.contents.get("headline", ""))

    @classmethod
    def of(cls, release: "Release") -> "UnsavedText | None":
        """What is typed and not saved of `release`, if anything."""
        return cls.objects.filter(release=release).select_related("by").first() if release.pk else None


class OpenForm(models.Model):
    """That someone has the form of a release open, last heard of at `seen_at`."""

    release = models.ForeignKey("releases.Release", on_delete=models.CASCADE, related_name="open_forms", verbose_name=_("release"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("opened by"))
    seen_at = models.DateTimeField(_("seen"))

    class Meta:
        verbose_name = _("open form")
        verbose_name_plural = _("open forms")
        constraints = [models.UniqueConstraint(fields=["release", "by"], name="a_person_has_a_form_open_once")]

    def __str__(self) -> str:
        return str(self.seen_at)


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
