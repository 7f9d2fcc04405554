"""Media contacts, the “About CARECEN” text at the foot of releases, and news coverage."""

from datetime import date
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from releases.models.photos import Photo
from releases.models.querysets import ReleaseQuerySet
from releases.models.release import Release
from releases.models.site_settings import validate_phone
from releases.text.choices import FOUNDING_YEAR, LANGUAGE_NAMES, Language
from releases.text.cleaning import clean_line, clean_text

YEARS_PLACEHOLDER = "{years}"


class MediaContact(models.Model):
    """A person reporters can call about a release.

    Releases store the ids of their contacts, so a changed number changes everywhere, and a deleted contact is
    removed everywhere. After `NewsroomSettings.contact_display_days`, a release shows the newsroom's press
    line instead.
    """

    name = models.CharField(_("name"), max_length=100)
    role = models.CharField(
        _("role, in English"), max_length=100, blank=True, help_text=_("Director of Communications")
    )
    role_es = models.CharField(
        _("role, in Spanish"), max_length=100, blank=True, help_text=_("Directora de Comunicaciones")
    )
    phone = models.CharField(_("phone"), max_length=40, blank=True, validators=[validate_phone])
    email = models.EmailField(_("email"), blank=True)
    speaks_english = models.BooleanField(_("gives interviews in English"), default=True)
    speaks_spanish = models.BooleanField(_("gives interviews in Spanish"), default=True)
    hours = models.CharField(
        _("hours, in English"), max_length=100, blank=True, help_text=_("Until 10 p.m.; texts at any time")
    )
    hours_es = models.CharField(
        _("hours, in Spanish"),
        max_length=100,
        blank=True,
        help_text=_("Hasta las 10 p. m.; mensajes a toda hora"),
    )
    show_on_press_page = models.BooleanField(
        _("show on the press page"),
        default=False,
        help_text=_("Anyone can read that page. Don't show a private number there."),
    )
    portrait = models.ForeignKey(
        Photo,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="portrait_of",
        verbose_name=_("portrait"),
        help_text=_(
            "Only with the person's consent. You can choose from the portraits of the press kit. Add them "
            "under Photos."
        ),
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("media contact")
        verbose_name_plural = _("media contacts")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        for field in ("name", "role", "role_es", "hours", "hours_es"):
            setattr(self, field, clean_line(getattr(self, field) or ""))
        if not (self.phone or self.email):
            raise ValidationError(
                _("Enter a phone number or an email address so that reporters can reach this person.")
            )
        if not (self.speaks_english or self.speaks_spanish):
            raise ValidationError({"speaks_spanish": _("Select at least one language.")})

    def role_in(self, language: str) -> str:
        return self.role_es if language == Language.SPANISH else self.role

    def hours_in(self, language: str) -> str:
        return self.hours_es if language == Language.SPANISH else self.hours

    @property
    def languages(self) -> list[str]:
        """Return the Language values of interviews."""
        return [
            language
            for language, speaks in zip(Language, (self.speaks_english, self.speaks_spanish), strict=True)
            if speaks
        ]


class BoilerplateQuerySet(models.QuerySet["Boilerplate"]):
    def effective_on(self, day: date) -> Self:
        """Return the texts that are in effect on `day`, the latest first."""
        return self.filter(effective_from__lte=day).order_by("-effective_from", "-pk")


class Boilerplate(models.Model):
    """The “About CARECEN” text of releases in one language, from a given day on.

    A release stores the text it was published with.
    """

    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    effective_from = models.DateField(
        _("effective from"),
        help_text=_("Used for releases dated from this day on. Published releases don't change."),
    )
    text = models.TextField(
        _("text"),
        help_text=_(
            "Write {years} for the number of years since 1983: “for more than {years} years”. It is "
            "calculated automatically."
        ),
    )

    history = HistoricalRecords()
    objects = BoilerplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("boilerplate")
        verbose_name_plural = _("boilerplate texts")
        ordering = ["language", "-effective_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["language", "effective_from"],
                name="boilerplate_unique_date",
                violation_error_message=_(
                    "There is already a text effective from this day. Edit that one, or choose another day."
                ),
            )
        ]

    def __str__(self) -> str:
        values = {
            "language": LANGUAGE_NAMES[Language(self.language)],
            "day": date_format(self.effective_from),
        }
        return gettext("About CARECEN (%(language)s, from %(day)s)") % values

    def clean(self) -> None:
        self.text = clean_text(self.text or "").strip()

    def text_for(self, day: date) -> str:
        """Return the text for a release dated `day`, with the number of years filled in."""
        return self.text.replace(YEARS_PLACEHOLDER, str(day.year - FOUNDING_YEAR))

    @classmethod
    def get_text(cls, day: date, language: str) -> str:
        """Return the text for a release of `day` in `language`, or "" if there is none."""
        boilerplate = cls.objects.effective_on(day).filter(language=language).first()
        return boilerplate.text_for(day) if boilerplate else ""


class CoverageQuerySet(models.QuerySet["Coverage"]):
    def public(self, releases: ReleaseQuerySet) -> Self:
        """Return the stories that belong to no release, or to one of `releases`, the public ones."""
        release_is_public = models.Exists(releases.order_by().filter(pk=models.OuterRef("release")))
        return self.filter(models.Q(release=None) | release_is_public).select_related("release")


class Coverage(models.Model):
    """A story about us in another medium, linked to the release that led to it, if any."""

    outlet = models.CharField(
        _("outlet"), max_length=100, help_text=_("La Opinión, Univision 34, Los Angeles Times")
    )
    headline = models.CharField(_("headline"), max_length=300, help_text=_("As printed there."))
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.SPANISH
    )
    url = models.URLField(_("link"), max_length=500, validators=[URLValidator(["http", "https"])])
    date = models.DateField(_("date"))
    release = models.ForeignKey(
        Release,
        on_delete=models.CASCADE,  # deleting a draft must not make its story public
        null=True,
        blank=True,
        related_name="coverage",
        verbose_name=_("release"),
        help_text=_("Related release. Hidden until that release is public."),
    )

    history = HistoricalRecords()
    objects = CoverageQuerySet.as_manager()

    class Meta:
        verbose_name = _("news story")
        verbose_name_plural = _("press coverage")
        ordering = ["-date", "-pk"]

    def __str__(self) -> str:
        return f"[{self.outlet}] {self.headline}"

    def clean(self) -> None:
        for field in ("outlet", "headline"):
            setattr(self, field, clean_line(getattr(self, field) or ""))
