"""Tree: the folder of a site, written aside and put in the place of the one before; what has not changed is kept."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.errors import ProjectError, StoreError

MARK = ".kg-site.json"  # in the folder of a site: which release it shows, and what of its top level kg has written


class Tree:
    """A folder that is being written, beside the one that it will replace."""

    def __init__(self, new: Path, old: Path) -> None:
        self.new, self.old = new, old
        self._folders: set[Path] = set()

    def put(self, name: str, data: bytes | Path) -> bool:
        """Write a file, with these bytes or those of a file; whether it is another than the one before."""
        target, before = self.new / name, self.old / name
        if target.parent not in self._folders:
            target.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(target.parent)
        if _same(before, data):
            _keep(before, target)
            return False
        if isinstance(data, bytes):
            target.write_bytes(data)
        else:
            shutil.copyfile(data, target)
        return True


def _same(before: Path, data: bytes | Path) -> bool:
    try:
        size = len(data) if isinstance(data, bytes) else data.stat().st_size
        if before.stat().st_size != size:
            return False
        if isinstance(data, bytes):
            return before.read_bytes() == data
        with before.open("rb") as one, data.open("rb") as other:
            return all(block == other.read(1 << 20) for block in iter(lambda: one.read(1 << 20), b""))
    except OSError:
        return False


def _keep(before: Path, target: Path) -> None:
    """The same file in the new folder, with its times."""
    try:
        os.link(before, target)
    except OSError:  # a file system without links
        shutil.copy2(before, target)


@contextmanager
def replacing(folder: Path, release: str) -> Iterator[Tree]:
    """A tree that takes the place of a folder when all of it is written; until then, and where it fails, the folder
    stays as it was.

    What else lies at the top of the folder (a CNAME, a .git) stays there. ProjectError for a folder with files that kg
    has not written, StoreError where it cannot be written.
    """
    folder = Path(os.path.realpath(folder))
    written = _written(folder)
    aside, before = (folder.with_name(f".{folder.name}.{word}") for word in ("new", "old"))
    try:
        _recover(folder, before)
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        yield Tree(aside, folder)
        top = sorted(path.name for path in aside.iterdir())
        (aside / MARK).write_text(json.dumps({"release": release, "top": top}, indent=1) + "\n", encoding="utf-8")
        if folder.exists():
            for path in folder.iterdir():
                if path.name not in {*written, MARK} and not (aside / path.name).exists():
                    path.rename(aside / path.name)
            folder.rename(before)
        aside.rename(folder)
        shutil.rmtree(before, ignore_errors=True)
    except OSError as error:
        raise StoreError(f"{error.filename or folder}: {error.strerror}; the site is as it was before") from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _recover(folder: Path, before: Path) -> None:
    """Put back the folder that a run had moved away when it was ended, and sweep up what one had no time for."""
    if before.exists() and not folder.exists():
        before.rename(folder)
    shutil.rmtree(before, ignore_errors=True)


def _written(folder: Path) -> list[str]:
    """What of the top level of a folder kg has written."""
    if not folder.exists():
        return []
    if not folder.is_dir():
        raise ProjectError(f"{folder}: is a file; name a folder for the site")
    try:
        return list(json.loads((folder / MARK).read_bytes())["top"])
    except (OSError, ValueError, KeyError, TypeError):
        strange = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
        if strange:
            more = f" and {len(strange) - 3} more" if len(strange) > 3 else ""
            raise ProjectError(
                f"{folder}: holds {', '.join(strange[:3])}{more}, which is not a site that kg has written; "
                "name an empty folder, or one that does not exist"
            ) from None
        return []
