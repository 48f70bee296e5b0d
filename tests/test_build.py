from pathlib import Path
from typing import Any

import pyoxigraph as px
import pytest

from kg.build.releasing import build, inputs
from kg.errors import ProjectError
from kg.project import read_project
from kg.query.opened import Opened
from kg.query.sparql import run
from kg.rdf import iris
from kg.rdf.serialize import nquads
from kg.rdf.terms import text_of
from kg.release.nquads import load
from kg.release.reader import Release, current
from kg.release.sums import check_sums
from kg.stores.embedded import open_store
from tests.conftest import ROOT, Spoil, statements


def test_everything_in_the_source_is_read(campaign: Path, release: Release) -> None:
    (covered,) = release.manifest["coverage"].values()
    assert covered["unread"] == []
    assert covered["quoted"] + covered["skipped"] == covered["characters"]
    assert covered["skipped"] / covered["characters"] < 0.05
    assert release.manifest["counts"]["skips"] <= 6


def test_the_books_balance(release: Release) -> None:
    counts = release.manifest["counts"]
    assert counts["values"] == counts["statements"]
    assert counts["facts"] > 200
    assert counts["quads"] == release.dataset.read_bytes().count(b"\n")


def test_the_dataset_is_canonical(release: Release) -> None:
    lines = release.dataset.read_bytes().splitlines()
    assert lines == sorted(set(lines))
    assert nquads(load(release.dataset)) == lines


def test_moving_a_fact_in_its_file_changes_no_published_byte(project: Path) -> None:
    first = build(read_project(project)).release
    notice = project / "data" / "facts" / "notice.yaml"
    notice.write_text("# a new first line\n" + notice.read_text(encoding="utf-8"), encoding="utf-8")
    second = build(read_project(project)).release
    assert first
    assert second
    assert first.path == second.path


def test_editing_one_fact_renames_one_graph(project: Path, tmp_path: Path) -> None:
    first = {quad.graph_name for quad in statements(project, tmp_path / "first")}
    notice = project / "data" / "facts" / "notice.yaml"
    notice.write_text(notice.read_text(encoding="utf-8").replace("name: the bay", "name: bay"), encoding="utf-8")
    second = {quad.graph_name for quad in statements(project, tmp_path / "second")}
    assert len(first - second) == len(second - first) == 1


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("kg.toml", "The lighthouse of", "A lighthouse of"),
        ("ontology/shapes.ttl", "", "# more\n<https://example.org/ontology#CountShape> sh:deactivated false .\n"),
        ("ontology/context.jsonld", '"schema": ', '"more": "schema:more", "schema": '),
        ("queries/words.rq", "#+ summary:", "#+ summary: more"),
        ("data/sources.yaml", "title: ", "title: A "),
    ],
)
def test_a_release_is_named_after_all_that_it_publishes(spoil: Spoil, file: str, old: str, new: str) -> None:
    first = build(read_project(spoil("kg.toml", "base", "base"))).release
    project = spoil(file, old, new) if old else spoil("kg.toml", "base", "base")
    if not old:
        path = project / file
        path.write_text(path.read_text(encoding="utf-8") + new, encoding="utf-8")
    second = build(read_project(project)).release
    assert first
    assert second
    assert first.path.name != second.path.name
    assert first.path.is_dir(), "what was cited stays"


def test_every_canned_query_is_asked_once(spoil: Spoil) -> None:
    project = spoil("queries/words.rq", "SELECT", "SELEKT")
    (project / "queries" / "other.rq").write_text("#+ summary: x\nSELECT * { ?s nope:p ?o }\n", encoding="utf-8")
    unknown = "#+ summary: x\nSELECT * { ?s ?p ?o FILTER(<http://x/f>(?o)) }\n"  # parses, and cannot be evaluated
    (project / "queries" / "strange.rq").write_text(unknown, encoding="utf-8")
    with pytest.raises(ProjectError) as caught:
        build(read_project(project))
    lines = str(caught.value).splitlines()
    assert [line.partition(":")[0] for line in lines] == ["queries/other.rq", "queries/strange.rq", "queries/words.rq"]
    assert "no PREFIX declares nope" in lines[0]
    assert not (project / "build" / "current").exists()


def test_every_place_that_names_another_base_is_said_at_once(spoil: Spoil) -> None:
    project = spoil("kg.toml", "https://example.org/", "https://graph.example/")
    with pytest.raises(ProjectError) as caught:
        build(read_project(project))
    said = str(caught.value)
    for file in ("ontology/context.jsonld", "ontology/shapes.ttl", "ontology/vocabulary.ttl", "queries/words.rq"):
        assert f"{project / file}:" in said, file
    assert all("https://graph.example/" in line for line in said.splitlines())


def test_the_endpoint_says_what_the_dump_says(campaign: Path, release: Release) -> None:
    """Quad by quad: no literal of the campaign is one that the store rewrites. Beside them are the descriptions alone."""
    base = release.manifest["base"]
    described = {px.NamedNode(iris.graph(base, name)) for name in ("description", "service", "queries")}
    quads = list(open_store(release))
    assert {str(quad) for quad in quads if quad.graph_name not in described} == {
        str(quad) for quad in load(release.dataset)
    }
    assert {quad.graph_name for quad in quads} > described


