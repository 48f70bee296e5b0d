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
from contextlib import ExitStack, contextmanager, suppress
from types import SimpleNamespace
from typing import Any, NamedTuple, TypeGuard

import pyshacl
import pyshacl.constraints
import pyshacl.shape
import rdflib
from pyshacl.constraints.advanced import ExpressionConstraint
from pyshacl.constraints.constraint_component import ConstraintComponent
from pyshacl.helper.sparql_query_helper import SPARQLQueryHelper
from pyshacl.shape import Shape
from rdflib import SH
from rdflib.plugins.sparql import CUSTOM_EVALS
from rdflib.plugins.sparql.processor import SPARQLProcessor

from kg.errors import ProjectError, QueryError
from kg.rdf.terms import Quad, Triple
from kg.rdf.to_rdflib import to_graph
from kg.shacl.components import COMPONENTS
from kg.shacl.model import Model
from kg.shacl.pyshacl_report import findings, outer_name, shape_name, told_name, turtle_of
from kg.shacl.queries import prefixes, read, refuse
from kg.shacl.report import Report, Timed, order


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
    shapes: Iterable[Quad | Triple] | rdflib.Graph,
    notes: Sequence[str] = (),
    model: Model | None = None,
) -> Report:
    """The report of data against shapes, the notes among its warnings; ProjectError where the shapes are not SHACL.

    What a finding says where its shape says nothing is taken from the model of the shapes, where that is given.
    """
    shapes_graph = shapes if isinstance(shapes, rdflib.Graph) else ready(shapes)
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
            found = tuple(sorted(findings(graph, shapes_graph, model), key=order)) if _is_graph(graph) else ()
    except (QueryError, ProjectError):
        raise
    except _ShapeError as error:
        raise ProjectError(f"shapes: {told_name(error.shape, shapes_graph)}: {error}; fix the shape") from None
    except RecursionError:
        raise ProjectError("shapes: they nest too deep to be checked; fix the shapes") from None
    except Exception as error:  # noqa: BLE001  (pySHACL and rdflib raise plain exceptions for shapes they cannot use)
        raise ProjectError(f"shapes: {_said(error, shapes_graph)}; fix the shape") from None
    if not _is_graph(graph):
        raise ProjectError(f"shapes: pySHACL could not use them: {' '.join(str(text).split())}")
    counts = {shape_name(shape, shapes_graph): number for shape, number in work.checked.items()}
    recursive = [
        f"{outer_name(shape, shapes_graph)} is recursive; what is being checked already is taken to conform"
        for shape in sorted(work.recursive, key=str)
    ]
    times = tuple(
        Timed(shape_name(shape, shapes_graph), "pyshacl", number, work.seconds.get(shape, 0.0))
        for shape, number in work.checked.items()
    )
    return Report(found, dict(sorted(counts.items())), turtle_of(graph), (*notes, *dict.fromkeys(recursive)), times)


def ready(shapes: Iterable[Quad | Triple]) -> rdflib.Graph:
    """Shapes as rdflib has them, their queries read; what is wrong with one of these is told when it is asked."""
    graph = to_graph(shapes)
    graph.remove((None, SH.rule, None))  # what a rule adds is not what is published
    query_helper: Any = SPARQLQueryHelper  # has no types
    home = SimpleNamespace(sg=SimpleNamespace(graph=graph))
    for asked in (SH.select, SH.ask):
        for node, text in graph.subject_objects(asked):
            helper = query_helper(home, node, str(text))
            with suppress(Exception):
                prefixes(helper)
                read(helper.apply_prefixes(helper.select_text), None)
    return graph


def _is_graph(found: object) -> TypeGuard[rdflib.Graph]:
    return isinstance(found, rdflib.Graph)


def _said(error: Exception, shapes: rdflib.Graph) -> str:
    """What an exception says, on one line, with blank shapes called by the shape around them."""
    said = " ".join(str(getattr(error, "message", "") or (error.args[0] if error.args else error)).split())
    said = re.sub(r"For reference, see \S+|Traceback.*", "", said).strip().rstrip(".")
    for node in set(re.findall(r"\b(b[0-9a-f]{8}n\d+\w*)\b", said)):
        said = re.sub(rf"'?\b{node}\b'?", told_name(rdflib.BNode(node), shapes), said)
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
            (ConstraintComponent, "make_v_result_description", lambda *_, **__: ""),  # of a text that nobody reads
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
