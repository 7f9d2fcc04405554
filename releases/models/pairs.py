"""How the two language versions of a release stand to each other."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from releases.models.release import Release


class Agreement(models.Model):
    """That `release` says what its counterpart said in `version`: it was made from that one, or was compared with it since.

    A version whose `words_version` is later leaves it out of date. A release without a row agrees with the counterpart as that
    first went public, so one comes into being at the latest with the first change of a public counterpart.
    """

    release = models.OneToOneField(Release, on_delete=models.CASCADE, related_name="agreement", verbose_name=_("release"))
    version = models.PositiveIntegerField(_("version of the counterpart"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("seen by"))
    at = models.DateTimeField(_("seen"), auto_now=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("agreement with the other language")
        verbose_name_plural = _("agreements with the other language")

    def __str__(self) -> str:
        return str(self.version)
