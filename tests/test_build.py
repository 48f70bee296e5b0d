from pathlib import Path

from kg.build import build, inputs
from kg.pages.dataset import versions
from kg.project import read_project
from kg.query.opened import Opened
from kg.rdf.serialize import nquads
from kg.release.nquads import load
from kg.release.reader import Release, current
from tests.conftest import ROOT, statements


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
            text = path.read_text(encoding="utf-8").lower()
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
    assert [version.name for version in versions(Opened(project / "build"))] == [second.path.name, first.path.name]
