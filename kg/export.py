"""Export: the graph of a release in every format, from its N-Quads file, never from the store.

Formats without named graphs get the default graph, which holds every statement; evidence goes into them on
request. Every export is in one stable order, so that two of them can be compared line by line.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TextIO

import pyoxigraph as px

from kg import names
from kg.context import Context, read_context
from kg.errors import QueryError
from kg.evidence import EVIDENCE
from kg.infer import infer
from kg.rdf import DEFAULT_GRAPH, FORMATS, TYPE, Quad, Term, Triple, load, nquads, serialize, text_of
from kg.store import Release
from kg.vocabulary import vocabulary

_DEFAULT = (None, DEFAULT_GRAPH)


class Options(NamedTuple):
    """What an export holds: the format, the form of the evidence ("" for none), reference data or not, a frame."""

    format: str
    evidence: str = ""
    reference: bool = True
    frame: dict[str, Any] | None = None


def export(release: Release, options: Options) -> bytes:
    """The release as the options ask; QueryError where these do not go together."""
    if options.frame is not None and options.format != "jsonld":
        raise QueryError(f"a frame is for jsonld, not for {options.format}; leave out --frame, or add -t jsonld")
    if options.evidence and options.format in ("trig", "nquads"):
        raise QueryError(f"{options.format} holds the evidence in its named graphs; leave out --evidence")
    if options.evidence == "rdf12" and options.format not in ("turtle", "ntriples"):
        raise QueryError(f"RDF 1.2 is written as turtle or ntriples; {options.format} takes --evidence reified")
    base = release.manifest["base"]
    context = read_context(release.path / "context.jsonld", base)
    chosen = load(release.dataset)
    if not options.reference:
        chosen = list(without_reference(chosen, context, base))
    prefixes = release.manifest["prefixes"]
    if options.evidence:
        triples = {quad.triple for quad in chosen if quad.graph_name == DEFAULT_GRAPH}
        return write({*triples, *EVIDENCE[options.evidence](chosen, base)}, options.format, prefixes, context)
    return write(chosen, options.format, prefixes, context, options.frame)


def write(
    items: Iterable[Any], kind: str, prefixes: Mapping[str, str], context: Context, frame: dict[str, Any] | None = None
) -> bytes:
    """Quads or triples in a format by name, in the order people read in; of quads, formats without graphs get the
    default graph.
    """
    if kind not in ("trig", "nquads"):
        items = {getattr(item, "triple", item) for item in items if getattr(item, "graph_name", None) in _DEFAULT}
    return WRITERS[kind](_ordered(items), prefixes, context, frame)


def without_reference(quads: Iterable[Quad], context: Context, base: str) -> Iterator[Quad]:
    """The dataset as it would be had there been no reference data: what the sources say, and what follows."""
    quads = list(quads)
    kg, provenance = names.ontology(base), names.graph(base, "provenance")
    reference = {
        text_of(quad.subject)
        for quad in quads
        if text_of(quad.graph_name) == provenance
        and quad.predicate.value == kg + "basis"
        and text_of(quad.object) == kg + "reference"
    }
    reference |= {names.curators(base)} if reference else set()
    facts = names.fact(base, "")
    stated: set[Triple] = set()
    for quad in quads:
        name = text_of(quad.graph_name)
        if name in reference or name in ("", names.graph(base, "inferred")) or text_of(quad.subject) in reference:
            continue
        if name.startswith(facts) or name == names.graph(base, "ontology"):
            stated.add(quad.triple)
        yield quad
    ontology = [quad for quad in quads if text_of(quad.graph_name) == names.graph(base, "ontology")]
    inferred = infer(stated, vocabulary(context, ontology), base)
    for triple in stated | inferred:
        yield Quad(triple.subject, triple.predicate, triple.object, DEFAULT_GRAPH)
    for triple in inferred:
        yield Quad(triple.subject, triple.predicate, triple.object, px.NamedNode(names.graph(base, "inferred")))


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


def read_frame(file: TextIO) -> dict[str, Any]:
    """The JSON-LD frame in a file; QueryError where it is not one."""
    try:
        frame = json.load(file)
    except ValueError as error:
        raise QueryError(
            f"{file.name}: not JSON ({error}); a frame is an object such as {{'type': 'Person'}}"
        ) from None
    if isinstance(frame, dict) and "@context" in frame:
        raise QueryError(f"{file.name}: a frame is read with the project's context; leave out its @context")
    if not isinstance(frame, dict):
        raise QueryError(f"{file.name}: a frame is an object such as {{'type': 'Person'}}")
    return frame


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
SUFFIXES = {**{format_.suffix: name for name, format_ in FORMATS.items()}, ".csv": "csv"}
