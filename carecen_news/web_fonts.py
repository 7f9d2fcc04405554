"""Make the web fonts: subsets of Source Serif Pro in static/fonts. `make` runs it during set-up.

The license of the typeface (SIL Open Font License 1.1) reserves its name, so the subsets have another one. A
copy of the license is next to them.
"""

import os
import shutil
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "static" / "fonts"
FAMILY = "CARECEN Serif"
# The style in the name of the file, and the style in the package.
STYLES = {"regular": "Regular", "italic": "It", "semibold": "Semibold"}
# What English and Spanish texts and Western European names need. Browsers take other letters from the next
# font.
CHARACTERS = (
    "".join(map(chr, range(0x20, 0x7F))) + "\N{NO-BREAK SPACE}¡¿ªº°·«»§©®´¢£€±½¼¾×÷−•…‹›™ʼ‐‑–—―‘’‚“”„†"
    "ÁÉÍÓÚÜÑáéíóúüñÀÈÌÒÙàèìòùÂÊÎÔÛâêîôûÄËÏÖäëïöÇçÃÕãõÅåØøÆæŒœß"
)
FEATURES = ["kern", "liga"]


def build_web_fonts(folder: Path = FOLDER) -> None:
    """Write a WOFF2 file for each style, and the license, into `folder`."""
    import font_source_serif_pro
    from fontTools import subset  # type: ignore[import-untyped]

    source = Path(font_source_serif_pro.__file__).parent / "files"
    folder.mkdir(parents=True, exist_ok=True)
    for style, source_style in STYLES.items():
        options = subset.Options(layout_features=FEATURES, hinting=False, name_IDs=[0, 1, 2, 4, 6, 13])
        font = subset.load_font(str(source / f"SourceSerifPro-{source_style}.ttf"), options)
        subsetter = subset.Subsetter(options)
        subsetter.populate(text=CHARACTERS)
        subsetter.subset(font)
        for name_id, name in {1: FAMILY, 4: f"{FAMILY} {style}", 6: f"CARECENSerif-{style}"}.items():
            font["name"].setName(name, name_id, 3, 1, 0x409)
        font.flavor = "woff2"
        # Another process may be making them, too. Django doesn't collect files whose names begin with a dot.
        temporary = folder / f".serif-{style}.{os.getpid()}"
        font.save(temporary)
        font.close()
        temporary.chmod(0o644)  # `serve` creates files that only its user can read
        temporary.replace(folder / f"serif-{style}.woff2")
    shutil.copyfile(source / "LICENSE.txt", folder / "LICENSE.txt")
    (folder / "LICENSE.txt").chmod(0o644)
    folder.chmod(0o755)


def are_web_fonts_built(folder: Path = FOLDER) -> bool:
    """Return whether this version of the module has written every file."""
    changed_at = Path(__file__).stat().st_mtime
    files = [folder / f"serif-{style}.woff2" for style in STYLES]
    return all(file.exists() and file.stat().st_mtime >= changed_at for file in files)


if __name__ == "__main__":
    build_web_fonts()
