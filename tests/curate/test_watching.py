"""What a curator sees after each save: the faults at once, then the release; and nothing is left when it ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kg.curate.watching import watch
from kg.release.reader import current
from tests.conftest import Spoil


def test_each_change_tells_its_faults_or_its_release(project: Path, spoil: Spoil) -> None:
    seen = watch(project, every=0.01)
    first = next(seen)
    assert first.built
    assert first.built.release
    spoil("data/facts/notice.yaml", "A fog horn is added.", "A fog horn was added.")
    broken = next(seen)
    assert not broken.built
    assert any("A fog horn was added." in fault.message for fault in broken.faults)
    assert current(project / "build").path == first.built.release.path, "the release before it stands"
    spoil("kg.toml", "base = ", "bse = ")
    assert "unknown setting 'bse'" in next(seen).problem
    spoil("kg.toml", "bse = ", "base = ")
    assert next(seen).faults
    spoil("data/facts/notice.yaml", "A fog horn was added.", "A fog horn is added.")
    assert (again := next(seen)).built
    assert again.built.release == first.built.release
    looks = iter([True, True, True, False])
    assert list(watch(project, lambda: next(looks), every=0.01))[1:] == [], "nothing more where nothing changes"


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_save_is_told_at_once_and_the_end_leaves_nothing(
    project: Path, spoil: Spoil, tmp_path: Path, how: signal.Signals
) -> None:
    log = tmp_path / "log"
    with log.open("wb") as out:
        env = {**os.environ, "PYTHONUNBUFFERED": "1", "TMPDIR": str(tmp_path)}
        ignoring = ["sh", "-c", 'trap "" INT; exec "$@"', "sh"]  # as a shell does for what it starts with &
        command = [*ignoring, sys.executable, "-m", "kg", "-C", str(project), "watch"]
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=env)
        try:
            assert waited(log, "release "), log.read_text(encoding="utf-8")
            spoil("data/facts/notice.yaml", "A fog horn is added.", "A fog horn was added.")
            saved = time.monotonic()
            assert waited(log, "1 fault"), log.read_text(encoding="utf-8")
            assert time.monotonic() - saved < 5  # a tenth of that where nothing else runs: docs/benchmarks.md
        finally:
            process.send_signal(how)
            process.wait(10)
    said = log.read_text(encoding="utf-8")
    assert "Traceback" not in said
    assert "data/facts/notice.yaml:" in said
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("kg-")] == []
    assert [
        path.name for path in (project / "build").iterdir() if path.name.startswith(".") and path.name != ".gitignore"
    ] == []


def waited(log: Path, words: str, seconds: float = 60) -> bool:
    """Whether words come up in a log in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if words in log.read_text(encoding="utf-8"):
            return True
        time.sleep(0.02)
    return False


@pytest.mark.long
def test_the_schema_is_kept_when_nothing_has_changed_for_a_while(project: Path, spoil: Spoil) -> None:
    schema = project / ".kg" / "facts.schema.json"
    looks = iter([True] * 3 + [False])
    list(watch(project, lambda: next(looks), every=0.01))
    assert not schema.exists(), "nobody waits for it"
    looks = iter([True] * 4 + [False])
    list(watch(project, lambda: next(looks), every=0.6))
    assert "ada-merrow" in schema.read_text(encoding="utf-8")
    assert (schema.parent / ".gitignore").read_text(encoding="utf-8") == "*\n"
