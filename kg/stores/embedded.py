"""Embedded: the database of a release, Oxigraph, read-only once it is made.

A process that answers one query opens the release's database on disk, which takes as long for a million quads as for
a thousand.
"""

from pathlib import Path

import pyoxigraph as px

from kg.errors import StoreError
from kg.release.reader import Release


def open_store(release: Release) -> px.Store:
    """The database of a release, read-only; StoreError where it is missing or damaged."""
    return open_folder(release.path / "store")


def open_folder(folder: Path) -> px.Store:
    """The database in a folder, read-only; StoreError where it is missing or damaged."""
    try:
        return px.Store.read_only(str(folder))
    except (OSError, RuntimeError) as error:  # pyoxigraph tells a damaged database by RuntimeError
        raise StoreError(f"{folder}: {error}; run `kg build` to make the release again") from None
