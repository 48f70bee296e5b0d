"""Results: what columns found, as findings and as SHACL's own report."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pyoxigraph as px

from kg.rdf.terms import SH, TYPE, Term, Triple
from kg.shacl.loaded import Loaded
from kg.shacl.messages import message, text_in
from kg.shacl.model import Constraint, Model, Shape
from kg.shacl.paths import Path
from kg.shacl.report import REPORT, Finding, in_turtle, order


class Result(NamedTuple):
    """A validation result (SHACL, 3.6.2) in numbers of terms; `bound` has the variables of a query."""

    shape: Shape
    constraint: Constraint
    focus: int
    value: int | None
    path: int | None
    details: tuple["Result", ...] = ()
    bound: Mapping[str, Term] = {}


def told(data: Loaded, model: Model, results: Sequence[Result]) -> tuple[tuple[Finding, ...], str]:
    """Results as findings, the worst first, and as SHACL's own report in Turtle."""
    teller = _Teller(data, model, results)
    found = sorted(results, key=teller.order)
    return tuple(map(teller.finding, found)), in_turtle(teller.triples(found))


class _Teller:
    """Results with their terms, as findings and as SHACL's own report."""

    def __init__(self, data: Loaded, model: Model, results: Iterable[Result]) -> None:
        numbers = {number for result in _all(results) for number in (result.focus, result.value, result.path)}
        self.terms = data.terms(number for number in numbers if number is not None)
        self.place = {node: number for number, node in enumerate(model.shapes)}
        self.findings: dict[int, Finding] = {}
        blank = (node for node in model.shapes if isinstance(node, px.BlankNode))
        self.nodes: dict[Term, Term] = {node: px.BlankNode(f"s{number}") for number, node in enumerate(blank, 1)}

    def order(self, result: Result) -> tuple[Any, ...]:
        """What results are sorted by; those that read the same, by their shapes, and by what is beneath them."""
        return order(self.finding(result)), self.place[result.shape.node], sorted(map(self.order, result.details))

    def _value(self, result: Result) -> Term | None:
        return None if result.value is None else self.terms[result.value]

    def _path(self, result: Result) -> Path | None:
        """The path of a result: its own, or its shape's."""
        found = None if result.path is None else self.terms[result.path]
        return Path("", found.value) if isinstance(found, px.NamedNode) else result.shape.path

    def _messages(self, result: Result) -> list[px.Literal]:
        given = result.constraint.items if result.constraint.name == "sparql" else ()
        bound = result.bound
        if result.shape.path and not result.shape.path.operator:
            bound = (
                {**bound, "PATH": px.NamedNode(result.shape.path.iri)} if result.constraint.name == "sparql" else bound
            )
        said = [text_in(one, bound) for one in given or result.shape.messages]
        property_ = None if result.path is None else self.terms[result.path]
        found = [one for one in said if isinstance(one, px.Literal)]
        return found or [px.Literal(message(result.constraint, self._value(result), property_))]

    def finding(self, result: Result) -> Finding:
        """A result as a finding, with those beneath it."""
        if id(result) not in self.findings:
            self.findings[id(result)] = self._finding(result)
        return self.findings[id(result)]

    def _finding(self, result: Result) -> Finding:
        said = sorted(
            ((one.language or "", one.value) for one in self._messages(result)),
            key=lambda one: (one[0].partition("-")[0] not in ("", "en"), one),
        )
        value, path = self._shown_value(result), self._path(result)
        return Finding(
            result.shape.severity.removeprefix(SH),
            _shown(self.terms[result.focus]),
            "" if path is None else str(path),
            "" if value is None else _shown(value),
            said[0][1],
            result.shape.name,
            (),
            result.constraint.component,
            tuple(said),
            tuple(map(self.finding, sorted(result.details, key=self.order))),
        )

    def _shown_value(self, result: Result) -> Term | None:
        """The value of a result; of a query's that gives none, the focus node of a node shape (SHACL, 5.3.2)."""
        value = self._value(result)
        if value is None and result.constraint.name == "sparql" and result.shape.path is None:
            return self.terms[result.focus]
        return value

    def triples(self, results: Sequence[Result]) -> Iterator[Triple]:
        """SHACL's own report (SHACL, 3.6), in which shapes without an IRI are named by their order in the model."""
        yield px.Triple(REPORT, TYPE, _sh("ValidationReport"))
        yield px.Triple(REPORT, _sh("conforms"), px.Literal(not results))
        for number, result in enumerate(results, 1):
            yield px.Triple(REPORT, _sh("result"), px.BlankNode(f"r{number}"))
            yield from self._result(result, f"r{number}")

    def _result(self, result: Result, label: str) -> Iterator[Triple]:
        node = px.BlankNode(label)
        yield px.Triple(node, TYPE, _sh("ValidationResult"))
        yield px.Triple(node, _sh("focusNode"), self.terms[result.focus])
        yield px.Triple(node, _sh("resultSeverity"), px.NamedNode(result.shape.severity))
        yield px.Triple(node, _sh("sourceShape"), self.nodes.get(result.shape.node, result.shape.node))
        yield px.Triple(node, _sh("sourceConstraintComponent"), px.NamedNode(result.constraint.component))
        if result.constraint.name == "sparql":
            yield px.Triple(node, _sh("sourceConstraint"), result.constraint.value)
        if (value := self._shown_value(result)) is not None:
            yield px.Triple(node, _sh("value"), value)
        if path := self._path(result):
            head, rest = path.triples(f"{label}p")
            yield px.Triple(node, _sh("resultPath"), head)
            yield from rest
        for one in self._messages(result):
            yield px.Triple(node, _sh("resultMessage"), one)
        for number, detail in enumerate(sorted(result.details, key=self.order), 1):
            yield px.Triple(node, _sh("detail"), px.BlankNode(f"{label}d{number}"))
            yield from self._result(detail, f"{label}d{number}")


def _all(results: Iterable[Result]) -> Iterator[Result]:
    for result in results:
        yield result
        yield from _all(result.details)


def _sh(name: str) -> px.NamedNode:
    return px.NamedNode(SH + name)


def _shown(term: Term) -> str:
    """A term as a finding has it: an IRI as it is, any other in N-Triples."""
    return term.value if isinstance(term, px.NamedNode) else str(term)
