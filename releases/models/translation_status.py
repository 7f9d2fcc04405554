"""Whether a release matches its translation."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from releases.models.release import Release


class TranslationStatus(models.Model):
    """The version of the translation that `release` was last made from or compared with.

    The release is out of date if `text_version` of the translation is later. A release without a row matches
    the translation as it was first published, so a row is created at the latest with the first change of a
    public translation.
    """

    release = models.OneToOneField(
        Release, on_delete=models.CASCADE, related_name="translation_status", verbose_name=_("release")
    )
    synced_version = models.PositiveIntegerField(_("version in the other language"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("checked by"),
    )
    checked_at = models.DateTimeField(_("checked"), auto_now=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("translation status")
        verbose_name_plural = _("translation statuses")

    def __str__(self) -> str:
        return str(self.synced_version)
