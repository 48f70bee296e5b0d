"""The list of a release's files: a byte changed anywhere is found and named."""

import shutil
from pathlib import Path

import pytest

from kg.errors import StoreError
from kg.release.reader import current
from kg.release.sums import SUMS, check_sums
from tests.conftest import inside, serving


@pytest.fixture
def copy(template: Path, tmp_path: Path) -> Path:
    """A copy of a release, as a stranger finds it."""
    return Path(shutil.copytree(current(template / "build").path, tmp_path / "copy"))


def test_a_release_is_as_it_was_written(copy: Path) -> None:
    files, faults = check_sums(copy)
    assert faults == []
    there = {path.relative_to(copy).as_posix() for path in copy.rglob("*") if path.is_file()}
    assert files == len(there - {SUMS, "store/LOCK"})
    assert {"manifest.json", "dataset.nq", "downloads/dataset.ttl", "store/CURRENT"} <= there


def test_a_byte_changed_anywhere_is_found_and_its_file_named(copy: Path) -> None:
    names = [line.split("  ")[1] for line in (copy / SUMS).read_text(encoding="utf-8").splitlines()]
    assert len(names) > 30
    for name in names:
        path = copy / name
        data = path.read_bytes()
        middle = len(data) // 2
        path.write_bytes(data[:middle] + bytes([data[middle] ^ 1 if data else 1]) + data[middle + 1 :])
        assert check_sums(copy).faults == [f"{name}: is not as it was written"]
        path.write_bytes(data)
    assert check_sums(copy).faults == []


def test_what_is_missing_and_what_is_more_are_named(copy: Path) -> None:
    (copy / "void.ttl").unlink()
    (copy / "store" / "more").write_bytes(b"")
    files, faults = check_sums(copy)
    assert faults == ["store/more: is not of the release", "void.ttl: is missing"]
    (copy / "store" / "more").unlink()
    assert check_sums(copy) == (files, ["void.ttl: is missing"])


def test_links_are_no_files_of_a_release(copy: Path) -> None:
    (copy / "sources" / "etc").symlink_to("/etc")
    (copy / "broken").symlink_to("nowhere")
    (copy / "void.ttl").rename(copy.parent / "void.ttl")
    (copy / "void.ttl").symlink_to(copy.parent / "void.ttl")
    assert check_sums(copy).faults == [
        "broken: is not of the release",
        "sources/etc: is not of the release",
        "void.ttl: is not a file but a link, a pipe or the like",
    ]


@pytest.mark.parametrize("said", [None, "", "nonsense\n", f"{'0' * 64}  ../outside\n", f"{'0' * 64}  /etc/passwd\n"])
def test_a_list_that_is_none(copy: Path, said: str | None) -> None:
    (copy / SUMS).unlink()
    if said is not None:
        (copy / SUMS).write_text(said, encoding="utf-8")
    if said == "":
        assert all(fault.endswith("is not of the release") for fault in check_sums(copy).faults)
        return
    with pytest.raises(StoreError, match="has no SHA256SUMS that can be read"):
        check_sums(copy)


def test_one_that_is_built_again_and_served_is_as_it_was_written(project: Path, tmp_path: Path) -> None:
    for _ in range(2):
        assert inside("build", cwd=project).returncode == 0
        shutil.rmtree(project / "build" / "cache")
        assert check_sums(current(project / "build").path).faults == []
    with serving(project, tmp_path / "log"):
        inside("query", "timeline", cwd=project)
    assert check_sums(current(project / "build").path).faults == []
