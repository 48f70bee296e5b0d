"""Datatypes: the datatypes of CSVW, with formats and limits, as parsers of cells (Metadata Vocabulary, 5.11)."""

import re
from typing import Any, NamedTuple

from kg.rdf.terms import XSD
from kg.tables.formats import Number, Parser, boolean, moment, number, plain, shaped
from kg.tables.words import TYPES, XSD_TYPES

TEXTS = frozenset(TYPES[name] for name in "string normalizedString token language Name NMTOKEN html json xml".split())
BINARY = frozenset((XSD + "base64Binary", XSD + "hexBinary"))
_NUMBERS = frozenset(
    TYPES[name]
    for name in XSD_TYPES
    if name in ("decimal", "double", "float") or re.search("(?i)integer|long|int$|short|byte", name)
)
_MOMENTS = frozenset(XSD + name for name in ("date", "time", "dateTime", "dateTimeStamp"))
ORDERED = _NUMBERS | _MOMENTS | frozenset(XSD + name for name in XSD_TYPES if name.startswith("g") or "uration" in name)


class Datatype(NamedTuple):
    """A datatype: the IRI of its literals, that of the built-in one it is based on, how it is written and what of it is
    allowed.
    """

    iri: str = XSD + "string"
    base: str = XSD + "string"
    format: Any = None
    limits: tuple[tuple[str, str], ...] = ()  # of length and value


def compared(one: str, other: str, base: str, key: str) -> int | None:
    """How two limits, or a value and a limit, compare: below, at or above 0; None where they do not."""
    from kg.rdf.datatypes import compare

    kind = XSD + "integer" if "ength" in key else base
    return compare((one, kind), (other, kind))


def parser_of(datatype: Datatype, *, strict: bool = False) -> Parser:
    """The parser of cells of a datatype, with its limits; ValueError where its format is none.

    Numbers may have commas between thousands, as the standard has it; where it is `strict`, if the format says so: 1,5
    is fifteen to nobody who writes it.
    """
    by_format = _by_format(datatype, strict=strict)
    if not datatype.limits:
        return by_format

    def limited(text: str) -> str:
        value = by_format(text)
        for key, limit in datatype.limits:
            _hold(value, key, limit, datatype.base)
        return value

    return limited


def _by_format(datatype: Datatype, *, strict: bool) -> Parser:
    base, format_ = datatype.base, datatype.format
    if base in _NUMBERS:
        if format_ is not None and not isinstance(format_, str | dict):
            raise ValueError(f"{format_!r} is not a format of numbers")
        said = {"pattern": format_} if isinstance(format_, str) else format_ or {}
        wrong = [key for key in said if not isinstance(said[key], str)]
        if wrong:
            raise ValueError(f"{wrong[0]}: {said[wrong[0]]!r} is not text")
        decimal = said.get("decimalChar", ".")
        group = said.get("groupChar", "," if decimal != "," and (said.get("pattern") or not strict) else "")
        if decimal in ("", group):
            raise ValueError(f"decimalChar: {decimal!r} does not tell a fraction from groups; give another character")
        return number(base, Number(said.get("pattern", ""), decimal, group))
    if format_ is not None and not isinstance(format_, str):
        raise ValueError(f"{format_!r} is not text")
    if base == XSD + "boolean":
        return boolean(format_ or "")
    if format_ is None:
        return plain(base)
    return moment(base, format_) if base in _MOMENTS else shaped(base, format_)


def _hold(value: str, key: str, limit: str, base: str) -> None:
    """Raise ValueError where a value is beyond a limit."""
    if "ength" in key:
        length = len(value)
        if base == XSD + "hexBinary":
            length //= 2
        elif base == XSD + "base64Binary":
            length = len(re.sub("[ =]", "", value)) * 3 // 4
        fits = {"length": length == int(limit), "minLength": length >= int(limit), "maxLength": length <= int(limit)}[
            key
        ]
        if not fits:
            raise ValueError(f"{value[:60]!r} has the length {length}; {key} is {limit}")
        return
    order = compared(value, limit, base, key)
    allowed = {"minInclusive": (0, 1), "minExclusive": (1,), "maxInclusive": (-1, 0), "maxExclusive": (-1,)}[key]
    if order not in allowed:
        raise ValueError(f"{value[:60]!r} is beyond {key} {limit}")
