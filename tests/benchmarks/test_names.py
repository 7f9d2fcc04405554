"""What the benchmarks take from the newsroom is still there: most of it they take only when they run."""

import ast
import importlib.util
from pathlib import Path

FILES = Path(__file__).parents[2].glob("benchmarks/*.py")


def names_of(file: Path) -> list[tuple[str, str]]:
    """Each module of ours that `file` takes something from, and the name of what it takes."""
    taken = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.ImportFrom) and node.module]
    ours = [node for node in taken if str(node.module).partition(".")[0] in ("releases", "benchmarks")]
    return [(str(node.module), alias.name) for node in ours for alias in node.names]


def is_there(module: str, name: str) -> bool:
    return hasattr(importlib.import_module(module), name) or importlib.util.find_spec(f"{module}.{name}") is not None


def test_what_benchmarks_import_is_there():
    taken = [one for file in FILES for one in names_of(file)]
    assert ("releases.search.index", "engine") in taken  # what is taken inside a function is seen
    assert [one for one in taken if not is_there(*one)] == []
