"""Parse: RDF read from files, with nothing reached outside of them.

Every parse refuses what leads elsewhere: remote JSON-LD contexts (pyoxigraph has no loader) and XML entities that
name another document or each other.
"""

import re
import zlib
from collections.abc import Container, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from xml.parsers.expat import ErrorString, ExpatError, ParserCreate

import pyoxigraph as px

from kg.errors import QueryError
from kg.rdf.terms import Quad


def parse(data: bytes, syntax: px.RdfFormat, name: str, base: str | None = None) -> Iterator[Quad]:
    """The quads of data, literals as written; QueryError with name and place where it is not RDF."""
    if syntax == px.RdfFormat.RDF_XML:
        refuse_entities(data, name)
        refuse_broken_xml(data, name)
    if nesting(re.findall(rb"<<|>>", data), (b"<<",)) > MAX_DEPTH:
        raise QueryError(f"{name}: triple terms nest more than {MAX_DEPTH} deep; kg reads no such file")
    try:
        yield from _named(px.parse(data, format=syntax, base_iri=base), data)
    except (SyntaxError, ValueError) as error:
        line, column = getattr(error, "lineno", None), getattr(error, "offset", None)
        at = f":{line}:{column or 1}" if line else ""  # where the parser cannot say the place, none is claimed
        said = re.sub(
            r"^Parser error at line \d+ (between columns \d+ and \d+|column \d+): ",
            "",
            str(getattr(error, "msg", error)),
        )
        raise QueryError(f"{name}{at}: not {syntax.name}: {said}") from None


MAX_DEPTH = 100


_ENTITY = re.compile(rb"<!ENTITY\s+(%\s*)?(\S+)\s+([^>]*)")


def nesting(tokens: Iterable[Any], openings: Container[Any]) -> int:
    """How deep opening and closing tokens nest.

    >>> nesting("(()(()))", "(")
    3
    """
    depth = deepest = 0
    for token in tokens:
        depth = depth + 1 if token in openings else max(0, depth - 1)
        deepest = max(deepest, depth)
    return deepest


def refuse_entities(data: bytes, name: str) -> None:
    """Raise QueryError where RDF/XML declares an entity outside the file or one made of others.

    An entity outside would read files or the network; entities within entities grow without bound.
    """
    if b"<!DOCTYPE" in data[:4096] and data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise QueryError(f"{name}:1:1: RDF/XML in UTF-16 with a DOCTYPE; save it as UTF-8")
    for found in _ENTITY.finditer(data):
        line = data.count(b"\n", 0, found.start()) + 1
        if found[1] or re.match(rb"(SYSTEM|PUBLIC)\b", found[3]):
            raise QueryError(
                f"{name}:{line}:1: the XML entity {found[2].decode(errors='replace')!r} names another document; "
                "kg reads no file but the one given: put the entity's text in its place"
            )
        if b"&" in found[3].replace(b"&#", b""):
            raise QueryError(
                f"{name}:{line}:1: the XML entity {found[2].decode(errors='replace')!r} is made of other entities; "
                "write its text out"
            )


def refuse_broken_xml(data: bytes, name: str) -> None:
    """Raise QueryError where XML is not well-formed: the parser of RDF/XML takes what is cut off for all there is."""
    try:
        ParserCreate().Parse(data, True)
    except ExpatError as error:
        if error.code != XML_ERROR_UNKNOWN_ENCODING:  # the parser of RDF/XML may know it
            place = f"{name}:{error.lineno}:{error.offset + 1}"
            raise QueryError(f"{place}: not RDF_XML: the XML is not well-formed: {ErrorString(error.code)}") from None


XML_ERROR_UNKNOWN_ENCODING = 18


_EMPTY_BASE = re.compile(rb"""(<[^<>!?]*?)\s+xml:base\s*=\s*(?:""|'')""")


def no_base(data: bytes) -> bytes:
    """RDF/XML without the attributes xml:base="", which name the base that holds there anyway (XML Base, 4)."""
    return _EMPTY_BASE.sub(rb"\1", data)


_ANONYMOUS = re.compile("[0-9a-f]{24,32}")


def _named(quads: Iterable[Quad], data: bytes) -> Iterator[Quad]:
    """The quads, blank nodes without a label named by what the file holds: the parser names them at random."""
    file = f"{zlib.crc32(data):08x}"
    names: dict[str, px.BlankNode] = {}

    def named(term: Any) -> Any:
        if isinstance(term, px.BlankNode) and _ANONYMOUS.fullmatch(term.value):
            return names.setdefault(term.value, px.BlankNode(f"b{file}n{len(names) + 1}"))
        if isinstance(term, px.Triple):
            return px.Triple(named(term.subject), term.predicate, named(term.object))
        return term

    nameless = (px.BlankNode, px.Triple)
    for quad in quads:
        subject, predicate, value, graph = quad
        if isinstance(subject, nameless) or isinstance(value, nameless) or isinstance(graph, nameless):
            yield Quad(named(subject), predicate, named(value), named(graph))
        else:
            yield quad


def parse_lines(lines: Iterable[bytes]) -> Iterator[Quad]:
    """The quads of lines of N-Quads or N-Triples that kg wrote itself, literals as written, a portion at a time."""
    left = iter(lines)
    while portion := b"".join(islice(left, 20_000)):
        yield from px.parse(portion, format=px.RdfFormat.N_QUADS)


def parse_ntriples(path: Path, name: str) -> Iterator[Quad]:
    """The quads of a file of N-Triples of any size; QueryError with name and line where it is none."""
    try:
        yield from px.parse(path=str(path), format=px.RdfFormat.N_TRIPLES)
    except (SyntaxError, ValueError) as error:
        line, column = getattr(error, "lineno", None), getattr(error, "offset", None)
        at = f":{line}:{column or 1}" if line else ""
        raise QueryError(f"{name}{at}: not N-Triples: {getattr(error, 'msg', error)}") from None
