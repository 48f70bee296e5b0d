"""The W3C SHACL test suite, read from beside the repository, through kg's own validate."""

from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pyoxigraph as px
import pytest
import rdflib
from rdflib import RDF, SH

from kg.errors import ProjectError
from kg.rdf.parse import parse, read
from kg.rdf.to_rdflib import to_graph
from kg.shacl.pyshacl_engine import validate
from tests.conftest import SUITES, needs

SUITE = SUITES / "suites" / "shacl"
MF = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
SHT = rdflib.Namespace("http://www.w3.org/ns/shacl-test#")
FILES = sorted(
    path
    for part in ("core", "sparql")
    for path in (SUITE / part).rglob("*.ttl")
    if b"sht:Validate" in path.read_bytes()
)

# What pySHACL, which does the work, does not do.
BEYOND = {
    "property/uniqueLang-002": 'takes "1"^^xsd:boolean for true, where SHACL asks for the term true',
    "node/prefixes-001": "does not follow owl:imports from the graph that declares prefixes",
    "pre-binding/shapesGraph-001": "does not bind $shapesGraph",
}


pytestmark = needs(f"the W3C SHACL suite in {SUITE}", SUITE.is_dir())


def test_the_suite_is_there() -> None:
    assert len(FILES) > 100


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_report_is_the_expected_one(path: Path, request: pytest.FixtureRequest) -> None:
    if reason := BEYOND.get(f"{path.parent.name}/{path.stem}"):
        request.applymarker(pytest.mark.xfail(reason=f"pySHACL {reason}", strict=True))
    suite = to_graph(read(path))
    tests = list(suite.subjects(RDF.type, SHT.Validate))
    assert tests
    for test in tests:
        action, expected = suite.value(test, MF.action), suite.value(test, MF.result)
        data, shapes = (read(local(suite.value(action, part))) for part in (SHT.dataGraph, SHT.shapesGraph))
        if expected == SHT.Failure:
            with pytest.raises(ProjectError):
                validate(data, shapes)
            continue
        report = to_graph(parse(validate(data, shapes).turtle.encode(), px.RdfFormat.TURTLE, "report"))
        assert results(report) == results(suite)
        assert conforms(report) == conforms(suite)


def local(iri: object) -> Path:
    return Path(unquote(urlsplit(str(iri)).path))


def results(graph: rdflib.Graph) -> Counter[tuple[str, ...]]:
    """Each result's focus node, path, severity, component and value; blank nodes are told apart by nothing."""
    parts = (SH.focusNode, SH.resultPath, SH.resultSeverity, SH.sourceConstraintComponent, SH.value)
    found = [tuple(shown(graph.value(result, part)) for part in parts) for result in graph.objects(None, SH.result)]
    return Counter(found)


def conforms(graph: rdflib.Graph) -> list[str]:
    return [str(verdict) for verdict in graph.objects(None, SH.conforms)]


def shown(node: object) -> str:
    return "_" if isinstance(node, rdflib.BNode) else str(node)
