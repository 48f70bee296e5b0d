"""Sums: the SHA-256 of every file of a release, in a list that `sha256sum -c` reads, and a signature of that list.

SHA256SUMS            a line a file: its SHA-256, two spaces, its path
SHA256SUMS.minisig    a signature (minisign), by which a copy found anywhere is known to be the publisher's
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from kg.errors import StoreError

SUMS = "SHA256SUMS"
SIGNATURE = f"{SUMS}.minisig"


class Checked(NamedTuple):
    """What a check found: how many files are as they were written, and what is wrong with others, a line each."""

    files: int
    faults: list[str]


def write_sums(release: Path) -> None:
    """Write the list of a release; a signature of another list is deleted, since it is none of this one."""
    lines = "".join(f"{_digest(release / name)}  {name}\n" for name in _files(release)).encode()
    path = release / SUMS
    if path.is_file() and path.read_bytes() == lines:
        return
    (release / SIGNATURE).unlink(missing_ok=True)
    aside = release.with_name(f".{SUMS}.{os.getpid()}")
    aside.write_bytes(lines)
    aside.replace(path)


def check_sums(release: Path) -> Checked:
    """What differs of a release from its list; StoreError where it has none."""
    try:
        listed = _listed((release / SUMS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise StoreError(
            f"{release}: has no {SUMS} that can be read; `kg build` writes one, of the files as they are then"
        ) from None
    there = set(_files(release))
    faults = [f"{name}: is missing" for name in sorted(listed.keys() - there)]
    faults += [f"{name}: is not of the release" for name in sorted(there - listed.keys())]
    for name in sorted(listed.keys() & there):
        try:
            if (release / name).is_symlink() or not (release / name).is_file():
                faults.append(f"{name}: is not a file but a link, a pipe or the like")
            elif _digest(release / name) != listed[name]:
                faults.append(f"{name}: is not as it was written")
        except OSError as error:
            faults.append(f"{name}: {error.strerror}")
    return Checked(len(listed) - sum(not fault.endswith("is not of the release") for fault in faults), sorted(faults))


def _listed(text: str) -> dict[str, str]:
    """The sums by the paths of a list; ValueError where it is not one."""
    found = {}
    for line in text.splitlines():
        digest, spaces, name = line.partition("  ")
        if len(digest) != 64 or not spaces or not name or name.startswith("/") or ".." in name.split("/"):
            raise ValueError(line)
        found[name] = digest
    return found


def _files(release: Path) -> Iterator[str]:
    """The paths of the files that a list names, sorted; LOCK, which a database makes anew, is none of them."""
    for path in sorted(release.rglob("*")):
        name = path.relative_to(release).as_posix()
        if (path.is_symlink() or not path.is_dir()) and name not in (SUMS, SIGNATURE, "store/LOCK"):
            yield name


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
