"""What is kept from one build to the next: nothing is done twice, and never at the price of a wrong byte."""

import json
import os
import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kg import cache
from kg.build.releasing import build
from kg.project import TEMPLATE, read_project
from kg.release.reader import Release, current
from tests.conftest import run

UNCHANGED = b"nothing has changed since it was built"


def test_the_same_again_is_not_built_again(project: Path) -> None:
    assert UNCHANGED not in run("build", cwd=project).stdout
    before = stamps(project)
    again = run("build", cwd=project)
    assert UNCHANGED in again.stdout
    assert b"focus nodes checked" in again.stdout, "the books are shown all the same"
    assert stamps(project) == before


def test_what_pyshacl_has_checked_is_checked_again(project: Path) -> None:
    """Columns may find otherwise; where a graph grows beyond what pySHACL is asked for, they check all of it."""
    run("build", cwd=project)
    assert json.loads((project / "build" / "cache" / "last.json").read_bytes())["validated"] == ""


def stamps(project: Path) -> dict[Path, int]:
    """When each file of the build folder was last written."""
    return {path: path.stat().st_mtime_ns for path in (project / "build").rglob("*") if path.is_file()}


def edited(project: Path, file: str) -> None:
    path = project / file
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")


@pytest.mark.long
@pytest.mark.parametrize(
    "file",
    ["data/facts/notice.yaml", "data/sources.yaml", "ontology/vocabulary.ttl", "queries/timeline.rq", "kg.toml"],
)
def test_any_change_of_what_is_read_is_built(project: Path, file: str) -> None:
    assert run("build", cwd=project).returncode == 0
    edited(project, file)
    done = run("build", cwd=project)
    assert (done.returncode, UNCHANGED in done.stdout) == (0, False)


@pytest.mark.long
def test_a_file_of_the_release_that_is_not_as_it_was_left_is_made_again(project: Path) -> None:
    assert run("build", cwd=project).returncode == 0
    release = current(project / "build")
    for damage in (
        lambda: (release.path / "downloads" / "dataset.ttl").write_bytes(b"oops"),
        lambda: (release.path / "search.sqlite").unlink(),
        lambda: next((release.path / "store").glob("*.sst")).unlink(),
        lambda: shutil.rmtree(project / "build" / "cache"),
    ):
        damage()
        assert UNCHANGED not in run("build", cwd=project).stdout
        assert UNCHANGED in run("build", cwd=project).stdout
    assert (release.path / "downloads" / "dataset.ttl").read_bytes() != b"oops"


def test_a_release_that_was_not_validated_is_no_reason_not_to_validate(project: Path) -> None:
    shapes = project / "ontology" / "shapes.ttl"
    text = shapes.read_text(encoding="utf-8")
    shapes.write_text(
        text + "\nkg:CountShape sh:property [ sh:path kg:value ; sh:minInclusive 50 ] .\n", encoding="utf-8"
    )
    done = run("build", "--no-validate", cwd=project)
    assert done.returncode == 0
    assert b"checked  nothing: built with --no-validate" in done.stdout
    assert current(project / "build").manifest["checked"] is None
    assert UNCHANGED in run("build", "--no-validate", cwd=project).stdout
    assert run("build", cwd=project).returncode == 1


def test_what_a_file_gave_is_taken_from_the_cache(project: Path) -> None:
    assert build(read_project(project), validate=False).release
    kept = sorted((project / "build" / "cache").glob("*/taken.json"))
    assert len(kept) == 2, "one for each file of facts and reference data"
    taken = json.loads(kept[0].read_bytes())
    kept[0].write_text(json.dumps({**taken, "counts": {**taken["counts"], "nulls": 77}}), encoding="utf-8")
    edited(project, "queries/timeline.rq")
    again = build(read_project(project), validate=False).release
    assert again
    assert again.manifest["counts"]["nulls"] == 77, "the file was read anew"


def test_what_no_build_uses_is_deleted_after_a_while(project: Path) -> None:
    assert build(read_project(project), validate=False).release
    old, young = (project / "build" / "cache" / name for name in ("old", "young"))
    old.mkdir()
    young.mkdir()
    os.utime(old, (1, 1))
    edited(project, "data/facts/notice.yaml")
    assert build(read_project(project), validate=False).release
    assert (old.exists(), young.exists()) == (False, True)


# Edits of a project, each of a file that a build reads; some are made and later undone.
def _rename(project: Path, number: int) -> None:
    notice = project / "data" / "facts" / "notice.yaml"
    lines = notice.read_text(encoding="utf-8").split("\n")
    names = ("  name: building", "  name: work number")
    lines = [f"  name: work number {number}" if line.startswith(names) else line for line in lines]
    notice.write_text("\n".join(lines), encoding="utf-8")


def _add_table(project: Path, number: int) -> None:
    rows = "".join(f"person-{number}-{n},Person,Person {n},{1900 + n}\n" for n in range(number * 7 % 50 + 1))
    (project / "data" / "reference" / f"people-{number % 3}.csv").write_text(
        f"id,type,name,date\n{rows}", encoding="utf-8"
    )


