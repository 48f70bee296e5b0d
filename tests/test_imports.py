"""Which module may import which: the direction of the house, as a table. No cycle, nothing upward."""

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

ALLOWED: dict[str, set[str]] = {
    # below all
    "errors": set(),
    "names": set(),
    "dates": set(),
    "readable": {"dates"},
    "rdf": {"errors"},
    "context": {"errors", "names", "rdf"},
    "vocabulary": {"context", "errors", "rdf"},
    "project": {"errors", "rdf"},
    # the left side: facts to quads, no store in sight
    "text": {"errors"},
    "source": {"dates", "errors", "names", "rdf", "text"},
    "facts": {"errors", "source", "text"},
    "values": {"context", "dates", "errors", "facts", "names", "rdf", "readable", "text", "vocabulary"},
    "convert": {"context", "errors", "facts", "names", "rdf", "text"},
    "evidence": {"convert", "names", "rdf", "source"},
    "infer": {"dates", "names", "rdf", "vocabulary"},
    # the middle: quads to a release
    "rdflib_terms": {"errors", "project", "rdf", "store"},
    "validate": {"errors", "rdf", "rdflib_terms"},
    "reports": {"errors", "rdf", "validate"},
    "store": {"errors"},
    "publish": {"errors", "store"},
    "media": set(),
    "search": {"errors"},
    "describe": {"media", "names", "queries", "rdf", "sparql"},
    "contents": {"describe", "export", "media", "names", "rdf", "search", "vocabulary"},
    "build": {
        "contents",
        "context",
        "convert",
        "describe",
        "errors",
        "evidence",
        "facts",
        "infer",
        "names",
        "project",
        "publish",
        "queries",
        "rdf",
        "reports",
        "source",
        "store",
        "validate",
        "values",
        "vocabulary",
    },
    # the right side: a release to answers, no YAML in sight
    "sparql": {"errors", "rdf"},
    "queries": {"dates", "errors", "names", "rdf", "sparql"},
    "results": {"errors", "queries", "rdf"},
    "why": {"context", "documents", "errors", "names", "queries", "rdf", "store"},
    "export": {"context", "errors", "evidence", "infer", "names", "rdf", "store", "vocabulary"},
    # the web: a release over HTTP
    "documents": {"errors", "names", "rdf"},
    "worker": {"context", "errors", "export", "queries", "rdf", "results", "sparql", "store"},
    "pool": {"errors", "results", "worker"},
    "live": {"context", "documents", "errors", "queries", "rdf", "store"},
    "responses": {"errors", "live", "pool"},
    "watch": {"live", "pool", "responses"},
    "connection": set(),
    "protocol": {"errors", "rdf", "responses", "sparql"},
    "requests": {"export", "live", "media", "pool", "protocol", "responses", "worker"},
    "openapi": {"media", "queries", "rdf", "sparql"},
    "reconcile": {"names", "responses", "search"},
    "view": {"dates", "live", "names", "queries", "rdf", "search", "why"},
    "pictures": {"dates", "view"},
    "reading": {"names", "rdf", "view"},
    "show": {"live", "media", "names", "rdf", "search", "view"},
    "things": {"documents", "live", "names", "pictures", "rdf", "reading", "search", "show", "view"},
    "answers": {
        "dates",
        "errors",
        "live",
        "media",
        "names",
        "pictures",
        "pool",
        "queries",
        "rdf",
        "responses",
        "search",
        "show",
        "sparql",
        "view",
    },
    "pages": {"describe", "errors", "live", "media", "names", "pictures", "rdf", "search", "show", "store", "view"},
    "services": {
        "describe",
        "live",
        "media",
        "names",
        "openapi",
        "pages",
        "pool",
        "protocol",
        "rdf",
        "reconcile",
        "requests",
        "responses",
        "search",
        "show",
    },
    "routes": {
        "answers",
        "describe",
        "documents",
        "errors",
        "live",
        "media",
        "names",
        "pages",
        "pool",
        "protocol",
        "rdf",
        "requests",
        "responses",
        "search",
        "services",
        "show",
        "things",
        "worker",
    },
    "server": {"connection", "errors", "live", "media", "pages", "pool", "requests", "responses", "routes", "watch"},
    # the verbs
    "init": {"errors"},
    "terminal": {"names", "queries"},
    "__init__": {"rdflib_terms"},
    "__main__": {"cli"},
}
VERBS = {"cli"}  # imports what a verb needs when it runs
LATE = {
    ("errors", "difflib"),
    ("rdf", "hashlib"),
    ("project", "tomllib"),
    ("queries", "kg.dates"),
    ("queries", "rdflib"),
    ("export", "pyld"),
    ("describe", "xml"),
    ("terminal", "rich"),
    ("terminal", "shlex"),
    ("__init__", "kg"),
}
MODULES = sorted((ROOT / "kg").glob("*.py"))


def imported(path: Path) -> set[str]:
    """The modules of kg that a module imports, at its top or within."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "kg":
            found |= {node.module.partition(".")[2]} if "." in node.module else {alias.name for alias in node.names}
    return found


def test_the_table_names_every_module() -> None:
    assert {path.stem for path in MODULES} == ALLOWED.keys() | VERBS


@pytest.mark.parametrize("path", [path for path in MODULES if path.stem not in VERBS], ids=lambda path: path.stem)
def test_a_module_imports_only_what_it_may(path: Path) -> None:
    assert imported(path) == ALLOWED[path.stem], "the table and the module disagree"


def test_there_is_no_cycle() -> None:
    done: set[str] = set()
    while left := {name for name in ALLOWED if name not in done}:
        ready = {name for name in left if ALLOWED[name] - VERBS <= done}
        assert ready, f"a cycle among {left}"
        done |= ready


@pytest.mark.parametrize("path", [path for path in MODULES if path.stem not in VERBS], ids=lambda path: path.stem)
def test_what_is_imported_late_is_known(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        for node in ast.walk(function):
            if isinstance(node, ast.ImportFrom | ast.Import):
                module = (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
                assert any(path.stem == stem and module.startswith(late) for stem, late in LATE), (path.stem, module)
