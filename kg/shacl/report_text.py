"""Report text: what a validation found, for people, on a terminal and as a page."""

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from html import escape

from kg.errors import printable
from kg.rdf.terms import XSD, shorten
from kg.shacl.messages import ADVICE
from kg.shacl.report import SEVERITIES, Finding, Report


def text(report: Report, prefixes: Mapping[str, str]) -> str:
    """The verdict, then the findings, those that a constraint has in common together, each with its fact's file, line
    and quote; then how many each shape has, and what was passed over.
    """
    checked = sum(report.checked.values())
    counts = [counted(number, _severity(severity, prefixes)) for severity, number in _counts(report).items()]
    verdict = "conforms" if report.conforms else "does not conform" if report.findings else "nothing new"
    nodes, shapes = counted(checked, "focus node"), counted(len(report.checked), "shape")
    lines = [f"{verdict}: {nodes} checked by {shapes}; {', '.join(counts)}"]
    if report.known:
        lines[0] += f"; {counted(report.known, 'known finding')} besides"
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in report.listed:
        same = (finding.severity, finding.shape, finding.path, finding.constraint, *_messages(finding))
        groups.setdefault(same, []).append(finding)
    for group in groups.values():
        lines += ["", *_group(group, prefixes)]
    if more := len(report.findings) - len(report.listed):
        lines += ["", f"and {counted(more, 'finding')} more; --max-findings lists more of them"]
    if len(report.findings) > _MANY:
        lines += ["", *_by_shape(report, prefixes)]
    if report.warnings or report.unchecked:
        lines.append("")
    lines += [f"warning: {printable(warning)}" for warning in report.warnings]
    few = report.unchecked if len(report.unchecked) <= _FEW else ()
    lines += [f"warning: {term_text(shape, prefixes)} found nothing to check" for shape in few]
    if len(report.unchecked) > _FEW:
        lines.append(f"warning: {len(report.unchecked)} shapes found nothing to check; -t json lists them")
    return "\n".join(lines) + "\n"


def _by_shape(report: Report, prefixes: Mapping[str, str]) -> Iterator[str]:
    """How many findings each constraint of each shape has, the most first."""
    counts = Counter((finding.shape, finding.path, finding.constraint) for finding in report.findings)
    for (shape, path, constraint), number in counts.most_common(_MANY):
        named = constraint if constraint.startswith("sh:") else term_text(constraint, prefixes)
        about = (term_text(shape, prefixes), path_text(path, prefixes), named)
        yield f"{number:>9,}  {' '.join(filter(None, about))}"


_MANY = 20  # findings, from which on they are summed up by shapes; and lines of that
_FEW = 5


def counted(number: int, what: str) -> str:
    """A number of things, in words.

    >>> counted(1, "shape"), counted(1200, "focus node")
    ('1 shape', '1,200 focus nodes')
    """
    plural = what if number == 1 or what.startswith("<") or ":" in what else f"{what}s"
    return f"{number:,} {plural}"


def _counts(report: Report) -> dict[str, int]:
    """How many findings there are of each severity, the three of SHACL and the shapes' own."""
    counts = dict.fromkeys(SEVERITIES, 0)
    for finding in report.findings:
        counts[finding.severity] = counts.get(finding.severity, 0) + 1
    return counts


def _severity(severity: str, prefixes: Mapping[str, str]) -> str:
    return severity.lower() if severity in SEVERITIES else term_text(severity, prefixes)


def term_text(text: str, prefixes: Mapping[str, str]) -> str:
    """A term for people: an IRI and a datatype by their prefixes, anything else on one line."""
    if text.startswith('"') and text.endswith(">"):
        literal, _, datatype = text.rpartition("^^<")
        return f"{printable(literal)}^^{shorten(datatype[:-1], {'xsd': XSD, **prefixes})}"
    is_iri = ":" in text and not text.startswith(('"', "_:", "(", "^", "<"))
    return printable(shorten(text, dict(prefixes)) if is_iri and " " not in text else text)


def path_text(path: str, prefixes: Mapping[str, str]) -> str:
    """A path, its IRIs by their prefixes."""
    if not any(mark in path for mark in "<"):
        return term_text(path, prefixes)
    parts = path.replace("<", "\0<").replace(">", ">\0").split("\0")
    return printable("".join(shorten(part[1:-1], dict(prefixes)) if part[:1] == "<" else part for part in parts))


def _group(group: Sequence[Finding], prefixes: Mapping[str, str]) -> Iterator[str]:
    """Findings that differ in nothing but what they are about."""
    if len(group) == 1:
        yield from finding_lines(group[0], prefixes)
        return
    first = group[0]
    yield from _said_of(first, prefixes, f" ({len(group):,} times)")
    yield from _by(first, prefixes)
    for finding in group:
        yield from _about(finding, prefixes, "    ", "      ")


