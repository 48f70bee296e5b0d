"""Lexical forms: one table says what a value of a datatype looks like (XML Schema 1.1 Part 2, 3.3)."""

import pytest

from kg.rdf.datatypes import DATATYPES, DAYS, NUMBERS, compare, problem
from kg.rdf.terms import EDTF, XSD

GOOD = {
    "string": ["", " a\n", "𝄞"],
    "normalizedString": [" a "],
    "token": ["", "two words"],
    "language": ["en", "zh-Hant-TW", "i-klingon"],
    "NMTOKEN": ["-1.é:"],
    "Name": ["é:a-1", ":a"],
    "NCName": ["_a.b", "é1"],
    "integer": ["0", "-007", "+5", "9" * 4000],
    "nonNegativeInteger": ["0", "+1", "-0"],
    "positiveInteger": ["1"],
    "negativeInteger": ["-1"],
    "nonPositiveInteger": ["0", "-1"],
    "byte": ["-128", "127"],
    "unsignedByte": ["0", "255"],
    "long": ["9223372036854775807"],
    "decimal": ["1", "1.", ".5", "-1.50", "+0.0"],
    "double": ["1e3", "1.5E-3", "INF", "-INF", "+INF", "NaN"],
    "float": ["-.5e0"],
    "boolean": ["true", "false", "1", "0"],
    "date": ["1999-02-28", "2000-02-29", "-0044-03-15", "0000-02-29", "12024-01-01", "1999-02-17Z", "1999-02-17-14:00"],
    "time": ["12:30:00", "23:59:59.999", "24:00:00", "12:30:00Z", "12:30:00+14:00"],
    "dateTime": ["1999-02-17T12:30:00Z", "1999-02-17T24:00:00", "12024-01-01T00:00:00"],
    "dateTimeStamp": ["1999-02-17T12:30:00Z", "1999-02-17T12:30:00-05:00"],
    "gYear": ["1999", "-0044", "12024", "0000", "1999Z"],
    "gYearMonth": ["1999-02", "1999-02+01:00"],
    "gMonth": ["--02", "--12Z"],
    "gDay": ["---31"],
    "gMonthDay": ["--02-29", "--12-31Z"],
    "duration": ["P1Y", "-P1Y2M3DT4H5M6.7S", "PT0S", "P0D"],
    "yearMonthDuration": ["P1Y2M", "-P14M"],
    "dayTimeDuration": ["P1DT2H", "PT0.5S"],
    "hexBinary": ["", "0aFF"],
    "base64Binary": ["", "AQID", "AQI=", "AQ==", "AQ = ="],
    "anyURI": ["https://x/é", "a", "", "two words"],
}
BAD = {
    "string": ["a\0", "\ufffe"],
    "normalizedString": ["a\tb", "a\nb"],
    "token": [" a", "a  b", "a "],
    "language": ["", "toolonglanguage", "en_GB"],
    "NMTOKEN": ["", "a b"],
    "Name": ["1a", ""],
    "NCName": ["a:b", "-a"],
    "integer": ["", "1_000", "1.0", "٣", " 1", "1\n"],
    "nonNegativeInteger": ["-1"],
    "positiveInteger": ["0"],
    "negativeInteger": ["0"],
    "byte": ["128", "-129"],
    "unsignedByte": ["256", "-1"],
    "decimal": ["1e5", "1,5", ".", "NaN"],
    "double": ["1e", "inf", "infinity", "0x1"],
    "boolean": ["TRUE", "True", "yes", "2"],
    "date": ["1999-02-30", "1999-2-3", "1900-02-29", "1999-13-01", "99-01-01", "2024-W18", "1999-02-17+15:00"],
    "time": ["12:00", "24:00:01", "12:60:00", "25:00:00", "12:30:00+15:00"],
    "dateTime": ["2024-01-01", "1999-02-30T12:00:00", "1999-02-17 12:30:00", "2024-01-01T10:00"],
    "dateTimeStamp": ["1999-02-17T12:30:00"],
    "gYear": ["99", "01999", "1999-01"],
    "gYearMonth": ["1999-13", "1999"],
    "gMonth": ["--13", "-02", "02"],
    "gDay": ["---32", "--01"],
    "gMonthDay": ["--02-30", "--13-01", "02-01"],
    "duration": ["P", "PT", "P1", "P1M1Y", "1Y", "P1YT", "P-1Y"],
    "yearMonthDuration": ["P1D", "P"],
    "dayTimeDuration": ["P1Y", "P1DT"],
    "hexBinary": ["0", "0g"],
    "base64Binary": ["A", "A===", "AQI", "AB=="],
    "anyURI": [" a", "a  b"],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in GOOD.items() for value in values])
