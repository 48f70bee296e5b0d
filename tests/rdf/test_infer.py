import pyoxigraph as px
import pytest
from rdflib import DCAT, DCTERMS, RDF, Literal, URIRef

from kg.rdf.infer import infer, rules, schema_days
from kg.rdf.ontology import vocabulary
from kg.rdf.serialize import lines_of
from kg.rdf.terms import EDTF, RDFS, SCHEMA, SKOS, TYPE, Quad, Triple, is_iri, text_of
from kg.rdf.to_rdflib import to_graph
from tests.facts.test_convert import BASE, CONTEXT

A = px.NamedNode(f"{BASE}id/a")


def node(name: str) -> px.NamedNode:
    return px.NamedNode(f"http://x/{name}")


VOCABULARY = vocabulary(
    CONTEXT,
    [
        Quad(node("A"), px.NamedNode(RDFS + "subClassOf"), node("B")),
        Quad(node("B"), px.NamedNode(RDFS + "subClassOf"), node("C")),
        Quad(node("C"), px.NamedNode(RDFS + "subClassOf"), node("B")),
        Quad(px.NamedNode(SKOS + "prefLabel"), px.NamedNode(RDFS + "subPropertyOf"), px.NamedNode(RDFS + "label")),
    ],
)


def dated(text: str) -> Triple:
    return Triple(A, px.NamedNode(f"{BASE}ontology#date"), px.Literal(text, datatype=px.NamedNode(EDTF)))


def follows(statements: list[Triple]) -> set[Triple]:
    """What follows from statements and is not among them."""
    lines = infer(lines_of(statements), rules(VOCABULARY, BASE))
    return {quad.triple for quad in px.parse(b"".join(lines), format=px.RdfFormat.N_TRIPLES)} - set(statements)


def own(text: str) -> set[Triple]:
    """The days that a thing with a date gets itself."""
    return {t for t in follows([dated(text)]) if t.subject == A and not t.predicate.value.endswith("temporal")}


@pytest.mark.parametrize("text", ["1999-02", "1995/..", "XXXX-07-17", "1997~", "1984-06-02%/2004-08-08~", "Y10000"])
def test_a_date_is_a_period_with_its_own_days(text: str) -> None:
    graph = to_graph(Quad(*triple) for triple in follows([dated(text)]))
    period = graph.value(URIRef(A.value), DCTERMS.temporal)
    assert str(period) == f"{BASE}graph/inferred#date={text.replace('%', '%25')}"
    assert is_iri(str(period))
    assert graph.value(period, RDF.value) == Literal(text, datatype=EDTF)
    assert (period, RDF.type, DCTERMS.PeriodOfTime) in graph
    for ours, theirs in (("earliest", DCAT.startDate), ("latest", DCAT.endDate)):
        assert graph.value(URIRef(A.value), URIRef(f"{BASE}ontology#{ours}")) == graph.value(period, theirs)


def test_supertypes_follow_through_all_levels_and_circles_and_are_not_said_twice() -> None:
    assert follows([Triple(A, TYPE, node("A"))]) == {
        Triple(A, TYPE, node("B")),
        Triple(A, TYPE, node("C")),
    }
    assert follows([Triple(A, TYPE, node("A")), Triple(A, TYPE, node("C"))]) == {Triple(A, TYPE, node("B"))}


def test_superproperties_follow_with_the_same_value() -> None:
    name = px.Literal("a", language="en")
    found = follows([Triple(A, px.NamedNode(SKOS + "prefLabel"), name)])
    assert found == {Triple(A, px.NamedNode(above), name) for above in (RDFS + "label", SCHEMA + "name")}
    other = follows([Triple(A, px.NamedNode(SKOS + "altLabel"), name)])
    assert other == {Triple(A, px.NamedNode(SCHEMA + "alternateName"), name)}


def test_a_date_gives_its_first_and_last_day() -> None:
    found = {(t.predicate.value.rpartition("#")[2], str(t.object)) for t in own("1999-02")}
    day = "^^<http://www.w3.org/2001/XMLSchema#date>"
    assert found == {("earliest", f'"1999-02-01"{day}'), ("latest", f'"1999-02-28"{day}')}
    assert len(own("1995/..")) == 1
    assert own("XXXX-07-17") == set()
    plain = Triple(A, px.NamedNode(f"{BASE}ontology#date"), px.Literal("1999"))
    assert follows([plain]) == set()


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("1999", ["start 1999 gYear"]),
        ("1999-02", ["start 1999-02 gYearMonth"]),
        ("1998-06-15/1998-07-17", ["start 1998-06-15 date", "end 1998-07-17 date"]),
        ("1995/..", ["start 1995 gYear"]),
        ("../2002", ["end 2002 gYear"]),
        ("1997~", []),
        ("199X", []),
        ("-0043", []),
        ("1999-21", []),
        ("XXXX-07-17", []),
    ],
)
def test_an_event_begins_and_ends_on_days_that_are_exactly_known(written: str, days: list[str]) -> None:
    event = Triple(A, TYPE, px.NamedNode(SCHEMA + "Event"))
    lines = list(lines_of([event, dated(written)]))
    found = [quad.triple for quad in px.parse(b"".join(schema_days(lines, BASE)), format=px.RdfFormat.N_TRIPLES)]
    said = [(t.predicate.value.removeprefix(SCHEMA), t.object) for t in found]
    assert [
        f"{name.removesuffix('Date')} {day.value} {day.datatype.value.rpartition('#')[2]}"
        for name, day in said
        if isinstance(day, px.Literal)
    ] == days
    assert list(schema_days(lines_of([dated(written)]), BASE)) == [], "an entry has a date and does not begin"


@pytest.mark.parametrize(("written", "day"), [("1999-02", ["1999-02"]), ("1998/1999", []), ("1997~", [])])
def test_a_count_is_observed_on_one_day_a_month_or_a_year(written: str, day: list[str]) -> None:
    lines = lines_of([Triple(A, TYPE, px.NamedNode(SCHEMA + "Observation")), dated(written)])
    found = [quad for quad in px.parse(b"".join(schema_days(lines, BASE)), format=px.RdfFormat.N_TRIPLES)]
    assert [(quad.predicate.value, text_of(quad.object)) for quad in found] == [
        (SCHEMA + "observationDate", *day)
    ] * len(day)


def test_days_are_given_for_the_years_that_stores_agree_on() -> None:
    """Years 1 to 9999: before and beyond, stores and rdflib do not agree on what a day is."""

    def days(text: str) -> list[str]:
        return sorted(t.object.value for t in own(text))  # type: ignore[union-attr]

    assert days("0001") == ["0001-01-01", "0001-12-31"]
    assert days("9999") == ["9999-01-01", "9999-12-31"]
    assert days("0000") == []
    assert days("-0001") == []
    assert days("Y10000") == []
    assert days("9999/Y10001") == ["9999-01-01"]
