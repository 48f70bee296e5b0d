"""Contents: what a release holds beside its dataset, all made from the sorted dataset file, which is read in portions.

Nothing here holds the dataset: what is needed of other subjects than the one being read, the statements that point at
it, is sorted aside first. Only the quoted words are kept in memory.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as px

from kg.errors import StoreError, UnwritableError
from kg.rdf import iris
from kg.rdf.context import Context
from kg.rdf.formats import FORMATS, GRAPHS
from kg.rdf.serialize import WRITERS, Writer, write
from kg.rdf.sorted_lines import Sorter, merged, side_by_side
from kg.rdf.terms import DEFAULT_GRAPH, OA, PROV, RDFS, SCHEMA, SKOS, TYPE, Quad, Triple, text_of
from kg.release.dcat import PREFIXES, About, Dump, describe
from kg.release.nquads import Dataset, parsed, portions, readable
from kg.release.search import most
from kg.release.search_index import Thing, Word, make_index
from kg.release.trig import LARGE, Job, finish, named_then_default, start, write_trig
from kg.release.void import Statistics, describe_contents

_LINKS = (PROV + "wasQuotedFrom", OA + "hasSelector", OA + "exact")  # from a fact to its quoted words
PLACE = SCHEMA + "Place"


EXAMPLES = 3  # things that VoID points out as a beginning


class Terms(NamedTuple):
    """What the texts of a release are written in: its prefixes and its context."""

    prefixes: Mapping[str, str]
    context: Context


def write_downloads(folder: Path, terms: Terms, base: str, scratch: Path) -> dict[str, str]:
    """Write the whole graph in every format, and the search index, from `dataset.nq`, `default.nt` and `context.jsonld`
    in a folder; what comes back says why a format was left out, by its name.

    `scratch` is a folder for what is sorted on the way.
    """
    downloads = folder / "downloads"
    downloads.mkdir(exist_ok=True)
    dataset, default = folder / "dataset.nq", downloads / FORMATS["ntriples"].dump
    (folder / "default.nt").rename(default)
    aside = _aside(dataset, default, base, scratch)
    prefixes = used_in(dataset, terms.prefixes)
    job = Job(downloads / FORMATS["trig"].dump, default, aside.by_graph, folder / "context.jsonld", base, prefixes)
    if aside.quads < LARGE:
        write_trig(job)
        return _write_default(folder, default, aside, terms, base)
    process = start(job)
    left_out = _write_default(folder, default, aside, terms, base)
    finish(process)
    return left_out


def _write_default(folder: Path, default: Path, aside: "Aside", terms: Terms, base: str) -> dict[str, str]:
    """Write the formats without graphs and the search index in one pass over the default graph."""
    with ExitStack() as stack:
        prefixes = used_in(default, terms.prefixes)
        kinds = ("turtle", "jsonld", "rdfxml")
        writers = {kind: _Optional(_writer(kind, default.parent, stack, prefixes, terms)) for kind in kinds}
        words: Counter[tuple[str, str]] = Counter()
        subjects = _subjects(default, tuple(writers.values()), words)
        dataset = stack.enter_context(closing(Dataset(folder / "dataset.nq")))
        make_index(folder / "search.sqlite", things(subjects, aside, base), _words(words, dataset))
        for writer in writers.values():
            writer.end()
    left_out = {kind: writer.reason for kind, writer in writers.items() if writer.reason}
    for kind in left_out:
        (default.parent / FORMATS[kind].dump).unlink()
    return left_out


class _Optional:
    """A writer that stops where its format cannot hold what it is given, and keeps the reason."""

    def __init__(self, writer: Writer) -> None:
        self._writer, self.reason = writer, ""

    def put(self, items: list[Triple]) -> None:
        """Write a portion, unless one before it could not be written."""
        if not self.reason:
            try:
                self._writer.put(items)
            except UnwritableError as error:
                self.reason = str(error)

    def end(self) -> None:
        """Write what closes the file."""
        self._writer.end()


def _writer(kind: str, folder: Path, stack: ExitStack, prefixes: Mapping[str, str], terms: Terms) -> Writer:
    out = stack.enter_context((folder / FORMATS[kind].dump).open("wb"))
    return WRITERS[kind](out, prefixes, terms.context)


def used_in(path: Path, prefixes: Mapping[str, str]) -> dict[str, str]:
    """The prefixes that some IRI of a file of N-Triples or N-Quads begins with, by name."""
    sought = {name: b"<" + space.encode() for name, space in prefixes.items()}
    found: set[str] = set()
    end = b""
    with path.open("rb") as file:
        while (block := file.read(1 << 24)) and len(found) < len(sought):
            block = end + block
            found |= {name for name in sought.keys() - found if sought[name] in block}
            end = block[-200:]
    return {name: space for name, space in sorted(prefixes.items()) if name in found}


class Aside(NamedTuple):
    """What stands elsewhere in a dataset file than where it is needed: runs of lines that begin with the entity that
    they tell of (`Told`), or with the graph of a quad; what each fact that quotes rests on; how many quads there are.
    """

    told: tuple[Path, ...]
    by_graph: tuple[Path, ...]
    support: Mapping[str, "Support"]
    quads: int


class Support(NamedTuple):
    """What a fact rests on: its quoted words, the ids of their sources, and how they support it."""

    quotes: tuple[str, ...]
    sources: tuple[str, ...]
    basis: str


def _aside(dataset: Path, default: Path, base: str, scratch: Path) -> Aside:
    """What of a dataset file is sorted anew, in one pass beside its default graph."""
    told, by_graph = Sorter(scratch / "told"), Sorter(scratch / "by-graph")
    entity, fact = (f"<{iri}".encode() for iri in (iris.entity(base, ""), iris.fact(base, "")))
    links = {f"<{iri}>".encode() for iri in _LINKS}
    basis, reference = (f"<{iris.ontology(base)}{name}>".encode() for name in ("basis", "reference"))
    type_ = f"<{TYPE.value}>".encode()
    quotes: list[bytes] = []
    quads = 0
    for quads, (line, graph) in enumerate(_named(dataset, default), start=1):  # noqa: B007  (how many there were)
        subject, predicate, value, _ = line.split(b" ", 3)
        if not graph:
            if value.startswith(entity):
                told.put(b"%b pointing %b %b\n" % (value, subject, predicate))
            continue
        by_graph.put(graph + b" " + line)
        if graph.startswith(fact):
            for end in (subject, value):
                if end.startswith(entity):
                    told.put(b"%b fact %b\n" % (end, graph))
            if predicate == type_:
                told.put(b"%b type %b\n" % (subject, value))
        elif predicate in links or (predicate == basis and not value.startswith(reference)):
            quotes.append(line)
    return Aside(tuple(told.close()), tuple(by_graph.close()), _support(parsed(quotes), base), quads)


def _subjects(
    path: Path, writers: Sequence[Writer], words: Counter[tuple[str, str]]
) -> Iterator[tuple[str, list[Triple]]]:
    """Each subject of a file of sorted N-Triples with its triples. On the way the writers get them all, and the classes
    and properties that they use are counted.
    """
    with path.open("rb") as file:
        for portion in portions(file):
            triples = [quad.triple for quad in parsed(readable(portion))]
            for writer in writers:
                writer.put(triples)
            words.update(("property", triple.predicate.value) for triple in triples)
            words.update(("class", text_of(triple.object)) for triple in triples if triple.predicate == TYPE)
            for subject, group in groupby(triples, key=attrgetter("subject.value")):
                yield subject, list(group)


def by_graph(dataset: Path, default: Path, scratch: Path) -> Iterator[list[Quad]]:
    """The quads of a dataset file in portions, in order of their graphs, those of the default graph last.

    `default` is the default graph, sorted as the dataset is; `scratch` a folder for what is sorted on the way.
    """
    sorter = Sorter(scratch)
    for line, graph in _named(dataset, default):
        if graph:
            sorter.put(graph + b" " + line)
    yield from named_then_default(sorter.close(), default)


def _named(dataset: Path, default: Path) -> Iterator[tuple[bytes, bytes]]:
    """The lines of a dataset, each with the name of its graph in <>, empty for the default graph."""
    with dataset.open("rb") as whole, default.open("rb") as part:
        for line, in_default in side_by_side(whole, part):
            if line is None:
                raise StoreError(f"{default}: not the default graph of {dataset.name}; run `kg build` again")
            yield line, b"" if in_default else line[line.rindex(b" <") + 1 : -len(b" .\n")]


def things(subjects: Iterable[tuple[str, list[Triple]]], aside: Aside, base: str) -> Iterator[Thing]:
    """What search can find: every entity that has a name, with the words that speak of it."""
    told = Told(merged(aside.told))
    earliest = iris.ontology(base) + "earliest"
    for iri, triples in subjects:
        if iris.is_entity(base, iri):
            about = told.of(iri)
            said: dict[str, list[str]] = {}
            for triple in triples:
                said.setdefault(triple.predicate.value, []).append(text_of(triple.object))
            if labels := sorted(said.get(SKOS + "prefLabel", ())):
                stated = about.get("type", ())
                types = sorted(said.get(TYPE.value, ()), key=lambda type_: (type_ not in stated, type_))
                others = (*labels[1:], *sorted(said.get(SKOS + "altLabel", ())))
                rests = [aside.support.get(fact, REFERENCE) for fact in sorted(set(about.get("fact", ())))]
                quotes = sorted({quote for support in rests for quote in support.quotes})
                pointing = about.get("pointing", ())
                days = sorted(filter(None, map(_day, said.get(earliest, ()))))
                facets = (
                    *(("year", str(year)) for year in sorted({day[0] for day in days})),
                    *(("source", source) for source in sorted({s for support in rests for s in support.sources})),
                    *(("basis", basis) for basis in sorted({support.basis for support in rests})),
                )
                yield Thing(
                    iri,
                    labels[0],
                    others,
                    tuple(types),
                    tuple(quotes),
                    len(triples) + len(pointing),
                    days[0][0] * 372 + days[0][1] * 31 + days[0][2] if days else None,
                    facets,
                    tuple(sorted({one.partition("> <")[0] for one in pointing})) if PLACE in types else (),
                    tuple(_codes(triples)),
                )


REFERENCE = Support((), (), "reference")  # what a fact that quotes nothing rests on


def _codes(triples: Iterable[Triple]) -> list[str]:
    """The short texts without a language that a thing has: identifiers and dates, as they are written."""
    texts = {t.object.value for t in triples if isinstance(t.object, px.Literal) and not t.object.language}
    return sorted(text for text in texts if 1 < len(text) <= CODE and not text.startswith("http"))


CODE = 40  # characters of an identifier


def _day(text: str) -> tuple[int, int, int] | None:
    """The year, month and day of an xsd:date."""
    found = re.fullmatch(r"(-?\d{4,})-(\d\d)-(\d\d)", text)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


class Told:
    """What is told of things elsewhere than among their own triples, read beside these, in the same order.

    A line is the thing in <>, and: `pointing` with the subject and property of a triple whose object it is; `fact` with
    a fact that speaks of it; `type` with a type that a fact gives it.
    """

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines = lines
        self._next = next(lines, b"")

    def of(self, iri: str) -> dict[str, list[str]]:
        """What is told of a thing, by kind; things are asked for in the order of their lines."""
        subject = f"<{iri}> ".encode()
        found: dict[str, list[str]] = {}
        while self._next and self._next < subject:
            self._next = next(self._lines, b"")
        while self._next.startswith(subject):
            kind, _, value = self._next[len(subject) : -1].decode().partition(" ")
            found.setdefault(kind, []).append(value.strip("<>"))
            self._next = next(self._lines, b"")
        return found


def _support(quads: Iterable[Quad], base: str) -> dict[str, Support]:
    """What each fact that quotes words rests on."""
    links: dict[str, dict[str, list[str]]] = {predicate: {} for predicate in (*_LINKS, iris.ontology(base) + "basis")}
    for quad in quads:
        links[quad.predicate.value].setdefault(text_of(quad.subject), []).append(text_of(quad.object))
    quoted, selected, exact, bases = links.values()
    return {
        fact: Support(
            tuple(
                text
                for passage in passages
                for selector in selected.get(passage, ())
                for text in exact.get(selector, ())
            ),
            tuple(iris.source_id(base, passage) for passage in passages),
            iris.local(next(iter(bases.get(fact, ["stated"])))),
        )
        for fact, passages in quoted.items()
    }


def _words(counts: Mapping[tuple[str, str], int], dataset: Dataset) -> Iterator[Word]:
    """The classes and properties in use, each with its label and how often it is used."""
    for (kind, iri), count in counts.items():
        labels = [
            text_of(quad.object)
            for quad in dataset.about(iri)
            if quad.predicate.value == RDFS + "label" and quad.graph_name == DEFAULT_GRAPH
        ]
        yield Word(iri, labels[-1] if labels else "", kind, count)


def write_descriptions(
    folder: Path, about: About, counted: Statistics, shapes: Sequence[Triple], terms: Terms
) -> list[Triple]:
    """Write the shapes, and the description of the dataset, whose dumps and index are there; give the description."""
    dumps = [_dump(kind, folder) for kind in GRAPHS if _path(kind, folder).is_file()]
    examples = [hit.iri for hit in most(folder / "search.sqlite", EXAMPLES)]
    described = [*describe(about, counted.sources, dumps), *describe_contents(about.base, counted, examples)]
    prefixes = {**terms.prefixes, **PREFIXES}
    (folder / "void.ttl").write_bytes(write(described, "turtle", prefixes, terms.context))
    (folder / "shapes.ttl").write_bytes(write(shapes, "turtle", prefixes, terms.context))
    return described


def _path(kind: str, folder: Path) -> Path:
    return folder / "dataset.nq" if kind == "nquads" else folder / "downloads" / FORMATS[kind].dump


def _dump(kind: str, folder: Path) -> Dump:
    path = _path(kind, folder)
    with path.open("rb") as file:
        return Dump(FORMATS[kind].dump, kind, path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def canonical(shapes: Iterable[Quad]) -> list[Triple]:
    """The shapes with blank nodes named by what they hold (RDF Dataset Canonicalization 1.0)."""
    dataset = px.Dataset(shapes)
    dataset.canonicalize(px.CanonicalizationAlgorithm.RDFC_1_0)
    return [quad.triple for quad in dataset]
