"""Why: each statement of a thing with the words it rests on."""

import csv
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import NamedTuple

import pyoxigraph as px

from kg.errors import QueryError, printable
from kg.query import resource
from kg.query.labels import find_entity, label
from kg.rdf import iris
from kg.rdf.context import Context, read_context
from kg.rdf.terms import OA, PROV, TYPE, Quad, Term, Triple, shorten, text_of
from kg.release.nquads import Dataset
from kg.release.reader import Release, read_json
from kg.release.rows import rows
from kg.stores.base import Store


class Words(NamedTuple):
    """Quoted words, with the words before and after them, the source's id and the passage's IRI; `page` is the page of
    the document, "" where that has none.
    """

    source: str
    passage: str
    prefix: str
    exact: str
    suffix: str
    page: str = ""


class Reason(NamedTuple):
    """A statement, and one fact it rests on: its basis, note, words and place in the files.

    A statement of a table has the basis "table", and the row or the table in the place of a fact. One that the build
    itself made has the basis "build" and no fact; one of the ontology, "ontology".
    """

    statement: Triple
    basis: str
    fact: str = ""
    note: str = ""
    evidence: str = ""
    words: tuple[Words, ...] = ()
    place: str = ""


def why(release: Release, store: Store, node: px.NamedNode) -> Iterator[Reason]:
    """The reasons for each statement of a thing, then for those that facts make of others with it as their object.

    What facts say comes first, the type before the rest. Of a passage, the reasons that rest on its words.
    """
    locations = read_json(release.path / "locations.json")
    base = release.manifest["base"]
    with closing(Dataset(release.dataset)) as dataset:
        if iris.offsets(node.value):
            own: list[Reason] = []
            pointing = [quad for fact in _quoting(store, node) for quad in _content(dataset, store, fact)]
        else:
            own = because(dataset, base, dataset.about(node.value))
            subjects = sorted({text_of(quad.subject) for quad in resource.incoming(store, node.value)} - {node.value})
            things = (subject for subject in subjects if iris.is_entity(base, subject))
            pointing = [quad for thing in things for quad in dataset.about(thing) if quad.object == node]
        found = sorted(own, key=lambda reason: not reason.fact)
        for reason in (*found, *(reason for reason in because(dataset, base, pointing) if reason.fact)):
            file, line, column = locations.get(reason.fact, ["", 0, 0])
            yield reason._replace(place=f"{file}:{line}:{column}" if file else "")


def _quoting(store: Store, passage: px.NamedNode) -> list[str]:
    """The facts that quote a passage."""
    return sorted(
        {text_of(q.subject) for q in store.quads_for_pattern(None, px.NamedNode(PROV + "wasQuotedFrom"), passage)}
    )


def _content(dataset: Dataset, store: Store, fact: str) -> Iterator[Quad]:
    """The statements of a fact, in its graph and in the default graph."""
    for subject in sorted(
        {text_of(quad.subject) for quad in store.quads_for_pattern(None, None, None, px.NamedNode(fact))}
    ):
        quads = dataset.about(subject)
        said = {quad.triple for quad in quads if text_of(quad.graph_name) == fact}
        yield from (quad for quad in quads if quad.triple in said)


Said = tuple[str, str, str, str, tuple[Words, ...]]  # of a fact: its basis, IRI, note, evidence and words


def because(dataset: Dataset, base: str, quads: Iterable[Quad], read: dict[str, Said] | None = None) -> list[Reason]:
    """The reasons for the statements among quads of the default graph: one for each fact whose graph holds it too.

    Types come first, then the others in the order of their N-Triples. `read` keeps the facts that were read, for who
    asks again.
    """
    read = {} if read is None else read
    tables = _Tables(dataset, base, read)
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
                read[fact] = said_of(fact, dataset, base)
            found.append(Reason(triple, *read[fact]))
        if not facts and graphs[triple] == {""} and (made := tables.reasons(triple)):
            found += made
        elif not facts:
            basis = "ontology" if iris.graph(base, "ontology") in graphs[triple] else "build"
            found.append(Reason(triple, basis))
    return found


class _Tables:
    """The rows and tables from which things are derived, each thing looked up once."""

    def __init__(self, dataset: Dataset, base: str, read: dict[str, Said]) -> None:
        self._dataset, self._base, self._read = dataset, base, read
        self._origins: dict[str, list[str]] = {}

    def reasons(self, triple: Triple) -> list[Reason]:
        """The reasons for a statement that no fact makes: the rows, or else the tables, from which its subject is
        derived, of those tables that say its property. Of several rows, those that have the value in a cell, where any
        has.
        """
        predicate = triple.predicate.value
        every = self._of(text_of(triple.subject))
        origins = [one for one in every if _says(self._dataset, iris.source_id(self._base, one), predicate)]
        if len(origins) > 1:
            value = text_of(triple.object)
            own = {value.casefold(), iris.slug(self._base, value).casefold()}
            origins = [one for one in origins if own & _cells(self._said(one))] or origins[:1]
        return [Reason(triple, *self._said(origin)) for origin in origins]

    def _of(self, subject: str) -> list[str]:
        if subject not in self._origins:
            provenance = iris.graph(self._base, "provenance")
            self._origins[subject] = [
                text_of(quad.object)
                for quad in self._dataset.about(subject)
                if quad.predicate.value == PROV + "wasDerivedFrom" and text_of(quad.graph_name) == provenance
            ]
        return self._origins[subject]

    def _said(self, origin: str) -> Said:
        if origin not in self._read:
            ident, number = iris.source_id(self._base, origin), iris.row_number(origin)
            texts = rows(self._dataset.folder, ident, number, number) if number else ()
            words = tuple(Words(ident, origin, "", text, "") for _, text in texts)
            self._read[origin] = "table", origin, "", "" if words else f"the table {ident}", words
        return self._read[origin]