def _remove_table(project: Path, number: int) -> None:
    (project / "data" / "reference" / f"people-{number % 3}.csv").unlink(missing_ok=True)


def _add_note(project: Path, number: int) -> None:
    (project / "data" / "reference" / "notes.yaml").write_text(
        f"facts:\n- id: lighthouse\n  otherName: tower {number % 4}\n", encoding="utf-8"
    )


def _change_vocabulary(project: Path, number: int) -> None:
    vocabulary = project / "ontology" / "vocabulary.ttl"
    text = (TEMPLATE / "ontology" / "vocabulary.ttl").read_text(encoding="utf-8")
    above = "\nschema:Person rdfs:subClassOf schema:Organization .\n" if number % 2 else ""
    vocabulary.write_text(text + above, encoding="utf-8")


EDITS: tuple[Callable[[Path, int], None], ...] = (_rename, _add_table, _remove_table, _add_note, _change_vocabulary)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4))
def test_a_build_after_edits_is_the_build_from_nothing(project: Path, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    for number in range(4):
        for _ in range(chance.randint(1, 2)):
            chance.choice(EDITS)(project, chance.randint(0, 99))
        fresh = tmp_path / f"fresh-{number}"
        shutil.copytree(project, fresh, ignore=shutil.ignore_patterns("build"))
        one, other = (build(read_project(folder), validate=False).release for folder in (project, fresh))
        assert one
        assert other
        assert files(one) == files(other)


def files(release: Release) -> dict[str, bytes]:
    """The files of a release but for its database, and for what is said of the one before, or of all files."""
    found = {
        path.relative_to(release.path).as_posix(): path.read_bytes()
        for path in release.path.rglob("*")
        if path.is_file()
        and path.parent.name != "store"
        and path.name not in ("changes.json", "standing.json", "gone.json", "SHA256SUMS")
    }
    before = b"    dcat:previousVersion "
    found["void.ttl"] = b"".join(
        line for line in found["void.ttl"].splitlines(keepends=True) if not line.startswith(before)
    )
    found["manifest.json"] = json.dumps({**release.manifest, "since": None}).encode()
    return found


def test_the_tool_is_known_by_its_files(monkeypatch: pytest.MonkeyPatch) -> None:
    before = cache.tool()
    assert cache.tool() == before
    monkeypatch.setattr(cache, "PACKAGES", cache.PACKAGES[1:])
    assert cache.tool() != before


@pytest.mark.long
def test_after_an_edit_only_what_it_can_affect_is_validated_again(project: Path) -> None:
    """Of more than 4 MB, which columns check; the release is that of a full validation, to the byte."""
    people = project / "data" / "reference" / "people.csv"
    rows = [f"person-{n},Person,Person number {n},P. {n},register; page {n % 400}" for n in range(6_000)]
    text = "\n".join(["id,type,name,otherName,evidence", *rows, ""])
    people.write_text(text, encoding="utf-8")
    shapes = project / "ontology" / "shapes.ttl"
    shapes.write_text(
        shapes.read_text(encoding="utf-8") + "kg:ShortShape a sh:NodeShape ; sh:targetClass schema:Person ;\n"
        'sh:property [ sh:severity sh:Warning ; sh:path skos:altLabel ; sh:pattern "^P[.]" ; sh:message "An odd short name."@en ] .\n',
        encoding="utf-8",
    )
    assert b"checked again" not in run("build", cwd=project).stdout
    people.write_text(text.replace("P. 77,", "Q. 77,").replace("number 78,", "number 78b,"), encoding="utf-8")
    asked = run("validate", cwd=project)
    assert re.search(rb"^[0-9]{1,2} of [0-9,]+ focus nodes checked again", asked.stderr), asked.stderr
    assert b"Q. 77" in asked.stdout
    whole = run("validate", "--full", cwd=project)
    assert (whole.stdout, b"checked again" in whole.stderr) == (asked.stdout, False)
    done = run("build", cwd=project)
    assert b"1 finding, none a violation; " in done.stdout
    assert b" checked again, the others as before" in done.stdout
    release = current(project / "build").path
    reports = {name: (release / name).read_bytes() for name in ("report.json", "report.ttl", "manifest.json")}
    done = run("build", "--full", cwd=project)
    assert b"checked again" not in done.stdout
    assert {name: (release / name).read_bytes() for name in reports} == reports
    people.write_text(text, encoding="utf-8")
    assert b"conforms; 8 checked again" in run("build", cwd=project).stdout, "what failed before among them"
    (current(project / "build").path / "report.json").write_text("{}")
    people.write_text(text.replace("number 78,", "number 78c,"), encoding="utf-8")
    assert b"checked again" not in run("build", cwd=project).stdout, "the release is not as it was left"
    shapes.write_text(shapes.read_text(encoding="utf-8").replace("^P[.]", "^R[.]"), encoding="utf-8")
    assert b"6,000 findings, none a violation\n" in run("build", cwd=project).stdout, "the shapes are others"
    asked = run("validate", "data/reference/people.csv", "--full", cwd=project)
    assert (asked.returncode, b"always checked in full" in asked.stderr) == (2, True)
