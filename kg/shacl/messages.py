"""Messages: what a finding says where its shape says nothing, whatever engine found it."""

import re
from collections.abc import Iterable, Mapping

import pyoxigraph as px

from kg.rdf.datatypes import problem
from kg.rdf.terms import SH, WELL_KNOWN, XSD, Term, shorten, text_of
from kg.shacl.model import Constraint

_KINDS = {
    "IRI": "an IRI",
    "BlankNode": "a blank node",
    "Literal": "a literal",
    "BlankNodeOrIRI": "an IRI or a blank node",
    "BlankNodeOrLiteral": "a blank node or a literal",
    "IRIOrLiteral": "an IRI or a literal",
}
_SHOWN = 10  # items of a list that a message names


def message(constraint: Constraint, value: Term | None, property_: Term | None = None) -> str:
    """What a constraint says of a value that does not keep to it; `property_` is what a closed shape does not allow.

    >>> message(Constraint("minCount", px.Literal(1)), None)
    'fewer than 1 value'
    >>> message(Constraint("datatype", px.NamedNode("http://www.w3.org/2001/XMLSchema#date")), px.Literal("today"))
    'not of the datatype xsd:date'
    """
    if constraint.name == "datatype":
        return _datatype(text_of(constraint.value), value)
    if constraint.name == "nodeKind":
        return f"not {_KINDS.get(text_of(constraint.value).removeprefix(SH), 'of the kind of node that is asked for')}"
    if constraint.name == "closed":
        return f"the property {name(property_)} is not allowed here" if property_ is not None else "not allowed here"
    if constraint.name in ("in", "languageIn"):
        return f"not {'one of' if constraint.name == 'in' else 'in one of the languages'} {_listed(constraint.items)}"
    said = _SAID.get(constraint.name, "does not keep to the constraint")
    count = text_of(constraint.value)
    shapes = _listed(constraint.shapes[:1])
    return said.format(n=count, s="" if count == "1" else "s", value=name(constraint.value), shapes=shapes)


_SAID = {
    "class": "not an instance of {value}",
    "minCount": "fewer than {n} value{s}",
    "maxCount": "more than {n} value{s}",
    "minExclusive": "not greater than {value}",
    "minInclusive": "less than {value}, or not to be compared with it",
    "maxExclusive": "not less than {value}",
    "maxInclusive": "greater than {value}, or not to be compared with it",
    "minLength": "shorter than {n} character{s}",
    "maxLength": "longer than {n} character{s}",
    "pattern": "does not match {value}",
    "uniqueLang": "more than one value in a language",
    "equals": "only one of this property and {value} has the value",
    "disjoint": "a value of {value} too",
    "lessThan": "not less than all values of {value}",
    "lessThanOrEquals": "greater than a value of {value}, or not to be compared with it",
    "hasValue": "{value} is not among the values",
    "sparql": "the query of the shape finds it",
    "node": "does not conform to {shapes}",
    "not": "conforms to {shapes}, and must not",
    "and": "does not conform to all shapes of the list",
    "or": "conforms to no shape of the list",
    "xone": "conforms to none or to more than one shape of the list",
    "qualifiedMinCount": "fewer than {n} of the values conform to {shapes}",
    "qualifiedMaxCount": "more than {n} of the values conform to {shapes}",
}


# What to do about a finding, by the constraint that has it.
ADVICE = {
    "sh:class": "give the value that type, or name another value",
    "sh:datatype": "write the value as that datatype has it",
    "sh:nodeKind": "name a value of that kind",
    "sh:minCount": "add what is missing",
    "sh:maxCount": "take away what is too much",
    "sh:pattern": "write the value as the pattern has it",
    "sh:languageIn": "give the text one of those languages",
    "sh:uniqueLang": "leave one text in each language",
    "sh:in": "take one of the values of the list",
    "sh:hasValue": "add the value",
    "sh:closed": "take the property away, or add it to the shape",
    "sh:lessThan": "look which of the two values is wrong",
    "sh:lessThanOrEquals": "look which of the two values is wrong",
    "sh:minInclusive": "look whether the value or its datatype is wrong",
    "sh:maxInclusive": "look whether the value or its datatype is wrong",
    "sh:minExclusive": "look whether the value or its datatype is wrong",
    "sh:maxExclusive": "look whether the value or its datatype is wrong",
}


def _datatype(wanted: str, value: Term | None) -> str:
    if isinstance(value, px.Literal) and value.datatype.value == wanted and (wrong := problem(wanted, value.value)):
        return wrong
    return f"not of the datatype {name(px.NamedNode(wanted))}"


def name(term: Term | None) -> str:
    """How a message names a term: an IRI by a well-known prefix, or between < and >; a number as it is."""
    if isinstance(term, px.NamedNode):
        return shorten(term.value, {**WELL_KNOWN, "sh": SH})
    if isinstance(term, px.Literal) and term.datatype.value.endswith(("#integer", "#decimal", "#double", "#boolean")):
        return term.value
    if isinstance(term, px.Literal) and term.datatype.value == XSD + "string":
        return f'"{term.value}"'
    return "the shape within" if isinstance(term, px.BlankNode) else str(term)


def _listed(terms: Iterable[Term]) -> str:
    every = [name(term) for term in terms]
    more = f" and {len(every) - _SHOWN} more" if len(every) > _SHOWN else ""
    return ", ".join(every[:_SHOWN]) + more


def text_in(message: Term, bound: Mapping[str, Term]) -> Term:
    """A message with {?name} and {$name} replaced by the values there are (SHACL, 5.3.2)."""
    if not isinstance(message, px.Literal):
        return message
    text = re.sub(
        r"\{[?$](\w+)\}", lambda found: text_of(bound[found[1]]) if found[1] in bound else found[0], message.value
    )
    return px.Literal(text, language=message.language) if message.language else px.Literal(text)
