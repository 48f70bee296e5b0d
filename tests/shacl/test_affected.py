"""After a change only what it can affect is checked again, and the report is that of checking everything."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import pyoxigraph as px
import pytest
from hypothesis import HealthCheck, Phase, event, given, note, settings
from hypothesis import strategies as st

from kg.errors import ProjectError
from kg.rdf.terms import Term, Triple
from kg.shacl.report import Report
from kg.shacl.report_text import checked_again
from kg.shacl.validation import Options, Since, validate
from tests.shacl.drawn import HEAD, NODES, graphs, shapes_graphs

QUERIES = [
    "SELECT $this ?value WHERE { $this <https://x.org/p> ?value FILTER (isLiteral(?value)) }",
    "SELECT $this ?value WHERE { $this <https://x.org/p>/^<https://x.org/q> ?value }",
    "SELECT $this WHERE { $this a ?class FILTER NOT EXISTS { $this <https://x.org/r> ?value } }",
    "SELECT $this ?value WHERE { $this ?p ?value FILTER (?value = <https://x.org/d>) }",
    "SELECT $this WHERE { ?other <https://x.org/q>* $this FILTER (?other = <https://x.org/b>) }",
]
TARGETS = ["SELECT ?this WHERE { ?this <https://x.org/q> ?o }", "SELECT ?this WHERE { ?this a ?class }"]
sparql = st.builds(
    lambda query, target: f':Q a sh:NodeShape ; {target} ; sh:sparql [ sh:select """{query}""" ] .\n',
    st.sampled_from(QUERIES),
    st.one_of(
        st.just("sh:targetClass :C"),
        st.just("sh:targetSubjectsOf :p"),
        st.sampled_from(TARGETS).map(lambda text: f'sh:target [ a sh:SPARQLTarget ; sh:select "{text}" ]'),
    ),
)


def triples_of(turtle: str) -> set[Triple]:
    return {quad.triple for quad in px.parse(turtle, format=px.RdfFormat.TURTLE)}


def report_of(data: Iterable[Triple], shapes: list[px.Quad], since: Since | None = None) -> Report:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "data.nt"
        with path.open("wb") as file:
            px.serialize(data, file, px.RdfFormat.N_TRIPLES)
        return validate([path], shapes, options=Options("columnar", since=lambda: since))


def failing_in(report: Report) -> set[Term]:
    """The focus nodes of findings, without those of what is beneath them."""
    shown = {finding.focus for finding in report.findings}
    terms = (text if text[0] in ('"', "_") else f"<{text}>" for text in shown)
    lines = "".join(f"<urn:x> <urn:x> {term} .\n" for term in terms)
    return {quad.object for quad in px.parse(lines, format=px.RdfFormat.N_TRIPLES)}


def digest(chance: int, triple: Triple) -> int:
    """A number from 0 to 6 that is by chance, and the same for the same."""
    return hashlib.sha256(f"{chance} {triple}".encode()).digest()[0] % 7


@settings(deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(graphs(), graphs(), st.integers(0, 9), shapes_graphs(), st.one_of(st.just(""), sparql))
def test_the_report_is_that_of_checking_everything(one: str, other: str, chance: int, shapes: str, asked: str) -> None:
    before = triples_of(one)
    changed = {*before, *triples_of(other)}
    changed = {triple for triple in changed if digest(chance, triple) == 0}
    after = before ^ changed
    quads = list(px.parse(shapes + asked, format=px.RdfFormat.TURTLE))
    note(shapes + asked)
    note(f"{sorted(map(str, before))}, changed: {sorted(map(str, changed))}")
    try:
        earlier = report_of(before, quads)
        whole = report_of(after, quads)
    except ProjectError:
        event("refused")
        return
    if any(timed.engine == "pyshacl" for timed in whole.times):
        event("pySHACL, which checks all, and finds by chance where shapes recur through sh:not")
        return
    found = report_of(after, quads, Since(changed, failing_in(earlier)))
    fewer = sum(timed.focus_nodes for timed in found.times) < sum(timed.focus_nodes for timed in whole.times)
    event(f"{fewer=}, {earlier.findings != whole.findings=}")
    assert found._replace(times=()) == whole._replace(times=())


ends = st.sampled_from(["$this", "$this", "?a", "?b", "?c", ":a", ":b"])
steps = st.sampled_from([":p", ":q", ":r", "a", ":p/:q", "^:p", "(:p|:q)", ":p+", ":q*", "^:r/:p?"])
lines = st.lists(st.tuples(ends, steps, ends).map(" ".join), min_size=1, max_size=3).map(" . ".join)
groups = st.tuples(st.sampled_from(["OPTIONAL {", "FILTER EXISTS {", "FILTER NOT EXISTS {"]), lines).map(
    lambda two: f"{two[0]} {two[1]} }}"
)
extras = st.one_of(
    groups,
    groups,
    lines,
    st.sampled_from(
        ["FILTER (!bound(?b))", "FILTER (?a != :a)", "BIND ($this AS ?d)", "OPTIONAL { $this :p ?a } ?a :q ?b"]
    ),
    st.just("FILTER (?a = :b || EXISTS { ?a :q ?b })"),
)
heads = st.sampled_from(
    ["SELECT $this ?a WHERE {{ {} }}", "SELECT $this (COUNT(?b) AS ?n) WHERE {{ {} }} GROUP BY $this"]
)
drawn_queries = st.builds(
    lambda head, first, more: head.format(" . ".join([first, *more]).replace("} .", "}").replace(") .", ")")),
    heads,
    lines,
    st.lists(extras, max_size=3, unique=True),
)
some_triples = st.lists(
    st.tuples(st.sampled_from(NODES[:4]), st.sampled_from([":p", ":q", ":r", "a"]), st.sampled_from(NODES[:4])),
    max_size=9,
)


@given(some_triples, some_triples, st.integers(0, 9), drawn_queries)
def test_a_query_finds_the_same_for_nodes_that_are_not_affected(
    one: list[tuple[str, ...]], other: list[tuple[str, ...]], chance: int, query: str
) -> None:
    before, more = (triples_of(HEAD + "".join(" ".join(three) + " .\n" for three in some)) for some in (one, other))
    changed = {triple for triple in {*before, *more} if digest(chance, triple) < 2}
    text = f"PREFIX : <https://x.org/> {query}"
    shapes = f"{HEAD} :S a sh:NodeShape ; sh:targetNode :a , :b , :c , :d ; sh:sparql [ sh:select '''{text}''' ] ."
    quads = list(px.parse(shapes, format=px.RdfFormat.TURTLE))
    earlier, whole = report_of(before, quads), report_of(before ^ changed, quads)
    found = report_of(before ^ changed, quads, Since(changed, failing_in(earlier)))
    event(f"{found.again is not None=}, {earlier.findings != whole.findings=}")
    assert found._replace(times=()) == whole._replace(times=())


X = "PREFIX : <https://x.org/> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
DATA = """:a a :C ; :p :b ; :q 1 ; :r 2 . :b a :D ; :p :c . :c a :D ; :p :d . :d a :E .
:k a :C ; :p :l ; :q 1 . :l a :D ; :p :m . :m a :D ; :p :n . :n a :E . :z a :C ."""
FOCUS = "sh:targetNode :a , :b , :c , :d , :k , :l , :m , :n , :z"


def edited(shape: str, change: str) -> tuple[Report, Report]:
    """The report of the data, and the one after a triple was added or taken out, which is that of checking everything."""
    before = triples_of(f"{X} {DATA}")
    after = before ^ triples_of(f"{X} {change} .")
    shapes = list(px.parse(f"{HEAD} :S a sh:NodeShape ; {shape} .", format=px.RdfFormat.TURTLE))
    earlier, whole = report_of(before, shapes), report_of(after, shapes)
    found = report_of(after, shapes, Since(before ^ after, failing_in(earlier)))
    assert whole.again is None
    assert found._replace(times=()) == whole._replace(times=())
    return earlier, found


@pytest.mark.parametrize(
    ("shape", "change", "checked"),
    [  # a shape of all nodes, a triple that is added or taken out, and the nodes that are checked again
        ("sh:property [ sh:path :p ; sh:minCount 1 ]", ":a :p :c", "a"),
        ("sh:property [ sh:path :p ; sh:minCount 1 ]", ":a :p :b", "a"),
        ("sh:property [ sh:path :p ; sh:minCount 1 ]", ":a :q 2", ""),
        ("sh:property [ sh:path :p ; sh:class :D ]", ":b a :D", "a"),
        ("sh:property [ sh:path :p ; sh:class :D ]", ":b a :E", "a"),
        ("sh:property [ sh:path :p ; sh:nodeKind sh:IRI ]", ":b a :E", ""),
        ("sh:class :C", ":z a :C", "z"),
        ("sh:property [ sh:path [ sh:inversePath :p ] ; sh:minCount 1 ]", ":a :p :z", "z"),
        ("sh:property [ sh:path ( :p :p :q ) ; sh:maxCount 1 ]", ":c :q 3", "a"),
        ("sh:property [ sh:path ( :p :p :q ) ; sh:maxCount 1 ]", ":l :p :z", "lk"),
        ("sh:property [ sh:path [ sh:inversePath ( :p :q ) ] ; sh:maxCount 1 ]", ":b :q :n", "n"),
        ("sh:property [ sh:path [ sh:inversePath ( :p :q ) ] ; sh:maxCount 1 ]", ":n :q :z", "z"),
        ("sh:property [ sh:path ( [ sh:inversePath :p ] :q ) ; sh:maxCount 1 ]", ":a :q 5", "b"),
        ("sh:property [ sh:path [ sh:alternativePath ( :q ( :p :r ) ) ] ; sh:maxCount 1 ]", ":b :r 3", "a"),
        ("sh:property [ sh:path [ sh:zeroOrMorePath :p ] ; sh:maxCount 4 ]", ":d :p :z", "abcd"),
        ("sh:property [ sh:path [ sh:oneOrMorePath :p ] ; sh:maxCount 4 ]", ":m :p :n", "klm"),
        ("sh:property [ sh:path ( [ sh:oneOrMorePath :p ] :q ) ; sh:maxCount 4 ]", ":c :q 1", "ab"),
        ("sh:property [ sh:path [ sh:zeroOrOnePath :p ] ; sh:class :D ]", ":b a :D", "ab"),
        (
            "sh:closed true ; sh:ignoredProperties ( :p :q :r <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> )",
            ":z :s 1",
            "z",
        ),
        ("sh:property [ sh:path :p ; sh:node [ sh:closed true ; sh:ignoredProperties ( :p ) ] ]", ":c :s 1", "b"),
        ("sh:property [ sh:path :q ; sh:lessThan :r ]", ":a :r 2", "a"),
        ("sh:property [ sh:path :p ; sh:node [ sh:property [ sh:path :q ; sh:equals :r ] ] ]", ":c :r 2", "b"),
        ("sh:not [ sh:property [ sh:path :q ; sh:hasValue 1 ] ]", ":z :q 1", "z"),
        ("sh:or ( [ sh:property [ sh:path :q ; sh:hasValue 1 ] ] [ sh:class :C ] )", ":k a :C", "k"),
        (
            "sh:property [ sh:path :p ; sh:qualifiedValueShape [ sh:class :E ] ; sh:qualifiedMaxCount 0 ]",
            ":n a :E",
            "m",
        ),
        # whose findings are about what the path leads to, and not about the focus nodes
        (
            "sh:property [ sh:path [ sh:inversePath :p ] ; sh:property [ sh:path :q ; sh:maxCount 0 ] ]",
            ":z :r 1",
            "bl",
        ),
        ("sh:property [ sh:path :p ; sh:node :S ]", ":z :q 1", "abcdklmnz"),
        (
            "sh:sparql [ sh:select 'SELECT $this { $this <https://x.org/x> ?q FILTER (?q < Now()) }' ]",
            ":z :q 1",
            "abcdklmnz",
        ),
        ("sh:sparql [ sh:select 'SELECT $this { $this <https://x.org/q> ?q FILTER (?q > 1) }' ]", ":z :p :a", ""),
        ("sh:sparql [ sh:select 'SELECT $this { $this <https://x.org/q> ?q FILTER (?q > 1) }' ]", ":z :q 1", "z"),
        (
            "sh:sparql [ sh:select 'SELECT $this { $this <https://x.org/p> ?b . ?b a ?c FILTER (?c = 1) }' ]",
            ":c a :E",
            "b",
        ),
        ("sh:sparql [ sh:select 'SELECT $this { $this ?p <https://x.org/n> }' ]", ":z :q 1", "abcdklmnz"),
        ("sh:property [ sh:path :q ; sh:maxCount 4 ]", ":C rdfs:subClassOf :D", "abcdklmnz"),
        ("sh:property [ sh:path :q ; sh:maxCount 4 ]", ":z :s 12345678901234567890123", "abcdklmnz"),
    ],
)
def test_what_a_change_can_affect_is_checked_again(shape: str, change: str, checked: str) -> None:
    earlier, found = edited(f"{FOCUS} ; {shape}", change)
    failing = {finding.focus.removeprefix("https://x.org/") for finding in earlier.findings}
    assert [timed.focus_nodes for timed in found.times] == [len({*checked, *failing})], failing
    assert found.again == (None if len(checked) == 9 else len({*checked, *failing}))


@pytest.mark.parametrize(
    ("targets", "change", "checked"),
    [
        ("sh:targetClass :C", ":b a :C", 1),
        ("sh:targetClass :C", ":a a :C", 0),
        ("sh:targetSubjectsOf :p", ":z :p :a", 1),
        ("sh:targetObjectsOf :p", ":z :p :a", 1),
        ("sh:targetObjectsOf :q", ":z :q 7", 2),  # and what had a finding before
        ("sh:target [ sh:select 'SELECT ?this { ?this <https://x.org/q> ?o }' ]", ":z :r 1", 0),
        ("sh:target [ sh:select 'SELECT ?this { ?this <https://x.org/q> ?o }' ]", ":z :q 1", 1),
        # of which another node, or any triple, decides who is a focus node
        ("sh:target [ sh:select 'SELECT ?this { ?this <https://x.org/p> ?o } ORDER BY ?this LIMIT 2' ]", ":a :p :b", 2),
        (
            "sh:target [ sh:select 'SELECT ?this { OPTIONAL { ?this <https://x.org/r> ?x } ?this <https://x.org/q> ?o }' ]",
            ":a :r 2",
            2,
        ),
    ],
)
def test_what_was_no_focus_node_before_is_checked(targets: str, change: str, checked: int) -> None:
    _, found = edited(f"{targets} ; sh:nodeKind sh:IRI", change)
    assert [timed.focus_nodes for timed in found.times] == [checked]


def test_shapes_can_share_a_shape() -> None:
    before = triples_of(f"{X} {DATA}")
    after = before ^ triples_of(f"{X} :l :p :z .")
    inner = ":U a sh:NodeShape ; sh:property [ sh:path ( :p :p ) ; sh:maxCount 1 ] ."
    shapes = f"{HEAD} {inner} :S sh:targetClass :C ; sh:node :U . :T sh:targetClass :C ; sh:node :U ; sh:class :C ."
    quads = list(px.parse(shapes, format=px.RdfFormat.TURTLE))
    found = report_of(after, quads, Since(before ^ after, set()))
    assert [timed.focus_nodes for timed in found.times] == [1, 1]
    assert [finding.focus for finding in found.findings] == ["https://x.org/k"] * 2


def test_how_many_are_checked_again_is_counted_by_shapes_not_by_names() -> None:
    inner = "sh:property [ sh:path :p ; sh:maxCount 2 ; sh:targetClass :D ]"  # called as the shape around it
    shapes = f"{HEAD} :S a sh:NodeShape ; sh:targetClass :C ; {inner} ."
    quads = list(px.parse(shapes, format=px.RdfFormat.TURTLE))
    triples = triples_of(f"{X} {DATA}")
    found = report_of(triples, quads, Since(set(), set()))
    assert found.again == 0
    assert checked_again(found) == "0 of 7 focus nodes checked again; the results of the others cannot have changed\n"
