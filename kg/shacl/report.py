"""Report: what a validation found, each finding with the facts it comes from. Knows no engine and no rdflib."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pyoxigraph as px

from kg.errors import Fault
from kg.rdf import iris
from kg.rdf.serialize import ordered, serialize
from kg.rdf.terms import SH, TYPE, XSD, Quad, Term, Triple, text_of

SEVERITIES = ("Violation", "Warning", "Info")


class Place(NamedTuple):
    """Where the fact behind a finding stands, and its words ("" for reference data)."""

    fact: str
    file: str
    line: int
    column: int
    quote: str


class Finding(NamedTuple):
    """One result of validation (SHACL, 3.6.2), with the facts it comes from.

    `severity` is the local name of SHACL's own, or the IRI of the shape's. `messages` are all of them with their
    languages ("" for none), of which `message` is the first. `component` is the IRI of the constraint component,
    `details` what was found beneath (sh:detail).
    """

    severity: str
    focus: str
    path: str
    value: str
    message: str
    shape: str
    places: tuple[Place, ...] = ()
    component: str = ""
    messages: tuple[tuple[str, str], ...] = ()
    details: tuple["Finding", ...] = ()

    @property
    def rank(self) -> int:
        """0 for a violation or a severity of the shapes' own, 1 for a warning, 2 for an info."""
        return SEVERITIES.index(self.severity) if self.severity in SEVERITIES else 0

    @property
    def constraint(self) -> str:
        """The constraint as shapes write it, sh:minCount say; the IRI of a component that is not SHACL's."""
        name = self.component.removeprefix(SH)
        if name == self.component:
            return name
        name = name.removesuffix("ConstraintComponent")
        return "sh:sparql" if name == "SPARQL" else f"sh:{name[:1].lower()}{name[1:]}"


def finding_of(values: Sequence[Any]) -> Finding:
    """A finding out of JSON."""
    made = Finding(*values)
    return made._replace(
        places=tuple(Place(*place) for place in made.places),
        messages=tuple((language, text) for language, text in made.messages),
        details=tuple(finding_of(detail) for detail in made.details),
    )


class Timed(NamedTuple):
    """How long a shape took: its name, its engine, how many focus nodes it was checked for, and seconds; and how many
    focus nodes it was not checked for, as what it finds of them was known.
    """

    shape: str
    engine: str
    focus_nodes: int
    seconds: float
    known: int = 0


class Report(NamedTuple):
    """What validation found: the findings, how many focus nodes each shape checked, SHACL's own report in Turtle.

    `warnings` say what of the shapes and the data was passed over, `times` how long which shapes took. Of the findings
    those before `shown` are listed, where that is given; `known` more are in a baseline.
    """

    findings: tuple[Finding, ...]
    checked: Mapping[str, int]
    turtle: str
    warnings: tuple[str, ...] = ()
    times: tuple[Timed, ...] = ()
    shown: int | None = None
    known: int = 0

    @property
    def listed(self) -> tuple[Finding, ...]:
        """The findings that are listed, the worst first."""
        return self.findings[: self.shown]

    @property
    def conforms(self) -> bool:
        """Whether there is no finding, of whatever severity (SHACL, 3.6.1.1)."""
        return not self.findings and not self.known

    def fails(self, level: str = "violation") -> bool:
        """Whether a finding is as bad as a level: one of LEVELS."""
        return any(found.rank <= LEVELS.index(level) for found in self.findings) if level != "never" else False

    @property
    def again(self) -> int | None:
        """How many of the focus nodes were checked, where the results of all others were known; else None."""
        return sum(timed.focus_nodes for timed in self.times) if any(timed.known for timed in self.times) else None

    @property
    def unchecked(self) -> tuple[str, ...]:
        """The shapes that found nothing to check, those aside that come of the vocabulary."""
        return tuple(shape for shape, count in self.checked.items() if not count and not iris.is_axioms(shape))


LEVELS = ("violation", "warning", "info", "never")


def order(found: Finding) -> tuple[int, str, str, str, str, str, str, str]:
    """What findings are sorted by: their severity, the worst first, then what they are about."""
    return (
        found.rank,
        found.severity if found.severity not in SEVERITIES else "",
        found.focus,
        found.path,
        found.value,
        found.message,
        found.shape,
        found.component,
    )


