"""Reader: the current release of a build folder."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from kg.errors import StoreError

# How a statement rests on words, by the kinds that a manifest counts, and what each means.
READABLE = {
    "readable": "the quoted words say it: names, texts, numbers and dates",
    "layout": "it follows from where the words stand, such as a heading",
    "inferred": "the curator’s reading, with a note",
    "reference": "reference data of the curators",
    "chosen": "a class, or the label of what has no name in a text",
    "unjudged": "nothing tells whether the words say it",
}


class Release(NamedTuple):
    """One immutable build: its folder and its manifest."""

    path: Path
    manifest: dict[str, Any]

    @property
    def date(self) -> str:
        """The day on which it was last modified, or else issued, as far as its project says; else ""."""
        return str(self.manifest.get("modified") or self.manifest.get("issued") or "")

    @property
    def dataset(self) -> Path:
        """The sorted N-Quads file that holds everything."""
        return self.path / "dataset.nq"


def current(build: Path) -> Release:
    """The current release of a build folder; StoreError where there is none or it is damaged."""
    pointer = build / "current"
    try:
        name = pointer.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise StoreError(f"{build}: nothing has been built yet; run `kg build`") from None
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{pointer}: {error}; make it readable, or run `kg build`") from None
    if not name.isalnum():
        raise StoreError(f"{pointer}: {name[:40]!r} names no release; run `kg build`")
    return open_release(build / "releases" / name)


def open_release(path: Path) -> Release:
    """The release in a folder; StoreError where its manifest or dataset is missing or damaged."""
    manifest = read_json(path / "manifest.json")
    if not {"base", "prefixes", "counts"} <= manifest.keys():
        raise StoreError(f"{path}: the manifest says too little; run `kg build` to make the release again")
    return Release(path, manifest)


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in a file of a release; StoreError where it is missing or damaged."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise StoreError(f"{path}: the release is damaged ({error}); run `kg build` to make it again") from None
    if not isinstance(found, dict):
        raise StoreError(f"{path}: the release is damaged; run `kg build` to make it again")
    return found
