"""What the tests of queries share: a small graph, and parameters."""

import pyoxigraph as px
import pytest

from kg.query.canned import CannedQuery, Parameter, bind
from kg.query.sparql import run
from kg.rdf.terms import SKOS, XSD

BASE = "https://example.org/"


PREFIXES = {"id": f"{BASE}id/", "xsd": XSD, "schema": "https://schema.org/"}


@pytest.fixture(scope="module")
def store() -> px.Store:
    store = px.Store()
    for slug, name in (("ada", "Ada"), ("ada-2", "ADA"), ("bob", "Bob"), ("o-neil", 'O"Neil }')):
        literal = px.Literal(name, language="en")
        store.add(px.Quad(px.NamedNode(f"{BASE}id/{slug}"), px.NamedNode(SKOS + "prefLabel"), literal))
    return store


def parameter(kind: str, language: str = "") -> Parameter:
    return Parameter("x", None, kind if kind == "iri" else XSD + kind, language, "")


def canned(body: str) -> CannedQuery:
    """A query that answers with its parameter, and with a row more if its structure was changed."""
    text = f"PREFIX id: <{BASE}id/>\nPREFIX xsd: <{XSD}>\nSELECT ?x WHERE {{\n  VALUES ?x {{ {body} }}  #: help\n}}\n"
    return CannedQuery("q", "", "", (), (), text)


def answer(query: CannedQuery, one: Parameter, value: str, store: px.Store) -> list[object]:
    query = query._replace(parameters=(one,))
    text = bind(query, {"x": value}, store, BASE, PREFIXES)
    assert text.count("\n") == query.text.count("\n")
    return [row["x"] for row in run(store, text, {})]