def faulty(faults: Sequence[Fault]) -> Report:
    """The faults of facts that could not be converted, as a report, so that every format can show them."""
    findings = tuple(
        Finding("Violation", "", "", "", fault.message, "", (Place("", fault.file, fault.line, fault.column, ""),))
        for fault in faults
    )
    report = px.BlankNode("report")
    triples = [
        _triple(report, TYPE.value, SH + "ValidationReport"),
        _text(report, "conforms", "false", XSD + "boolean"),
    ]
    for number, fault in enumerate(faults):
        result = px.BlankNode(f"result{number}")
        triples += [
            px.Triple(report, px.NamedNode(SH + "result"), result),
            _triple(result, TYPE.value, SH + "ValidationResult"),
            _triple(result, SH + "resultSeverity", SH + "Violation"),
            _text(result, "resultMessage", str(fault), XSD + "string"),
        ]
    return Report(findings, {}, serialize(triples, px.RdfFormat.TURTLE, {"sh": SH}).decode())


def _triple(subject: px.BlankNode, predicate: str, iri: str) -> px.Triple:
    return px.Triple(subject, px.NamedNode(predicate), px.NamedNode(iri))


def _text(subject: px.BlankNode, name: str, text: str, datatype: str) -> px.Triple:
    return px.Triple(subject, px.NamedNode(SH + name), px.Literal(text, datatype=px.NamedNode(datatype)))


def in_files(report: Report, lines: Callable[[str], tuple[str, int]]) -> Report:
    """The report with the place of each finding in the files that were checked: a file and a line, 0 if unknown."""
    findings = tuple(
        found._replace(places=(Place("", *lines(found.focus), 0, ""),)) if not found.places else found
        for found in report.findings
    )
    return report._replace(findings=findings)


def placed(
    report: Report, about: Callable[[str], Iterable[Quad]], places: Callable[[set[str]], Mapping[str, Place]]
) -> Report:
    """The report with each finding's facts: those that state it, or else all that speak of its focus node.

    `about` gives the quads of a subject in the facts' graphs, `places` where the facts of a set stand.
    """
    facts = [_facts(finding, about(finding.focus)) for finding in report.findings]
    found = places({fact for some in facts for fact in some})
    findings = tuple(
        finding._replace(places=tuple(sorted((found[f] for f in some if f in found), key=lambda place: place[1:])))
        for finding, some in zip(report.findings, facts, strict=True)
    )
    return report._replace(findings=findings)


def _facts(finding: Finding, about: Iterable[Quad]) -> set[str]:
    """The graphs of the quads that a finding means: those with its path and value, or with its path, or all."""
    quads = list(about)
    by_path = [quad for quad in quads if quad.predicate.value == finding.path]
    by_value = [quad for quad in by_path if finding.value in (text_of(quad.object), str(quad.object))]
    return {text_of(quad.graph_name) for quad in (by_value or by_path or quads)}


REPORT = px.BlankNode("report")  # the node of a report


def joined(reports: Sequence[Report], notes: Sequence[str]) -> Report:
    """Reports of one validation as one."""
    findings = sorted((finding for report in reports for finding in report.findings), key=order)
    checked = {shape: count for report in reports for shape, count in report.checked.items()}
    warnings = (*notes, *(warning for report in reports for warning in report.warnings))
    turtle = reports[0].turtle
    if len(reports) > 1:
        triples = [triple for number, report in enumerate(reports) for triple in _renamed(report.turtle, number)]
        conforms = px.Triple(REPORT, px.NamedNode(SH + "conforms"), px.Literal(not findings))
        others = [triple for triple in triples if triple.predicate != conforms.predicate]
        turtle = in_turtle([*others, conforms])
    times = tuple(timed for report in reports for timed in report.times)
    return Report(tuple(findings), dict(sorted(checked.items())), turtle, tuple(dict.fromkeys(warnings)), times)


def _renamed(turtle: str, number: int) -> Iterator[Triple]:
    """The triples of a report, whose node is the same for all reports and whose other blank nodes are not."""
    triples = [quad.triple for quad in px.parse(turtle.encode(), format=px.RdfFormat.TURTLE)]
    own = next((one.subject for one in triples if one.object == px.NamedNode(SH + "ValidationReport")), None)

    def node(term: Term) -> Term:
        if term == own:
            return REPORT
        return px.BlankNode(f"{term.value}n{number}") if isinstance(term, px.BlankNode) else term

    for one in triples:
        subject = node(one.subject)
        if isinstance(subject, px.NamedNode | px.BlankNode):
            yield px.Triple(subject, one.predicate, node(one.object))


def in_turtle(triples: Iterable[Triple]) -> str:
    """The triples of a report in Turtle, sorted."""
    return serialize(ordered(triples), px.RdfFormat.TURTLE, {"sh": SH, "xsd": XSD}).decode()
