"""The web fonts that set-up makes: their size, letters, name and license."""

import os
import shutil

import pytest
from django.core.management import CommandError
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


@pytest.fixture
def program(folder, tmp_path, monkeypatch):
    """Let `serve` use a copy of the fonts in a temporary folder. Return the folder."""
    copy = tmp_path / "fonts"
    shutil.copytree(folder, copy)
    monkeypatch.setattr(serve, "are_web_fonts_built", lambda: web_fonts.are_web_fonts_built(copy))
    monkeypatch.setattr(serve, "build_web_fonts", lambda: web_fonts.build_web_fonts(copy))
    return copy


def test_start_makes_missing_and_old_web_fonts_for_everyone_to_read(program):
    files = sorted(program.glob("*.woff2"))
    files[0].unlink()
    os.utime(files[1], (0, 0))  # older than the module
    umask = os.umask(0o077)
    serve.Command().make_web_fonts()
    os.umask(umask)
    assert {path.stat().st_mode & 0o777 for path in program.iterdir()} == {0o644}
    assert program.stat().st_mode & 0o777 == 0o755
    times = [path.stat().st_mtime_ns for path in files]
    serve.Command().make_web_fonts()
    assert [path.stat().st_mtime_ns for path in files] == times


def test_start_says_who_can_make_the_web_fonts(program):
    shutil.rmtree(program)
    program.write_text("not a folder")
    with pytest.raises(CommandError, match="run: make"):
        serve.Command().make_web_fonts()
