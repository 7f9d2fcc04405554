"""The docs list every setting, command, make target, dependency and address, and what they name exists."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.core.management import load_command_class

from tests.test_urls import PUBLIC_URLS

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = (ROOT / "carecen_news" / "settings.py").read_text()
COMMANDS = sorted(path.stem for path in (ROOT / "releases" / "management" / "commands").glob("[a-z]*.py"))
MAKE_TARGETS = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
DOCS = [path.relative_to(ROOT) for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))]
FOLDERS = ("benchmarks", "carecen_news", "deploy", "docs", "releases", "static", "templates", "tests")


def read_doc(name: str | Path) -> str:
    return (ROOT / name).read_text()


def test_docs_list_exactly_the_settings_that_are_read():
    read = set(re.findall(r'(?:env\.\w+|read_bool|read_int)\(\s*"([A-Z_]+)"', SETTINGS)) | {
        "TEST_DATABASE_URL"
    }
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", read_doc("docs/reference/settings.md"), re.MULTILINE))
    assert documented == read


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command):
    assert f"| `{command}" in read_doc("docs/reference/commands.md")


@pytest.mark.parametrize("command", COMMANDS)
def test_command_help_explains_the_command_and_every_option(command, capsys):
    with pytest.raises(SystemExit) as exit_info:
        load_command_class("releases", command).run_from_argv(["manage.py", command, "--help"])
    text = capsys.readouterr().out
    assert (exit_info.value.code, text.startswith("usage:")) == (0, True)
    parser = load_command_class("releases", command).create_parser("manage.py", command)
    assert parser.description
    assert [action.dest for action in parser._actions if not action.help] == []


@pytest.mark.parametrize("target", [target for target in MAKE_TARGETS if target != "help"])
def test_every_make_target_is_documented(target):
    assert f"| `make {target}" in read_doc("docs/reference/commands.md")


@pytest.mark.parametrize("doc", DOCS, ids=str)
def test_commands_in_the_docs_exist(doc):
    text = read_doc(doc)
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", text, re.MULTILINE))
    assert named <= set(MAKE_TARGETS)
    django = {"migrate", "makemigrations", "collectstatic"}
    assert set(re.findall(r"manage\.py ([a-z_]+)", text)) <= {*COMMANDS, *django}


def test_readme_shows_make_run_and_make_test():
    assert re.search(r"```\nmake run .*\nmake test .*\n```", read_doc("README.md"))
    assert len(read_doc("README.md").splitlines()) <= 120


def test_every_dependency_is_documented():
    packages = [
        re.match(r"[a-z0-9-]+", line)[0]
        for line in tomllib.loads(read_doc("pyproject.toml"))["project"]["dependencies"]
    ]
    listed = read_doc("docs/reference/dependencies.md")
    documented = re.findall(r"^\| ([^|]+) \|", listed, re.MULTILINE)
    names = {name.strip("` ") for row in documented for name in row.split(",")}
    assert [library for library in packages if library not in names] == []


def test_every_module_is_listed_in_the_architecture_docs():
    modules = {
        path.stem
        for path in (ROOT / "releases").iterdir()
        if not path.name.startswith("_") and path.suffix in ("", ".py")
    }
    listed = read_doc("docs/explanation/architecture.md")
    assert [
        module for module in modules - {"migrations", "locale", "sample"} if f"`{module}" not in listed
    ] == []


def test_addresses_list_every_public_url():
    listed = read_doc("docs/reference/addresses.md").replace("/photos/NAME/", "/photos/a0/")
    for _name, _arguments, english, spanish in PUBLIC_URLS:
        assert f"`{english}" in listed
        assert f"`{spanish}" in listed or english == spanish


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "requirements-audit.txt"])
def test_lock_files_have_hashes_and_no_urls(name):
    text = read_doc(name)
    assert "http" not in text
    assert "--index" not in text
    pinned = re.findall(r"^\S+==\S+", text, re.MULTILINE)
    assert len(pinned) == len(re.findall(r"^\S+==.*\\\n    --hash=sha256:", text, re.MULTILINE)) > 10


@pytest.mark.parametrize("doc", DOCS, ids=str)
def test_links_in_the_docs_are_not_broken(doc):
    for link, anchor in re.findall(r"\]\(([^)#]*)(#[^)]*)?\)", read_doc(doc)):
        if link.startswith("http"):
            continue
        target = (ROOT / doc).parent / link if link else ROOT / doc
        assert target.exists(), link
        if anchor:
            headings = re.findall(r"^#+ (.+)$", target.read_text(), re.MULTILINE)
            assert anchor[1:] in {
                re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings
            }


@pytest.mark.parametrize("doc", DOCS, ids=str)
def test_paths_in_backticks_exist(doc):
    """A path starts at the root of the project, or in `releases/`."""
    for path in re.findall(r"`([\w.*-]+/[\w./*-]*)`", read_doc(doc)):
        if path.split("/")[0] in FOLDERS:
            assert list(ROOT.glob(path.rstrip("/"))), path
        elif re.fullmatch(r"[a-z_]+/[a-z_/]*(\.py)?", path):
            assert any(list((ROOT / "releases").glob(path.rstrip("/") + suffix)) for suffix in ("", ".py")), (
                path
            )


@pytest.mark.parametrize(
    "name",
    [path.stem for path in sorted((ROOT / "benchmarks").glob("*.py")) if "__main__" in path.read_text()],
)
def test_benchmark_help_has_no_traceback(name):
    command = [sys.executable, "-m", "benchmarks" if name == "__main__" else f"benchmarks.{name}", "--help"]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (process.returncode, process.stderr) == (0, "")
    assert process.stdout.startswith("usage:")


def test_design_tokens_are_those_of_the_stylesheet():
    css = (ROOT / "static/css/newsroom.css").read_text()
    light, dark = css.split("@layer layout")[0].split("prefers-color-scheme: dark")
    design = (ROOT / "docs/explanation/design.md").read_text()
    for scheme, column in ((light, 0), (dark, 1)):
        colors = re.findall(r"(--color-[a-z-]+): (#[0-9a-f]+);", scheme)
        rows = re.findall(r"^\| `(--color-[a-z-]+)` \| (#[0-9a-f]+) \| (#[0-9a-f]+) \|", design, re.MULTILINE)
        assert dict(colors) == {name: values[column] for name, *values in rows}
    names = set(re.findall(r"^ +(--(?:font|line|space|touch)[a-z-]*):", light, re.MULTILINE))
    assert names == set(re.findall(r"^\| `(--(?:font|line|space|touch)[a-z-]*)` \|", design, re.MULTILINE))
