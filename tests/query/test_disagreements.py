"""Where sources disagree nothing is chosen: both are told, each with its words, and marked."""

import hashlib
from pathlib import Path

import pytest

from kg.build.releasing import build
from kg.pages import catalogue
from kg.project import read_project
from kg.query.disagreements import disagreements
from kg.query.opened import Opened
from tests.conftest import Spoil, inside

SECOND = "The lighthouse of Skerry Point was lit in {when}. Its tower is {high} metres high.\n"


def second(project: Path, when: str, date: str, high: str = "30") -> Opened:
    """The template with two sources that speak of one lighthouse; dates and numbers may be two."""
    shapes = project / "ontology" / "shapes.ttl"
    shapes.write_text(
        shapes.read_text(encoding="utf-8").replace(
            'sh:minCount 1 ; sh:maxCount 1 ;\n        sh:message "An event has one date',
            'sh:minCount 1 ;\n        sh:message "An event has a date',
        ),
        encoding="utf-8",
    )
    for name, text in (("a", SECOND.format(when="1852", high="30")), ("b", SECOND.format(when=when, high=high))):
        (project / "data" / "sources" / f"{name}.txt").write_text(text, encoding="utf-8")
        with (project / "data" / "sources.yaml").open("a", encoding="utf-8") as file:
            file.write(
                f"- {{id: {name}, file: {name}.txt, sha256: {hashlib.sha256(text.encode()).hexdigest()}, title: {name}, coverage: 0}}\n"
            )
    facts = project / "data" / "facts"
    (facts / "a.yaml").write_text(
        "source: a\nfacts:\n- {quote: was lit in 1852, id: lit, type: Event, name: was lit, date: 1852}\n",
        encoding="utf-8",
    )
    (facts / "b.yaml").write_text(
        f"source: b\nfacts:\n- {{quote: was lit in {when}, id: lit, date: {date}}}\n", encoding="utf-8"
    )
    built = build(read_project(project))
    assert built.release, built.report
    return Opened(project / "build")


def test_different_dates_of_two_sources_are_listed_and_marked(project: Path) -> None:
    opened = second(project, "1853", "1853")
    (found,) = disagreements(opened.dataset, opened.base)
    assert found.subject.endswith("id/lit")
    assert sorted(reason.statement.object.value for reason in found.reasons) == ["1852", "1853"]  # type: ignore[union-attr]
    done = inside("disagreements", cwd=project)
    said = done.stdout.decode()
    assert "was lit (id:lit), date" in said
    assert "[was lit in 1852]" in said
    assert "[was lit in 1853]" in said
    assert done.stderr == b"1 disagreement between sources\n"
    page = catalogue.page(opened, "id/lit.html").decode()
    assert "sources disagree" in page
    assert "date (sources disagree): 1853" in inside("about", "lit", cwd=project).stdout.decode().lower()
    asked = inside("query", "timeline", cwd=project)
    assert (
        asked.stderr.splitlines(keepends=True)[-1]
        == b"sources disagree about was lit (id:lit); kg disagreements tells what each says\n"
    )
    page = catalogue.page(opened, "query/timeline").decode()
    assert 'Sources disagree about <a href="../id/lit.html">was lit</a>: their pages tell what each says.' in page


@pytest.mark.long
@pytest.mark.parametrize(
    ("when", "date"), [("1852", "1852"), ("March 1852", "1852-03"), ("3 March 1852", "1852-03-03")]
)
def test_a_more_exact_date_does_not_disagree(project: Path, when: str, date: str) -> None:
    opened = second(project, when, date)
    assert list(disagreements(opened.dataset, opened.base)) == []
    assert "sources disagree" not in catalogue.page(opened, "id/lit.html").decode()
    assert inside("disagreements", cwd=project).stderr == b"no sources disagree\n"


@pytest.mark.long
def test_two_values_of_one_source_and_two_names_are_no_disagreement(project: Path, spoil: Spoil) -> None:
    opened = second(project, "1853", "1853")
    facts = project / "data" / "facts" / "b.yaml"
    facts.write_text(
        facts.read_text(encoding="utf-8").replace("date: 1853", "otherName: was lit in 1853"), encoding="utf-8"
    )
    assert build(read_project(project)).release
    opened = Opened(project / "build")
    assert list(disagreements(opened.dataset, opened.base)) == []
