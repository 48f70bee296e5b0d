"""Serialize: quads and triples in every format, in one stable order, so that two files can be compared line by line.

Formats without named graphs get the default graph, which holds every statement. A writer takes portions, of which each
holds all that there is of its subjects (of its graphs, for TriG), so that a file of any size needs the memory of one.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import IO, Any, Protocol
from xml.parsers.expat import ExpatError, ParserCreate

import pyoxigraph as px

from kg.errors import UnwritableError
from kg.rdf.context import Context
from kg.rdf.formats import DATASETS
from kg.rdf.jsonld import compactor
from kg.rdf.terms import DEFAULT_GRAPH, TYPE, Quad, Term, Triple, text_of

_DEFAULT = (None, DEFAULT_GRAPH)


def serialize(
    items: Iterable[Quad] | Iterable[Triple], syntax: px.RdfFormat, prefixes: Mapping[str, str] | None = None
) -> bytes:
    """The quads or triples in a format, in the order given; UnwritableError where RDF/XML cannot hold them."""
    if syntax == px.RdfFormat.RDF_XML:
        found: list[Any] = list(items)
        items = found
        for predicate in sorted({item.predicate.value for item in found}):
            if not _is_qname(predicate):
                raise UnwritableError(
                    f"RDF/XML cannot write the predicate <{predicate}>, whose end is not a valid XML name "
                    f"(RDF/XML, 2.4); {_INSTEAD}"
                )
    data = px.serialize(items, format=syntax, prefixes=dict(prefixes) if prefixes else None) or b""
    return xml(data, f"RDF/XML: {_INSTEAD}") if syntax == px.RdfFormat.RDF_XML else data


_INSTEAD = "take Turtle, JSON-LD or N-Triples"
_NO_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")


def xml(data: bytes, instead: str) -> bytes:
    """XML with its carriage returns written so that a reader keeps them; UnwritableError for what no XML can hold.

    XML 1.0, 2.2 and 2.11. `instead` says what to do.
    """
    if found := _NO_XML.search(data):
        raise UnwritableError(f"the text holds U+{ord(found[0].decode()):04X}, which XML cannot hold; {instead}")
    return data.replace(b"\r", b"&#xD;")


@lru_cache(10_000)
def _is_qname(predicate: str) -> bool:
    """Whether the name that the serializer makes of a predicate is one of XML and means the same."""
    triple = Triple(px.BlankNode("s"), px.NamedNode(predicate), px.Literal(""))
    names: list[str] = []
    reader = ParserCreate(namespace_separator="")
    reader.StartElementHandler = lambda name, _: names.append(name)
    try:
        reader.Parse(px.serialize([triple], format=px.RdfFormat.RDF_XML) or b"", True)
    except ExpatError:
        return False
    return names[-1] == predicate


def lines_of(items: Iterable[Quad] | Iterable[Triple], syntax: px.RdfFormat = px.RdfFormat.N_QUADS) -> list[bytes]:
    """The lines of quads in N-Quads, or of triples in N-Triples, in the order given, each with its line feed."""
    return serialize(items, syntax).splitlines(keepends=True)


def nquads(quads: Iterable[Quad]) -> list[bytes]:
    """The lines of quads in N-Quads (RDF 1.1 N-Quads, 2), sorted by bytes, each once, without line ends.

    With no blank node in them this is their canonical form: a diff of it is a diff of the graph.
    """
    return sorted({line.rstrip(b"\n") for line in lines_of(quads)})


def write(items: Iterable[Any], kind: str, prefixes: Mapping[str, str], context: Context) -> bytes:
    """Quads or triples in a format by name, in the order people read in; of quads, formats without graphs get the
    default graph.
    """
    return write_each(items, (kind,), prefixes, context)[kind]


def write_each(
    items: Iterable[Any], kinds: Iterable[str], prefixes: Mapping[str, str], context: Context
) -> dict[str, bytes]:
    """The same in each of several formats, by their names."""
    items, written = list(items), {}
    ready: dict[bool, tuple[list[Any], dict[str, str]]] = {}  # what formats with and without graphs hold
    for kind in kinds:
        graphs = kind in DATASETS
        if graphs not in ready:
            found = ordered(for_format(items, kind))
            ready[graphs] = found, used(found, prefixes)
        found, said = ready[graphs]
        out = io.BytesIO()
        writer = WRITERS[kind](out, said, context)
        writer.put(found)
        writer.end()
        written[kind] = out.getvalue()
    return written


def for_format(items: Iterable[Any], kind: str) -> set[Any]:
    """What a format can hold of quads and triples: all of the quads, or the triples of the default graph."""
    if kind in DATASETS:
        return set(items)
    return {getattr(item, "triple", item) for item in items if getattr(item, "graph_name", None) in _DEFAULT}


def ordered(items: Iterable[Any]) -> list[Any]:
    """Quads or triples by graph, subject, then type before other predicates: the order people read in."""
    return sorted(
        items,
        key=lambda item: (
            str(getattr(item, "graph_name", "")),
            str(item.subject),
            item.predicate != TYPE,
            item.predicate.value,
            str(item.object),
        ),
    )


def used(items: Iterable[Any], prefixes: Mapping[str, str]) -> dict[str, str]:
    """The prefixes that some IRI begins with, by name."""
    text = "\n".join({iri for item in items for iri in _iris(item)})
    return {name: space for name, space in sorted(prefixes.items()) if space in text}


def _iris(item: Any) -> Iterator[str]:
    for term in (item.subject, item.predicate, item.object, getattr(item, "graph_name", None)):
        if isinstance(term, px.NamedNode):
            yield term.value
        elif isinstance(term, px.Literal):
            yield term.datatype.value
        elif isinstance(term, px.Triple):
            yield from _iris(term)


class Writer(Protocol):
    """Writes a file in one format: any number of portions in their order, then the end."""

    def put(self, items: list[Any]) -> None:
        """Write a portion: ordered quads or triples that share no subject (no graph, in TriG) with another portion."""

    def end(self) -> None:
        """Write what closes the file."""


class _Lines:
    """N-Triples, sorted by bytes; N-Quads likewise."""

    def __init__(self, out: IO[bytes], syntax: px.RdfFormat) -> None:
        self._out, self._syntax = out, syntax

    def put(self, items: list[Any]) -> None:
        """Write a portion."""
        self._out.writelines(sorted(lines_of(items, self._syntax)))

    def end(self) -> None:
        """Nothing closes the file."""


class _Turtle:
    """Turtle or TriG with its prefixes sorted, an empty line before each subject and graph, and spaces for tabs.

    The serializer escapes line ends and tabs within literals, so that each line's beginning tells what it is.
    """

    def __init__(self, out: IO[bytes], syntax: px.RdfFormat, prefixes: Mapping[str, str]) -> None:
        self._out, self._syntax, self._prefixes = out, syntax, prefixes
        self._begun = False
        self._open = ""  # the line that begins the graph of the last portion, which the next one may go on with

    def put(self, items: list[Any]) -> None:
        """Write a portion."""
        lines = serialize(items, self._syntax, self._prefixes).decode().split("\n")[:-1]
        head = sorted(line for line in lines if line.startswith("@prefix "))
        body = lines[len(head) :]
        if self._begun:
            head = []
        self._begun = True
        begun = [line for line in body if line.endswith(" {") and not line.startswith("\t")]
        if self._open and body[:1] == [self._open]:
            body = body[1:]
        elif self._open:
            head.append("}")
        self._open = ""
        if body and body[-1] == "}":
            self._open = begun[-1]
            body = body[:-1]
        self._write((*head, *body))

    def end(self) -> None:
        """Write what closes the file."""
        if self._open:
            self._write(("}",))

    def _write(self, lines: Iterable[str]) -> None:
        spaced = []
        for line in lines:
            if line and not line.startswith(("\t", "@prefix ", "}")):
                spaced.append("")
            indent = len(line) - len(line.lstrip("\t"))
            spaced.append("    " * indent + line[indent:] + "\n")
        self._out.write("".join(line or "\n" for line in spaced).encode())


class _RdfXml:
    """RDF/XML: the serializer's own root element around the nodes of all portions."""

    def __init__(self, out: IO[bytes], prefixes: Mapping[str, str]) -> None:
        self._out, self._prefixes = out, prefixes
        empty = serialize([], px.RdfFormat.RDF_XML, prefixes)
        self._head, self._tail = empty[: empty.rindex(b"\n") + 1], empty[empty.rindex(b"\n") :]
        self._out.write(self._head.rstrip(b"\n"))

    def put(self, items: list[Any]) -> None:
        """Write a portion."""
        data = serialize(items, px.RdfFormat.RDF_XML, self._prefixes)
        self._out.write(data[len(self._head) - 1 : -len(self._tail)])

    def end(self) -> None:
        """Write what closes the file."""
        self._out.write(self._tail + b"\n")


