"""Test that the names, commands and settings used by the benchmarks exist.

Most imports run only when a benchmark runs.
"""

import ast
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from django.core.management import get_commands

from benchmarks import proxy

ROOT = Path(__file__).parents[2]
BENCHMARK_FILES = sorted((ROOT / "benchmarks").glob("*.py"))
BENCHMARK_SOURCE = "\n".join(file.read_text() for file in BENCHMARK_FILES)


def get_imported_names(file: Path) -> list[tuple[str, str]]:
    """Return the module and name of each import of project code in `file`.

    Attributes of imported modules count as well.
    """
    tree = ast.parse(file.read_text())
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    project_imports = [
        node
        for node in imports
        if str(node.module).partition(".")[0] in ("releases", "carecen_news", "benchmarks", "tests")
    ]
    names = [(str(node.module), alias.name) for node in project_imports for alias in node.names]
    modules = {
        name: f"{module}.{name}"
        for module, name in names
        if importlib.util.find_spec(module) and is_module(module, name)
    }
    for node in ast.walk(tree):
        parts = ast.unparse(node).split(".") if isinstance(node, ast.Attribute) else []
        if parts and parts[0] in modules and all(map(str.isidentifier, parts)):
            names.append((modules[parts[0]], ".".join(parts[1:])))
    return names


def is_module(module: str, name: str) -> bool:
    return isinstance(getattr(importlib.import_module(module), name, None), ModuleType) or not has_attribute(
        module, name
    )


def has_attribute(module: str, name: str) -> bool:
    value = importlib.import_module(module)
    for part in name.split("."):
        if not hasattr(value, part):
            return False
        value = getattr(value, part)
    return True


def is_importable(module: str, name: str) -> bool:
    return has_attribute(module, name) or (
        "." not in name and importlib.util.find_spec(f"{module}.{name}") is not None
    )


def test_names_imported_by_benchmarks_exist():
    imported = [name for file in BENCHMARK_FILES for name in get_imported_names(file)]
    assert ("releases.models", "ReleaseTag") in imported  # imported inside a function
    assert ("releases.search", "parse_query") in imported  # attribute of an imported module
    assert ("tests.browser", "find_chromium") in imported
    assert [name for name in imported if not is_importable(*name)] == []


def test_commands_run_by_benchmarks_exist():
    commands = set(re.findall(r'"manage\.py", "(\w+)"|call_command\("(\w+)"', BENCHMARK_SOURCE))
    used = {name for names_of_command in commands for name in names_of_command if name}
    assert {"serve", "import_releases", "migrate"} <= used
    assert used <= get_commands().keys()


def test_settings_set_by_benchmarks_are_documented():
    settings_page = (ROOT / "docs" / "reference" / "settings.md").read_text()
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", settings_page, re.MULTILINE))
    assert {"DATA_DIR", "SAMPLE", "PORT", "PAGE_CACHE_MB", "DATABASE_URL", "DEBUG"} <= documented
    assert set(re.findall(r'"?\b([A-Z]+(?:_[A-Z]+)*)"?(?:: |=)"?(?:0|no)"', BENCHMARK_SOURCE)) <= documented


@pytest.mark.parametrize("module", ["benchmarks.hello", "benchmarks.render_counts"])
def test_wsgi_applications_served_by_benchmarks_exist(module):
    assert f'"{module}:application"' in BENCHMARK_SOURCE
    assert (
        "\napplication = " in (source := (ROOT / f"{module.replace('.', '/')}.py").read_text())
        or "\ndef application(" in source
    )


def test_nginx_benchmark_uses_the_deployed_configuration_without_tls():
    config = proxy.build_config("/folder", 8001, 8002)
    assert "listen 127.0.0.1:8001;" in config
    assert "server 127.0.0.1:8002 max_fails=0;" in config
    assert "proxy_cache_path /folder/cache " in config
    assert "proxy_cache_valid 200 1s;" in config
    assert "map $upstream_http_cache_control $not_public {" in config
    assert "ssl" not in config
    assert "/var/" not in config
    assert config.count("{") == config.count("}")
