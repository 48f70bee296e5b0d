"""Store: the current release of a build folder, and the database that answers queries on it.

A process that answers one query opens the release's database on disk, which takes as long for a million quads as for
a thousand.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph as px

from kg.errors import StoreError


class Release(NamedTuple):
    """One immutable build: its folder and its manifest."""

    path: Path
    manifest: dict[str, Any]

    @property
    def dataset(self) -> Path:
        """The sorted N-Quads file that holds everything."""
        return self.path / "dataset.nq"


def current(build: Path) -> Release:
    """The current release of a build folder; StoreError where there is none or it is damaged."""
    pointer = build / "current"
    try:
        path = build / "releases" / pointer.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise StoreError(f"{build}: nothing has been built yet; run `kg build`") from None
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{pointer}: {error}; make it readable, or run `kg build`") from None
    return open_release(path)


def open_release(path: Path) -> Release:
    """The release in a folder; StoreError where its manifest or dataset is missing or damaged."""
    try:
        manifest = json.loads((path / "manifest.json").read_bytes())
        if not (path / "dataset.nq").is_file():
            raise StoreError(f"{path}: dataset.nq is missing; run `kg build` to make the release again")
    except (OSError, ValueError) as error:
        raise StoreError(f"{path}: the release is damaged ({error}); run `kg build` to make it again") from None
    return Release(path, manifest)


def open_store(release: Release) -> px.Store:
    """The database of a release, read-only; StoreError where it is missing or damaged."""
    try:
        return px.Store.read_only(str(release.path / "store"))
    except (OSError, RuntimeError) as error:  # pyoxigraph tells a damaged database by RuntimeError
        raise StoreError(f"{release.path}/store: {error}; run `kg build` to make the release again") from None