class _JsonLd:
    """JSON-LD 1.1, compacted with the project's context, which is written into the document; one value a line."""

    def __init__(self, out: IO[bytes], context: Context) -> None:
        self._out, self._compactor, self._between = out, compactor(context), b""
        out.write(self._compactor.head)

    def put(self, items: list[Any]) -> None:
        """Write a portion."""
        if items:
            self._out.write(self._between + self._compactor.nodes(items))
            self._between = b",\n"

    def end(self) -> None:
        """Write what closes the file."""
        self._out.write(self._compactor.tail)


class _Csv:
    """One row a triple: subject, predicate, object, and the object's datatype ("iri" for IRIs) and language."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._write([("subject", "predicate", "object", "datatype", "language")])

    def put(self, items: list[Any]) -> None:
        """Write a portion."""
        self._write((item.subject.value, item.predicate.value, *_cells(item.object)) for item in items)

    def end(self) -> None:
        """Nothing closes the file."""

    def _write(self, rows: Iterable[tuple[str, ...]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\r\n").writerows(rows)
        self._out.write(text.getvalue().encode())


def _cells(term: Term) -> tuple[str, str, str]:
    if isinstance(term, px.Literal):
        return term.value, term.datatype.value, term.language or ""
    return text_of(term), "iri", ""


WRITERS: dict[str, Callable[[IO[bytes], Mapping[str, str], Context], Writer]] = {
    "turtle": lambda out, prefixes, context: _Turtle(out, px.RdfFormat.TURTLE, prefixes),
    "jsonld": lambda out, prefixes, context: _JsonLd(out, context),
    "trig": lambda out, prefixes, context: _Turtle(out, px.RdfFormat.TRIG, prefixes),
    "nquads": lambda out, prefixes, context: _Lines(out, px.RdfFormat.N_QUADS),
    "ntriples": lambda out, prefixes, context: _Lines(out, px.RdfFormat.N_TRIPLES),
    "rdfxml": lambda out, prefixes, context: _RdfXml(out, prefixes),
    "csv": lambda out, prefixes, context: _Csv(out),
}
