"""Files: tables of text, however they lie there, as tables of an engine whose columns are c0, c1 … of text.

A CSV file in the form that engines read alike (RFC 4180, UTF-8) is read by the engine itself. One in any other dialect
of CSVW, or with line ends of two kinds, is written anew in that form first, by Python's csv module.
"""

import csv
import gzip
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from kg.errors import FactError, Fault
from kg.rdf import iris

CELL = 2 << 20  # characters of a cell, at most


class Dialect(NamedTuple):
    """How a CSV file is written (CSVW Metadata, 5.9); the defaults are RFC 4180, with one row of headers.

    `trim` is "", "start", "end" or "both". Lines that begin with `comment` are no rows.
    """

    delimiter: str = ","
    quote: str = '"'
    double_quote: bool = True
    encoding: str = "utf-8"
    comment: str = ""
    header_rows: int = 1
    skip_rows: int = 0
    skip_columns: int = 0
    skip_blank: bool = False
    skip_initial_space: bool = False
    trim: str = ""
    ends: tuple[str, ...] = ("\r\n", "\n")


class Head(NamedTuple):
    """The beginning of a CSV file: the rows of its header, the comments, and the first row of data."""

    headers: list[list[str]]
    comments: list[str]
    first: list[str] | None


class Row(NamedTuple):
    """A row of a CSV file: its number in the file from 1, the line that it begins at, and its cells."""

    number: int
    line: int
    cells: list[str]


def rows(path: Path, name: str, dialect: Dialect) -> Iterator[Row | str]:
    """Every row of a file and every comment, skipped rows as comments; FactError where one cannot be read."""
    number = line = 0
    with _opened(path, dialect) as file:
        lines = _Lines(file)
        reader = _reader(lines, dialect)
        try:
            while True:
                before = lines.number + 1
                peeked = lines.peek()
                if peeked is None:
                    return
                number += 1
                if number <= dialect.skip_rows or (dialect.comment and peeked.startswith(dialect.comment)):
                    text = next(lines).rstrip("\r\n")
                    yield text.removeprefix(dialect.comment) if dialect.comment else text
                    continue
                line = before
                yield Row(number, line, [_trimmed(cell, dialect) for cell in next(reader)][dialect.skip_columns :])
        except UnicodeDecodeError as error:
            message = f"byte 0x{error.object[error.start]:02x} is not {dialect.encoding.upper()}"
            at = _undecoded(path, dialect.encoding) or (lines.number + 1, 1)
            raise FactError([Fault(name, *at, f"{message}; save the file as UTF-8, or say its encoding")]) from None
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise FactError([Fault(name, 1, 1, f"not a file that gzip packed: {error}")]) from None
        except csv.Error as error:
            message = f"not CSV: {error}; close every quoted cell and double the quotes inside it"
            if "field larger" in str(error):
                message = f"a cell of more than {CELL:,} characters; make it shorter"
            raise FactError([Fault(name, line + 1 if not line else lines.number, 1, message)]) from None


