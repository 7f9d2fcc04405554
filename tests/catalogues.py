"""The Spanish catalogue: `python -m tests.catalogues` fails when it is not complete and fresh, `--update` makes it fresh.

Fresh: the strings in it are those in the code and templates, and the compiled file is made from it. Complete: every one
has its Spanish, none of it marked as doubtful.
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
FOLDER = ROOT / "releases" / "locale" / "es" / "LC_MESSAGES"
METADATA = {
    "Project-Id-Version": "carecen-news",
    "Language": "es",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=3; plural=n == 1 ? 0 : n != 0 && n % 1000000 == 0 ? 1 : 2;",
}


def extracted(workplace: Path) -> polib.POFile:
    """The catalogue as the code asks for it now, made in a copy of the project."""
    for part in ("carecen_news", "releases", "templates"):
        shutil.copytree(ROOT / part, workplace / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manage.py", workplace)
    shutil.copytree(ROOT / "tests", workplace / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    command = [
        sys.executable,
        "manage.py",
        "makemessages",
        "--locale",
        "es",
        "--no-location",
        "--no-obsolete",
        "--ignore",
        "tests/*",
        "--verbosity",
        "0",
    ]
    subprocess.run(command, cwd=workplace, check=True, env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "tests.settings"})
    return polib.pofile(str(workplace / FOLDER.relative_to(ROOT) / "django.po"))


def words(catalogue: polib.POFile) -> dict[tuple[str | None, str], object]:
    return {(entry.msgctxt, entry.msgid): (entry.msgid_plural, entry.msgstr, tuple(entry.msgstr_plural.values())) for entry in catalogue}


def faults(now: polib.POFile) -> list[str]:
    kept = polib.pofile(str(FOLDER / "django.po"))
    found = []
    if words(kept) != words(now):
        strays = {message for _context, message in words(kept).keys() ^ words(now).keys()}
        found.append(f"the catalogue does not hold what the code says: {sorted(strays)}. Type make messages.")
    found += [f"no Spanish yet: {entry.msgid!r}" for entry in kept.untranslated_entries()]
    found += [f"marked as doubtful: {entry.msgid!r}" for entry in kept.fuzzy_entries()]
    found += [f"placeholders differ: {entry.msgid!r}" for entry in kept if entry.translated() and not same_placeholders(entry)]
    compiled = FOLDER / "django.mo"
    if not compiled.exists() or words(polib.mofile(str(compiled))) != words(kept):
        found.append("django.mo is not made from django.po. Type make messages.")
    return found


def same_placeholders(entry: polib.POEntry) -> bool:
    def names(text: str) -> set[str]:
        return set(re.findall(r"%\((\w+)\)", text))

    texts = [entry.msgstr] if not entry.msgid_plural else list(entry.msgstr_plural.values())
    return all(names(text) == names(entry.msgid_plural or entry.msgid) for text in texts)


def main() -> int:
    if shutil.which("xgettext") is None:
        print("GNU gettext is missing: install it (Debian: apt-get install gettext).", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        now = extracted(Path(folder))
        if "--update" in sys.argv:
            now.header, now.metadata, now.metadata_is_fuzzy = "The newsroom in Spanish. Made fresh by: make messages", METADATA, False
            now.wrapwidth = 120
            now.save(str(FOLDER / "django.po"))
            polib.pofile(str(FOLDER / "django.po")).save_as_mofile(str(FOLDER / "django.mo"))
        found = faults(now)
    for fault in found:
        print(fault, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
