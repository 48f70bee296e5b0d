"""Tree: the folder of a site, written aside and put in the place of the one before; what has not changed is kept.

.NAME.kg-site/      beside the folder NAME, while a site is written, so that two runs do not write the same
    pid             whose it is
    new/            what is being written
    old/            the site before, from when the new one takes its place until what others keep there has moved
"""

import filecmp
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.errors import ProjectError, StoreError
from kg.release.writer import at_work

MARK = ".kg-site.json"  # in the folder of a site: which release it shows, and what of its top level kg has written


class Tree:
    """A folder that is being written, beside the one that it will replace."""

    def __init__(self, new: Path, old: Path) -> None:
        self.new, self.old = new, old
        self._folders: set[str] = set()
        self._is_new = not old.exists()

    def put(self, name: str, data: bytes | Path) -> bool:
        """Write a file, with these bytes or those of a file; whether it is another than the one before."""
        target, before = f"{self.new}/{name}", f"{self.old}/{name}"
        folder = name.rpartition("/")[0]
        if folder not in self._folders:
            (self.new / folder).mkdir(parents=True, exist_ok=True)
            self._folders.add(folder)
        if not self._is_new and _same(before, data):
            _keep(before, target)
            return False
        if isinstance(data, bytes):
            with open(target, "wb") as file:  # noqa: PTH123  (a path takes longer than the file)
                file.write(data)
        else:
            shutil.copyfile(data, target)
        return True


def _same(before: str, data: bytes | Path) -> bool:
    try:
        if isinstance(data, Path):
            return filecmp.cmp(before, data, shallow=False)
        with open(before, "rb") as file:  # noqa: PTH123  (likewise)
            return os.fstat(file.fileno()).st_size == len(data) and file.read() == data
    except OSError:
        return False


def _keep(before: str, target: str) -> None:
    """The same file in the new folder, with its times."""
    try:
        os.link(before, target)
    except OSError:  # a file system without links
        shutil.copy2(before, target)


@contextmanager
def replacing(folder: Path, release: str) -> Iterator[Tree]:
    """A tree that takes the place of a folder when all of it is written; until then, and where it fails, the folder
    stays as it was.

    What else lies at the top of the folder (a CNAME, a .git) stays there, also where kg would write something of that
    name. ProjectError for a folder with files that kg has not written, StoreError where it cannot be written, or where
    another run is writing it.
    """
    folder = Path(os.path.realpath(folder))
    aside = folder.with_name(f".{folder.name}.kg-site")
    _refuse(folder)
    ours = False
    try:
        _take(aside, folder)
        ours = True
        _refuse(folder)  # again: what a killed run had moved is back
        new = aside / "new"
        new.mkdir()
        yield Tree(new, folder)
        _put_in_place(folder, aside, release)
        shutil.rmtree(aside)
    except OSError as error:
        raise StoreError(f"{error.filename or folder}: {error.strerror}; the site is as it was before") from None
    finally:
        if ours and aside.exists():
            _put_back(folder, aside)


def _put_in_place(folder: Path, aside: Path, release: str) -> None:
    """Put what is new in the place of a folder, and move to it what others keep there."""
    new, old = aside / "new", aside / "old"
    kept = _others(folder) if folder.exists() else []
    for path in (new / name for name in kept):  # what others have by that name stays
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    top = sorted(path.name for path in new.iterdir())
    (new / MARK).write_text(json.dumps({"release": release, "top": top}, indent=1) + "\n", encoding="utf-8")
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    for name in kept:
        (old / name).rename(folder / name)


def _put_back(folder: Path, aside: Path) -> None:
    """After a run that did not end: the folder as it was, or what others keep there where it is new; nothing aside."""
    old = aside / "old"
    if old.exists():
        if not folder.exists():
            old.rename(folder)
        else:
            for name in _others(old):
                (old / name).rename(folder / name)
    shutil.rmtree(aside)


def _take(aside: Path, folder: Path) -> None:
    """Make the folder aside this run's own; what one that was killed left there is put back first."""
    if aside.exists():
        pid = _pid(aside)
        if pid is None:
            raise StoreError(f"{aside}: is in the way, and is not what kg left there; move it away")
        if at_work(str(pid), aside):
            raise StoreError(f"{folder}: another run ({pid}) is writing this site; wait for it")
        _put_back(folder, aside)
    aside.mkdir(parents=True)
    (aside / "pid").write_text(f"{os.getpid()}\n", encoding="utf-8")


def _pid(aside: Path) -> int | None:
    try:
        return int((aside / "pid").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _others(folder: Path) -> list[str]:
    """What lies at the top of a folder and is not kg's."""
    try:
        written = {*json.loads((folder / MARK).read_bytes())["top"], MARK}
    except (OSError, ValueError, KeyError, TypeError):
        written = set()
    return sorted(path.name for path in folder.iterdir() if path.name not in written)


def _refuse(folder: Path) -> None:
    """Raise ProjectError for a folder that a site cannot take the place of."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise ProjectError(f"{folder}: is a file; name a folder for the site")
    for path in (folder, *folder.iterdir()):
        if path.is_mount():
            raise ProjectError(f"{path}: is mounted and cannot be moved; name a folder within it, or beside it")
    strange = [name for name in _others(folder) if not name.startswith(".")]
    if strange and not (folder / MARK).is_file():
        more = f" and {len(strange) - 3} more" if len(strange) > 3 else ""
        raise ProjectError(
            f"{folder}: holds {', '.join(strange[:3])}{more}, which is not a site that kg has written; "
            "name an empty folder, or one that does not exist"
        )
