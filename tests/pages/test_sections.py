"""Sections: what others say of a thing, as rows and lists, each with its words."""

import pyoxigraph as px
import pytest

from kg.pages import catalogue
from kg.pages.model import Value
from kg.pages.page import Page
from kg.pages.sections import Block, Section, join, sections
from kg.query.opened import Opened
from kg.query.why import Reason
from kg.rdf import iris
from kg.rdf.terms import EDTF


@pytest.fixture
def page(opened: Opened) -> Page:
    return Page(opened, "../")


def found(page: Page, slug: str) -> dict[str, Section]:
    return {section.heading: section for section in sections(page, iris.entity(page.base, slug))}


def said(value: Value) -> str:
    return value.text or (value.name.label if value.name else "") or (value.dated.text if value.dated else "")


def cells(block: Block) -> list[list[str]]:
    return [[", ".join(map(said, cell)) for cell in row.cells] for row in block.rows]


def test_counts_are_rows_by_date_with_their_bounds(page: Page) -> None:
    section = found(page, "coalition")["In numbers"]
    block = section.blocks[0]
    assert block.columns == ("When", "Number", "Of what")
    assert cells(block) == [
        ["1995", "25", "member organizations"],
        ["1997", "450", "member organizations"],
        ["1998", "800", "member organizations"],
        ["2000", "more than 1,000", "member NGOs"],
        ["2003", "more than 2,000", "member organizations"],
        ["2005", "more than 150", "countries of members"],
        ["", "2,500", "member organizations"],
    ]
    assert all(row.because.quotes for row in block.rows)
    assert section.numbers
    assert section.numbers.kind == "member organizations"
    (when,) = block.rows[0].cells[0]
    assert when.dated
    assert (when.dated.because.said, bool(when.dated.because.note)) == ("worked out", True)
    assert block.rows[0].because.said == "", "the number is stated; only its date is worked out"


def test_grants_of_the_same_words_are_lists_by_what_they_are(page: Page) -> None:
    major, other = found(page, "coalition")["Who paid"].blocks
    assert (major.label, len(major.entries[0].values)) == ("Major financial contribution", 3)
    assert (other.label, len(other.entries[0].values)) == ("Important grant", 21)
    assert "government of Belgium" in map(said, other.entries[0].values)
    assert (major.entries[0].because.said, other.entries[0].because.said) == ("", "worked out")
    assert "The CICC has received major financial contributions" in major.entries[0].because.quotes[0].exact


def test_a_country_tells_what_its_government_did_marked_so(page: Page) -> None:
    (block,) = found(page, "belgium")["What they paid for"].blocks
    assert cells(block) == [["Coalition for the International Criminal Court", "important grant"]]
    (row,) = block.rows
    assert row.via
    assert row.via.label == "government of Belgium"
    (own,) = found(page, "government-of-belgium")["What they paid for"].blocks
    assert [row.via for row in own.rows] == [None]


def test_events_are_told_by_date_and_those_without_one_last(page: Page) -> None:
    (block,) = found(page, "coalition")["What they did"].blocks
    assert block.columns == ("When", "What")
    first = [row.cells[0][0].dated.earliest for row in block.rows if row.cells[0] and row.cells[0][0].dated]
    assert first == sorted(first, key=lambda day: day or (9999, 1, 1))
    dates = [bool(row.cells[0]) for row in block.rows]
    assert dates == sorted(dates, reverse=True)
    assert not all(dates)


def test_rows_have_no_more_than_four_columns(page: Page) -> None:
    block = found(page, "rome-statute")["Signed, ratified, in force"].blocks[0]
    assert block.columns == ("When", "Act", "State")
    assert ["February 1999", "ratification", "Senegal"] in cells(block)
    (act,) = block.rows[0].cells[1]
    assert act.name
    assert act.name.label == "ratification of the Rome Statute by Senegal" or act.name.href.endswith(".html")


def test_what_points_by_a_property_of_no_heading_is_told_by_its_label(page: Page) -> None:
    every = {heading for slug in ("icc", "judges", "rome-conference", "the-hague") for heading in found(page, slug)}
    assert all(heading[:1].isupper() for heading in every)
    assert page.headings.inverse("http://x/founder", ()) == ("Founder of", 1000.0)


def test_words_within_other_words_are_told_once(page: Page) -> None:
    about = page.opened.dataset.about(iris.entity(page.base, "coalition-members-450"))
    reasons = [reason for reason in page.reasons(about) if reason.fact]
    because = join(page, reasons)
    exact = [quote.exact for quote in because.quotes]
    assert len(exact) == len(set(exact))
    assert not any(one != other and one in other for one in exact for other in exact)
    assert exact == sorted(exact, key=page.text("international-campaign-icc").index)


def test_a_date_that_is_given_twice_is_not_told_as_the_date(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two sources that disagree: neither is right by being first."""
    iri = iris.entity(page.base, "coalition-members-450")
    (reason,) = page.reasons_of_dates(iri)
    other = Reason(reason.statement, "stated", "http://x/fact")
    triple = px.Triple(
        reason.statement.subject, reason.statement.predicate, px.Literal("1999", datatype=px.NamedNode(EDTF))
    )
    monkeypatch.setattr(page, "reasons_of_dates", lambda _: [reason, other._replace(statement=triple)])
    dated = page.dated(iri)
    assert dated
    assert (dated.text, dated.because.said) == ("1997 or 1999", "dates differ")
    assert (dated.earliest, dated.latest) == ((1997, 1, 1), (1999, 12, 31))


def test_a_row_has_the_words_of_what_it_shows_alone(opened: Opened) -> None:
    """The campaign that led to a signature is no part of a row that does not tell of it, and adds no badge to it."""
    text = catalogue.page(opened, "id/rome-statute.html").decode()
    start = text.index('id="signed-ratified-in-force"')
    row = next(row for row in text[start:].split("<tr>") if ">United States</a>" in row)
    assert "campaign for President Clinton" not in row
    assert "worked out" not in row


def test_what_has_no_columns_of_a_table_is_told_by_its_name(opened: Opened) -> None:
    text = catalogue.page(opened, "id/entry-august-1998.html").decode()
    row = next(row for row in text.split("<tr>") if "Senegal became the first state" in row)
    assert ">Senegal</a>" in row
    assert ">ratification</a>" in row


def test_what_only_points_at_a_thing_is_not_what_it_did(opened: Opened) -> None:
    """The Rome Conference established the Court: the Court did not hold it."""
    court = catalogue.page(opened, "id/icc.html").decode()
    assert "How it came about" in court
    assert "What they did" not in court
    conference = catalogue.page(opened, "id/rome-conference.html").decode()
    assert "Work at this stage" in conference
    forecast = catalogue.page(opened, "id/decades-forecast.html").decode()
    assert "What was put against it" in forecast


def test_an_act_addressed_to_a_government_is_not_its_own(opened: Opened) -> None:
    text = catalogue.page(opened, "id/the-netherlands.html").decode()
    row = next(row for row in text.split("<tr>") if "call on the government of the Netherlands" in row)
    assert "by <a" not in row
    assert '<span class="via"><a href="../id/government-of-the-netherlands.html">' in row
