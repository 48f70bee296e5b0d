"""Each folder of tests/examples/bad spoils the template's project; `kg build` must say so as expected.txt does."""

import re
import shutil
from pathlib import Path

import pytest

from tests.conftest import run

CASES = sorted((Path(__file__).parent / "examples" / "bad").iterdir())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_bad_input_is_named_and_nothing_is_written(project: Path, case: Path) -> None:
    assert run("build", cwd=project).returncode == 0
    before = (project / "build" / "current").read_bytes()
    releases = sorted((project / "build" / "releases").iterdir())
    shutil.copytree(case, project, dirs_exist_ok=True)
    done = run("build", cwd=project)
    said = (done.stdout + done.stderr).decode()
    assert done.returncode == 1, said
    assert "Traceback" not in said
    for line in (case / "expected.txt").read_text(encoding="utf-8").splitlines():
        assert line in said, f"{line!r} is not in:\n{said}"
    assert (project / "build" / "current").read_bytes() == before
    assert sorted((project / "build" / "releases").iterdir()) == releases


@pytest.mark.parametrize("case", [case for case in CASES if (case / "data").exists()], ids=lambda case: case.name)
def test_every_fault_of_the_data_has_a_file_a_line_and_a_column(project: Path, case: Path) -> None:
    shutil.copytree(case, project, dirs_exist_ok=True)
    for line in run("validate", "-t", "github", cwd=project).stdout.decode().splitlines():
        assert re.match(r"::(error|warning|notice) file=data/[^,]+,line=\d+,col=\d+::.", line), line


def test_a_line_of_ten_megabytes_is_named(project: Path) -> None:
    (project / "data" / "facts" / "long.yaml").write_text("facts:\n- " + "x" * 10_000_000 + "\n", encoding="utf-8")
    done = run("build", cwd=project)
    assert done.returncode == 1
    assert b"data/facts/long.yaml:2:1: a line of 10,000,002 characters, at most 1,000,000" in done.stderr