def finding_lines(finding: Finding, prefixes: Mapping[str, str], indent: str = "") -> Iterator[str]:
    """The lines of a finding: what is said, of what, by which shape, and where that stands."""
    yield from (indent + line for line in _said_of(finding, prefixes))
    about, *rest = [*_about(finding, prefixes, f"{indent}  ", f"{indent}  "), ""]
    yield from [about] if about.strip() else []
    yield from (indent + line for line in _by(finding, prefixes))
    yield from filter(None, rest)


def _said_of(finding: Finding, prefixes: Mapping[str, str], often: str = "") -> Iterator[str]:
    first, *others = _messages(finding)
    yield f"{_severity(finding.severity, prefixes)}: {_said(first[1], prefixes)}{often}"
    yield from (f"  {language}: {_said(message, prefixes)}" for language, message in others)


def _by(finding: Finding, prefixes: Mapping[str, str]) -> Iterator[str]:
    """The shape and the constraint of a finding, and what to do."""
    if finding.shape:
        constraint = (
            finding.constraint if finding.constraint.startswith("sh:") else term_text(finding.constraint, prefixes)
        )
        yield f"  by {term_text(finding.shape, prefixes)}{f', {constraint}' if constraint else ''}"
    if advice := ADVICE.get(finding.constraint):
        yield f"  to fix it, {advice}"


def _about(finding: Finding, prefixes: Mapping[str, str], indent: str, inner: str) -> Iterator[str]:
    """What a finding is about; and, by another indent, where that stands and what is beneath it."""
    about = (term_text(finding.focus, prefixes), path_text(finding.path, prefixes), term_text(finding.value, prefixes))
    yield f"{indent}{' '.join(filter(None, about))}"
    for place in finding.places:
        words = f":  “{printable(place.quote)}”" if place.quote else ""
        at = f"{place.line}:{place.column}" if place.column else f"{place.line}"
        yield f"{inner}{printable(place.file)}{f':{at}' if place.line else ''}{words}"
    for detail in finding.details:
        yield from finding_lines(detail, prefixes, f"{inner}  ")


def _said(message: str, prefixes: Mapping[str, str]) -> str:
    """A message, its IRIs by their prefixes."""
    return printable(re.sub(r"<([a-z]+:[^<>\s]+)>", lambda found: term_text(found[1], prefixes), message))


def _messages(finding: Finding) -> list[tuple[str, str]]:
    """All messages with their languages, that in the reader's language first."""
    wanted = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    language = re.split("[_.-]", wanted)[0].lower()
    messages = finding.messages or (("", finding.message),)
    return sorted(messages, key=lambda said: said[0].partition("-")[0].lower() != language)


def html(report: Report, prefixes: Mapping[str, str]) -> str:
    """The findings as a page of its own, without anything that it would have to load."""
    head, *groups = text(report, prefixes).strip().split("\n\n")
    rows = "".join(f"<li><pre>{escape(group)}</pre></li>\n" for group in groups)
    title = "conforms" if report.conforms else "does not conform"
    return _PAGE.format(title=title, head=escape(head), rows=rows)


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Validation: {title}</title>
<style>
:root {{ color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }}
body {{ max-width: 70rem; margin: 2rem auto; padding: 0 1rem }}
ol {{ padding: 0; list-style: none }}
li {{ border-left: 3px solid; margin: 1rem 0; padding: .25rem 1rem }}
pre {{ font: .875rem/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; margin: 0 }}
</style></head>
<body><main><h1>Validation</h1><p>{head}</p>
<ol>
{rows}</ol></main></body></html>
"""


SLOWEST = 20  # shapes of a profile


def checked_again(report: Report) -> str:
    """A line on how many focus nodes were checked again; "" where all were checked."""
    if report.again is None:
        return ""
    every = report.again + sum(timed.known for timed in report.times)
    return f"{report.again:,} of {every:,} focus nodes checked again; the results of the others cannot have changed\n"


def profiled(report: Report, prefixes: Mapping[str, str]) -> str:
    """How long the slowest shapes took, with their engines and their focus nodes."""
    times = sorted(report.times, key=lambda timed: (-timed.seconds, timed.shape))
    lines = [
        f"{timed.seconds:8.3f} s  {timed.engine:<8}  {timed.focus_nodes:>9,} focus nodes  "
        f"{term_text(timed.shape, prefixes)}\n"
        for timed in times[:SLOWEST]
    ]
    others = times[SLOWEST:]
    if others:
        lines.append(f"{sum(timed.seconds for timed in others):8.3f} s  {len(others)} more shapes\n")
    return "".join(lines)
