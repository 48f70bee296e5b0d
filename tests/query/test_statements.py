"""Every statement in a row with the words it rests on, read from the dataset as it goes."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pyoxigraph as px
import pytest

from kg.query import spreadsheet, statements
from kg.query.receipts import told
from kg.query.results import Limits
from kg.query.spreadsheet import write_workbook
from kg.query.statements import COLUMNS, Row, every_statement
from kg.query.why import because
from kg.query.worker import Stores, answer
from kg.rdf import iris
from kg.rdf.terms import Quad, text_of, text_of_cell
from kg.release.nquads import Dataset, load, parsed, portions
from kg.release.reader import Release
from kg.stores.embedded import open_store
from tests.conftest import release_of


@pytest.fixture(scope="module")
def rows(release: Release) -> list[Row]:
    return list(every_statement(release.dataset, open_store(release), release.manifest["base"]))


def test_each_statement_of_a_fact_is_a_row_and_nothing_else_is(release: Release, rows: list[Row]) -> None:
    base = release.manifest["base"]
    stated = {quad.triple for quad in load(release.dataset) if iris.is_fact(base, text_of(quad.graph_name))}
    assert [len(row) for row in rows] == [len(COLUMNS)] * len(rows)
    assert {(row[0], row[2], row[4]) for row in rows} == {tuple(triple) for triple in stated}
    assert len(rows) == len(stated)


def test_a_row_has_the_words_of_its_statement(release: Release, rows: list[Row]) -> None:
    base, dataset = release.manifest["base"], Dataset(release.dataset)
    for row in rows[::37]:
        quads = [q for q in dataset.about(text_of_cell(row[0])) if (q.predicate, q.object) == (row[2], row[4])]
        reasons = [reason for reason in because(dataset, base, quads) if reason.fact]
        assert tuple(text_of_cell(term) for term in row[6:]) == told(reasons)
    named = {text_of_cell(row[4]): row[5] for row in rows if row[4] and row[5]}
    assert named[f"{base}id/senegal"] == px.Literal("Senegal")


def test_subjects_come_in_the_order_of_the_dataset_and_their_properties_sorted(rows: list[Row]) -> None:
    keys = [(f"<{text_of_cell(row[0])}> ", text_of_cell(row[2])) for row in rows]
    assert keys == sorted(keys)


def test_what_a_table_says_is_no_row(tmp_path: Path) -> None:
    base, thing = "https://example.org/", "<https://example.org/id/a>"
    provenance, fact = f"<{base}graph/provenance>", f"<{base}fact/0123456789abcdef>"
    data = f"""{thing} <https://x/fact> "1" .
{thing} <https://x/fact> "1" {fact} .
{thing} <https://x/table> "2" .
{thing} <http://www.w3.org/ns/prov#wasDerivedFrom> <{base}source/t> {provenance} .
{fact} <{base}ontology#basis> <{base}ontology#stated> {provenance} ."""
    made = release_of(data.encode(), tmp_path)
    manifest = json.loads((made.path / "manifest.json").read_text(encoding="utf-8"))
    tables = {"t": {"says": ["https://x/table"], "rows": 1, "header": 1}}
    (made.path / "manifest.json").write_text(json.dumps({**manifest, "tables": tables}), encoding="utf-8")
    reasons = because(Dataset(made.dataset), base, Dataset(made.dataset).about(f"{base}id/a"))
    assert {reason.basis for reason in reasons} == {"stated", "table"}
    rows = list(every_statement(made.dataset, open_store(made), base))
    assert [text_of_cell(row[2]) for row in rows] == ["https://x/fact"]


def test_rows_come_while_the_dataset_is_read(
    release: Release, rows: list[Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []

    def little_by_little(path: Path) -> Iterator[list[Quad]]:
        with path.open("rb") as file:
            for portion in portions(file, size=50):
                read.append(len(portion))
                yield parsed(portion)

    monkeypatch.setattr(statements, "in_portions", little_by_little)
    coming = every_statement(release.dataset, open_store(release), release.manifest["base"])
    first, seen = next(coming), len(read)
    assert [first, *coming] == rows
    assert seen < len(read) / 2


def test_a_worker_writes_them_within_its_limits(release: Release, rows: list[Row]) -> None:
    job = {"release": str(release.path), "statements": "csv"}
    head, body = answer(job, Limits(len(rows), 10_000_000), Stores())
    found = list(csv.reader(io.StringIO(body.decode(), newline="")))
    assert (head["format"], found[0], len(found) - 1) == ("csv", list(COLUMNS), len(rows))
    refused = answer(job, Limits(len(rows) - 1, 10_000_000), Stores())[0]["error"]
    assert (refused["kind"], refused["message"].split("; ")[1]) == ("limit", "take the whole graph from /downloads")
    assert answer(job, Limits(10_000, len(body) - 1), Stores())[0]["error"]["kind"] == "limit"
    head, body = answer({**job, "statements": "xlsx"}, Limits(10_000, 10_000_000), Stores())
    assert openpyxl.load_workbook(io.BytesIO(body)).active.max_row == len(rows) + 1


def test_what_a_sheet_cannot_hold_goes_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "MOST_ROWS", 4)
    for number, sheets in ((0, [0]), (3, [3]), (4, [3, 1]), (7, [3, 3, 1])):
        out = io.BytesIO()
        write_workbook(["n"], ((px.Literal(n),) for n in range(number)), out)
        book = openpyxl.load_workbook(io.BytesIO(out.getvalue()))
        assert [sheet.max_row - 1 for sheet in book.worksheets] == sheets
        found = [row[0] for sheet in book.worksheets for row in sheet.iter_rows(min_row=2, values_only=True)]
        assert found == list(range(number))
        assert {sheet["A1"].value for sheet in book.worksheets} == {"n"}
