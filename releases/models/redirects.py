"""Redirects from earlier slugs of a release."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from releases.models.release import Release
from releases.text.choices import Language
from releases.text.slugs import MAX_SLUG_LENGTH


class SlugRedirect(models.Model):
    """A former slug of a public release. It redirects to the release and is never given to another one.

    It points to the release itself, so a second change makes no chain of redirects.
    """

    release = models.ForeignKey(
        Release, on_delete=models.CASCADE, related_name="slug_redirects", verbose_name=_("release")
    )
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    slug = models.SlugField(_("web address"), max_length=MAX_SLUG_LENGTH)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("former web address")
        verbose_name_plural = _("former web addresses")
        constraints = [models.UniqueConstraint(fields=["language", "slug"], name="slug_redirect_unique")]

    def __str__(self) -> str:
        return self.slug
