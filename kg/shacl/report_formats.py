"""Report formats: what a validation found, for people, programs, code hosts and editors."""

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from kg.errors import printable
from kg.rdf.terms import SH, XSD, shorten
from kg.shacl.report import Finding, Report

MARKS = {"Violation": "error", "Warning": "warning", "Info": "note"}


SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def text(report: Report, prefixes: Mapping[str, str]) -> str:
    """The verdict, then each finding with its fact's file, line and quote, then what was passed over."""
    checked = sum(report.checked.values())
    counts = [_count(number, _severity(severity, prefixes)) for severity, number in _counts(report).items()]
    verdict = "conforms" if report.conforms else "does not conform"
    nodes, shapes = _count(checked, "focus node"), _count(len(report.checked), "shape")
    lines = [f"{verdict}: {nodes} checked by {shapes}; {', '.join(counts)}"]
    for finding in report.findings:
        lines += ["", *_lines(finding, prefixes)]
    if report.warnings or report.unchecked:
        lines.append("")
    lines += [f"warning: {printable(warning)}" for warning in report.warnings]
    few = report.unchecked if len(report.unchecked) <= _FEW else ()
    lines += [f"warning: {_term(shape, prefixes)} found nothing to check" for shape in few]
    if len(report.unchecked) > _FEW:
        lines.append(f"warning: {len(report.unchecked)} shapes found nothing to check; -t json lists them")
    return "\n".join(lines) + "\n"


_FEW = 5


def _count(number: int, what: str) -> str:
    """A number of things, in words.

    >>> _count(1, "shape"), _count(1200, "focus node")
    ('1 shape', '1,200 focus nodes')
    """
    plural = what if number == 1 or what.startswith("<") or ":" in what else f"{what}s"
    return f"{number:,} {plural}"


def _counts(report: Report) -> dict[str, int]:
    """How many findings there are of each severity, the three of SHACL and the shapes' own."""
    counts = dict.fromkeys(MARKS, 0)
    for finding in report.findings:
        counts[finding.severity] = counts.get(finding.severity, 0) + 1
    return counts


def _severity(severity: str, prefixes: Mapping[str, str]) -> str:
    return severity.lower() if severity in MARKS else _term(severity, prefixes)


def _term(text: str, prefixes: Mapping[str, str]) -> str:
    """A term for people: an IRI and a datatype by their prefixes, anything else on one line."""
    if text.startswith('"') and text.endswith(">"):
        literal, _, datatype = text.rpartition("^^<")
        return f"{printable(literal)}^^{shorten(datatype[:-1], {'xsd': XSD, **prefixes})}"
    is_iri = ":" in text and not text.startswith(('"', "_:", "(", "^", "<"))
    return printable(shorten(text, dict(prefixes)) if is_iri and " " not in text else text)


def _path(path: str, prefixes: Mapping[str, str]) -> str:
    """A path, its IRIs by their prefixes."""
    if not any(mark in path for mark in "<"):
        return _term(path, prefixes)
    parts = path.replace("<", "\0<").replace(">", ">\0").split("\0")
    return printable("".join(shorten(part[1:-1], dict(prefixes)) if part[:1] == "<" else part for part in parts))


def _lines(finding: Finding, prefixes: Mapping[str, str], indent: str = "") -> Iterator[str]:
    first, *others = _messages(finding)
    yield f"{indent}{_severity(finding.severity, prefixes)}: {_said(first[1], prefixes)}"
    yield from (f"{indent}  {language}: {_said(message, prefixes)}" for language, message in others)
    about = (_term(finding.focus, prefixes), _path(finding.path, prefixes), _term(finding.value, prefixes))
    if any(about):
        yield f"{indent}  {' '.join(filter(None, about))}"
    if finding.shape:
        constraint = finding.constraint if finding.constraint.startswith("sh:") else _term(finding.constraint, prefixes)
        yield f"{indent}  by {_term(finding.shape, prefixes)}{f', {constraint}' if constraint else ''}"
    for place in finding.places:
        words = f":  “{printable(place.quote)}”" if place.quote else ""
        at = f"{place.line}:{place.column}" if place.column else f"{place.line}"
        yield f"{indent}  {printable(place.file)}{f':{at}' if place.line else ''}{words}"
    for detail in finding.details:
        yield from _lines(detail, prefixes, indent + "    ")


def _said(message: str, prefixes: Mapping[str, str]) -> str:
    """A message, its IRIs by their prefixes."""
    return printable(re.sub(r"<([a-z]+:[^<>\s]+)>", lambda found: _term(found[1], prefixes), message))


def _messages(finding: Finding) -> list[tuple[str, str]]:
    """All messages with their languages, that in the reader's language first."""
    wanted = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    language = re.split("[_.-]", wanted)[0].lower()
    messages = finding.messages or (("", finding.message),)
    return sorted(messages, key=lambda said: said[0].partition("-")[0].lower() != language)


def as_json(report: Report, prefixes: Mapping[str, str]) -> str:
    """The verdict, the focus nodes checked by each shape, what was passed over, and the findings as JSON."""
    return json.dumps(summary(report), ensure_ascii=True, indent=1, sort_keys=True) + "\n"


def summary(report: Report | None) -> dict[str, object]:
    """The report as JSON-ready data; of a release that was not validated, that it neither conforms nor does not."""
    if report is None:
        return {"conforms": None, "checked": {}, "findings": [], "warnings": []}
    findings = [_as_data(finding) for finding in report.findings]
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
    for finding in report.findings:
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

    ids = [f"{finding.shape or 'facts'} {finding.constraint}".strip() for finding in report.findings]
    results = [
        {
            "ruleId": rule,
            "level": MARKS.get(finding.severity, "error"),
            "message": {"text": _sentence(finding)},
            "locations": [_location(place.file, place.line, place.column) for place in finding.places],
            "partialFingerprints": {"finding/v1": _fingerprint(rule, finding)},
        }
        for rule, finding in zip(ids, report.findings, strict=True)
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
        for rule, finding in reversed(list(zip(ids, report.findings, strict=True)))
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


SLOWEST = 20  # shapes of a profile


def profiled(report: Report, prefixes: Mapping[str, str]) -> str:
    """How long the slowest shapes took, with their engines and their focus nodes."""
    times = sorted(report.times, key=lambda timed: (-timed.seconds, timed.shape))
    lines = [
        f"{timed.seconds:8.3f} s  {timed.engine:<8}  {timed.focus_nodes:>9,} focus nodes  "
        f"{_term(timed.shape, prefixes)}\n"
        for timed in times[:SLOWEST]
    ]
    others = times[SLOWEST:]
    if others:
        lines.append(f"{sum(timed.seconds for timed in others):8.3f} s  {len(others)} more shapes\n")
    return "".join(lines)


REPORTS: dict[str, Callable[[Report, Mapping[str, str]], str]] = {
    "text": text,
    "json": as_json,
    "sarif": sarif,
    "github": github,
    "turtle": turtle,
}
