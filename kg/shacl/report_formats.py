"""Report formats: what a validation found, for people, programs, code hosts and editors."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, tostring

from kg.rdf.terms import SH, shorten
from kg.shacl.report import Finding, Report
from kg.shacl.report_text import counted, finding_lines, html, path_text, term_text, text

MARKS = {"Violation": "error", "Warning": "warning", "Info": "note"}


SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_json(report: Report, prefixes: Mapping[str, str]) -> str:
    """The verdict, the focus nodes checked by each shape, what was passed over, and the findings as JSON."""
    return json.dumps(summary(report), ensure_ascii=True, indent=1, sort_keys=True) + "\n"


def summary(report: Report | None) -> dict[str, object]:
    """The report as JSON-ready data; of a release that was not validated, that it neither conforms nor does not."""
    if report is None:
        return {"conforms": None, "checked": {}, "findings": [], "warnings": []}
    findings = [_as_data(finding) for finding in report.listed]
    checked, warnings = dict(report.checked), list(report.warnings)
    return {"conforms": report.conforms, "checked": checked, "findings": findings, "warnings": warnings}


def _as_data(finding: Finding) -> dict[str, Any]:
    return {
        **finding._asdict(),
        "places": [place._asdict() for place in finding.places],
        "messages": [{"language": language, "text": message} for language, message in finding.messages],
        "details": [_as_data(detail) for detail in finding.details],
    }


def github(report: Report, prefixes: Mapping[str, str]) -> str:
    """The findings as workflow commands, which GitHub shows beside the lines they mean."""
    lines = []
    for finding in report.listed:
        kind = MARKS.get(finding.severity, "error").replace("note", "notice")
        message = _escape(_sentence(finding))
        for place in finding.places or (None,):
            at = ""
            if place:
                column = f",col={place.column}" if place.column else ""
                at = f" file={_property(place.file)}" + (f",line={place.line}{column}" if place.line else "")
            lines.append(f"::{kind}{at}::{message}\n")
    lines += [f"::warning::{_escape(warning)}\n" for warning in report.warnings]
    return "".join(lines)


def _sentence(finding: Finding) -> str:
    """A finding and what is beneath it, in one text."""
    said = " ".join(filter(None, (finding.message, finding.focus, finding.path, finding.value)))
    return "; ".join((said, *(_sentence(detail) for detail in finding.details)))


def _escape(value: str) -> str:
    safe = "".join(c if c.isprintable() or c in "\r\n\t" else "�" for c in value)
    return safe.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _escape(value).replace(":", "%3A").replace(",", "%2C")


def sarif(report: Report, prefixes: Mapping[str, str]) -> str:
    """The findings in SARIF 2.1.0, for editors and code scanning; each has a location, as GitHub wants it."""
    from importlib.metadata import version

    ids = [f"{finding.shape or 'facts'} {finding.constraint}".strip() for finding in report.listed]
    results = [
        {
            "ruleId": rule,
            "level": MARKS.get(finding.severity, "error"),
            "message": {"text": _sentence(finding)},
            "locations": [_location(place.file, place.line, place.column) for place in finding.places],
            "partialFingerprints": {"finding/v1": _fingerprint(rule, finding)},
        }
        for rule, finding in zip(ids, report.listed, strict=True)
    ]
    rules = {
        rule: {
            "id": rule,
            "shortDescription": {
                "text": f"{shorten(finding.shape, {'sh': SH, **prefixes})} {finding.constraint}".strip()
            },
            "fullDescription": {"text": finding.message or rule},
            "help": {
                "text": f"What {finding.constraint or 'kg'} asks for is in the shape {finding.shape or 'of facts'}."
            },
        }
        for rule, finding in reversed(list(zip(ids, report.listed, strict=True)))
    }
    notes = [{"level": "warning", "message": {"text": warning}} for warning in report.warnings]
    run = {
        "tool": {
            "driver": {
                "name": "kg",
                "version": version("kg-publisher"),
                "informationUri": "https://www.w3.org/TR/shacl/",
                "rules": [rules[rule] for rule in sorted(rules)],
            }
        },
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": notes}],
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=True, indent=1) + "\n"


def _location(file: str, line: int, column: int) -> dict[str, Any]:
    region = {"startLine": line or 1, **({"startColumn": column} if column else {})}
    return {"physicalLocation": {"artifactLocation": {"uri": quote(file)}, "region": region}}


def _fingerprint(rule: str, finding: Finding) -> str:
    """What stays the same of a finding when lines move."""
    parts = (rule, finding.focus, finding.path, finding.value)
    return hashlib.sha256("\n".join(parts).encode(errors="replace")).hexdigest()[:32]


def turtle(report: Report, prefixes: Mapping[str, str]) -> str:
    """SHACL's own validation report (SHACL, 3.6) in Turtle."""
    return report.turtle


def jsonl(report: Report, prefixes: Mapping[str, str]) -> str:
    """The findings as JSON, one a line."""
    return "".join(f"{json.dumps(_as_data(finding), ensure_ascii=True, sort_keys=True)}\n" for finding in report.listed)


COLUMNS = "severity focus path value message shape constraint file line column quote".split()


def as_csv(report: Report, prefixes: Mapping[str, str]) -> str:
    """The findings as CSV (RFC 4180), one row for each place of each, with IRIs in full."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for one in report.listed:
        said = (one.severity, one.focus, one.path, one.value, one.message, one.shape, one.constraint)
        for place in one.places or (None,):
            writer.writerow(
                [*said, *((place.file, place.line or "", place.column or "", place.quote) if place else [""] * 4)]
            )
    return out.getvalue()


def junit(report: Report, prefixes: Mapping[str, str]) -> str:
    """The findings as JUnit XML: a suite for each shape, a failed case for each finding, one that passed where a shape
    has none.
    """
    suites = Element("testsuites", name="kg validate", failures=str(len(report.listed)))
    by_shape: dict[str, list[Finding]] = {shape: [] for shape in report.checked}
    for finding in report.listed:
        by_shape.setdefault(finding.shape, []).append(finding)
    for shape, findings in by_shape.items():
        name = term_text(shape, prefixes) or "facts"
        count = str(len(findings) or 1)
        suite = SubElement(suites, "testsuite", name=name, tests=count, failures=str(len(findings)))
        if not findings:
            SubElement(suite, "testcase", classname=name, name=counted(report.checked[shape], "focus node"))
        for one in findings:
            about = (term_text(one.focus, prefixes), path_text(one.path, prefixes), term_text(one.value, prefixes))
            case = SubElement(suite, "testcase", classname=name, name=" ".join(filter(None, about)) or one.message)
            for place in one.places[:1]:
                case.set("file", place.file)
                case.set("line", str(place.line or 1))
            failure = SubElement(case, "failure", type=f"{one.severity} {one.constraint}".strip(), message=one.message)
            failure.text = "\n".join(finding_lines(one, prefixes))
    return _xml(tostring(suites, encoding="unicode")) + "\n"


def _xml(text: str) -> str:
    """XML without the characters that it cannot hold (XML 1.0, 2.2)."""
    return "<?xml version='1.0' encoding='UTF-8'?>\n" + re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "�", text)


REPORTS: dict[str, Callable[[Report, Mapping[str, str]], str]] = {
    "text": text,
    "json": as_json,
    "jsonl": jsonl,
    "csv": as_csv,
    "junit": junit,
    "sarif": sarif,
    "github": github,
    "html": html,
    "turtle": turtle,
}
