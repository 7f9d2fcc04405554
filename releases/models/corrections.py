"""Public, dated corrections and updates of a release."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from releases.models.release import Release
from releases.text.choices import ChangeKind


class Correction(models.Model):
    """A public note about a change to a release: one dated sentence in its language, never the old text."""

    release = models.ForeignKey(
        Release, on_delete=models.CASCADE, related_name="corrections", verbose_name=_("release")
    )
    kind = models.CharField(
        _("kind of change"),
        max_length=10,
        choices=[choice for choice in ChangeKind.choices if choice[0] != ChangeKind.TYPO],
    )
    note = models.TextField(_("sentence for readers"))
    created_at = models.DateTimeField(_("created"))

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.note
