"""Datatypes: which format is one of a datatype, and where its limits lie."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.rdf.datatypes import problem
from kg.rdf.terms import XSD
from kg.tables.datatypes import Datatype, compared, parser_of
from kg.tables.words import TYPES

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=4)
    | st.sampled_from(["0.0", "yyyy", "("]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["pattern", "decimalChar", "groupChar", "x"]), inner, max_size=3)
    ),
    max_leaves=4,
)


def of(name: str, format_: Any = None, **limits: str) -> Datatype:
    return Datatype(TYPES[name], TYPES[name], format_, tuple(limits.items()))


@given(
    name=st.sampled_from(sorted(TYPES)), format_=JSON, text=st.text(max_size=6) | st.sampled_from(["1,5", "1.5", "1"])
)
def test_any_format_is_one_or_is_refused_and_what_is_read_by_it_is_of_the_datatype(
    name: str, format_: Any, text: str
) -> None:
    try:
        parse = parser_of(of(name, format_))
        value = parse(text)
    except ValueError as error:
        assert str(error)
    else:
        assert problem(TYPES[name], value) == ""


@pytest.mark.parametrize(
    ("datatype", "words"),
    [
        (of("integer", ["0"]), "['0'] is not a format of numbers"),
        (of("decimal", 5), "5 is not a format of numbers"),
        (of("double", {"pattern": None}), "pattern: None is not text"),
        (of("decimal", {"decimalChar": ""}), "decimalChar: '' does not tell a fraction from groups"),
        (of("decimal", {"decimalChar": "'", "groupChar": "'"}), "does not tell a fraction from groups"),
        (of("unsignedShort", "x"), "'x' is not a pattern of numbers"),
        (of("boolean", {"pattern": "yes|no"}), "is not text"),
        (of("boolean", "yes|no|maybe"), "is not two words"),
        (of("boolean", "yes|"), "is not two words"),
        (of("date", "d.M"), "is not a pattern of dates and times"),
        (of("datetime", ""), "is not a pattern of dates and times"),
        (of("time", True), "True is not text"),
        (of("string", "("), "'(' is not a regular expression"),
        (of("gYear", "a{99999999999}"), "is not a regular expression"),
        (of("anyURI", "(" * 5000 + ")" * 5000), "is not a regular expression"),
        (of("json", {"base": "string"}), "is not text"),
    ],
)
def test_what_is_not_a_format_of_a_datatype_is_said(datatype: Datatype, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        parser_of(datatype)


@pytest.mark.parametrize(
    ("format_", "strict", "text", "value"),
    [
        (None, False, "1,500", "1500"),
        (None, True, "1,500", None),
        ("#,##0", True, "1,500", "1500"),
        ({"groupChar": " "}, True, "1 500", "1500"),
        ({"groupChar": ""}, False, "1,500", None),
        ({"decimalChar": ","}, False, "1,5", "1.5"),
        ({"decimalChar": ","}, False, "1,234,5", None),
        ({"decimalChar": ",", "groupChar": "."}, True, "1.234,5", "1234.5"),
        ("", True, "1.5", "1.5"),
        ({}, True, "1.5", "1.5"),
    ],
)
def test_thousands_have_commas_unless_that_is_to_be_said_or_commas_are_points(
    format_: Any, strict: bool, text: str, value: str | None
) -> None:
    parse = parser_of(of("decimal", format_), strict=strict)
    if value is not None:
        assert parse(text) == value
    else:
        with pytest.raises(ValueError, match=re.escape(repr(text))):
            parse(text)


@pytest.mark.parametrize(
    ("datatype", "fitting", "others"),
    [
        (of("string", length="2"), ["ab", "éé", "😀😀", "\r\n"], ["", "a", "abc"]),
        (of("string", minLength="1", maxLength="2"), ["a", "ab"], ["", "abc"]),
        (of("string", length="0"), [""], ["a"]),
        (of("hexBinary", length="2"), ["0aFF"], ["0a", "0aFF00"]),
        (of("binary", length="1"), ["AA==", "AA = ="], ["", "AAA=", "AAAA"]),
        (of("binary", length="2"), ["AAA=", "A A A="], ["AA==", "AAAA"]),
        (of("binary", length="3"), ["AAAA", "AA AA"], ["AAA=", "AAAAAA=="]),
        (of("integer", minInclusive="-1", maxExclusive="10"), ["-1", "9", "+09"], ["-2", "10"]),
        (of("decimal", minExclusive="1", maxInclusive="2.50"), ["1.1", "2.5"], ["1.0", "2.51"]),
        (of("date", minInclusive="2000-02-29"), ["2000-02-29", "10000-01-01"], ["2000-02-28", "-2001-01-01"]),
        (of("datetime", maxInclusive="2000-01-01T12:00:00Z"), ["2000-01-01T13:00:00+01:00"], ["2000-01-01T12:00:01Z"]),
        (of("duration", minInclusive="P1M"), ["P32D", "P1M"], ["P27D", "P30D"]),
        (of("double", maxInclusive="1e3"), ["1000", "-INF"], ["1001", "INF", "NaN"]),
        (of("date", "d.M.yyyy", maxInclusive="2000-01-02"), ["2.1.2000"], ["3.1.2000", "2000-01-02"]),
        (of("decimal", "#,##0", minInclusive="1000"), ["1,000"], ["999"]),
    ],
)
def test_a_limit_belongs_to_what_it_includes(datatype: Datatype, fitting: list[str], others: list[str]) -> None:
    parse = parser_of(datatype)
    assert all(isinstance(parse(text), str) for text in fitting)
    for text in others:
        with pytest.raises(ValueError, match="has the length|is beyond|is not"):
            parse(text)


def test_lengths_are_compared_as_numbers_and_what_is_unlike_is_not_compared() -> None:
    assert compared("10", "9", XSD + "string", "minLength") == 1
    assert compared("10", "9", XSD + "integer", "minInclusive") == 1
    assert compared("a", "b", XSD + "integer", "minInclusive") is None
    assert compared("2000-01-01", "2000-01-01Z", XSD + "date", "minInclusive") is None