def test_the_endpoint_holds_its_own_descriptions(release: Release) -> None:
    """What editors ask a SPARQL endpoint for: the VoID, the service description, the examples."""
    store = open_store(release)
    ask = "PREFIX void: <http://rdfs.org/ns/void#> PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX sd: <http://www.w3.org/ns/sparql-service-description#> "
    for pattern in (
        "?cp void:class ?c ; void:propertyPartition [ void:property ?p ]",
        "?q a sh:SPARQLExecutable ; sh:select ?t",
        "?s sd:endpoint ?e",
    ):
        assert bool(store.query(f"{ask} ASK {{ GRAPH ?g {{ {pattern} }} }}")), pattern
    written = {
        str(quad.triple) for quad in px.parse((release.path / "void.ttl").read_bytes(), format=px.RdfFormat.TURTLE)
    }
    graph = px.NamedNode(iris.graph(release.manifest["base"], "description"))
    held = {str(quad.triple) for quad in store.quads_for_pattern(None, None, None, graph)}
    assert {text for text in written ^ held if "byteSize" not in text} == set()


def test_two_dates_of_one_thing_are_two_rows_each_with_its_days(project: Path) -> None:
    facts = project / "data" / "reference" / "dates.yaml"
    facts.write_text(
        "facts:\n- id: fire\n  type: Event\n  name: fire in the tower\n  date: 1901-05\n- id: fire\n  date: 1903\n",
        encoding="utf-8",
    )
    release = build(read_project(project), validate=False).release
    assert release
    opened = Opened(project / "build")
    rows: Any = run(opened.store, opened.queries["timeline"].text, opened.prefixes, base=opened.base)
    dates = [text_of(row["date"]) for row in rows if "fire" in text_of(row["eventLabel"])]
    assert dates == ["1901-05", "1903"]
    asked: Any = opened.store.query(
        "PREFIX dcat: <http://www.w3.org/ns/dcat#> SELECT ?d ?s ?e { <https://example.org/id/fire> <http://purl.org/dc/terms/temporal> "
        "[ <http://www.w3.org/1999/02/22-rdf-syntax-ns#value> ?d ; dcat:startDate ?s ; dcat:endDate ?e ] } ORDER BY ?d"
    )
    assert [tuple(map(text_of, row)) for row in asked] == [
        ("1901-05", "1901-05-01", "1901-05-31"),
        ("1903", "1903-01-01", "1903-12-31"),
    ]


def test_a_violation_publishes_nothing(project: Path) -> None:
    shapes = project / "ontology" / "shapes.ttl"
    text = (
        shapes.read_text(encoding="utf-8") + "\nkg:CountShape sh:property [ sh:path kg:value ; sh:minInclusive 50 ] .\n"
    )
    shapes.write_text(text, encoding="utf-8")
    built = build(read_project(project))
    assert built.release is None
    assert built.report
    assert not built.report.conforms
    assert not (project / "build" / "current").exists()
    assert not list((project / "build" / "releases").iterdir())


def test_the_manifest_holds_every_input_with_its_hash(campaign: Path, release: Release) -> None:
    names = {path.relative_to(campaign).as_posix() for path in inputs(read_project(campaign))}
    assert set(release.manifest["inputs"]) == names
    assert {"data/sources.yaml", "ontology/context.jsonld", "ontology/shapes.ttl"} <= names


def test_stages_are_told(project: Path) -> None:
    told: list[str] = []
    build(read_project(project), told.append)
    assert told == ["reading", "sorting", "writing", "validating"]


def test_nothing_of_the_package_knows_the_campaign() -> None:
    words = ("rome-statute", "coalition", "icc-campaign", "international criminal")
    for path in (ROOT / "kg").rglob("*"):
        if path.is_file() and path.suffix != ".pyc" and "node_modules" not in path.parts:
            text = path.read_bytes().decode(errors="replace").lower()
            assert not any(word in text for word in words), path


def test_the_release_is_current(campaign: Path, release: Release) -> None:
    assert current(campaign / "build").path == release.path
    assert (release.path / "report.ttl").read_bytes()


def test_a_release_says_what_changed_since_the_one_before(project: Path) -> None:
    first = build(read_project(project)).release
    assert first
    assert first.manifest["since"] is None
    again = build(read_project(project)).release
    assert again
    assert again.manifest["since"] is None, "the same release"
    notice = project / "data" / "facts" / "notice.yaml"
    notice.write_text(notice.read_text(encoding="utf-8").replace("name: the bay", "name: bay"), encoding="utf-8")
    second = build(read_project(project)).release
    assert second
    old, new = (set(release.dataset.read_bytes().splitlines()) for release in (first, second))
    assert second.manifest["since"] == {
        "release": first.path.name,
        "added": len(new - old),
        "removed": len(old - new),
    }
    assert [version.name for version in Opened(project / "build").versions] == [second.path.name, first.path.name]


@pytest.mark.long
@pytest.mark.parametrize("file", ["dataset.nq", "manifest.json", "standing.json", "context.jsonld"])
def test_a_damaged_release_before_is_no_reason_not_to_make_the_next(project: Path, file: str) -> None:
    first = build(read_project(project)).release
    assert first
    data = (first.path / file).read_bytes()
    (first.path / file).write_bytes(data[: len(data) // 2])
    notice = project / "data" / "facts" / "notice.yaml"
    notice.write_text(notice.read_text(encoding="utf-8").replace("name: the bay", "name: bay"), encoding="utf-8")
    second = build(read_project(project)).release
    assert second
    assert second.path != first.path
    assert not (second.path / "changes.json").exists()
    assert check_sums(second.path).faults == []


def test_so_much_that_changed_is_counted_and_not_told(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert build(read_project(project)).release
    monkeypatch.setattr("kg.build.releasing.MOST_TOLD", 3)
    notice = project / "data" / "facts" / "notice.yaml"
    notice.write_text(notice.read_text(encoding="utf-8").replace("name: the bay", "name: bay"), encoding="utf-8")
    second = build(read_project(project)).release
    assert second
    assert second.manifest["since"]["added"] > 3
    assert not (second.path / "changes.json").exists()
    assert not (second.path / "standing.json").exists()
