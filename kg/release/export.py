"""Export: the graph of a release in every format, from its N-Quads file, never from the store."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TextIO

import pyoxigraph as px

from kg.errors import QueryError
from kg.rdf import iris
from kg.rdf.context import Context, read_context
from kg.rdf.formats import EXPORTS, FORMATS
from kg.rdf.infer import infer
from kg.rdf.ontology import vocabulary
from kg.rdf.reify import EVIDENCE
from kg.rdf.serialize import write
from kg.rdf.terms import DEFAULT_GRAPH, Quad, Triple, text_of
from kg.release.nquads import load
from kg.release.reader import Release


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


def without_reference(quads: Iterable[Quad], context: Context, base: str) -> Iterator[Quad]:
    """The dataset as it would be had there been no reference data: what the sources say, and what follows."""
    quads = list(quads)
    kg, provenance = iris.ontology(base), iris.graph(base, "provenance")
    reference = {
        text_of(quad.subject)
        for quad in quads
        if text_of(quad.graph_name) == provenance
        and quad.predicate.value == kg + "basis"
        and text_of(quad.object) == kg + "reference"
    }
    reference |= {iris.curators(base)} if reference else set()
    facts = iris.fact(base, "")
    stated: set[Triple] = set()
    for quad in quads:
        name = text_of(quad.graph_name)
        if name in reference or name in ("", iris.graph(base, "inferred")) or text_of(quad.subject) in reference:
            continue
        if name.startswith(facts) or name == iris.graph(base, "ontology"):
            stated.add(quad.triple)
        yield quad
    ontology = [quad for quad in quads if text_of(quad.graph_name) == iris.graph(base, "ontology")]
    inferred = infer(stated, vocabulary(context, ontology), base)
    for triple in stated | inferred:
        yield Quad(triple.subject, triple.predicate, triple.object, DEFAULT_GRAPH)
    for triple in inferred:
        yield Quad(triple.subject, triple.predicate, triple.object, px.NamedNode(iris.graph(base, "inferred")))


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


def format_of(output: Path | None) -> str:
    """The format that the suffix of an output file names; turtle for stdout, which is None or "-"."""
    if output is None or str(output) == "-":
        return "turtle"
    suffixes = {FORMATS[name].suffix: name for name in EXPORTS}
    if output.suffix not in suffixes:
        raise QueryError(f"{output}: its ending tells no format; use {' '.join(suffixes)}, or add -t")
    return suffixes[output.suffix]
