"""Parse: RDF read from files, with nothing reached outside of them.

Every parse refuses what leads elsewhere: remote JSON-LD contexts (pyoxigraph has no loader) and XML entities that
name another document or each other.
"""

import re
from collections.abc import Container, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyoxigraph as px

from kg.errors import QueryError
from kg.rdf.formats import FORMATS, GRAPHS
from kg.rdf.terms import Quad


def parse(data: bytes, syntax: px.RdfFormat, name: str, base: str | None = None) -> Iterator[Quad]:
    """The quads of data, literals as written; QueryError with name, line and column where it is not RDF."""
    if syntax == px.RdfFormat.RDF_XML:
        refuse_entities(data, name)
    if nesting(re.findall(rb"<<|>>", data), (b"<<",)) > MAX_DEPTH:
        raise QueryError(f"{name}: triple terms nest more than {MAX_DEPTH} deep; kg reads no such file")
    try:
        yield from px.parse(data, format=syntax, base_iri=base)
    except (SyntaxError, ValueError) as error:
        line, column = getattr(error, "lineno", None) or 1, getattr(error, "offset", None) or 1
        message = f"not {syntax.name}: {getattr(error, 'msg', error)}"
        raise QueryError(f"{name}:{line}:{column}: {message}") from None


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


def read(path: Path, base: str | None = None) -> list[Quad]:
    """The quads of an RDF file, its format told by its ending; QueryError where it cannot be read."""
    syntax = px.RdfFormat.from_extension(path.suffix.lstrip("."))
    if syntax is None:
        endings = " ".join(sorted({FORMATS[name].suffix for name in GRAPHS}))
        raise QueryError(f"{path}: {path.suffix or 'no ending'} is not an RDF file's ending; expected {endings}")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise QueryError(f"{path}: {error.strerror}; give the path of a file that can be read") from None
    return list(parse(data, syntax, str(path), base or path.absolute().as_uri()))


def parse_lines(lines: Iterable[bytes]) -> Iterator[Quad]:
    """The quads of lines of N-Quads or N-Triples that kg wrote itself, literals as written, a portion at a time."""
    left = iter(lines)
    while portion := b"".join(islice(left, 20_000)):
        yield from px.parse(portion, format=px.RdfFormat.N_QUADS)
