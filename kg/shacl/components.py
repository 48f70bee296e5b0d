"""Components: the constraint components of SHACL where pySHACL's own differ from the specification.

Each is pySHACL's component with the part replaced that decides. Literals are judged and compared by `kg.rdf.datatypes`,
not by what Python reads; patterns are XPath's (`kg.shacl.patterns`). `COMPONENTS` maps the parameters that
they replace.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import rdflib
from pyshacl.constraints.core.logical_constraints import (
    AndConstraintComponent,
    OrConstraintComponent,
    XoneConstraintComponent,
)
from pyshacl.constraints.core.other_constraints import ClosedConstraintComponent
from pyshacl.constraints.core.property_pair_constraints import (
    LessThanConstraintComponent,
    LessThanOrEqualsConstraintComponent,
)
from pyshacl.constraints.core.shape_based_constraints import NodeConstraintComponent, PropertyConstraintComponent
from pyshacl.constraints.core.string_based_constraints import (
    MinLengthConstraintComponent,
    PatternConstraintComponent,
    UniqueLangConstraintComponent,
)
from pyshacl.constraints.core.value_constraints import ClassConstraintComponent, DatatypeConstraintComponent
from pyshacl.constraints.core.value_range_constraints import (
    MaxExclusiveConstraintComponent,
    MaxInclusiveConstraintComponent,
    MinExclusiveConstraintComponent,
    MinInclusiveConstraintComponent,
)
from rdflib import RDF, RDFS, SH, XSD, Literal

from kg.rdf.datatypes import compare, problem
from kg.shacl.patterns import expression, limited

SH_AND, SH_OR = rdflib.URIRef(SH + "and"), rdflib.URIRef(SH + "or")
Focus = Mapping[Any, Iterable[Any]]


def datatype_of(literal: Literal) -> str:
    """The datatype of a literal, as SPARQL's DATATYPE gives it (SPARQL 1.1, 17.4.2.7)."""
    if literal.language:
        return str(RDF.langString)
    return str(literal.datatype or XSD.string)


def order_of(left: object, right: object) -> int | None:
    """Whether one term is less (-1), the same (0) or greater (1) than another; None where they cannot be compared."""
    if not isinstance(left, Literal) or not isinstance(right, Literal):
        return None
    return compare((str(left), datatype_of(left)), (str(right), datatype_of(right)))


class _Component:
    """What the components below call of pySHACL's own."""

    shape: Any
    make_v_result: Any

    def results(self, graph: Any, wrong: Iterable[tuple[Any, Any]]) -> tuple[bool, list[Any]]:
        """Whether nothing is wrong, and a result for each focus node and value that is."""
        found = [self.make_v_result(graph, focus, value_node=value) for focus, value in wrong]
        return not found, found


class Datatype(_Component, DatatypeConstraintComponent):
    """sh:datatype: the same datatype, and a lexical form that it has (SHACL, 4.1.2)."""

    def evaluate(self, executor: Any, target_graph: Any, focus_value_nodes: Focus, _evaluation_path: Any) -> Any:
        """Results for values of another datatype, or ill-typed."""
        wanted = str(self.datatype_rule)

        def fits(value: object) -> bool:
            if not isinstance(value, Literal):
                return False
            found = datatype_of(value)
            return (found == wanted and not problem(found, str(value))) or wanted == str(RDFS.Literal)

        values = ((focus, value) for focus, values in focus_value_nodes.items() for value in values)
        return self.results(target_graph, (pair for pair in values if not fits(pair[1])))


def _range(base: Any, parameter: rdflib.URIRef, fine: frozenset[int]) -> type:
    """A component of a bound: values whose order to it is not among the fine ones are wrong (SHACL, 4.3)."""

    class Range(_Component, base):  # type: ignore[misc]  # a class given as a value
        """sh:minInclusive and its like (SHACL, 4.3)."""

        def evaluate(self, executor: Any, target_graph: Any, focus_value_nodes: Focus, _evaluation_path: Any) -> Any:
            """Results for values on the other side of a bound, or that cannot be compared with it."""
            bounds = list(self.shape.objects(parameter))
            wrong = (
                (focus, value)
                for bound in bounds
                for focus, values in focus_value_nodes.items()
                for value in values
                if order_of(value, bound) not in fine
            )
            return self.results(target_graph, wrong)

    return Range


