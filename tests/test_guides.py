"""The guides for staff: they exist in both languages, name buttons as the admin does, and can be searched."""

import re

import polib
import pytest
from django.conf import settings

from releases.guides import FILES, find_guides, get_guides
from releases.text.choices import Language
from tests.catalogs import LOCALE_DIR

# Labels of Django's own pages, which are not in our catalog.
DJANGO_LABELS = {
    "en": {"Reset password"},
    "es": {"Restablecer contraseña"},
}


def read_labels(language: str) -> set[str]:
    """Return all strings of the interface in `language`, in lowercase and without a final ellipsis."""
    entries = polib.pofile(str(LOCALE_DIR / "django.po"))
    labels = {entry.msgid if language == "en" else entry.msgstr for entry in entries} | DJANGO_LABELS[
        language
    ]
    return {label.removesuffix("…").lower() for label in labels}


@pytest.mark.parametrize("language", Language.values)
def test_every_button_named_in_a_guide_exists_in_the_interface(language):
    labels = read_labels(language)
    for name, file_name in FILES.items():
        source = (settings.BASE_DIR / "docs" / ("es" if language == "es" else "") / file_name).read_text()
        named = [re.sub(r"\s+", " ", label) for label in re.findall(r"\*\*(.+?)\*\*", source, re.DOTALL)]
        unknown = [
            label
            for label in named
            if not any(
                known == label.removesuffix("…").lower() or known.startswith(f"{label.lower()} ")
                for known in labels
            )
        ]
        assert unknown == [], name


def test_guides_of_both_languages_have_the_same_sections():
    for name in FILES:
        english, spanish = (get_guides(language)[name] for language in ("en", "es"))
        assert english.html.count("<h2>") == spanish.html.count("<h2>"), name
        assert english.html.count("<li>") == spanish.html.count("<li>"), name
        assert english.title != spanish.title


def test_links_between_guides_lead_to_help_pages():
    for language in Language.values:
        for guide in get_guides(language).values():
            assert {name.strip("./") for name in re.findall('href="(.*?)"', guide.html)} <= set(FILES)


@pytest.mark.parametrize(
    ("query", "language", "name"),
    [
        ("take down immediately", "en", "withdraw"),
        ("ALT TEXT", "en", "photos"),
        ("version en ingles", "es", "translate"),
        ("contraseña", "es", "accounts"),
    ],
)
def test_help_search_ignores_case_and_accents(query, language, name):
    assert name in [guide.name for guide, _excerpt in find_guides(query, language)]


def test_help_search_without_a_hit_is_empty():
    assert find_guides("quetzal", "en") == []
    assert find_guides(" ", "en") == []
