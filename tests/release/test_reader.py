"""A release read back, whole or damaged."""

from pathlib import Path

import pytest

from kg.errors import StoreError
from kg.release.reader import current
from kg.stores.embedded import open_store
from tests.conftest import published, run
from tests.release.test_writer import FILES


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        ("current", "nothing has been built yet; run `kg build`"),
        ("releases/one/manifest.json", "the release is damaged"),
    ],
)
def test_a_release_that_is_not_whole_says_so(tmp_path: Path, spoil: str, words: str) -> None:
    published(tmp_path, "one", FILES)
    (tmp_path / spoil).unlink()
    with pytest.raises(StoreError, match=words):
        current(tmp_path)


def test_a_damaged_dataset_or_pointer_says_so(tmp_path: Path) -> None:
    release = published(tmp_path, "one", FILES)
    (release.path / "store" / "CURRENT").write_text("oops", encoding="utf-8")
    with pytest.raises(StoreError, match="run `kg build`"):
        open_store(release)
    (tmp_path / "current").write_bytes(b"\xff")
    with pytest.raises(StoreError, match="run `kg build`"):
        current(tmp_path)


@pytest.mark.parametrize("manifest", [b"[]", b"null", b"{}", b"{", b'{"base": 1}'])
def test_a_manifest_that_is_none_says_so(tmp_path: Path, manifest: bytes) -> None:
    release = published(tmp_path, "one", FILES)
    (release.path / "manifest.json").write_bytes(manifest)
    with pytest.raises(StoreError, match="run `kg build`"):
        current(tmp_path)


def test_a_pointer_cannot_lead_elsewhere(tmp_path: Path) -> None:
    published(tmp_path, "one", FILES)
    (tmp_path / "current").write_text("../../elsewhere", encoding="utf-8")
    with pytest.raises(StoreError, match="names no release"):
        current(tmp_path)


def test_a_dataset_that_was_cut_is_not_taken_for_whole(project: Path) -> None:
    assert run("build", cwd=project).returncode == 0
    dataset = current(project / "build").dataset
    dataset.write_bytes(b"".join(dataset.read_bytes().splitlines(keepends=True)[:20]))
    done = run("export", cwd=project)
    assert done.returncode == 3
    assert b"the file is not the one that was built" in done.stderr
