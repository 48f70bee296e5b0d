"""A new version of a document is taken in: what stands there moves, what does not waits to be looked at, nothing is lost."""

import subprocess
import sys
from pathlib import Path

import pytest

from kg.curate.changes import ConflictError
from kg.curate.documents import Told
from kg.curate.reviewing import choices, drop, reviews, spans_of, take, told
from kg.curate.updating import update_source
from kg.errors import FactError, QueryError
from kg.facts.sources import read_sources
from kg.facts.yaml_text import read_plain
from kg.project import read_project
from kg.release.reader import current
from tests.conftest import inside


@pytest.fixture
def later(project: Path, tmp_path: Path) -> Path:
    """A version of the template's notice in which 40 ships have become 60, and the gate is not spoken of."""
    text = (project / "data" / "sources" / "notice.txt").read_text(encoding="utf-8")
    assert "Nearly 40 ships" in text
    path = tmp_path / "notice.txt"
    path.write_text(
        "Issued anew.\n\n"
        + text.replace("Nearly 40 ships", "Nearly 60 ships")
        .replace("Visitors are asked to close the gate.", "")
        .rstrip()
        + "\n",
        encoding="utf-8",
    )
    return path


def records(project: Path, name: str, key: str = "facts") -> list[dict[str, str]]:
    return list(read_plain((project / "data" / "facts" / name).read_text(encoding="utf-8")).get(key) or [])


def test_what_stands_moves_and_what_has_changed_waits(project: Path, later: Path) -> None:
    before = records(project, "notice.yaml")
    found = update_source(read_project(project), "notice", later, Told(url="https://example.org/notice"))
    assert found.source == "notice-2"
    moved, waiting = records(project, "notice.yaml"), records(project, "notice-notice.yaml")
    assert [one["id"] for one in waiting] == ["ships-sheltered"]
    assert waiting[0] == next(one for one in before if one["id"] == "ships-sheltered" and "value" in one)
    assert len(moved) + len(waiting) == len(before)
    assert read_plain((project / "data/facts/notice.yaml").read_text(encoding="utf-8"))["source"] == "notice-2"
    assert read_plain((project / "data/facts/notice-notice.yaml").read_text(encoding="utf-8"))["source"] == "notice"
    assert [skip["reason"] for skip in records(project, "notice-notice.yaml", "skip")], (
        "the skip of what is gone waits too"
    )
    assert found.passages["changed"] > 0
    assert found.passages["vanished"] > 0
    sources, faults = read_sources(project / "data", project)
    assert faults == []
    assert (sources["notice"].coverage, sources["notice-2"].revises) == (0.0, "notice")
    assert sources["notice-2"].url == "https://example.org/notice"
    assert sources["notice-2"].title == sources["notice"].title
    coverage = inside("coverage", "notice-2", cwd=project).stdout.decode()
    assert "Issued anew." in coverage
    assert "Nearly 60 ships" in coverage


def test_the_comments_of_a_file_stay_and_the_project_builds_when_all_is_read(project: Path, later: Path) -> None:
    update_source(read_project(project), "notice", later, Told(id="second"))
    text = (project / "data" / "facts" / "notice.yaml").read_text(encoding="utf-8")
    assert "# What the notice says." in text
    skips = "skip:\n- {quote: Issued anew., reason: A note.}\n- {quote: Nearly 60 ships a year take shelter in the bay., reason: later}\n"
    assert "\nskip: []\n" in text
    (project / "data" / "facts" / "notice.yaml").write_text(text.replace("skip: []\n", skips), encoding="utf-8")
    assert inside("build", cwd=project).returncode == 0, inside("build", cwd=project).stderr
    data = (current(project / "build").path / "dataset.nq").read_text(encoding="utf-8")
    assert "source/second> <http://www.w3.org/ns/prov#wasRevisionOf> <https://example.org/source/notice>" in data
    assert "source/notice#char=" in data, "what waits rests on the old version"


def test_those_that_wait_are_looked_at_one_by_one(project: Path, later: Path) -> None:
    update_source(read_project(project), "notice", later, Told())
    settings = read_project(project)
    waiting = [one for one in reviews(settings) if one.kept.key == "facts"]
    lines = "\n".join(told(waiting[0]))
    assert "then: …" in lines
    assert "[-40-]{+60+}" in lines
    with pytest.raises(FactError, match="40"):  # the record still says 40, which the new words do not
        take(settings, waiting[0], spans_of(waiting[0], 1))
    path = waiting[0].kept.path
    path.write_text(
        path.read_text(encoding="utf-8").replace("value: 40", "value: 60").replace("nearly 40", "nearly 60"),
        encoding="utf-8",
    )
    with pytest.raises(ConflictError, match="has been changed since it was read"):
        drop(settings, waiting[0])
    left = len(list(reviews(settings)))
    skip = next(one for one in reviews(settings) if one.kept.key == "skip")
    drop(settings, skip)
    assert len(list(reviews(settings))) == left - 1