def test_a_value_of_the_form_is_taken(name: str, value: str) -> None:
    assert problem(XSD + name, value) == ""


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in BAD.items() for value in values])
def test_any_other_is_refused_with_what_was_found(name: str, value: str) -> None:
    said = problem(XSD + name, value)
    assert repr(value[:60]) in said


def test_what_is_expected_is_said() -> None:
    assert problem(XSD + "unsignedByte", "x") == "'x' is not a whole number from 0 to 255, as in 450"
    assert problem(XSD + "negativeInteger", "1") == "'1' is not a whole number up to -1"
    assert problem(XSD + "nonNegativeInteger", "-1") == "'-1' is not a whole number from 0"
    assert (
        problem(EDTF, "199")
        == "'199' is not a valid EDTF date; write 1999, 1999-02, 1999-02-17, 1998/1999, 1997~ or 199X"
    )


def test_a_datatype_that_is_not_known_takes_anything() -> None:
    assert problem("http://x/mine", "\n") == ""


def test_every_datatype_is_a_number_a_day_or_neither() -> None:
    assert XSD + "double" in NUMBERS
    assert XSD + "unsignedByte" in NUMBERS
    assert not NUMBERS & DAYS
    assert DATATYPES.keys() > DAYS
    assert DATATYPES[XSD + "byte"].json == {"type": "integer", "minimum": -128, "maximum": 127}


LESS = [
    (("5", "integer"), ("5.5", "decimal")),
    (("-1", "byte"), ("1e0", "double")),
    (("1", "integer"), ("INF", "float")),
    (("a", "string"), ("b", "token")),
    (("false", "boolean"), ("1", "boolean")),
    (("-0044-03-15", "date"), ("0001-01-01", "date")),
    (("2024-01-01", "date"), ("12024-01-01", "date")),
    (("1999-02-16+14:00", "date"), ("1999-02-17", "date")),
    (("23:00:00", "time"), ("23:30:00", "time")),
    (("12:00:00+01:00", "time"), ("12:00:00Z", "time")),
    (("1999-02-17T24:00:00", "dateTime"), ("1999-02-18T00:00:01", "dateTime")),
    (("2002-10-10T12:00:00-05:00", "dateTime"), ("2002-10-10T17:00:01Z", "dateTimeStamp")),
    (("1999", "gYear"), ("2000", "gYear")),
    (("1999-12", "gYearMonth"), ("2000-01", "gYearMonth")),
    (("--02", "gMonth"), ("--10", "gMonth")),
    (("---09", "gDay"), ("---10", "gDay")),
    (("--02-29", "gMonthDay"), ("--03-01", "gMonthDay")),
    (("P1M", "duration"), ("P32D", "dayTimeDuration")),
    (("-P1Y", "yearMonthDuration"), ("P0D", "duration")),
]
SAME = [
    (("007", "integer"), ("7.0", "decimal")),
    (("0.1", "decimal"), ("0.1", "double")),
    (("24:00:00", "time"), ("00:00:00", "time")),
    (("1999-02-17T24:00:00Z", "dateTime"), ("1999-02-18T01:00:00+01:00", "dateTime")),
    (("true", "boolean"), ("1", "boolean")),
    (("P1Y", "duration"), ("P12M", "yearMonthDuration")),
]
APART = [
    (("5", "integer"), ("1999-02-17", "date")),
    (("5", "integer"), ("5", "string")),
    (("NaN", "double"), ("1", "integer")),
    (("x", "integer"), ("1", "integer")),
    (("1", "integer"), ("1_0", "integer")),
    (("2002-10-10T12:00:00-05:00", "dateTime"), ("2002-10-10T12:00:00", "dateTime")),
    (("P1M", "duration"), ("P30D", "duration")),
    (("1999", "gYear"), ("1999-02", "gYearMonth")),
    (("1999-02-17+14:00", "date"), ("1999-02-17", "date")),
    (("ff", "hexBinary"), ("ff", "hexBinary")),
    (("http://a", "anyURI"), ("http://b", "anyURI")),
]


@pytest.mark.parametrize(("left", "right"), LESS)
def test_a_value_is_less_than_another(left: tuple[str, str], right: tuple[str, str]) -> None:
    assert order(left, right) == -1
    assert order(right, left) == 1


@pytest.mark.parametrize(("left", "right"), SAME)
def test_values_are_the_same_in_another_form(left: tuple[str, str], right: tuple[str, str]) -> None:
    assert order(left, right) == order(right, left) == 0


@pytest.mark.parametrize(("left", "right"), APART)
def test_values_that_cannot_be_compared_are_neither(left: tuple[str, str], right: tuple[str, str]) -> None:
    assert order(left, right) is None
    assert order(right, left) is None


def order(left: tuple[str, str], right: tuple[str, str]) -> int | None:
    return compare((left[0], XSD + left[1]), (right[0], XSD + right[1]))
