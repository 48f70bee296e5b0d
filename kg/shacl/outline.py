"""Outline: what shapes ask for, in words, for people who have to write data that keep to them."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pyoxigraph as px

from kg.rdf.terms import RDFS, SH, WELL_KNOWN, XSD, Term, shorten, text_of
from kg.shacl.model import Constraint, Model, Shape

DEEP = 3  # shapes one within the other that are told


class Row(NamedTuple):
    """What a shape asks of one property: its path, how many values, what they are, and what is said where they are not.

    Rows of a shape within it are `depth` deep.
    """

    depth: int
    path: str
    number: str
    what: str
    message: str


class Outline(NamedTuple):
    """A shape: its name, whom it is for, its severity where that is not a violation, and its rows; its IRI, and what
    it is called where it has a label.
    """

    name: str
    targets: str
    severity: str
    rows: tuple[Row, ...]
    iri: str = ""
    label: str = ""


def outlines(model: Model, prefixes: Mapping[str, str]) -> list[Outline]:
    """The shapes of a model that have targets, by name."""
    outliner = _Outliner(model, {**WELL_KNOWN, "sh": SH, "xsd": XSD, **prefixes})
    return [outliner.outline(shape) for shape in model.targeted()]


class _Outliner:
    def __init__(self, model: Model, prefixes: Mapping[str, str]) -> None:
        self.model, self.prefixes = model, prefixes
        self.labels: dict[Term, str] = {
            quad.subject: text_of(quad.object) for quad in model.quads if quad.predicate.value == RDFS + "label"
        }

    def outline(self, shape: Shape) -> Outline:
        """A shape as an outline."""
        severity = shape.severity.removeprefix(SH)
        targets = " and ".join(_TARGETS[target.kind].format(self.name(target.value)) for target in shape.targets)
        rows = tuple(self._rows(shape, 0, (shape.node,)))
        shown = "" if severity == "Violation" else severity
        return Outline(self.short(shape.name), targets, shown, rows, shape.name, self.labels.get(shape.node, ""))

    def _rows(self, shape: Shape, depth: int, within: tuple[Term, ...]) -> Iterator[Row]:
        named = [constraint for constraint in shape.constraints if constraint.name != "property"]
        if named or shape.path:
            count, what = _count(named), "; ".join(filter(None, map(self._said, named)))
            message = text_of(shape.messages[0]) if shape.messages else ""
            path = self.path(shape) if shape.path else "itself"
            yield Row(depth, path, count, what, message)
        inner: list[Term] = [
            used for one in named if one.name == "node" for used in one.shapes if not isinstance(used, px.NamedNode)
        ]
        inner += [
            used for constraint in shape.constraints if constraint.name == "property" for used in constraint.shapes
        ]
        for used in inner:
            if used not in within and depth < DEEP and used in self.model.shapes:
                yield from self._rows(self.model.shapes[used], depth + bool(shape.path), (*within, used))

    def _said(self, constraint: Constraint) -> str:
        """A constraint in words; "" for those that are a number of values, or that rows of their own tell."""
        if constraint.name in ("minCount", "maxCount"):
            return ""
        if constraint.name in ("in", "languageIn"):
            return ("one of " if constraint.name == "in" else "in one of the languages ") + self.names(constraint.items)
        if constraint.name == "node":
            named = isinstance(constraint.value, px.NamedNode)
            return f"as {self.name(constraint.value)}" if named else "as follows"
        if constraint.name in ("and", "or", "xone"):
            words = {"and": "all of: ", "or": "one at least of: ", "xone": "just one of: "}
            return words[constraint.name] + " | ".join(self._inner(used) for used in constraint.shapes)
        if constraint.name in ("not", "qualifiedMinCount", "qualifiedMaxCount"):
            return f"{_SAID[constraint.name].format(text_of(constraint.value))} ({self._inner(constraint.shapes[0])})"
        if constraint.name == "closed":
            return "no other properties than these"
        if constraint.name == "sparql":
            return text_of(constraint.items[0]) if constraint.items else "as a query of its own asks"
        said = _SAID.get(constraint.name, constraint.name).format(self.name(constraint.value))
        return said.replace("1 characters", "1 character") if said.startswith("1 characters") else said

    def _inner(self, node: Term) -> str:
        """A shape within a list, in words."""
        if isinstance(node, px.NamedNode):
            return self.name(node)
        parts = []
        for row in self._rows(self.model.shapes[node], 0, (node,)):
            at = "" if row.path == "itself" else f"{row.path} "
            parts.append(" ".join(filter(None, (at.strip(), row.number, row.what))))
        return ", ".join(parts) or "anything"

    def names(self, terms: tuple[Term, ...]) -> str:
        """The names of the first of some terms."""
        more = f" and {len(terms) - 8} more" if len(terms) > 8 else ""
        return ", ".join(map(self.name, terms[:8])) + more

    def name(self, term: Term) -> str:
        """A term for people."""
        if isinstance(term, px.NamedNode):
            return self.short(term.value)
        if isinstance(term, px.Literal):
            return term.value if term.datatype.value != XSD + "string" else str(term)
        return "a shape of its own"

    def short(self, iri: str) -> str:
        """An IRI by its prefix."""
        return shorten(iri, dict(self.prefixes))

    def path(self, shape: Shape) -> str:
        """The path of a shape, its IRIs by their prefixes."""
        text = str(shape.path)
        parts = text.replace("<", "\0<").replace(">", ">\0").split("\0") if "<" in text else [f"<{text}>"]
        return "".join(self.short(part[1:-1]) if part[:1] == "<" else part for part in parts)


_TARGETS = {
    "class": "instances of {}",
    "node": "{}",
    "subjectsOf": "whatever has {}",
    "objectsOf": "values of {}",
    "sparql": "what a query finds",
}
_SAID = {
    "class": "a {}",
    "datatype": "{}",
    "nodeKind": "{}",
    "minExclusive": "more than {}",
    "minInclusive": "{} or more",
    "maxExclusive": "less than {}",
    "maxInclusive": "{} or less",
    "minLength": "{} characters or more",
    "maxLength": "{} characters or fewer",
    "pattern": "like {}",
    "uniqueLang": "one in each language",
    "equals": "the same as {}",
    "disjoint": "none that {} has",
    "lessThan": "less than {}",
    "lessThanOrEquals": "{} or less",
    "hasValue": "{} among them",
    "not": "none that conforms",
    "qualifiedMinCount": "{} or more that conform",
    "qualifiedMaxCount": "{} or fewer that conform",
}


def _count(constraints: list[Constraint]) -> str:
    """How many values there may be: "1", "0..1", "1..*"; "" where that is not said."""
    bounds = {one.name: text_of(one.value) for one in constraints if one.name in ("minCount", "maxCount")}
    if not bounds:
        return ""
    least, most = bounds.get("minCount", "0"), bounds.get("maxCount", "*")
    return least if least == most else f"{least}..{most}"
