"""The newsroom itself: one row of what is decided once for all releases."""

from datetime import date, datetime
from typing import Any

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from releases import clock
from releases.models.release import Release
from releases.models.writing import WorkingCopy
from releases.vocabulary import Language


class Newsroom(models.Model):
    """What the newsroom has decided. There is one, and it is asked for with `current`."""

    undo_window = models.PositiveSmallIntegerField(
        _("seconds to undo"),
        default=60,
        validators=[MaxValueValidator(3600)],
        help_text=_("How long “Publish” waits before the public can read, so that a slip can be undone. 0: no wait."),
    )
    needs_second_person = models.BooleanField(
        _("a second person must approve"),
        default=False,
        help_text=_("Whoever wrote a text last cannot publish it alone. Doing it all the same takes a reason, which stays as a note."),
    )
    years_until_old = models.PositiveSmallIntegerField(
        _("years until a release is old"),
        default=2,
        validators=[MaxValueValidator(100)],
        help_text=_("Older releases say “From 2014. Rules may have changed.” with their year. 0: never."),
    )
    days_backups_are_kept = models.PositiveSmallIntegerField(
        _("days for which backups are kept"),
        default=30,
        help_text=_("After a name was removed everywhere, the desk says until when older backups may still hold it."),
    )
    pinned = models.ForeignKey(
        Release, on_delete=models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("pinned in English")
    )
    pinned_until = models.DateField(null=True, editable=False)
    pinned_es = models.ForeignKey(
        Release, on_delete=models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("pinned in Spanish")
    )
    pinned_es_until = models.DateField(null=True, editable=False)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("settings")
        verbose_name_plural = _("settings")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="there_is_one_newsroom")]

    def __str__(self) -> str:
        return "CARECEN"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pk = 1
        super().save(*args, **kwargs)

    @classmethod
    def current(cls) -> "Newsroom":
        return cls.objects.get_or_create(pk=1)[0]

    @classmethod
    def for_the_public(cls, at: datetime) -> "Newsroom":
        """The newsroom with what every public page asks first, in one query: its pinned notices, whether a change of a text is
        due by `at` (`has_due_changes`), whether the public may read what is pinned (`shows_pinned`, `shows_pinned_es`), and
        whether a language has something public (`speaks_en`, `speaks_es`)."""
        public = Release.objects.published(at)
        asked = cls.objects.select_related("pinned", "pinned_es").annotate(
            has_due_changes=models.Exists(WorkingCopy.objects.due(at)),
            shows_pinned=models.Exists(public.filter(pk=models.OuterRef("pinned"))),
            shows_pinned_es=models.Exists(public.filter(pk=models.OuterRef("pinned_es"))),
            **{f"speaks_{language}": models.Exists(public.in_language(language)) for language in Language.values},
        )
        return asked.first() or (cls.current() and asked.get())

    @property
    def languages(self) -> list[str]:
        """The languages that had something public when `for_the_public` asked."""
        return [language for language in Language.values if getattr(self, f"speaks_{language}")]

    def pin_in(self, language: str) -> tuple[Release | None, date | None]:
        """What was pinned in `language`, and its last day, whether or not the public may see it."""
        if language == Language.SPANISH:
            return self.pinned_es, self.pinned_es_until
        return self.pinned, self.pinned_until

    def pinned_in(self, language: str, at: datetime) -> Release | None:
        """What stands first on the news page of `language` at the moment `at` of `for_the_public`; nothing that has run out."""
        release, until = self.pin_in(language)
        is_shown = getattr(self, "shows_pinned_es" if language == Language.SPANISH else "shows_pinned")
        if not (release and until and is_shown) or release.has_run_out(at) or until < clock.day_of(at):
            return None
        return release

    def is_old(self, release: Release, at: datetime) -> bool:
        """Whether what `release` says of rules may have changed by `at`."""
        if not release.date or not self.years_until_old:
            return False
        today = clock.day_of(at)
        return (release.date.year + self.years_until_old, release.date.month, release.date.day) <= (today.year, today.month, today.day)
