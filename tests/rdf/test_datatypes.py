"""Lexical forms: one table says what a value of a datatype looks like (XML Schema 1.1 Part 2, 3.3)."""

import pytest

from kg.rdf.datatypes import DATATYPES, DAYS, NUMBERS, problem
from kg.rdf.terms import EDTF, XSD

GOOD = {
    "integer": ["0", "-007", "+5", "9" * 4000],
    "nonNegativeInteger": ["0", "+1", "-0"],
    "positiveInteger": ["1"],
    "negativeInteger": ["-1"],
    "nonPositiveInteger": ["0", "-1"],
    "byte": ["-128", "127"],
    "unsignedByte": ["0", "255"],
    "long": ["9223372036854775807"],
    "decimal": ["1", "1.", ".5", "-1.50", "+0.0"],
    "double": ["1e3", "1.5E-3", "INF", "-INF", "NaN"],
    "boolean": ["true", "false", "1", "0"],
    "date": ["1999-02-28", "2000-02-29", "-0044-03-15"],
    "time": ["12:30:00", "23:59:59.999", "24:00:00", "12:30:00Z", "12:30:00+14:00"],
    "dateTime": ["1999-02-17T12:30:00Z", "1999-02-17T24:00:00", "12024-01-01T00:00:00"],
    "gYear": ["1999", "-0044", "12024"],
    "gYearMonth": ["1999-02"],
    "anyURI": ["https://x/é", "a"],
}
BAD = {
    "integer": ["", "1_000", "1.0", "٣", " 1", "1\n"],
    "nonNegativeInteger": ["-1"],
    "positiveInteger": ["0"],
    "negativeInteger": ["0"],
    "byte": ["128", "-129"],
    "unsignedByte": ["256", "-1"],
    "decimal": ["1e5", "1,5", "."],
    "double": ["1e", "inf", "0x1"],
    "boolean": ["TRUE", "yes", "2"],
    "date": ["1999-02-30", "1999-2-3", "1900-02-29", "1999-13-01", "99-01-01"],
    "time": ["12:00", "24:00:01", "12:60:00", "25:00:00", "12:30:00+15:00"],
    "dateTime": ["2024-01-01", "1999-02-30T12:00:00", "1999-02-17 12:30:00"],
    "gYear": ["99", "01999"],
    "gYearMonth": ["1999-13", "1999"],
    "anyURI": ["two words", ""],
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
