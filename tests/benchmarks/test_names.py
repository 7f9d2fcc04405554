"""What the benchmarks take from the newsroom is still there: most of it they take only when they run."""

import ast
import importlib
from pathlib import Path

import pytest

FILES = sorted(Path(__file__).parents[2].glob("benchmarks/*.py"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_a_benchmark_imports_is_there(file):
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] in ("releases", "benchmarks", "carecen_news"):
            module = importlib.import_module(node.module)
            for name in (alias.name for alias in node.names):
                assert hasattr(module, name) or importlib.util.find_spec(f"{node.module}.{name}"), f"{node.module} has no {name}"
