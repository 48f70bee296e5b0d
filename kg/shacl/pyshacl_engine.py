"""The pySHACL engine: SHACL shapes over statements.

SHACL with its advanced features (SHACL-AF targets), since pySHACL otherwise ignores those silently; how many
focus nodes each shape checked is part of the report. Where pySHACL differs from the specification, its parts are
replaced for as long as it works: components (`kg.shacl.components`), recursion, messages, errors that name a shape.
"""

import logging
import re
import sys
import time
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any, NamedTuple, TypeGuard

import pyoxigraph as px
import pyshacl
import pyshacl.constraints
import pyshacl.shape
import rdflib
from pyshacl.constraints.advanced import ExpressionConstraint
from pyshacl.constraints.constraint_component import ConstraintComponent
from pyshacl.helper.path_helper import shacl_path_to_sparql_path
from pyshacl.helper.sparql_query_helper import SPARQLQueryHelper
from pyshacl.shape import Shape
from pyshacl.shapes_graph import ShapesGraph
from rdflib import RDF, SH
from rdflib.plugins.sparql import CUSTOM_EVALS
from rdflib.plugins.sparql.processor import SPARQLProcessor

from kg.errors import ProjectError, QueryError
from kg.rdf.serialize import ordered, serialize
from kg.rdf.terms import Quad, Term, Triple
from kg.rdf.to_rdflib import from_rdflib, to_graph
from kg.shacl.components import COMPONENTS
from kg.shacl.messages import message
from kg.shacl.model import Model
from kg.shacl.queries import prefixes, read, refuse
from kg.shacl.report import Finding, Report, Timed, order


class _Work(NamedTuple):
    """What is noted while pySHACL works: focus nodes and seconds by shape, checks under way, shapes found to recur."""

    checked: dict[rdflib.term.Node, int]
    seconds: dict[rdflib.term.Node, float]
    under_way: set[tuple[rdflib.term.Node, rdflib.term.Node]]
    recursive: set[rdflib.term.Node]


class _ShapeError(Exception):
    """What is wrong with a shape, which pySHACL says without its name."""

    def __init__(self, shape: rdflib.term.Node, said: str) -> None:
        self.shape = shape
        super().__init__(said)


def validate(
    data: Iterable[Quad | Triple],
    shapes: Iterable[Quad | Triple],
    notes: Sequence[str] = (),
    model: Model | None = None,
) -> Report:
    """The report of data against shapes, the notes among its warnings; ProjectError where the shapes are not SHACL.

    What a finding says where its shape says nothing is taken from the model of the shapes, where that is given.
    """
    shapes_graph = to_graph(shapes)
    shapes_graph.remove((None, SH.rule, None))  # what a rule adds is not what is published
    try:
        with _alone(), _replaced() as work:
            _, graph, text = pyshacl.validate(
                to_graph(data),
                shacl_graph=shapes_graph,
                advanced=True,
                inplace=True,
                inference="none",
                do_owl_imports=False,
            )
            findings = tuple(sorted(_findings(graph, shapes_graph, model), key=order)) if _is_graph(graph) else ()
    except (QueryError, ProjectError):
        raise
    except _ShapeError as error:
        raise ProjectError(f"shapes: {_told(error.shape, shapes_graph)}: {error}; fix the shape") from None
    except RecursionError:
        raise ProjectError("shapes: they nest too deep to be checked; fix the shapes") from None
    except Exception as error:  # noqa: BLE001  (pySHACL and rdflib raise plain exceptions for shapes they cannot use)
        raise ProjectError(f"shapes: {_said(error, shapes_graph)}; fix the shape") from None
    if not _is_graph(graph):
        raise ProjectError(f"shapes: pySHACL could not use them: {' '.join(str(text).split())}")
    counts = {_name(shape, shapes_graph): number for shape, number in work.checked.items()}
    recursive = [
        f"{_outer(shape, shapes_graph)} is recursive; what is being checked already is taken to conform"
        for shape in sorted(work.recursive, key=str)
    ]
    times = tuple(
        Timed(_name(shape, shapes_graph), "pyshacl", number, work.seconds.get(shape, 0.0))
        for shape, number in work.checked.items()
    )
    return Report(findings, dict(sorted(counts.items())), _turtle(graph), (*notes, *dict.fromkeys(recursive)), times)


def _is_graph(found: object) -> TypeGuard[rdflib.Graph]:
    return isinstance(found, rdflib.Graph)


