"""What a vocabulary says of its properties, as shapes: data that contradict it are found, and no others."""

import pyoxigraph as px
import pytest

from kg.rdf.axioms import axiom_shapes
from kg.rdf.iris import axioms, is_axioms
from kg.rdf.ontology import hierarchy
from kg.rdf.parse import parse
from kg.rdf.terms import RDFS, text_of
from kg.shacl.pyshacl_engine import validate

BASE = "https://example.org/"
PREFIXES = f"""
@prefix : <{BASE}id/> . @prefix kg: <{BASE}ontology#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix time: <http://www.w3.org/2006/time#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix edtf: <http://id.loc.gov/datatypes/edtf/> .
"""
WORDS = """
kg:crew a owl:ObjectProperty ; rdfs:label "crew \\"x\\""@en ; rdfs:domain kg:Ship ; rdfs:range kg:Person .
kg:size a owl:DatatypeProperty , owl:FunctionalProperty ; rdfs:label "size"@en ; rdfs:range xsd:integer .
kg:seen a owl:DatatypeProperty ; rdfs:range edtf:EDTF .
kg:after rdfs:label "after"@en ; rdfs:subPropertyOf kg:later . kg:later rdfs:subPropertyOf time:after .
kg:during rdfs:label "during"@en ; rdfs:subPropertyOf time:intervalDuring .
kg:port rdfs:label "port"@en ; <https://schema.org/domainIncludes> kg:Ship , kg:Boat .
kg:free rdfs:label "free"@en ; rdfs:range rdfs:Literal .
<https://elsewhere.org/p> rdfs:domain kg:Ship .
"""


def quads(text: str) -> list[px.Quad]:
    return list(parse((PREFIXES + text).encode(), px.RdfFormat.TURTLE, "test", BASE))


STATEMENTS = quads(WORDS)
SHAPES = axiom_shapes(STATEMENTS, hierarchy(STATEMENTS, px.NamedNode(RDFS + "subPropertyOf")), BASE)
DAYS = (
    ":a kg:earliest '2000-01-01'^^xsd:date ; kg:latest '2000-12-31'^^xsd:date ."
    ":b kg:earliest '2001-01-01'^^xsd:date ; kg:latest '2001-12-31'^^xsd:date ."
    ":c kg:earliest '2000-06-01'^^xsd:date ; kg:latest '2001-06-01'^^xsd:date ."
)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (":s a kg:Ship ; kg:crew :p . :p a kg:Person .", ""),
        (":s kg:crew :p . :p a kg:Person .", 'What has “crew "x"” is of the class Ship.'),
        (":s a kg:Ship ; kg:crew :p .", 'The value of “crew "x"” is of the class Person.'),
        (":s a kg:Boat ; kg:port :p .", ""),
        (":s a kg:Person ; kg:port :p .", "What has “port” is of the class Boat or Ship."),
        (":s kg:size 3 .", ""),
        (":s kg:size '3' .", "The value of “size” is a literal of the datatype integer."),
        (":s kg:size 3 , 4 .", "Nothing has more than one value of “size”."),
        (":s kg:seen '1995~'^^edtf:EDTF .", ""),
        (":s kg:seen 1995 .", "The value of “seen” is a literal of the datatype EDTF."),
        (":s kg:free 1 , 'x' .", ""),
        (":b kg:after :a ." + DAYS, ""),
        (":c kg:after :a ." + DAYS, ""),
        (
            ":a kg:after :b ." + DAYS,
            f"“after” contradicts the dates: 2000-12-31 is over before {BASE}id/b begins on 2001-01-01.",
        ),
        (":a kg:after :c ." + DAYS, ""),
        (":x kg:after :y . :y kg:after :z .", ""),
        (":x kg:after :x .", "“after” leads from a thing back to itself."),
        (":x kg:after :y . :y kg:after :x .", "“after” leads from a thing back to itself."),
        (":a kg:during :c ." + DAYS, ""),
        (":a kg:during :b ." + DAYS, f"“during” contradicts the dates: no day of it falls on a day of {BASE}id/b."),
        (":b kg:during :a ." + DAYS, f"“during” contradicts the dates: no day of it falls on a day of {BASE}id/a."),
        (":s <https://elsewhere.org/p> 1 .", ""),
    ],
)
def test_data_are_held_to_what_is_said_of_properties(data: str, message: str) -> None:
    messages = {finding.message for finding in validate(quads(data), SHAPES).findings}
    assert messages == ({message} if message else set())


def test_each_property_has_one_shape_and_no_other_has_any() -> None:
    shapes = {text_of(quad.subject) for quad in SHAPES if isinstance(quad.subject, px.NamedNode)}
    own = ("after", "crew", "during", "later", "port", "seen", "size")
    assert shapes == {axioms(f"{BASE}ontology#{name}") for name in own}
    assert all(map(is_axioms, shapes))
    assert not is_axioms(f"{BASE}ontology#crew")
