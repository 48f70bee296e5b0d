import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.errors import StoreError
from kg.rdf import iris
from kg.rdf.terms import text_of
from kg.release.reader import Release, current
from kg.release.writer import write_file
from kg.stores.embedded import open_store
from tests.conftest import ROOT, copy_project, published, run

FILES = {
    "dataset.nq": b"<http://x/a> <http://x/p> <http://x/b> .\n",
    "manifest.json": b'{"base": "", "prefixes": {}, "counts": {}}',
}


def test_a_release_is_current_once_it_is_whole(tmp_path: Path) -> None:
    release = published(tmp_path / "build", "one", FILES)
    assert current(tmp_path / "build") == release
    assert release.dataset.read_bytes() == FILES["dataset.nq"]
    assert (tmp_path / "build" / ".gitignore").read_text(encoding="utf-8") == "*\n"
    assert sorted(path.name for path in (tmp_path / "build").iterdir()) == [".gitignore", "current", "releases"]


def test_the_same_release_again_gets_its_files_anew(tmp_path: Path) -> None:
    published(tmp_path, "one", FILES)
    published(tmp_path, "one", {**FILES, "manifest.json": FILES["manifest.json"].replace(b"}}", b'}, "a": 1}')})
    assert current(tmp_path).manifest["a"] == 1
    assert [path.name for path in (tmp_path / "releases").iterdir()] == ["one"]


def test_a_build_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "build").write_text("a file", encoding="utf-8")
    with pytest.raises(StoreError, match="make room or make the folder writable"):
        published(tmp_path / "build", "one", FILES)


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    write_file(tmp_path / "a", lambda out: out.write(b"one"))
    with pytest.raises(StoreError, match="choose a place that can be written"):
        write_file(tmp_path / "missing" / "a", lambda out: out.write(b"two"))
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_the_database_holds_every_quad_of_the_dataset(release: Release) -> None:
    described = tuple(iris.graph(release.manifest["base"], name) for name in ("description", "service", "queries"))
    held = [quad for quad in open_store(release) if text_of(quad.graph_name) not in described]
    assert len(held) == release.manifest["counts"]["quads"]


def test_the_same_facts_give_the_same_bytes_in_any_order_of_files(tmp_path: Path, campaign: Path) -> None:
    folder = tmp_path / "copy"
    folder.mkdir()
    copy_project(ROOT, folder)
    facts = folder / "data" / "facts"
    for number, path in enumerate(sorted(facts.glob("*.yaml"))):
        path.rename(facts / f"{9 - number}-renamed.yaml")
    for seed in ("1", "2"):
        command = [sys.executable, "-m", "kg", "build"]
        subprocess.run(command, cwd=folder, check=True, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True)
        assert current(folder / "build").dataset.read_bytes() == current(campaign / "build").dataset.read_bytes()
    assert current(folder / "build").path.name == current(campaign / "build").path.name
    places = json.loads((current(folder / "build").path / "locations.json").read_bytes())
    assert any(file.endswith("-renamed.yaml") for file, _, _ in places.values())


@pytest.mark.long
def test_a_build_killed_at_any_moment_leaves_the_release_before(project: Path) -> None:
    """Killed at moments spread over a whole build; what answers is always one of the two releases, whole."""
    assert run("build", cwd=project).returncode == 0
    before = current(project / "build").path.name
    notice = project / "data" / "facts" / "notice.yaml"
    notice.write_text(notice.read_text(encoding="utf-8").replace("name: the bay", "name: bay"), encoding="utf-8")
    started = time.perf_counter()
    probe = project.parent / "probe"
    probe.mkdir()
    copy_project(project, probe)
    assert run("build", cwd=probe).returncode == 0
    length = time.perf_counter() - started
    after = current(probe / "build").path.name
    assert after != before
    killed = 0
    for step in range(10):
        process = subprocess.Popen([sys.executable, "-m", "kg", "build"], cwd=project, stdout=-3, stderr=-3)
        time.sleep(length * (step + 1) / 10)
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        assert current(project / "build").path.name in (before, after)
        answer = run("query", "timeline", "-t", "csv", cwd=project)
        assert answer.returncode == 0
        assert answer.stdout.count(b"\n") == 4
    assert killed
    assert run("build", cwd=project).returncode == 0
    assert current(project / "build").path.name == after


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
sys.argv = ["kg", "build"]
from kg.cli import main
main()
"""


def test_a_disk_that_takes_no_more_is_named_and_the_release_before_stands(project: Path) -> None:
    """A limit on the size of files stands in for a full disk: writing fails half way through the dataset."""
    assert run("build", cwd=project).returncode == 0
    before = current(project / "build")
    notice = project / "data" / "facts" / "notice.yaml"
    notice.write_text(notice.read_text(encoding="utf-8").replace("name: the bay", "name: bay"), encoding="utf-8")
    env = {name: value for name, value in os.environ.items() if not name.startswith("COV")}  # coverage writes files too
    done = subprocess.run([sys.executable, "-c", LIMITED], cwd=project, capture_output=True, check=False, env=env)
    assert done.returncode == 3
    assert b"the release before it still stands" in done.stderr
    assert b"Traceback" not in done.stderr
    assert current(project / "build") == before
    assert [path.name for path in (project / "build" / "releases").iterdir()] == [before.path.name]


UNPRIVILEGED = """
import os, sys
if os.getuid() == 0:
    os.setuid(65534)
