"""Datatypes: the lexical forms and value spaces of literals, one table for facts, parameters, shapes and descriptions.

XML Schema 1.1 Part 2, 3.3 and 3.4, for the datatypes that RDF 1.1 names (RDF 1.1 Concepts, 5.1), and EDTF. White space
is not part of a form: RDF does not collapse it.
"""

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from kg.rdf.calendar import days, month_length
from kg.rdf.terms import EDTF, XSD

if TYPE_CHECKING:
    from fractions import Fraction

_DIGITS = 4000  # of a whole number; Python reads no longer ones


class Datatype(NamedTuple):
    """A datatype: its lexical form as a pattern, what a value of it is in words, and its JSON Schema.

    `beyond` says what else is wrong with a value of the right form, "" where nothing is: a day that no calendar has, a
    number out of bounds. `kind` names the datatypes whose values are ordered among each other, "" where they are not,
    and `key` gives what a value is ordered by. `plain` is a pattern that any engine of regular expressions reads alike
    (RE2, Java) and that only valid forms match, most of those in use; "" where there is none.
    """

    form: str
    expected: str
    json: Mapping[str, Any] = {"type": "string"}
    beyond: Callable[[str], str] = lambda value: ""
    kind: str = ""
    key: Callable[[str], Any] = str
    plain: str = ""


def problem(datatype: str, value: str) -> str:
    """What is wrong with a value of a datatype given by its IRI, "" where nothing is or the datatype is unknown.

    >>> problem(XSD + "integer", "1_000")
    "'1_000' is not a whole number, as in 450"
    >>> problem(XSD + "date", "1999-02-30")
    "'1999-02-30' has day 30; that month has 28 days"
    """
    found = DATATYPES.get(datatype)
    if found is None:
        return ""
    if not re.fullmatch(found.form, value, re.ASCII):
        return f"{value[:60]!r} is not {found.expected}"
    return found.beyond(value)


def unwritable(text: str) -> str:
    """What keeps a text from being written in every format: a character that XML 1.0 (2.2) cannot hold; or ""."""
    found = _CONTROL.search(text)
    return f"the character U+{ord(found[0]):04X} cannot be written in every format; delete it" if found else ""


_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def compare(left: tuple[str, str], right: tuple[str, str]) -> int | None:
    """Whether one value, a lexical form and its datatype's IRI, is less (-1), the same (0) or greater (1) than another.

    None where they cannot be compared: values of different kinds, ill-typed ones, texts with a language, NaN, and times
    of which one has a time zone and the other none, less than 14 hours apart. The order is that of XML Schema and of
    SPARQL's < (SPARQL 1.1, 17.3), for all ordered datatypes.

    >>> compare(("5", XSD + "integer"), ("5.50", XSD + "decimal"))
    -1
    >>> compare(("5", XSD + "integer"), ("1999-02-17", XSD + "date"))
    """
    one, other = DATATYPES.get(left[1]), DATATYPES.get(right[1])
    if one is None or other is None or not one.kind or one.kind != other.kind:
        return None
    if problem(left[1], left[0]) or problem(right[1], right[0]):
        return None
    return _ORDERS.get(one.kind, _order)(one.key(left[0]), other.key(right[0]))


def _exact(number: str | int) -> "Fraction":
    from fractions import Fraction  # only where values are compared: a query starts in milliseconds

    return Fraction(number)


def _order(left: Any, right: Any) -> int | None:
    return -1 if left < right else 1 if left > right else 0 if left == right else None


def _number_order(left: "Fraction | float", right: "Fraction | float") -> int | None:
    """Of numbers: where one is a double, the other is taken as one (XPath's numeric promotion)."""
    if isinstance(left, float) != isinstance(right, float):
        left, right = _double(left), _double(right)
    return _order(left, right)


def _double(number: "Fraction | float") -> float:
    try:
        return float(number)
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")


_HOUR = 3600


def _time_order(left: "tuple[Fraction, bool]", right: "tuple[Fraction, bool]") -> int | None:
    """Of times in seconds, each with whether its zone is known (XML Schema 1.1 Part 2, 3.3.7.4, E.3.6)."""
    if left[1] == right[1]:
        return _order(left[0], right[0])
    apart = left[0] - right[0]
    return _order(apart, 0) if abs(apart) > 14 * _HOUR else None


