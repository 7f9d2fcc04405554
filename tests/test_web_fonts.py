"""The web fonts that set-up makes: their size, letters, name and license."""

import pytest
from fontTools.ttLib import TTFont

from carecen_news import web_fonts
from releases.management.commands import serve
from tests.catalogs import LOCALE_DIR

ICONS = set("→←↑↓⌘✓")  # the admin shows them in its own typeface
MAX_BYTES = 45_000  # of all styles, on the first visit


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fonts")
    web_fonts.build_web_fonts(folder)
    return folder


def test_web_fonts_are_small(folder):
    assert sum(path.stat().st_size for path in folder.glob("*.woff2")) <= MAX_BYTES


@pytest.mark.parametrize("style", web_fonts.STYLES)
def test_web_font_has_the_characters_of_the_spanish_catalog(folder, style):
    characters = {
        character for character in (LOCALE_DIR / "django.po").read_text() if character.isprintable()
    }
    missing = characters - set(map(chr, TTFont(folder / f"serif-{style}.woff2").getBestCmap()))
    assert missing <= ICONS


@pytest.mark.parametrize("style", web_fonts.STYLES)
def test_name_that_the_license_reserves_is_not_used(folder, style):
    names = {name.nameID: str(name) for name in TTFont(folder / f"serif-{style}.woff2")["name"].names}
    assert names[1] == "CARECEN Serif"
    assert "Source" not in f"{names[1]}{names[4]}{names[6]}"
    assert "SIL Open Font License" in (folder / "LICENSE.txt").read_text()


def test_start_makes_missing_web_fonts(folder, tmp_path, monkeypatch, settings):
    made = []
    monkeypatch.setattr(serve, "are_web_fonts_built", lambda: web_fonts.are_web_fonts_built(tmp_path))
    monkeypatch.setattr(serve, "build_web_fonts", lambda: made.append(True))
    monkeypatch.setattr(serve, "call_command", lambda *_args, **_options: None)
    settings.DATA_DIR = tmp_path
    serve.Command().collect_static_files()
    assert made
    assert web_fonts.are_web_fonts_built(folder)
