"""The pages of queries: fields of the right kind, answers in words, lines through numbers of one kind alone."""

import json

import pytest

from kg.pages.model import Name, Page
from kg.pages.query import MOST_ROWS, Cell, Choice, Row, _answered, _column, _field, _line, _series, makes_graph
from kg.query.canned import CannedQuery, find_query, list_queries
from kg.query.opened import Opened
from kg.query.receipts import answered, write_answered
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
    asked = query("treaty-actions")
    treaty, since = (_field(page, asked, parameter, None) for parameter in asked.parameters)
    assert (treaty.input, treaty.value, treaty.optional) == ("select", "Rome Statute", False)
    assert treaty.choices == (Choice("rome-statute", "Rome Statute", chosen=True),)
    assert (since.input, since.value, since.takes, since.choices) == ("text", "", "a year or a day", ())
    nth = query("nth-ratification")
    (number,) = [_field(page, nth, p, "7") for p in nth.parameters if p.name == "n"]
    assert (number.input, number.value) == ("number", "7")


def test_a_list_offers_what_gives_an_answer_and_what_was_asked_for(page: Page) -> None:
    funders = query("funders")
    funded, tier = funders.parameters
    assert [choice.label for choice in _field(page, funders, tier, None).choices] == [
        "important grant",
        "major financial contribution",
    ]
    by_name = _field(page, funders, tier, "important grant")
    assert [choice.chosen for choice in by_name.choices] == [True, False]
    other = _field(page, funders, funded, "kofi-annan")
    assert [(choice.label, choice.chosen) for choice in other.choices if choice.chosen] == [("Kofi Annan", True)]
    wrong = _field(page, funders, funded, "nobody at all")
    assert (wrong.input, wrong.value, wrong.choices) == ("text", "nobody at all", ())


@pytest.mark.parametrize("name", [q.name for q in list_queries(ROOT / "queries") if q.parameters])
def test_every_offered_value_gives_an_answer(page: Page, name: str) -> None:
    asked = query(name)
    for parameter in (p for p in asked.parameters if p.kind == "iri"):
        values = page.opened.values_of(asked, parameter.name)
        assert values, "no value is offered"
        if parameter.default is not None:
            assert parameter.default.value in values


def test_columns_and_cells_are_words(page: Page) -> None:
    named = [_column(page, name) for name in ("stateLabel", "dateBasis", "n", "funder", "counted")]
    assert named == ["State", "Date basis", "N", "Who paid", "Of what"]
    annan = {"type": "uri", "value": f"{page.base}id/kofi-annan"}
    table = _answered(
        page,
        answer(
            ["who", "whoLabel", "date", "n"],
            {"who": annan, "whoLabel": {"type": "literal", "value": "Annan"}},
            {"who": annan, "date": {"type": "literal", "value": "2000-09", "datatype": EDTF}},
        ),
    )
    assert table.columns == ("Who", "Date", "N")
    assert [row.cells[0].text for row in table.rows] == ["Annan", "Kofi Annan"]
    assert table.rows[1].cells[1:] == (Cell("September 2000"), Cell(""))
    assert table.line == "Annan and Kofi Annan."


def test_numbers_are_told_with_what_qualifies_them(page: Page) -> None:
    def row(bound: str, value: str) -> dict[str, dict[str, str]]:
        number = {"type": "literal", "value": value, "datatype": XSD + "integer"}
        return {"boundLabel": {"type": "literal", "value": bound}, "value": number}

    table = _answered(page, answer(["boundLabel", "value"], row("more than", "2000"), row("unqualified", "25")))
    assert table.columns == ("Number",)
    assert [one.cells for one in table.rows] == [
        (Cell("more than 2,000", number=True),),
        (Cell("25", number=True),),
    ]


def test_an_answer_has_its_words_once_and_says_where_its_dates_come_from(page: Page) -> None:
    """The words of a row are those of its statements and dates, none within others; a date has its own badge."""
    text = query("growth").text
    found = answered(page.opened.store, page.opened.dataset, text, page.opened.release)
    table = _answered(page, Answer("json", "table", write_answered(found, "json"), None, 0.0), query("growth"))
    assert "Date basis" not in table.columns
    assert table.worded
    first = table.rows[0]
    assert first.cells[0].because
    assert first.cells[0].because.said == "worked out"
    assert first.because
    assert (first.because.said, first.because.note) == ("", "")
    exact = [quote.exact for quote in first.because.quotes]
    assert exact == ["The Coalition was founded in 1995", "The CICC starts out with 25 member organizations"]
    assert table.numbers
    assert [point.label for point in table.numbers.points][-1] == "2,500, no date given"
    assert ">2,000" in [point.label for point in table.numbers.points]


@pytest.mark.parametrize(
    ("names", "line"),
    [
        ([], "No answers: the graph says nothing of it."),
        (["A"], "A."),
        (["A", "B", "C"], "A, B and C."),
        (["A", "B", "C", "D"], "A, B, C and 1 more."),
        (["A", "A", "B"], "A and B, in 3 rows."),
        (["", "A"], "2 answers."),
    ],
)
def test_an_answer_is_told_in_a_line(names: list[str], line: str) -> None:
    rows = [Row((Cell(name, Name("http://x/", name, "x")),)) for name in names]
    assert _line(rows, len(rows)) == line


def test_a_page_shows_so_many_rows_and_yes_or_no(page: Page) -> None:
    rows = [{"n": {"type": "literal", "value": str(n)}} for n in range(MOST_ROWS + 5)]
    assert len(_answered(page, answer(["n"], *rows)).rows) == MOST_ROWS
    body = json.dumps({"head": {}, "boolean": False}).encode()
    assert _answered(page, Answer("json", "yes or no", body, None, 0.0)).rows == (Row((Cell("no"),)),)


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
