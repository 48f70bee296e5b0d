"""Spreadsheets: answers as Excel workbooks, and CSV as spreadsheets read it without harm.

A cell of CSV that begins with = + - @, a tab or a carriage return is a formula to a spreadsheet, which may reach out or
run. Plain CSV keeps what the graph says; here such cells get an apostrophe, as spreadsheets show a text.
"""

import csv
import io
import os
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from itertools import chain, islice
from tempfile import TemporaryDirectory
from typing import IO, Any

import pyoxigraph as px

from kg.errors import QueryError
from kg.rdf.datatypes import NUMBERS, problem
from kg.rdf.terms import XSD, text_of_cell

_FORMULA = re.compile(r"[=+@\t\r-]")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?([eE][+-]?\d+)?", re.ASCII)
_BEGINNING = date(1900, 3, 1)  # before which spreadsheets count days in two ways


def for_spreadsheets(rows: Iterable[str], out: IO[bytes], delimiter: str = ",") -> None:
    """CSV, given as lines, for spreadsheets: with a byte order mark, cells that are no formulas, and a delimiter.

    >>> out = io.BytesIO()
    >>> for_spreadsheets(["a,b\\r\\n", "=1+1,-5\\r\\n"], out, ";")
    >>> out.getvalue().decode("utf-8-sig")
    "a;b\\r\\n'=1+1;-5\\r\\n"
    """
    out.write(b"\xef\xbb\xbf")
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    for row in csv.reader(rows):
        writer.writerow([guarded(cell) for cell in row])
        out.write(text.getvalue().encode())
        text.seek(0)
        text.truncate()


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; numbers stay numbers.

    >>> guarded("=1+1"), guarded("-5"), guarded("- five")
    ("'=1+1", '-5', "'- five")
    """
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


MOST_ROWS = 1_048_576  # of a sheet
ROWS_MEASURED = 1_000  # rows that the widths of columns are made for
WIDEST = 60  # characters of a column


def write_workbook(columns: Sequence[str], rows: Iterable[Sequence[Any]], out: IO[bytes]) -> None:
    """Write rows as they come as an Excel workbook: numbers, days and yes or no as such, all else as text; what a sheet
    cannot hold goes on in the next.

    QueryError where XlsxWriter is not installed.
    """
    try:
        from xlsxwriter import Workbook  # type: ignore[import-untyped]  # of the extra kg[excel]
    except ModuleNotFoundError:
        message = "Excel needs XlsxWriter; install it with: pip install 'kg-publisher[excel]'"
        raise QueryError(message, "format") from None
    # What is killed leaves its folder where those of its process are swept up.
    with TemporaryDirectory(prefix=f"{os.getpid()}-kg-") as folder:
        options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        _fill(Workbook(out, {"constant_memory": True, "tmpdir": folder, **options}), columns, rows)


def _fill(book: Any, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC)})  # the same answer gives the same bytes
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    coming = iter(rows)
    first = list(islice(coming, ROWS_MEASURED))
    widths = [_width(name, (row[column] for row in first)) for column, name in enumerate(columns)]

    def new_sheet(name: str) -> Any:
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for column, (heading, width) in enumerate(zip(columns, widths, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, heading, bold)
        return sheet

    sheet = new_sheet("answer")
    for number, row in enumerate(chain(first, coming)):
        full, at = divmod(number, MOST_ROWS - 1)
        if full and not at:
            sheet = new_sheet(f"answer {full + 1}")
        for column, term in enumerate(row):
            _write(sheet, at + 1, column, term, day)
    book.close()


def _width(name: str, cells: Iterable[Any]) -> int:
    """The width of a column, in characters."""
    return min(WIDEST, 2 + max(map(len, (name, *map(text_of_cell, cells)))))


def _write(sheet: Any, row: int, column: int, term: Any, day: Any) -> None:
    """Write a term into a cell."""
    if term is None:
        return
    text = text_of_cell(term)
    datatype = term.datatype.value if isinstance(term, px.Literal) else ""
    if datatype in NUMBERS and not problem(datatype, text) and len(text) <= 15 and "N" not in text:
        sheet.write_number(row, column, float(text))
    elif datatype == XSD + "boolean":
        sheet.write_boolean(row, column, text in ("true", "1"))
    elif datatype == XSD + "date" and len(text) == 10 and _as_day(text) >= _BEGINNING:
        sheet.write_datetime(row, column, _as_day(text), day)
    else:
        sheet.write_string(row, column, text[:32_767])  # what a cell can hold


def _as_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return date.min
