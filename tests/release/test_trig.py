"""TriG of a large dataset, written by a process of its own: the same bytes, and no silence where it fails."""

import os
from pathlib import Path

import pytest

from kg.build.releasing import build
from kg.errors import StoreError
from kg.project import read_project
from kg.release import contents
from kg.release.trig import Job, finish, start


def test_a_process_of_its_own_writes_the_same_bytes(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = []
    for large in (1_000_000, 0):
        monkeypatch.setattr(contents, "LARGE", large)
        release = build(read_project(project), validate=False).release
        assert release
        files.append((release.path / "downloads" / "dataset.trig").read_bytes())
    assert files[0] == files[1]
    assert b"graph/provenance> {" in files[0]


def test_what_keeps_it_from_writing_is_said(tmp_path: Path) -> None:
    job = Job(
        Path(os.devnull) / "no" / "file", tmp_path / "default.nt", [], tmp_path / "missing.jsonld", "https://x/", {}
    )
    with pytest.raises(StoreError, match=r"writing TriG failed: .*; make room, and build again"):
        finish(start(job))
