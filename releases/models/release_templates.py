"""Templates: texts with blanks in square brackets, from which staff begin a release."""

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_prose_editor.fields import ProseEditorField
from simple_history.models import HistoricalRecords

from releases.text import richtext
from releases.text.choices import Kind, Language
from releases.text.cleaning import clean_line, clean_text

# The fields of a release that a template fills in.
TEMPLATE_FIELDS = ("language", "kind", "headline", "subhead", "summary", "body")


class ReleaseTemplateQuerySet(models.QuerySet["ReleaseTemplate"]):
    def to_choose_from(self, user: Any, language: str | None) -> Self:
        """Return the templates that `user` may view, those in `language` first."""
        if not user.has_perm("releases.view_releasetemplate"):
            return self.none()
        is_other = models.Case(models.When(language=language or "", then=0), default=1)
        return self.order_by(is_other, "language", "name", "pk")


class ReleaseTemplate(models.Model):
    """A text from which staff begin a release. A release stores a copy, so it doesn't change with it."""

    name = models.CharField(
        _("name"), max_length=100, help_text=_("What the text is for, such as “Coalition letter”.")
    )
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.ENGLISH
    )
    kind = models.CharField(_("type"), max_length=20, choices=Kind.choices, default=Kind.PRESS_RELEASE)
    headline = models.CharField(
        _("headline"),
        max_length=300,
        blank=True,
        help_text=_("Put what must be filled in each time in square brackets: [date], [name of the court]."),
    )
    subhead = models.CharField(_("subhead"), max_length=300, blank=True)
    summary = models.TextField(_("summary"), blank=True)
    body = ProseEditorField(
        _("body"),
        blank=True,
        config={"extensions": richtext.EXTENSIONS},
        sanitize=richtext.sanitize,
        help_text=_("Headings, lists, numbered demands and marks of notes, such as [1], are copied too."),
    )

    history = HistoricalRecords()
    objects = ReleaseTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("template")
        verbose_name_plural = _("templates")
        ordering = ["language", "name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        for field in ("name", "headline", "subhead"):
            setattr(self, field, clean_line(getattr(self, field) or ""))
        self.summary = clean_text(self.summary or "").strip()

    def get_release_fields(self) -> dict[str, Any]:
        """Return the values for the form of a new release."""
        return {name: getattr(self, name) for name in TEMPLATE_FIELDS}
