"""History: what tells a release from others: its name, what it changed, and where its facts stand in files."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kg.errors import StoreError
from kg.release.reader import Release, current, open_release


def name_of(dataset: str, *parts: bytes) -> str:
    """The name of a release: a hash of all that it publishes, so that what is cited never changes.

    `dataset` is the SHA-256 of its quads, `parts` all else.
    """
    digest = hashlib.sha256(dataset.encode())
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:12]


def before(build: Path, name: str) -> Release | None:
    """The release before one of a name that is being made; None where it is the first, or the one before is damaged.

    Of a release that has been made before it is the one that was before it then.
    """
    releases = build / "releases"
    try:
        if not (releases / name).is_dir():
            return current(build)
        since = open_release(releases / name).manifest.get("since")
        return open_release(releases / since["release"]) if since else None
    except StoreError:  # a damaged release is no reason not to make the next
        return None


def write_locations(path: Path, found: Iterable[tuple[str, list[Any]]]) -> None:
    """Write each fact's file, line and column as a JSON object, a line a fact."""
    between = "{"
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for fact, (name, line, column, _) in found:
            file.write(f"{between}\n {json.dumps(fact)}: {json.dumps([name, line, column], ensure_ascii=False)}")
            between = ","
        file.write("{}\n" if between == "{" else "\n}\n")
