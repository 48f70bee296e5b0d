"""Report: what a validation found, each finding with the facts it comes from. Knows no engine and no rdflib."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import rdflib
from rdflib import RDF, SH

from kg.errors import Fault
from kg.rdf.terms import Quad, text_of

SEVERITIES = ("Violation", "Warning", "Info")


class Place(NamedTuple):
    """Where the fact behind a finding stands, and its words ("" for reference data)."""

    fact: str
    file: str
    line: int
    column: int
    quote: str


class Finding(NamedTuple):
    """One result of validation (SHACL, 3.6.2), with the facts it comes from."""

    severity: str
    focus: str
    path: str
    value: str
    message: str
    shape: str
    places: tuple[Place, ...] = ()


class Report(NamedTuple):
    """What validation found: the findings, how many focus nodes each shape checked, SHACL's own report.

    `conforms` is true where every finding is but a warning or an info.
    """

    findings: tuple[Finding, ...]
    checked: Mapping[str, int]
    graph: rdflib.Graph

    @property
    def conforms(self) -> bool:
        """Whether nothing is violated; warnings and infos may be there."""
        return all(finding.severity in ("Warning", "Info") for finding in self.findings)

    @property
    def unchecked(self) -> tuple[str, ...]:
        """The shapes that found nothing to check."""
        return tuple(shape for shape, count in self.checked.items() if not count)


def order(finding: Finding) -> tuple[int, str, str, str, str]:
    rank = SEVERITIES.index(finding.severity) if finding.severity in SEVERITIES else len(SEVERITIES)
    return rank, finding.focus, finding.path, finding.value, finding.message


def faulty(faults: Sequence[Fault]) -> Report:
    """The faults of facts that could not be converted, as a report, so that every format can show them."""
    findings = tuple(
        Finding("Violation", "", "", "", fault.message, "", (Place("", fault.file, fault.line, fault.column, ""),))
        for fault in faults
    )
    graph = rdflib.Graph()
    report = rdflib.BNode()
    graph.add((report, RDF.type, SH.ValidationReport))
    graph.add((report, SH.conforms, rdflib.Literal(False)))
    for fault in faults:
        result = rdflib.BNode()
        graph.add((report, SH.result, result))
        graph.add((result, RDF.type, SH.ValidationResult))
        graph.add((result, SH.resultSeverity, SH.Violation))
        graph.add((result, SH.resultMessage, rdflib.Literal(str(fault))))
    return Report(findings, {}, graph)


def placed(report: Report, statements: Iterable[Quad], places: Mapping[str, Place]) -> Report:
    """The report with each finding's facts: those that state it, or else all that speak of its focus node."""
    about: dict[str, list[Quad]] = {}
    for quad in statements:
        about.setdefault(text_of(quad.subject), []).append(quad)
    findings = tuple(
        finding._replace(places=_places(finding, about.get(finding.focus, ()), places)) for finding in report.findings
    )
    return report._replace(findings=findings)


def _places(finding: Finding, quads: Iterable[Quad], places: Mapping[str, Place]) -> tuple[Place, ...]:
    quads = list(quads)
    by_path = [quad for quad in quads if quad.predicate.value == finding.path]
    by_value = [quad for quad in by_path if finding.value in (text_of(quad.object), str(quad.object))]
    facts = {text_of(quad.graph_name) for quad in (by_value or by_path or quads)}
    return tuple(sorted((places[fact] for fact in facts), key=lambda place: place[1:]))
