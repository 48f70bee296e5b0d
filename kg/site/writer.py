"""Writer: a site written by several processes, each with some of the pages."""

import gc
import os
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path
from threading import Thread
from typing import NamedTuple

from kg.errors import StoreError
from kg.query.opened import Opened
from kg.site import contents
from kg.site.deposit import deposits
from kg.site.hosts import Place, rules
from kg.site.tree import Tree, replacing
from kg.stores.base import Endpoint

AT_ONCE = 48  # pages that a process is given


class Written(NamedTuple):
    """What was written: pages, files in all, and how many of these are new or another than before."""

    pages: int
    files: int
    changed: int


def write_site(
    build: Path,
    folder: Path,
    place: Place,
    told: Callable[[float], object] = lambda share: None,
    endpoint: Endpoint | None = None,
) -> Written:
    """Write the current release of a build folder as a site; `told` is given the share that is done.

    `endpoint` is asked in the place of the release's own database.

    Raises ProjectError for a folder that holds other things, StoreError where there is no release or no room.
    """
    opened = Opened(build, static=True, endpoint=endpoint)
    with replacing(folder, opened.name) as tree:
        total = sum(1 for _ in contents.addresses(opened))
        pages, files, changed = 0, 0, 0
        for done in _in_processes((build, endpoint), tree, contents.addresses(opened), place.path):
            pages, files, changed = pages + done.pages, files + done.files, changed + done.changed
            told(pages / total)
        rest = _put(tree, chain(contents.releases(opened), rules(opened, place), deposits(opened)))
    return Written(pages, files + rest.files, changed + rest.changed)


def _in_processes(
    what: tuple[Path, Endpoint | None], tree: Tree, addresses: Iterable[str], base_path: str
) -> Iterator[Written]:
    """Write pages in processes, and beside them what is no page; what each was done with."""
    processes = min(8, os.cpu_count() or 1)
    batches, waiting = iter(addresses), deque[Future[Written]]()
    own = (what, tree.new, tree.old, os.getpid())
    with ProcessPoolExecutor(processes, get_context("spawn"), _begin, own) as pool:
        try:
            beside = [pool.submit(_write_statements), pool.submit(_write_others, base_path)]
            while batch := list(islice(batches, AT_ONCE)):
                waiting.append(pool.submit(_write, batch))
                if len(waiting) > 3 * processes:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
            yield from (one.result() for one in beside)
        except BrokenProcessPool:
            raise StoreError(
                "a process that wrote pages was ended, as for want of memory; the site is as before"
            ) from None
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


_own: tuple[Opened, Tree]


def _end_with(parent: int) -> None:
    """End this process where the one that started it has been killed."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _begin(what: tuple[Path, Endpoint | None], new: Path, old: Path, parent: int) -> None:
    Thread(target=_end_with, args=(parent,), daemon=True).start()
    tempfile.tempdir = str(new.parent)  # which is swept up, should this process be killed
    global _own
    _own = Opened(what[0], static=True, endpoint=what[1]), Tree(new, old)
    gc.disable()  # what pages leave behind is collected after each batch of them


def _write(addresses: list[str]) -> Written:
    opened, tree = _own
    found = _put(tree, (file for address in addresses for file in contents.of_address(opened, address)))
    return found._replace(pages=len(addresses))


def _write_statements() -> Written:
    return _at_length(contents.statements(_own[0]))


def _write_others(base_path: str) -> Written:
    return _at_length(contents.others(_own[0], base_path))


def _at_length(files: Iterable[contents.File]) -> Written:
    """Write what takes long, as all statements do: its garbage is collected on the way."""
    gc.enable()
    try:
        return _put(_own[1], files)
    finally:
        gc.disable()


def _put(tree: Tree, files: Iterable[contents.File]) -> Written:
    changed = [tree.put(name, data) for name, data in files]
    gc.collect()
    gc.freeze()  # what is left is kept for pages to come, and need not be looked at again
    return Written(0, len(changed), sum(changed))
