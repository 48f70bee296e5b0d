"""Why: each statement of a thing with the words it rests on."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pyoxigraph as px

from kg.errors import QueryError, printable
from kg.query.labels import find_entity, label
from kg.rdf import iris
from kg.rdf.context import Context, read_context
from kg.rdf.terms import OA, PROV, TYPE, Quad, Term, Triple, shorten, text_of
from kg.release.nquads import Dataset
from kg.release.reader import Release, read_json


class Words(NamedTuple):
    """Quoted words, with the words before and after them, the source's id and the passage's IRI."""

    source: str
    passage: str
    prefix: str
    exact: str
    suffix: str


class Reason(NamedTuple):
    """A statement, and one fact it rests on: its basis, note, words and place in the files.

    A statement that the build itself made has the basis "build" and no fact; one of the ontology, "ontology".
    """

    statement: Triple
    basis: str
    fact: str = ""
    note: str = ""
    evidence: str = ""
    words: tuple[Words, ...] = ()
    place: str = ""


def why(release: Release, subject: px.NamedNode) -> Iterator[Reason]:
    """The reasons for each statement of subject: what facts say first, its type before the rest."""
    locations = read_json(release.path / "locations.json")
    dataset = Dataset(release.dataset)
    found = because(dataset, release.manifest["base"], dataset.about(subject.value))
    for reason in sorted(found, key=lambda reason: not reason.fact):
        file, line, column = locations.get(reason.fact, ["", 0, 0])
        yield reason._replace(place=f"{file}:{line}:{column}" if file else "")


Said = tuple[str, str, str, str, tuple[Words, ...]]  # of a fact: its basis, IRI, note, evidence and words


def because(dataset: Dataset, base: str, quads: Iterable[Quad], read: dict[str, Said] | None = None) -> list[Reason]:
    """The reasons for the statements among quads of the default graph: one for each fact whose graph holds it too.

    Types come first, then the others in the order of their N-Triples. `read` keeps the facts that were read, for who
    asks again.
    """
    read = {} if read is None else read
    graphs: dict[Triple, set[str]] = {}
    for quad in quads:
        graphs.setdefault(quad.triple, set()).add(text_of(quad.graph_name))
    found = []
    for triple in sorted(graphs, key=lambda triple: (triple.predicate != TYPE, str(triple))):
        if "" not in graphs[triple]:
            continue
        facts = sorted(graph for graph in graphs[triple] if iris.is_fact(base, graph))
        for fact in facts:
            if fact not in read:
                read[fact] = _said(fact, dataset, base)
            found.append(Reason(triple, *read[fact]))
        if not facts:
            basis = "ontology" if iris.graph(base, "ontology") in graphs[triple] else "build"
            found.append(Reason(triple, basis))
    return found


def _said(fact: str, dataset: Dataset, base: str) -> Said:
    said: dict[str, list[str]] = {}
    for quad in dataset.about(fact):
        said.setdefault(quad.predicate.value, []).append(text_of(quad.object))
    kg = iris.ontology(base)
    return (
        said.get(kg + "basis", [""])[0].removeprefix(kg),
        fact,
        said.get(kg + "note", [""])[0],
        said.get(kg + "evidence", [""])[0],
        tuple(sorted((words_of(p, dataset, base) for p in said.get(PROV + "wasQuotedFrom", ())), key=_offset)),
    )


def _offset(words: Words) -> tuple[str, int, int]:
    return words.source, *(iris.offsets(words.passage) or (0, 0))


def words_of(passage: str, dataset: Dataset, base: str) -> Words:
    """The words of a passage, by its IRI."""
    source = ""
    texts: dict[str, str] = {}
    for quad in dataset.about(passage):
        if quad.predicate.value == OA + "hasSource":
            source = iris.source_id(base, text_of(quad.object))
        elif quad.predicate.value == OA + "hasSelector":
            texts |= {part.predicate.value: text_of(part.object) for part in dataset.about(text_of(quad.object))}
    return Words(source, passage, texts.get(OA + "prefix", ""), texts[OA + "exact"], texts.get(OA + "suffix", ""))


def find_reasons(
    release: Release, store: px.Store, subject: str, predicate: str | None = None, value: str | None = None
) -> list[Reason]:
    """The reasons for the statements of a thing, with a property and a value where they are given, each by any name.

    Raises QueryError where a name means nothing in the graph or no statement is as asked.
    """
    base, prefixes = release.manifest["base"], release.manifest["prefixes"]
    try:
        node = find_entity(subject, store, base, prefixes)
    except ValueError as error:
        raise QueryError(str(error)) from None
    context = read_context(release.path / "context.jsonld", base)
    found = [
        reason
        for reason in why(release, node)
        if _is(reason.statement.predicate, predicate, store, context)
        and _is(reason.statement.object, value, store, context)
    ]
    if not found:
        asked = " ".join(filter(None, (predicate, value)))
        name, short = label(store, node.value), shorten(node.value, prefixes)
        called = f"{name} ({short})" if name else short
        raise QueryError(printable(f"{called} has no statement{f' {asked}' if asked else ''}"))
    return found


def words_of_context(release: Release) -> dict[str, str]:
    """The words of the facts by the IRIs that they stand for; of two words for one IRI, the first."""
    context = read_context(release.path / "context.jsonld", release.manifest["base"])
    return {term.iri: name for name, term in reversed(context.terms.items())} | {TYPE.value: "type"}


def _is(term: Term, asked: str | None, store: px.Store, context: Context) -> bool:
    """Whether a term is the one asked for: by word of the context, prefix:name, IRI, slug, label or text."""
    if asked is None:
        return True
    text = text_of(term)
    if not isinstance(term, px.NamedNode):
        return asked == text
    iris_ = {asked, asked.strip("<>"), context.expand(asked), context.document["@base"] + asked}
    return text in iris_ or label(store, text).casefold() == asked.casefold()
