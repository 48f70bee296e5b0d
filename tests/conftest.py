"""What the tests share: the campaign's release, small projects to spoil, and the command line as users run it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from kg.build import build
from kg.init import TEMPLATE
from kg.project import read_project
from kg.store import Release

ROOT = Path(__file__).parent.parent
SUITES = Path(os.environ.get("KG_SUITES", ROOT.parent / "shared"))


def require(what: str, there: bool) -> None:
    """Skip with a reason where something that a fresh machine may lack is not there; fail under KG_REQUIRE_ALL."""
    if not there and os.environ.get("KG_REQUIRE_ALL"):
        pytest.fail(f"{what} is required here (KG_REQUIRE_ALL) and is not there")
    if not there:
        pytest.skip(f"{what} is not there")


def run(*arguments: str | Path, cwd: Path, given: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    """The command line in a process of its own, as a user runs it."""
    command = [sys.executable, "-m", "kg", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, input=given, capture_output=True, timeout=120, check=False)


@pytest.fixture(scope="session")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this repository's project, built."""
    folder = tmp_path_factory.mktemp("campaign")
    copy_project(ROOT, folder)
    assert build(read_project(folder)).release
    return folder


@pytest.fixture(scope="session")
def release(campaign: Path) -> Release:
    """The campaign's release."""
    from kg.store import current

    return current(campaign / "build")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template's project, built; not to be changed."""
    folder = tmp_path_factory.mktemp("template") / "project"
    shutil.copytree(TEMPLATE, folder)
    assert build(read_project(folder)).release
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A fresh copy of the template's project, to be spoiled."""
    folder = tmp_path / "project"
    shutil.copytree(TEMPLATE, folder)
    return folder


Spoil = Callable[[str, str, str], Path]


@pytest.fixture
def spoil(project: Path) -> Spoil:
    """A function that replaces words in a file of a fresh project, and returns the project."""

    def replace(file: str, old: str, new: str) -> Path:
        path = project / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return project

    return replace


def copy_project(origin: Path, target: Path, parts: Sequence[str] = ("data", "ontology", "queries")) -> None:
    """Copy a project's own files, without releases or virtual environments."""
    for part in parts:
        shutil.copytree(origin / part, target / part)
    for settings in ("kg.toml", "pyproject.toml"):
        if (origin / settings).exists():
            shutil.copy(origin / settings, target / settings)
