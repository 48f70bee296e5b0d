import re
from datetime import date, timedelta

import pytest
from edtf_validate.valid_edtf import is_valid
from hypothesis import given
from hypothesis import strategies as st

from kg.rdf.edtf import read_edtf, xsd_date

GOOD = {
    "1995": ("1995-01-01", "1995-12-31"),
    "1999-02": ("1999-02-01", "1999-02-28"),
    "2000-02": ("2000-02-01", "2000-02-29"),
    "1999-05-13": ("1999-05-13", "1999-05-13"),
    "1998-06-15/1998-07-17": ("1998-06-15", "1998-07-17"),
    "1995/..": ("1995-01-01", ""),
    "1995/": ("1995-01-01", ""),
    "../2002": ("", "2002-12-31"),
    "1997~": ("1997-01-01", "1997-12-31"),
    "1997?": ("1997-01-01", "1997-12-31"),
    "1997%": ("1997-01-01", "1997-12-31"),
    "199X": ("1990-01-01", "1999-12-31"),
    "19XX": ("1900-01-01", "1999-12-31"),
    "1999-XX": ("1999-01-01", "1999-12-31"),
    "1999-02-XX": ("1999-02-01", "1999-02-28"),
    "1999-XX-XX": ("1999-01-01", "1999-12-31"),
    "XXXX-07-17": ("", ""),
    "2001-21": ("2001-01-01", "2001-12-31"),  # EDTF says of no season which months it has
    "2001-24/2001-21": ("2001-01-01", "2001-12-31"),
    "-199X": ("-1999-01-01", "-1990-12-31"),
    "XXXX-21": ("", ""),
    "2001-24": ("2001-01-01", "2001-12-31"),
    "-0044-03-15": ("-0044-03-15", "-0044-03-15"),
    "Y170000002": ("170000002-01-01", "170000002-12-31"),
    "1984-06-02?/2004-08-08~": ("1984-06-02", "2004-08-08"),
    "1999-02-17T12:30:00Z": ("1999-02-17", "1999-02-17"),
}
BAD = [
    "",
    " 1995",
    "1995 ",
    "1995\n",
    "95",
    "1995-1",
    "1995-13",
    "1995-00",
    "1999-02-29",
    "1999-02-30",
    "1999-04-31",
    "1999-02-00",
    "XXXX-02-30",
    "1995/1990",
    "/",
    "../..",
    "1995/1996/1997",
    "1999-XX-17",
    "199X-02",
    "2001-21-05",
    "1999-02-17T25:00:00Z",
    "1999-02T12:00:00Z",
    "13 May 1999",
    "١٩٩٩",
    "1995??",
]


@pytest.mark.parametrize(("text", "days"), GOOD.items())
def test_a_date_is_read_with_its_first_and_last_day(text: str, days: tuple[str, str]) -> None:
    found = read_edtf(text)
    assert (xsd_date(found.earliest) if found.earliest else "", xsd_date(found.latest) if found.latest else "") == days


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_date_is_refused_with_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"; (write|months|that month|.*write)"):
        read_edtf(text)


@given(st.dates(), st.integers(0, 4000))
def test_any_interval_of_days_spans_from_the_first_to_the_last(start: date, days: int) -> None:
    end = min(start.toordinal() + days, date.max.toordinal())
    last = date.fromordinal(end)
    found = read_edtf(f"{start.isoformat()}/{last.isoformat()}")
    assert found.earliest == (start.year, start.month, start.day)
    assert found.latest == (last.year, last.month, last.day)


@given(st.dates(min_value=date(1, 1, 1), max_value=date(9998, 12, 1)))
def test_a_month_ends_the_day_before_the_next(day: date) -> None:
    latest = read_edtf(f"{day:%Y-%m}".rjust(7, "0")).latest
    assert latest
    assert (date(*latest) + timedelta(days=1)).day == 1


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1995-02/1995", "1995-02-01", "1995-12-31"),
        ("1995-02-03/1995-02", "1995-02-03", "1995-02-28"),
        ("0001-02/0001", "0001-02-01", "0001-12-31"),
    ],
)
def test_an_interval_may_end_with_what_holds_its_beginning(text: str, first: str, last: str) -> None:
    """ISO 8601-2, level 0: an interval's two ends are dates of any precision."""
    found = read_edtf(text)
    assert found.earliest
    assert found.latest
    assert (xsd_date(found.earliest), xsd_date(found.latest)) == (first, last)


@given(st.from_regex(r"-?[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?[?~%]?(/(\.\.|[0-9]{4}(-[0-9]{2})?))?", fullmatch=True))
def test_what_is_read_is_edtf_to_another_reader_too(text: str) -> None:
    """Against edtf-validate, which reads all three levels; but for unspecified digits, which it knows only in some
    places. Each end of an interval is held against it; a whole interval where both ends are plain days and months of
    one precision, since it puts others in an order of its own (it refuses 1995-02/1995, 9999-06/9999-21).
    """
    try:
        read_edtf(text)
    except ValueError:
        return
    start, _, end = text.partition("/")
    assert is_valid(start)
    assert is_valid(end or start) or end == ".."
    if not end or end == ".." or (_PLAIN.fullmatch(text) and start.count("-") == end.count("-")):
        assert is_valid(text)


_PLAIN = re.compile(r"[0-9]{4}(-[01][0-9])?/[0-9]{4}(-[01][0-9])?")


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        found = read_edtf(text)
    except ValueError:
        return
    assert found.dates
