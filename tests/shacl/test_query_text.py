"""What is read off the text of a shape's query: where joins stand for EXISTS, rows are the same."""

from collections import Counter

import pyoxigraph as px
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.shacl.query_text import as_joins, read

NODES = [px.NamedNode(f"http://x/{name}") for name in "abcd"]
PREDICATES = [px.NamedNode(f"http://x/{name}") for name in "pqa"]  # one is a node as well
TRIPLES = st.builds(px.Quad, st.sampled_from(NODES), st.sampled_from(PREDICATES), st.sampled_from(NODES))
PATHS = ["x:p*", "x:p+", "x:q/x:p*", "x:p*/x:q", "^x:p*", "x:p?/x:q*", "(x:p|x:q)+", "x:q/x:p*/x:q"]
ENDS = ["?o", "?r", "?p", "x:a", "?new"]
INNER = st.builds(
    "{} {} {} {}".format,
    st.sampled_from(["?this", *ENDS]),
    st.sampled_from(PATHS),
    st.sampled_from(["?this", *ENDS]),
    st.sampled_from(["", ". ?new x:q ?o", "; x:p* ?o", ". ?p x:q ?new ."]),
)
OUTER = ["?this ?p ?o", "?this x:p ?o . ?o x:q ?r", "?this x:p/x:q ?r", "?this x:p ?o FILTER(?o != x:a)"]


@given(
    st.lists(TRIPLES, max_size=8),
    st.sampled_from(OUTER),
    st.lists(st.tuples(st.sampled_from(["NOT EXISTS", "EXISTS"]), INNER), min_size=1, max_size=2),
    st.booleans(),
)
def test_joins_find_what_exists_finds(
    quads: list[px.Quad], outer: str, filters: list[tuple[str, str]], given: bool
) -> None:
    store = px.Store()
    store.extend(quads)
    values = "VALUES ?this { <http://x/a> <http://x/c> <http://x/none> } " if given else ""
    inside = " ".join(f"FILTER {kind} {{ {inner} }}" for kind, inner in filters)
    text = f"PREFIX x: <http://x/> SELECT * {{ {values}{outer} {inside} }} ORDER BY ?this"
    joined = as_joins(text, values)

    def rows(query: str) -> Counter[tuple[str, ...]]:
        found = store.query(query)
        assert isinstance(found, px.QuerySolutions)
        names = sorted(variable.value for variable in found.variables if variable.value != "new")
        return Counter(tuple(f"{name} {row[name]}" for name in names) for row in found)

    assert rows(joined) == rows(text), joined


@pytest.mark.parametrize(
    ("query", "joins"),
    [
        ("?this ?p ?o FILTER NOT EXISTS { ?this a/x:sub* ?c . ?c x:on/x:path ?p }", 1),
        ("?this ?p ?o FILTER NOT EXISTS { ?this a/x:sub* ?c } FILTER EXISTS { ?o x:sub+ x:C }", 2),
        ("?this ?p ?o FILTER NOT EXISTS { ?this x:p ?c }", 0),  # which the engine looks up at once
        ("?this ?p ?o FILTER NOT EXISTS { x:a x:sub+ ?c }", 0),  # which MINUS would not take for something in common
        ("?this ?p ?o FILTER NOT EXISTS { ?p x:sub* ?c }", 0),  # of which a predicate may be no node of the data
        ("?this ?p ?o FILTER NOT EXISTS { ?c x:sub* ?p }", 0),
        ("?this ?p ?o FILTER NOT EXISTS { ?this x:sub+ ?c FILTER (?c != ?o) }", 0),
        ("?this ?p ?o OPTIONAL { ?o x:q ?c } FILTER EXISTS { ?this x:sub+ ?c }", 0),
        ("?this ?p ?o FILTER (?o > 2 || EXISTS { ?this x:sub+ ?c })", 0),
        ("?this ?p '} FILTER NOT EXISTS { ?this x:sub+ ?c' # FILTER EXISTS { ?this x:sub+ ?c }\n", 0),
        ("?this ?p ?o FILTER NOT EXISTS { ?this x:sub+ $currentShape }", 0),
    ],
)
def test_joins_stand_where_they_say_the_same(query: str, joins: int) -> None:
    text = f"PREFIX x: <http://x/> SELECT ?this {{ {query} }}"
    assert read(text).wrong == ""
    found = as_joins(text)
    assert found.count("MINUS") + found.count("SELECT DISTINCT") == joins, found
    assert joins or found == text
