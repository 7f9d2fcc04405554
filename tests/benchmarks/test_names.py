"""What the benchmarks take from the newsroom is still there: most of it they take only when they run."""

import ast
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from django.core.management import get_commands

from benchmarks import proxy

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "benchmarks").glob("*.py"))
TEXT = "\n".join(file.read_text() for file in FILES)


def names_of(file: Path) -> list[tuple[str, str]]:
    """Each module of ours that `file` takes something from, and the name of what it takes, what it then takes of a module included."""
    tree = ast.parse(file.read_text())
    taken = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    ours = [node for node in taken if str(node.module).partition(".")[0] in ("releases", "carecen_news", "benchmarks", "tests")]
    names = [(str(node.module), alias.name) for node in ours for alias in node.names]
    modules = {name: f"{module}.{name}" for module, name in names if importlib.util.find_spec(module) and is_module(module, name)}
    for node in ast.walk(tree):
        chain = ast.unparse(node).split(".") if isinstance(node, ast.Attribute) else []
        if chain and chain[0] in modules and all(map(str.isidentifier, chain)):
            names.append((modules[chain[0]], ".".join(chain[1:])))
    return names


def is_module(module: str, name: str) -> bool:
    return isinstance(getattr(importlib.import_module(module), name, None), ModuleType) or not is_attribute(module, name)


def is_attribute(module: str, name: str) -> bool:
    thing = importlib.import_module(module)
    for part in name.split("."):
        if not hasattr(thing, part):
            return False
        thing = getattr(thing, part)
    return True


def is_there(module: str, name: str) -> bool:
    return is_attribute(module, name) or ("." not in name and importlib.util.find_spec(f"{module}.{name}") is not None)


def test_what_benchmarks_import_is_there():
    taken = [one for file in FILES for one in names_of(file)]
    assert ("releases.models", "ReleaseTag") in taken  # what is taken inside a function is seen
    assert ("releases.search", "understood") in taken  # and what is taken of a module
    assert ("tests.browser", "chromium") in taken
    assert [one for one in taken if not is_there(*one)] == []


def test_the_commands_that_benchmarks_run_are_there():
    commands = set(re.findall(r'"manage\.py", "(\w+)"|call_command\("(\w+)"', TEXT))
    named = {name for pair in commands for name in pair if name}
    assert {"serve", "import_releases", "migrate"} <= named
    assert named <= get_commands().keys()


def test_the_settings_that_benchmarks_set_are_there():
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE))
    assert {"DATA_DIR", "SAMPLE", "PORT", "PAGE_STORE_MB", "DATABASE_URL", "DEBUG"} <= documented
    assert set(re.findall(r'"?\b([A-Z]+(?:_[A-Z]+)*)"?(?:: |=)"?(?:0|no)"', TEXT)) <= documented


@pytest.mark.parametrize("module", ["benchmarks.hello", "benchmarks.counted"])
def test_what_servers_are_told_to_serve_is_there(module):
    assert f'"{module}:application"' in TEXT
    assert "\napplication = " in (source := (ROOT / f"{module.replace('.', '/')}.py").read_text()) or "\ndef application(" in source


def test_nginx_is_measured_as_it_is_deployed_but_for_tls():
    text = proxy.configuration("/folder", 8001, 8002)
    assert "listen 127.0.0.1:8001;" in text
    assert "server 127.0.0.1:8002;" in text
    assert "proxy_cache_path /folder/cache " in text
    assert "proxy_cache_valid 200 1s;" in text
    assert "map $upstream_http_cache_control $not_public {" in text
    assert "ssl" not in text
    assert "/var/" not in text
    assert text.count("{") == text.count("}")
