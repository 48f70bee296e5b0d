"""The W3C tests of CSV on the Web, read from beside the repository: conversion to RDF, and validation."""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as px
import pytest

from kg.errors import KgError
from kg.tables.csvw import SITE, Tables
from kg.tables.duckdb_engine import DuckDB
from tests.conftest import SUITES, needs

SUITE = SUITES / "suites" / "csvw"
BASE = "http://www.w3.org/2013/csvw/tests/"
SITES = dict.fromkeys(("test259", "test260"), ("{url}.json", "csvm.json"))  # whose server says where metadata are

# What is not done as the suite has it, each with the reason.
OTHERWISE = {
    "test034": "a null in a foreign key refers to nothing, as in SQL; the suite has it be missing",
    "test035": "a null in a foreign key refers to nothing, as in SQL; the suite has it be missing",
    "test308": "an unknown datatype is passed over with a warning, as test150 has it; this one has it refused",
}


def entries(kind: str) -> list[dict[str, Any]]:
    manifest = SUITE / f"manifest-{kind}.jsonld"
    return list(json.loads(manifest.read_bytes())["entries"]) if manifest.is_file() else []


CONVERTED, VALIDATED = entries("rdf"), entries("validation")
pytestmark = needs(f"the W3C tests of CSV on the Web in {SUITE}", SUITE.is_dir())


def name(entry: dict[str, Any]) -> str:
    return str(entry["id"]).partition("#")[2]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDB]:
    made = DuckDB(tmp_path_factory.mktemp("engine"))
    yield made
    made.close()


def locate(url: str) -> Path | None:
    if not url.startswith(BASE):
        return None
    path = SUITE / url.removeprefix(BASE).partition("#")[0]
    return SUITE / url.removeprefix(BASE).partition("?")[0] if "?" in url and ".json" not in url else path


def opened(entry: dict[str, Any]) -> Tables:
    metadata = entry["option"].get("metadata", "")
    link = re.match("<([^>]*)>", entry.get("httpLink", ""))
    return Tables(
        BASE + entry["action"],
        locate,
        BASE + metadata if metadata else "",
        link[1] if link else "",
        SITES.get(name(entry), SITE),
    )


def test_the_suite_is_there() -> None:
    assert len(CONVERTED) == 270
    assert len(VALIDATED) == 282


@pytest.mark.long
@pytest.mark.parametrize("entry", CONVERTED, ids=name)
def test_a_table_becomes_the_graph_that_is_expected(entry: dict[str, Any], engine: DuckDB, tmp_path: Path) -> None:
    if entry["type"] == "csvt:NegativeRdfTest":
        with pytest.raises(KgError):
            opened(entry).look(engine, tmp_path, minimal=entry["option"].get("minimal", False)).write(
                tmp_path / "out.nt"
            )
        return
    made = tmp_path / "out.nt"
    opened(entry).look(engine, tmp_path, minimal=entry["option"].get("minimal", False)).write(made)
    expected = (SUITE / entry["result"]).read_bytes()
    wanted = px.parse(expected, format=px.RdfFormat.TURTLE, base_iri=BASE + entry["result"])
    assert graph(px.parse(made.read_bytes(), format=px.RdfFormat.N_TRIPLES)) == graph(wanted)


@pytest.mark.long
@pytest.mark.parametrize("entry", VALIDATED, ids=name)
def test_a_table_is_in_order_or_not(
    entry: dict[str, Any], engine: DuckDB, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if reason := OTHERWISE.get(name(entry)):
        request.applymarker(pytest.mark.xfail(reason=reason, strict=True))
    try:
        problems = opened(entry).validate(engine, tmp_path)
        errors = [problem for problem in problems if problem.error]
    except KgError as error:
        problems = errors = [error]  # type: ignore[list-item]
    verdict = "Negative" if errors else "Warning" if problems else "Positive"
    assert entry["type"] == f"csvt:{verdict}ValidationTest", problems


def graph(quads: Iterable[px.Quad]) -> set[px.Quad]:
    """A graph with its blank nodes named by what they hold; doubles compared as values, so that 1E0 is 1e0."""
    dataset = px.Dataset(px.Quad(quad.subject, quad.predicate, value(quad.object)) for quad in quads)
    dataset.canonicalize(px.CanonicalizationAlgorithm.UNSTABLE)
    return set(dataset)


def value(term: Any) -> Any:
    if isinstance(term, px.Literal) and term.datatype.value.endswith("#double"):
        return px.Literal(term.value.lower(), datatype=term.datatype)
    return term