def _pair(base: Any, fine: frozenset[int]) -> type:
    """A component that compares values with those of another property of the focus node (SHACL, 4.5.3 and 4.5.4)."""

    class Pair(_Component, base):  # type: ignore[misc]  # a class given as a value
        """sh:lessThan and sh:lessThanOrEquals."""

        def evaluate(self, executor: Any, target_graph: Any, focus_value_nodes: Focus, _evaluation_path: Any) -> Any:
            """Results for values that are not less than another, or cannot be compared with it."""
            wrong = (
                (focus, value)
                for other in self.property_compare_set
                for focus, values in focus_value_nodes.items()
                for bound in list(target_graph.objects(focus, other))
                for value in values
                if order_of(value, bound) not in fine
            )
            return self.results(target_graph, wrong)

    return Pair


class Pattern(_Component, PatternConstraintComponent):
    """sh:pattern: a regular expression of XPath (SPARQL 1.1, 17.4.3.14)."""

    def __init__(self, shape: Any) -> None:
        self.shape = shape
        self.allow_multi_rules = True
        self.string_rules = list(shape.objects(SH.pattern))
        flags = sorted(str(flag) for flag in shape.objects(SH.flags))
        self.compiled = {pattern: expression(str(pattern), "".join(flags[:1])) for pattern in self.string_rules}

    def _evaluate_string_rule(self, r: Any, target_graph: Any, f_v_dict: Focus) -> Any:
        found = self.compiled[r]
        with limited(str(r)):
            wrong = [
                (focus, value)
                for focus, values in f_v_dict.items()
                for value in values
                if isinstance(value, rdflib.BNode) or not found.search(str(value))
            ]
        conforms, results = self.results(target_graph, wrong)
        return not conforms, results


class MinLength(_Component, MinLengthConstraintComponent):
    """sh:minLength, which no blank node keeps to, not even of 0 (SHACL, 4.4.1)."""

    def _evaluate_string_rule(self, r: Any, target_graph: Any, f_v_dict: Focus) -> Any:
        least = int(str(r))
        values = ((focus, value) for focus, some in f_v_dict.items() for value in some)
        wrong = (pair for pair in values if isinstance(pair[1], rdflib.BNode) or len(str(pair[1])) < least)
        conforms, results = self.results(target_graph, wrong)
        return not conforms, results


class UniqueLang(_Component, UniqueLangConstraintComponent):
    """sh:uniqueLang, which only the term true switches on (SHACL, 4.4.5)."""

    def __init__(self, shape: Any) -> None:
        self.shape = shape
        self.allow_multi_rules = False
        self.string_rules = [Literal(str(rule) == "true") for rule in shape.objects(SH.uniqueLang)]

    def _evaluate_string_rule(self, r: Any, target_graph: Any, f_v_dict: Focus) -> Any:
        return super()._evaluate_string_rule(bool(r.value), target_graph, f_v_dict)  # type: ignore[no-untyped-call]  # pySHACL has no types


class Closed(_Component, ClosedConstraintComponent):
    """sh:closed; sh:ignoredProperties alone constrains nothing (SHACL, 4.8.1)."""

    def __init__(self, shape: Any) -> None:
        if list(shape.objects(SH.closed)):
            super().__init__(shape)
        else:
            self.shape, self.is_closed = shape, False


class Class(ClassConstraintComponent):
    """sh:class (SHACL, 4.1.1): most values have the class itself, and pySHACL climbs from each class of theirs."""

    def _evaluate_class_rules_rdflib(self, target_graph: Any, f_v_dict: Focus, class_rule: Any) -> Any:
        left = {
            focus: [value for value in values if class_rule not in target_graph.objects(value, RDF.type)]
            for focus, values in f_v_dict.items()
        }
        return super()._evaluate_class_rules_rdflib(target_graph, left, class_rule)  # type: ignore[no-untyped-call]  # pySHACL has no types


