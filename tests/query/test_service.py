"""The endpoint and the canned queries, described for programs: by the words of the service description and of SHACL."""

from pathlib import Path

import pyoxigraph as px
import pytest

from kg.query.canned import list_queries
from kg.query.service import executables, service_description
from kg.query.sparql import form
from kg.rdf import iris
from kg.rdf.formats import FORMATS
from kg.rdf.terms import SH, TYPE, text_of
from kg.release.dcat import FORMAT, SD
from kg.release.void import GRAPHS
from tests.conftest import ROOT

BASE = "https://icc-campaign.example.org/"


def test_every_format_and_graph_is_described() -> None:
    triples = list(service_description(f"{BASE}sparql", BASE))
    formats = {text_of(t.object) for t in triples if t.predicate.value == SD + "resultFormat"}
    assert formats == {FORMAT + format_.w3c for format_ in FORMATS.values() if format_.w3c}
    names = {text_of(t.object) for t in triples if t.predicate.value == SD + "name"}
    assert names == {iris.graph(BASE, name) for name in GRAPHS}
    assert {text_of(t.object) for t in triples if t.predicate.value == SD + "endpoint"} == {f"{BASE}sparql"}


def test_every_canned_query_is_an_executable_of_its_form() -> None:
    queries = list(list_queries(ROOT / "queries"))
    triples = list(executables(queries, BASE))
    for query in queries:
        about = [t for t in triples if text_of(t.subject) == iris.query(BASE, query.name)]
        kinds = {text_of(t.object).removeprefix(SH) for t in about if t.predicate == TYPE}
        assert kinds == {"SPARQLExecutable", f"SPARQL{form(query.text).capitalize()}Executable"}
        texts = [text_of(t.object) for t in about if t.predicate.value == SH + form(query.text).lower()]
        assert texts == [query.text]


@pytest.mark.parametrize(
    "text", ["SELECT * { ?s ?p ?o }", "ASK {}", "CONSTRUCT WHERE { ?s ?p ?o }", "DESCRIBE <http://x>"]
)
def test_a_query_of_each_form_has_a_class_of_its_own(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.rq").write_text(f"#+ summary: A\n{text}\n", encoding="utf-8")
    kind = text.split()[0]
    triples = list(executables(list_queries(tmp_path), BASE))
    assert any(t.object == px.NamedNode(f"{SH}SPARQL{kind.capitalize()}Executable") for t in triples)
    assert any(t.predicate.value == SH + kind.lower() for t in triples)
