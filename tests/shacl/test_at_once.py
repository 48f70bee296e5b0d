"""Queries that are asked for many nodes at once find what they find for each."""

from collections import Counter

import pyoxigraph as px
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.shacl.at_once import as_joins, finds_all, for_many
from kg.shacl.query_text import bound, refused

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
    st.sampled_from(
        [
            "",
            ". ?new x:q ?o",
            "; x:p* ?o",
            ". ?p x:q ?new .",
            ". ?o x:q ?new . { ?new x:p* ?this } UNION { ?r x:p* ?new }",
        ]
    ),
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
        (
            "?this ?p ?o . FILTER NOT EXISTS { ?this x:q/x:sub* ?c . } . FILTER EXISTS { ?o x:q/x:sub+ ?c } . ?o ?q ?r .",
            2,
        ),
        ("?this ?p ?o FILTER NOT EXISTS { ?this x:p ?c }", 0),  # which the engine looks up at once
        ("?this ?p ?o FILTER NOT EXISTS { x:a x:sub+ ?c }", 0),  # which MINUS would not take for something in common
        ("?this ?p ?o FILTER NOT EXISTS { ?p x:sub* ?c }", 0),  # of which a predicate may be no node of the data
        ("?this ?p ?o FILTER NOT EXISTS { ?c x:sub* ?p }", 0),
        ("?this ?p ?o FILTER NOT EXISTS { ?this x:sub+ ?c FILTER (?c != ?o) }", 0),
        ("?this ?p ?o OPTIONAL { ?o x:q ?c } FILTER EXISTS { ?this x:sub+ ?c }", 0),
        ("?this ?p ?o BIND (?o AS ?c) FILTER EXISTS { ?this x:sub+ ?c }", 0),
        ("?this ?p ?o FILTER EXISTS { ?this x:sub+ ?c . { ?c x:q ?o } UNION { ?o x:q ?c } }", 0),
        ("?this ?p ?o FILTER NOT EXISTS { ?o x:q ?c . { ?c x:sub* ?this } UNION { ?this x:sub* ?c } }", 1),
        ("?this ?p ?o FILTER NOT EXISTS { { ?o x:sub* ?this } UNION { ?this x:sub* ?o } }", 0),  # every node there is
        ("?this ?p ?o FILTER NOT EXISTS { ?o x:q ?c . { ?c x:sub* ?p } UNION { ?p x:sub* ?c } }", 0),
        ("?this ?p ?o FILTER NOT EXISTS { ?o x:q ?c . { ?c x:sub* ?this FILTER (?c != ?o) } }", 0),
        ("?this ?p ?o FILTER NOT EXISTS { ?o x:q ?c OPTIONAL { ?c x:sub* ?this } }", 0),
        ("?this ?p ?o FILTER NOT EXISTS { ?o x:q ?c MINUS { ?c x:sub* ?this } }", 0),
        ("?this ?p ?o FILTER NOT EXISTS { ?this x:sub* ?o }", 0),
        ("?this ?p ?o OPTIONAL { ?o x:q ?c } FILTER NOT EXISTS { ?this x:sub+ ?r }", 1),
        ("?this ?p ?o FILTER NOT EXISTS { ?this (x:sub|x:q)+ ?r }", 1),
        ("?this ?p ?o FILTER NOT EXISTS { ?this x:sub+ [ x:q ?r ] }", 0),
        ("?this ?p ?o FILTER (?o > 2 || EXISTS { ?this x:sub+ ?c })", 0),
        ("?this ?p '} FILTER NOT EXISTS { ?this x:sub+ ?c' # FILTER EXISTS { ?this x:sub+ ?c }\n", 0),
        ("?this ?p ?o FILTER NOT EXISTS { ?this x:sub+ $currentShape }", 0),
    ],
)
def test_joins_stand_where_they_say_the_same(query: str, joins: int) -> None:
    text = f"PREFIX x: <http://x/> SELECT ?this {{ {query} }}"
    assert refused(text) == "" or "MINUS" in query
    found = as_joins(text)
    assert found.count("MINUS") - query.count("MINUS") + found.count("SELECT DISTINCT") == joins, found
    assert joins or found == text
    px.Store().query(found)


