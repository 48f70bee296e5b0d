"""The campaign's ontology and kg's own: documented, aligned, and no foreign term misspelt."""

from pathlib import Path

import pytest
import rdflib
from rdflib import DCAT, DCTERMS, FOAF, ORG, OWL, PROV, QB, RDF, RDFS, SDO, SH, SKOS, TIME, XSD

from kg.project import TEMPLATE, read_project
from kg.rdf.iris import ontology
from kg.rdf.ontology import read_vocabulary
from kg.rdf.to_rdflib import to_graph
from tests.conftest import ROOT

CLOSED = (DCAT, DCTERMS, FOAF, ORG, OWL, PROV, QB, RDF, RDFS, SDO, SH, SKOS, TIME, XSD)
# rdflib has no closed namespace for these, so every term in use is written out here, each checked by hand.
WRITTEN_OUT = {
    "http://data.europa.eu/eli/ontology#LegalResource",
    "http://id.loc.gov/datatypes/edtf/EDTF",
    "http://www.w3.org/ns/oa#SpecificResource",
    "http://www.w3.org/ns/oa#hasSource",
    "http://www.w3.org/ns/oa#hasSelector",
    *(f"http://www.w3.org/ns/oa#{name}" for name in ("exact", "prefix", "suffix", "start", "end")),
    "http://purl.org/vocab/vann/preferredNamespacePrefix",
    "http://purl.org/vocab/vann/preferredNamespaceUri",
    *(f"https://schema.org/{name}" for name in ("observationAbout", "measurementQualifier")),  # newer than rdflib's
}
ALIGNMENTS = (
    RDFS.subClassOf,
    RDFS.subPropertyOf,
    RDFS.seeAlso,
    SKOS.inScheme,
)


def graphs(root: Path) -> tuple[rdflib.Graph, rdflib.Graph, str]:
    project = read_project(root)
    vocabulary = read_vocabulary(project.ontology, project.base)
    return to_graph(vocabulary.statements), to_graph(vocabulary.shapes), ontology(project.base)


@pytest.mark.parametrize("root", [ROOT, TEMPLATE], ids=["campaign", "template"])
def test_every_own_term_has_a_label_a_definition_an_example_and_an_alignment(root: Path) -> None:
    graph, _, own = graphs(root)
    terms = {
        term
        for kind in (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
        for term in graph.subjects(RDF.type, kind)
        if str(term).startswith(own)
    }
    assert len(terms) > 10
    for term in terms:
        for predicate in (RDFS.label, SKOS.definition, SKOS.example):
            assert (term, predicate, None) in graph, f"{term} has no {predicate}"
        assert any((term, predicate, None) in graph for predicate in ALIGNMENTS), f"{term} is not aligned"


@pytest.mark.parametrize("root", [ROOT, TEMPLATE], ids=["campaign", "template"])
def test_no_foreign_term_is_misspelt(root: Path) -> None:
    graph, shapes, own = graphs(root)
    context = read_vocabulary(read_project(root).ontology, read_project(root).base).context
    used = {
        str(term) for found in (graph, shapes) for triple in found for term in triple if isinstance(term, rdflib.URIRef)
    }
    used |= {term.iri for term in context.terms.values() if ":" in term.iri}
    used |= {term.type for term in context.terms.values() if ":" in term.type}
    foreign = {iri for iri in used if not iri.startswith(own.removesuffix("ontology#")) and iri not in WRITTEN_OUT}
    assert len(foreign) > 20
    unknown = sorted(iri for iri in foreign if not known(iri))
    assert not unknown, unknown


def known(iri: str) -> bool:
    """Whether a closed namespace of rdflib has the term; schema.org's is known there by its https IRIs."""
    for space in CLOSED:
        if iri.startswith(str(space)):
            return rdflib.URIRef(iri) in space
    return False


def test_a_misspelt_term_would_be_found() -> None:
    assert known(str(SDO.Person))
    assert not known(f"{SDO}Persn")
    assert not known("https://example.org/unheard-of")


@pytest.mark.parametrize("root", [ROOT, TEMPLATE], ids=["campaign", "template"])
def test_every_word_of_the_context_is_declared_or_foreign(root: Path) -> None:
    graph, _, own = graphs(root)
    context = read_vocabulary(read_project(root).ontology, read_project(root).base).context
    for name, term in context.terms.items():
        if term.iri.startswith(own):
            assert (rdflib.URIRef(term.iri), None, None) in graph, (
                f"{name} stands for {term.iri}, which is not declared"
            )


def test_every_concept_is_in_a_scheme_that_is_there() -> None:
    graph, _, _ = graphs(ROOT)
    concepts = set(graph.subjects(RDF.type, SKOS.Concept))
    assert len(concepts) > 20
    for concept in concepts:
        scheme = graph.value(concept, SKOS.inScheme)
        assert (scheme, RDF.type, SKOS.ConceptScheme) in graph
        assert graph.value(concept, SKOS.definition) is not None
