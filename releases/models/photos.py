"""Photos and documents: the names of their files, and who may see them.

releases/media/photos.py and releases/media/documents make the files.
"""

import secrets
from collections.abc import Sequence
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from releases.media.sizes import get_fallback_width
from releases.models.querysets import ReleaseQuerySet
from releases.text.choices import Language, PressKitCategory
from releases.text.cleaning import clean_line

RENDITION_FIELDS = ["renditions_ready", "digests"]  # that releases/actions/rendition_jobs.py writes


def make_random_name() -> str:
    """Return a name that reveals nothing and cannot be guessed (128 bits)."""
    return secrets.token_hex(16)


class PhotoQuerySet(models.QuerySet["Photo"]):
    def public(self, releases: ReleaseQuerySet) -> Self:
        """Return the photos in one of `releases` (public ones), in the press kit or on the press page."""
        portraits = Photo._default_manager.filter(portrait_of__show_on_press_page=True)
        return self.filter(
            ~models.Q(press_kit_category="")
            | models.Exists(releases.filter(photo_uses__photo=models.OuterRef("pk")))
            | models.Exists(portraits.filter(pk=models.OuterRef("pk")))
        )


class Photo(models.Model):
    """A photo, re-encoded from its pixels. The release that shows it has the alt text and the caption.

    The public can see its files while a public release shows it, while it is in the press kit, or while it is
    the portrait of a contact on the press page. Until `renditions_ready`, these are the original and the
    fallback; releases/actions/rendition_jobs.py makes the others after the upload.
    """

    name = models.CharField(max_length=32, unique=True, default=make_random_name, editable=False)
    # The format of the original: jpg, or png if it has transparency.
    kind = models.CharField(max_length=3, editable=False)
    width = models.PositiveIntegerField(_("width"), editable=False)
    height = models.PositiveIntegerField(_("height"), editable=False)
    widths = models.JSONField(editable=False)  # of the renditions, in pixels, ascending
    renditions_ready = models.BooleanField(default=False, editable=False)
    # The SHA-256 digest (hex) of each file as it was written, by file name.
    digests = models.JSONField(default=dict, blank=True, editable=False)

    press_kit_category = models.CharField(
        _("category on the press page"),
        max_length=10,
        choices=PressKitCategory.choices,
        blank=True,
        help_text=_(
            "A portrait or logo that anyone can download from the press page. Leave this empty for photos "
            "that belong to releases."
        ),
    )
    label = models.CharField(
        _("alt text in English"), max_length=300, blank=True, help_text=_("Screen readers read it aloud.")
    )
    label_es = models.CharField(_("alt text in Spanish"), max_length=300, blank=True)
    credit = models.CharField(
        _("credit"), max_length=200, blank=True, help_text=_("Who took the photo, as it should be printed.")
    )
    consent = models.TextField(
        _("consent"),
        blank=True,
        help_text=_("Who appears (especially minors), and who gave consent, when and how. Internal only."),
    )
    added_at = models.DateTimeField(_("added"), auto_now_add=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("added by"),
    )

    history = HistoricalRecords(excluded_fields=RENDITION_FIELDS)
    objects = PhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["-added_at", "-id"]

    def __str__(self) -> str:
        return self.label or self.label_es or str(_("Photo %(number)s") % {"number": self.pk})

    def save(self, *args: Any, update_fields: Any = None, **kwargs: Any) -> None:
        for field in ("label", "label_es", "credit"):
            setattr(self, field, clean_line(getattr(self, field)))
        # RENDITION_FIELDS may have changed since it was loaded.
        if update_fields is None and not self._state.adding:
            update_fields = [
                field.name
                for field in self._meta.concrete_fields
                if not field.primary_key and field.name not in RENDITION_FIELDS
            ]
        super().save(*args, update_fields=update_fields, **kwargs)

    def label_in(self, language: str) -> str:
        """Return what the photo shows, in `language` or else in the other one."""
        labels = (self.label_es, self.label) if language == Language.SPANISH else (self.label, self.label_es)
        return labels[0] or labels[1]

    @property
    def files(self) -> list[str]:
        """Return the names of all files that exist."""
        copies = [f"{width}.{ending}" for width in self.widths for ending in ("avif", "webp", self.kind)]
        return [self.original, *(copies if self.renditions_ready else [self.fallback])]

    @property
    def original(self) -> str:
        return f"full.{self.kind}"

    @property
    def fallback(self) -> str:
        """Return the file for browsers that show neither AVIF nor WebP."""
        return f"{get_fallback_width(self.widths)}.{self.kind}"

    @property
    def thumbnail(self) -> str:
        """Return the file for previews."""
        return f"{self.widths[0]}.webp" if self.renditions_ready else self.fallback

    @property
    def largest_fallback_width(self) -> int:
        """Return the width of the largest rendition that every program can show."""
        return self.widths[-1] if self.renditions_ready else get_fallback_width(self.widths)

    @property
    def largest_fallback(self) -> str:
        return f"{self.largest_fallback_width}.{self.kind}"

    @property
    def storage_folder(self) -> str:
        """Return the folder of the files in the storage."""
        return f"photos/{self.name}"

    @property
    def file_digests(self) -> dict[str, str]:
        """Return the digest of each file by its path in the storage, or "" if it is not recorded yet."""
        return {f"{self.storage_folder}/{name}": self.digests.get(name, "") for name in self.files}

    def url(self, file: str) -> str:
        """Return the public URL of one of the files."""
        return reverse("photo", args=[self.name, file])


class PhotoUse(models.Model):
    """A photo that a release shows.

    The rows repeat `Release.photos`, to query who may see a file. releases/signals.py updates them.
    """

    release = models.ForeignKey(
        "releases.Release", on_delete=models.CASCADE, related_name="photo_uses", verbose_name=_("release")
    )
    photo = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="uses", verbose_name=_("photo"))

    class Meta:
        verbose_name = _("photo of a release")
        verbose_name_plural = _("photos of releases")
        constraints = [models.UniqueConstraint(fields=["release", "photo"], name="photo_use_unique")]

    def __str__(self) -> str:
        return f"{self.release_id} {self.photo_id}"


class Document(models.Model):
    """A PDF without metadata. The release has its title and language."""

    # Set by `add_document`, not stored.
    removed_parts: Sequence[Any] = ()

    name = models.CharField(max_length=32, unique=True, default=make_random_name, editable=False)
    size = models.PositiveIntegerField(editable=False)  # bytes
    pages = models.PositiveIntegerField(_("pages"), editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)  # SHA-256 (hex) of the file
    added_at = models.DateTimeField(_("added"), auto_now_add=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("added by"),
    )

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def __str__(self) -> str:
        return str(_("Document %(number)s") % {"number": self.pk})

    @property
    def storage_path(self) -> str:
        """Return the path in the storage."""
        return f"documents/{self.name}.pdf"

    @property
    def file_digests(self) -> dict[str, str]:
        """Return the digest of the file by its path in the storage, or "" if it is not recorded yet."""
        return {self.storage_path: self.digest}
