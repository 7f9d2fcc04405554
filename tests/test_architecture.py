"""The layers of docs/explanation/architecture.md, import cycles, and the length of files and functions."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS = [
    {"text", "media", "sqlite_turns"},
    {"models", "database", "database_roles"},
    {"search", "caching", "checks", "accounts", "background", "mail"},
    {
        "actions",
        "backups",
        "diagnosis",
        "importers",
        "guides",
        "locked_desk",
        "request_bodies",
        "static_copy",
        "verification",
    },
    {
        "views",
        "middleware",
        "signals",
        "templatetags",
        "management",
        "dashboard",
        "desk_search",
        "navigation",
    },
    {"admin_site"},
    {"admin"},  # shows previews, so it imports views
    {"urls", "apps"},
]
LAYER_BY_PACKAGE = {name: number for number, names in enumerate(LAYERS) for name in names}
ALLOWED_SAME_LAYER = {("importers", "actions"), ("accounts", "mail"), ("mail", "background")}
PATHS = sorted(
    path
    for folder in ("carecen_news", "releases", "tests", "benchmarks")
    for path in (ROOT / folder).rglob("*.py")
)
FILES = [str(path.relative_to(ROOT)) for path in PATHS if "migrations" not in path.parts]
MODULES = {
    path.removesuffix(".py").removesuffix("/__init__").replace("/", "."): ROOT / path
    for path in FILES
    if path.startswith("releases/")
}
del MODULES["releases"]


def get_imports(path: Path) -> set[str]:
    """Return the modules of `releases` that a file imports, inside functions and for types too."""
    imports = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("releases"):
            imports |= {f"{node.module}.{alias.name}" for alias in node.names} & set(MODULES) or {
                str(node.module)
            }
        elif isinstance(node, ast.Import):
            imports |= {alias.name for alias in node.names if alias.name.startswith("releases.")}
    return imports


@pytest.mark.parametrize("name", MODULES)
def test_module_imports_from_lower_layers_only(name):
    package = name.split(".")[1]
    packages = {module.split(".")[1] for module in get_imports(MODULES[name])} - {package}
    upward = {imported for imported in packages if LAYER_BY_PACKAGE[imported] >= LAYER_BY_PACKAGE[package]}
    assert {imported for imported in upward if (package, imported) not in ALLOWED_SAME_LAYER} == set()


def test_imports_have_no_cycle():
    graph = {name: get_imports(path) - {name} for name, path in MODULES.items()}
    list(TopologicalSorter(graph).static_order())  # raises CycleError


@pytest.mark.parametrize("path", FILES)
def test_files_have_at_most_400_lines_and_functions_60(path):
    source = (ROOT / path).read_text()
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    assert source.count("\n") <= 400
    assert [node.name for node in functions if (node.end_lineno or 0) - node.lineno >= 60] == []
