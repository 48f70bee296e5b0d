"""A real table of 870,109 votes, read from beside the repository: mapped, built, queried, and its pages."""

import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.build.releasing import Built, build
from kg.pages import catalogue
from kg.project import read_project
from kg.query.opened import Opened
from tests.conftest import SUITES, inside, needs

REAL = SUITES / "real" / "un-general-assembly-votes"
HERE = Path(__file__).parent / "un"

pytestmark = [pytest.mark.long, needs(f"the votes in {REAL}", REAL.is_dir())]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Built]]:
    """The project with the tables put into it, built without validation."""
    folder = tmp_path_factory.mktemp("un") / "project"
    shutil.copytree(HERE, folder)
    (folder / "data" / "originals").mkdir()
    for name in ("votes.csv.gz", "roll_calls.csv"):
        shutil.copyfile(REAL / name, folder / "data" / "originals" / name)
    shutil.copyfile(REAL / "issues.csv", folder / "data" / "tables" / "issues.csv")
    yield folder, build(read_project(folder), validate=False)
    shutil.rmtree(folder)


def test_every_vote_is_in_the_graph(built: tuple[Path, Built]) -> None:
    """The books balance: each vote of the original is one statement; Namibia, whose code is NA, is no null."""
    _, made = built
    assert made.release
    counts = made.release.manifest["counts"]
    assert (counts["tables"], counts["rows"]) == (5, 888_460)
    assert counts["values"] == 918_452
    dataset = made.release.dataset.read_bytes()
    base = rb"https://votes\.example\.org/"
    votes = re.findall(rb"^<%bid/roll-call-\d+> <%bontology#(?:yes|no|abstain)> " % (base, base), dataset, re.MULTILINE)
    assert len(votes) == 870_109
    assert (
        b'<https://votes.example.org/id/NA> <http://www.w3.org/2004/02/skos/core#prefLabel> "Namibia"@en .\n' in dataset
    )


def test_questions_are_answered(built: tuple[Path, Built]) -> None:
    folder, _ = built
    together = inside("query", "together", cwd=folder).stdout.decode().splitlines()
    assert together[:3] == ["other,otherLabel,together", "id:BE,Belgium,2584", "id:DK,Denmark,2573"]
    years = inside("query", "issues-by-year", cwd=folder).stdout.decode()
    assert "\n1986," in years


def test_pages_lead_to_the_rows_and_are_quick(built: tuple[Path, Built]) -> None:
    folder, _ = built
    opened = Opened(folder / "build")
    page = catalogue.page(opened, "id/roll-call-3004.html").decode()
    assert "Prohibition of the production of fissionable material" in page
    assert 'href="../source/roll-calls/2901#row=2998"' in page or "source/roll-calls/" in page
    assert "FISSIONABLE MATERIAL" in page
    times = []
    for number in (77, 100, 200, 300, 1000, 2000, 3005, 4000, 5000):
        begun = time.perf_counter()
        assert len(catalogue.page(opened, f"id/roll-call-{number}.html")) < 60_000
        times.append(time.perf_counter() - begun)
    assert sorted(times)[len(times) // 2] < 0.5  # 14 ms on an idle machine: python -m tests.bench.tables
    assert len(catalogue.page(opened, "dataset")) < 40_000
    rows = catalogue.page(opened, "source/votes/800001").decode()
    assert '<tr id="row=800050">' in rows
