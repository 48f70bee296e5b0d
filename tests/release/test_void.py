"""The description of a dataset in numbers."""

import pyoxigraph as px
import rdflib
from rdflib import RDF, SKOS, Literal, URIRef

from kg.release.reader import Release
from kg.release.void import statistics
from tests.release.test_dcat import void


def test_void_says_where_to_begin_and_what_is_linked(release: Release) -> None:
    graph = void(release)
    space = rdflib.Namespace("http://rdfs.org/ns/void#")
    dataset = URIRef(f"{release.manifest['base']}dataset")
    examples = set(graph.objects(dataset, space.exampleResource))
    assert URIRef(f"{release.manifest['base']}id/coalition") in examples
    assert {URIRef("https://schema.org/"), URIRef("http://www.w3.org/ns/org#")} <= set(
        graph.objects(dataset, space.vocabulary)
    )
    whole = rdflib.Graph().parse(release.path / "downloads" / "dataset.nt")
    for linkset in graph.subjects(RDF.type, space.Linkset):
        property_ = graph.value(linkset, space.linkPredicate)
        target = str(graph.value(graph.value(linkset, space.objectsTarget), space.uriSpace))
        counted = [1 for _, _, value in whole.triples((None, property_, None)) if str(value).startswith(target)]
        assert graph.value(linkset, space.triples) == Literal(len(counted))
    assert len(set(graph.subjects(RDF.type, space.Linkset))) > 1


def test_only_what_leads_out_of_the_project_is_a_linkset() -> None:
    """The base may be a folder of a host whose other folders are elsewhere."""
    base, match = "https://host.example/graph/", px.NamedNode(str(SKOS.exactMatch))

    def quad(subject: str, value: str) -> px.Quad:
        return px.Quad(px.NamedNode(subject), match, px.NamedNode(value))

    store = px.Store()
    store.extend(
        [
            quad(f"{base}id/a", f"{base}id/b"),
            quad(f"{base}id/a", "https://host.example/other/1"),
            quad(f"{base}id/b", "https://host.example/other/2"),
            quad(f"{base}id/a", "https://elsewhere.example/x"),
            quad(f"{base}id/a", "urn:x:y"),
            quad("https://elsewhere.example/x", "https://host.example/other/1"),
        ]
    )
    found = [(linkset.target, linkset.triples) for linkset in statistics(store, base).links]
    assert found == [("https://elsewhere.example/", 1), ("https://host.example/", 2)]