PATTERNS = [
    "?this ?p ?o .",
    "?this x:p* ?o .",
    "?this (x:p|x:q)* ?r .",
    "?r (x:p|x:q)? ?this .",
    "?this x:p ?o .",
    "?this x:p/x:q ?r .",
    "?o x:q ?r .",
    "?r x:p ?this .",
]
FILTERS = [
    "FILTER (?o != ?this)",
    "FILTER (bound(?o))",
    "FILTER NOT EXISTS { ?this x:q ?o }",
    "FILTER EXISTS { ?o x:p ?new }",
    "FILTER NOT EXISTS { { ?this x:q ?o } UNION { ?o x:p ?this FILTER (?this != x:a) } }",
    "FILTER NOT EXISTS { ?this x:p+ ?o }",
    "FILTER NOT EXISTS { ?this x:p/x:q* ?o . } .",
]
BINDS = ["BIND (str(?this) AS ?text)", "BIND (if(?this = x:a, 1, 2) AS ?number)", "BIND (str(?r) AS ?other)"]
LEVEL = st.lists(
    st.one_of(st.sampled_from(PATTERNS), st.sampled_from(PATTERNS), st.sampled_from(FILTERS), st.sampled_from(BINDS)),
    min_size=1,
    max_size=3,
    unique=True,
).map(" ".join)
NESTED = st.one_of(
    st.builds("{{ {} }} UNION {{ {} }}".format, LEVEL, LEVEL),
    st.builds("{{ {} }}".format, LEVEL),
    st.builds("OPTIONAL {{ {} }}".format, LEVEL),
    st.builds("OPTIONAL {{ {{ {} }} UNION {{ {} }} }}".format, LEVEL, LEVEL),
    st.builds("{{ SELECT ?this (count(?o) AS ?count) {{ {} }} GROUP BY ?this }}".format, LEVEL),
    st.builds("{{ SELECT ?this (max(?o) AS ?count) {{ {} }} }}".format, LEVEL),
    st.builds("{{ SELECT DISTINCT ?this ?r {{ {} }} }}".format, LEVEL),
)
HEADS = [
    ("SELECT ?this ?o ?r ?text ?number ?count", ""),
    ("SELECT DISTINCT ?this ?r", ""),
    ("SELECT ?this (count(?o) AS ?found)", "GROUP BY ?this ?r HAVING (count(?o) > 0)"),
    ("SELECT ?this (count(?o) AS ?found)", "GROUP BY ?r"),
    ("SELECT ?this ?o", "ORDER BY ?o LIMIT 1"),
]


@given(
    st.lists(TRIPLES, max_size=8),
    st.sampled_from(HEADS),
    st.lists(st.one_of(LEVEL, NESTED), min_size=1, max_size=3),
    st.booleans(),
)
def test_at_once_is_found_what_is_found_for_each(
    quads: list[px.Quad], head: tuple[str, str], parts: list[str], marked: bool
) -> None:
    store = px.Store()
    store.extend(quads)
    text = f"PREFIX x: <http://x/> {head[0]} WHERE {{ {' '.join(parts)} }} {head[1]}"
    nodes = [*NODES[:3], px.NamedNode("http://x/none")]
    values = f"VALUES ?this {{ {' '.join(map(str, nodes))} }}"
    if marked:  # as blank nodes are
        mark = px.NamedNode("urn:mark")
        store.extend(px.Quad(mark, mark, node, mark) for node in nodes)
        values = "GRAPH <urn:mark> { <urn:mark> <urn:mark> ?this }"
    make = for_many(text)
    try:
        store.query(bound(text, {"this": NODES[0]}))
    except SyntaxError:  # of a variable that is bound twice
        return
    if make is None:
        return
    many = make(values)

    def rows(query: str, node: px.NamedNode | None = None) -> Counter[tuple[str, ...]]:
        found = store.query(query)
        assert isinstance(found, px.QuerySolutions)
        names = sorted(variable.value for variable in found.variables if variable.value != "this")
        return Counter((str(node or row["this"]), *(f"{name} {row[name]}" for name in names)) for row in found)

    assert rows(many) == sum((rows(bound(text, {"this": node}), node) for node in nodes), Counter()), many


