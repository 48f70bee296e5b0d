"""Spark as people run it: from the command line, and when what it runs on goes away."""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import needs

pytestmark = [
    pytest.mark.long,
    needs("Java and PySpark", bool(shutil.which("java")) and importlib.util.find_spec("pyspark") is not None),
]
ROWS = 400_000


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table that takes Spark some seconds."""
    path = tmp_path_factory.mktemp("spark") / "a.csv"
    path.write_text("a,b\n" + "".join(f"{n},x{n * 7919 % ROWS}\n" for n in range(ROWS)), encoding="utf-8")
    return path


def command(table: Path, engine: str, out: Path) -> list[str]:
    base = ("--base", "https://example.org/")
    return [sys.executable, "-m", "kg", "tables", "convert", str(table), *base, "--engine", engine, "-o", str(out)]


def below(process: int) -> Iterator[int]:
    """The processes that a process has started, and those that these have."""
    children = Path(f"/proc/{process}/task/{process}/children")
    for child in children.read_text().split() if children.exists() else ():
        yield int(child)
        yield from below(int(child))


def java_of(process: int) -> int | None:
    for child in below(process):
        try:
            if Path(f"/proc/{child}/exe").readlink().name == "java":
                return child
        except OSError:
            continue
    return None


def running(scratch: Path) -> list[int]:
    """The processes that name a folder, half a minute later if not at once."""
    for _ in range(300):
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                if str(scratch).encode() in path.read_bytes():
                    found.append(int(path.parent.name))
            except OSError:
                continue
        if not found:
            break
        time.sleep(0.1)
    return found


def killed_while_it_starts(table: Path, folder: Path, pause: float) -> list[Path]:
    """What is left of the scratch of a command that was ended as soon as Java had made a folder in it, or so."""
    scratch = folder / f"scratch-{pause}"
    scratch.mkdir()
    process = subprocess.Popen(
        command(table, "spark", folder / "out.nt"),
        stderr=subprocess.DEVNULL,
        env={**os.environ, "TMPDIR": str(scratch)},
    )
    while process.poll() is None and not list(scratch.glob("kg-tables-*/engine/*")):
        time.sleep(0.002)
    time.sleep(pause)
    process.terminate()
    process.wait(timeout=60)
    time.sleep(2)  # what Java would still make
    return list(scratch.glob("kg-tables-*"))


def test_what_is_ended_while_spark_starts_leaves_nothing(table: Path, tmp_path: Path) -> None:
    left = [killed_while_it_starts(table, tmp_path, pause) for pause in (0.0, 0.05, 0.2, 0.5)]
    assert left == [[], [], [], []]


@needs("/proc", Path("/proc/self").exists())
@pytest.mark.parametrize("after", [0.0, 3.0, 5.0, 7.0])
@pytest.mark.parametrize("killed", ["java", "kg"])
def test_what_is_killed_leaves_what_was_there(table: Path, tmp_path: Path, after: float, killed: str) -> None:
    out, scratch = tmp_path / "out.nt", tmp_path / "scratch"
    out.write_bytes(b"before\n")
    scratch.mkdir()
    process = subprocess.Popen(
        command(table, "spark", out), stderr=subprocess.PIPE, env={**os.environ, "TMPDIR": str(scratch)}
    )
    while process.poll() is None and java_of(process.pid) is None:
        time.sleep(0.02)
    time.sleep(after)
    if killed == "java" and (java := java_of(process.pid)):  # what starts Java is another one first
        os.kill(java, signal.SIGKILL)
    else:
        process.terminate()
    _, said = process.communicate(timeout=120)
    told = said.decode()
    if process.returncode:
        assert out.read_bytes() == b"before\n"
        assert "Traceback" not in told, told
        if killed == "java":
            assert "Spark" in told, told
            assert process.returncode == 3, told
    else:
        assert out.read_bytes() != b"before\n", "it was done before"
    assert sorted(tmp_path.iterdir()) == [out, scratch]
    assert list(scratch.glob("kg-tables-*")) == []
    assert running(scratch) == []
