"""Each folder of tests/examples/bad spoils the template's project; `kg build` must say so as expected.txt does."""

import shutil
from pathlib import Path

import pytest

from kg.build.preparing import prepare
from kg.errors import FactError
from kg.project import read_project
from tests.conftest import called, run

CASES = sorted((Path(__file__).parent / "examples" / "bad").iterdir())
SHAPE = "a-shape-violated"


@pytest.fixture
def built(template: Path, tmp_path: Path) -> Path:
    """A copy of the template's project with its release, to be spoiled."""
    return shutil.copytree(template, tmp_path / "project")


def released(project: Path) -> dict[Path, bytes]:
    """The files of the build folder, but for the cache."""
    files = (path for path in (project / "build").rglob("*") if path.is_file())
    return {path: path.read_bytes() for path in files if "cache" not in path.parts}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_bad_input_is_named_and_nothing_is_written(built: Path, case: Path) -> None:
    before = released(built)
    shutil.copytree(case, built, dirs_exist_ok=True)
    code, said = called("build", cwd=built)
    assert code == 1, said
    assert "Traceback" not in said
    for line in (case / "expected.txt").read_text(encoding="utf-8").splitlines():
        assert line in said, f"{line!r} is not in:\n{said}"
    assert released(built) == before


DATA = [case for case in CASES if (case / "data").exists() and case.name != SHAPE]


@pytest.mark.parametrize("case", DATA, ids=lambda case: case.name)
def test_every_fault_of_the_data_has_a_file_a_line_and_a_column(project: Path, case: Path, tmp_path: Path) -> None:
    shutil.copytree(case, project, dirs_exist_ok=True)
    with pytest.raises(FactError) as caught:
        prepare(read_project(project), tmp_path / "aside", tmp_path / "kept")
    for fault in caught.value.faults:
        assert fault.file.startswith("data/")
        assert fault.line >= 1
        assert fault.column >= 1
        assert len(fault.message) > 10


def test_a_line_of_ten_megabytes_is_named(project: Path) -> None:
    (project / "data" / "facts" / "long.yaml").write_text("facts:\n- " + "x" * 10_000_000 + "\n", encoding="utf-8")
    done = run("build", cwd=project)
    assert done.returncode == 1
    assert b"data/facts/long.yaml:2:1: a line of 10,000,002 characters, at most 1,000,000" in done.stderr


def test_faults_are_annotations_too(project: Path) -> None:
    shutil.copytree(next(case for case in CASES if case.name == "an-unknown-key"), project, dirs_exist_ok=True)
    done = run("validate", "-t", "github", cwd=project)
    assert done.returncode == 1
    assert done.stdout.startswith(b"::error file=data/facts/notice.yaml,line=8,col=3::unknown key nme")
