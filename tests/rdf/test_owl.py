"""The published vocabulary is OWL 2 DL, its schemes have top concepts, and what it claims of the data holds."""

import re
import shutil
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path

import pyoxigraph as px
import pytest
import rdflib
from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, XSD, URIRef
from rdflib.term import Node

from kg.project import TEMPLATE, read_project
from kg.rdf.iris import graph as graph_iri
from kg.rdf.iris import ontology
from kg.rdf.ontology import read_vocabulary, vocabulary
from kg.rdf.owl import completed
from kg.rdf.terms import Quad
from kg.rdf.to_rdflib import to_graph
from kg.release.nquads import load
from kg.release.reader import Release
from tests.conftest import ROOT

PROPERTIES = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
KINDS = (*PROPERTIES, OWL.Class, RDFS.Datatype)
Kinds = dict[URIRef, set[Node]]
BUILT_IN = tuple(map(str, (RDF, RDFS, OWL, XSD)))
# Annotation properties that OWL 2 knows (Structural Specification, 5.5), and what belongs to an ontology's header.
KNOWN = {RDFS.label, RDFS.comment, RDFS.seeAlso, RDFS.isDefinedBy, OWL.versionInfo, OWL.versionIRI, OWL.deprecated}
AXIOMS = {RDF.type, RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range}

both = pytest.mark.parametrize("root", [ROOT, TEMPLATE], ids=["campaign", "template"])


def published(root: Path) -> rdflib.Graph:
    project = read_project(root)
    return to_graph(read_vocabulary(project.ontology, project.base, project.published).statements)


def faults(graph: rdflib.Graph) -> Iterable[str]:
    """Where a vocabulary is not OWL 2 DL: typing constraints (Structural Specification, 5.8.1), axioms that mix kinds."""
    kinds = {kind: set(graph.subjects(RDF.type, kind)) for kind in KINDS}
    for one, other in (*combinations(PROPERTIES, 2), (OWL.Class, RDFS.Datatype)):
        yield from (f"{term} is a {one} and a {other}" for term in kinds[one] & kinds[other])
    properties: dict[Node, URIRef] = {term: kind for kind in PROPERTIES for term in kinds[kind]}
    properties |= {term: OWL.AnnotationProperty for term in KNOWN}
    for subject, predicate, value in graph:
        if predicate not in AXIOMS and predicate not in properties:
            yield f"{predicate} is not declared"
        if predicate == RDF.type and value not in kinds[OWL.Class] and not str(value).startswith(BUILT_IN):
            yield f"{subject} is a {value}, which is not declared"
        if properties.get(predicate) == OWL.ObjectProperty and isinstance(value, rdflib.Literal):
            yield f"{predicate} leads to a text"
    yield from mixed(graph, kinds, properties)


def mixed(graph: rdflib.Graph, kinds: Kinds, properties: dict[Node, URIRef]) -> Iterable[str]:
    """The axioms of a vocabulary that do not join what they may."""
    for subject, value in graph.subject_objects(RDFS.subClassOf):
        if not {subject, value} <= kinds[OWL.Class]:
            yield f"{subject} subClassOf {value}: not both are classes"
    for subject, value in graph.subject_objects(RDFS.subPropertyOf):
        if properties.get(subject) != properties.get(value):
            yield f"{subject} subPropertyOf {value}: not of one kind"
    for subject, value in graph.subject_objects(RDFS.domain):
        if value not in kinds[OWL.Class]:
            yield f"{subject}: domain {value} is not a class"
    for subject, value in graph.subject_objects(RDFS.range):
        is_class = properties.get(subject) == OWL.ObjectProperty
        is_datatype = value in kinds[RDFS.Datatype] or str(value).startswith(str(XSD))
        if not (value in kinds[OWL.Class] if is_class else is_datatype):
            yield f"{subject}: range {value} does not fit"


@both
def test_the_vocabulary_is_owl_2_dl(root: Path) -> None:
    graph = published(root)
    assert list(faults(graph)) == []
    project = read_project(root)
    context = read_vocabulary(project.ontology, project.base).context
    properties = {URIRef(t.iri) for n, t in context.terms.items() if isinstance(context.document[n], dict)}
    declared = {term for kind in PROPERTIES for term in graph.subjects(RDF.type, kind)}
    assert len(properties) > 10
    assert properties - declared <= KNOWN


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("kg:x a owl:DatatypeProperty ; rdfs:subPropertyOf rdfs:comment .", "not of one kind"),
        ("kg:near a owl:DatatypeProperty .", "near is a .*DatatypeProperty|near is a .*ObjectProperty"),
        (
            "kg:x a owl:ObjectProperty ; rdfs:range xsd:date .",
            "range http://www.w3.org/2001/XMLSchema#date does not fit",
        ),
        ("kg:x a owl:DatatypeProperty ; rdfs:range kg:Count .", "Count does not fit"),
        ("kg:Count a rdfs:Datatype .", "Count is a .*Class and a .*Datatype"),
    ],
)
def test_what_is_not_owl_2_dl_would_be_found(tmp_path: Path, text: str, fault: str) -> None:
    shutil.copytree(TEMPLATE / "ontology", tmp_path / "ontology")
    with (tmp_path / "ontology" / "vocabulary.ttl").open("a", encoding="utf-8") as file:
        file.write(text + "\n")
    graph = to_graph(read_vocabulary(tmp_path / "ontology", "https://example.org/").statements)
    assert any(re.search(fault, found) for found in faults(graph))


