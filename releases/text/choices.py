"""Choices of model fields, and fixed texts in both languages."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

FOUNDING_YEAR = 1983  # of CARECEN


class Kind(TextChoices):
    PRESS_RELEASE = "press_release", _("Press release")
    STATEMENT = "statement", _("Statement")
    MEDIA_ADVISORY = "media_advisory", _("Media advisory")
    SERVICE_NOTICE = "service_notice", _("Service notice")


class Language(TextChoices):
    ENGLISH = "en", _("English")
    SPANISH = "es", _("Spanish")


class Role(TextChoices):
    """What a staff account may do. Each role includes the ones before it."""

    WRITER = "writer", _("Writer")
    PUBLISHER = "publisher", _("Publisher")
    MANAGER = "manager", _("Manager")


class Status(TextChoices):
    """The status of a release. A scheduled release is PUBLISHED with a `public_at` in the future."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ChangeKind(TextChoices):
    """Why a public text changes.

    Readers are told about every change except a typo, with a date and a sentence.
    """

    TYPO = "typo", _("Typo")
    CORRECTION = "correction", _("Correction")
    UPDATE = "update", _("Update")


class PressKitCategory(TextChoices):
    """The section of the press page that offers a photo for download at any time."""

    PORTRAIT = "portrait", _("Portrait")
    LOGO = "logo", _("Logo")


class Severity(TextChoices):
    """How serious an alert is, as readers read it before its text."""

    INFORMATION = "information", pgettext_lazy("severity", "Information")
    IMPORTANT = "important", pgettext_lazy("severity", "Important")
    URGENT = "urgent", pgettext_lazy("severity", "Urgent")


class LinkKind(TextChoices):
    """The recipient of a preview link."""

    REPORTER = "reporter", _("Reporter (embargoed)")
    APPROVER = "approver", _("Approver")


# Names of the languages within a sentence: “Only in Spanish”, “Solo en español”.
LANGUAGE_NAMES = {
    Language.ENGLISH: pgettext_lazy("language, within a sentence", "English"),
    Language.SPANISH: pgettext_lazy("language, within a sentence", "Spanish"),
}

# Labels of the links to a page in the other language; never translated.
LANGUAGE_LABELS = {Language.ENGLISH: "In English", Language.SPANISH: "En español"}

# Labels of the links to the translation of a release, in the language of the translation.
READ_TRANSLATION_LABELS = {Language.ENGLISH: "Read in English", Language.SPANISH: "Leer en español"}

# The URL fragments of the notice that a page isn't available in this language.
NOT_TRANSLATED_FRAGMENTS = {Language.ENGLISH: "not-in-english", Language.SPANISH: "no-en-espanol"}

# The default place of a dateline.
DEFAULT_PLACE = {Language.ENGLISH: "Los Angeles", Language.SPANISH: "Los Ángeles"}

# Names in title case, and their correct spelling.
PREFERRED_SPELLINGS = {
    "Aclu": "ACLU",
    "Carecen": "CARECEN",
    "Daca": "DACA",
    "Dapa": "DAPA",
    "Mccarthy": "McCarthy",
    "Tps": "TPS",
    "Uscis": "USCIS",
}