class _Listed(_Component):
    """sh:and, sh:or, sh:xone and sh:node, whose results say in sh:detail what each shape found."""

    parameter: rdflib.URIRef
    conforms: Callable[[list[bool]], bool]  # from whether a value conforms to each shape of the list

    def evaluate(self, executor: Any, datagraph: Any, focus_value_nodes: Focus, _evaluation_path: Any) -> Any:
        """A result for each value that does not conform, with the results of the shapes."""
        found = []
        for members in self.shape.objects(self.parameter):
            shapes = [self.shape.get_other_shape(node) for node in self.nodes(members)]
            for focus, values in focus_value_nodes.items():
                for value in values:
                    checks = [shape.validate(executor, datagraph, value, _evaluation_path[:]) for shape in shapes]
                    if self.conforms([conforms for conforms, _ in checks]):
                        continue
                    said, node, triples = self.make_v_result(datagraph, focus, value_node=value)
                    for _, details in checks:
                        for _, detail, parts in details:
                            triples += [(node, SH.detail, detail), *parts]
                    found.append((said, node, triples))
        return not found, found

    def nodes(self, members: Any) -> list[Any]:
        """The nodes of the shapes."""
        return list(self.shape.sg.graph.items(members))


class Node(_Listed, NodeConstraintComponent):
    """sh:node (SHACL, 4.7.1)."""

    parameter = SH.node
    conforms = staticmethod(all)

    def nodes(self, members: Any) -> list[Any]:
        """The node of the one shape."""
        return [members]


class And(_Listed, AndConstraintComponent):
    """sh:and (SHACL, 4.6.2)."""

    parameter = SH_AND
    conforms = staticmethod(all)


class Or(_Listed, OrConstraintComponent):
    """sh:or (SHACL, 4.6.3)."""

    parameter = SH_OR
    conforms = staticmethod(any)


class Xone(_Listed, XoneConstraintComponent):
    """sh:xone (SHACL, 4.6.4)."""

    parameter = SH.xone
    conforms = staticmethod(lambda verdicts: sum(verdicts) == 1)


class Property(PropertyConstraintComponent):
    """sh:property of a node shape for all its focus nodes at once (SHACL, 4.7.2): pySHACL reads the shape for each."""

    def _evaluate_property_shape(self, executor: Any, prop: Any, graph: Any, nodes: Focus, *rest: Any) -> Any:
        if not self.shape.is_property_shape:  # then each focus node is the one value of itself
            nodes = {self.shape.node: [list(nodes)]}
        return super()._evaluate_property_shape(executor, prop, graph, nodes, *rest)  # type: ignore[no-untyped-call]  # pySHACL has no types


COMPONENTS: dict[rdflib.URIRef, type] = {
    SH["class"]: Class,
    SH.datatype: Datatype,
    SH.minExclusive: _range(MinExclusiveConstraintComponent, SH.minExclusive, frozenset({1})),
    SH.minInclusive: _range(MinInclusiveConstraintComponent, SH.minInclusive, frozenset({0, 1})),
    SH.maxExclusive: _range(MaxExclusiveConstraintComponent, SH.maxExclusive, frozenset({-1})),
    SH.maxInclusive: _range(MaxInclusiveConstraintComponent, SH.maxInclusive, frozenset({-1, 0})),
    SH.lessThan: _pair(LessThanConstraintComponent, frozenset({-1})),
    SH.lessThanOrEquals: _pair(LessThanOrEqualsConstraintComponent, frozenset({-1, 0})),
    SH.minLength: MinLength,
    SH.pattern: Pattern,
    SH.uniqueLang: UniqueLang,
    SH.closed: Closed,
    SH.ignoredProperties: Closed,
    SH_AND: And,
    SH_OR: Or,
    SH.xone: Xone,
    SH.node: Node,
    SH.property: Property,
}
