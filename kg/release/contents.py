"""Contents: what a release holds beside its dataset, all made from the quads: dumps, description, shapes, search
index.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import pyoxigraph as px

from kg.rdf import iris
from kg.rdf.formats import FORMATS, GRAPHS
from kg.rdf.ontology import Vocabulary
from kg.rdf.serialize import write
from kg.rdf.terms import DEFAULT_GRAPH, OA, PROV, RDFS, SKOS, TYPE, Quad, Triple, text_of
from kg.release.search import Thing, Word, make_index
from kg.release.void import PREFIXES, About, Dump, describe


def contents(data: bytes, about: About, vocabulary: Vocabulary, prefixes: Mapping[str, str]) -> dict[str, bytes]:
    """The files of a release by name, from the bytes of its sorted N-Quads."""
    quads = list(px.parse(data, format=px.RdfFormat.N_QUADS))
    default = [quad.triple for quad in quads if quad.graph_name == DEFAULT_GRAPH]
    dumps = {kind: data if kind == "nquads" else write(quads, kind, prefixes, vocabulary.context) for kind in GRAPHS}
    sources = {text_of(quad.object) for quad in quads if quad.predicate.value == PROV + "wasDerivedFrom"}
    described = describe(about, default, sorted(sources), (_dump(kind, dump) for kind, dump in dumps.items()))
    return {
        "dataset.nq": data,
        **{f"downloads/{_file(kind)}": dump for kind, dump in dumps.items() if kind != "nquads"},
        "void.ttl": write(described, "turtle", {**prefixes, **PREFIXES}, vocabulary.context),
        "shapes.ttl": write(_canonical(vocabulary.shapes), "turtle", {**prefixes, **PREFIXES}, vocabulary.context),
        "search.sqlite": make_index(things(quads, about.base), words(default)),
    }


def _file(kind: str) -> str:
    return FORMATS[kind].dump


def _dump(kind: str, content: bytes) -> Dump:
    return Dump(_file(kind), kind, len(content), hashlib.sha256(content).hexdigest())


def _canonical(shapes: Iterable[Quad]) -> list[Triple]:
    """The shapes with blank nodes named by what they hold (RDF Dataset Canonicalization 1.0)."""
    dataset = px.Dataset(shapes)
    dataset.canonicalize(px.CanonicalizationAlgorithm.RDFC_1_0)
    return [quad.triple for quad in dataset]


def things(quads: Sequence[Quad], base: str) -> Iterator[Thing]:
    """What search can find: every entity that has a name, with the words that speak of it."""
    of: dict[str, dict[str, list[str]]] = {}
    degree: Counter[str] = Counter()
    entities, facts = iris.entity(base, ""), iris.fact(base, "")
    stated: dict[str, set[str]] = {}
    spoken: dict[str, set[str]] = {}
    for quad in quads:
        subject, value, graph = text_of(quad.subject), text_of(quad.object), text_of(quad.graph_name)
        if not graph:
            of.setdefault(subject, {}).setdefault(quad.predicate.value, []).append(value)
            degree.update((subject, value) if isinstance(quad.object, px.NamedNode) else (subject,))
        elif graph.startswith(facts):
            if quad.predicate == TYPE:
                stated.setdefault(subject, set()).add(value)
            for iri in (subject, value):
                spoken.setdefault(iri, set()).add(graph)
    quotes = _quotes(quads)
    for iri, said in of.items():
        if iri.startswith(entities) and (labels := sorted(said.get(SKOS + "prefLabel", ()))):
            types = sorted(said.get(TYPE.value, ()), key=lambda type_: (type_ not in stated.get(iri, ()), type_))
            words_ = {quote for fact in spoken.get(iri, ()) for quote in quotes.get(fact, ())}
            others = (*labels[1:], *sorted(said.get(SKOS + "altLabel", ())))
            yield Thing(iri, labels[0], others, tuple(types), tuple(sorted(words_)), degree[iri])


def _quotes(quads: Iterable[Quad]) -> dict[str, list[str]]:
    """The quoted words of each fact."""
    links: dict[str, dict[str, list[str]]] = {PROV + "wasQuotedFrom": {}, OA + "hasSelector": {}, OA + "exact": {}}
    for quad in quads:
        if quad.predicate.value in links and quad.graph_name != DEFAULT_GRAPH:
            links[quad.predicate.value].setdefault(text_of(quad.subject), []).append(text_of(quad.object))
    quoted, selected, exact = links.values()
    return {
        fact: [
            text for passage in passages for selector in selected.get(passage, ()) for text in exact.get(selector, ())
        ]
        for fact, passages in quoted.items()
    }


def words(triples: Sequence[Triple]) -> Iterator[Word]:
    """The classes and properties in use, each with its label and how often it is used."""
    labels = {text_of(t.subject): text_of(t.object) for t in triples if t.predicate.value == RDFS + "label"}
    classes = Counter(text_of(triple.object) for triple in triples if triple.predicate == TYPE)
    properties = Counter(triple.predicate.value for triple in triples)
    for kind, counts in (("class", classes), ("property", properties)):
        for iri, count in counts.items():
            yield Word(iri, labels.get(iri, ""), kind, count)
