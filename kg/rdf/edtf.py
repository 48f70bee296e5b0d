"""Dates in the Extended Date/Time Format, level 1 (ISO 8601-2:2019, Annex A; loc.gov/standards/datetime).

Read here are: years, months, days, seasons (21 to 24), unspecified digits (`199X`, `1999-XX`, `XXXX-07-17`),
the qualifiers `?`, `~` and `%`, years of more than four digits (`Y170000002`) and before year 0, intervals with
open (`..`) and unknown (empty) ends, and a time of day.
"""

import re
from typing import NamedTuple

from kg.rdf.calendar import month_length

_DATE = re.compile(
    r"""(?P<year>(?!-0000)-?\d{4}|-?\d{3}X|-?\d{2}XX|XXXX|Y-?[1-9]\d{4,17})
        (?:-(?P<month>\d\d|XX)(?:-(?P<day>\d\d|XX))?)?
        (?:T(?P<time>\d\d:\d\d:\d\d(?:Z|[+-]\d\d(?::\d\d)?)?))?
        (?P<qualifier>[?~%]?)""",
    re.VERBOSE | re.ASCII,
)


_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(Z|[+-]([01]\d|2[0-3])(:[0-5]\d)?)?")


_SEASONS = ("21", "22", "23", "24")  # of which EDTF says no months: a spring is not in the same ones everywhere


Day = tuple[int, int, int]


class Date(NamedTuple):
    """One date as written: its parts ("" where absent), and the first and last day it can mean.

    `earliest` and `latest` are (year, month, day), None where the year is not given.
    """

    year: str
    month: str
    day: str
    qualifier: str
    earliest: Day | None
    latest: Day | None


class Edtf(NamedTuple):
    """An EDTF string read: its dates (two for an interval, fewer where an end is open or unknown)."""

    dates: tuple[Date, ...]
    earliest: Day | None
    latest: Day | None


def read_edtf(text: str) -> Edtf:
    """The dates of an EDTF level 1 string; ValueError says what is wrong and what was expected.

    >>> read_edtf("1999-02").latest
    (1999, 2, 28)
    >>> read_edtf("1995/..").earliest, read_edtf("1995/..").latest
    ((1995, 1, 1), None)
    """
    if "/" not in text:
        date = _date(text)
        return Edtf((date,), date.earliest, date.latest)
    start, _, end = text.partition("/")
    dates = [None if side in ("", "..") else _date(side) for side in (start, end)]
    known = tuple(date for date in dates if date)
    if not known:
        raise ValueError(f"{text!r} is an interval without a date; write one end, as in 1995/..")
    first, last = dates
    if first and last and first.earliest and last.latest and first.earliest > last.latest:
        raise ValueError(f"{text!r} ends before it begins; write the earlier date first")
    return Edtf(known, first.earliest if first else None, last.latest if last else None)


_ISO = re.compile(r"(?!0000)\d{4}(-(0[1-9]|1[0-2])(-\d\d)?)?", re.ASCII)  # no season, and no year 0 of XSD 1.0


def iso_ends(text: str) -> tuple[str, str]:
    """The beginning and the end of a date as ISO 8601 writes a year, a month or a day; "" where one is not known so.

    >>> iso_ends("1998-06-15/1998-07-17"), iso_ends("1999-02"), iso_ends("2004-04/"), iso_ends("1997~")
    (('1998-06-15', '1998-07-17'), ('1999-02', ''), ('2004-04', ''), ('', ''))
    """
    start, _, end = text.partition("/")
    return (start if _ISO.fullmatch(start) else "", end if _ISO.fullmatch(end) else "")


def _date(text: str) -> Date:
    match = _DATE.fullmatch(text)
    if not match:
        raise ValueError(
            f"{text!r} is not a valid EDTF date; write 1999, 1999-02, 1999-02-17, 1998/1999, 1997~ or 199X"
        )
    year, month, day = match["year"], match["month"] or "", match["day"] or ""
    _check(text, match, year, month, day)
    spanned = _days(year, month, day)
    length = 31
    if spanned:
        length = spanned[1][2]
    elif day.isdigit() and month.isdigit():
        length = month_length(2000, int(month))  # of a year that is not given: the longest
    if day.isdigit() and not 1 <= int(day) <= length:
        raise ValueError(f"{text!r} has day {day}; that month has {length} days")
    if day.isdigit() and spanned:
        one = (spanned[0][0], int(month), int(day))
        spanned = one, one
    return Date(year, month, day, match["qualifier"], *(spanned or (None, None)))


def _check(text: str, match: re.Match[str], year: str, month: str, day: str) -> None:
    """Raise ValueError where the parts of a date do not go together."""
    if month and year.startswith("Y"):
        raise ValueError(f"{text!r} gives a month of a year behind Y; EDTF has only the year there, as in Y12024")
    if match["time"] and not (day.isdigit() and year.lstrip("-").isdigit() and _TIME.fullmatch(match["time"])):
        raise ValueError(f"{text!r} has a time of day that does not exist; write it as 1999-02-17T12:30:00Z")
    if "X" in year and (month.isdigit() and year != "XXXX"):
        raise ValueError(f"{text!r} gives a month of a year not known in full; write 199X, or XXXX-07-17")
    if month == "XX" and day.isdigit():
        raise ValueError(f"{text!r} gives a day of an unknown month; write 1999-XX-XX, or leave the day out")
    if month.isdigit() and not (1 <= int(month) <= 12 or (month in _SEASONS and not day)):
        raise ValueError(f"{text!r} has month {month}; months are 01 to 12, seasons 21 to 24 (without a day)")


def _days(year: str, month: str, day: str) -> tuple[Day, Day] | None:
    """The first and last day of a year or month, of the year for a season; None where the year is unknown."""
    if year == "XXXX":
        return None
    digits = year.lstrip("Y-")
    low, high = int(digits.replace("X", "0")), int(digits.replace("X", "9"))
    if year.lstrip("Y").startswith("-"):
        low, high = -high, -low
    first, last = (int(month), int(month)) if month.isdigit() and month not in _SEASONS else (1, 12)
    return (low, first, 1), (high, last, month_length(high, last))


def as_edtf(value: str) -> str:
    """A date of XML Schema (xsd:date, xsd:dateTime, xsd:gYear, xsd:gYearMonth) as EDTF; EDTF as it is.

    >>> as_edtf("1999-02-17Z"), as_edtf("12024-01-01"), as_edtf("1999-02-17T24:00:00")
    ('1999-02-17', 'Y12024', '1999-02-17')
    """
    found = re.fullmatch(r"(-?)(\d{4,})((?:-\d\d){0,2})(?:T[\d:.]+)?(?:Z|[+-]\d\d:\d\d)?", value)
    if not found:
        return value
    sign, year, rest = found.groups()
    return f"Y{sign}{year}" if len(year) > 4 else f"{sign}{year}{rest}"


def xsd_date(day: Day) -> str:
    """The day as the lexical form of an xsd:date (XML Schema 1.1 Part 2, 3.3.9).

    >>> xsd_date((1999, 2, 1)), xsd_date((-44, 3, 15))
    ('1999-02-01', '-0044-03-15')
    """
    year, month, number = day
    return f"{'-' if year < 0 else ''}{abs(year):04}-{month:02}-{number:02}"
