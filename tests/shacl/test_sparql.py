"""Queries of shapes: asked for all nodes at once or node by node, they find the same; what none may hold is said."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pyoxigraph as px
import pytest

from kg.rdf.terms import Term
from kg.shacl import sparql
from kg.shacl.at_once import for_many
from kg.shacl.columnar import Answer
from kg.shacl.loaded import Loaded
from kg.shacl.model import Constraint, Model, Shape
from kg.shacl.paths import Path as PropertyPath
from kg.shacl.query_paths import predicates
from kg.shacl.query_text import bound, text_of_query, wrong_queries
from kg.shacl.sparql import Asked

X = "http://x/"
DATA = """@prefix x: <http://x/> .
x:a x:p 1 , 5 ; x:q 3 ; x:name "a"@en . x:b x:p 2 ; x:q 2 , 1 . x:c x:r x:a , _:n . _:n x:p 9 ; x:q 4 . x:d x:p "MINUS {" .
x:e x:z 03 , 4 , x:f .
"""
QUERIES = [
    "SELECT $this ?value WHERE { $this <http://x/p> ?value . $this <http://x/q> ?o FILTER (?value > ?o) }",
    "SELECT DISTINCT $this WHERE { $this <http://x/p> ?v OPTIONAL { $this <http://x/q> ?o FILTER (?o > ?v) } FILTER (!bound(?o)) }",
    "SELECT $this ?value WHERE { $this <http://x/p> ?value FILTER NOT EXISTS { $this <http://x/q> ?value } }",
    "SELECT $this WHERE { $this ?p ?o FILTER EXISTS { ?other <http://x/r> $this } }",
    "SELECT $this ?value WHERE { { $this <http://x/p> ?value } UNION { $this <http://x/q> ?value } }",
    "SELECT $this ?value WHERE { { SELECT $this (COUNT(?o) AS ?value) WHERE { $this <http://x/p> ?o } GROUP BY $this } FILTER (?value > 1) }",
    "SELECT $this ?value WHERE { BIND ($this AS ?value) FILTER (isBlank($this) || ?value = <http://x/a>) }",
    "SELECT $this ?value WHERE { { FILTER ($this = <http://x/a>) BIND (1 AS ?value) } }",
    'SELECT $this WHERE { $this <http://x/p> ?o FILTER (?o = "MINUS {") } # MINUS { }',
    "SELECT $this (str($this) AS ?value) WHERE { $this <http://x/q> ?q } ORDER BY $this",
    "SELECT ?value WHERE { $this <http://x/q> ?value }",
    "PREFIX q: <http://x/>\nSELECT $this ?value WHERE { $this q:p ?value FILTER (!bound(?none) || <http://f/unknown>(?value)) }",
]
NODES = [px.NamedNode(X + name) for name in "abcd"] + [px.BlankNode("n")]


INTEGER = px.NamedNode("http://www.w3.org/2001/XMLSchema#integer")
of_all_nodes = Asked._of_all


def shape(path: str = "") -> Shape:
    node = px.NamedNode(f"{X}S")
    return Shape(node, node.value, PropertyPath("", path) if path else None, "", (), False, (), ())


@contextmanager
def asked(tmp_path: Path) -> Iterator[tuple[Asked, dict[Term, int]]]:
    lines = tmp_path / "data.nt"
    with lines.open("wb") as file:
        quads = px.parse(DATA.replace("_:n", "<urn:n>"), format=px.RdfFormat.TURTLE)
        px.serialize((quad.triple for quad in quads), file, px.RdfFormat.N_TRIPLES)
    lines.write_bytes(lines.read_bytes().replace(b"<urn:n>", b"_:n"))
    with closing(Loaded(tmp_path / "scratch", "200MB")) as data:
        data.load([lines])
        yield Asked(Model({}, ()), [lines], data), data.add(NODES)


def answers(ask: Asked, query: str, nodes: list[int], path: str = "") -> Counter[tuple[str, str]]:
    found = ask(shape(path), Constraint("sparql", px.BlankNode("q"), more={"query": query}), nodes)
    return Counter((str(one.focus), str(one.value)) for one in found)


@pytest.mark.parametrize("query", QUERIES)
def test_asked_at_once_or_one_by_one_the_answers_are_the_same(
    query: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with asked(tmp_path) as (ask, numbers):
        each = Counter[tuple[str, str]]()
        for number in numbers.values():
            each += answers(ask, query, [number])
        assert each, "which each of these queries has some of"
        assert answers(ask, query, list(numbers.values())) == each
        monkeypatch.setattr(sparql, "MANY", 2)
        assert answers(ask, query, list(numbers.values())) == each


MOST = [*NODES[:3], NODES[4]]  # of six subjects
OPTIONAL = "SELECT $this WHERE { OPTIONAL { $this <http://x/q> ?o } $this <http://x/p> ?v FILTER (!bound(?o)) }"


@pytest.mark.parametrize(
    ("query", "nodes", "of_all"),
    [
        (QUERIES[0], MOST, True),
        (QUERIES[0], [NODES[0], NODES[4]], False),  # there are more besides
        (QUERIES[9], MOST, True),
        (OPTIONAL, [*MOST[1:], NODES[3]], False),
        ("SELECT $this ?value WHERE { ?value <http://x/z> $this }", [px.NamedNode(f"{X}f"), *MOST], True),
        ("SELECT $this ?value WHERE { ?value <http://x/z> $this }", [px.Literal("03", datatype=INTEGER), *MOST], False),
        ("SELECT $this ?value WHERE { $this <http://x/r>* ?value }", [px.NamedNode(f"{X}absent"), *MOST], False),
        ("SELECT $this ?value WHERE { $this <http://x/r>? ?value }", [px.NamedNode(f"{X}absent"), *MOST], False),
    ],
)
def test_a_query_of_most_nodes_is_asked_of_all(
    query: str, nodes: list[Term], of_all: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where what it finds is the same; what it finds for others is no answer."""
    with asked(tmp_path) as (ask, _):
        numbers = list(ask.data.add(nodes).values())
        each = sum((answers(ask, query, [number]) for number in numbers), Counter[tuple[str, str]]())
        assert each
        monkeypatch.setattr(sparql, "MANY", 1)
        looked: list[str] = []

        def watched(*given: Any) -> Iterator[Answer]:
            looked.append("all")
            return of_all_nodes(*given)

        monkeypatch.setattr(sparql.Asked, "_of_all", watched)
        assert answers(ask, query, numbers) == each
        assert looked == ["all"] * of_all


