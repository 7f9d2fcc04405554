"""The settings of the newsroom, in one row."""

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from releases.models.drafts import PendingRevision
from releases.models.release import Release
from releases.text import localtime
from releases.text.choices import Kind, Language

validate_phone = RegexValidator(
    r"^(?:\+[0-9][-. ()0-9]{7,18}|(?:1[-. ]?)?\(?[0-9]{3}\)?[-. ]*[0-9]{3}[-. ]?[0-9]{4})(?: "
    r"*(?:ext|x)[. ]*[0-9]{1,6})?$",
    _("Enter one phone number in digits, like 213-555-0100 or 213-555-0100 ext. 5."),
)


LOCK_FIELDS = ("locked_at", "locked_by")


class NewsroomSettings(models.Model):
    """Settings for all releases. There is one row; get it with `current`.

    While the newsroom is locked, `locked_at` is set. Only `update()` writes the fields of the lock: it sends
    no signals, so it invalidates no public page. The history doesn't record the lock, so a restoration keeps
    it.
    """

    undo_window = models.PositiveSmallIntegerField(
        _("undo window (seconds)"),
        default=60,
        validators=[MaxValueValidator(3600)],
        help_text=_(
            "Delay after “Publish” before a release goes live, so that a mistake can be undone. 0: no delay."
        ),
    )
    requires_second_approver = models.BooleanField(
        _("require a second approver"),
        default=False,
        help_text=_(
            "The last editor needs someone else to publish. They can override this with a reason, which is "
            "saved as a note."
        ),
    )
    years_until_old = models.PositiveSmallIntegerField(
        _("mark releases as old after (years)"),
        default=2,
        validators=[MaxValueValidator(100)],
        help_text=_(
            "Older releases show “This is from 2014. The rules may have changed.” with their year. 0: never."
        ),
    )
    backup_retention_days = models.PositiveSmallIntegerField(
        _("backup retention (days)"),
        default=30,
        help_text=_(
            "Information only: nothing here makes or deletes backups. After you remove a name everywhere, "
            "the page shows until when older backups may contain it."
        ),
    )
    address = models.TextField(
        _("street address of the office"),
        blank=True,
        help_text=_(
            "As on an envelope, one line each. Appears on printed releases and where legal help is offered."
        ),
    )
    press_phone = models.CharField(_("press phone"), max_length=40, blank=True, validators=[validate_phone])
    press_email = models.EmailField(_("press email"), blank=True)
    contact_display_days = models.PositiveSmallIntegerField(
        _("show contacts on a release for (days)"),
        default=90,
        help_text=_(
            "After that, releases and their text versions show the press line instead, so that former "
            "contacts stop getting calls."
        ),
    )
    legal_help_phone = models.CharField(
        _("phone for legal help"),
        max_length=40,
        blank=True,
        validators=[validate_phone],
        help_text=_("The number that families call. While it is empty, no page offers legal help."),
    )
    legal_help_hours = models.CharField(
        _("hours, in English"),
        max_length=200,
        blank=True,
        help_text=_("Monday through Friday, 9 a.m. to 5 p.m."),
    )
    legal_help_hours_es = models.CharField(
        _("hours, in Spanish"),
        max_length=200,
        blank=True,
        help_text=_("Lunes a viernes, de 9 a. m. a 5 p. m."),
    )
    notario_warning = models.TextField(
        _("warning against fraud, in English"),
        blank=True,
        default="Only a lawyer or an accredited representative may give you legal advice. Notarios "
        "(notaries public) and immigration consultants may not. Bad advice can ruin your case.",
    )
    notario_warning_es = models.TextField(
        _("warning against fraud, in Spanish"),
        blank=True,
        default="Solo un abogado, una abogada o un representante acreditado puede darle asesoría legal. Los "
        "notarios públicos y los consultores de inmigración no pueden dársela, y podrían arruinar "
        "su caso.",
    )
    pinned = models.ForeignKey(
        Release,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("pinned in English"),
    )
    pinned_until = models.DateField(null=True, editable=False)
    pinned_es = models.ForeignKey(
        Release,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("pinned in Spanish"),
    )
    pinned_es_until = models.DateField(null=True, editable=False)
    locked_at = models.DateTimeField(null=True, editable=False)
    # None also for a lock by the management command.
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )

    history = HistoricalRecords(excluded_fields=list(LOCK_FIELDS))

    class Meta:
        verbose_name = _("settings")
        verbose_name_plural = _("settings")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="newsroom_singleton")]

    def __str__(self) -> str:
        return "CARECEN"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the row without the lock, because the newsroom may have been locked since it was loaded."""
        self.pk = 1
        if not self._state.adding:
            names = [field.name for field in self._meta.concrete_fields if not field.primary_key]
            kwargs.setdefault("update_fields", [name for name in names if name not in LOCK_FIELDS])
        super().save(*args, **kwargs)

    @classmethod
    def current(cls) -> "NewsroomSettings":
        return cls.objects.get_or_create(pk=1)[0]

    @classmethod
    def find_lock(cls) -> "NewsroomSettings | None":
        """Return the settings with `locked_by` if the newsroom is locked, else None."""
        return cls.objects.exclude(locked_at=None).select_related("locked_by").first()

    @classmethod
    def load_for_public(cls, at: datetime) -> "NewsroomSettings":
        """Return the settings with everything that all public pages need, in one query.

        That is the pinned releases, whether a revision is due by `at` (`has_due_revisions`), whether the
        public may read the pinned releases (`pin_is_public`, `pin_es_is_public`), and whether a language has
        public releases (`speaks_en`, `speaks_es`).
        """
        public = Release.objects.published(at)
        queryset = cls.objects.select_related("pinned", "pinned_es").annotate(
            has_due_revisions=models.Exists(PendingRevision.objects.due(at)),
            pin_is_public=models.Exists(public.filter(pk=models.OuterRef("pinned"))),
            pin_es_is_public=models.Exists(public.filter(pk=models.OuterRef("pinned_es"))),
            **{
                f"speaks_{language}": models.Exists(public.in_language(language))
                for language in Language.values
            },
        )
        return queryset.first() or (cls.current() and queryset.get())

    @property
    def languages(self) -> list[str]:
        """Return the languages that had public releases when `load_for_public` ran."""
        return [language for language in Language.values if getattr(self, f"speaks_{language}")]

    def hours_in(self, language: str) -> str:
        """Return the hours in which families can call."""
        return self.legal_help_hours_es if language == Language.SPANISH else self.legal_help_hours

    def warning_in(self, language: str) -> str:
        """Return the warning against fraud."""
        return self.notario_warning_es if language == Language.SPANISH else self.notario_warning

    def get_pin(self, language: str) -> tuple[Release | None, date | None]:
        """Return the release pinned in `language`, public or not, and the last day of the pin."""
        if language == Language.SPANISH:
            return self.pinned_es, self.pinned_es_until
        return self.pinned, self.pinned_until

    def get_public_pin(self, language: str, at: datetime) -> Release | None:
        """Return the release that is pinned on the news page of `language`, or None if it has expired.

        `at` is the time that `load_for_public` got.
        """
        release, until = self.get_pin(language)
        is_shown = getattr(self, "pin_es_is_public" if language == Language.SPANISH else "pin_is_public")
        if not (release and until and is_shown) or release.is_expired(at) or until < localtime.local_date(at):
            return None
        return release

    def old_before(self, at: datetime) -> date:
        """Return the day before which releases are old at `at`, or `date.min` if none ever are."""
        today = localtime.local_date(at)
        if not self.years_until_old:
            return date.min
        year = today.year - self.years_until_old
        leap = (today.month, today.day) == (2, 29)
        return date(year, 3, 1) if leap else date(year, today.month, today.day) + timedelta(days=1)

    def is_old(self, release: Release, at: datetime) -> bool:
        """Return whether `release` is so old at `at` that the rules it describes may have changed."""
        return release.date is not None and release.date < self.old_before(at)

    def is_current_notice(self, release: Release, at: datetime) -> bool:
        """Return whether a service notice is valid at `at`, like `ReleaseQuerySet.current_notices`."""
        if release.kind != Kind.SERVICE_NOTICE:
            return False
        return not (release.is_expired(at) if release.valid_until else self.is_old(release, at))
