"""Report formats: what a validation found, for people, programs, code hosts and editors."""

import json
from collections.abc import Callable, Mapping
from urllib.parse import quote

from kg.errors import printable
from kg.rdf.terms import shorten
from kg.shacl.report import Finding, Report

MARKS = {"Violation": "error", "Warning": "warning", "Info": "note"}


SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def text(report: Report, prefixes: Mapping[str, str]) -> str:
    """The verdict, then each finding with its fact's file, line and quote."""
    checked = sum(report.checked.values())
    counts = [f"{count} {severity.lower()}s" for severity, count in _counts(report).items()]
    verdict = "conforms" if report.conforms else "does not conform"
    lines = [f"{verdict}: {checked:,} focus nodes checked by {len(report.checked)} shapes; {', '.join(counts)}"]
    lines += [f"warning: {shorten(shape, dict(prefixes))} found nothing to check" for shape in report.unchecked]
    for finding in report.findings:
        lines += ["", *_lines(finding, dict(prefixes))]
    return "\n".join(lines) + "\n"


def _counts(report: Report) -> dict[str, int]:
    """How many findings there are of each severity, the three of SHACL and the shapes' own."""
    counts = dict.fromkeys(MARKS, 0)
    for finding in report.findings:
        counts[finding.severity] = counts.get(finding.severity, 0) + 1
    return counts


def _lines(finding: Finding, prefixes: dict[str, str]) -> list[str]:
    about = " ".join(shorten(part, prefixes) if ":" in part else part for part in (finding.focus, finding.path) if part)
    value = (
        f" {shorten(finding.value, prefixes) if finding.value.startswith('http') else finding.value}"
        if finding.value
        else ""
    )
    lines = [f"{finding.severity.lower()}: {finding.message}"]
    if about:
        lines.append(f"  {about}{value}")
    for place in finding.places:
        words = f"  “{printable(place.quote)}”" if place.quote else ""
        lines.append(f"  {place.file}:{place.line}:{place.column}:{words}")
    return lines


def as_json(report: Report, prefixes: Mapping[str, str]) -> str:
    """The verdict, the focus nodes checked by each shape, and the findings as JSON."""
    return json.dumps(summary(report), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def summary(report: Report | None) -> dict[str, object]:
    """The report as JSON-ready data; of a release that was not validated, that it neither conforms nor does not."""
    if report is None:
        return {"conforms": None, "checked": {}, "findings": []}
    findings = [{**f._asdict(), "places": [place._asdict() for place in f.places]} for f in report.findings]
    return {"conforms": report.conforms, "checked": dict(report.checked), "findings": findings}


def github(report: Report, prefixes: Mapping[str, str]) -> str:
    """The findings as workflow commands, which GitHub shows beside the lines they mean."""
    lines = []
    for finding in report.findings:
        kind = MARKS.get(finding.severity, "error").replace("note", "notice")
        message = _escape(" ".join(filter(None, (finding.message, finding.focus, finding.path))))
        places = finding.places or (None,)
        for place in places:
            at = f" file={_property(place.file)},line={place.line},col={place.column}" if place else ""
            lines.append(f"::{kind}{at}::{message}\n")
    return "".join(lines)


def _escape(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _escape(value).replace(":", "%3A").replace(",", "%2C")


def sarif(report: Report, prefixes: Mapping[str, str]) -> str:
    """The findings in SARIF 2.1.0, for editors and code scanning."""
    results = [
        {
            "ruleId": finding.shape or "facts",
            "level": MARKS.get(finding.severity, "error"),
            "message": {"text": " ".join(filter(None, (finding.message, finding.focus, finding.path, finding.value)))},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": quote(place.file)},
                        "region": {"startLine": place.line, "startColumn": place.column},
                    }
                }
                for place in finding.places
            ],
        }
        for finding in report.findings
    ]
    rules = [{"id": rule} for rule in sorted({finding.shape or "facts" for finding in report.findings})]
    run = {
        "tool": {"driver": {"name": "kg", "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=1) + "\n"


def turtle(report: Report, prefixes: Mapping[str, str]) -> str:
    """SHACL's own validation report (SHACL, 3.6) in Turtle."""
    return report.turtle


REPORTS: dict[str, Callable[[Report, Mapping[str, str]], str]] = {
    "text": text,
    "json": as_json,
    "sarif": sarif,
    "github": github,
    "turtle": turtle,
}
