"""RDF terms and formats: pyoxigraph's, with the few things it leaves to its callers.

Every parse refuses what reaches outside the file: remote JSON-LD contexts (pyoxigraph has no loader) and
XML entities that name another document or each other.
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import pyoxigraph as px

from kg.errors import QueryError, StoreError

Quad = px.Quad
Triple = px.Triple
Node: TypeAlias = px.NamedNode | px.BlankNode
Term: TypeAlias = px.NamedNode | px.BlankNode | px.Literal | px.Triple

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
SH = "http://www.w3.org/ns/shacl#"
PROV = "http://www.w3.org/ns/prov#"
OA = "http://www.w3.org/ns/oa#"
DC = "http://purl.org/dc/elements/1.1/"  # its terms take texts, where those of DCTERMS take things
DCTERMS = "http://purl.org/dc/terms/"
SCHEMA = "https://schema.org/"
EDTF = "http://id.loc.gov/datatypes/edtf/EDTF"

TYPE = px.NamedNode(RDF + "type")
DEFAULT_GRAPH = px.DefaultGraph()

WELL_KNOWN = {
    "rdf": RDF,
    "rdfs": RDFS,
    "owl": OWL,
    "xsd": XSD,
    "skos": SKOS,
    "prov": PROV,
    "oa": OA,
    "dc": DC,
    "dcterms": DCTERMS,
    "schema": SCHEMA,
}


class Format(NamedTuple):
    """A format of RDF: pyoxigraph's name of it, and the ending of its files."""

    syntax: px.RdfFormat
    suffix: str


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
        endings = " ".join(sorted({f.suffix for f in FORMATS.values()}))
        raise QueryError(f"{path}: {path.suffix or 'no ending'} is not an RDF file's ending; expected {endings}")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise QueryError(f"{path}: {error.strerror}; give the path of a file that can be read") from None
    return list(parse(data, syntax, str(path), base or path.absolute().as_uri()))


def serialize(
    items: Iterable[Quad] | Iterable[Triple], syntax: px.RdfFormat, prefixes: Mapping[str, str] | None = None
) -> bytes:
    """The quads or triples in a format, in the order given."""
    data = px.serialize(items, format=syntax, prefixes=dict(prefixes) if prefixes else None)
    return data or b""


def text_of(term: Term | px.DefaultGraph) -> str:
    """The text of an IRI, a literal or a blank node; "" for the default graph, N-Triples for a triple term."""
    if isinstance(term, px.Triple):
        return str(term)
    return "" if isinstance(term, px.DefaultGraph) else term.value


def nquads(quads: Iterable[Quad]) -> list[bytes]:
    """The lines of quads in N-Quads (RDF 1.1 N-Quads, 2), sorted by bytes, each once, without line ends.

    With no blank node in them this is their canonical form: a diff of it is a diff of the graph.
    """
    return sorted(set(serialize(quads, px.RdfFormat.N_QUADS).splitlines()))


def load(path: Path) -> list[Quad]:
    """The quads of a release's N-Quads file, literals as written; StoreError where it is not what it is named after."""
    import hashlib  # a fifth of the time that a query takes to start

    try:
        data = path.read_bytes()
        if not hashlib.sha256(data).hexdigest().startswith(path.parent.name):
            raise StoreError(f"{path}: the file is not the one that was built; run `kg build` to make it again")
        return list(px.parse(data, format=px.RdfFormat.N_QUADS))
    except (OSError, SyntaxError) as error:
        raise StoreError(f"{path}: {error}; run `kg build` to make the release again") from None


def is_iri(text: str) -> bool:
    """Whether text is an absolute IRI (RFC 3987).

    >>> is_iri("https://example.org/é"), is_iri("two words"), is_iri("slug")
    (True, False, False)
    """
    try:
        px.NamedNode(text)
    except ValueError:
        return False
    return True


def shorten(iri: str, prefixes: dict[str, str]) -> str:
    """The IRI as prefix:name under the longest fitting prefix, or in <> where none fits.

    >>> shorten("https://schema.org/Person", {"schema": "https://schema.org/"})
    'schema:Person'
    """
    fitting = [(len(space), name) for name, space in prefixes.items() if iri.startswith(space)]
    if fitting:
        length, name = max(fitting)
        if re.fullmatch(r"[\w-][\w.-]*(?<!\.)", iri[length:]):
            return f"{name}:{iri[length:]}"
    return f"<{iri}>"


FORMATS = {
    "turtle": Format(px.RdfFormat.TURTLE, ".ttl"),
    "trig": Format(px.RdfFormat.TRIG, ".trig"),
    "ntriples": Format(px.RdfFormat.N_TRIPLES, ".nt"),
    "nquads": Format(px.RdfFormat.N_QUADS, ".nq"),
    "rdfxml": Format(px.RdfFormat.RDF_XML, ".rdf"),
    "jsonld": Format(px.RdfFormat.JSON_LD, ".jsonld"),
}
