"""History: what tells a release from others: its name, what it changed, and where its facts stand in files."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kg.errors import StoreError
from kg.rdf.sorted_lines import difference
from kg.release.reader import current, open_release


def name_of(dataset: str, *parts: bytes) -> str:
    """The name of a release: a hash of all that it publishes, so that what is cited never changes.

    `dataset` is the SHA-256 of its quads, `parts` all else.
    """
    digest = hashlib.sha256(dataset.encode())
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:12]


def since(build: Path, folder: Path) -> dict[str, Any] | None:
    """The release before and how many quads were added and removed since, None where this is the first.

    Of a release that has been made before it is what it was then.
    """
    try:
        if (again := build / "releases" / folder.name).is_dir():
            known: dict[str, Any] | None = open_release(again).manifest.get("since")
            return known
        before = current(build)
        with (folder / "dataset.nq").open("rb") as new, before.dataset.open("rb") as old:
            added, removed = difference(new, old)
    except (StoreError, OSError):  # a damaged release is no reason not to make the next
        return None
    return {"release": before.path.name, "added": added, "removed": removed}


def write_locations(path: Path, found: Iterable[tuple[str, list[Any]]]) -> None:
    """Write each fact's file, line and column as a JSON object, a line a fact."""
    between = "{"
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for fact, (name, line, column, _) in found:
            file.write(f"{between}\n {json.dumps(fact)}: {json.dumps([name, line, column], ensure_ascii=False)}")
            between = ","
        file.write("{}\n" if between == "{" else "\n}\n")