def _says(dataset: Dataset, table: str, predicate: str) -> bool:
    """Whether a table says a property."""
    said = dataset.tables.get(table, {}).get("says", ())
    return any(one == predicate or (one.endswith("*") and predicate.startswith(one[:-1])) for one in said)


def _cells(said: Said) -> set[str]:
    """The cells of the row that a statement is derived from, in small letters."""
    return {cell.strip().casefold() for words in said[4] for cell in next(csv.reader([words.exact]), [])}


def said_of(fact: str, dataset: Dataset, base: str) -> Said:
    """What is said of a fact: its basis, IRI, note, evidence, and the words it rests on, in their order."""
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
    source = page = ""
    texts: dict[str, str] = {}
    for quad in dataset.about(passage):
        if quad.predicate.value == iris.ontology(base) + "page":
            page = text_of(quad.object)
        if quad.predicate.value == OA + "hasSource":
            source = iris.source_id(base, text_of(quad.object))
        elif quad.predicate.value == OA + "hasSelector":
            texts |= {part.predicate.value: text_of(part.object) for part in dataset.about(text_of(quad.object))}
    return Words(source, passage, texts.get(OA + "prefix", ""), texts[OA + "exact"], texts.get(OA + "suffix", ""), page)


def find_reasons(
    release: Release, store: Store, subject: str, predicate: str | None = None, value: str | None = None
) -> list[Reason]:
    """The reasons for the statements of a thing, with a property and a value where they are given, each by any name.

    Raises QueryError where a name means nothing in the graph or no statement is as asked.
    """
    base, prefixes = release.manifest["base"], release.manifest["prefixes"]
    subject = release.manifest.get("renamed", {}).get(subject, subject)
    try:
        passage = subject if subject.startswith(base) else iris.source(base, subject)
        node = px.NamedNode(passage) if iris.offsets(passage) else find_entity(subject, store, base, prefixes)
    except ValueError as error:
        raise QueryError(str(error)) from None
    context = read_context(release.path / "context.jsonld", base)
    every = list(why(release, store, node))
    found = [
        reason
        for reason in every
        if _is(reason.statement.predicate, predicate, store, context)
        and _is(
            reason.statement.object if reason.statement.subject == node else reason.statement.subject,
            value,
            store,
            context,
        )
    ]
    if not found:
        raise QueryError(printable(_missing(release, store, node, every, " ".join(filter(None, (predicate, value))))))
    return found


def _missing(release: Release, store: Store, node: px.NamedNode, every: Iterable[Reason], asked: str) -> str:
    """What to say where nothing is said as asked: what there is instead."""
    prefixes = release.manifest["prefixes"]
    if iris.offsets(node.value):
        return f"no fact quotes the passage {node.value}; the page of its source shows those that are quoted"
    words = words_of_context(release)
    own: set[str] = set()
    others: set[str] = set()
    for reason in every:
        if reason.fact:
            predicate = reason.statement.predicate.value
            side = own if reason.statement.subject == node else others
            side.add(words.get(predicate) or shorten(predicate, prefixes))
    name, short = label(store, node.value), shorten(node.value, prefixes)
    called = f"{name} ({short})" if name else short
    said = f"; it has {', '.join(sorted(own))}" if own else ""
    named = f"; it is named as {', '.join(sorted(others))} by others" if others else ""
    return f"{called} has no statement{f' {asked}' if asked else ''}{said}{named}"


def words_of_context(release: Release) -> dict[str, str]:
    """The words of the facts by the IRIs that they stand for; of two words for one IRI, the first."""
    context = read_context(release.path / "context.jsonld", release.manifest["base"])
    return {term.iri: name for name, term in reversed(context.terms.items())} | {TYPE.value: "type"}


def _is(term: Term, asked: str | None, store: Store, context: Context) -> bool:
    """Whether a term is the one asked for: by word of the context, prefix:name, IRI, slug, label or text."""
    if asked is None:
        return True
    text = text_of(term)
    if not isinstance(term, px.NamedNode):
        return asked == text
    iris_ = {asked, asked.strip("<>"), context.expand(asked), context.document["@base"] + asked}
    return text in iris_ or label(store, text).casefold() == asked.casefold()
