"""Compressed: the downloads of a release as gzip, each compressed once, in a thread, beside the answering of others."""

import asyncio
import hashlib
import shutil
import zlib
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

LEFT = 60.0  # seconds that the files of the release before are left


WAITED_FOR = 8 << 20  # bytes: a larger file is sent as it is until its gzip is there


class Gzip(NamedTuple):
    """A file as gzip, and the SHA-256 of that."""

    path: Path
    digest: str


class Compressed:
    """The files that have been asked for as gzip, in a folder of temporary files, until there is a new release."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._releases = folder, 0
        self._made: dict[Path, asyncio.Task[Gzip | None]] = {}

    async def of(self, path: Path) -> Gzip | None:
        """A file as gzip; None where it is not there yet, or could not be written."""
        if path not in self._made:
            number = len(self._made)  # two releases have files of one name
            target = self._folder / str(self._releases) / f"{number}-{path.name}.gz"
            self._made[path] = asyncio.create_task(asyncio.to_thread(_compress, path, target))
        task = self._made[path]
        if not task.done() and path.stat().st_size > WAITED_FOR:
            return None
        return await asyncio.shield(task)

    def forget(self) -> None:
        """Begin anew with a new release; what was made of the one before is deleted once no answer begins with it."""
        before = self._folder / str(self._releases)
        asyncio.get_running_loop().call_later(LEFT, shutil.rmtree, before, True)
        self._releases += 1
        self._made.clear()


def _compress(path: Path, target: Path) -> Gzip | None:
    digest, coder = hashlib.sha256(), zlib.compressobj(6, wbits=31)  # 31: with the header of gzip, without a time
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with path.open("rb") as file, target.open("wb") as out:
            while block := file.read(1 << 18):
                digest.update(part := coder.compress(block))
                out.write(part)
            digest.update(part := coder.flush())
            out.write(part)
    except OSError:  # the disk is full, or the release has been deleted: it is sent as it is, or not at all
        with suppress(OSError):
            target.unlink()
        return None
    return Gzip(target, digest.hexdigest())
