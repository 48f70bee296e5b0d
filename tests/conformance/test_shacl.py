"""The W3C SHACL test suite, read from beside the repository, through the command line."""

from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pyoxigraph as px
import pytest
import rdflib
from click.testing import CliRunner
from rdflib import RDF, SH

from kg.cli import cli
from kg.errors import ProjectError, QueryError
from kg.rdf.files import read
from kg.rdf.parse import parse
from kg.rdf.to_rdflib import to_graph
from kg.shacl.model import beyond, read_model
from kg.shacl.shapes import read_shapes
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

# What is not done, each with the clause that asks for it; columns do it all, with pySHACL for the components of others.
BEYOND = {("pyshacl", "pre-binding/shapesGraph-001"): "pySHACL does not bind $shapesGraph (SHACL, 5.3.1: optional)"}


pytestmark = needs(f"the W3C SHACL suite in {SUITE}", SUITE.is_dir())


def test_the_suite_is_there() -> None:
    assert len(FILES) > 100


@pytest.mark.parametrize("engine", ["pyshacl", "columnar"])
@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_report_is_the_expected_one(path: Path, engine: str, request: pytest.FixtureRequest) -> None:
    if reason := BEYOND.get((engine, f"{path.parent.name}/{path.stem}")):
        request.applymarker(pytest.mark.xfail(reason=reason, strict=True))
    suite = to_graph(read(path).quads)
    (test,) = suite.subjects(RDF.type, SHT.Validate)
    action, expected = suite.value(test, MF.action), suite.value(test, MF.result)
    data, shapes = (local(suite.value(action, part)) for part in (SHT.dataGraph, SHT.shapesGraph))
    done = CliRunner().invoke(
        cli,
        ["validate", str(data), "--shapes", str(shapes), "-t", "turtle", "--fail-on", "info", "--engine", engine],
    )
    if expected == SHT.Failure:
        assert isinstance(done.exception, QueryError), done.output
        return
    assert not done.exception or isinstance(done.exception, SystemExit), done.exception
    report = to_graph(parse(done.stdout.encode(), px.RdfFormat.TURTLE, "report"))
    assert results(report) == results(suite)
    assert conforms(report) == conforms(suite)
    assert done.exit_code == (1 if results(suite) else 0)


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


def test_columns_leave_only_components_of_others_to_pyshacl() -> None:
    left = {}
    for path in FILES:
        try:
            model = read_model(read_shapes([path]).quads)
        except ProjectError:  # which the suite wants
            continue
        if reasons := [reason for shape in model.targeted() if (reason := beyond(model, shape))]:
            left[f"{path.parent.name}/{path.stem}"] = reasons[0]
    assert len(left) == 5
    assert all(name.startswith(("component/", "pre-binding/unsupported-sparql-006")) for name in left)
    assert all(reason.startswith("the component <") for reason in left.values())
