"""Organizations that sign releases with CARECEN: coalition letters and joint statements."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from releases.text.choices import Language
from releases.text.cleaning import clean_line
from releases.text.links import clean_link, is_valid_link
from releases.text.slugs import topic_key

MAX_NAME_LENGTH = 200


def organization_key(name: str) -> str:
    """Return a key of `name` that ignores case, accents, spaces and punctuation."""
    return (topic_key(name) or name.casefold())[:MAX_NAME_LENGTH]


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def by_key(self) -> "dict[str, Organization]":
        """Return the organizations by the keys of their names in both languages."""
        return {
            organization_key(name): organization
            for organization in self
            for name in (organization.name, organization.name_es)
            if name
        }


class Organization(models.Model):
    """An organization that signs releases with CARECEN.

    Releases store the ids of their signers, so a changed name changes everywhere, and a deleted organization
    is removed everywhere.
    """

    name = models.CharField(
        _("name"), max_length=MAX_NAME_LENGTH, unique=True, help_text=_("As it appears on letters.")
    )
    name_es = models.CharField(
        _("name in Spanish"),
        max_length=MAX_NAME_LENGTH,
        blank=True,
        help_text=_("Only if it has another name in Spanish."),
    )
    website = models.URLField(
        _("website"),
        max_length=500,
        blank=True,
        validators=[URLValidator(["http", "https"])],
        help_text=_("The name links to it."),
    )
    key = models.CharField(max_length=MAX_NAME_LENGTH, unique=True, editable=False)  # of `name`

    history = HistoricalRecords()
    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        ordering = ["key"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.key = organization_key(self.name)
        super().save(*args, **kwargs)

    def clean(self) -> None:
        errors: dict[str, Any] = {}
        others = Organization.objects.exclude(pk=self.pk).by_key()
        for field in ("name", "name_es"):
            name = clean_line(getattr(self, field) or "")
            setattr(self, field, name)
            if name and (other := others.get(organization_key(name))):
                errors[field] = _(
                    "There is already an organization with this name: %(organization)s. Use that one."
                ) % {"organization": other.name}
        self.website = clean_link(self.website or "")
        if self.website and not (self.website.lower().startswith("http") and is_valid_link(self.website)):
            errors["website"] = _("Enter a complete web address, like https://www.carecen-la.org.")
        if errors:
            raise ValidationError(errors)

    def name_in(self, language: str) -> str:
        return (self.name_es if language == Language.SPANISH else "") or self.name


def find_signers(
    ids: Iterable[int], organizations: dict[int, Organization], language: str
) -> list[Organization]:
    """Return those of `organizations` that have `ids`, in the alphabetical order of `language`.

    Ids of deleted organizations are left out.
    """
    found = [organizations[pk] for pk in ids if pk in organizations]
    return sorted(found, key=lambda organization: organization_key(organization.name_in(language)))
