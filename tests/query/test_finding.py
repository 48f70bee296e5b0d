"""What a text leads to: things, questions and terms, also where it is misspelled or in another form."""

from pathlib import Path

import pytest

from kg.query.finding import Found, Sought, find, matching_queries
from kg.query.opened import Opened


@pytest.fixture(scope="module")
def opened(campaign: Path) -> Opened:
    return Opened(campaign / "build")


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("coalition", "Coalition"),
        ("CICC", "Coalition for the International Criminal Court"),
        ("treaty", "Rome Statute"),
        ("annan", "Kofi Annan"),
        ("court", "International Criminal Court"),
        ("ratifying", "ratif"),
    ],
)
def test_the_first_is_what_is_meant(opened: Opened, text: str, first: str) -> None:
    found = find(opened, Sought(text))
    assert first in found.hits[0].label
    assert found.respelled == ""


@pytest.mark.parametrize(
    ("text", "meant"),
    [("Belguim", "belgium"), ("Koffi Anan", "kofi annan"), ("judjes in new yrok", "judges new york")],
)
def test_a_slip_is_respelled(opened: Opened, text: str, meant: str) -> None:
    found = find(opened, Sought(text))
    assert found.respelled == meant
    assert found.hits


def test_what_is_like_nothing_stays_as_it_is(opened: Opened) -> None:
    found = find(opened, Sought("qqqqqqq zzzzzz"))
    assert found == Found((), 0, (), ())


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("who paid", "funders"),
        ("funding", "funders"),
        ("how did it grow", "growth"),
        ("how many members", "growth"),
        ("ratified", "treaty-actions"),
        ("what did a country do", "state"),
        ("elections of judges", "elections"),
        ("who said what", "quotations"),
    ],
)
def test_questions_are_found_by_their_words_in_any_form(opened: Opened, text: str, query: str) -> None:
    assert query in [found.name for found in matching_queries(opened.queries, text)]


def test_terms_are_found_and_numbers_are_of_all(opened: Opened) -> None:
    assert "Who paid" in [term.label for term in find(opened, Sought("paid the members")).terms]
    every = find(opened, Sought("ratification", 100))
    assert find(opened, Sought("ratification", 1)).total == every.total == len(every.hits) > 1
    country = find(opened, Sought("belgium", 100, "https://schema.org/Country"))
    assert country.total == len(country.hits) < find(opened, Sought("belgium", 100)).total


def test_marks_go_around_what_was_found(opened: Opened) -> None:
    found = find(opened, Sought("ratifies"), ("[", "]"))
    assert any("[ratif" in hit.snippet for hit in found.hits)


@pytest.mark.parametrize(
    ("text", "first"),
    [("Darfur genocide", "Darfur"), ("who leads the coalition", "Coalition"), ("Nobel prize won", "Nobel")],
)
def test_where_nothing_has_all_words_what_has_some_is_found(opened: Opened, text: str, first: str) -> None:
    found = find(opened, Sought(text))
    assert found.some
    assert found.respelled == ""
    assert first in found.hits[0].label


@pytest.mark.parametrize(("text", "label"), [("2002-07-12", "adoption of the Security"), ("ARG", "Argentina")])
def test_dates_and_codes_are_found_as_they_are_written(opened: Opened, text: str, label: str) -> None:
    assert label in find(opened, Sought(text)).hits[0].label


@pytest.mark.parametrize(
    ("text", "query"),
    [("money", "funders"), ("donors", "funders"), ("headquarters", "units"), ("who leads the coalition", "people")],
)
def test_a_question_is_found_by_the_words_of_everyday(opened: Opened, text: str, query: str) -> None:
    assert query in [found.name for found in find(opened, Sought(text)).queries]


def test_totals_are_of_all_whatever_is_asked_for_at_a_time(opened: Opened) -> None:
    every = find(opened, Sought("14 June 1998", 100))
    for most in (1, 2, 3):
        found = find(opened, Sought("14 June 1998", most))
        assert len(found.hits) == most
        assert found.total >= sum("14 June 1998" in hit.label for hit in every.hits)
        assert found.total > most
