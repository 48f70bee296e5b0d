"""Baseline: findings that are known, so that only new ones fail, and the known ones can only become fewer.

It is a file of JSON lines, sorted, to be kept beside the data and read in reviews: shape, constraint, focus node, path,
value, and how often there is such a finding.
"""

import json
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from kg.errors import QueryError
from kg.shacl.report import Finding, Report

Mark = tuple[str, str, str, str, str]
NAMES = ("shape", "constraint", "focus", "path", "value")


class Compared(NamedTuple):
    """A report without the findings that are known, and how many of the known ones are there no more."""

    report: Report
    gone: int


def mark(finding: Finding) -> Mark:
    """What tells a finding from others when lines move and blank nodes are named anew."""
    return tuple("_" if text.startswith("_:") else text for text in _said(finding))  # type: ignore[return-value]  # five


def _said(finding: Finding) -> Mark:
    return finding.shape, finding.constraint, finding.focus, finding.path, finding.value


def read(path: Path) -> Counter[Mark]:
    """The marks of a baseline, with how often each is known; QueryError where the file is none."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise QueryError(f"{path}: {error.strerror}; --update-baseline writes it") from None
    known = Counter[Mark]()
    for number, line in enumerate(lines if lines != [b""] else [], 1):
        try:
            one, times = _read_line(line)
        except (ValueError, KeyError, TypeError, RecursionError):
            expected = ", ".join((*NAMES, "times"))
            way = "delete the line, or delete the file and have --update-baseline write it"
            raise QueryError(f"{path}:{number}: not a line of a baseline; it has {expected} as JSON; {way}") from None
        known[one] += times
    return known


def _read_line(line: bytes) -> tuple[Mark, int]:
    """The mark on a line and how often it is known."""
    said = json.loads(line.decode("utf-8-sig"))
    shape, constraint, focus, of, value = (said[name] for name in NAMES)
    one, times = (shape, constraint, focus, of, value), said["times"]
    if not all(isinstance(text, str) for text in one) or type(times) is not int or times < 1:
        raise ValueError
    return one, times


def compare(report: Report, known: Counter[Mark]) -> Compared:
    """A report against what is known."""
    left = known.copy()
    new = []
    for finding in report.findings:
        if left[mark(finding)] > 0:
            left[mark(finding)] -= 1
        else:
            new.append(finding)
    return Compared(report._replace(findings=tuple(new), known=len(report.findings) - len(new)), left.total())


def updated(report: Report, known: Counter[Mark] | None) -> str:
    """The baseline of a report: of all its findings; where some are known, of those of them that are still there."""
    found = Counter(map(mark, report.findings))
    kept = found if known is None else found & known
    return "".join(
        f"{json.dumps({**dict(zip(NAMES, one, strict=True)), 'times': times}, ensure_ascii=False)}\n"
        for one, times in sorted(kept.items())
    )
