"""The pySHACL engine: SHACL shapes over statements.

SHACL with its advanced features (SHACL-AF targets), since pySHACL otherwise ignores those silently; how many
focus nodes each shape checked is part of the report, and a shape that checked none is a warning.
"""

import logging
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeGuard

import pyoxigraph as px
import pyshacl
import rdflib
from pyshacl.helper.path_helper import shacl_path_to_sparql_path
from pyshacl.shape import Shape
from pyshacl.shapes_graph import ShapesGraph
from rdflib import SH
from rdflib.plugins.sparql import CUSTOM_EVALS

from kg.errors import ProjectError, QueryError
from kg.rdf.serialize import ordered, serialize
from kg.rdf.terms import Quad, Triple
from kg.rdf.to_rdflib import from_rdflib, to_graph
from kg.shacl.report import Finding, Report, order


def validate(data: Iterable[Quad | Triple], shapes: Iterable[Quad]) -> Report:
    """The report of data against shapes; ProjectError where the shapes themselves are not SHACL."""
    try:
        with _alone(), _counting() as checked:
            data_graph, shapes_graph = to_graph(data), to_graph(shapes)
            shapes_graph.remove((None, SH.rule, None))  # what a rule adds is not what is published
            _, graph, text = pyshacl.validate(
                data_graph,
                shacl_graph=shapes_graph,
                advanced=True,
                inplace=True,
                inference="none",
                do_owl_imports=False,
            )
            findings = tuple(sorted(_findings(graph, shapes_graph), key=order)) if _is_graph(graph) else ()
    except QueryError:
        raise
    except Exception as error:  # noqa: BLE001  (pySHACL and rdflib raise plain exceptions for shapes they cannot use)
        said = " ".join(str(error.args[0] if error.args else error).split())
        raise ProjectError(f"shapes: {said or type(error).__name__}; fix the shape") from None
    if not _is_graph(graph):
        raise ProjectError(f"shapes: pySHACL could not use them: {text}")
    counts = {_name(shape, shapes_graph): number for shape, number in checked.items()}
    return Report(findings, dict(sorted(counts.items())), _turtle(graph))


def _is_graph(found: object) -> TypeGuard[rdflib.Graph]:
    return isinstance(found, rdflib.Graph)


@contextmanager
def _counting() -> Iterator[dict[rdflib.term.Node, int]]:
    """How many focus nodes pySHACL finds for each shape that has targets, noted as it looks for them."""
    checked: dict[rdflib.term.Node, int] = {}
    shape_class: Any = Shape  # whose method is replaced for as long as pySHACL works
    original = shape_class.focus_nodes

    def focus_nodes(shape: Any, data_graph: rdflib.Graph, debug: bool = False) -> set[rdflib.term.Node]:
        found: set[rdflib.term.Node] = original(shape, data_graph, debug=debug)
        if any(map(list, shape.target())) or (shape.node, SH.target, None) in shape.sg.graph:
            checked[shape.node] = len(found)
        return found

    shape_class.focus_nodes = focus_nodes
    try:
        yield checked
    finally:
        shape_class.focus_nodes = original


def _turtle(graph: rdflib.Graph) -> str:
    """A report in Turtle; not by rdflib's serializer, which writes some ill-typed literals as what is not Turtle."""
    triples = ordered(from_rdflib(graph))
    return serialize(triples, px.RdfFormat.TURTLE, {"sh": str(SH), "xsd": str(rdflib.XSD)}).decode()


@contextmanager
def _alone() -> Iterator[None]:
    """Let rdflib's SPARQL, which shapes can hold, reach nothing, and rdflib keep its tracebacks to itself."""

    def refuse(context: object, part: object) -> None:
        if getattr(part, "name", "") == "ServiceGraphPattern":
            raise ProjectError("a shape's SPARQL asks another server (SERVICE)")
        raise NotImplementedError  # rdflib's word for: not mine, go on

    log = logging.getLogger("rdflib.term")
    level = log.level
    log.setLevel(logging.CRITICAL + 1)
    rdflib.plugins.sparql.SPARQL_LOAD_GRAPHS = False
    CUSTOM_EVALS["kg"] = refuse
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        del CUSTOM_EVALS["kg"]
        log.setLevel(level)


def _findings(report: rdflib.Graph, shapes: rdflib.Graph) -> Iterator[Finding]:
    for result in report.objects(None, SH.result):  # not those within sh:detail
        shape = report.value(result, SH.sourceShape)
        message = report.value(result, SH.resultMessage)
        path = report.value(result, SH.resultPath)
        value = report.value(result, SH.value)
        yield Finding(
            str(report.value(result, SH.resultSeverity)).removeprefix(str(SH)),
            _shown(report.value(result, SH.focusNode)),
            "" if path is None else _path(path, report),
            "" if value is None else _shown(value),
            str(message or ""),
            "" if shape is None else _name(shape, shapes),
        )


def _shown(node: rdflib.term.Node | None) -> str:
    """An IRI as it is, any other term in N-Triples."""
    if isinstance(node, rdflib.URIRef):
        return str(node)
    return node.n3() if isinstance(node, rdflib.Literal) else f"_:{node}"


def _path(path: rdflib.term.Node, report: rdflib.Graph) -> str:
    """A SHACL property path: the IRI of a simple one, any other as SPARQL writes it (SHACL, 2.3.1)."""
    if isinstance(path, rdflib.URIRef):
        return str(path)
    return str(shacl_path_to_sparql_path(ShapesGraph(report), path))


def _name(shape: rdflib.term.Node, shapes: rdflib.Graph) -> str:
    """The IRI of a shape, or of the shape around it where it has none."""
    if isinstance(shape, rdflib.URIRef):
        return str(shape)
    for outer in sorted((node for node in shapes.subjects(None, shape) if node != shape), key=str):
        return _name(outer, shapes)
    return str(shape)
