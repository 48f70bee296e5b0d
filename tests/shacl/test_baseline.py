"""The baseline: which findings are known, however many there are of each, and files that are none."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import QueryError
from kg.rdf.terms import SH
from kg.shacl.baseline import NAMES, Mark, compare, mark, read, updated
from kg.shacl.report import Finding, Place, Report

TEXTS = st.sampled_from(["", "a", "_:b0", "_:b1", "_", '"_:b0"', "é\u2028", "a\r\nb", "\x85", '"\\"'])
FINDINGS = st.tuples(TEXTS, TEXTS, TEXTS, TEXTS).map(lambda four: Finding("Violation", *four[:3], "m", four[3]))
REPORTS = st.lists(FINDINGS, max_size=6).map(lambda findings: Report(tuple(findings), {}, ""))
LINE = {**dict.fromkeys(NAMES, "a"), "times": 1}


def finding(focus: str = "http://x/a", value: str = "", **more: Any) -> Finding:
    component = SH + "ClassConstraintComponent"
    return Finding("Violation", focus, "http://x/p", value, "m", "http://x/S", component=component)._replace(**more)


def report(*findings: Finding) -> Report:
    return Report(findings, {}, "")


def known(path: Path, text: str | bytes) -> Counter[Mark]:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read(path)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("baseline") / "known.jsonl"


@given(first=REPORTS, then=REPORTS)
def test_what_is_written_is_known_and_what_is_known_is_not_told(path: Path, first: Report, then: Report) -> None:
    text = updated(first, None)
    assert compare(first, known(path, text)) == (first._replace(findings=(), known=len(first.findings)), 0)
    compared = compare(then, known(path, text))
    assert len(compared.report.findings) + compared.report.known == len(then.findings)
    assert compared.report.known + compared.gone == len(first.findings)
    less = known(path, updated(then, known(path, text)))
    assert less <= known(path, text), "what is known only becomes less"
    assert less.total() == compared.report.known


def test_a_finding_is_the_same_wherever_it_stands_and_whatever_its_blank_nodes_are_called() -> None:
    moved = finding("_:b7", places=(Place("", "other.ttl", 9, 9, ""),), message="other words", severity="Warning")
    assert mark(finding("_:b0")) == mark(moved)
    assert mark(finding(value='"_:b0"')) != mark(finding(value='"_:b1"')), "a text is no blank node"
    assert mark(finding("_a")) != mark(finding("_b"))
    for field in ("shape", "path", "focus", "value", "component"):
        assert mark(finding(**{field: "http://x/other"})) != mark(finding()), field


def test_each_of_two_like_findings_must_be_known() -> None:
    two = report(finding(), finding(), finding("http://x/b"))
    known_ = Counter({mark(finding()): 1, mark(finding("http://x/gone")): 2})
    compared = compare(two, known_)
    assert compared.report.findings == (finding(), finding("http://x/b"))
    assert (compared.report.known, compared.gone) == (1, 2)
    assert compare(two, known_) == compared, "what is known stays so"


def test_a_baseline_is_read_as_editors_save_it(path: Path) -> None:
    line = json.dumps(LINE)
    one = Counter({("a", "a", "a", "a", "a"): 1})
    assert known(path, "") == known(path, "\n") == known(path, "\r\n") == Counter()
    assert known(path, line) == known(path, f"{line}\n") == known(path, f"\ufeff{line}\r\n") == one
    assert known(path, f"{line}\n{line}\n") == Counter({("a", "a", "a", "a", "a"): 2}), "a line that stands twice"


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{",
        "null",
        "[]",
        '"shape"',
        json.dumps(LINE)[:-1],
        json.dumps({**LINE, "focus": None}),
        json.dumps({**LINE, "value": 5}),
        json.dumps({**LINE, "shape": ["a"]}),
        json.dumps({key: value for key, value in LINE.items() if key != "path"}),
        json.dumps({key: value for key, value in LINE.items() if key != "times"}),
        *(json.dumps({**LINE, "times": times}) for times in (0, -1, 1.5, True, "1", None, [1], float("inf"))),
        "[" * 100_000,
        json.dumps({**LINE, "value": "é"}, ensure_ascii=False).encode("latin-1"),
    ],
)
def test_a_line_that_is_none_is_named(path: Path, line: str | bytes) -> None:
    broken = line.encode() if isinstance(line, str) else line
    with pytest.raises(QueryError) as raised:
        known(path, json.dumps(LINE).encode() + b"\n" + broken + b"\n")
    assert str(raised.value).startswith(f"{path}:2: not a line of a baseline; it has shape, constraint, focus, path")
    assert "delete the line" in str(raised.value)


def test_a_file_that_cannot_be_read_is_named(path: Path) -> None:
    with pytest.raises(QueryError, match=r"none\.jsonl: No such file or directory; --update-baseline writes it"):
        read(path.with_name("none.jsonl"))
    with pytest.raises(QueryError, match="Is a directory"):
        read(path.parent)


def test_lines_are_sorted_and_say_how_often() -> None:
    text = updated(report(finding("http://x/é"), finding("http://x/a"), finding("http://x/é")), None)
    lines = [json.loads(line) for line in text.splitlines()]
    assert [(one["focus"], one["times"]) for one in lines] == [("http://x/a", 1), ("http://x/é", 2)]
    assert list(lines[0]) == [*NAMES, "times"]
    assert lines[0]["constraint"] == "sh:class"
    assert "é" in text
    assert updated(report(), None) == ""
