import pyoxigraph as px

from kg.rdf.infer import infer
from kg.rdf.ontology import vocabulary
from kg.rdf.terms import EDTF, RDFS, SKOS, TYPE, Quad, Triple
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


def test_supertypes_follow_through_all_levels_and_circles_and_are_not_said_twice() -> None:
    assert infer([Triple(A, TYPE, node("A"))], VOCABULARY, BASE) == {
        Triple(A, TYPE, node("B")),
        Triple(A, TYPE, node("C")),
    }
    assert infer([Triple(A, TYPE, node("A")), Triple(A, TYPE, node("C"))], VOCABULARY, BASE) == {
        Triple(A, TYPE, node("B"))
    }


def test_superproperties_follow_with_the_same_value() -> None:
    name = px.Literal("a", language="en")
    found = infer([Triple(A, px.NamedNode(SKOS + "prefLabel"), name)], VOCABULARY, BASE)
    assert found == {Triple(A, px.NamedNode(RDFS + "label"), name)}


def test_a_date_gives_its_first_and_last_day() -> None:
    found = {(t.predicate.value.rpartition("#")[2], str(t.object)) for t in infer([dated("1999-02")], VOCABULARY, BASE)}
    day = "^^<http://www.w3.org/2001/XMLSchema#date>"
    assert found == {("earliest", f'"1999-02-01"{day}'), ("latest", f'"1999-02-28"{day}')}
    assert len(infer([dated("1995/..")], VOCABULARY, BASE)) == 1
    assert infer([dated("XXXX-07-17")], VOCABULARY, BASE) == set()
    plain = Triple(A, px.NamedNode(f"{BASE}ontology#date"), px.Literal("1999"))
    assert infer([plain], VOCABULARY, BASE) == set()
