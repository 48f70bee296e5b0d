"""The report: each finding is placed at the facts that it comes from, and at no others."""

import json

import pyoxigraph as px
import pytest

from kg.errors import Fault
from kg.shacl.report import Finding, Place, Report, faulty, order, placed
from tests.conftest import Spoil, run

A = "http://x/a"
PLACES = {f"http://x/fact/{n}": Place(f"http://x/fact/{n}", "a.yaml", n, 1, f"words {n}") for n in (1, 2, 3, 4)}


def stated(fact: int, predicate: str, value: px.NamedNode | px.Literal) -> px.Quad:
    name = px.NamedNode(f"http://x/fact/{fact}")
    return px.Quad(px.NamedNode(A), px.NamedNode(f"http://x/{predicate}"), value, name)


ABOUT = [
    stated(1, "p", px.Literal("one")),
    stated(2, "p", px.Literal("two")),
    stated(3, "q", px.NamedNode("http://x/b")),
    stated(4, "q", px.Literal("seven", language="en")),
]


@pytest.mark.parametrize(
    ("path", "value", "lines"),
    [
        ("http://x/p", '"two"', [2]),  # the fact that states the value
        ("http://x/p", '"other"', [1, 2]),  # those that state the property
        ("http://x/p", "", [1, 2]),
        ("http://x/r", '"two"', [1, 2, 3, 4]),  # all that speak of the thing
        ("", "", [1, 2, 3, 4]),
        ("http://x/q", "http://x/b", [3]),
        ("http://x/q", '"seven"@en', [4]),
    ],
)
def test_a_finding_is_placed_at_the_facts_it_comes_from(path: str, value: str, lines: list[int]) -> None:
    report = Report((Finding("Violation", A, path, value, "", ""),), {}, "")
    (finding,) = placed(
        report, lambda iri: ABOUT if iri == A else [], lambda facts: {f: PLACES[f] for f in facts}
    ).findings
    assert [place.line for place in finding.places] == lines


def test_a_finding_about_what_no_fact_speaks_of_has_no_place() -> None:
    report = Report((Finding("Violation", "http://x/z", "", "", "", ""),), {}, "")
    (finding,) = placed(report, lambda iri: [], lambda facts: {}).findings
    assert finding.places == ()


def test_validate_names_the_line_of_the_one_fact_at_fault(spoil: Spoil) -> None:
    """Of two facts about the same thing, the one whose value violates the shape."""
    project = spoil("data/facts/notice.yaml", "facts:\n", "facts:\n")
    table = project / "data" / "reference" / "values.csv"
    table.write_text("id,value\nships-a-year,41\nships-a-year,7\n", encoding="utf-8")
    counts = [node for node in (project / "data" / "facts" / "notice.yaml").read_text(encoding="utf-8").split("\n- ")]
    ident = next(part for part in counts if "type: Count" in part).split("  id: ")[1].split("\n")[0]
    table.write_text(f"id,value\n{ident},41\n{ident},7\n", encoding="utf-8")
    shapes = project / "ontology" / "shapes.ttl"
    bound = '\nkg:CountShape sh:property [ sh:path kg:value ; sh:minInclusive 10 ; sh:message "ten or more"@en ] .\n'
    shapes.write_text(shapes.read_text(encoding="utf-8") + bound, encoding="utf-8")
    done = run("validate", "-t", "json", cwd=project)
    found = [finding for finding in json.loads(done.stdout)["findings"] if finding["message"] == "ten or more"]
    assert done.returncode == 1
    assert [[(place["file"], place["line"]) for place in finding["places"]] for finding in found] == [
        [("data/reference/values.csv", 3)]
    ]


def test_faults_are_a_report_that_does_not_conform() -> None:
    report = faulty([Fault("a.yaml", 3, 7, "no")])
    assert not report.conforms
    assert "sh:conforms false" in report.turtle
    assert "a.yaml:3:7: no" in report.turtle


def test_the_worst_comes_first() -> None:
    kinds = ("Info", "Warning", "http://x/mine", "Violation")
    findings = [Finding(kind, A, "", "", "", "") for kind in kinds]
    assert [finding.severity for finding in sorted(findings, key=order)] == [*reversed(kinds)]
