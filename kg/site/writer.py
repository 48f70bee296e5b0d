"""Writer: a site written by several processes, each with some of the pages."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from kg.query.opened import Opened
from kg.site import contents
from kg.site.hosts import Place, rules
from kg.site.tree import Tree, replacing

AT_ONCE = 48  # pages that a process is given


class Written(NamedTuple):
    """What was written: pages, files in all, and how many of these are new or another than before."""

    pages: int
    files: int
    changed: int


def write_site(
    build: Path, folder: Path, place: Place, told: Callable[[float], object] = lambda share: None
) -> Written:
    """Write the current release of a build folder as a site; `told` is given the share that is done.

    Raises ProjectError for a folder that holds other things, StoreError where there is no release or no room.
    """
    opened = Opened(build, static=True)
    with replacing(folder, opened.name) as tree:
        pages = files = changed = 0
        total = sum(1 for _ in contents.addresses(opened))
        for number, new in _in_processes(build, tree, contents.addresses(opened)):
            files, changed = files + number[1], changed + new
            pages += number[0]
            told(pages / total)
        for name, data in (*contents.others(opened, place.path), *rules(opened, place)):
            changed += tree.put(name, data)
            files += 1
    return Written(pages, files, changed)


def _in_processes(
    build: Path, tree: Tree, addresses: Iterable[str], processes: int = 0
) -> Iterator[tuple[tuple[int, int], int]]:
    """Write pages in processes; of each handful, how many pages and files they were, and how many are new."""
    processes = processes or min(8, os.cpu_count() or 1)
    batches = iter(addresses)
    waiting: deque[Future[tuple[tuple[int, int], int]]] = deque()
    with ProcessPoolExecutor(processes, get_context("spawn"), _begin, (build, tree.new, tree.old)) as pool:
        try:
            while batch := list(islice(batches, AT_ONCE)):
                waiting.append(pool.submit(_write, batch))
                if len(waiting) > 3 * processes:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


_own: tuple[Opened, Tree]


def _begin(build: Path, new: Path, old: Path) -> None:
    global _own
    _own = Opened(build, static=True), Tree(new, old)


def _write(addresses: list[str]) -> tuple[tuple[int, int], int]:
    opened, tree = _own
    found = [tree.put(name, data) for address in addresses for name, data in contents.of_address(opened, address)]
    return (len(addresses), len(found)), sum(found)
