"""Revision: the release that a name means: one that is there, or one made of what git had at a commit or a tag."""

import io
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from kg.errors import QueryError
from kg.project import read_project
from kg.release.reader import Release, current, open_release


@contextmanager
def release_of(root: Path, name: str) -> Iterator[Release]:
    """The release that is meant by its name in a project, by its folder, by that of a project, or by a revision of git.

    One of a revision is built in a folder that is deleted at the end, and not validated. QueryError where a name means
    nothing, FactError and ProjectError where a revision does not build.
    """
    for folder in (root / "build" / "releases" / name, Path(name)):
        if (folder / "manifest.json").is_file():
            yield open_release(folder)
            return
    if (Path(name) / "kg.toml").is_file():
        yield current(Path(name) / "build")
        return
    with TemporaryDirectory(prefix="kg-revision-") as aside:
        named = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        commit = _git(root, name, *named).decode().strip()
        archived = _git(root, name, "archive", "--format=tar", commit)
        try:
            with tarfile.open(fileobj=io.BytesIO(archived)) as tar:
                tar.extractall(aside, filter="data")
        except tarfile.TarError as error:
            raise QueryError(f"revision {name}: a file cannot be unpacked: {error}") from None
        from kg.build.releasing import build  # with all that reads facts, where git is asked alone

        built = build(read_project(Path(aside)), validate=False)
        if built.release is None:  # never so without validation
            raise QueryError(f"revision {name}: the project could not be built")
        yield built.release


def _git(root: Path, revision: str, *arguments: str) -> bytes:
    """What git answers in a folder; QueryError where it does not know the revision."""
    try:
        done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, check=False)
    except FileNotFoundError:
        raise QueryError(f"{revision!r} is neither a release nor a project, and there is no git to ask") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().removeprefix("fatal: ")
        raise QueryError(f"{revision!r} is not a release, a project, or a revision of git{f': {said}' if said else ''}")
    return done.stdout
