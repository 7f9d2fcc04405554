"""Who speaks to the press, what is said of CARECEN at the foot of a release, and what others wrote of it."""

from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from releases.models.press_office import one_number
from releases.models.release import Release
from releases.prose import without_control_characters
from releases.querysets import BoilerplateQuerySet, CoverageQuerySet
from releases.vocabulary import Language

FOUNDED = 1983
YEARS = "{years}"


class MediaContact(models.Model):
    """A person reporters can call about a release. Some time after it only the newsroom's press line is printed there.

    A release names its contacts by their ids, so a number that changes here changes everywhere, and one that is gone is gone.
    """

    name = models.CharField(_("name"), max_length=100)
    role = models.CharField(_("role, in English"), max_length=100, blank=True, help_text=_("Director of Communications"))
    role_es = models.CharField(_("role, in Spanish"), max_length=100, blank=True, help_text=_("Directora de Comunicaciones"))
    phone = models.CharField(_("phone"), max_length=40, blank=True, validators=[one_number])
    email = models.EmailField(_("e-mail"), blank=True)
    speaks_english = models.BooleanField(_("gives interviews in English"), default=True)
    speaks_spanish = models.BooleanField(_("gives interviews in Spanish"), default=True)
    hours = models.CharField(_("hours, in English"), max_length=100, blank=True, help_text=_("Until 10 p.m.; texts at any time"))
    hours_es = models.CharField(_("hours, in Spanish"), max_length=100, blank=True, help_text=_("Hasta las 10 p. m.; mensajes a toda hora"))
    is_for_the_press_page = models.BooleanField(
        _("stands on the press page"),
        default=False,
        help_text=_("Anyone may read that page at any time. A private number does not belong there."),
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
            setattr(self, field, " ".join(without_control_characters(getattr(self, field) or "").split()))
        if not (self.phone or self.email):
            raise ValidationError(_("Write a phone number or an e-mail address, so that reporters can reach this person."))
        if not (self.speaks_english or self.speaks_spanish):
            raise ValidationError({"speaks_spanish": _("Tick at least one language.")})

    def role_in(self, language: str) -> str:
        return self.role_es if language == Language.SPANISH else self.role

    def hours_in(self, language: str) -> str:
        return self.hours_es if language == Language.SPANISH else self.hours

    @property
    def languages(self) -> list[str]:
        """The languages of interviews, of Language."""
        return [language for language, speaks in zip(Language, (self.speaks_english, self.speaks_spanish), strict=True) if speaks]


class Boilerplate(models.Model):
    """What is said of CARECEN at the foot of a release, in one language, from a day on. A release keeps what it went public with."""

    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    since = models.DateField(_("from"), help_text=_("Releases of this day and later end with it; what is public already stays as it is."))
    text = models.TextField(
        _("text"), help_text=_("Write {years} for the number of years since 1983: “for more than {years} years”. It is counted by itself.")
    )

    history = HistoricalRecords()
    objects = BoilerplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("about CARECEN")
        verbose_name_plural = _("about CARECEN")
        ordering = ["language", "-since"]
        constraints = [
            models.UniqueConstraint(
                fields=["language", "since"],
                name="one_boilerplate_a_language_and_day",
                violation_error_message=_("There is a text from this day on already. Change that one, or choose another day."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_language_display()}, {self.since}"

    def clean(self) -> None:
        self.text = without_control_characters(self.text or "").strip()

    def on(self, day: date) -> str:
        """The text as a release of `day` prints it."""
        return self.text.replace(YEARS, str(day.year - FOUNDED))

    @classmethod
    def text_on(cls, day: date, language: str) -> str:
        """What a release of `day` in `language` ends with; "" when nothing is written for it."""
        boilerplate = cls.objects.in_force(day).filter(language=language).first()
        return boilerplate.on(day) if boilerplate else ""


class Coverage(models.Model):
    """What a newspaper, station or site made of our news; tied to the release that led to it, where one did."""

    outlet = models.CharField(_("outlet"), max_length=100, help_text=_("La Opinión, Univision 34, Los Angeles Times"))
    headline = models.CharField(_("headline"), max_length=300, help_text=_("As it is printed there."))
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.SPANISH)
    url = models.URLField(_("link"), max_length=500, validators=[URLValidator(["http", "https"])])
    date = models.DateField(_("date"))
    release = models.ForeignKey(
        Release,
        on_delete=models.CASCADE,  # a draft that is deleted must not let its story out
        null=True,
        blank=True,
        related_name="coverage",
        verbose_name=_("release"),
        help_text=_("The release that led to it. While the public cannot read that one, this stands nowhere."),
    )

    history = HistoricalRecords()
    objects = CoverageQuerySet.as_manager()

    class Meta:
        verbose_name = _("story about us")
        verbose_name_plural = _("in the news")
        ordering = ["-date", "-pk"]

    def __str__(self) -> str:
        return f"[{self.outlet}] {self.headline}"

    def clean(self) -> None:
        for field in ("outlet", "headline"):
            setattr(self, field, " ".join(without_control_characters(getattr(self, field) or "").split()))
