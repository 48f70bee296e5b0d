"""Rows: the tables of a release, kept as they were, and looked up by the numbers of their rows.

`tables/ID.csv` is the table, `ID.rows` where each row begins, as 8-byte integers, the least significant byte first.
"""

import gzip
import os
import sys
from array import array
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

FOLDER = "tables"


def write_rows(table: Path, quote: str, folder: Path, ident: str) -> int:
    """Keep a table, unpacked where it is compressed, and where its rows begin; how many they are, headers among them.

    A line end within an odd number of quotation marks belongs to a cell.
    """
    mark = quote.encode()
    begins = array("Q")
    offset, within = 0, False
    (folder / FOLDER).mkdir(exist_ok=True)
    with (
        gzip.open(table) if table.name.endswith(".gz") else table.open("rb") as file,
        (folder / FOLDER / f"{ident}.csv").open("wb") as out,
    ):
        for line in file:
            if not within:
                begins.append(offset)
            if mark and line.count(mark) % 2:
                within = not within
            offset += len(line)
            out.write(line)
    begins.append(offset)
    if sys.byteorder == "big":
        begins.byteswap()
    (folder / FOLDER / f"{ident}.rows").write_bytes(begins.tobytes())
    return len(begins) - 1


def rows(release: Path, ident: str, first: int, last: int) -> Iterator[tuple[int, str]]:
    """The rows of a table from one number to another, each with its number, from 1, as far as there are any."""
    index = release / FOLDER / f"{ident}.rows"
    if not index.is_file() or first < 1:
        return
    with index.open("rb") as begins, (release / FOLDER / f"{ident}.csv").open("rb") as file:
        count = begins.seek(0, os.SEEK_END) // 8 - 1
        last = min(last, count)
        if first > last:
            return
        begins.seek(8 * (first - 1))
        found = array("Q", begins.read(8 * (last - first + 2)))
        if sys.byteorder == "big":
            found.byteswap()
        file.seek(found[0])
        for number, (begin, end) in enumerate(pairwise(found), first):
            yield number, file.read(end - begin).decode("utf-8", "replace").rstrip("\r\n")
