"""The words of the trade, each spelled once."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    PRESS_RELEASE = "press_release", _("Press release")
    STATEMENT = "statement", _("Statement")
    MEDIA_ADVISORY = "media_advisory", _("Media advisory")
    SERVICE_NOTICE = "service_notice", _("Service notice")


class Language(TextChoices):
    ENGLISH = "en", _("English")
    SPANISH = "es", _("Spanish")


class Status(TextChoices):
    """Where a release stands. Published with a moment still to come is what the desk calls scheduled."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ChangeKind(TextChoices):
    """Why a public text changes. All but a slip of the pen is told to readers, with a date and a sentence."""

    TYPO = "typo", _("Typo")
    CORRECTION = "correction", _("Correction")
    UPDATE = "update", _("Update")


class PressShelf(TextChoices):
    """Where a picture stands that the press may take at any time."""

    PORTRAIT = "portrait", _("Portrait")
    LOGO = "logo", _("Logo")


class LinkKind(TextChoices):
    """For whom a link to a text that is not public yet is made."""

    REPORTER = "reporter", _("A reporter, under embargo")
    APPROVER = "approver", _("Someone who approves it")


# How each language offers itself to those who read the other; never translated.
READ_IN = {Language.ENGLISH: "In English", Language.SPANISH: "En español"}

# How a release offers its version in the other language, in that language.
READ_THIS_IN = {Language.ENGLISH: "Read in English", Language.SPANISH: "Leer en español"}

# Where a list says that what was read in the other language is not in this one: the end of an address.
NOT_IN = {Language.ENGLISH: "not-in-english", Language.SPANISH: "no-en-espanol"}

# The place a dateline is written from when nobody says otherwise.
DEFAULT_PLACE = {Language.ENGLISH: "Los Angeles", Language.SPANISH: "Los Ángeles"}

# What a title-caser makes of names, and how they are written.
HOUSE_SPELLINGS = {
    "Aclu": "ACLU",
    "Carecen": "CARECEN",
    "Daca": "DACA",
    "Dapa": "DAPA",
    "Mccarthy": "McCarthy",
    "Tps": "TPS",
    "Uscis": "USCIS",
}
