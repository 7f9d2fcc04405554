"""The documents name what exists: every setting, every command, every library, every module's floor."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = (ROOT / "carecen_news" / "settings.py").read_text()
COMMANDS = sorted(path.stem for path in (ROOT / "releases" / "management" / "commands").glob("[a-z]*.py"))
TARGETS = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)


def document(name: str) -> str:
    return (ROOT / name).read_text()


def test_every_setting_that_is_read_is_documented_and_no_other():
    read = set(re.findall(r'(?:env\.\w+|yes_or_no|whole_number)\(\s*"([A-Z_]+)"', SETTINGS)) | {"TEST_DATABASE_URL"}
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", document("docs/settings.md"), re.MULTILINE))
    assert documented == read


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command):
    assert f"| `{command}" in document("docs/settings.md")


@pytest.mark.parametrize("target", [target for target in TARGETS if target != "help"])
def test_every_make_target_is_documented(target):
    assert f"make {target}" in document("docs/settings.md")


def test_the_two_commands_stand_in_the_readme():
    assert re.search(r"```\nmake run .*\nmake test .*\n```", document("README.md"))


def test_every_library_has_its_reason():
    wanted = re.findall(r"^([a-z0-9-]+)", document("requirements.in"), re.MULTILINE)
    listed = document("docs/dependencies.md")
    assert [library for library in wanted if not re.search(rf"^\|.*\b{library}\b.*\|", listed, re.MULTILINE)] == []


def test_every_module_has_its_floor_in_the_document():
    modules = {path.stem for path in (ROOT / "releases").iterdir() if not path.name.startswith("_") and path.suffix in ("", ".py")}
    listed = document("docs/architecture.md")
    assert [module for module in modules - {"migrations", "locale", "sample"} if f"`{module}" not in listed] == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_the_lock_files_have_hashes_and_no_addresses(name):
    lock = document(name)
    assert "http" not in lock
    assert "--index" not in lock
    pinned = re.findall(r"^\S+==\S+", lock, re.MULTILINE)
    assert len(pinned) == len(re.findall(r"^\S+==.*\\\n    --hash=sha256:", lock, re.MULTILINE)) > 10


def test_links_in_the_documents_lead_somewhere():
    for name in ("README.md", *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))):
        for link in re.findall(r"\]\(([^)#]+)\)", document(name)):
            assert (ROOT / name).parent.joinpath(link).exists() or link.startswith("http"), f"{name}: {link}"
