"""The floors of docs/architecture.md: a module imports from lower floors only."""

import ast
from pathlib import Path

import pytest

RELEASES = Path(__file__).resolve().parent.parent / "releases"
FLOORS = [
    {"vocabulary", "datelines", "prose", "slugs", "clock", "comparison", "cards", "quotes"},
    {"querysets"},
    {"models"},
    {"caching", "documents", "renditions", "search"},
    {"publishing", "importers"},
    {"views", "feeds", "sitemaps", "forms", "admin", "desk", "middleware", "receivers", "checks", "templatetags", "management"},
    {"urls", "apps"},
]
FLOOR_OF = {name: number for number, names in enumerate(FLOORS) for name in names}
# Neighbours that may be asked: words are lower still within floor 0, Django's own faces share the forms, the desk shows the pages.
NEIGHBOURS = {
    ("datelines", "vocabulary"),
    ("quotes", "prose"),
    ("admin", "forms"),
    ("admin", "desk"),
    ("views", "forms"),
    ("admin", "views"),
    ("feeds", "views"),
    ("sitemaps", "views"),
}
MODULES = sorted(path for path in RELEASES.rglob("*.py") if "migrations" not in path.parts and path != RELEASES / "__init__.py")


def room(path: Path) -> str:
    return path.relative_to(RELEASES).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """The rooms of `releases` that the file at `path` names in an import, wherever in the file it stands; typing aside."""
    tree = ast.parse(path.read_text())
    typing = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in ast.walk(block)
    }
    names = set()
    for node in ast.walk(tree):
        if id(node) in typing:
            continue
        if isinstance(node, ast.ImportFrom) and node.module == "releases":
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("releases."):
            names.add((node.module or "").split(".")[1])
        elif isinstance(node, ast.Import):
            names |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("releases.")}
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(RELEASES)))
def test_a_module_imports_from_lower_floors_only(path: Path):
    here = room(path)
    upward = {
        other
        for other in imported(path) - {here}
        if FLOOR_OF[other] >= FLOOR_OF[here] and (here, other) not in NEIGHBOURS and not (here == "management" and FLOOR_OF[other] < 6)
    }
    assert not upward


def test_every_module_has_its_floor():
    assert {room(path) for path in MODULES} == set(FLOOR_OF)