def test_which_queries_can_be_asked_at_once() -> None:
    assert [for_many(query.replace("$this", "?this")) is not None for query in QUERIES] == [
        *(True, True, True, True, True, True, True, False, True, True, False, True)
    ]


def test_the_path_of_a_shape_stands_in_its_queries(tmp_path: Path) -> None:
    with asked(tmp_path) as (ask, numbers):
        found = answers(ask, "SELECT $this ?value WHERE { $this $PATH ?value }", list(numbers.values()), f"{X}r")
    assert found == {("<http://x/c>", "<http://x/a>"): 1, ("<http://x/c>", "_:n"): 1}


def test_names_with_dots_are_read_and_unknown_functions_are_errors_of_their_expressions(tmp_path: Path) -> None:
    with asked(tmp_path) as (ask, numbers):
        text = "PREFIX q: <http://x/>\nSELECT $this ?value WHERE { $this q:p ?v . BIND (q:f.g.h(?v) AS ?value) }"
        found = answers(ask, text, list(numbers.values()))
        assert {value for _, value in found} == {"None"}
        assert found.total() == 5
        assert not answers(
            ask, text.replace("BIND (q:f.g.h(?v) AS ?value)", "FILTER (q:f.g(?v))"), list(numbers.values())
        )
    made = text_of_query(
        shape(),
        Constraint(
            "sparql", px.BlankNode("q"), more={"query": "PREFIX q: <http://x/>\nSELECT * { ?a q:b.c ?d.q:e q:f 1.5 . }"}
        ),
    )
    assert made == "PREFIX q: <http://x/>\nSELECT * { ?a <http://x/b.c> ?d.q:e q:f 1.5 . }"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT $this WHERE { $this ?p ?o MINUS { ?this ?p 1 } }", "its SPARQL holds MINUS"),
        ("SELECT $this WHERE { VALUES ?o { 1 } $this ?p ?o }", "its SPARQL holds VALUES"),
        ("SELECT $this WHERE { SERVICE <http://x/> { $this ?p ?o } }", "which asks another server"),
        ("SELECT $this WHERE { ?a ?p ?o BIND (1 AS ?this) }", "its SPARQL gives ?this with AS"),
        ("SELECT $this WHERE { { SELECT * WHERE { $this ?p ?o } } }", "a nested SELECT *"),
        ("SELECT $this WHERE { { SELECT ?o WHERE { $this ?p ?o } } }", "a nested SELECT without $this"),
        ("\nSELECT $this WHERE { $this ?p", "its SPARQL: line 1"),
        ("\nSELECT $this WHERE { $this q:p ?o }", "its SPARQL: no sh:declare declares q; add sh:prefixes"),
        ("ASK { $this ?p ?o }", "expected a SELECT query"),
        ("SELECT $this WHERE { $this ?p ?o FILTER <http://f/unknown>(?o) }", ""),
    ],
)
def test_what_no_query_of_a_shape_may_hold_is_said(query: str, words: str) -> None:
    one = shape()._replace(constraints=(Constraint("sparql", px.BlankNode("q"), more={"query": query}),))
    wrong = wrong_queries([one])
    assert [words in said and said.startswith(f"shapes: <{X}S>: ") for said in wrong] == [True] * bool(words), wrong


def test_values_stand_where_they_are_asked_about_and_not_where_they_are_shown() -> None:
    text = "SELECT ?this (str(?this) AS ?s) WHERE { ?this ?p ?o FILTER (bound(?this)) } GROUP BY ?this HAVING (?this = 1) ORDER BY ?this"
    assert bound(text, {"this": px.NamedNode("http://x/a")}) == (
        "SELECT ?this (str(<http://x/a>) AS ?s) WHERE { <http://x/a> ?p ?o FILTER ((true)) } "
        "GROUP BY ?this HAVING (<http://x/a> = 1) ORDER BY ?this"
    )
    assert (
        bound('SELECT ?x { ?x ?y "?this" } # ?this', {"this": px.Literal("a")}) == 'SELECT ?x { ?x ?y "?this" } # ?this'
    )


@pytest.mark.parametrize("query", QUERIES)
def test_what_is_loaded_suffices_for_the_answers(query: str, tmp_path: Path) -> None:
    with asked(tmp_path) as (ask, numbers):
        every = answers(ask, query, list(numbers.values()))
        one = shape()._replace(constraints=(Constraint("sparql", px.BlankNode("q"), more={"query": query}),))
        some = Asked(Model({one.node: one}, ()), ask.files, ask.data)
        assert answers(some, query, list(numbers.values())) == every
        if predicates(query.replace("$this", "?this")) == {f"{X}q"}:
            assert len(some.store) < len(ask.store)
