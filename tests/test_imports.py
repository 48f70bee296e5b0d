"""The laws of the layout (docs/design.md, 1): which folder may import which, and what a process that answers never loads.

Imports are read from the files, so one that stands within a function counts too; a law that names what is loaded asks a
fresh process.
"""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import ROOT

# From the ground up: a room imports those of the floors below its own, and its own folder.
FLOORS = (
    ("errors",),
    ("rdf",),
    ("facts", "tables", "shacl", "release", "project"),
    ("stores", "cache"),
    ("query",),
    ("pages", "build", "terminal", "notebook"),
    ("agents", "curate", "revision"),
    ("web", "editor", "site"),
    ("cli",),
)
# What may import less than its floor allows.
ONLY = {
    "errors": set(),
    "rdf": {"errors"},
    "release": {"errors", "rdf"},
    "facts": {"errors", "rdf"},
    "tables": {"errors", "rdf"},
    "shacl": {"errors", "rdf"},
    "project": {"errors", "rdf"},
    "stores": {"errors", "rdf", "release"},
    "cache": {"errors", "rdf", "release"},
    "query": {"errors", "rdf", "release", "stores"},
    "pages": {"errors", "rdf", "release", "stores", "query"},
    "agents": {"errors", "rdf", "release", "stores", "query", "pages"},
    "web": {"errors", "rdf", "release", "stores", "query", "pages", "agents"},
    "site": {"errors", "rdf", "release", "stores", "query", "pages"},
}
IMPORTED_BY = {"facts": {"build", "cli", "curate"}, "shacl": {"build", "cli"}, "tables": {"build", "cli"}}
# Imported where it is needed and not at the top, since loading it takes longer than what is asked for.
LATE = {
    "adbc_driver_postgresql",
    "babel",
    "click",
    "difflib",
    "elementpath",
    "fcntl",
    "fractions",
    "hashlib",
    "importlib",
    "kg",
    "pyld",
    "pymysql",
    "pyoxigraph",
    "pypdfium2",
    "python_calamine",
    "sqlite3",
    "rapidfuzz",
    "rdflib",
    "resource",
    "rich",
    "shlex",
    "shutil",
    "signal",
    "tempfile",
    "tomllib",
    "unicode_rbnf",
    "xlsxwriter",
    "xml",
    "selectolax",
}
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts): path
    for path in sorted((ROOT / "kg").rglob("*.py"))
    if path.name not in ("__init__.py", "__main__.py")
}


def test_every_room_stands_on_one_floor() -> None:
    rooms = [room for floor in FLOORS for room in floor]
    assert sorted(rooms) == sorted({room_of(module) for module in MODULES})


def room_of(module: str) -> str:
    """The folder of a module, or the module itself where it stands beside the folders."""
    return module.split(".")[1]


@cache
def imported(module: str) -> frozenset[str]:
    """The modules of kg that a module imports, at its top or within, but not those for its types alone."""
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "kg":
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            found.update(name if name in MODULES else str(node.module) for name in whole)
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names if alias.name.split(".")[0] == "kg")
    return frozenset(found)


def reached(module: str) -> set[str]:
    """The modules that a module imports, and those that these import, to the ground."""
    seen: set[str] = set()
    waiting = [module]
    while waiting:
        for found in imported(waiting.pop()) - seen:
            seen.add(found)
            waiting.append(found)
    return seen


@pytest.mark.parametrize("module", MODULES)
def test_what_is_imported_is_a_module(module: str) -> None:
    assert imported(module) <= MODULES.keys()


@pytest.mark.parametrize("module", MODULES)
def test_nothing_is_imported_from_above(module: str) -> None:
    floors = {room: number for number, floor in enumerate(FLOORS) for room in floor}
    own = room_of(module)
    for found in reached(module):
        room = room_of(found)
        assert room == own or floors[room] < floors[own], f"{module} reaches up to {found}"
        assert room == own or room in ONLY.get(own, {room}), f"{own} may not import {room}: {module} reaches {found}"


@pytest.mark.parametrize("module", MODULES)
def test_a_module_does_not_reach_itself(module: str) -> None:
    assert module not in reached(module)


@pytest.mark.parametrize("module", MODULES)
def test_the_left_side_is_imported_by_the_build_alone(module: str) -> None:
    for found in imported(module):
        room = room_of(found)
        assert room == room_of(module) or room_of(module) in IMPORTED_BY.get(room, {room_of(module)}), (module, found)


@pytest.mark.parametrize(
    "module", ["kg.query.worker", "kg.web.serve", "kg.site.writer", "kg.pages.catalogue", "kg.terminal.answers"]
)
def test_a_process_that_answers_loads_no_facts_and_no_rdflib(module: str) -> None:
    never = ("yaml", "rdflib", "pyshacl", "kg.facts", "kg.tables", "kg.shacl", "kg.build", "kg.project")
    assert not loaded(module, never)


def loaded(module: str, names: tuple[str, ...]) -> list[str]:
    """Which of the named modules a fresh process has loaded once it has imported a module."""
    code = f"import sys, {module}; print(*(name for name in {names!r} if name in sys.modules))"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()


def test_pages_know_no_http_and_the_web_no_template() -> None:
    assert not loaded("kg.pages.catalogue", ("starlette", "uvicorn", "http", "kg.web"))
    for module, path in MODULES.items():
        if room_of(module) == "web":
            assert "jinja2" not in path.read_text(encoding="utf-8"), module


def test_one_module_makes_and_takes_apart_iris() -> None:
    """An IRI of the project is written nowhere but in kg.rdf.iris, and no offsets are cut out of one elsewhere."""
    for module, path in MODULES.items():
        if module != "kg.rdf.iris":
            text = path.read_text(encoding="utf-8")
            assert "#char=" not in text.replace("`#char=", ""), module
            assert "ontology#" not in text, module


@pytest.mark.parametrize("module", MODULES)
def test_what_is_imported_late_is_known(module: str) -> None:
    if module.startswith("kg.cli"):  # imports what a verb needs when it runs
        return
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)):
        for node in ast.walk(function):
            if isinstance(node, ast.ImportFrom | ast.Import):
                name = (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
                assert name.split(".")[0] in LATE, (module, name)


def test_the_map_names_every_room() -> None:
    map_ = (ROOT / "kg" / "__init__.py").read_text(encoding="utf-8")
    for room in {room_of(module) for module in MODULES}:
        assert room in map_, room


def test_every_folder_says_what_it_is() -> None:
    for folder in {Path(path).parent for path in MODULES.values()}:
        assert ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))), folder
