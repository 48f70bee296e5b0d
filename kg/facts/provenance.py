"""Provenance: what the graph says of each fact, its passages and its source.

PROV-O for what a fact was quoted from or attributed to, Web Annotation selectors and RFC 5147 fragments for
the passages.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import pyoxigraph as px

from kg.facts.convert import Fact
from kg.facts.quotes import Passage, around
from kg.facts.sources import Source
from kg.rdf import iris
from kg.rdf.terms import DC, DCTERMS, OA, PROV, SCHEMA, TYPE, XSD, Quad, Triple, link, literal


def fact_evidence(fact: Fact, passages: Sequence[Passage], base: str) -> Iterator[Triple]:
    """What is said of one fact: its basis and note, and its passages or the curators."""
    kg = iris.ontology(base)
    subject = fact.iri
    record = fact.record
    yield link(subject, TYPE.value, PROV + "Entity")
    yield link(subject, TYPE.value, kg + "Fact")
    yield link(subject, kg + "basis", kg + record.basis)
    if record.note:
        yield literal(subject, kg + "note", record.note)
    if record.evidence:
        yield literal(subject, kg + "evidence", record.evidence)
    if not record.source:
        yield link(subject, PROV + "wasAttributedTo", iris.curators(base))
        return
    source = iris.source(base, record.source)
    yield link(subject, PROV + "wasDerivedFrom", source)
    for passage in passages:
        yield link(subject, PROV + "wasQuotedFrom", iris.passage(source, passage.start, passage.end))


def passage_evidence(passage: Passage, text: str, base: str) -> Iterator[Triple]:
    """What is said of one passage of a source's text: its words, the words around, its offsets."""
    source = iris.source(base, passage.source)
    start, end = passage.start, passage.end
    subject = iris.passage(source, start, end)
    quote = iris.selector(source, "quote", start, end)
    position = iris.selector(source, "position", start, end)
    before, after = around(text, start, end)
    yield link(subject, TYPE.value, iris.ontology(base) + "Passage")
    yield link(subject, TYPE.value, OA + "SpecificResource")
    yield link(subject, OA + "hasSource", source)
    yield link(subject, OA + "hasSelector", quote)
    yield link(subject, OA + "hasSelector", position)
    yield link(quote, TYPE.value, OA + "TextQuoteSelector")
    for name, words in (("exact", text[start:end]), ("prefix", before), ("suffix", after)):
        yield literal(quote, OA + name, words)
    yield link(position, TYPE.value, OA + "TextPositionSelector")
    yield literal(position, OA + "start", str(start), XSD + "nonNegativeInteger")
    yield literal(position, OA + "end", str(end), XSD + "nonNegativeInteger")


def source_evidence(source: Source, base: str) -> Iterator[Triple]:
    """What `data/sources.yaml` says of a document."""
    subject = iris.source(base, source.id)
    yield link(subject, TYPE.value, iris.ontology(base) + "Source")
    yield link(subject, TYPE.value, PROV + "Entity")
    yield literal(subject, SCHEMA + "sha256", source.sha256)
    yield literal(subject, DC + "language", source.language)
    yield literal(subject, DCTERMS + "title", source.title)
    for name in ("publisher", "rights"):
        if text := getattr(source, name):
            yield literal(subject, DC + name, text)
    if source.url:
        yield link(subject, SCHEMA + "url", source.url)
    if source.retrieved:
        yield literal(subject, iris.ontology(base) + "retrieved", source.retrieved, XSD + "date")


def provenance(
    facts: Iterable[tuple[Fact, Sequence[Passage]]], sources: Mapping[str, Source], base: str
) -> Iterator[Quad]:
    """What the provenance graph says of facts and of the passages that they quote, each passage once."""
    graph = px.NamedNode(iris.graph(base, "provenance"))
    seen: set[Passage] = set()
    for fact, passages in facts:
        for triple in fact_evidence(fact, passages, base):
            yield Quad(triple.subject, triple.predicate, triple.object, graph)
        for passage in passages:
            if passage not in seen:
                seen.add(passage)
                for triple in passage_evidence(passage, sources[passage.source].text, base):
                    yield Quad(triple.subject, triple.predicate, triple.object, graph)


def origins(sources: Iterable[Source], base: str, curators: str) -> Iterator[Quad]:
    """What the provenance graph says of the sources, and of the curators by their name, "" where nothing is theirs."""
    graph = px.NamedNode(iris.graph(base, "provenance"))
    triples = [triple for source in sources for triple in source_evidence(source, base)]
    if curators:
        agent = iris.curators(base)
        triples += [link(agent, TYPE.value, PROV + "Agent"), literal(agent, SCHEMA + "name", curators)]
    for triple in triples:
        yield Quad(triple.subject, triple.predicate, triple.object, graph)
