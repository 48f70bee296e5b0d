"""History: what tells a release from others: its name, what it changed, and where its facts stand in files."""

import hashlib
import json
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from kg.errors import StoreError
from kg.rdf import iris
from kg.rdf.sorted_lines import side_by_side
from kg.release.nquads import Dataset
from kg.release.reader import Release, current, open_release, read_json


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


GONE = "gone.json"  # in the folder of a release


def gone(before: Release, after: Release) -> dict[str, str]:
    """The addresses of things and facts that releases had and one has not, with the last release that had each."""
    base = after.manifest["base"]
    if before.manifest["base"] != base:
        return {}
    found: dict[str, str] = read_json(before.path / GONE) if (before.path / GONE).is_file() else {}
    with closing(Dataset(before.dataset)) as old, closing(Dataset(after.dataset)) as new:
        for beginning in (iris.entity(base, ""), iris.fact(base, "")):
            subjects = ((iri.encode() for iri in one.subjects(beginning)) for one in (new, old))
            lost = (iri for here, iri in side_by_side(*subjects) if here is None and iri is not None)
            found.update((iri.decode().removeprefix(base), before.path.name) for iri in lost)
        return {address: name for address, name in sorted(found.items()) if not new.has(base + address)}


KEPT = {"dataset.nq": "application/n-quads", "changes.json": "application/json"}  # of each, at its own address


class Version(NamedTuple):
    """A release that is still on the disk, with the names of the one before it and the one after, "" for none.

    `added` and `removed` are the quads by which it differs from the one before.
    """

    release: Release
    before: str
    added: int
    removed: int
    after: str

    @property
    def name(self) -> str:
        """The name of the release."""
        return self.release.path.name


def versions(release: Release, most: int = 20) -> list[Version]:
    """A release and those before it, as far as they are kept, newest first; then others that are kept beside them, as
    where a project went back to what it had published.
    """
    found: list[Version] = []
    one: Release | None = release
    while one is not None and len(found) < most:
        found.append(_version(one, found[-1].name if found else ""))
        before = found[-1].before
        known = {version.name for version in found}
        one = _kept(release, before) if before and before not in known else None
    if len(found) == most:
        return found
    known = {version.name for version in found}
    beside = (_kept(release, path.name) for path in sorted(release.path.parent.iterdir()) if path.name not in known)
    others = sorted((other for other in beside if other), key=lambda other: other.date, reverse=True)
    return [*found, *(_version(other, "") for other in others)][:most]


def _kept(beside: Release, name: str) -> Release | None:
    """A release of the same graph, where it is kept."""
    try:
        found = open_release(beside.path.parent / name) if name.isalnum() else None
    except StoreError:
        return None
    return found if found and found.manifest["base"] == beside.manifest["base"] else None


def _version(release: Release, after: str) -> Version:
    since = release.manifest.get("since") or {}
    return Version(release, str(since.get("release", "")), since.get("added", 0), since.get("removed", 0), after)
