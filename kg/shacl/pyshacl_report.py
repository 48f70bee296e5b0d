"""The report of pySHACL, a graph of rdflib, read as findings and written in Turtle."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pyoxigraph as px
import rdflib
from pyshacl.helper.path_helper import shacl_path_to_sparql_path
from pyshacl.shapes_graph import ShapesGraph
from rdflib import RDF, SH

from kg.rdf.serialize import ordered, serialize
from kg.rdf.terms import Term
from kg.rdf.to_rdflib import from_rdflib
from kg.shacl.messages import message
from kg.shacl.model import Model
from kg.shacl.report import Finding, order


def turtle_of(graph: rdflib.Graph) -> str:
    """A report in Turtle; not by rdflib's serializer, which writes some ill-typed literals as what is not Turtle."""
    triples = ordered(_labelled(graph))
    return serialize(triples, px.RdfFormat.TURTLE, {"sh": str(SH), "xsd": str(rdflib.XSD)}).decode()


def _labelled(graph: rdflib.Graph) -> Iterator[px.Triple]:
    """The triples of a report, its blank nodes named by their order in it; those of the data keep their names.

    RDFC-1.0 would do it too, but takes ages for many results that look the same.
    """

    @cache
    def look(node: Any, depth: int = 4) -> str:
        """What a node looks like, down to some depth."""
        if not isinstance(node, rdflib.BNode):
            return str(node.n3())
        said = sorted(f"{p} {look(o, depth - 1)}" for p, o in graph.predicate_objects(node)) if depth else ()
        return f"[{' ; '.join(said)}]"

    names: dict[rdflib.term.Node, Term] = {}
    waiting = list(graph.subjects(RDF.type, SH.ValidationReport))
    while waiting:
        node = waiting.pop()
        if node in names:
            continue
        said = sorted(graph.predicate_objects(node), key=lambda pair: (pair[0], look(pair[1])))
        names[node] = px.BlankNode(f"r{len(names)}") if isinstance(node, rdflib.BNode) and said else from_rdflib(node)
        waiting += [o for _, o in reversed(said) if isinstance(o, rdflib.BNode)]
    for s, p, o in graph:
        subject = names.get(s, from_rdflib(s))
        if isinstance(subject, px.NamedNode | px.BlankNode):
            yield px.Triple(subject, px.NamedNode(str(p)), names.get(o, from_rdflib(o)))


def findings(report: rdflib.Graph, shapes: rdflib.Graph, model: Model | None) -> Iterator[Finding]:
    """The findings of a report; what they say where their shape says nothing is from a model, where one is given."""
    for result in report.objects(report.value(None, RDF.type, SH.ValidationReport), SH.result):
        yield _finding(result, report, shapes, model)


def _finding(result: rdflib.term.Node, report: rdflib.Graph, shapes: rdflib.Graph, model: Model | None) -> Finding:
    """One result, with what is beneath it."""
    shape = report.value(result, SH.sourceShape)
    path = report.value(result, SH.resultPath)
    value = report.value(result, SH.value)
    component = str(report.value(result, SH.sourceConstraintComponent) or "")
    said = [(str(getattr(m, "language", "") or ""), str(m)) for m in report.objects(result, SH.resultMessage)]
    if own := model and _own_message(model, shape, component, value, path):
        said = [("", own)]
    messages = tuple(sorted(said, key=lambda message: (message[0].partition("-")[0] not in ("", "en"), message)))
    found = model.shapes.get(from_rdflib(shape)) if model and shape is not None else None
    whole = str(found.path) if found and found.path and not isinstance(path, rdflib.URIRef) else ""
    details = (_finding(detail, report, shapes, model) for detail in report.objects(result, SH.detail))
    return Finding(
        str(report.value(result, SH.resultSeverity)).removeprefix(str(SH)),
        _shown(report.value(result, SH.focusNode)),
        "" if path is None else whole or _path(path, report),
        "" if value is None else _shown(value),
        messages[0][1] if messages else "",
        "" if shape is None else shape_name(shape, shapes),
        (),
        component,
        messages,
        tuple(sorted(details, key=order)),
    )


def _own_message(
    model: Model, shape: Any, component: str, value: rdflib.term.Node | None, path: rdflib.term.Node | None
) -> str:
    """What kg says of a result of SHACL's own components where the shape says nothing; "" for any other."""
    found = model.shapes.get(from_rdflib(shape)) if shape is not None else None
    if not found or found.messages:
        return ""
    property_ = from_rdflib(path) if isinstance(path, rdflib.URIRef) else None
    said = [
        message(constraint, None if value is None else from_rdflib(value), property_)
        for constraint in found.constraints
        if constraint.component == component and constraint.name != "sparql"
    ]
    return " or ".join(dict.fromkeys(said))


def _shown(node: rdflib.term.Node | None) -> str:
    """An IRI as it is, any other term in N-Triples, on one line."""
    return str(node) if isinstance(node, rdflib.URIRef) else str(from_rdflib(node) if node is not None else "")


def _path(path: rdflib.term.Node, report: rdflib.Graph) -> str:
    """A SHACL property path: the IRI of a simple one, any other as SPARQL writes it (SHACL, 2.3.1)."""
    if isinstance(path, rdflib.URIRef):
        return str(path)
    return str(shacl_path_to_sparql_path(ShapesGraph(report), path))


def shape_name(shape: rdflib.term.Node, shapes: rdflib.Graph) -> str:
    """The IRI of a shape, or of the shape around it where it has none."""
    seen: set[rdflib.term.Node] = set()
    while not isinstance(shape, rdflib.URIRef) and shape not in seen:
        seen.add(shape)
        outer = sorted((node for node in shapes.subjects(None, shape) if node != shape), key=str)
        shape = outer[0] if outer else shape
    return str(shape) if isinstance(shape, rdflib.URIRef) else f"_:{shape}"


def outer_name(shape: rdflib.term.Node, shapes: rdflib.Graph) -> str:
    """The IRI of a shape, or of the one around it, between < and >."""
    name = shape_name(shape, shapes)
    return name if name.startswith("_:") else f"<{name}>"


def told_name(shape: rdflib.term.Node, shapes: rdflib.Graph) -> str:
    """How a message names a shape."""
    inner = "" if isinstance(shape, rdflib.URIRef) else ", a shape within it"
    path = shapes.value(shape, SH.path)
    inner = f" on <{path}>" if inner and isinstance(path, rdflib.URIRef) else inner
    return f"{outer_name(shape, shapes)}{inner}"
