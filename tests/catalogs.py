"""Check or update the Spanish catalog.

`python -m tests.catalogs` fails if it is incomplete or outdated; `--update` updates it.

It is outdated if its strings, their files or their comments differ from those in the code and templates, or
if the compiled file was not made from it. It is incomplete if a string or a plural form has no Spanish, or is
marked as fuzzy.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
LOCALE_DIR = ROOT / "releases" / "locale" / "es" / "LC_MESSAGES"
CATALOG_METADATA = {
    "Project-Id-Version": "carecen-news",
    "Language": "es",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=3; plural=n == 1 ? 0 : n != 0 && n % 1000000 == 0 ? 1 : 2;",
}


def extract_messages(workplace: Path) -> polib.POFile:
    """Return the catalog that the code needs now, made in a copy of the project."""
    for directory in ("carecen_news", "releases", "templates"):
        shutil.copytree(ROOT / directory, workplace / directory, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manage.py", workplace)
    shutil.copytree(ROOT / "tests", workplace / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    command = [
        sys.executable,
        "manage.py",
        "makemessages",
        "--locale",
        "es",
        "--add-location",
        "file",
        "--no-obsolete",
        "--ignore",
        "tests/*",
        "--verbosity",
        "0",
    ]
    subprocess.run(
        command,
        cwd=workplace,
        check=True,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "tests.settings"},
    )
    return polib.pofile(str(workplace / LOCALE_DIR.relative_to(ROOT) / "django.po"))


def catalog_entries(catalog: polib.POFile | polib.MOFile) -> dict[tuple[str | None, str], object]:
    return {
        (entry.msgctxt, entry.msgid): (entry.msgid_plural, entry.msgstr, tuple(entry.msgstr_plural.values()))
        for entry in catalog
    }


def catalog_notes(catalog: polib.POFile) -> dict[tuple[str | None, str], object]:
    """Return the files that use each string, and its comment for translators."""
    return {(entry.msgctxt, entry.msgid): (sorted(entry.occurrences), entry.comment) for entry in catalog}


def find_errors(current: polib.POFile) -> list[str]:
    stored = polib.pofile(str(LOCALE_DIR / "django.po"))
    errors = []
    if catalog_entries(stored) != catalog_entries(current):
        strays = {
            message for _context, message in catalog_entries(stored).keys() ^ catalog_entries(current).keys()
        }
        errors.append(
            f"The catalog and the code have different strings: {sorted(strays)}. Run make messages."
        )
    elif catalog_notes(stored) != catalog_notes(current):
        errors.append("The locations or comments in the catalog are outdated. Run make messages.")
    errors += [f"Not translated: {entry.msgid!r}" for entry in stored.untranslated_entries()]
    errors += [f"Marked as fuzzy: {entry.msgid!r}" for entry in stored.fuzzy_entries()]
    errors += [
        f"Plural forms are missing: {entry.msgid!r}" for entry in stored if not has_all_plural_forms(entry)
    ]
    errors += [
        f"Placeholders differ: {entry.msgid!r}"
        for entry in stored
        if entry.translated() and not has_same_placeholders(entry)
    ]
    compiled = LOCALE_DIR / "django.mo"
    if not compiled.exists() or catalog_entries(polib.mofile(str(compiled))) != catalog_entries(stored):
        errors.append("django.mo was not compiled from django.po. Run make messages.")
    return errors


def has_all_plural_forms(entry: polib.POEntry) -> bool:
    """Return whether `entry` has each of the three Spanish plural forms (nplurals in CATALOG_METADATA)."""
    return not entry.msgid_plural or [bool(entry.msgstr_plural.get(form)) for form in range(3)] == [True] * 3


def has_same_placeholders(entry: polib.POEntry) -> bool:
    def names(text: str) -> set[str]:
        return set(re.findall(r"%\((\w+)\)", text))

    texts = [entry.msgstr] if not entry.msgid_plural else list(entry.msgstr_plural.values())
    return all(names(text) == names(entry.msgid_plural or entry.msgid) for text in texts)


def main() -> int:
    if shutil.which("xgettext") is None:
        print("GNU gettext is missing: install it (Debian: apt-get install gettext).", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        current = extract_messages(Path(folder))
        if "--update" in sys.argv:
            current.header, current.metadata, current.metadata_is_fuzzy = (
                "The newsroom in Spanish. Update it with: make messages",
                CATALOG_METADATA,
                False,
            )
            for entry in current.fuzzy_entries():  # a guess from a similar string is often wrong
                entry.fuzzy, entry.msgstr = False, ""
                entry.previous_msgctxt = entry.previous_msgid = entry.previous_msgid_plural = None
                entry.msgstr_plural = dict.fromkeys(entry.msgstr_plural, "")
            current.wrapwidth = 120
            current.save(str(LOCALE_DIR / "django.po"))
            polib.pofile(str(LOCALE_DIR / "django.po")).save_as_mofile(str(LOCALE_DIR / "django.mo"))
        errors = find_errors(current)
    for error in errors:
        print(error, file=sys.stderr)
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
