"""Axioms: what a vocabulary says of its properties, as SHACL shapes that hold data to it.

RDF Schema and OWL let a reader conclude from a domain, a range or a functional property; a publisher whose facts are
all there checks instead. A property of the project's own vocabulary gets one shape: its domains and ranges (RDF Schema
1.1, 2.3 and 3.1; all of them hold), `schema:domainIncludes` (one of them does), `owl:FunctionalProperty` (one value),
and, where it stands below `time:after` or `time:intervalDuring` (OWL-Time), an order that agrees with the days of both
ends and never leads back to its beginning.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import pyoxigraph as px

from kg.rdf import iris
from kg.rdf.datatypes import DATATYPES
from kg.rdf.parse import parse
from kg.rdf.terms import EDTF, OWL, RDF, RDFS, SCHEMA, XSD, Quad, text_of

TIME = "http://www.w3.org/2006/time#"
AFTER, DURING = TIME + "after", TIME + "intervalDuring"
_SAID = {
    RDFS + "domain": "domain",
    SCHEMA + "domainIncludes": "includes",
    RDFS + "range": "range",
    RDFS + "label": "label",
}
_PREFIXES = "@prefix sh: <http://www.w3.org/ns/shacl#> .\n@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"


def axiom_shapes(statements: Iterable[Quad], above: Mapping[str, Sequence[str]], base: str) -> list[Quad]:
    """The shapes of a vocabulary's own properties; `above` gives each property those that stand above it."""
    own = iris.ontology(base)
    said: dict[str, dict[str, list[str]]] = {}
    for quad in statements:
        subject, predicate = text_of(quad.subject), quad.predicate.value
        if not subject.startswith(own):
            continue
        if predicate in _SAID:
            said.setdefault(subject, {}).setdefault(_SAID[predicate], []).append(text_of(quad.object))
        elif predicate == RDF + "type" and text_of(quad.object) == OWL + "FunctionalProperty":
            said.setdefault(subject, {})["functional"] = ["1"]
        elif predicate == RDFS + "subPropertyOf":
            said.setdefault(subject, {})
    shapes = (_shape(iri, axioms, above.get(iri, ()), own) for iri, axioms in sorted(said.items()))
    return list(parse((_PREFIXES + "".join(shapes)).encode(), px.RdfFormat.TURTLE, "axioms", base))


def _shape(iri: str, axioms: Mapping[str, Sequence[str]], above: Sequence[str], own: str) -> str:
    """The shape of a property in Turtle, "" where its axioms ask for nothing."""
    name = axioms.get("label", [iri.removeprefix(own)])[0]
    parts = [*_domain(name, axioms), *_values(iri, name, axioms), *_order(iri, name, above, own)]
    if not parts:
        return ""
    label = f"rdfs:label {_text(f'axioms of “{name}”')}@en"
    return f"<{iris.axioms(iri)}> a sh:NodeShape ; sh:targetSubjectsOf <{iri}> ; {label} ; {' ; '.join(parts)} .\n"


def _domain(name: str, axioms: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for kind in axioms.get("domain", ()):
        said = f"What has “{name}” is of the class {iris.local(kind)}."
        yield f"sh:class <{kind}> ; sh:message {_text(said)}@en"
    if kinds := axioms.get("includes", ()):
        said = f"What has “{name}” is of the class {' or '.join(sorted(map(iris.local, kinds)))}."
        any_of = " ".join(f"[ sh:class <{kind}> ]" for kind in sorted(kinds))
        yield f"sh:or ( {any_of} ) ; sh:message {_text(said)}@en"


def _values(iri: str, name: str, axioms: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for kind in axioms.get("range", ()):
        if kind in DATATYPES or kind == EDTF:
            asked, said = (
                f"sh:datatype <{kind}>",
                f"The value of “{name}” is a literal of the datatype {iris.local(kind)}.",
            )
        elif kind.startswith(XSD) or kind in (RDFS + "Literal", RDFS + "Resource", OWL + "Thing"):
            continue
        else:
            asked, said = f"sh:class <{kind}>", f"The value of “{name}” is of the class {iris.local(kind)}."
        yield f"sh:property [ sh:path <{iri}> ; {asked} ; sh:message {_text(said)}@en ]"
    if "functional" in axioms:
        said = f"Nothing has more than one value of “{name}”."
        yield f"sh:property [ sh:path <{iri}> ; sh:maxCount 1 ; sh:message {_text(said)}@en ]"


def _order(iri: str, name: str, above: Sequence[str], own: str) -> Iterator[str]:
    """What a property that orders things in time asks: no way back, and days that agree."""
    days = f"<{own}earliest>", f"<{own}latest>"
    if AFTER in above or DURING in above:
        said = f"“{name}” leads from a thing back to itself."
        yield _query(said, f"SELECT DISTINCT $this WHERE {{ $this <{iri}>+ $this }}")
    if AFTER in above:
        said = f"“{name}” contradicts the dates: {{?last}} is over before {{?value}} begins on {{?first}}."
        where = f"$this <{iri}> ?value ; {days[1]} ?last . ?value {days[0]} ?first . FILTER(?last < ?first)"
        yield _query(said, f"SELECT $this ?value ?first ?last WHERE {{ {where} }}")
    if DURING in above:
        said = f"“{name}” contradicts the dates: no day of it falls on a day of {{?value}}."
        where = (
            f"$this <{iri}> ?value ; {days[0]} ?first ; {days[1]} ?last . ?value {days[0]} ?begin ; {days[1]} ?end ."
        )
        yield _query(said, f"SELECT $this ?value WHERE {{ {where} FILTER(?last < ?begin || ?first > ?end) }}")


def _query(message: str, query: str) -> str:
    return f"sh:sparql [ sh:message {_text(message)}@en ; sh:select {_text(query)} ]"


def _text(words: str) -> str:
    """A text as a literal of Turtle."""
    return str(px.Literal(words))
