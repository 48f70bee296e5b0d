"""Infer: what follows from the statements, made at build so that a plain query finds it.

Supertypes and superproperties of the vocabulary (RDF Schema 1.1, entailment rules rdfs7 and rdfs9, through all
levels), and the first and last day that each EDTF date can mean.
"""

from collections.abc import Iterable, Iterator

import pyoxigraph as px

from kg.rdf import iris
from kg.rdf.edtf import read_edtf, xsd_date
from kg.rdf.ontology import Vocabulary
from kg.rdf.terms import EDTF, TYPE, XSD, Triple


def infer(statements: Iterable[Triple], vocabulary: Vocabulary, base: str) -> set[Triple]:
    """The triples that follow from statements and are not among them."""
    stated = set(statements)
    upward = {
        triple for triple in stated if triple.predicate.value in vocabulary.superproperties or triple.predicate == TYPE
    }
    found = {new for triple in upward for new in _above(triple, vocabulary)}
    dated = iris.ontology(base) + "date"
    for triple in stated:
        if triple.predicate.value == dated:
            found.update(_days(triple, base))
    return found - stated


def _above(triple: Triple, vocabulary: Vocabulary) -> Iterator[Triple]:
    if triple.predicate == TYPE and isinstance(triple.object, px.NamedNode):
        for iri in vocabulary.superclasses.get(triple.object.value, ()):
            yield Triple(triple.subject, TYPE, px.NamedNode(iri))
    for iri in vocabulary.superproperties.get(triple.predicate.value, ()):
        yield Triple(triple.subject, px.NamedNode(iri), triple.object)


def _days(triple: Triple, base: str) -> Iterator[Triple]:
    if not isinstance(triple.object, px.Literal) or triple.object.datatype.value != EDTF:
        return
    try:
        date = read_edtf(triple.object.value)
    except ValueError:  # checked in facts; in an ontology it stays what it is
        return
    for name, day in (("earliest", date.earliest), ("latest", date.latest)):
        if day and 0 < day[0] < 10_000:  # beyond, stores and rdflib do not agree on what a day is
            literal = px.Literal(xsd_date(day), datatype=px.NamedNode(XSD + "date"))
            yield Triple(triple.subject, px.NamedNode(iris.ontology(base) + name), literal)
