"""The pages of queries: fields of the right kind, answers in words, lines through numbers of one kind alone."""

import json

import pytest

from kg.pages.answers import MOST_ROWS, Cell, Row, Shown, heading_of, line_of_rows, series, table_of
from kg.pages.model import Name
from kg.pages.page import Page
from kg.pages.query import Choice, _field, makes_graph
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
    text = "?a kg:state ?state ; schema:funder ?funder ; kg:counted ?counted"
    named = [heading_of(page, name, text) for name in ("stateLabel", "dateBasis", "n", "funder", "counted", "kind")]
    assert named == ["State", "Date basis", "N", "Who paid", "Of what", "Kind"]
    annan = {"type": "uri", "value": f"{page.base}id/kofi-annan"}
    table = table_of(
        page,
        answer(
            ["who", "whoLabel", "date", "n"],
            {"who": annan, "whoLabel": {"type": "literal", "value": "Annan"}},
            {"who": annan, "date": {"type": "literal", "value": "2000-09", "datatype": EDTF}},
        ),
    )
    assert [column.heading for column in table.columns] == ["Who", "Date", "N"]
    assert [row.cells[0].text for row in table.rows] == ["Annan", "Kofi Annan"]
    assert [cell.text for cell in table.rows[1].cells[1:]] == ["September 2000", ""]
    assert table.line == "Annan and Kofi Annan."


def test_numbers_are_told_with_what_qualifies_them(page: Page) -> None:
    def row(bound: str, value: str) -> dict[str, dict[str, str]]:
        number = {"type": "literal", "value": value, "datatype": XSD + "integer"}
        return {"boundLabel": {"type": "literal", "value": bound}, "value": number}

    table = table_of(page, answer(["boundLabel", "value"], row("more than", "2000"), row("as given", "25")))
    assert [column.heading for column in table.columns] == ["Value"]
    assert [(one.cells[0].text, one.cells[0].number) for one in table.rows] == [("more than 2,000", True), ("25", True)]


def test_an_answer_has_its_words_once_and_says_where_its_dates_come_from(page: Page) -> None:
    """The words of a row are those of its statements and dates, none within others; a date has its own badge."""
    text = query("growth").text
    found = answered(page.opened.store, page.opened.dataset, text, page.opened.release)
    table = table_of(page, Answer("json", "table", write_answered(found, "json"), None, 0.0), query("growth"))
    assert "Date basis" not in [column.heading for column in table.columns]
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
        (["", "A"], "A, in 2 rows."),
        (["", ""], "2 answers."),
    ],
)
def test_an_answer_is_told_in_a_line(names: list[str], line: str) -> None:
    rows = [Row((Cell(name, Name("http://x/", name, "x")),)) for name in names]
    assert line_of_rows(rows, len(rows)) == line


def test_a_page_shows_so_many_rows_and_yes_or_no(page: Page) -> None:
    rows = [{"n": {"type": "literal", "value": str(n)}} for n in range(MOST_ROWS + 5)]
    assert len(table_of(page, answer(["n"], *rows)).rows) == MOST_ROWS
    body = json.dumps({"head": {}, "boolean": False}).encode()
    (only,) = table_of(page, Answer("json", "yes or no", body, None, 0.0)).rows
    assert [cell.text for cell in only.cells] == ["no"]


def test_a_line_goes_through_numbers_of_one_kind(page: Page) -> None:
    def row(date: str, value: str, kind: str) -> dict[str, dict[str, str]]:
        return {
            "date": {"value": date, "datatype": EDTF},
            "value": {"value": value, "datatype": XSD + "integer"},
            "kind": {"value": kind},
        }

    rows = [row("1995", "25", "a"), row("1996", "7", "b"), row("1997", "450", "a"), row("2000", "1000", "a")]
    found = series(page, rows, ["date", "value", "kind"], "kind", ())
    assert found
    assert [point.label for point in found.points if not point.other] == ["25", "450", "1,000"]
    assert [point.label for point in found.points if point.other] == ["7 b"]
    assert series(page, rows[:2], ["date", "value", "kind"], "kind", ()) is None


@pytest.fixture
def dated(page: Page) -> Answer:
    def row(label: str, date: str, n: str) -> dict[str, dict[str, str]]:
        said = {"label": {"type": "literal", "value": label}}
        if date:
            said["date"] = {"type": "literal", "value": date, "datatype": EDTF}
        return {**said, "n": {"type": "literal", "value": n, "datatype": XSD + "integer"}}

    rows = row("b", "1999-02", "10"), row("A", "-0044", "9"), row("c", "", "-2"), row("Ab", "1995/..", "100")
    return answer(["label", "date", "n"], *rows)


@pytest.mark.parametrize(
    ("sort", "labels"),
    [
        ("", ["b", "A", "c", "Ab"]),
        ("label", ["A", "Ab", "b", "c"]),
        ("-label", ["c", "b", "Ab", "A"]),
        ("date", ["A", "Ab", "b", "c"]),
        ("-date", ["b", "Ab", "A", "c"]),
        ("n", ["c", "A", "b", "Ab"]),
        ("-n", ["Ab", "b", "A", "c"]),
        ("none", ["b", "A", "c", "Ab"]),
    ],
)
def test_rows_are_sorted_by_what_they_mean_and_what_is_not_said_comes_last(
    page: Page, dated: Answer, sort: str, labels: list[str]
) -> None:
    table = table_of(page, dated, None, Shown(sort))
    assert [row.cells[0].text for row in table.rows] == labels
    order = "descending" if sort.startswith("-") else "ascending"
    assert [c.sorted for c in table.columns if c.sorted] == (
        [order] if sort.strip("-") in ("label", "date", "n") else []
    )


def test_rows_are_narrowed_to_those_with_words(page: Page, dated: Answer) -> None:
    table = table_of(page, dated, None, Shown(filter="february 1999"))
    assert ([row.cells[0].text for row in table.rows], table.whole) == (["b"], 4)
    assert table_of(page, dated, None, Shown(filter="zzz")).rows == ()


@pytest.mark.parametrize(("name", "graph"), [("people-schema-org", True), ("timeline", False)])
def test_what_makes_a_graph_is_known_by_its_form(name: str, graph: bool) -> None:
    assert makes_graph(query(name)) is graph
