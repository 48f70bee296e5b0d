"""Evidence: what the provenance graph says of each fact, and the forms it takes in formats without graphs.

PROV-O for what a fact was quoted from or attributed to, Web Annotation selectors and RFC 5147 fragments for
the passages.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

import pyoxigraph as px

from kg import names
from kg.convert import Fact
from kg.rdf import DC, DCTERMS, OA, PROV, RDF, SCHEMA, TYPE, XSD, Quad, Term, Triple, text_of
from kg.source import Passage, Source, around

_REIFIES = px.NamedNode(RDF + "reifies")


def fact_evidence(fact: Fact, passages: Sequence[Passage], base: str) -> Iterator[Triple]:
    """What is said of one fact: its basis and note, and its passages or the curators."""
    kg = names.ontology(base)
    subject = px.NamedNode(fact.iri)
    record = fact.record
    yield _iri(subject, TYPE.value, PROV + "Entity")
    yield _iri(subject, TYPE.value, kg + "Fact")
    yield _iri(subject, kg + "basis", kg + record.basis)
    if record.note:
        yield _text(subject, kg + "note", record.note)
    if record.evidence:
        yield _text(subject, kg + "evidence", record.evidence)
    if not record.source:
        yield _iri(subject, PROV + "wasAttributedTo", names.curators(base))
        return
    source = names.source(base, record.source)
    yield _iri(subject, PROV + "wasDerivedFrom", source)
    for passage in passages:
        yield _iri(subject, PROV + "wasQuotedFrom", names.passage(source, passage.start, passage.end))


def passage_evidence(passage: Passage, text: str, base: str) -> Iterator[Triple]:
    """What is said of one passage of a source's text: its words, the words around, its offsets."""
    source = names.source(base, passage.source)
    start, end = passage.start, passage.end
    subject = px.NamedNode(names.passage(source, start, end))
    quote = names.selector(source, "quote", start, end)
    position = names.selector(source, "position", start, end)
    before, after = around(text, start, end)
    yield _iri(subject, TYPE.value, names.ontology(base) + "Passage")
    yield _iri(subject, TYPE.value, OA + "SpecificResource")
    yield _iri(subject, OA + "hasSource", source)
    yield _iri(subject, OA + "hasSelector", quote)
    yield _iri(subject, OA + "hasSelector", position)
    yield _iri(px.NamedNode(quote), TYPE.value, OA + "TextQuoteSelector")
    for name, words in (("exact", text[start:end]), ("prefix", before), ("suffix", after)):
        yield _text(px.NamedNode(quote), OA + name, words)
    yield _iri(px.NamedNode(position), TYPE.value, OA + "TextPositionSelector")
    yield _text(px.NamedNode(position), OA + "start", str(start), XSD + "nonNegativeInteger")
    yield _text(px.NamedNode(position), OA + "end", str(end), XSD + "nonNegativeInteger")


def source_evidence(source: Source, base: str) -> Iterator[Triple]:
    """What `data/sources.yaml` says of a document."""
    subject = px.NamedNode(names.source(base, source.id))
    yield _iri(subject, TYPE.value, names.ontology(base) + "Source")
    yield _iri(subject, TYPE.value, PROV + "Entity")
    yield _text(subject, SCHEMA + "sha256", source.sha256)
    yield _text(subject, DC + "language", source.language)
    yield _text(subject, DCTERMS + "title", source.title)
    for name in ("publisher", "rights"):
        if text := getattr(source, name):
            yield _text(subject, DC + name, text)
    if source.url:
        yield _iri(subject, SCHEMA + "url", source.url)
    if source.retrieved:
        yield _text(subject, names.ontology(base) + "retrieved", source.retrieved, XSD + "date")


def provenance(
    facts: Iterable[Fact],
    passages: Mapping[str, Sequence[Passage]],
    sources: Mapping[str, Source],
    base: str,
    curators: str,
) -> Iterator[Quad]:
    """The provenance graph of facts, whose passages are given by the fact's IRI."""
    graph = px.NamedNode(names.graph(base, "provenance"))
    triples: set[Triple] = set()
    attributed = False
    for fact in facts:
        found = passages.get(fact.iri, ())
        triples.update(fact_evidence(fact, found, base))
        attributed = attributed or not fact.record.source
        for passage in found:
            triples.update(passage_evidence(passage, sources[passage.source].text, base))
    for source in sources.values():
        triples.update(source_evidence(source, base))
    if attributed:
        agent = px.NamedNode(names.curators(base))
        triples.add(_iri(agent, TYPE.value, PROV + "Agent"))
        triples.add(_text(agent, SCHEMA + "name", curators))
    for triple in triples:
        yield Quad(triple.subject, triple.predicate, triple.object, graph)


def reified(quads: Iterable[Quad], base: str) -> Iterator[Triple]:
    """Evidence for formats without graphs (RDF Schema 1.1, 5.3.2): a rdf:Statement for each fact's statement.

    A statement's IRI is the fact's with a hash of the triple behind "#"; `dcterms:isPartOf` leads to the fact, of
    which the provenance triples speak.
    """
    for quad in quads:
        graph = text_of(quad.graph_name)
        if graph.startswith(names.fact(base, "")):
            digest = hashlib.sha256(str(quad.triple).encode()).hexdigest()[:16]
            statement = px.NamedNode(names.statement(graph, digest))
            yield _iri(statement, TYPE.value, RDF + "Statement")
            parts: tuple[Term, ...] = (quad.subject, quad.predicate, quad.object)
            for name, part in zip(("subject", "predicate", "object"), parts, strict=True):
                yield Triple(statement, px.NamedNode(RDF + name), part)
            yield _iri(statement, DCTERMS + "isPartOf", graph)
        elif graph == names.graph(base, "provenance"):
            yield quad.triple


def rdf12(quads: Iterable[Quad], base: str) -> Iterator[Triple]:
    """Evidence as RDF 1.2 (1.2 Concepts, 3.2): each fact reifies its statements as triple terms."""
    for quad in quads:
        graph = text_of(quad.graph_name)
        if graph.startswith(names.fact(base, "")):
            yield Triple(px.NamedNode(graph), _REIFIES, quad.triple)
        elif graph == names.graph(base, "provenance"):
            yield quad.triple


def _iri(subject: px.NamedNode, predicate: str, iri: str) -> Triple:
    return Triple(subject, px.NamedNode(predicate), px.NamedNode(iri))


def _text(subject: px.NamedNode, predicate: str, text: str, datatype: str = XSD + "string") -> Triple:
    return Triple(subject, px.NamedNode(predicate), px.Literal(text, datatype=px.NamedNode(datatype)))


EVIDENCE = {"reified": reified, "rdf12": rdf12}
