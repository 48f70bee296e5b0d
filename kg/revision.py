"""Revision: a release made of a project as git had it at a commit, a tag or a branch."""

import io
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from kg.build import build
from kg.errors import QueryError
from kg.project import read_project
from kg.release.reader import Release


@contextmanager
def release_of(root: Path, revision: str) -> Iterator[Release]:
    """The release of a project at a revision, in a folder that is deleted at the end; it is not validated.

    QueryError where git knows no such revision of the project, FactError and ProjectError where it does not build.
    """
    with TemporaryDirectory(prefix="kg-revision-") as folder:
        named = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        commit = _git(root, revision, *named).decode().strip()
        archived = _git(root, revision, "archive", "--format=tar", commit)
        try:
            with tarfile.open(fileobj=io.BytesIO(archived)) as tar:
                tar.extractall(folder, filter="data")
        except tarfile.TarError as error:
            raise QueryError(f"{revision}: has a file that cannot be taken out of it: {error}") from None
        built = build(read_project(Path(folder)), validate=False)
        if built.release is None:  # which is so for data that violate shapes alone, and they were not asked
            raise QueryError(f"{revision}: there is no release of it")
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
