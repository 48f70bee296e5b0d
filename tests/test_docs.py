"""What the docstrings and the documents promise: examples run, public names are documented, links lead somewhere."""

import ast
import doctest
import importlib
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, needs

MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((ROOT / "kg").rglob("*.py"))
    if path.stem != "__main__"
}


EXTRAS = {"kg.tables.spark_engine": "pyspark"}  # what a module imports that `make test` does not install


def _importable(name: str) -> Any:
    """A module as a parameter, skipped where what it imports is not there."""
    extra = EXTRAS.get(name)
    return pytest.param(name, marks=[needs(extra, find_spec(extra) is not None)] if extra else [])


@pytest.mark.parametrize("name", [_importable(name) for name in MODULES])
def test_the_examples_of_a_module_run(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert doctest.testmod(importlib.import_module(name)).failed == 0


@pytest.mark.parametrize("path", MODULES.values(), ids=MODULES)
def test_every_public_name_says_what_comes_back(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), path
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            if node.name in {
                inner.name
                for outer in ast.walk(tree)
                if isinstance(outer, ast.FunctionDef)
                for inner in outer.body
                if isinstance(inner, ast.FunctionDef)
            }:
                continue
            assert ast.get_docstring(node), f"{path.stem}.{node.name}"


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "docs/design.md",
        "docs/dependencies.md",
        "docs/benchmarks.md",
        "docs/facts.md",
        "docs/campaign.md",
        "docs/protocol.md",
        "docs/deploy.md",
    ],
)
def test_links_within_the_repository_lead_to_files(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert ((ROOT / name).parent / target).exists(), target
