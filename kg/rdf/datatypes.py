"""Datatypes: the lexical forms and value spaces of literals, one table for facts, parameters and descriptions.

XML Schema 1.1 Part 2, 3.3 and 3.4, for datatypes that RDF 1.1 names (RDF 1.1 Concepts, 5.1), and EDTF.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from kg.rdf.terms import EDTF, XSD

_DIGITS = 4000  # of a whole number; Python reads no longer ones


class Datatype(NamedTuple):
    """A datatype: its lexical form as a pattern, what a value of it is in words, and its JSON Schema.

    `beyond` says what else is wrong with a value of the right form, "" where nothing is: a day that no calendar has, a
    number out of bounds.
    """

    form: str
    expected: str
    json: Mapping[str, Any] = {"type": "string"}
    beyond: Callable[[str], str] = lambda value: ""


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


def _date(value: str) -> str:
    """What is wrong with the day that a value of the right form begins with: whether the calendar has it."""
    year, month, day = re.match(r"(-?\d+)-(\d\d)-(\d\d)", value).groups()  # type: ignore[union-attr]  # the form has them
    from kg.rdf.edtf import read_edtf  # only where a day is given: a query starts in milliseconds

    sign, digits = ("-", year[1:]) if year.startswith("-") else ("", year)
    written = f"Y{sign}{digits}" if len(digits) > 4 else year
    try:
        read_edtf(f"{written}-{month}-{day}")
    except ValueError as error:
        return f"{value[:60]!r}{str(error).removeprefix(repr(f'{written}-{month}-{day}'))}"
    return ""


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
        rf"[+-]?\d{{1,{_DIGITS}}}", f"a whole number{span}, as in 450", {"type": "integer", **bounds}, beyond
    )


_YEAR = r"-?([1-9]\d{3,}|0\d{3})"
_MONTH = r"(0[1-9]|1[0-2])"
_DAY = r"(0[1-9]|[12]\d|3[01])"
_ZONE = r"(Z|[+-]((0\d|1[0-3]):[0-5]\d|14:00))?"
_CLOCK = r"(([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?|24:00:00(\.0+)?)"
_FLOAT = Datatype(
    r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]?INF|NaN", "a number, as in 4.5 or 4.5e2", {"type": "number"}
)
_BITS = {"long": 64, "int": 32, "short": 16, "byte": 8}

DATATYPES: dict[str, Datatype] = {
    XSD + "integer": _integer(),
    XSD + "nonNegativeInteger": _integer(0),
    XSD + "positiveInteger": _integer(1),
    XSD + "nonPositiveInteger": _integer(None, 0),
    XSD + "negativeInteger": _integer(None, -1),
    **{XSD + name: _integer(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for name, bits in _BITS.items()},
    **{XSD + "unsigned" + name.capitalize(): _integer(0, 2**bits - 1) for name, bits in _BITS.items()},
    XSD + "decimal": Datatype(r"[+-]?(\d+(\.\d*)?|\.\d+)", "a decimal number, as in 4.5", {"type": "number"}),
    XSD + "double": _FLOAT,
    XSD + "float": _FLOAT,
    XSD + "boolean": Datatype(r"true|false|1|0", "true or false", {"type": "boolean"}),
    XSD + "date": Datatype(
        r"-?\d{4,}-\d\d-\d\d", "a day, as in 1999-02-17", {"type": "string", "format": "date"}, _date
    ),
    XSD + "time": Datatype(_CLOCK + _ZONE, "a time, as in 12:30:00"),
    XSD + "dateTime": Datatype(
        rf"{_YEAR}-{_MONTH}-{_DAY}T{_CLOCK}{_ZONE}",
        "a time, as in 1999-02-17T12:30:00Z",
        {"type": "string", "format": "date-time"},
        _date,
    ),
    XSD + "gYear": Datatype(_YEAR, "a year, as in 1999"),
    XSD + "gYearMonth": Datatype(rf"{_YEAR}-{_MONTH}", "a month, as in 1999-02"),
    XSD + "anyURI": Datatype(r"\S+", "an address without spaces"),
    EDTF: Datatype(r"(?s).*", "a date", beyond=_edtf),
}
NUMBERS = frozenset(iri for iri, datatype in DATATYPES.items() if datatype.json["type"] in ("integer", "number"))
DAYS = frozenset({EDTF, XSD + "date"})
