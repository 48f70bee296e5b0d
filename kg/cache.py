"""Cache: what earlier builds made, under hashes of all that it was made from. Deleting `build/cache/` is always safe.

build/cache/last.json     what the current release was made from, and how its files looked
build/cache/<hash>/       what one file of facts gave (`kg.facts.intake`)
"""

import hashlib
import json
import os
import re
import shutil
import sys
import time
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from kg.errors import StoreError
from kg.release.reader import Release, current

PACKAGES = ("pyoxigraph", "pyld", "pyshacl", "rdflib", "yaml", "duckdb", "ibis")
UNUSED = 600.0  # seconds after which what no build has used is deleted; another build may be at work


def tool() -> str:
    """A hash that changes with kg, the libraries that a build uses and Python: by their files' sizes and times."""
    here = Path(__file__).parent
    files = [*here.rglob("*.py"), *(here / "ontology").glob("*")]
    files += [Path(spec.origin) for name in PACKAGES if (spec := find_spec(name)) and spec.origin]
    return _hash([sys.version, *(f"{path} {_stamp(path)}" for path in sorted(files))])


def fingerprint(root: Path, folders: Iterable[Path], validate: bool) -> str:
    """A hash of everything that a build of a project reads, and of how it is made."""
    files = [root / "kg.toml", root / "pyproject.toml"]
    files += [path for folder in folders for path in sorted(folder.rglob("*"))]
    contents = [f"{path.relative_to(root)} {file_hash(path)}" for path in files if path.is_file()]
    tables = (path for path in files if path.suffix == ".yaml" and path.parent.name == "tables")
    if any(re.search(rb"(?m)^source:[ \t]*[^\s#]", path.read_bytes()) for path in tables):
        contents.append(str(time.time_ns()))  # what a database holds, its query does not tell
    return _hash([tool(), str(validate), *contents])


def standing(build: Path, made_from: str) -> Release | None:
    """The current release, where it was made from the same and its files are as they were left; else None."""
    return _as_left(build, made_from=made_from)


def validated(build: Path, key: str) -> Release | None:
    """The current release, if it was validated in the way that a key stands for and is as it was left; else None."""
    return _as_left(build, validated=key)


def _as_left(build: Path, **known: str) -> Release | None:
    try:
        last: dict[str, Any] = json.loads((build / "cache" / "last.json").read_bytes())
        release = current(build)
        same = last == _last(release, **{name: last[name] for name in ("made_from", "validated")} | known)
    except (OSError, ValueError, LookupError, TypeError, StoreError):
        return None
    return release if same else None


def remember(build: Path, release: Release, made_from: str, validated: str) -> None:
    """Note what the current release was made from, and how it was validated, "" where it was not."""
    file = build / "cache" / "last.json"
    file.parent.mkdir(exist_ok=True)
    aside = file.with_name(f".last.{os.getpid()}")
    aside.write_text(json.dumps(_last(release, made_from, validated)), encoding="utf-8")
    aside.replace(file)


def _last(release: Release, made_from: str, validated: str) -> dict[str, Any]:
    files = sorted(path for path in release.path.rglob("*") if path.is_file() and path.parent.name != "store")
    return {
        "release": release.path.name,
        "made_from": made_from,
        "validated": validated,
        "files": {path.relative_to(release.path).as_posix(): _stamp(path) for path in files},
        "store": len(list((release.path / "store").glob("*.sst"))),
    }


def sweep(folder: Path, used: Iterable[Path]) -> None:
    """Delete what no build has used for a while; what this one used is marked as used."""
    kept = set(used)
    for path in folder.glob("*"):
        if path in kept:
            os.utime(path)
        elif path.is_dir() and time.time() - path.stat().st_mtime > UNUSED:
            shutil.rmtree(path, ignore_errors=True)


def key(parts: Iterable[str]) -> str:
    """The name in the cache of what is made from parts."""
    return _hash(parts)[:32]


def file_hash(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _stamp(path: Path) -> str:
    found = path.stat()
    return f"{found.st_size} {found.st_mtime_ns}"


def _hash(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
