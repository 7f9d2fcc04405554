"""The word lists: names, acronyms, terms to avoid, the glossary, and contacts that may be public."""

import re

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from releases.models.contacts import MediaContact
from releases.models.site_settings import NewsroomSettings
from releases.models.topics import Topic
from releases.text.choices import Language
from releases.text.cleaning import clean_line
from releases.text.press_check import Spelling, WordLists


class WordListEntry(models.Model):
    """An entry of a word list. Its type says which fields it needs, and what they mean."""

    class Type(models.TextChoices):
        NAME = "name", _("Name")
        ACRONYM = "acronym", _("Acronym")
        AVOIDED = "avoided", _("Term to avoid")
        GLOSSARY = "glossary", _("Glossary")
        CONTACT = "contact", _("Public phone or email")

    type = models.CharField(
        _("type"),
        max_length=10,
        choices=Type.choices,
        help_text=_(
            "Name and acronym: the press check finds other spellings. Term to avoid: it offers the preferred "
            "term. Glossary: translators see the agreed word. Public phone or email: it may be in a release."
        ),
    )
    term = models.CharField(
        _("name, acronym, term or contact"),
        max_length=200,
        blank=True,
        help_text=_("Exactly as it should be written, like McCarthy or TPS. Empty for the glossary."),
    )
    english = models.CharField(
        _("in English"),
        max_length=200,
        blank=True,
        help_text=_(
            "Acronym: its full name. Term to avoid: the preferred term. Glossary: the English "
            "word, or several "
            "with commas between them."
        ),
    )
    spanish = models.CharField(
        _("in Spanish"),
        max_length=200,
        blank=True,
        help_text=_(
            "Acronym: its full name. Term to avoid: the preferred term. Glossary: the Spanish "
            "word, or several "
            "with commas between them."
        ),
    )
    ordinary_in = models.CharField(
        _("also an ordinary word in"),
        max_length=5,
        blank=True,
        choices=[("en", _("English")), ("es", _("Spanish")), ("en es", _("both languages"))],
        help_text=_(
            "Names and acronyms only. ICE is also the English word “ice”, and CARECEN the Spanish "
            "verb “carecen”."
        ),
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("word")
        verbose_name_plural = _("word lists")
        ordering = ["type", "term", "english", "pk"]

    def __str__(self) -> str:
        return self.term or f"{self.english} · {self.spanish}"

    def clean(self) -> None:
        for field in ("term", "english", "spanish"):
            setattr(self, field, clean_line(getattr(self, field) or ""))
        if self.type == self.Type.GLOSSARY:
            self.term = ""
            errors = {
                field: _("A glossary entry needs the word in both languages.")
                for field in ("english", "spanish")
                if not getattr(self, field)
            }
        else:
            errors = {} if self.term else {"term": _("Enter the name, acronym, term or contact.")}
        if self.type == self.Type.AVOIDED and not (self.english or self.spanish):
            errors["english"] = _("Enter the preferred term in the language of the term to avoid.")
        if self.type == self.Type.CONTACT and self.term and not normalize_contact(self.term):
            errors["term"] = _("Enter one phone number or one email address.")
        if self.ordinary_in and self.type not in (self.Type.NAME, self.Type.ACRONYM):
            self.ordinary_in = ""
        if errors:
            raise ValidationError(errors)


def normalize_contact(text: str) -> str:
    """Return an email in lowercase, or the ten digits of a US phone, or all digits. "" for anything else."""
    if "@" in text:
        return text.strip().lower() if re.fullmatch(r"\s*\S+@\S+\.\S+\s*", text) else ""
    digits = re.sub(r"\D", "", re.split(r"(?:ext|x)\b", text.lower())[0])
    return digits.removeprefix("1") if len(digits) == 11 and digits.startswith("1") else digits


def load_word_lists() -> WordLists:
    """Return the word lists for the press check, with the newsroom's contacts as public ones."""
    types = WordListEntry.Type
    entries = list(WordListEntry.objects.exclude(type=types.GLOSSARY))
    settings = NewsroomSettings.current()
    contacts = [entry.term for entry in entries if entry.type == types.CONTACT]
    contacts += [settings.press_phone, settings.press_email, settings.legal_help_phone]
    for pair in MediaContact.objects.values_list("phone", "email"):
        contacts += pair
    return WordLists(
        spellings=tuple(
            Spelling(entry.term, frozenset(entry.ordinary_in.split()))
            for entry in entries
            if entry.type in (types.NAME, types.ACRONYM)
        ),
        acronyms=_load_topic_names()
        | {
            entry.term: {Language.ENGLISH: entry.english, Language.SPANISH: entry.spanish}
            for entry in entries
            if entry.type == types.ACRONYM
        },
        avoided={
            Language.ENGLISH: {
                entry.term: entry.english
                for entry in entries
                if entry.type == types.AVOIDED and entry.english
            },
            Language.SPANISH: {
                entry.term: entry.spanish
                for entry in entries
                if entry.type == types.AVOIDED and entry.spanish
            },
        },
        public_contacts=frozenset(filter(None, map(normalize_contact, filter(None, contacts)))),
    )


def _load_topic_names() -> dict[str, dict[str, str]]:
    """Return the long names of topics with a description like “TPS – Temporary Protected Status”."""
    names: dict[str, dict[str, str]] = {}
    for topic in Topic.objects.exclude(about="", about_es=""):
        for language in Language.values:
            name, dash, long_name = topic.about_in(language).partition(" – ")
            if dash and name == topic.name_in(language) and name.isupper():
                names.setdefault(name, {})[language] = long_name.rstrip(".")
    return names


def load_glossary() -> list[tuple[list[str], list[str]]]:
    """Return the glossary and the acronyms with long names: pairs of English and Spanish words."""
    entries = WordListEntry.objects.filter(
        type__in=[WordListEntry.Type.GLOSSARY, WordListEntry.Type.ACRONYM]
    ).exclude(english="", spanish="")
    pairs = [
        (
            [word.strip() for word in entry.english.split(",")],
            [word.strip() for word in entry.spanish.split(",")],
        )
        for entry in entries
        if entry.english and entry.spanish
    ]
    return [(list(filter(None, english)), list(filter(None, spanish))) for english, spanish in pairs]
