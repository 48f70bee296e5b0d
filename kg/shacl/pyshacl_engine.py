"""The pySHACL engine: SHACL shapes over statements.

SHACL with its advanced features (SHACL-AF targets), since pySHACL otherwise ignores those silently; how many
focus nodes each shape checked is part of the report, and a shape that checked none is a warning.
"""

import logging
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pyoxigraph as px
import pyshacl
import rdflib
from rdflib import RDF, RDFS, SH
from rdflib.plugins.sparql import CUSTOM_EVALS
from rdflib.query import ResultRow

from kg.errors import ProjectError, QueryError
from kg.rdf.serialize import ordered, serialize
from kg.rdf.terms import Quad, Triple
from kg.rdf.to_rdflib import from_rdflib, to_graph
from kg.shacl.report import Finding, Report, order


def validate(data: Iterable[Quad | Triple], shapes: Iterable[Quad]) -> Report:
    """The report of data against shapes; ProjectError where the shapes themselves are not SHACL."""
    try:
        with _alone():
            data_graph, shapes_graph = to_graph(data), to_graph(shapes)
            shapes_graph.remove((None, SH.rule, None))  # what a rule adds is not what is published
            checked = {
                _name(shape, shapes_graph): len(focus_nodes(shape, shapes_graph, data_graph))
                for shape in targets(shapes_graph)
            }
            _, graph, text = pyshacl.validate(
                data_graph,
                shacl_graph=shapes_graph,
                advanced=True,
                inplace=True,
                inference="none",
                do_owl_imports=False,
            )
    except QueryError:
        raise
    except Exception as error:  # noqa: BLE001  (pySHACL and rdflib raise plain exceptions for shapes they cannot use)
        said = " ".join(str(error.args[0] if error.args else error).split())
        raise ProjectError(f"shapes: {said or type(error).__name__}; mend the shape") from None
    if not isinstance(graph, rdflib.Graph):
        raise ProjectError(f"shapes: pySHACL could not use them: {text}")
    findings = tuple(sorted(_findings(graph, shapes_graph), key=order))
    return Report(findings, dict(sorted(checked.items())), _turtle(graph))


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


def targets(shapes: rdflib.Graph) -> list[rdflib.term.Node]:
    """The shapes that say what they check (SHACL, 2.1.3; SHACL-AF, 3)."""
    predicates = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf, SH.target)
    found = {shape for predicate in predicates for shape in shapes.subjects(predicate)}
    found |= {
        shape
        for kind in (SH.NodeShape, SH.PropertyShape)
        for shape in shapes.subjects(RDF.type, kind)
        if (shape, RDF.type, RDFS.Class) in shapes
    }
    return sorted((shape for shape in found if not _deactivated(shape, shapes)), key=str)


def _deactivated(shape: rdflib.term.Node, shapes: rdflib.Graph) -> bool:
    return str(shapes.value(shape, SH.deactivated)) == "true"


def focus_nodes(shape: rdflib.term.Node, shapes: rdflib.Graph, data: rdflib.Graph) -> set[rdflib.term.Node]:
    """The nodes of data that a shape's targets name."""
    nodes = set(shapes.objects(shape, SH.targetNode))
    classes = set(shapes.objects(shape, SH.targetClass))
    if (shape, RDF.type, RDFS.Class) in shapes:
        classes.add(shape)
    for target in classes:
        for kind in {target, *data.transitive_subjects(RDFS.subClassOf, target)}:
            nodes.update(data.subjects(RDF.type, kind))
    for predicate in shapes.objects(shape, SH.targetSubjectsOf):
        nodes.update(subject for subject, _ in data.subject_objects(predicate))
    for predicate in shapes.objects(shape, SH.targetObjectsOf):
        nodes.update(found for _, found in data.subject_objects(predicate))
    for target in shapes.objects(shape, SH.target):
        for select in shapes.objects(target, SH.select):
            rows = data.query(_prefixed(target, shapes) + str(select))
            nodes.update(row[0] for row in rows if isinstance(row, ResultRow))
    return nodes


def _prefixed(target: rdflib.term.Node, shapes: rdflib.Graph) -> str:
    """The PREFIX lines that a target's sh:prefixes declares (SHACL, 5.2.1)."""
    lines = []
    for declarations in shapes.objects(target, SH.prefixes):
        for declaration in shapes.objects(declarations, SH.declare):
            prefix, space = shapes.value(declaration, SH.prefix), shapes.value(declaration, SH.namespace)
            lines.append(f"PREFIX {prefix}: <{space}>\n")
    return "".join(sorted(lines))


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
    return (
        str(node) if isinstance(node, rdflib.URIRef) else node.n3() if isinstance(node, rdflib.Literal) else f"_:{node}"
    )


def _path(path: rdflib.term.Node, graph: rdflib.Graph) -> str:
    """A SHACL property path, simple or not, as SPARQL writes it (SHACL, 2.3.1)."""
    if isinstance(path, rdflib.URIRef):
        return str(path)
    if graph.value(path, RDF.first) is not None:
        return "/".join(_path(step, graph) for step in graph.items(path))
    if (inverse := graph.value(path, SH.inversePath)) is not None:
        return f"^{_path(inverse, graph)}"
    if (choices := graph.value(path, SH.alternativePath)) is not None:
        return "|".join(_path(choice, graph) for choice in graph.items(choices))
    for predicate, mark in ((SH.zeroOrMorePath, "*"), (SH.oneOrMorePath, "+"), (SH.zeroOrOnePath, "?")):
        if (inner := graph.value(path, predicate)) is not None:
            return f"({_path(inner, graph)}){mark}"
    return str(path)


def _name(shape: rdflib.term.Node, shapes: rdflib.Graph) -> str:
    """The IRI of a shape, or of the shape around it where it has none."""
    if isinstance(shape, rdflib.URIRef):
        return str(shape)
    for outer in sorted((node for node in shapes.subjects(None, shape) if node != shape), key=str):
        return _name(outer, shapes)
    return str(shape)
