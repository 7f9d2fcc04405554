"""The newsroom itself: one row of what is decided once for all releases."""

from datetime import date, datetime, timedelta
from typing import Any

from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from releases import clock
from releases.models.release import Release
from releases.models.writing import WorkingCopy
from releases.vocabulary import Kind, Language

one_number = RegexValidator(
    r"^(?:\+[0-9][-. ()0-9]{7,18}|(?:1[-. ]?)?\(?[0-9]{3}\)?[-. ]*[0-9]{3}[-. ]?[0-9]{4})(?: *(?:ext|x)[. ]*[0-9]{1,6})?$",
    _("Write one telephone number in digits, like 213-555-0100 or 213-555-0100 ext. 5."),
)


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
    address = models.TextField(
        _("address of the office"),
        blank=True,
        help_text=_("As on an envelope, a line each. It stands on printed releases and where legal help is offered."),
    )
    press_phone = models.CharField(_("phone for the press"), max_length=40, blank=True, validators=[one_number])
    press_email = models.EmailField(_("e-mail for the press"), blank=True)
    days_contacts_are_shown = models.PositiveSmallIntegerField(
        _("days for which a release names its contacts"),
        default=90,
        help_text=_("After that it prints the press line instead, its text versions too, so that no one is called for ever."),
    )
    legal_help_phone = models.CharField(
        _("phone for legal help"),
        max_length=40,
        blank=True,
        validators=[one_number],
        help_text=_("The number families call. While it is empty, no page offers legal help."),
    )
    legal_help_hours = models.CharField(
        _("hours, in English"), max_length=200, blank=True, help_text=_("Monday to Friday, 9 a.m. to 5 p.m.")
    )
    legal_help_hours_es = models.CharField(
        _("hours, in Spanish"), max_length=200, blank=True, help_text=_("Lunes a viernes, de 9 a. m. a 5 p. m.")
    )
    notario_warning = models.TextField(
        _("warning against fraud, in English"),
        blank=True,
        default="Only a lawyer or an accredited representative may give you legal advice. "
        "A “notario” or consultant may not, and can ruin your case.",
    )
    notario_warning_es = models.TextField(
        _("warning against fraud, in Spanish"),
        blank=True,
        default="Solo un abogado o un representante acreditado puede darle asesoría legal. "
        "Un notario o un consultor no puede, y podría arruinar su caso.",
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

    def hours_in(self, language: str) -> str:
        """When families can call."""
        return self.legal_help_hours_es if language == Language.SPANISH else self.legal_help_hours

    def warning_in(self, language: str) -> str:
        """What families should know before they pay someone."""
        return self.notario_warning_es if language == Language.SPANISH else self.notario_warning

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

    def old_before(self, at: datetime) -> date:
        """The day before which what a release says of rules may have changed by `at`; the first day of all when nothing counts as old."""
        today = clock.day_of(at)
        if not self.years_until_old:
            return date.min
        year = today.year - self.years_until_old
        leap = (today.month, today.day) == (2, 29)
        return date(year, 3, 1) if leap else date(year, today.month, today.day) + timedelta(days=1)

    def is_old(self, release: Release, at: datetime) -> bool:
        """Whether what `release` says of rules may have changed by `at`."""
        return release.date is not None and release.date < self.old_before(at)

    def holds(self, release: Release, at: datetime) -> bool:
        """Whether a service notice holds at `at`, as `holding` of the query set says for many."""
        if release.kind != Kind.SERVICE_NOTICE:
            return False
        return not (release.has_run_out(at) if release.valid_until else self.is_old(release, at))
