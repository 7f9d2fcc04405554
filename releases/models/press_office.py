"""The newsroom itself: one row of what is decided once for all releases."""

from typing import Any

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Newsroom(models.Model):
    """What the newsroom has decided. There is one, and it is asked for with `current`."""

    undo_window = models.PositiveSmallIntegerField(
        _("seconds to undo"),
        default=60,
        validators=[MaxValueValidator(3600)],
        help_text=_("How long “Publish” waits before the public can read, so that a slip can be undone. 0 waits not at all."),
    )

    class Meta:
        verbose_name = _("newsroom")
        verbose_name_plural = _("newsroom")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="there_is_one_newsroom")]

    def __str__(self) -> str:
        return "CARECEN"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pk = 1
        super().save(*args, **kwargs)

    @classmethod
    def current(cls) -> "Newsroom":
        return cls.objects.get_or_create(pk=1)[0]