def _said(error: Exception, shapes: rdflib.Graph) -> str:
    """What an exception says, on one line, with blank shapes called by the shape around them."""
    said = " ".join(str(getattr(error, "message", "") or (error.args[0] if error.args else error)).split())
    said = re.sub(r"For reference, see \S+|Traceback.*", "", said).strip().rstrip(".")
    for node in set(re.findall(r"\b(b[0-9a-f]{8}n\d+\w*)\b", said)):
        said = re.sub(rf"'?\b{node}\b'?", _told(rdflib.BNode(node), shapes), said)
    return said or type(error).__name__


@contextmanager
def _replaced() -> Iterator[_Work]:
    """Let pySHACL work with what is replaced of it, as long as this lasts."""
    work = _Work({}, {}, set(), set())
    parameters = _Parameters(pyshacl.constraints.ALL_CONSTRAINT_PARAMETERS)
    components = {**pyshacl.constraints.CONSTRAINT_PARAMETERS_MAP, **COMPONENTS, SH.expression: ExpressionConstraint}
    with ExitStack() as stack:
        for owner, name, new in (
            (Shape, "focus_nodes", _focus_nodes(work)),
            (Shape, "validate", _validate(work)),
            (ConstraintComponent, "make_v_result", _result()),
            (SPARQLQueryHelper, "collect_prefixes", prefixes),
            (SPARQLQueryHelper, "check_invalid_sparql", _check_sparql()),
            (SPARQLProcessor, "query", _query()),
            (pyshacl.shape, "CONSTRAINT_PARAMS", (parameters, components)),
        ):
            stack.callback(setattr, owner, name, getattr(owner, name, (None, None)))
            setattr(owner, name, new)
        stack.callback(sys.setrecursionlimit, sys.getrecursionlimit())
        sys.setrecursionlimit(50_000)  # shapes that recur go as deep as the data do
        yield work


class _Parameters(list[rdflib.term.Node]):
    """pySHACL's list of parameters, in which it looks for every triple of a shape at every node."""

    def __init__(self, names: Iterable[rdflib.term.Node]) -> None:
        super().__init__(names)
        self._known = {*self, SH.expression}

    def copy(self) -> "_Parameters":
        """Itself."""
        return self  # and SH.expression, which pySHACL adds to its copy, is known already

    def append(self, name: rdflib.term.Node) -> None:
        """Take one more for known."""
        self._known.add(name)

    def __contains__(self, name: object) -> bool:
        return name in self._known


def _focus_nodes(work: _Work) -> Any:
    """Shape.focus_nodes, with their number noted."""
    original: Any = Shape.focus_nodes

    def focus_nodes(shape: Any, data_graph: rdflib.Graph, debug: bool = False) -> Any:
        found = original(shape, data_graph, debug=debug)
        if any(map(list, shape.target())) or (shape.node, SH.target, None) in shape.sg.graph:
            work.checked[shape.node] = len(found)
        return found

    return focus_nodes


def _validate(work: _Work) -> Any:
    """Shape.validate; a node whose check is under way is taken to conform, and errors name the shape."""
    original: Any = Shape.validate

    def validate(shape: Any, executor: Any, target_graph: Any, focus: Any = None, _evaluation_path: Any = None) -> Any:
        if focus is None and shape.node not in work.seconds:  # as it is called for the nodes of its targets
            work.seconds[shape.node] = 0.0
            begun_at = time.perf_counter()
            try:
                return validate(shape, executor, target_graph, focus, _evaluation_path)
            finally:
                work.seconds[shape.node] = time.perf_counter() - begun_at
        nodes = focus if isinstance(focus, list) else [focus]
        begun = {(shape.node, node) for node in nodes if (shape.node, node) not in work.under_way}
        if len(begun) < len(nodes):
            work.recursive.add(shape.node)
            focus = [node for node in nodes if (shape.node, node) in begun]
        if not begun:
            return True, []
        work.under_way.update(begun)
        try:
            return original(shape, executor, target_graph, focus, [])
        except (_ShapeError, RecursionError, QueryError, ProjectError):
            raise
        except Exception as error:
            raise _ShapeError(shape.node, _said(error, shape.sg.graph)) from error
        finally:
            work.under_way.difference_update(begun)

    return validate