def test_what_cannot_be_updated_is_said_and_nothing_changes(project: Path, later: Path, tmp_path: Path) -> None:
    settings = read_project(project)
    same = tmp_path / "same.txt"
    same.write_bytes((project / "data" / "sources" / "notice.txt").read_bytes())
    before = {path: path.read_bytes() for path in (project / "data").rglob("*") if path.is_file()}
    for ident, path, words, more in (
        ("notise", later, "did you mean 'notice'", Told()),
        ("notice", same, "word for word", Told()),
        ("notice", tmp_path / "none.txt", "no such file", Told()),
        ("notice", later, "is a source already", Told(id="notice")),
        ("notice", later, "not a valid id", Told(id="a b")),
    ):
        with pytest.raises(QueryError, match=words):
            update_source(settings, ident, path, more)
    assert {path: path.read_bytes() for path in (project / "data").rglob("*") if path.is_file()} == before
    update_source(settings, "notice", later, Told())
    with pytest.raises(QueryError, match="has a later version, notice-2; update that"):
        update_source(settings, "notice", later, Told())
    third = tmp_path / "third.txt"
    third.write_text(later.read_text(encoding="utf-8").replace("Issued anew", "Issued again"), encoding="utf-8")
    assert update_source(settings, "notice-2", third, Told()).source == "notice-3"


def test_a_record_that_does_not_build_in_the_new_version_waits(project: Path, tmp_path: Path) -> None:
    """The date of a heading is gone, so what rests on the layout of the old does not stand in the new."""
    text = (project / "data" / "sources" / "notice.txt").read_text(encoding="utf-8")
    path = tmp_path / "later.txt"
    path.write_text(text.replace("1890\n", "1891\n"), encoding="utf-8")
    found = update_source(read_project(project), "notice", path, Told())
    assert [one.record for one in found.left] == [
        {"quote": ["1890", "A fog horn is added."], "id": "fog-horn", "date": "1890", "basis": "layout"}
    ]
    (waiting,) = reviews(read_project(project))
    assert choices(waiting) == 1
    with pytest.raises(FactError, match="1890"):
        take(read_project(project), waiting, spans_of(waiting, 1))


def test_what_stands_but_does_not_build_there_waits_too(project: Path, tmp_path: Path) -> None:
    """All words of the fog horn stand, but another heading has come between it and its year."""
    text = (project / "data" / "sources" / "notice.txt").read_text(encoding="utf-8")
    path = tmp_path / "later.txt"
    path.write_text(text.replace("1890\nA fog horn is added.", "1890\n1895\nA fog horn is added."), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != text
    found = update_source(read_project(project), "notice", path, Told())
    assert [(one.record["id"], one.kind) for one in found.left] == [("fog-horn", "same")]
    assert read_plain((project / "data/facts/notice-notice.yaml").read_text(encoding="utf-8"))["source"] == "notice"


def test_the_verbs_say_what_they_did(project: Path, later: Path) -> None:
    done = inside("source", "update", "notice", later, "--title", "The notice of 1902", cwd=project)
    assert done.returncode == 0, done.stderr
    assert b"notice-2: " in done.stdout
    assert b"passages: " in done.stderr
    review = inside("source", "review", cwd=project)
    assert b"1 of " in review.stdout
    assert b"[-40-]{+60+}" in review.stdout
    refused = inside("source", "remove", "notice", cwd=project)
    assert b"facts rest on notice, the first at data/facts/notice-notice.yaml:" in refused.stderr


def test_a_source_comes_from_a_pipe_and_goes_again(project: Path) -> None:
    before = (project / "data" / "sources.yaml").read_bytes()
    page = b"<!doctype html><html lang='fr'><title>Page</title><body><p>La cloche fut fondue en 1852.</p></body></html>"
    done = inside("source", "add", "-", "--id", "cloche", cwd=project, given=page)
    assert done.stdout == b"cloche: Page\n", done.stderr
    assert inside("source", "show", "cloche", cwd=project).stdout == b"La cloche fut fondue en 1852.\n"
    assert b"has 0 pages" in inside("source", "show", "cloche", "--page", "1", cwd=project).stderr
    gone = inside("source", "remove", "cloche", cwd=project)
    assert gone.stdout == b"deleted data/sources/cloche.txt\ndeleted data/originals/cloche.html\n"
    assert (project / "data" / "sources.yaml").read_bytes() == before
    assert (
        subprocess.run(
            [sys.executable, "-m", "kg", "source", "remove", "x"], cwd=project, capture_output=True, check=False
        ).returncode
        == 2
    )
