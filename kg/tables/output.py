"""Output: sorted lines as bulk loaders want them: packed, in parts of a size, or as a table of terms."""

import gzip
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

import duckdb
import ibis

from kg.tables.survey import Expression

BLOCK = 1 << 20  # bytes that are copied at a time
LEVEL = 4  # of gzip: two thirds of the time of 6, for files 3 % larger

# No part of it recurs but characters, for which Java would recur too; the last quote of a line ends its literal.
_TERMS = r'(?s)^(<[^>]*>|_:\S+) (<[^>]*>) (<[^>]*>|_:\S+|".*"(?:@[A-Za-z0-9-]+|\^\^<[^>]*>)?)(?: (<[^>]*>))? \.$'


def terms(lines: Expression) -> Expression:
    """A table of terms of lines in a column `line`: s, p, o and g as N-Quads writes them, g null in the default graph;
    and of o its kind (iri, blank or literal), datatype and language, null where there is none.
    """
    made = lines.select(**{name: lines.line.re_extract(_TERMS, number) for number, name in enumerate("spog", 1)})
    kind = ibis.cases((made.o.startswith("<"), "iri"), (made.o.startswith("_:"), "blank"), else_="literal")
    return made.select(
        *("s", "p", "o"),
        kind=kind,
        datatype=made.o.re_extract(r"\^\^<([^>]*)>$", 1).nullif(""),
        language=made.o.re_extract('"@([A-Za-z0-9-]+)$', 1).nullif(""),
        g=made.g.nullif(""),
    )


def written(lines: Path, to: Path, size: int = 0) -> list[Path]:
    """Write a file of sorted lines into another, packed where that ends in .gz, a table of terms where it ends in
    .parquet, in parts of about as many bytes where a size is given; the files.

    Each is written aside first, so that none is there by half.
    """
    if to.suffix == ".parquet":
        return [_table(lines, to)]
    if not size and to.suffix != ".gz":
        return [_moved(lines, to)]
    made: list[Path] = []
    with ExitStack() as stack, lines.open("rb") as file:
        for number, part in enumerate(_parts(file, size), 1):
            path = _numbered(to, number) if size else to
            aside = path.with_name(f".{path.name}.part")
            stack.callback(aside.unlink, missing_ok=True)
            with _opened(aside, packed=to.suffix == ".gz") as out:
                for block in part:
                    out.write(block)
            made.append(path)
        for path in made:
            path.with_name(f".{path.name}.part").replace(path)
    return made


def _moved(lines: Path, to: Path) -> Path:
    aside = to.with_name(f".{to.name}.part")
    try:
        shutil.move(lines, aside)
        aside.replace(to)
    finally:
        aside.unlink(missing_ok=True)
    return to


def _numbered(path: Path, number: int) -> Path:
    """The name of a part: out-0001.nt.gz for out.nt.gz."""
    stem, dot, rest = path.name.partition(".")
    return path.with_name(f"{stem}-{number:04}{dot}{rest}")


@contextmanager
def _opened(path: Path, *, packed: bool) -> Iterator[Any]:
    """A file to be written; one that is packed has no name and no time in it, so that the same is the same."""
    with path.open("wb") as file:
        if not packed:
            yield file
            return
        with gzip.GzipFile("", "wb", LEVEL, file, mtime=0) as out:
            yield out


def _parts(file: IO[bytes], size: int) -> Iterator[Iterator[bytes]]:
    """The bytes of a file in parts that end with a line, in blocks."""
    ended = False

    def part() -> Iterator[bytes]:
        nonlocal ended
        taken = 0
        while not size or taken < size:
            block = file.read(min(BLOCK, size - taken) if size else BLOCK)
            if not block:
                ended = True
                return
            taken += len(block)
            yield block
        yield file.readline()

    while not ended:
        start = file.tell()
        if not file.read(1):
            return
        file.seek(start)
        yield part()


def _table(lines: Path, to: Path) -> Path:
    """Write lines as a Parquet file of terms."""
    aside = to.with_name(f".{to.name}.part")
    query = ibis.to_sql(terms(ibis.table({"line": "string"}, name="lines")), dialect="duckdb")
    try:
        with duckdb.connect() as made:
            path = str(lines).replace("'", "''")
            read = f"read_csv('{path}', auto_detect = false, header = false, delim = '\\x01', quote = '', escape = '', "
            made.execute(f"CREATE VIEW lines AS FROM {read} columns = {{'line': 'VARCHAR'}})")
            made.sql(query).write_parquet(str(aside), compression="zstd")
        aside.replace(to)
    finally:
        aside.unlink(missing_ok=True)
    return to
