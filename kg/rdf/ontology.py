"""The ontology: vocabulary, concept schemes, shapes and context, the tool's own with the project's."""

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import pyoxigraph as px

from kg.errors import ProjectError, QueryError, nearest
from kg.rdf import iris
from kg.rdf.axioms import axiom_shapes
from kg.rdf.context import Context, read_context
from kg.rdf.owl import completed
from kg.rdf.parse import parse
from kg.rdf.terms import RDFS, Quad, text_of

TOOL = Path(__file__).parent.parent / "ontology"


SHAPES = "shapes.ttl"


_SUBCLASS = px.NamedNode(RDFS + "subClassOf")


_SUBPROPERTY = px.NamedNode(RDFS + "subPropertyOf")


class Vocabulary(NamedTuple):
    """What the project's words mean.

    `statements` are the vocabulary's triples; `shapes` the SHACL graph's. `superclasses` and `superproperties`
    give each IRI all that stand above it. `declared` holds every IRI that the vocabulary says something of.
    """

    context: Context
    statements: tuple[Quad, ...]
    shapes: tuple[Quad, ...]
    superclasses: Mapping[str, tuple[str, ...]]
    superproperties: Mapping[str, tuple[str, ...]]
    declared: frozenset[str]


def read_vocabulary(folder: Path, base: str, published: Mapping[str, str] = MappingProxyType({})) -> Vocabulary:
    """The vocabulary of a project's ontology folder, made whole; ProjectError names what cannot be read.

    `published` has the project's `license`, `issued` and `modified`, as far as it gives them.
    """
    context = read_context(folder / "context.jsonld", base)
    files = [*sorted(TOOL.glob("*.ttl")), *sorted(folder.glob("*.ttl"))]
    read_from = {file: _turtle(file, base) for file in files}
    statements = [quad for file, quads in read_from.items() if file.name != SHAPES for quad in quads]
    shapes = [quad for file, quads in read_from.items() if file.name == SHAPES for quad in quads]
    added = [Quad(*triple) for triple in completed(statements, context, base, published)]
    read = vocabulary(context, statements, shapes)  # what is added stands above nothing, and declares no own word
    own = [quad for file, quads in read_from.items() if file.parent == folder and file.name != SHAPES for quad in quads]
    checked = axiom_shapes(own, read.superproperties, base)
    return read._replace(statements=(*read.statements, *added), shapes=(*read.shapes, *checked))


def vocabulary(context: Context, statements: Sequence[Quad], shapes: Sequence[Quad] = ()) -> Vocabulary:
    """The vocabulary that statements make, with the hierarchies they hold."""
    return Vocabulary(
        context,
        tuple(statements),
        tuple(shapes),
        hierarchy(statements, _SUBCLASS),
        hierarchy(statements, _SUBPROPERTY),
        frozenset(quad.subject.value for quad in statements if isinstance(quad.subject, px.NamedNode)),
    )


def _turtle(file: Path, base: str) -> list[Quad]:
    try:
        quads = list(parse(file.read_bytes(), px.RdfFormat.TURTLE, str(file), base))
    except QueryError as error:
        raise ProjectError(str(error)) from None
    if file.name != SHAPES:
        for quad in quads:
            if isinstance(quad.subject, px.BlankNode) or isinstance(quad.object, px.BlankNode):
                raise ProjectError(f"{file}: {quad.predicate}: a blank node; give it an IRI, none are published")
            if quad.predicate.value == f"{iris.ontology(base)}order" and not _is_number(text_of(quad.object)):
                raise ProjectError(f"{file}: {quad.predicate} of {quad.subject} is {quad.object}, expected a number")
    return quads


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def hierarchy(statements: Iterable[Quad], relation: px.NamedNode) -> dict[str, tuple[str, ...]]:
    """Each IRI below another by relation, with all that stand above it, sorted.

    >>> up = px.NamedNode("http://x/up")
    >>> a, b, c = (px.NamedNode(f"http://x/{n}") for n in "abc")
    >>> hierarchy([Quad(a, up, b), Quad(b, up, c)], up)["http://x/a"]
    ('http://x/b', 'http://x/c')
    """
    above: dict[str, set[str]] = {}
    for quad in statements:
        if quad.predicate == relation and isinstance(quad.object, px.NamedNode):
            above.setdefault(text_of(quad.subject), set()).add(quad.object.value)
    return {iri: tuple(sorted(_reach(iri, above) - {iri})) for iri in sorted(above)}


def _reach(start: str, above: Mapping[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        for parent in above.get(waiting.pop(), ()):
            if parent not in seen:
                seen.add(parent)
                waiting.append(parent)
    return seen


def word_problem(vocabulary: Vocabulary, value: str) -> str:
    """What is wrong with the name of a class or a concept, with the known words closest to it; "" where nothing is."""
    context = vocabulary.context
    if context.expand(value) in vocabulary.declared:
        return ""
    words = {*(iri.removeprefix(context.vocab) for iri in vocabulary.declared)}
    words.update(name for name, term in context.terms.items() if term.iri in vocabulary.declared)
    return f"{value[:60]!r} is not in the vocabulary{nearest(value, words) or '; declare it in ontology/'}"
