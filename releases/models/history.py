"""What stays of a release's past and is public: the addresses it once had, and what was corrected."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from releases.models.release import Release
from releases.slugs import LONGEST
from releases.vocabulary import ChangeKind, Language


class FormerAddress(models.Model):
    """An address a public release had before. It leads to where the release is now, and is never given to another.

    Each points at the release itself, so a second change makes no chain.
    """

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="former_addresses", verbose_name=_("release"))
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    slug = models.SlugField(_("address"), max_length=LONGEST)
    left_at = models.DateTimeField(_("left"), auto_now_add=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("former address")
        verbose_name_plural = _("former addresses")
        constraints = [models.UniqueConstraint(fields=["language", "slug"], name="a_former_address_leads_to_one_release")]

    def __str__(self) -> str:
        return self.slug


class Correction(models.Model):
    """What readers are told of a change to a public release: one dated sentence in its language, never the old words."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="corrections", verbose_name=_("release"))
    kind = models.CharField(
        _("kind of change"), max_length=10, choices=[choice for choice in ChangeKind.choices if choice[0] != ChangeKind.TYPO]
    )
    note = models.TextField(_("what readers are told"))
    made_at = models.DateTimeField(_("made"))

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["-made_at", "-id"]

    def __str__(self) -> str:
        return self.note
