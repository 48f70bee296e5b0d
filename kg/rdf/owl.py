"""OWL: what makes a vocabulary whole, so that readers of OWL 2 DL and SKOS take it as it is.

A project writes down what its own words mean. What the profile asks for beside that follows from it: the kind of every
term of others (OWL 2 Structural Specification, 5.8), the ontology that defines each own term, and the top concepts of
each scheme (SKOS Reference, 4). What a project declares itself stays as it is.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence

import pyoxigraph as px

from kg.rdf import iris
from kg.rdf.context import Context
from kg.rdf.terms import DCTERMS, OWL, RDF, RDFS, SKOS, TYPE, XSD, Quad, Triple, link, literal, text_of

VANN = "http://purl.org/vocab/vann/"


CLASS, DATATYPE = OWL + "Class", RDFS + "Datatype"
OBJECT, DATA, ANNOTATION = OWL + "ObjectProperty", OWL + "DatatypeProperty", OWL + "AnnotationProperty"
KINDS = (CLASS, DATATYPE, OBJECT, DATA, ANNOTATION)


_BUILT_IN = (RDF, RDFS, OWL, XSD)  # namespaces whose terms OWL knows
_ANNOTATIONS = frozenset(
    SKOS + name
    for name in (
        *("prefLabel", "altLabel", "hiddenLabel", "definition", "example"),
        *("note", "scopeNote", "editorialNote", "historyNote", "changeNote"),
    )
)


def completed(
    statements: Sequence[Quad], context: Context, base: str, published: Mapping[str, str]
) -> Iterator[Triple]:
    """What a vocabulary lacks. `published` has the licence and the days of publication, as far as they are known."""
    ontology = iris.ontology(base).removesuffix("#")
    added = [*_header(statements, ontology, published), *_schemes(statements)]
    for subject in sorted({text_of(quad.subject) for quad in statements if quad.predicate == TYPE}):
        if subject.startswith(iris.ontology(base)):
            added.append(link(subject, RDFS + "isDefinedBy", ontology))
    yield from added
    kinds = _Kinds([*(quad.triple for quad in statements), *added], context)
    for iri, kind in sorted(kinds.missing().items()):
        yield link(iri, TYPE.value, kind)


def _header(statements: Sequence[Quad], ontology: str, published: Mapping[str, str]) -> Iterator[Triple]:
    """The ontology as a thing: its prefix, its version (named by a hash of what it says), its licence and dates."""
    said = {quad.predicate.value for quad in statements if text_of(quad.subject) == ontology}
    digest = hashlib.sha256("\n".join(sorted(map(str, statements))).encode()).hexdigest()[:12]
    yield link(ontology, TYPE.value, OWL + "Ontology")
    yield link(ontology, OWL + "versionIRI", iris.part(ontology, "version", digest))
    yield literal(ontology, VANN + "preferredNamespacePrefix", "kg")
    yield literal(ontology, VANN + "preferredNamespaceUri", f"{ontology}#")
    if published.get("license") and DCTERMS + "license" not in said:
        yield link(ontology, DCTERMS + "license", published["license"])
    for name in ("issued", "modified"):
        if published.get(name) and DCTERMS + name not in said:
            yield literal(ontology, DCTERMS + name, published[name], XSD + "date")


def _schemes(statements: Sequence[Quad]) -> Iterator[Triple]:
    """The concepts that no other one of their scheme is broader than, as its top concepts."""
    below = {quad.subject for quad in statements if quad.predicate.value == SKOS + "broader"}
    for quad in statements:
        if quad.predicate.value == SKOS + "inScheme" and quad.subject not in below:
            concept, scheme = text_of(quad.subject), text_of(quad.object)
            yield link(scheme, SKOS + "hasTopConcept", concept)
            yield link(concept, SKOS + "topConceptOf", scheme)


class _Kinds:
    """What kind of term each IRI is: as declared, or as its use in statements and context shows."""

    def __init__(self, statements: Sequence[Triple], context: Context) -> None:
        self._statements = statements
        self._declared = {
            (text_of(quad.subject), text_of(quad.object))
            for quad in statements
            if quad.predicate == TYPE and text_of(quad.object) in KINDS
        }
        self._kinds = dict(sorted(self._declared))
        self._from_axioms()
        self._from_use()
        self._from_context(context)
        self._from_axioms()

    def missing(self) -> dict[str, str]:
        """The terms that are used and not declared, each with its kind."""
        return {iri: kind for iri, kind in self._kinds.items() if (iri, kind) not in self._declared}

    def _kind(self, iri: str) -> str | None:
        return ANNOTATION if iri in _ANNOTATIONS else self._kinds.get(iri)

    def _set(self, iri: str, kind: str) -> bool:
        """Note the kind of a term, unless it has one; whether that was new."""
        if iri in self._kinds or iri.startswith(_BUILT_IN):
            return False
        self._kinds[iri] = self._kind(iri) or kind
        return True

    def _from_axioms(self) -> None:
        """What axioms tell: what stands above and below a property is of its kind; domains are classes."""
        parts = [(q.predicate.value, text_of(q.subject), text_of(q.object)) for q in self._statements]
        for predicate, subject, value in parts:
            if predicate == RDFS + "subClassOf" or (predicate == TYPE.value and value == RDFS + "Class"):
                self._set(subject, CLASS)
            if predicate in (RDFS + "subClassOf", RDFS + "domain"):
                self._set(value, CLASS)
        new = True
        while new:
            new = False
            for _, subject, value in (part for part in parts if part[0] == RDFS + "subPropertyOf"):
                for one, other in ((subject, value), (value, subject)):
                    if kind := self._kind(one):
                        new |= self._set(other, kind)
        for predicate, subject, value in parts:
            if predicate == RDFS + "range" and subject in self._kinds:
                self._set(value, CLASS if self._kinds[subject] == OBJECT else DATATYPE)

    def _from_use(self) -> None:
        """What the vocabulary's own statements tell: what types things, and what is said of them in texts or links."""
        header = OWL + "Ontology"
        ontologies = {q.subject for q in self._statements if q.predicate == TYPE and text_of(q.object) == header}
        for quad in self._statements:
            predicate = quad.predicate.value
            if predicate == TYPE.value and text_of(quad.object) not in KINDS:
                self._set(text_of(quad.object), CLASS)
            elif isinstance(quad.object, px.Literal) or quad.subject in ontologies:
                self._set(predicate, ANNOTATION)
            else:
                self._set(predicate, OBJECT)

    def _from_context(self, context: Context) -> None:
        """What the context tells: a word for things is an object property, one for values is a data property."""
        for name, term in context.terms.items():
            if not term.iri.startswith("@") and isinstance(context.document[name], dict):
                self._set(term.iri, OBJECT if term.type in ("@id", "@vocab") else DATA)
                if term.type and not term.type.startswith("@"):
                    self._set(term.type, DATATYPE)
