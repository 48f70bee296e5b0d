"""The pages of queries: fields of the right kind, answers in words, lines through numbers of one kind alone."""

import json

import pytest

from kg.pages.model import Page
from kg.pages.query import MOST_ROWS, Cell, _answered, _column, _field, _series, makes_graph
from kg.query.canned import CannedQuery, find_query
from kg.query.opened import Opened
from kg.query.results import Answer
from kg.rdf.terms import EDTF, XSD
from tests.conftest import ROOT


@pytest.fixture
def page(opened: Opened) -> Page:
    return Page(opened, "../")


def query(name: str) -> CannedQuery:
    return find_query(ROOT / "queries", name)


def answer(variables: list[str], *rows: dict[str, dict[str, str]]) -> Answer:
    body = json.dumps({"head": {"vars": variables}, "results": {"bindings": list(rows)}}).encode()
    return Answer("json", "table", body, None, 0.0)


def test_a_field_is_of_the_kind_of_its_parameter(page: Page) -> None:
    treaty, since = (_field(page, parameter, None) for parameter in query("treaty-actions").parameters)
    assert (treaty.input, treaty.value) == ("text", "Rome Statute")
    assert "Rome Statute" in treaty.choices
    assert (since.input, since.value, since.choices) == ("date", "", ())
    (number,) = [_field(page, p, "7") for p in query("nth-ratification").parameters if p.name == "n"]
    assert (number.input, number.value) == ("number", "7")


def test_columns_and_cells_are_words(page: Page) -> None:
    assert [_column(name) for name in ("stateLabel", "dateBasis", "n")] == ["state", "date basis", "n"]
    annan = {"type": "uri", "value": f"{page.base}id/kofi-annan"}
    table = _answered(
        page,
        answer(
            ["who", "whoLabel", "date", "n"],
            {"who": annan, "whoLabel": {"type": "literal", "value": "Annan"}},
            {"who": annan, "date": {"type": "literal", "value": "2000-09", "datatype": EDTF}},
        ),
    )
    assert table.columns == ("who", "date", "n")
    assert [row[0].text for row in table.rows] == ["Annan", "Kofi Annan"]
    assert table.rows[1][1:] == (Cell("September 2000", None), Cell("", None))


def test_a_page_shows_so_many_rows_and_yes_or_no(page: Page) -> None:
    rows = [{"n": {"type": "literal", "value": str(n)}} for n in range(MOST_ROWS + 5)]
    assert len(_answered(page, answer(["n"], *rows)).rows) == MOST_ROWS
    body = json.dumps({"head": {}, "boolean": False}).encode()
    assert _answered(page, Answer("json", "yes or no", body, None, 0.0)).rows == ((Cell("no", None),),)


def test_a_line_goes_through_numbers_of_one_kind(page: Page) -> None:
    def row(date: str, value: str, kind: str) -> dict[str, dict[str, str]]:
        return {
            "date": {"value": date, "datatype": EDTF},
            "value": {"value": value, "datatype": XSD + "integer"},
            "kind": {"value": kind},
        }

    rows = [row("1995", "25", "a"), row("1996", "7", "b"), row("1997", "450", "a"), row("2000", "1000", "a")]
    found = _series(page, rows, ["date", "value", "kind"], "kind")
    assert found
    assert [point.label for point in found.points if not point.other] == ["25", "450", "1,000"]
    assert [point.label for point in found.points if point.other] == ["7 b"]
    assert _series(page, rows[:2], ["date", "value", "kind"], "kind") is None


@pytest.mark.parametrize(("name", "graph"), [("people-schema-org", True), ("timeline", False)])
def test_what_makes_a_graph_is_known_by_its_form(name: str, graph: bool) -> None:
    assert makes_graph(query(name)) is graph
