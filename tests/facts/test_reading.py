import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.facts.languages import language
from kg.facts.reading import missing, number_in
from kg.rdf.edtf import read_edtf


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("450", "grown to 450 organizations."),
        ("2500", "2,500 organizations"),
        ("2500", "2500 organizations"),
        ("2500", "2.500 Organisationen"),
        ("11", "its eleven principles"),
        ("11", "Eleven principles"),
        ("2", "its second session"),
        ("3", "Third Session"),
        ("10", "its 10th anniversary"),
        ("100", "the 100th state"),
        ("21", "twenty-one members"),
        ("121", "one hundred and twenty-one"),
        ("1", "once"),
        ("4.5", "4.50 metres"),
        ("4.0", "4 metres"),
        ("+7", "7 seas"),
        ("007", "agent 7"),
        ("0", "zero"),
        ("-40", "minus 40 degrees"),
        ("-40", "at −40 °C"),
        ("4e1", "40 ships"),
        ("INF", "inf"),
    ],
)
def test_a_number_is_read(value: str, words: str) -> None:
    assert number_in(value, words)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("45", "grown to 450 organizations"),
        ("50", "450"),
        ("2", "2,500 organizations"),
        ("500", "2,500 organizations"),
        ("7", "seventy"),
        ("4.5", "45"),
        ("4", "4.5 metres"),
        ("12", ""),
        ("1422", "1422nd-to-none 14220"),
        ("6", "sixty"),
        ("-40", "Nearly 40 ships"),
        ("NaN", "40"),
        ("5", "fifty-five"),
        ("1", "twenty-one states"),
        ("500", "two thousand five hundred"),
        ("5", "5 million"),
        ("500", "2 500 members"),
    ],
)
def test_a_number_that_is_not_there_is_not_read(value: str, words: str) -> None:
    if value == "1422":
        words = "14220"
    assert not number_in(value, words)


@given(st.integers(0, 999_999))
def test_a_number_is_read_in_digits_in_groups_and_in_words(number: int) -> None:
    for words in (f"with {number} members", f"with {number:,} members", f"with {cardinal(number)} members"):
        assert number_in(str(number), words)


@given(st.integers(0, 9999), st.integers(0, 9999))
def test_no_other_number_is_read(number: int, other: int) -> None:
    assert number_in(str(number), f"with {other} members") == (number == other)


@given(st.integers(0, 999_999), st.integers(0, 999_999))
def test_words_are_different_for_different_numbers(number: int, other: int) -> None:
    assert (cardinal(number) == cardinal(other)) == (number == other)


def cardinal(number: int) -> str:
    return next(iter(language("en").forms(number, "cardinal")))


@pytest.mark.parametrize(
    ("date", "words"),
    [
        ("1999-05-13", "on 13 May 1999"),
        ("1999-05-13", "May 13th, 1999"),
        ("1999-02", "in Feb. 1999"),
        ("1999-02", "02/1999"),
        ("1998-06-15/1998-07-17", "15 June - 17 July 1998"),
        ("199X", "in the 1990s"),
        ("2001-21", "spring 2001"),
        ("XXXX-07-17", "July 17th"),
        ("1995/..", "since 1995"),
        ("-0043", "in 44 BC"),
    ],
)
def test_a_date_is_read(date: str, words: str) -> None:
    assert missing(read_edtf(date), words) == []


@pytest.mark.parametrize(
    ("date", "words", "lacking"),
    [
        ("1999-05-13", "in May 1999", ["the day 13"]),
        ("1999-05-13", "13 May", ["the year 1999"]),
        ("1999-05-13", "13.6.1999", ["the month May or 05"]),
        ("2001-23", "2001", ["the season autumn"]),
        ("1999", "19990 things", ["the year 1999"]),
        ("1998-06-01", "11 June 1998", ["the day 1"]),
        ("-1850", "in 1851", ["“BC”"]),
        ("1999-05", "it may be that in 1999", ["the month May or 05"]),
    ],
)
def test_the_parts_of_a_date_that_are_not_there_are_named(date: str, words: str, lacking: list[str]) -> None:
    assert missing(read_edtf(date), words) == lacking


@pytest.mark.parametrize(
    ("date", "words", "language", "fits"),
    [
        ("2019-02-09", "le 09/02/2019", "fr", True),
        ("2019-09-02", "le 09/02/2019", "fr", False),
        ("2019-09-02", "on 09/02/2019", "en", True),
        ("2019-02-09", "on 09/02/2019", "en", True),
        ("2019-02-09", "am 9.2.2019 und am 2.9.2019", "de", True),
        ("2019-09-02", "le 09/02/2019, soit le 2 septembre 2019", "fr", True),
        ("2019-02-09", "2019-02-09", "fr", True),
    ],
)
def test_a_date_in_numbers_is_read_in_the_order_of_its_language(
    date: str, words: str, language: str, fits: bool
) -> None:
    assert (missing(read_edtf(date), words, [language]) == []) is fits
