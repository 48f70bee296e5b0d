"""What strangers' machines lack: modules of Unix alone, a console in UTF-8. Everything but `kg serve` works there."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kg.release.reader import current
from tests.conftest import ROOT

# Imported by every Python that the tests start, those that kg itself starts included.
HIDDEN = """
import signal
import sys

for name in ("resource", "fcntl", "pwd", "grp", "termios"):
    sys.modules[name] = None
for name in ("SIGKILL", "SIGALRM", "setitimer", "SIGPIPE"):
    delattr(signal, name)
"""


@pytest.fixture
def elsewhere(tmp_path: Path) -> dict[str, str]:
    """The environment of a machine that lacks what Windows lacks, with a console in ASCII."""
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "sitecustomize.py").write_text(HIDDEN, encoding="utf-8")
    path = os.pathsep.join((str(tmp_path / "hidden"), str(ROOT)))
    return {**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}


def kg(project: Path, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "kg", *arguments]
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, timeout=120, check=False)


def test_the_machine_is_the_one_that_is_meant(elsewhere: dict[str, str]) -> None:
    done = subprocess.run([sys.executable, "-c", "import resource"], env=elsewhere, capture_output=True, check=False)
    assert b"ModuleNotFoundError" in done.stderr


@pytest.mark.long
def test_every_verb_but_serve_works(tmp_path: Path, elsewhere: dict[str, str]) -> None:
    assert kg(tmp_path, elsewhere, "init", "project").returncode == 0
    project = tmp_path / "project"
    for arguments in (
        ["build"],
        ["build", "--no-validate"],
        ["build"],
        ["validate"],
        ["validate", "-t", "json"],
        ["coverage"],
        ["query"],
        ["query", "timeline", "-t", "table"],
        ["why", "lighthouse"],
        ["export", "-t", "trig"],
        ["export", "-o", "graph.jsonld"],
        ["export", "-t", "jsonld", "--no-reference"],
    ):
        done = kg(project, elsewhere, *arguments)
        assert done.returncode == 0, (arguments, done.stderr)
        assert b"Traceback" not in done.stderr
    assert json.loads((project / "graph.jsonld").read_bytes())["@graph"]
    assert current(project / "build").manifest["checked"]


def test_serve_says_where_it_works(tmp_path: Path, elsewhere: dict[str, str]) -> None:
    assert kg(tmp_path, elsewhere, "init", "project").returncode == 0
    done = kg(tmp_path / "project", elsewhere, "serve")
    assert done.returncode == 2
    assert b"serving needs Linux or macOS" in done.stderr


def test_a_name_that_the_console_cannot_show_is_not_the_end(tmp_path: Path, elsewhere: dict[str, str]) -> None:
    assert kg(tmp_path, elsewhere, "init", "project").returncode == 0
    notice = tmp_path / "project" / "data" / "facts" / "notice.yaml"
    text = notice.read_text(encoding="utf-8").replace(
        "  name: the bay\n",
        "  name: the bay\n- quote: the bay.\n  id: bay\n  otherName: la baía — 湾\n  basis: inferred\n  note: A test.\n",
    )
    notice.write_text(text, encoding="utf-8")
    assert kg(tmp_path / "project", elsewhere, "build").returncode == 0
    assert "la baía — 湾" in kg(tmp_path / "project", elsewhere, "why", "bay").stdout.decode()
