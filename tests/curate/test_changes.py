"""Files are changed together, where the project builds as well as before, and never over somebody else's work."""

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from kg.curate.adding import Wanted, add, propose
from kg.curate.changes import ConflictError, content, make
from kg.errors import FactError, QueryError
from kg.facts.yaml_text import read_plain
from kg.project import read_project
from tests.conftest import run

GOOD = b"source: notice\nfacts:\n- {quote: A fog horn is added, id: horn, type: Event, name: horn, date: 1901, basis: inferred, note: The horn of 1901.}\n"


def everything(project: Path) -> dict[str, bytes]:
    """What the files of a project hold."""
    return {
        path.relative_to(project).as_posix(): path.read_bytes()
        for folder in ("data", "ontology", "queries")
        for path in (project / folder).rglob("*")
        if path.is_file()
    }


def test_files_are_written_together_or_not_at_all(project: Path) -> None:
    before = everything(project)
    one, two = project / "data/facts/one.yaml", project / "data/facts/two.yaml"
    settings = read_project(project)
    with pytest.raises(FactError) as error:
        make(
            settings, {}, {one: GOOD, two: GOOD.replace(b"A fog horn", b"A dog horn").replace(b"id: horn", b"id: dog")}
        )
    assert [(fault.file, fault.line) for fault in error.value.faults] == [("data/facts/two.yaml", 3)]
    assert everything(project) == before
    make(settings, {one: None}, {one: GOOD})
    assert everything(project) == {**before, "data/facts/one.yaml": GOOD}
    make(settings, {one: GOOD}, {one: None})
    assert everything(project) == before
    assert [path.name for path in (project / "build" / "releases").iterdir()] == [], "no trial is left"


def test_what_was_wrong_before_keeps_nobody_from_work_and_is_not_told_again(project: Path) -> None:
    (project / "data/facts/broken.yaml").write_text(
        "source: notice\nfacts:\n- quote: nowhere\n  id: x\n", encoding="utf-8"
    )
    one = project / "data/facts/one.yaml"
    make(read_project(project), {}, {one: GOOD})
    with pytest.raises(FactError) as error:
        make(read_project(project), {}, {one: GOOD.replace(b"A fog horn", b"A dog horn")})
    assert {fault.file for fault in error.value.faults} == {"data/facts/one.yaml"}
    twice = project / "data/facts/another.yaml"
    with pytest.raises(FactError, match="the record says nothing"):  # the same fault a second time is a new one
        make(read_project(project), {}, {twice: b"source: notice\nfacts:\n- quote: nowhere\n  id: x\n"})


def test_a_file_that_somebody_changed_is_left_alone(project: Path) -> None:
    path = project / "data/facts/notice.yaml"
    read = content(path)
    assert read
    path.write_bytes(read + b"# mine\n")
    with pytest.raises(ConflictError, match="data/facts/notice.yaml has been changed since it was read"):
        make(read_project(project), {path: read}, {path: read + b"# yours\n"})
    assert path.read_bytes() == read + b"# mine\n"


def test_nothing_is_written_out_of_the_project(project: Path, tmp_path: Path) -> None:
    (project / "data/facts/out.yaml").symlink_to(tmp_path / "outside.yaml")
    (project / "data/facts/way").symlink_to(tmp_path)
    for path in ("data/facts/out.yaml", "data/facts/way/x.yaml", "data/facts/../../../x.yaml"):
        with pytest.raises(QueryError, match="a link, or out of the project"):
            make(read_project(project), {}, {project / path: GOOD})
    assert not (tmp_path / "outside.yaml").exists()


def test_two_who_add_at_once_both_have_their_facts(project: Path) -> None:
    """Each reads, makes its record and writes; the one that comes second is told, and tries again."""
    settings = read_project(project)

    def adding(number: int) -> None:
        while True:
            try:
                wanted = Wanted(
                    ("A fog horn is added",), id=f"horn-{number}", type="Event", basis="inferred", note="So."
                )
                add(settings, propose(settings, wanted))
                return
            except ConflictError:
                continue

    threads = [threading.Thread(target=adding, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    facts = read_plain((project / "data/facts/notice.yaml").read_text(encoding="utf-8"))["facts"]
    assert {one["id"] for one in facts} >= {"horn-0", "horn-1", "horn-2"}


@pytest.mark.long
def test_killed_at_any_moment_the_files_are_whole_and_a_build_sweeps_up(project: Path) -> None:
    before = everything(project)
    path = project / "data/facts/notice.yaml"
    words = [
        "add",
        "A fog horn is added",
        "--type",
        "Event",
        "--basis",
        "inferred",
        "--note",
        "In 1901.",
        "-p",
        "date=1901",
    ]
    for number in range(12):
        process = subprocess.Popen(
            [sys.executable, "-m", "kg", *words, "--id", f"horn-{number}"],
            cwd=project,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            process.wait(0.25 + number * 0.08)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
        facts = read_plain(path.read_text(encoding="utf-8"))["facts"]
        assert path.read_bytes().startswith(before["data/facts/notice.yaml"][:2000])
        assert all("id" in one for one in facts)
    assert run("build", cwd=project).returncode == 0
    assert not [path.name for path in (project / "build" / "releases").iterdir() if path.name.startswith(".")]
