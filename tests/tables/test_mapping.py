"""Mapping: which header is one in the words of the context, and what its columns say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import Fault
from kg.rdf.context import Term
from kg.rdf.terms import TYPE
from kg.tables.cells import Judged, Reading
from kg.tables.mapping import ABOUT_A_RECORD, ROW, SOURCE_ROW, Mapping, Slot, Statement, by_context
from tests.tables.test_same_meaning import BASE, VOCABULARY

TERMS = sorted(VOCABULARY.context.terms)
NAMES = st.sampled_from([*TERMS, *ABOUT_A_RECORD, "", " id", "ID", "naem", "\ud800", "a\r\nb", "@id", "kg:near"])


def faults(*header: str) -> list[Fault]:
    found = by_context(header, VOCABULARY, BASE, "data/tables/a.csv")
    assert isinstance(found, list), found
    return found


def mapped(*header: str) -> Mapping:
    found = by_context(header, VOCABULARY, BASE, "a.csv")
    assert isinstance(found, Mapping), found
    return found


@given(st.lists(NAMES, max_size=5))
def test_any_header_is_mapped_or_told_what_is_wrong_with_it(header: list[str]) -> None:
    found = by_context(header, VOCABULARY, BASE, "a.csv")
    if isinstance(found, Mapping):
        assert (found.columns, len(found.slots), len(found.statements)) == (tuple(header), len(header), len(header) - 1)
        assert header.count("id") == 1 < len(header)
    else:
        assert found
        assert all(str(fault).isprintable() and 1 <= fault.column <= max(1, len(header)) for fault in found)


@pytest.mark.parametrize(
    ("header", "column", "words"),
    [
        ((), 1, "the table has no header"),
        (("name", "near"), 1, "no column is called id; one names what each row is about"),
        (("id", "name", "id"), 1, "two columns are called id"),
        (("id",), 1, "the table has one column"),
        (("id", ""), 2, "a column has no name"),
        (("id", "quote"), 2, "quote is a word of records; a table with quotes belongs in data/facts/"),
        (("id", "naem"), 2, "not a term of the context; did you mean 'name'?; or describe the table in a.csv-metadata"),
        (("id", "Name "), 2, "the header Name  is not a term of the context"),
        (("id", "x" * 100), 2, f"the header {'x' * 80} is not"),
        (("id", "nameIn"), 2, "nameIn takes texts by language, which a cell cannot hold"),
    ],
)
def test_what_is_wrong_with_a_header_is_told_at_its_column(header: tuple[str, ...], column: int, words: str) -> None:
    (fault,) = faults(*header)
    assert (fault.file, fault.line, fault.column) == ("data/tables/a.csv", 1, column)
    assert words in fault.message


def test_all_that_is_wrong_is_told_at_once() -> None:
    assert [fault.column for fault in faults("", "quote", "naem")] == [1, 2, 3, 1]


def test_columns_of_one_name_are_values_of_one_term_and_the_id_may_stand_anywhere() -> None:
    made = mapped("near", "type", "id", "near")
    near = (f"<{BASE}ontology#near>",)
    assert [(one.subject, one.predicate, one.object) for one in made.statements] == [
        ((2,), near, (0,)),
        ((2,), (f"<{TYPE.value}>",), (1,)),
        ((2,), near, (3,)),
    ]
    assert [slot.required for slot in made.slots] == [False, False, True, False]
    assert [made.name(number) for number in range(4)] == ["near", "type", "id", "near"]
    assert (made.lenient, made.counts_rows) == (False, False)


def test_a_column_is_read_as_its_term_says() -> None:
    made = mapped("id", "type", "name", "near", "value")
    judged = [slot.reading.judge(text) for slot, text in zip(made.slots, ["a", "Place", "é", "b", "7"], strict=True)]
    assert [one.token for one in judged] == [
        f"<{BASE}id/a>",
        "<https://schema.org/Place>",
        '"é"@en',
        f"<{BASE}id/b>",
        '"7"^^<http://www.w3.org/2001/XMLSchema#integer>',
    ]
    assert VOCABULARY.context.terms["name"] == Term("http://www.w3.org/2004/02/skos/core#prefLabel", "", "en", "")
    assert all(slot.reading.judge("two\nwords").problem for slot in (made.slots[n] for n in (0, 1, 3, 4)))


def test_a_statement_needs_each_slot_once_in_the_order_of_its_tokens() -> None:
    statement = Statement(("<a", 3, ">"), ("<p>",), (1, "x", 3), needs=(2, 1), ordered=("_:", 4, "i"))
    assert statement.slots == (3, 1, 2, 4)
    assert Statement(("<a>",), ("<p>",), ('"a"',)).slots == ()


@pytest.mark.parametrize(("column", "counts"), [(0, False), (ROW, True), (SOURCE_ROW, True)])
def test_a_mapping_counts_rows_where_a_slot_is_their_number(column: int, counts: bool) -> None:
    slots = (Slot(0, Reading((), Judged)), Slot(column, Reading((), Judged)))
    assert Mapping(("a",), slots, ()).counts_rows is counts


def test_a_slot_is_called_as_its_column_is() -> None:
    mapping = Mapping(("a", "b"), (Slot(1, Reading((), Judged)), Slot(0, Reading((), Judged))), ())
    assert [mapping.name(0), mapping.name(1)] == ["b", "a"]
