"""The current release, followed as builds replace it."""

import os
import shutil
import time
from pathlib import Path

import httpx
import pytest

from tests.conftest import serving


def test_a_damaged_new_release_leaves_the_one_before_answering(template: Path, tmp_path: Path) -> None:

    shutil.copytree(template, tmp_path / "p")
    with serving(tmp_path / "p", tmp_path / "log") as found:
        (tmp_path / "p" / "build" / "current").write_text("nothing\n")
        time.sleep(0.3)
        assert httpx.get(f"{found.url}id/lighthouse.ttl").status_code in (200, 404)
        assert httpx.get(f"{found.url}health").status_code == 200


@pytest.mark.long
def test_a_release_that_cannot_be_opened_yet_is_tried_again(template: Path, tmp_path: Path) -> None:
    folder = tmp_path / "p"
    shutil.copytree(template, folder)
    with serving(folder, tmp_path / "log") as found:
        before = httpx.get(f"{found.url}health").json()["release"]
        release = folder / "build" / "releases" / before
        shutil.copytree(release, release.with_name("b" * 12))
        manifest = release.with_name("b" * 12) / "manifest.json"
        kept = manifest.read_bytes()
        manifest.unlink()
        (folder / "build" / "current").write_text("b" * 12 + "\n")
        time.sleep(0.3)
        assert httpx.get(f"{found.url}health").json() == {
            "status": "the newest release cannot be opened",
            "release": before,
            "workers": (os.cpu_count() or 1) + 1,
        }
        manifest.write_bytes(kept)
        time.sleep(1.5)
        assert httpx.get(f"{found.url}health").json()["release"] == "b" * 12
        assert any('"event": "release"' in line for line in found.lines())


def test_a_release_that_is_taken_away_is_no_fault_of_the_client(template: Path, tmp_path: Path) -> None:
    folder = tmp_path / "p"
    shutil.copytree(template, folder)
    with serving(folder, tmp_path / "log") as found:
        release = next((folder / "build" / "releases").iterdir())
        release.rename(folder / "gone")
        for path in ("dataset.ttl", "ontology.ttl", "source/notice.html", "query/timeline.csv", "validation.json"):
            response = httpx.get(found.url + path)
            assert response.status_code == 503, path
            assert str(folder) not in response.text
