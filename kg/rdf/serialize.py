"""Serialize: quads and triples in every format, in one stable order, so that two files can be compared line by line.

Formats without named graphs get the default graph, which holds every statement.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pyoxigraph as px

from kg.errors import QueryError
from kg.rdf.context import Context
from kg.rdf.terms import DEFAULT_GRAPH, TYPE, Quad, Term, Triple, text_of


def serialize(
    items: Iterable[Quad] | Iterable[Triple], syntax: px.RdfFormat, prefixes: Mapping[str, str] | None = None
) -> bytes:
    """The quads or triples in a format, in the order given."""
    data = px.serialize(items, format=syntax, prefixes=dict(prefixes) if prefixes else None)
    return data or b""


def nquads(quads: Iterable[Quad]) -> list[bytes]:
    """The lines of quads in N-Quads (RDF 1.1 N-Quads, 2), sorted by bytes, each once, without line ends.

    With no blank node in them this is their canonical form: a diff of it is a diff of the graph.
    """
    return sorted(set(serialize(quads, px.RdfFormat.N_QUADS).splitlines()))


_DEFAULT = (None, DEFAULT_GRAPH)


def write(
    items: Iterable[Any], kind: str, prefixes: Mapping[str, str], context: Context, frame: dict[str, Any] | None = None
) -> bytes:
    """Quads or triples in a format by name, in the order people read in; of quads, formats without graphs get the
    default graph.
    """
    if kind not in ("trig", "nquads"):
        items = {getattr(item, "triple", item) for item in items if getattr(item, "graph_name", None) in _DEFAULT}
    return WRITERS[kind](_ordered(items), prefixes, context, frame)


def _ordered(items: Iterable[Any]) -> list[Any]:
    """Quads or triples by graph, subject, then type before other predicates: the order people read in."""
    return sorted(
        set(items),
        key=lambda item: (
            str(getattr(item, "graph_name", "")),
            str(item.subject),
            item.predicate != TYPE,
            item.predicate.value,
            str(item.object),
        ),
    )


def _turtle(items: list[Any], prefixes: Mapping[str, str], context: Context, frame: object) -> bytes:
    return _spaced(serialize(items, px.RdfFormat.TURTLE, _used(items, prefixes)))


def _trig(items: list[Any], prefixes: Mapping[str, str], context: Context, frame: object) -> bytes:
    return _spaced(serialize(items, px.RdfFormat.TRIG, _used(items, prefixes)))


def _used(items: Iterable[Any], prefixes: Mapping[str, str]) -> dict[str, str]:
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


def _spaced(data: bytes) -> bytes:
    """Turtle with its prefixes sorted, an empty line before each subject and graph, and spaces for tabs.

    The serializer escapes line ends and tabs within literals, so that each line's beginning tells what it is.
    """
    lines = data.decode().split("\n")
    prefixes = sorted(line for line in lines if line.startswith("@prefix "))
    body = []
    for line in lines:
        if line and not line.startswith(("\t", "@prefix ", "}")):
            body.append("")
        if not line.startswith("@prefix "):
            indent = len(line) - len(line.lstrip("\t"))
            body.append("    " * indent + line[indent:])
    return "\n".join([*prefixes, *body]).encode()


def _nquads(items: list[Any], prefixes: Mapping[str, str], context: Context, frame: object) -> bytes:
    return b"".join(line + b"\n" for line in nquads(items))


def _ntriples(items: list[Any], prefixes: Mapping[str, str], context: Context, frame: object) -> bytes:
    lines = serialize(items, px.RdfFormat.N_TRIPLES).splitlines()
    return b"".join(line + b"\n" for line in sorted(lines))


def _rdfxml(items: list[Any], prefixes: Mapping[str, str], context: Context, frame: object) -> bytes:
    return serialize(items, px.RdfFormat.RDF_XML, _used(items, prefixes)) + b"\n"


def _jsonld(items: list[Any], prefixes: Mapping[str, str], context: Context, frame: Any) -> bytes:
    """JSON-LD 1.1, compacted with the project's context, which is written into the document."""
    from pyld import jsonld  # only this format needs it

    expanded = [_typed(node) for node in json.loads(serialize(items, px.RdfFormat.JSON_LD))]
    options = {"documentLoader": _refuse_to_load, "processingMode": "json-ld-1.1"}
    try:
        if frame is None:
            document = jsonld.compact(expanded, context.document, {**options, "graph": True})
        else:
            document = jsonld.frame(expanded, {"@context": context.document, **frame}, options)
    except (jsonld.JsonLdError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise QueryError(f"the frame cannot be used: {error.args[0] if error.args else error}") from None
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _typed(node: dict[str, Any]) -> dict[str, Any]:
    """The node with its rdf:type as @type, which is what contexts and frames speak of."""
    types = node.pop(TYPE.value, None)
    return {"@id": node["@id"], "@type": [kind["@id"] for kind in types], **node} if types else node


def _refuse_to_load(url: str, options: object) -> Any:
    raise QueryError(f"{url}: remote JSON-LD documents are never fetched; write the terms into the frame")


def _csv(items: list[Any], prefixes: Mapping[str, str], context: Context, frame: object) -> bytes:
    """One row a triple: subject, predicate, object, and the object's datatype ("iri" for IRIs) and language."""
    out = io.StringIO(newline="")
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(("subject", "predicate", "object", "datatype", "language"))
    for item in items:
        rows.writerow((item.subject.value, item.predicate.value, *_cells(item.object)))
    return out.getvalue().encode()


def _cells(term: Term) -> tuple[str, str, str]:
    if isinstance(term, px.Literal):
        return term.value, term.datatype.value, term.language or ""
    return text_of(term), "iri", ""


Writer = Callable[[list[Any], Mapping[str, str], Context, Any], bytes]


WRITERS: dict[str, Writer] = {
    "turtle": _turtle,
    "jsonld": _jsonld,
    "trig": _trig,
    "nquads": _nquads,
    "ntriples": _ntriples,
    "rdfxml": _rdfxml,
    "csv": _csv,
}
