"""The docs list every setting, command, make target, dependency and module, and their links work."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = (ROOT / "carecen_news" / "settings.py").read_text()
COMMANDS = sorted(path.stem for path in (ROOT / "releases" / "management" / "commands").glob("[a-z]*.py"))
MAKE_TARGETS = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)


def read_doc(name: str) -> str:
    return (ROOT / name).read_text()


def test_docs_list_exactly_the_settings_that_are_read():
    read = set(re.findall(r'(?:env\.\w+|read_bool|read_int)\(\s*"([A-Z_]+)"', SETTINGS)) | {"TEST_DATABASE_URL"}
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", read_doc("docs/settings.md"), re.MULTILINE))
    assert documented == read


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command):
    assert f"| `{command}" in read_doc("docs/settings.md")


@pytest.mark.parametrize("target", [target for target in MAKE_TARGETS if target != "help"])
def test_every_make_target_is_documented(target):
    assert f"make {target}" in read_doc("docs/settings.md")


def test_readme_shows_make_run_and_make_test():
    assert re.search(r"```\nmake run .*\nmake test .*\n```", read_doc("README.md"))


def test_every_dependency_is_documented():
    packages = re.findall(r"^([a-z0-9-]+)", read_doc("requirements.in"), re.MULTILINE)
    listed = read_doc("docs/dependencies.md")
    assert [library for library in packages if not re.search(rf"^\|.*\b{library}\b.*\|", listed, re.MULTILINE)] == []


def test_every_module_is_listed_in_the_architecture_docs():
    modules = {path.stem for path in (ROOT / "releases").iterdir() if not path.name.startswith("_") and path.suffix in ("", ".py")}
    listed = read_doc("docs/architecture.md")
    assert [module for module in modules - {"migrations", "locale", "sample"} if f"`{module}" not in listed] == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_lock_files_have_hashes_and_no_urls(name):
    text = read_doc(name)
    assert "http" not in text
    assert "--index" not in text
    pinned = re.findall(r"^\S+==\S+", text, re.MULTILINE)
    assert len(pinned) == len(re.findall(r"^\S+==.*\\\n    --hash=sha256:", text, re.MULTILINE)) > 10


def test_relative_links_in_the_docs_are_not_broken():
    for name in ("README.md", *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))):
        for link in re.findall(r"\]\(([^)#]+)\)", read_doc(name)):
            assert (ROOT / name).parent.joinpath(link).exists() or link.startswith("http"), f"{name}: {link}"