def _undecoded(path: Path, encoding: str) -> tuple[int, int] | None:
    """The line and column of the first byte that is not valid in an encoding; None where no single line shows one."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode(encoding)
            except UnicodeDecodeError as error:
                return number, len(line[: error.start].decode(encoding)) + 1
            except UnicodeError:
                return None
    return None


class _Lines:
    """The lines of a file with their ends, one of which can be looked at before it is taken."""

    def __init__(self, file: Any) -> None:
        self._file, self._ahead, self.number = file, None, 0

    def __iter__(self) -> "_Lines":
        return self

    def peek(self) -> str | None:
        """The next line, None at the end."""
        if self._ahead is None:
            self._ahead = next(self._file, None)
        return self._ahead

    def __next__(self) -> str:
        line = self.peek()
        if line is None:
            raise StopIteration
        self._ahead, self.number = None, self.number + 1
        if "\0" in line:
            raise csv.Error("a NUL character; is this a text file?")
        return line


def _opened(path: Path, dialect: Dialect) -> Any:
    encoding = "utf-8-sig" if dialect.encoding.lower().replace("_", "-") in ("utf-8", "utf8") else dialect.encoding
    if path.name.endswith(".gz"):
        return gzip.open(path, "rt", encoding=encoding, newline="")
    return path.open(encoding=encoding, newline="")


def _reader(lines: Any, dialect: Dialect) -> Any:
    csv.field_size_limit(CELL)  # which is the module's, and others set too
    quoting: dict[str, Any] = {"quotechar": dialect.quote, "doublequote": dialect.double_quote} if dialect.quote else {}
    if dialect.quote and not dialect.double_quote:
        quoting["escapechar"] = "\\"
    if not dialect.quote:
        quoting["quoting"] = csv.QUOTE_NONE
    return csv.reader(
        lines, strict=True, delimiter=dialect.delimiter, skipinitialspace=dialect.skip_initial_space, **quoting
    )


def _trimmed(cell: str, dialect: Dialect) -> str:
    if dialect.trim == "both":
        return cell.strip()
    return cell.lstrip() if dialect.trim == "start" else cell.rstrip() if dialect.trim == "end" else cell


def head(path: Path, name: str, dialect: Dialect) -> Head:
    """The beginning of a file."""
    headers: list[list[str]] = []
    comments: list[str] = []
    for row in rows(path, name, dialect):
        if isinstance(row, str):
            comments.append(row)
        elif len(headers) < dialect.header_rows:
            headers.append(row.cells)
        elif row.cells or not dialect.skip_blank:
            return Head(headers, comments, row.cells)
    return Head(headers, comments, None)


def is_plain(path: Path, dialect: Dialect, *, line_feeds: bool = False) -> bool:
    """Whether an engine reads a file as this module does: written as RFC 4180, with no lines that are no rows; where
    `line_feeds`, with these alone at the ends of rows.
    """
    if line_feeds:
        with _opened(path, dialect) as file:
            if file.readline().endswith("\r\n"):
                return False
    standard = Dialect(delimiter=dialect.delimiter, comment=dialect.comment, skip_blank=dialect.skip_blank)
    if dialect._replace(ends=standard.ends) != standard or len(dialect.delimiter) != 1:
        return False
    return not dialect.comment or not _has_line(path, dialect.comment.encode())


def _has_line(path: Path, begins: bytes) -> bool:
    """Whether a line of a file, or of a cell in it, begins with some bytes."""
    with path.open("rb") as file:
        last = b"\n"
        while block := file.read(1 << 20):
            block = last + block
            if b"\n" + begins in block or b"\r" + begins in block:
                return True
            last = block[-len(begins) - 1 :]
    return False


def write_plain(path: Path, name: str, dialect: Dialect, width: int, to: Path) -> list[str]:
    """Write a file's rows anew, without headers, each with its number in the file before its cells, and with as many
    cells as there are columns; the comments come back. FactError where a row has more or fewer.
    """
    comments = []
    faults = []
    seen = 0
    with to.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)  # since a cell may hold a carriage return
        for row in rows(path, name, dialect):
            if isinstance(row, str):
                comments.append(row)
                continue
            seen += 1
            if seen <= dialect.header_rows or (dialect.skip_blank and not any(row.cells)):
                continue
            cells = row.cells or [""] * width if width == 1 or not row.cells else row.cells
            if not row.cells and width > 1 and not dialect.comment:
                continue  # a blank line, which no reader of plain CSV takes for a row
            if len(cells) != width:
                found = "1 cell" if len(cells) == 1 else f"{len(cells)} cells"
                message = f"{found}, and the header has {width}; quote cells that hold {dialect.delimiter!r}"
                faults.append(Fault(name, row.line, min(len(cells), width) + 1, message))
                if len(faults) > 20:
                    break
                continue
            writer.writerow([row.number, *cells])
    if faults:
        raise FactError(faults)
    return comments


def fault_of(path: Path, name: str, dialect: Dialect, width: int) -> list[Fault]:
    """What is wrong with the rows of a file that an engine could not read; nothing where this module can."""
    try:
        write_plain(path, name, dialect, width, Path("/dev/null"))
    except FactError as error:
        return list(error.faults)
    return []


def header_faults(columns: Sequence[str], name: str, dialect: Dialect) -> list[Fault]:
    """What is wrong with a header of one column: cells that another mark separates."""
    for mark, told in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars"), (",", "commas")):
        if len(columns) == 1 and mark in columns[0] and mark != dialect.delimiter:
            return [
                Fault(name, 1, 1, f"the table's columns are separated by {told}; save it with {dialect.delimiter!r}")
            ]
    return []


# The tables of a project

FOLDER = "tables"  # of a project's data
METADATA = "-metadata.json"  # behind the name of a table, that of its metadata
GROUP = "csv-metadata.json"  # in a folder, the metadata of several tables of it (CSVW, 5.3)
KINDS = {".csv": ",", ".tsv": "\t"}  # what stands between the cells of a table, by its suffix
WRITTEN = (".parquet", ".jsonl", ".ndjson", ".xlsx", ".yaml")  # what is written as CSV first (`kg.tables.tabular`)


def table_files(data: Path, root: Path) -> tuple[list[Path], list[Fault]]:
    """The tables of a project, sorted, and what lies among them that is none."""
    folder = data / FOLDER
    found, faults = [], []
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        name = path.relative_to(root).as_posix()
        if path.is_dir() or path.name.startswith((".", "~")) or path.name.endswith(("~", ".md")):
            continue
        if not path.resolve().is_relative_to(root.resolve()):
            faults.append(Fault(name, 1, 1, "a link that leads out of the project; put the file itself here"))
        elif path.name.endswith(METADATA):
            if path.name != GROUP and not path.with_name(path.name.removesuffix(METADATA)).is_file():
                faults.append(Fault(name, 1, 1, f"there is no {path.name.removesuffix(METADATA)}, which it describes"))
        elif suffix_of(path) in KINDS or path.suffix in WRITTEN:
            found.append(path)
        else:
            known = ", ".join((*KINDS, *(f"{kind}.gz" for kind in KINDS), *WRITTEN))
            faults.append(Fault(name, 1, 1, f"{path.suffix or 'no ending'}: tables are read from {known} files"))
    idents = Counter(map(ident_of, found))
    for path in found:
        ident = ident_of(path)
        if idents[ident] > 1:
            faults.append(Fault(path.relative_to(root).as_posix(), 1, 1, f"two tables are called {ident}; rename one"))
        if not iris.is_slug(ident):
            message = f"{ident!r} cannot be the id of a source, which a table's name becomes; use letters and digits"
            faults.append(Fault(path.relative_to(root).as_posix(), 1, 1, message))
    return found, faults


def suffix_of(path: Path) -> str:
    """What tells the kind of a table, whether it is compressed or not."""
    return Path(path.name.removesuffix(".gz")).suffix


def ident_of(path: Path) -> str:
    """The id of a table as a source: its name without what tells its kind."""
    return Path(path.name.removesuffix(".gz")).stem


def metadata_of(path: Path) -> Path | None:
    """The metadata of a table: its own, or else those of the tables of its folder (CSVW, 5); None where it has none."""
    beside = (path.with_name(path.name + METADATA), path.with_name(GROUP))
    return next((found for found in beside if found.is_file()), None)


def read_for(path: Path) -> list[Path]:
    """The files that are read for a table: itself, its metadata, and the tables that are described together with it."""
    found = metadata_of(path)
    if not found or found.name != GROUP:
        return [path, *([found] if found else [])]
    beside = (other for other in sorted(path.parent.iterdir()) if suffix_of(other) in (*KINDS, *WRITTEN))
    return [path, found, *(other for other in beside if other != path)]
