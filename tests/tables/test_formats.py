"""How cells write numbers, dates and booleans; the W3C tests have more (tests/conformance/test_csvw)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.rdf.datatypes import DATATYPES, problem
from kg.rdf.terms import EDTF, XSD
from kg.tables.formats import Number, Parser, boolean, moment, number, shaped

ENGLISH = {"group": ","}


@pytest.mark.parametrize(
    ("parser", "text", "value"),
    [
        (number(XSD + "decimal", Number("#,##0.00", group=",")), "1,234.50", "1234.50"),
        (number(XSD + "decimal", Number(decimal=",", group=".")), "1.234,5", "1234.5"),
        (number(XSD + "integer", Number(group=",")), "007", "007"),
        (number(XSD + "decimal", Number()), "12.5%", "0.125"),
        (number(XSD + "decimal", Number("0.0‰")), "2.5‰", None),
        (number(XSD + "double", Number()), "1e400", "1e400"),
        (moment(XSD + "date", "d.M.yyyy"), "7.3.1998", "1998-03-07"),
        (moment(XSD + "dateTime", "dd/MM/yyyy HH:mm"), "07/03/1998 09:05", "1998-03-07T09:05:00"),
        (moment(XSD + "time", "HHmmss"), "090501", "09:05:01"),
        (boolean("yes|no"), "no", "false"),
        (boolean(), "1", "true"),
        (shaped(XSD + "string", "[A-Z]{2}"), "FR", "FR"),
    ],
)
def test_a_text_becomes_its_lexical_form(parser: Parser, text: str, value: str | None) -> None:
    if value is not None:
        assert parser(text) == value


@pytest.mark.parametrize(
    ("parser", "text", "words"),
    [
        (number(XSD + "integer", Number()), "1.5", "not a whole number"),
        (number(XSD + "decimal", Number(group=",")), "1,,5", "side by side"),
        (number(XSD + "decimal", Number()), "1e5", "has an exponent"),
        (number(XSD + "byte", Number()), "200", "from -128 to 127"),
        (number(XSD + "decimal", Number("0.00")), "1.5", "not written as '0.00'"),
        (moment(XSD + "date", "d.M.yyyy"), "31.2.2001", "that month has 28 days"),
        (moment(XSD + "date", "yyyy-MM-dd"), "1.1.2001", "not written as"),
        (boolean("yes|no"), "maybe", "neither 'yes' nor 'no'"),
        (shaped(XSD + "string", "[A-Z]{2}"), "fr", "does not match"),
    ],
)
def test_what_a_text_is_not_is_said(parser: Parser, text: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        parser(text)


@pytest.mark.parametrize("format_", ["x", "0,0.0.0", "E0", "d.M", "yyyy-dd", "HH:mm:ss zz"])
def test_what_is_not_a_format_is_refused(format_: str) -> None:
    with pytest.raises(ValueError, match="is not a pattern"):
        number(XSD + "decimal", Number(format_))
    with pytest.raises(ValueError, match="is not a pattern"):
        moment(XSD + "date", format_)


PLAIN = sorted(iri for iri, datatype in DATATYPES.items() if datatype.plain)


@given(data=st.data())
@pytest.mark.parametrize("iri", PLAIN)
def test_what_is_plain_is_valid(iri: str, data: st.DataObject) -> None:
    """The patterns by which an engine takes texts as they are take nothing that the datatype does not have."""
    text = data.draw(st.from_regex(re.compile(DATATYPES[iri].plain, re.ASCII), fullmatch=True))
    assert problem(iri, text) == "", text


def test_dates_in_use_are_plain() -> None:
    assert EDTF in PLAIN
    assert all(re.fullmatch(DATATYPES[EDTF].plain, text) for text in ("1999", "1999-02", "1999-02-17"))
    assert not re.fullmatch(DATATYPES[EDTF].plain, "1999-02-30")
