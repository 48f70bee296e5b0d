"""Model: shapes as SHACL has them, read out of a shapes graph; knows no engine.

A shape has targets, a path where it is a property shape, and constraints. Each constraint is a component of SHACL with
the value of its parameter: a term, a list of terms, or shapes. What is not in the model (components of others, SPARQL
functions, expressions) is in `beyond`, so that an engine that knows only this can leave the shape to another.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import pyoxigraph as px

from kg.errors import ProjectError
from kg.rdf.datatypes import NUMBERS
from kg.rdf.terms import OWL, RDF, RDFS, SH, TYPE, Quad, Term, Triple, text_of
from kg.shacl.paths import NIL, Path


class Constraint(NamedTuple):
    """A constraint: the name of its component (sh:minCount without sh:), the value of its parameter, the values of what
    goes with it (flags, ignoredProperties …), and the shapes that it uses.
    """

    name: str
    value: Term
    items: tuple[Term, ...] = ()
    more: Mapping[str, Any] = {}
    shapes: tuple[Term, ...] = ()

    @property
    def component(self) -> str:
        """The IRI of the component."""
        return f"{SH}{_COMPONENTS.get(self.name, self.name[:1].upper() + self.name[1:])}ConstraintComponent"


_COMPONENTS = {"sparql": "SPARQL"}


class Target(NamedTuple):
    """What a shape is for: class, node, subjectsOf, objectsOf or sparql, and its value: an IRI, a node or a query."""

    kind: str
    value: Term
    query: str = ""


class Shape(NamedTuple):
    """A shape, with defaults filled in; `beyond` says what of it is not in the model."""

    node: Term
    name: str
    path: Path | None
    severity: str
    messages: tuple[Term, ...]
    deactivated: bool
    targets: tuple[Target, ...]
    constraints: tuple[Constraint, ...]
    beyond: tuple[str, ...] = ()


class Model(NamedTuple):
    """The shapes of a graph by their nodes, and the statements that they were read from."""

    shapes: Mapping[Term, Shape]
    quads: tuple[Quad | Triple, ...]

    def targeted(self) -> list[Shape]:
        """The shapes that have targets and are not deactivated, by name."""
        found = [shape for shape in self.shapes.values() if shape.targets and not shape.deactivated]
        return sorted(found, key=lambda shape: (shape.name, str(shape.node)))

    def shown(self, node: Term) -> str:
        """How a message names a shape."""
        name = self.shapes[node].name
        return f"<{name}>" if not name.startswith("_:") else name

    def used(self, node: Term) -> list[Term]:
        """A shape and all that it uses, itself first, each once."""
        found: dict[Term, None] = {node: None}
        waiting = [node]
        while waiting:
            shape = self.shapes.get(waiting.pop())
            for one in (one for constraint in (shape.constraints if shape else ()) for one in constraint.shapes):
                if one not in found:
                    found[one] = None
                    waiting.append(one)
        return list(found)


_ONE = (  # parameters with one value each
    "class datatype nodeKind minCount maxCount minExclusive minInclusive maxExclusive maxInclusive minLength maxLength "
    "equals disjoint lessThan lessThanOrEquals hasValue"
).split()
_LISTS = ("in", "languageIn")
_SHAPES = ("property", "node", "not")
_SHAPE_LISTS = ("and", "or", "xone")
_PROPERTY_ONLY = ("minCount", "maxCount", "uniqueLang", "lessThan", "lessThanOrEquals", "qualifiedValueShape")
_WHOLE = ("minCount", "maxCount", "minLength", "maxLength", "qualifiedMinCount", "qualifiedMaxCount")
_ONCE = (  # parameters that a shape has once at most
    "datatype nodeKind minCount maxCount minExclusive minInclusive maxExclusive maxInclusive minLength maxLength "
    "languageIn uniqueLang in closed ignoredProperties flags qualifiedMinCount qualifiedMaxCount severity path"
).split()
_IRIS = ("class", "datatype", "equals", "disjoint", "lessThan", "lessThanOrEquals")
_KINDS = {"IRI", "BlankNode", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral"}
_OPERATORS = {f"{name}Path": name for name in ("inverse", "alternative", "zeroOrMore", "oneOrMore", "zeroOrOne")}
_TRUE = {"true", "1"}


def read_model(quads: Iterable[Quad | Triple]) -> Model:
    """The model of a shapes graph; ProjectError with all that is not SHACL, each naming the shape."""
    return _Reader(tuple(quads)).model()


class _Reader:
    def __init__(self, quads: tuple[Quad | Triple, ...]) -> None:
        self.quads = quads
        self.about: dict[Term, dict[str, list[Term]]] = {}
        self.into: dict[Term, list[Term]] = {}
        for quad in quads:
            values = self.about.setdefault(quad.subject, {}).setdefault(quad.predicate.value, [])
            if quad.object not in values:
                values.append(quad.object)
                self.into.setdefault(quad.object, []).append(quad.subject)
        self.faults: list[str] = []
        self.shapes: dict[Term, Shape] = {}
        self.parameters = {
            text_of(path): text_of(component)
            for component, said in self.about.items()
            for parameter in said.get(SH + "parameter", ())
            for path in self.about.get(parameter, {}).get(SH + "path", ())
            if not text_of(component).startswith(SH)
        }
        self.functions = any(
            SH + kind in map(text_of, said.get(TYPE.value, ()))
            for said in self.about.values()
            for kind in ("SPARQLFunction", "JSFunction")
        )
        self.classes = self._subclasses()

    def _subclasses(self) -> set[Term]:
        """The nodes that are classes of classes: rdfs:Class, owl:Class, and what the graph says is one below."""
        found: set[Term] = {px.NamedNode(RDFS + "Class"), px.NamedNode(OWL + "Class")}
        while (
            more := {node for node, said in self.about.items() if found.intersection(said.get(RDFS + "subClassOf", ()))}
            - found
        ):
            found |= more
        return found

    def model(self) -> Model:
        """The model; ProjectError where something is wrong."""
        for node, said in self.about.items():
            types = {text_of(kind) for kind in said.get(TYPE.value, ())}
            targets = any(SH + name in said for name in _TARGETS)
            if types & {SH + "NodeShape", SH + "PropertyShape"} or targets:
                self.shape(node)
        if self.faults:
            raise ProjectError("\n".join(f"shapes: {fault}; fix the shape" for fault in dict.fromkeys(self.faults)))
        return Model(self.shapes, self.quads)

    def shape(self, start: Term) -> None:
        """Read a shape and those that it uses."""
        waiting = [start]
        while waiting:
            node = waiting.pop()
            if node not in self.shapes:
                self.shapes[node] = shape = self._shape(node)
                waiting.extend(one for constraint in shape.constraints for one in constraint.shapes)

    def fault(self, node: Term, message: str) -> None:
        """Note what is wrong with a shape."""
        self.faults.append(f"{self.shown(node)}: {message}")

    def name(self, node: Term) -> str:
        """The IRI of a shape, or of the one around it."""
        seen: set[Term] = set()
        while not isinstance(node, px.NamedNode) and node not in seen and node in self.into:
            seen.add(node)
            node = min((one for one in self.into[node] if one != node), key=str, default=node)
        return text_of(node) if isinstance(node, px.NamedNode) else str(node)

    def shown(self, node: Term) -> str:
        """How a message names a shape."""
        name = self.name(node)
        name = name if name.startswith("_:") else f"<{name}>"
        if isinstance(node, px.NamedNode):
            return name
        paths = self.about.get(node, {}).get(SH + "path", ())
        on = f" on {paths[0]}" if len(paths) == 1 and isinstance(paths[0], px.NamedNode) else ""
        return f"{name}, a shape within it{on}"

    def _shape(self, node: Term) -> Shape:
        said = {
            predicate.removeprefix(SH): values
            for predicate, values in self.about.get(node, {}).items()
            if predicate.startswith(SH)
        }
        paths = said.get("path", [])
        path = self.path(paths[0], node) if paths else None
        severity = text_of(said["severity"][0]) if said.get("severity") else SH + "Violation"
        deactivated = any(text_of(value) in _TRUE for value in said.get("deactivated", ()))
        constraints = [] if deactivated else list(self._constraints(node, said, path))
        return Shape(
            node,
            self.name(node),
            path,
            severity,
            tuple(said.get("message", ())),
            deactivated,
            tuple(self._targets(node, said)),
            tuple(constraints),
            tuple(self._beyond(node, said)),
        )

    def _targets(self, node: Term, said: Mapping[str, list[Term]]) -> Iterator[Target]:
        for name, kind in _TARGETS.items():
            for value in said.get(name, ()):
                if kind != "sparql":
                    yield Target(kind, value)
                    continue
                query = self.about.get(value, {}).get(SH + "select", ())
                yield Target(kind, value, self.prefixes(value, node) + text_of(query[0]) if query else "")
        kinds = self.about.get(node, {}).get(TYPE.value, ())
        if self.classes.intersection(kinds):
            yield Target("class", node)

    def _beyond(self, node: Term, said: Mapping[str, list[Term]]) -> Iterator[str]:
        for predicate in self.about.get(node, {}):
            if component := self.parameters.get(predicate):
                yield f"the component <{component}>"
        yield from (f"sh:{name}" for name in ("expression", "js") if name in said)
        for value in said.get("target", ()):
            if SH + "select" not in self.about.get(value, {}):
                yield "a target of a type of its own"
        if self.functions and ("sparql" in said or "target" in said):
            yield "functions of SPARQL"

    def _constraints(self, node: Term, said: Mapping[str, list[Term]], path: Path | None) -> Iterator[Constraint]:
        for name in _ONCE:
            if len(said.get(name, ())) > 1:
                self.fault(node, f"sh:{name} has {len(said[name])} values, and can have one")
        for name in _PROPERTY_ONLY:
            if path is None and name in said:
                self.fault(node, f"sh:{name} needs a sh:path (SHACL, 4)")
        for name, value in self._said(said, _ONE):
            self._check(node, name, value)
            yield Constraint(name, value)
        for name, value in self._said(said, _LISTS):
            yield Constraint(name, value, self.items(value, node, name))
        yield from self._texts(node, said)
        for name, value in self._said(said, _SHAPES):
            yield Constraint(name, value, shapes=(value,))
        for name, value in self._said(said, _SHAPE_LISTS):
            yield Constraint(name, value, shapes=self.items(value, node, name))
        yield from self._qualified(node, said)
        yield from self._closed(node, said)
        for value in said.get("sparql", ()):
            yield from self._sparql(node, value)

    @staticmethod
    def _said(said: Mapping[str, list[Term]], names: Iterable[str]) -> list[tuple[str, Term]]:
        return [(name, value) for name in names for value in said.get(name, ())]

    def _texts(self, node: Term, said: Mapping[str, list[Term]]) -> Iterator[Constraint]:
        for value in said.get("pattern", ()):
            if not isinstance(value, px.Literal):
                self.fault(node, f"sh:pattern {value} is not a text")
            yield Constraint("pattern", value, more={"flags": "".join(map(text_of, said.get("flags", ())[:1]))})
        for value in said.get("uniqueLang", ()):
            if text_of(value) == "true":
                yield Constraint("uniqueLang", value)

    def _check(self, node: Term, name: str, value: Term) -> None:
        if name in _WHOLE and not (
            isinstance(value, px.Literal) and value.datatype.value in NUMBERS and value.value.isdigit()
        ):
            self.fault(node, f"sh:{name} {value} is not a whole number, as in 1")
        if name in _IRIS and not isinstance(value, px.NamedNode):
            self.fault(node, f"sh:{name} {value} is not an IRI")
        if name == "nodeKind" and text_of(value).removeprefix(SH) not in _KINDS:
            self.fault(node, f"sh:nodeKind {value} is not one of {', '.join(f'sh:{kind}' for kind in sorted(_KINDS))}")
        if name.startswith(("minE", "minI", "maxE", "maxI")) and not isinstance(value, px.Literal):
            self.fault(node, f"sh:{name} {value} is not a literal")

    def _qualified(self, node: Term, said: Mapping[str, list[Term]]) -> Iterator[Constraint]:
        for value in said.get("qualifiedValueShape", ()):
            disjoint = any(text_of(one) in _TRUE for one in said.get("qualifiedValueShapesDisjoint", ()))
            siblings = tuple(self._siblings(node, value)) if disjoint else ()
            bounds = [(name, n) for name in ("qualifiedMinCount", "qualifiedMaxCount") for n in said.get(name, ())]
            if not bounds:
                self.fault(node, "a sh:qualifiedValueShape without sh:qualifiedMinCount or sh:qualifiedMaxCount")
            for name, number in bounds:
                self._check(node, name, number)
                yield Constraint(name, number, shapes=(value, *siblings))

    def _siblings(self, node: Term, value: Term) -> Iterator[Term]:
        """The shapes that the parents of a property shape ask for of their other values (SHACL, 4.7.3)."""
        parents = [one for one in self.into.get(node, ()) if node in self.about[one].get(SH + "property", ())]
        for parent in parents:
            for other in self.about[parent].get(SH + "property", ()):
                for sibling in self.about.get(other, {}).get(SH + "qualifiedValueShape", ()):
                    if sibling != value:
                        yield sibling

    def _closed(self, node: Term, said: Mapping[str, list[Term]]) -> Iterator[Constraint]:
        for value in said.get("closed", ()):
            if text_of(value) not in _TRUE:
                continue
            ignored = [item for one in said.get("ignoredProperties", ()) for item in self.items(one, node, "ignored")]
            own = [
                path
                for shape in said.get("property", ())
                for path in self.about.get(shape, {}).get(SH + "path", ())
                if isinstance(path, px.NamedNode)
            ]
            yield Constraint("closed", value, (*ignored, *own))

    def _sparql(self, node: Term, value: Term) -> Iterator[Constraint]:
        about = self.about.get(value, {})
        if any(text_of(one) in _TRUE for one in about.get(SH + "deactivated", ())):
            return
        queries = about.get(SH + "select", ())
        if len(queries) != 1:
            self.fault(node, f"a sh:sparql with {len(queries) or 'no'} sh:select, where it needs one")
            return
        query = self.prefixes(value, node) + text_of(queries[0])
        yield Constraint("sparql", value, tuple(about.get(SH + "message", ())), {"query": query})

    def prefixes(self, node: Term, shape: Term) -> str:
        """The prefixes of a query, of sh:prefixes/owl:imports*/sh:declare (SHACL, 5.2.1)."""
        waiting, seen, found = list(self.about.get(node, {}).get(SH + "prefixes", ())), set[Term](), dict[str, str]()
        while waiting:
            if (home := waiting.pop()) in seen:
                continue
            seen.add(home)
            said = self.about.get(home, {})
            waiting.extend(said.get(OWL + "imports", ()))
            for declaration in said.get(SH + "declare", ()):
                values = self.about.get(declaration, {})
                prefix, namespace = values.get(SH + "prefix"), values.get(SH + "namespace")
                if not prefix or not namespace:
                    self.fault(shape, f"{home}: a sh:declare without sh:prefix or sh:namespace (SHACL, 5.2.1)")
                    continue
                found[text_of(prefix[0])] = text_of(namespace[0])
        return "".join(f"PREFIX {prefix}: <{namespace}> " for prefix, namespace in found.items()) + "\n"

    def items(self, members: Term, node: Term, name: str) -> tuple[Term, ...]:
        """The items of a list; a fault where it has no end, or parts of it are missing or there twice."""
        found, seen = [], set[Term]()
        while members != NIL:
            said = self.about.get(members, {})
            first, rest = said.get(RDF + "first", ()), said.get(RDF + "rest", ())
            if members in seen or len(first) != 1 or len(rest) != 1:
                why = "has no end" if members in seen else "is not a list that ends with rdf:nil"
                self.fault(node, f"the list of sh:{name} {why}")
                break
            seen.add(members)
            found.append(first[0])
            members = rest[0]
        return tuple(found)

    def path(self, node: Term, shape: Term, within: tuple[Term, ...] = ()) -> Path:
        """A path; a fault where it is none."""
        if isinstance(node, px.NamedNode) and node != NIL:
            return Path("", node.value)
        said = {name: values for name, values in self.about.get(node, {}).items()}
        if node in within or isinstance(node, px.Literal):
            self.fault(shape, f"sh:path {'leads back to itself' if node in within else f'{node} is not a path'}")
            return Path("", RDF + "nil")
        if RDF + "first" in said:
            items = self.items(node, shape, "path")
            if len(items) < 2:
                self.fault(shape, "a sequence of sh:path has one part (SHACL, 2.3.1.2)")
            return Path("sequence", parts=tuple(self.path(item, shape, (*within, node)) for item in items))
        found = [(operator, said[SH + name]) for name, operator in _OPERATORS.items() if SH + name in said]
        if len(found) != 1 or len(found[0][1]) != 1:
            self.fault(shape, "sh:path is neither an IRI nor one of SHACL's paths (SHACL, 2.3.1)")
            return Path("", RDF + "nil")
        operator, (inner,) = found[0]
        if operator == "alternative":
            items = self.items(inner, shape, "alternativePath")
            return Path(operator, parts=tuple(self.path(item, shape, (*within, node)) for item in items))
        return Path(operator, parts=(self.path(inner, shape, (*within, node)),))


_TARGETS = {
    "targetClass": "class",
    "targetNode": "node",
    "targetSubjectsOf": "subjectsOf",
    "targetObjectsOf": "objectsOf",
    "target": "sparql",
}


def beyond(model: Model, shape: Shape) -> str:
    """What keeps a shape from being checked in columns: something that it or a shape it uses has, or ""."""
    for node in model.used(shape.node):
        found = model.shapes.get(node)
        if found and found.beyond:
            return found.beyond[0]
        if found and _through_not(model, found):
            return "recursion through sh:not, sh:xone or a greatest number"
    return ""


def _through_not(model: Model, shape: Shape) -> bool:
    """Whether a shape uses itself where more failures would be fewer."""
    return any(
        shape.node in model.used(used)
        for constraint in shape.constraints
        if constraint.name in ("not", "xone", "qualifiedMaxCount")
        for used in constraint.shapes
    ) or any(
        shape.node in model.used(sibling)
        for constraint in shape.constraints
        if constraint.name == "qualifiedMinCount"
        for sibling in constraint.shapes[1:]
    )
