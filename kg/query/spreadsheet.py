"""Spreadsheets: answers as Excel workbooks, and CSV as spreadsheets read it without harm.

A cell of CSV that begins with = + - @, a tab or a carriage return is a formula to a spreadsheet, which may reach out or
run. Plain CSV keeps what the graph says; here such cells get an apostrophe, as spreadsheets show a text.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import IO, Any

import pyoxigraph as px

from kg.errors import QueryError
from kg.rdf.datatypes import NUMBERS, problem
from kg.rdf.terms import XSD

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


def workbook(columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> bytes:
    """The rows of an answer as an Excel workbook: numbers, days and yes or no as such, all else as text.

    QueryError where XlsxWriter is not installed.
    """
    try:
        from xlsxwriter import Workbook  # type: ignore[import-untyped]  # of the extra kg[excel]
    except ModuleNotFoundError:
        message = "Excel needs XlsxWriter; install it with: pip install 'kg-publisher[excel]'"
        raise QueryError(message, "format") from None
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(out, options)
    book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC)})  # the same answer gives the same bytes
    sheet = book.add_worksheet("answer")
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    for column, name in enumerate(columns):
        sheet.write_string(0, column, name, bold)
    sheet.freeze_panes(1, 0)
    for row, solution in enumerate(rows, 1):
        for column, term in enumerate(solution):
            _write(sheet, row, column, term, day)
    sheet.autofit()
    book.close()
    return out.getvalue()


def _write(sheet: Any, row: int, column: int, term: Any, day: Any) -> None:
    """Write a term into a cell."""
    if term is None:
        return
    text = term.value if isinstance(term, px.NamedNode | px.Literal) else str(term)
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
