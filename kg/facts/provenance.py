"""Provenance: what the graph says of each fact, its passages and its source.

PROV-O for what a fact was quoted from or attributed to, Web Annotation selectors and RFC 5147 fragments for
the passages.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import pyoxigraph as px

from kg.facts.convert import Fact
from kg.facts.quotes import Passage, around
from kg.facts.records import Record
from kg.facts.sources import Source
from kg.rdf import iris
from kg.rdf.terms import DC, DCTERMS, OA, PROV, RDF, SCHEMA, TYPE, XSD

PDF_FRAGMENTS = "http://tools.ietf.org/rfc/rfc3778"  # as Web Annotation names them (4.2.1)


def provenance(
    facts: Iterable[tuple[Fact, Sequence[Passage]]], sources: Mapping[str, Source], base: str
) -> Iterator[bytes]:
    """What the provenance graph says of facts and of the passages that they quote, as lines of N-Quads."""
    end = _end(base)
    seen: set[Passage] = set()
    for fact, passages in facts:
        subject = f"<{fact.iri}> "
        for said in _of_fact(fact.record, passages, base):
            yield f"{subject}{said}{end}".encode()
        for passage in passages:
            if passage not in seen:
                seen.add(passage)
                for part, said in _of_passage(passage, sources[passage.source], base):
                    yield f"<{part}> {said}{end}".encode()


def origins(sources: Iterable[Source], base: str, curators: str) -> Iterator[bytes]:
    """What the provenance graph says of the sources, and of the curators by their name, "" where nothing is theirs, as
    lines of N-Quads.
    """
    end = _end(base)
    for source in sources:
        for said in _of_source(source, base):
            yield f"<{iris.source(base, source.id)}> {said}{end}".encode()
    if curators:
        for said in (_iri(TYPE.value, PROV + "Agent"), _text(SCHEMA + "name", curators)):
            yield f"<{iris.curators(base)}> {said}{end}".encode()


def _end(base: str) -> str:
    return f" <{iris.graph(base, 'provenance')}> .\n"


def _iri(predicate: str, iri: str) -> str:
    return f"<{predicate}> <{iri}>"


def _text(predicate: str, text: str, datatype: str = XSD + "string") -> str:
    return f"<{predicate}> {px.Literal(text, datatype=px.NamedNode(datatype))}"


def _of_fact(record: Record, passages: Sequence[Passage], base: str) -> Iterator[str]:
    """What is said of one fact: its basis and note, and its passages or the curators."""
    kg = iris.ontology(base)
    yield _iri(TYPE.value, PROV + "Entity")
    yield _iri(TYPE.value, kg + "Fact")
    yield _iri(kg + "basis", kg + record.basis)
    if record.note:
        yield _text(kg + "note", record.note)
    if record.evidence:
        yield _text(kg + "evidence", record.evidence)
    if record.drafted:
        yield _text(kg + "draftedBy", record.drafted)
    if not record.source:
        yield _iri(PROV + "wasAttributedTo", iris.curators(base))
        return
    source = iris.source(base, record.source)
    yield _iri(PROV + "wasDerivedFrom", source)
    for passage in passages:
        yield _iri(PROV + "wasQuotedFrom", iris.passage(source, passage.start, passage.end))


def _of_passage(passage: Passage, origin: Source, base: str) -> Iterator[tuple[str, str]]:
    """What is said of one passage of a source's text and its selectors: its words, the words around, its offsets, and
    the pages of the document (RFC 3778, 3: `page=12`).
    """
    text = origin.text
    source = iris.source(base, passage.source)
    start, end = passage.start, passage.end
    subject = iris.passage(source, start, end)
    quote = iris.selector(source, "quote", start, end)
    position = iris.selector(source, "position", start, end)
    before, after = around(text, start, end)
    yield subject, _iri(TYPE.value, iris.ontology(base) + "Passage")
    yield subject, _iri(TYPE.value, PROV + "Entity")
    yield subject, _iri(TYPE.value, OA + "SpecificResource")
    yield subject, _iri(OA + "hasSource", source)
    yield subject, _iri(OA + "hasSelector", quote)
    yield subject, _iri(OA + "hasSelector", position)
    yield quote, _iri(TYPE.value, OA + "TextQuoteSelector")
    for name, words in (("exact", text[start:end]), ("prefix", before), ("suffix", after)):
        yield quote, _text(OA + name, words)
    yield position, _iri(TYPE.value, OA + "TextPositionSelector")
    yield position, _text(OA + "start", str(start), XSD + "integer")
    yield position, _text(OA + "end", str(end), XSD + "integer")
    if first := origin.page_at(start):
        last = origin.page_at(end - 1)
        page = iris.selector(source, "page", start, end)
        labels = dict.fromkeys(origin.pages[number - 1].label for number in (first, last))
        yield subject, _text(iris.ontology(base) + "page", "–".join(labels))
        yield subject, _iri(OA + "hasSelector", page)
        yield page, _iri(TYPE.value, OA + "FragmentSelector")
        yield page, _iri(DCTERMS + "conformsTo", PDF_FRAGMENTS)
        yield page, _text(RDF + "value", f"page={first}")


def _of_source(source: Source, base: str) -> Iterator[str]:
    """What `data/sources.yaml` says of a document."""
    yield _iri(TYPE.value, iris.ontology(base) + "Source")
    yield _iri(TYPE.value, PROV + "Entity")
    yield _text(SCHEMA + "sha256", source.sha256)
    for language in source.languages:
        yield _text(DC + "language", language)
    yield _text(DCTERMS + "title", source.title)
    for name in ("publisher", "rights"):
        if text := getattr(source, name):
            yield _text(DC + name, text)
    if source.url:
        yield _iri(SCHEMA + "url", source.url)
    if source.revises:
        yield _iri(PROV + "wasRevisionOf", iris.source(base, source.revises))
    if source.retrieved:
        yield _text(iris.ontology(base) + "retrieved", source.retrieved, XSD + "date")