def _result() -> Any:
    """ConstraintComponent.make_v_result, whose messages keep their languages when values are put into them."""
    original: Any = ConstraintComponent.make_v_result

    def make_v_result(component: Any, *args: Any, bound_vars: Any = None, **named: Any) -> Any:
        said, node, triples = original(component, *args, **named)
        values = _bound(bound_vars, component.shape)
        return said, node, [(s, p, _filled(o, values) if p == SH.resultMessage else o) for s, p, o in triples]

    return make_v_result


def _check_sparql() -> Any:
    """SPARQLQueryHelper.check_invalid_sparql, by a parser; a query that was found fine is not read again."""
    fine: set[tuple[str, ...]] = set()

    def check_invalid_sparql(helper: Any, sparql_text: str, valuenode: Any = None, extravars: Any = None) -> bool:
        bound = {"this", *(["value"] if valuenode is not None else []), *(extravars or ())}
        if (sparql_text, *sorted(bound)) not in fine:
            refuse(helper, sparql_text, bound)
            fine.add((sparql_text, *sorted(bound)))
        return True

    return check_invalid_sparql


def _query() -> Any:
    """SPARQLProcessor.query, which reads each text once."""
    original: Any = SPARQLProcessor.query

    def query(
        processor: Any, text: Any, bindings: Any = None, names: Any = None, base: str | None = None, *rest: Any
    ) -> Any:
        if isinstance(text, str):
            try:
                text = read(text, base).query  # as `refuse` has read it
            except Exception:  # noqa: BLE001  (rdflib and pyparsing raise what they like)
                text = read(text, base, tuple(sorted((names or {}).items()))).query
        return original(processor, text, bindings, names, base, *rest)

    return query


def _bound(bound: Any, shape: Any) -> dict[str, str]:
    """The values of a result's variables, for its messages (SHACL, 5.2.2)."""
    if bound is None:
        return {}
    if isinstance(bound, dict):
        values = dict(bound)
    else:
        values = {**(bound[3] if len(bound) == 4 else {}), "this": bound[0], "path": bound[1], "value": bound[2]}
    if shape.is_property_shape and isinstance(shape.path(), rdflib.URIRef):
        values.setdefault("PATH", shape.path())
    return {str(name): str(value) for name, value in values.items() if value is not None}


def _filled(message: Any, values: dict[str, str]) -> Any:
    """A message with {?name} and {$name} replaced by the values there are."""
    if not values or not isinstance(message, rdflib.Literal):
        return message
    text = re.sub(r"\{[?$](\w+)\}", lambda found: values.get(found[1], found[0]), str(message))
    return rdflib.Literal(text, lang=message.language)


def _turtle(graph: rdflib.Graph) -> str:
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


@contextmanager
def _alone() -> Iterator[None]:
    """Let rdflib's SPARQL, which shapes can hold, reach nothing, and nothing that libraries log or warn be seen."""

    def refuse_service(context: object, part: object) -> None:
        if getattr(part, "name", "") == "ServiceGraphPattern":
            raise ProjectError("shapes: a shape's SPARQL asks another server (SERVICE); write it another way")
        raise NotImplementedError  # rdflib's word for: not mine, go on

    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    rdflib.plugins.sparql.SPARQL_LOAD_GRAPHS = False
    CUSTOM_EVALS["kg"] = refuse_service
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        del CUSTOM_EVALS["kg"]
        logging.disable(before)


def _findings(report: rdflib.Graph, shapes: rdflib.Graph, model: Model | None) -> Iterator[Finding]:
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
        "" if shape is None else _name(shape, shapes),
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


def _name(shape: rdflib.term.Node, shapes: rdflib.Graph) -> str:
    """The IRI of a shape, or of the shape around it where it has none."""
    seen: set[rdflib.term.Node] = set()
    while not isinstance(shape, rdflib.URIRef) and shape not in seen:
        seen.add(shape)
        outer = sorted((node for node in shapes.subjects(None, shape) if node != shape), key=str)
        shape = outer[0] if outer else shape
    return str(shape) if isinstance(shape, rdflib.URIRef) else f"_:{shape}"


def _outer(shape: rdflib.term.Node, shapes: rdflib.Graph) -> str:
    name = _name(shape, shapes)
    return name if name.startswith("_:") else f"<{name}>"


def _told(shape: rdflib.term.Node, shapes: rdflib.Graph) -> str:
    """How a message names a shape."""
    inner = "" if isinstance(shape, rdflib.URIRef) else ", a shape within it"
    path = shapes.value(shape, SH.path)
    inner = f" on <{path}>" if inner and isinstance(path, rdflib.URIRef) else inner
    return f"{_outer(shape, shapes)}{inner}"