@pytest.mark.parametrize(
    ("where", "values"),
    [
        ("{ ?this ?p ?o FILTER (?o > 2) }", 1),
        ("{ BIND (str(?this) AS ?text) ?this ?p ?o }", 1),
        ("{ { ?this x:p ?o } UNION { ?this x:q ?o } }", 1),
        ("{ ?dep x:q 1 . { ?this ((x:p/x:q) | x:r)+ ?dep } }", 1),  # which may be followed from its other end
        ("{ ?this ?p ?o . { ?this x:p* ?r } }", 2),
        ("{ ?this ?p ?o . { ?this (x:p|x:q)* ?r } }", 2),
        ("{ ?this ?p ?o . { ?r x:p? ?this } }", 2),
        ("{ ?this ?p ?o . { ?o x:q ?r ; x:p* ?this } }", 2),
        ("{ ?this ?p ?o OPTIONAL { ?this x:p ?r FILTER (?r != ?o) } }", 1),
        ("{ ?this ?p ?o OPTIONAL { ?this x:p ?r BIND (str(?this) AS ?text) } }", 2),
        ("{ ?this ?p ?o OPTIONAL { { ?this x:p ?r } UNION { ?this x:q* ?r } } }", 2),
        ("{ { SELECT ?this (count(?o) AS ?n) { ?this ?p ?o } GROUP BY ?this } FILTER (?n > 1) }", 2),
        ("{ ?this ?p ?o } GROUP BY ?this HAVING (count(?o) > 1)", 1),
        ("{ ?this ?p ?o FILTER NOT EXISTS { { ?this x:p ?o } UNION { ?o x:q ?this } } }", 1),
        ("{ ?x ?p ?o . { ?x x:q ?r } }", 1),
        ("{ ?this ?p ?o FILTER NOT EXISTS { ?this a/x:sub* ?c } }", 2),
        ("{ ?this ?p ?o . { ?this x:p ?r . { ?this x:q* ?o } } }", 2),
        ("{ ?this ?p ?o OPTIONAL { ?this x:p ?r BIND (str(?o) AS ?text) } }", 0),
        ("{ ?this ?p ?o } LIMIT 1", 0),
        ("{ ?this ?p ?o } GROUP BY ?o", 0),
        ("{ ?this ?p ?o } GROUP BY ?o HAVING (?this > 1)", 0),
        ("{ { SELECT ?this { ?this ?p ?o } ORDER BY ?o LIMIT 1 } }", 0),
        ("{ { SELECT ?this (max(?o) AS ?n) { ?this ?p ?o } } }", 0),
        ("{ { SELECT ?this ?o { ?x ?p ?o } } }", 0),
        ("{ GRAPH ?g { ?this ?p ?o } }", 0),
        ("{ ?this ?p ?o . { ?o x:q ?r FILTER (?this != ?r) } }", 0),
        ("{ ?this ?p ?o . { ?o x:q ?r FILTER EXISTS { ?this x:p ?r } } }", 0),
        ("{ ?this ?p ?o . { ?this x:q ?r FILTER NOT EXISTS { ?r x:q ?o } } }", 0),
        ("{ ?this ?p ?o . { ?this x:q ?r FILTER (?r != ?o) } }", 0),
        ("{ ?this ?p ?o FILTER NOT EXISTS { SELECT ?this { ?this x:q ?o } } }", 0),
        ("{ ?this ?p ?o FILTER NOT EXISTS { ?this x:p ?r OPTIONAL { ?r x:q ?o } } }", 0),
    ],
)
def test_focus_nodes_stand_where_something_is_bound_before(where: str, values: int) -> None:
    head = (
        "SELECT ?this (count(?o) AS ?found)" if "GROUP BY ?o" in where or "HAVING (count" in where else "SELECT ?this"
    )
    make = for_many(f"PREFIX x: <http://x/> {head} {where}")
    many = make("VALUES ?this { x:a }") if make else ""
    assert many.count("VALUES ?this { x:a }") == values, many


def test_focus_nodes_that_a_graph_names_are_looked_for_alone() -> None:
    """Be ?this in the triples of the query or not."""
    values = "GRAPH <urn:x> { <urn:x> <urn:x> ?this }"
    make = for_many("SELECT ?this { ?x ?p ?o FILTER NOT EXISTS { ?this a/<http://x/sub>* ?c . ?c <http://x/q> ?o } }")
    assert make
    assert f"MINUS {{ {values} ?this a/" in make(values)


@pytest.mark.parametrize(
    ("where", "every"),
    [
        ("{ ?this x:p ?o FILTER NOT EXISTS { ?o x:q ?this } }", True),
        ("{ ?this x:p ?o OPTIONAL { ?o x:q ?r } }", True),
        ("{ OPTIONAL { ?this x:q ?r } ?this x:p ?o }", False),
        ("{ ?this x:p* ?o }", False),
        ("{ ?this x:p ?o FILTER EXISTS { ?o x:q? ?r } }", False),
        ("{ ?this x:p ?o BIND (?this AS ?v) }", False),
        ("{ ?o x:p ?r FILTER (?this = ?o) }", False),
        ("{ { ?this x:p ?o } UNION { ?this x:q ?o } }", False),
        ("{ ?this x:p ?o } GROUP BY ?this", False),
        ("{ ?this x:p ?o . { ?this x:q ?r } UNION { ?o x:q ?r } }", False),
    ],
)
def test_a_query_that_finds_all_is_of_triples_of_this_alone(where: str, every: bool) -> None:
    assert finds_all(f"PREFIX x: <http://x/> SELECT ?this {where}") == every
