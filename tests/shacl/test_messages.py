"""What findings say where their shapes say nothing."""

import pyoxigraph as px
import pytest

from kg.rdf.terms import SH, XSD, Term
from kg.shacl.messages import message, text_in
from kg.shacl.model import Constraint

C, P = px.NamedNode("http://x/C"), px.NamedNode("http://x/p")
INTEGER = px.NamedNode(XSD + "integer")


@pytest.mark.parametrize(
    ("constraint", "value", "said"),
    [
        (Constraint("class", C), P, "not an instance of <http://x/C>"),
        (Constraint("datatype", INTEGER), px.Literal("1_000", datatype=INTEGER), "'1_000' is not a whole number, as in 450"),
        (Constraint("datatype", INTEGER), px.Literal("x"), "not of the datatype xsd:integer"),
        (Constraint("nodeKind", px.NamedNode(SH + "BlankNodeOrIRI")), px.Literal("x"), "not an IRI or a blank node"),
        (Constraint("minCount", px.Literal(2)), None, "fewer than 2 values"),
        (Constraint("maxCount", px.Literal(1)), None, "more than 1 value"),
        (Constraint("minInclusive", px.Literal(5)), px.Literal(4), "less than 5, or not to be compared with it"),
        (Constraint("maxLength", px.Literal(1)), px.Literal("ab"), "longer than 1 character"),
        (Constraint("pattern", px.Literal("^a")), px.Literal("b"), 'does not match "^a"'),
        (Constraint("pattern", px.Literal("\\d")), px.Literal("b"), 'does not match "\\d"'),
        (Constraint("in", C, (P, px.Literal("b"))), C, 'not one of <http://x/p>, "b"'),
        (Constraint("in", C, tuple(px.Literal(str(n)) for n in range(12))), C, 'and 2 more'),
        (Constraint("languageIn", C, (px.Literal("en"),)), C, 'not in one of the languages "en"'),
        (Constraint("node", C, shapes=(C,)), P, "does not conform to <http://x/C>"),
        (Constraint("node", C, shapes=(px.BlankNode("b"),)), P, "does not conform to the shape within"),
        (Constraint("qualifiedMinCount", px.Literal(2), shapes=(C,)), None, "fewer than 2 of the values conform to <http://x/C>"),
        (Constraint("hasValue", px.Literal("{n}")), None, '"{n}" is not among the values'),
    ],
)  # fmt: skip
def test_a_message_says_what_is_wrong(constraint: Constraint, value: Term | None, said: str) -> None:
    assert message(constraint, value).endswith(said)


def test_a_closed_shape_names_the_property() -> None:
    assert message(Constraint("closed", px.Literal(True)), C, P) == "the property <http://x/p> is not allowed here"


def test_values_are_put_into_messages_and_unknown_names_stay() -> None:
    bound: dict[str, Term] = {"this": C, "value": px.Literal("{$this}")}
    said = text_in(px.Literal("{?this} {$value} {?none}", language="fr"), bound)
    assert said == px.Literal("http://x/C {$this} {?none}", language="fr")
