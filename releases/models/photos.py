"""Photos and documents: what a file is called and who may see it (releases/renditions.py, releases/documents.py)."""

import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from releases.querysets import PhotoQuerySet
from releases.vocabulary import Language, PressShelf


def random_name() -> str:
    """A name that says nothing and cannot be guessed: 128 bits."""
    return secrets.token_hex(16)


def middle_of(widths: list[int]) -> int:
    """The width, of those of a photo, of the copy that every browser can show: the one that is made at once."""
    return widths[-1] if len(widths) < 3 else widths[1]


class Photo(models.Model):
    """A picture, rebuilt from its pixels; what it says in a release, alt text and caption, stands in the release.

    The public sees its files while a public release shows it, or while it stands on a shelf of the press page. Until it `is_ready` these
    are its full size and one copy; the others are made after the request that brought it (releases/publishing/finishing.py).
    """

    name = models.CharField(max_length=32, unique=True, default=random_name, editable=False)
    kind = models.CharField(max_length=3, editable=False)  # of its full size: jpg, or png where it is see-through
    width = models.PositiveIntegerField(_("width"), editable=False)
    height = models.PositiveIntegerField(_("height"), editable=False)
    widths = models.JSONField(editable=False)  # of its smaller copies, in pixels, ascending
    is_ready = models.BooleanField(default=False, editable=False)  # they are all made

    shelf = models.CharField(
        _("on the press page"),
        max_length=10,
        choices=PressShelf.choices,
        blank=True,
        help_text=_("A portrait or a logo that anyone may take from the page for the press. Leave it empty for what belongs to releases."),
    )
    label = models.CharField(_("what it shows, in English"), max_length=300, blank=True, help_text=_("It is read aloud, too."))
    label_es = models.CharField(_("what it shows, in Spanish"), max_length=300, blank=True)
    credit = models.CharField(_("credit"), max_length=200, blank=True, help_text=_("Who took it, as it is to be printed."))
    consent = models.TextField(
        _("consent"),
        blank=True,
        help_text=_("Who is seen, minors above all, and who agreed to it, when and how. The public never sees this."),
    )
    added_at = models.DateTimeField(_("added"), auto_now_add=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("added by")
    )

    history = HistoricalRecords(excluded_fields=["is_ready"])
    objects = PhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["-added_at", "-id"]

    def __str__(self) -> str:
        return self.label or self.label_es or str(_("Photo %(number)s") % {"number": self.pk})

    def label_in(self, language: str) -> str:
        """What it shows, in `language`, else in the other."""
        labels = (self.label_es, self.label) if language == Language.SPANISH else (self.label, self.label_es)
        return labels[0] or labels[1]

    @property
    def files(self) -> list[str]:
        """The names of all its files that are there."""
        copies = [f"{width}.{ending}" for width in self.widths for ending in ("avif", "webp", self.kind)]
        return [self.full, *(copies if self.is_ready else [self.middle])]

    @property
    def full(self) -> str:
        return f"full.{self.kind}"

    @property
    def middle(self) -> str:
        """The file for who can show nothing newer."""
        return f"{middle_of(self.widths)}.{self.kind}"

    @property
    def small(self) -> str:
        """The file for where it is shown small."""
        return f"{self.widths[0]}.webp" if self.is_ready else self.middle

    @property
    def largest_width(self) -> int:
        """The width of its largest copy that every program can show."""
        return self.widths[-1] if self.is_ready else middle_of(self.widths)

    @property
    def largest(self) -> str:
        return f"{self.largest_width}.{self.kind}"

    @property
    def folder(self) -> str:
        """Where its files stand in the storage."""
        return f"photos/{self.name}"

    def url(self, file: str) -> str:
        """The public address of one of its files."""
        return reverse("photo", args=[self.name, file])

    def save(self, *args: Any, update_fields: Any = None, **kwargs: Any) -> None:
        for field in ("label", "label_es", "credit"):
            setattr(self, field, " ".join(getattr(self, field).split()))
        if update_fields is None and not self._state.adding:  # its copies may have been made since it was read
            update_fields = [field.name for field in self._meta.concrete_fields if not field.primary_key and field.name != "is_ready"]
        super().save(*args, update_fields=update_fields, **kwargs)


class PhotoUse(models.Model):
    """That a release shows a photo: what its `photos` say, kept as rows for the question who may see a file (releases/receivers.py)."""

    release = models.ForeignKey("releases.Release", on_delete=models.CASCADE, related_name="photo_uses", verbose_name=_("release"))
    photo = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="uses", verbose_name=_("photo"))

    class Meta:
        verbose_name = _("photo of a release")
        verbose_name_plural = _("photos of releases")
        constraints = [models.UniqueConstraint(fields=["release", "photo"], name="a_release_shows_a_photo_once")]

    def __str__(self) -> str:
        return f"{self.release_id} {self.photo_id}"


class Document(models.Model):
    """A PDF without what it said of its makers. What it is called, and in which language it is, stands in the release."""

    name = models.CharField(max_length=32, unique=True, default=random_name, editable=False)
    size = models.PositiveIntegerField(editable=False)  # bytes
    pages = models.PositiveIntegerField(_("pages"), editable=False)
    added_at = models.DateTimeField(_("added"), auto_now_add=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("added by")
    )

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def __str__(self) -> str:
        return str(_("Document %(number)s") % {"number": self.pk})

    @property
    def file(self) -> str:
        """Where it stands in the storage."""
        return f"documents/{self.name}.pdf"