@both
def test_the_ontology_says_what_it_is(root: Path) -> None:
    graph, own = published(root), ontology(read_project(root).base)
    (itself,) = graph.subjects(RDF.type, OWL.Ontology)
    assert str(itself) == own.removesuffix("#")
    assert str(graph.value(itself, DCTERMS.license)) == read_project(root).license
    vann = rdflib.Namespace("http://purl.org/vocab/vann/")
    assert [str(graph.value(itself, vann[f"preferredNamespace{part}"])) for part in ("Prefix", "Uri")] == ["kg", own]
    assert str(graph.value(itself, OWL.versionIRI)).startswith(own)
    terms = {term for term in graph.subjects(RDF.type) if str(term).startswith(own)}
    assert len(terms) > 10
    assert terms == set(graph.subjects(RDFS.isDefinedBy, itself))


def test_the_version_of_an_ontology_changes_with_what_it_says() -> None:
    read = read_vocabulary(TEMPLATE / "ontology", "https://example.org/")
    more = [*read.statements, Quad(px.NamedNode("http://x/a"), px.NamedNode(str(RDFS.label)), px.Literal("a"))]
    versions = {
        str(triple.object)
        for statements in (read.statements, more, more)
        for triple in completed(statements, read.context, "https://example.org/", {})
        if triple.predicate.value == str(OWL.versionIRI)
    }
    assert len(versions) == 2


@both
def test_every_scheme_has_top_concepts(root: Path) -> None:
    graph = published(root)
    schemes = set(graph.subjects(RDF.type, SKOS.ConceptScheme))
    assert schemes
    for scheme in schemes:
        tops = set(graph.objects(scheme, SKOS.hasTopConcept))
        assert tops == set(graph.subjects(SKOS.topConceptOf, scheme))
        assert tops == {
            concept for concept in graph.subjects(SKOS.inScheme, scheme) if (concept, SKOS.broader, None) not in graph
        }
        assert tops


def test_a_narrower_concept_is_no_top_concept() -> None:
    def triple(subject: str, predicate: URIRef, value: str) -> Quad:
        return Quad(*map(px.NamedNode, (f"http://x/{subject}", str(predicate), f"http://x/{value}")))

    statements = [triple("a", SKOS.inScheme, "s"), triple("b", SKOS.inScheme, "s"), triple("b", SKOS.broader, "a")]
    read = read_vocabulary(TEMPLATE / "ontology", "https://example.org/")
    made = completed(statements, read.context, "https://example.org/", {})
    assert [str(t.object) for t in made if t.predicate.value == str(SKOS.hasTopConcept)] == ["<http://x/a>"]


def test_what_a_project_declares_stays_as_it_is() -> None:
    read = read_vocabulary(TEMPLATE / "ontology", "https://example.org/")
    whole = vocabulary(read.context, read.statements)
    again = list(completed(whole.statements, read.context, "https://example.org/", {}))
    kinds = {str(kind) for kind in (*PROPERTIES, OWL.Class, RDFS.Datatype)}
    assert not [t for t in again if t.predicate.value == str(RDF.type) and getattr(t.object, "value", "") in kinds]


def test_domains_and_ranges_hold_of_every_statement(release: Release) -> None:
    base = release.manifest["base"]
    graph = rdflib.Graph().parse(release.path / "downloads" / "dataset.nt")
    for quad in load(release.dataset):  # the vocabulary speaks of facts and sources too
        if str(quad.graph_name) == f"<{graph_iri(base, 'provenance')}>":
            graph.add(next(iter(to_graph([quad]))))
    checked = 0
    for property_, kind in [*graph.subject_objects(RDFS.domain), *graph.subject_objects(RDFS.range)]:
        for subject, value in graph.subject_objects(property_):
            if (property_, RDFS.domain, kind) in graph:
                assert (subject, RDF.type, kind) in graph, f"{subject} {property_}: not a {kind}"
                checked += 1
            if (property_, RDFS.range, kind) in graph:
                typed = (value, RDF.type, kind) in graph or getattr(value, "datatype", None) == kind
                assert typed or kind == XSD.string, f"{property_} {value}: not a {kind}"
                checked += 1
    assert checked > 1_000