sys.argv = ["kg", "build"]
from kg.cli import main
main()
"""


@pytest.fixture
def reachable(project: Path) -> Iterator[Path]:
    """The project in a folder that another user can reach, whatever other runs of these tests do with theirs."""
    with tempfile.TemporaryDirectory() as aside:
        Path(aside).chmod(0o755)
        yield Path(shutil.copytree(project, Path(aside) / "project"))


def test_a_folder_that_cannot_be_written_is_named(reachable: Path) -> None:
    project = reachable
    assert run("build", cwd=project).returncode == 0
    before = current(project / "build")
    notice = project / "data" / "facts" / "notice.yaml"
    notice.write_text(notice.read_text(encoding="utf-8").replace("name: the bay", "name: bay"), encoding="utf-8")
    folders = [project, *(path for path in project.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    try:
        command = [
            sys.executable,
            "-c",
            f"import importlib.metadata, tomllib, pyld.jsonld, kg.build.releasing, kg.cli\nimportlib.metadata.version('kg-publisher')\n{UNPRIVILEGED}",
        ]
        done = subprocess.run(command, cwd=project, capture_output=True, check=False)
        assert done.returncode == 3, done.stderr
        assert b"Permission denied; the release before it still stands" in done.stderr
    finally:
        for folder in folders:
            folder.chmod(0o755)
    assert current(project / "build") == before


def test_building_again_mends_a_damaged_release(project: Path) -> None:
    assert run("build", cwd=project).returncode == 0
    release = current(project / "build")
    for path in (release.path / "store").iterdir():
        path.unlink()
    release.dataset.write_bytes(b"")
    assert run("query", "timeline", cwd=project).returncode == 3
    assert run("build", cwd=project).returncode == 0
    assert run("query", "timeline", cwd=project).stdout.count(b"\n") == 4
    assert run("export", cwd=project).returncode == 0


def test_what_killed_builds_left_behind_is_swept_up(tmp_path: Path) -> None:
    dead = subprocess.Popen(["true"])
    dead.wait()
    for name in (f".abc.{dead.pid}", ".abc.x", f".abc.{os.getpid()}"):
        (tmp_path / "releases" / name).mkdir(parents=True)
    published(tmp_path, "one", FILES)
    assert sorted(path.name for path in (tmp_path / "releases").iterdir()) == [f".abc.{os.getpid()}", "one"]


def test_a_file_keeps_its_mode_and_its_links(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    target.chmod(0o600)
    link.symlink_to(target)
    write_file(link, lambda out: out.write(b"new"))
    assert link.is_symlink()
    assert (target.read_bytes(), target.stat().st_mode & 0o777) == (b"new", 0o600)
    write_file(Path("/dev/null"), lambda out: out.write(b"gone"))
    assert Path("/dev/null").is_char_device()


def test_two_builds_at_once_both_succeed(project: Path) -> None:
    command = [sys.executable, "-m", "kg", "build"]
    both = [subprocess.Popen(command, cwd=project, stdout=-3, stderr=subprocess.PIPE) for _ in range(2)]
    for process in both:
        _, said = process.communicate()
        assert process.returncode == 0, said
    assert len(list((project / "build" / "releases").iterdir())) == 1
    assert run("query", "timeline", cwd=project).returncode == 0


def test_a_file_that_does_not_fit_leaves_nothing_behind(tmp_path: Path) -> None:
    code = (
        "import resource, pathlib; from kg.release.writer import write_file; from kg.errors import StoreError\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try: write_file(pathlib.Path('out'), lambda out: out.write(b'x' * 5000))\n"
        "except StoreError as error: print(error)"
    )
    env = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, check=False, env=env)
    assert done.stdout.startswith(b"out: File too large")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_the_same_release_no_longer_has_is_gone(tmp_path: Path) -> None:
    published(tmp_path, "one", {**FILES, "queries/old.rq": b"ASK {}", "queries/kept.rq": b"ASK {}"})
    release = published(tmp_path, "one", {**FILES, "queries/kept.rq": b"ASK { }"})
    assert [path.name for path in (release.path / "queries").iterdir()] == ["kept.rq"]
    assert (release.path / "queries" / "kept.rq").read_bytes() == b"ASK { }"
