"""The description of a dataset in numbers."""

import rdflib
from rdflib import RDF, Literal, URIRef

from kg.release.reader import Release
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
