"""Resource: the quads served when an IRI is dereferenced.

Literals come from the dataset's file, as they were written; the database only leads the way to them.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import pyoxigraph as px

from kg.rdf import iris
from kg.rdf.terms import DCTERMS, DEFAULT_GRAPH, OA, PROV, Quad, text_of
from kg.release.nquads import Dataset
from kg.stores.base import Store

MAX_INCOMING = 1_000  # beyond this what points at a thing is asked for with SPARQL


def document(dataset: Dataset, store: Store, base: str, iri: str) -> list[Quad]:
    """The quads that a document about an IRI holds, in their graphs; none where the graph does not know it.

    Of a thing: its statements and those that point at it, in the default graph, with the days of its dates, the facts
    they stand in and the words that these rest on. Of a fact: its statements and its evidence. Of a source or a
    vocabulary: its own statements and those of its parts, `#...`.
    """
    found = [*dataset.about(iri), *dataset.within(iri)]
    if iris.is_fact(base, iri):
        found += _content(dataset, store, iri)
    if iris.is_entity(base, iri):
        found += incoming(store, iri)
    dates = {text_of(quad.object) for quad in found if quad.predicate.value == DCTERMS + "temporal"}
    found += [quad for date in sorted(dates) for quad in dataset.about(date)]
    facts = {text_of(quad.graph_name) for quad in found if iris.is_fact(base, text_of(quad.graph_name))}
    found += _evidence(dataset, facts)
    return list(dict.fromkeys(found))


def known(dataset: Dataset, store: Store, base: str, iri: str) -> bool:
    """Whether there is a document about an IRI, found out at once."""
    if dataset.has(iri):
        return True
    node = px.NamedNode(iri)
    if iris.is_entity(base, iri):
        return next(store.quads_for_pattern(None, None, node, DEFAULT_GRAPH), None) is not None
    return iris.is_fact(base, iri) and next(store.quads_for_pattern(None, None, None, node), None) is not None


def incoming(store: Store, iri: str) -> list[Quad]:
    """The statements of the default graph that point at a thing; none where they are more than MAX_INCOMING."""
    quads = store.quads_for_pattern(None, None, px.NamedNode(iri), DEFAULT_GRAPH)
    found = list(islice(quads, MAX_INCOMING + 1))
    return sorted(found, key=str) if len(found) <= MAX_INCOMING else []


def _content(dataset: Dataset, store: Store, graph: str) -> Iterator[Quad]:
    """The statements of a named graph."""
    subjects = {quad.subject for quad in store.quads_for_pattern(None, None, None, px.NamedNode(graph))}
    for subject in sorted(subjects, key=str):
        yield from (quad for quad in dataset.about(text_of(subject)) if text_of(quad.graph_name) == graph)


def _evidence(dataset: Dataset, facts: Iterable[str]) -> Iterator[Quad]:
    """What the provenance graph says of facts: basis, note, passages and their selectors."""
    for fact in sorted(facts):
        said = dataset.about(fact)
        yield from said
        for passage in (quad.object for quad in said if quad.predicate.value == PROV + "wasQuotedFrom"):
            place = dataset.about(text_of(passage))
            yield from place
            for selector in (quad.object for quad in place if quad.predicate.value == OA + "hasSelector"):
                yield from dataset.about(text_of(selector))


def triples(quads: Iterable[Quad]) -> set[Any]:
    """The triples of a document for formats without graphs: without the evidence, unless that is all there is."""
    quads = list(quads)
    stated = {quad.triple for quad in quads if quad.graph_name == DEFAULT_GRAPH}
    return stated or {quad.triple for quad in quads}
