"""Answers for spreadsheets: types are kept, and nothing in the graph becomes a formula."""

import csv
import io
import tempfile
from datetime import datetime
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pyoxigraph as px
import pytest

from kg.errors import QueryError
from kg.query.results import Limits, write_results
from kg.query.spreadsheet import for_spreadsheets, guarded
from tests.conftest import run

QUERY = """SELECT ?a ?b ?c ?d ?e { VALUES (?a ?b ?c ?d ?e) {
  (5 "=1+1" "1999-02-17"^^<http://www.w3.org/2001/XMLSchema#date> true <http://x/a,b>)
  (-2.5 "@x" "-0044-03-15"^^<http://www.w3.org/2001/XMLSchema#date> false UNDEF)
  (12345678901234567890 "é\\nx" "1899-01-01"^^<http://www.w3.org/2001/XMLSchema#date> UNDEF UNDEF)
  ("NaN"^^<http://www.w3.org/2001/XMLSchema#double> "http://x" UNDEF UNDEF UNDEF) } }"""


def cells(data: bytes) -> list[list[object]]:
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_a_workbook_keeps_types() -> None:
    data = write_results(px.Store().query(QUERY), "xlsx", {})
    assert cells(data) == [
        ["a", "b", "c", "d", "e"],
        [5, "=1+1", datetime(1999, 2, 17), True, "http://x/a,b"],
        [-2.5, "@x", "-0044-03-15", False, None],
        ["12345678901234567890", "é\nx", "1899-01-01", None, None],
        ["NaN", "http://x", None, None, None],
    ]
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert sheet["B2"].data_type == "s", "no formula"
    assert write_results(px.Store().query(QUERY), "xlsx", {}) == data
    properties = openpyxl.load_workbook(io.BytesIO(data)).properties
    assert (properties.created, properties.modified) == (datetime(2000, 1, 1), datetime(2000, 1, 1)), "no clock"


def test_a_workbook_is_whole_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(QueryError, match="more than 3 rows"):
        write_results(px.Store().query(QUERY), "xlsx", {}, Limits(3, 1 << 20))
    with pytest.raises(QueryError, match="more than 10 bytes"):
        write_results(px.Store().query(QUERY), "xlsx", {}, Limits(4, 10))
    assert write_results(px.Store().query("ASK {}"), "xlsx", {}) == b"true\n"
    assert not list(tmp_path.iterdir()), "what it was made with is left behind"


@pytest.mark.parametrize("cell", ["=1+1", "+1+1", "-2+3", "@SUM(1)", "\tx", "\rx", "-", "+"])
def test_what_a_spreadsheet_takes_for_a_formula_is_guarded(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "a=1", "-5", "+1.5", "-2e3", "1-2", "'=1"])
def test_what_is_none_stays(cell: str) -> None:
    assert guarded(cell) == cell


def test_csv_for_spreadsheets_reads_back() -> None:
    rows = [["a,b", "=x"], ['q"', "line\nend"]]
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    out = io.BytesIO()
    for_spreadsheets(io.StringIO(text.getvalue(), newline=""), out, "\t")
    assert out.getvalue().startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(out.getvalue().decode("utf-8-sig"), newline=""), delimiter="\t"))
    assert read == [["a,b", "'=x"], ['q"', "line\nend"]]


def test_the_command_line_writes_for_spreadsheets(campaign: Path, tmp_path: Path) -> None:
    book = tmp_path / "words.xlsx"
    assert run("query", "words", "-o", book, cwd=campaign).returncode == 0
    plain = run("query", "words", "-t", "csv", cwd=campaign).stdout.decode()
    rows = list(csv.reader(io.StringIO(plain, newline="")))
    assert {len(row) for row in rows} == {6}, "IRIs with commas are quoted"
    assert len(cells(book.read_bytes())) == len(rows)
    done = run("query", "words", "--excel", "--delimiter", ";", cwd=campaign)
    assert done.stdout.startswith(b"\xef\xbb\xbfproperty;value;")
    done = run("export", "-t", "csv", "--excel", cwd=campaign)
    assert done.stdout.startswith(b"\xef\xbb\xbfsubject,predicate,")
    for wrong in (
        ["query", "words", "--excel", "-t", "json"],
        ["export", "-t", "turtle", "--excel"],
        ["query", "words", "-o", "a.b"],
    ):
        assert run(*wrong, cwd=campaign).returncode == 2