_REFERENCES = ((1696, 9), (1697, 2), (1903, 3), (1903, 7))  # XML Schema 1.1 Part 2, 3.3.6.2


def _duration_order(left: "tuple[int, Fraction]", right: "tuple[int, Fraction]") -> int | None:
    """Of durations in months and seconds: as they are added to four months of unlike lengths, if all agree."""
    orders = {_order(_after(start, left), _after(start, right)) for start in _REFERENCES}
    return orders.pop() if len(orders) == 1 else None


def _after(start: tuple[int, int], duration: "tuple[int, Fraction]") -> "Fraction":
    months = start[0] * 12 + start[1] - 1 + duration[0]
    return days(months // 12, months % 12 + 1, 1) * 24 * _HOUR + duration[1]


_ORDERS: dict[str, Callable[[Any, Any], int | None]] = {"number": _number_order, "duration": _duration_order}


def _calendar(found: Mapping[str, str | None], value: str) -> str:
    """What is wrong with the day among the parts of a value: whether the calendar has it."""
    month, day = found.get("month"), found.get("day")
    if not month or not day:
        return ""
    length = month_length(int(found.get("year") or 2000), int(month))
    return f"{value[:60]!r} has day {day}; that month has {length} days" if int(day) > length else ""


def _instant(found: Mapping[str, str | None]) -> "tuple[Fraction, bool]":
    """The seconds at which what has these parts begins, and whether its zone is known."""
    number = days(int(found.get("year") or 1972), int(found.get("month") or 1), int(found.get("day") or 1))
    seconds = _exact(0)
    if clock := found.get("clock"):
        hours, minutes, rest = clock.split(":")
        seconds = int(hours) * _HOUR + int(minutes) * 60 + _exact(rest)
    if "day" in found:
        seconds += number * 24 * _HOUR
    else:  # 24:00:00 is the 00:00:00 of no other day
        seconds = seconds % (24 * _HOUR) if "clock" in found else seconds + number * 24 * _HOUR
    zone = found.get("zone") or ""
    if zone[1:]:
        seconds -= (int(zone[1:3]) * 60 + int(zone[4:6])) * 60 * (1 if zone[0] == "+" else -1)
    return seconds, bool(zone)


def _duration(value: str) -> "tuple[int, Fraction]":
    """A duration as months and seconds."""
    found = re.fullmatch(_DURATION, value, re.ASCII)
    year, month, day, hour, minute, second = (_exact(part or 0) for part in (found.groups() if found else ()))
    sign = -1 if value.startswith("-") else 1
    seconds = day * 24 * _HOUR + hour * _HOUR + minute * 60 + second
    return sign * int(year * 12 + month), sign * seconds


def _edtf(value: str) -> str:
    from kg.rdf.edtf import read_edtf

    try:
        read_edtf(value)
    except ValueError as error:
        return str(error)
    return ""


def _integer(low: int | None = None, high: int | None = None) -> Datatype:
    """A whole number between bounds."""
    span = "" if low is None else f" from {low}"
    if high is not None:
        span = f" up to {high}" if low is None else f"{span} to {high}"

    def beyond(value: str) -> str:
        inside = (low is None or int(value) >= low) and (high is None or int(value) <= high)
        return "" if inside else f"{value[:60]!r} is not a whole number{span}"

    bounds = {name: bound for name, bound in (("minimum", low), ("maximum", high)) if bound is not None}
    return Datatype(
        rf"[+-]?\d{{1,{_DIGITS}}}",
        f"a whole number{span}, as in 450",
        {"type": "integer", **bounds},
        beyond,
        "number",
        _exact,
    )


def _moment(kind: str, form: str, expected: str, json: str = "") -> Datatype:
    """A date, a time or a part of one, with or without a time zone."""
    _ORDERS[kind] = _time_order
    pattern = form + _ZONE

    def parts(value: str) -> dict[str, str | None]:
        found = re.fullmatch(pattern, value, re.ASCII)
        return found.groupdict() if found else {}

    return Datatype(
        pattern,
        expected,
        {"type": "string", "format": json} if json else {"type": "string"},
        lambda value: _calendar(parts(value), value),
        kind,
        lambda value: _instant(parts(value)),
    )


def _text(form: str, expected: str) -> Datatype:
    return Datatype(form, expected, kind="text")


_YEAR = r"(?P<year>-?(?:[1-9]\d{3,40}|0\d{3}))"
_MONTH = r"(?P<month>0[1-9]|1[0-2])"
_DAY = r"(?P<day>0[1-9]|[12]\d|3[01])"
_ZONE = r"(?P<zone>Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))?"
_CLOCK = r"(?P<clock>(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?|24:00:00(?:\.0+)?)"
_DURATION = r"-?P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
_NAME = r"[\w\u00b7\u0300-\u036f\u203f\u2040.-]"  # of XML names, nearly
_DECIMAL = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"
_FLOAT = Datatype(
    rf"{_DECIMAL}(?:[eE][+-]?\d+)?|[+-]?INF|NaN",
    "a number, as in 4.5 or 4.5e2",
    {"type": "number"},
    kind="number",
    key=float,
)
_STAMP = rf"{_YEAR}-{_MONTH}-{_DAY}T{_CLOCK}"
_BASE64 = r"(?:[A-Za-z0-9+/] ?)"
_BITS = {"long": 64, "int": 32, "short": 16, "byte": 8}

DATATYPES: dict[str, Datatype] = {
    XSD + "string": _text(r"[^\x00\ufffe\uffff]*", "a text without U+0000, U+FFFE and U+FFFF"),
    XSD + "normalizedString": _text(r"[^\t\n\r\x00\ufffe\uffff]*", "a text without tabs and line breaks"),
    XSD + "token": _text(r"(?:[^\s\x00]+(?: [^\s\x00]+)*)?", "words with one space between them"),
    XSD + "language": _text(r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*", "a language tag, as in en or pt-BR"),
    XSD + "NMTOKEN": _text(rf"(?u:(?:{_NAME}|:)+)", "a name token: letters, digits and . - _ :"),
    XSD + "Name": _text(rf"(?u:(?:[^\W\d]|:)(?:{_NAME}|:)*)", "an XML name"),
    XSD + "NCName": _text(rf"(?u:[^\W\d]{_NAME}*)", "an XML name without a colon"),
    XSD + "boolean": Datatype(
        r"true|false|1|0",
        "true or false",
        {"type": "boolean"},
        kind="boolean",
        key=lambda value: value in ("true", "1"),
    ),
    XSD + "integer": _integer(),
    XSD + "nonNegativeInteger": _integer(0),
    XSD + "positiveInteger": _integer(1),
    XSD + "nonPositiveInteger": _integer(None, 0),
    XSD + "negativeInteger": _integer(None, -1),
    **{XSD + name: _integer(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for name, bits in _BITS.items()},
    **{XSD + "unsigned" + name.capitalize(): _integer(0, 2**bits - 1) for name, bits in _BITS.items()},
    XSD + "decimal": Datatype(_DECIMAL, "a decimal number, as in 4.5", {"type": "number"}, kind="number", key=_exact),
    XSD + "double": _FLOAT,
    XSD + "float": _FLOAT,
    XSD + "date": _moment("date", rf"{_YEAR}-{_MONTH}-{_DAY}", "a day, as in 1999-02-17", "date"),
    XSD + "time": _moment("time", _CLOCK, "a time, as in 12:30:00"),
    XSD + "dateTime": _moment("dateTime", _STAMP, "a time, as in 1999-02-17T12:30:00Z", "date-time"),
    XSD + "gYear": _moment("gYear", _YEAR, "a year, as in 1999"),
    XSD + "gYearMonth": _moment("gYearMonth", rf"{_YEAR}-{_MONTH}", "a month, as in 1999-02"),
    XSD + "gMonth": _moment("gMonth", rf"--{_MONTH}", "a month of any year, as in --02"),
    XSD + "gDay": _moment("gDay", rf"---{_DAY}", "a day of any month, as in ---17"),
    XSD + "gMonthDay": _moment("gMonthDay", rf"--{_MONTH}-{_DAY}", "a day of any year, as in --02-17"),
    XSD + "duration": Datatype(_DURATION, "a duration, as in P1Y2M or PT4H30M", kind="duration", key=_duration),
    XSD + "yearMonthDuration": Datatype(
        r"-?P(?=.)(?:\d+Y)?(?:\d+M)?", "a duration in years and months, as in P1Y2M", kind="duration", key=_duration
    ),
    XSD + "dayTimeDuration": Datatype(
        r"-?P(?=.)(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?",
        "a duration in days and hours, as in P1DT4H30M",
        kind="duration",
        key=_duration,
    ),
    XSD + "hexBinary": Datatype(r"(?:[0-9a-fA-F]{2})*", "pairs of the digits 0 to 9 and a to f"),
    XSD + "base64Binary": Datatype(
        rf"(?:{_BASE64}{{4}})*"
        rf"(?:{_BASE64}{{3}}[A-Za-z0-9+/]|{_BASE64}{{2}}[AEIMQUYcgkosw048] ?=|{_BASE64}[AQgw] ?= ?=)?",
        "bytes in Base64",
    ),
    XSD + "anyURI": Datatype(r"(?:\S+(?: \S+)*)?", "an address, with no space around it"),
    EDTF: Datatype(r"(?s).*", "a date", beyond=_edtf),
}
DATATYPES[XSD + "dateTimeStamp"] = DATATYPES[XSD + "dateTime"]._replace(
    form=DATATYPES[XSD + "dateTime"].form.removesuffix("?"), expected="a time with its zone, as in 1999-02-17T12:30:00Z"
)
_PLAIN_DAY = "[1-9][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"
_PLAIN_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?"
_PLAIN_NUMBER = r"[+-]?[0-9]{1,18}(?:\.[0-9]{1,18})?"
_PLAIN = {
    "string": "[^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\ufffe\uffff]*",
    "boolean": "true|false|1|0",
    "integer": "[+-]?[0-9]{1,18}",
    "nonNegativeInteger": "[0-9]{1,18}",
    "positiveInteger": "[1-9][0-9]{0,17}",
    "long": "[+-]?[0-9]{1,18}",
    "int": "[+-]?[0-9]{1,9}",
    "short": "[+-]?[0-9]{1,4}",
    "byte": "[+-]?[0-9]{1,2}",
    "unsignedLong": "[0-9]{1,19}",
    "unsignedInt": "[0-9]{1,9}",
    "unsignedShort": "[0-9]{1,4}",
    "unsignedByte": "[0-9]{1,2}",
    "decimal": _PLAIN_NUMBER,
    "double": f"{_PLAIN_NUMBER}(?:[eE][+-]?[0-9]{{1,9}})?",
    "float": f"{_PLAIN_NUMBER}(?:[eE][+-]?[0-9]{{1,9}})?",
    "date": _PLAIN_DAY,
    "time": _PLAIN_CLOCK,
    "dateTime": f"{_PLAIN_DAY}T{_PLAIN_CLOCK}Z?",
    "gYear": "[1-9][0-9]{3}",
    "gYearMonth": "[1-9][0-9]{3}-(?:0[1-9]|1[0-2])",
    "anyURI": r"[!#-\[\]-~]*",  # but what N-Triples escapes
}
for _name, _pattern in _PLAIN.items():
    DATATYPES[XSD + _name] = DATATYPES[XSD + _name]._replace(plain=_pattern)
DATATYPES[EDTF] = DATATYPES[EDTF]._replace(plain=f"[1-9][0-9]{{3}}|[1-9][0-9]{{3}}-(?:0[1-9]|1[0-2])|{_PLAIN_DAY}")
NUMBERS = frozenset(iri for iri, datatype in DATATYPES.items() if datatype.json["type"] in ("integer", "number"))
DAYS = frozenset({EDTF, *(XSD + name for name in ("date", "dateTime", "dateTimeStamp", "gYear", "gYearMonth"))})
