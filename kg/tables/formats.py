"""Formats: how a cell writes a number, a date or a boolean, and the lexical form that it comes to.

CSVW Metadata, 6.4: number patterns and date and time patterns are those of UAX 35, as far as that section asks.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from kg.rdf.datatypes import NUMBERS, problem
from kg.rdf.terms import XSD

Parser = Callable[[str], str]  # a text to its lexical form; ValueError says what is wrong

_INTEGERS = frozenset(iri for iri in NUMBERS if iri.removeprefix(XSD) not in ("decimal", "double", "float"))
_FLOATS = (XSD + "double", XSD + "float")


class Number(NamedTuple):
    """How numbers are written: a pattern of UAX 35, "" for any, and the marks of the fraction and of groups."""

    pattern: str = ""
    decimal: str = "."
    group: str = ""


def number(datatype: str, format_: Number) -> Parser:
    """The parser of numbers of a datatype, given by its IRI; ValueError where the pattern is not one.

    >>> number(XSD + "decimal", Number("#,##0.00", group=","))("1,234.50")
    '1234.50'
    """
    matches = _pattern(format_) if format_.pattern else None

    def parse(text: str) -> str:
        if matches and not re.fullmatch(matches, text):
            raise ValueError(f"{text[:60]!r} is not written as {format_.pattern!r}")
        plain = _ungrouped(text, format_)
        scale = {"%": 2, "‰": 3}.get(plain[-1:]) or {"%": 2, "‰": 3}.get(plain[:1], 0)
        plain = plain.strip("%‰") if scale else plain
        if datatype in _INTEGERS and matches and re.fullmatch(r"[+-]?[0-9]+\.0+", plain):
            plain = plain.partition(".")[0]  # which its pattern asks for
        if re.fullmatch(r"[+-]?[0-9.]+[eE][+-]?[0-9]+", plain) and datatype not in _FLOATS:
            raise ValueError(f"{text[:60]!r} has an exponent, which no {datatype.removeprefix(XSD)} has")
        if wrong := problem(datatype if not scale else XSD + "decimal", plain):
            raise ValueError(wrong.replace(repr(plain), repr(text[:60])))
        return str(Decimal(plain).scaleb(-scale)) if scale else plain

    return parse


def _ungrouped(text: str, format_: Number) -> str:
    """A number with no groups and with a point."""
    group, decimal = format_.group, format_.decimal
    if group and group * 2 in text:
        raise ValueError(f"{text[:60]!r} has two marks of groups side by side")
    whole, point, fraction = text.partition(decimal)
    if group:
        whole, fraction = whole.replace(group, ""), fraction.replace(group, "")
    return f"{whole}.{fraction}" if point else whole


def _pattern(format_: Number) -> str:
    """A regular expression of the numbers that a pattern writes."""
    found = re.fullmatch(
        r"(?P<before>[^#0,.%‰E+-]*[+-]?[%‰]?)(?P<whole>[#0,]*)(?:\.(?P<fraction>[#0,]*))?"
        r"(?:E(?P<exponent>[+]?[#0]+))?(?P<after>[%‰]?)",
        format_.pattern,
    )
    if not found or not (found["whole"] or found["fraction"]):
        raise ValueError(f"{format_.pattern!r} is not a pattern of numbers, as in #,##0.00")
    sign = "[+-]" if "+" in found["before"] else "[+-]?"
    text = re.escape(found["before"].strip("+-")) + sign + _whole(found["whole"], format_)
    text += _fraction(found["fraction"], format_)
    if found["exponent"]:
        digits = found["exponent"].lstrip("+")
        text += f"E[+-]?[0-9]{{{max(digits.count('0'), 1)},{max(len(digits), 1)}}}"
    return text + re.escape(found["after"])


def _whole(pattern: str, format_: Number) -> str:
    """The digits before the point: at least as many as the pattern has zeros, in its groups."""
    groups = pattern.split(",")
    least = pattern.count("0")
    if len(groups) == 1 or not format_.group:
        return f"[0-9]{{{least},}}"
    first, second = len(groups[-1]), len(groups[-2]) if len(groups) > 2 else len(groups[-1])
    mark = re.escape(format_.group)
    head = f"(?:[0-9]{{1,{second}}}{mark}(?:[0-9]{{{second}}}{mark})*[0-9]{{{first}}}|[0-9]{{0,{first}}})"
    return f"(?=(?:{mark}?[0-9]){{{least},}}(?:[^0-9{mark}]|$)){head}" if least else head


def _fraction(pattern: str | None, format_: Number) -> str:
    if pattern is None:
        return ""
    mark, group = re.escape(format_.decimal), re.escape(format_.group)
    digits = pattern.replace(",", "")
    least, most = digits.count("0"), len(digits)
    if "," in pattern and format_.group:
        size = len(pattern.split(",")[0])
        full, rest = divmod(most, size)
        inner = f"(?:[0-9]{{{size}}}{group})*[0-9]{{1,{size}}}"
        counted = f"(?=(?:{group}?[0-9]){{{max(least, 1)},{full * size + rest}}}(?:[^0-9{group}]|$))"
        part = f"{mark}{counted}{inner}"
    else:
        part = f"{mark}[0-9]{{{max(least, 1)},{most}}}"
    return part if least else f"(?:{part})?"


_FIELDS = {
    "yyyy": r"(?P<year>-?[0-9]{4,})",
    "MM": "(?P<month>[0-9]{2})",
    "M": "(?P<month>[0-9]{1,2})",
    "dd": "(?P<day>[0-9]{2})",
    "d": "(?P<day>[0-9]{1,2})",
    "HH": "(?P<hour>[0-9]{2})",
    "mm": "(?P<minute>[0-9]{2})",
    "ss": "(?P<second>[0-9]{2})",
    "X": "(?P<zone>Z|[+-][0-9]{2}(?:[0-9]{2})?)",
    "XX": "(?P<zone>Z|[+-][0-9]{4})",
    "XXX": "(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})",
    "x": "(?P<zone>[+-][0-9]{2}(?:[0-9]{2})?)",
    "xx": "(?P<zone>[+-][0-9]{4})",
    "xxx": "(?P<zone>[+-][0-9]{2}:[0-9]{2})",
}
_DATES = "yyyy-MM-dd|yyyyMMdd|dd-MM-yyyy|d-M-yyyy|MM-dd-yyyy|M-d-yyyy|dd/MM/yyyy|d/M/yyyy|MM/dd/yyyy|M/d/yyyy|"
_DATES += "dd.MM.yyyy|d.M.yyyy|MM.dd.yyyy|M.d.yyyy|yyyy|yyyy-MM"
_TIMES = r"(?:HH:mm:ss|HHmmss)(?:\.S+)?|HH:mm|HHmm"
_DATE = f"(?:{_DATES.replace('.', '[.]')})"
_MOMENT = rf"(?:{_DATE}|(?:{_TIMES})|{_DATE}(?:T|'T'| )(?:{_TIMES}))(?: ?(?:X{{1,3}}|x{{1,3}}))?"


def moment(datatype: str, format_: str) -> Parser:
    """The parser of dates and times of a datatype, written by a pattern; ValueError where the pattern is not one.

    >>> moment(XSD + "date", "d.M.yyyy")("7.3.1998")
    '1998-03-07'
    """
    if not re.fullmatch(_MOMENT, format_):
        raise ValueError(f"{format_!r} is not a pattern of dates and times, as in yyyy-MM-dd or d.M.yyyy HH:mm")
    form = ""
    for piece in re.findall(r"yyyy|MM?|dd?|HH|mm|ss|S+|X+|x+|'T'|.", format_):
        if piece[0] == "S":
            form = form.removesuffix(r"\.") + rf"(?:\.(?P<part>[0-9]{{1,{len(piece)}}}))?"
        else:
            form += _FIELDS.get(piece) or re.escape(piece.strip("'") or "'")

    def parse(text: str) -> str:
        found = re.fullmatch(form, text)
        if not found:
            raise ValueError(f"{text[:60]!r} is not written as {format_!r}")
        value = _lexical(found.groupdict(), datatype)
        if wrong := problem(datatype, value):
            raise ValueError(f"{text[:60]!r}: {wrong}")
        return value

    return parse


def _lexical(parts: dict[str, str | None], datatype: str) -> str:
    """The lexical form of a date or time with these parts."""
    kind = datatype.removeprefix(XSD)
    day = "-".join(part.zfill(2) for name in ("year", "month", "day") if (part := parts.get(name)))
    clock = ""
    if parts.get("hour"):
        clock = f"{parts['hour']}:{parts['minute']}:{parts.get('second') or '00'}"
        part = (parts.get("part") or "").rstrip("0")
        clock += f".{part}" if part else ""
    elif kind.startswith("dateTime"):
        clock = "00:00:00"
    zone = parts.get("zone") or ""
    if zone and zone != "Z":
        digits = zone[1:].replace(":", "").ljust(4, "0")
        zone = f"{zone[0]}{digits[:2]}:{digits[2:]}"
        zone = "Z" if zone == "+00:00" else zone
    return f"{day}{'T' if day and clock else ''}{clock}{zone}"


def boolean(format_: str = "") -> Parser:
    """The parser of two words, `true|false` written in one's own; ValueError where the format is not two. Without one,
    of the four forms that booleans have.

    >>> boolean("yes|no")("no")
    'false'
    """
    if not format_:
        return lambda text: {"1": "true", "0": "false"}.get(plain(XSD + "boolean")(text), text)
    words = format_.split("|")
    if len(words) != 2 or not all(words):
        raise ValueError(f"{format_!r} is not two words, the one for true first, as in yes|no")

    def parse(text: str) -> str:
        if text not in words:
            raise ValueError(f"{text[:60]!r} is neither {words[0]!r} nor {words[1]!r}")
        return "true" if text == words[0] else "false"

    return parse


def plain(datatype: str) -> Parser:
    """The parser of texts that are lexical forms of a datatype already."""

    def parse(text: str) -> str:
        if wrong := problem(datatype, text):
            raise ValueError(wrong)
        return text

    return parse


def shaped(datatype: str, pattern: str) -> Parser:
    """The parser of texts that a regular expression matches; ValueError where it is not one."""
    try:
        form = re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"{pattern[:60]!r} is not a regular expression: {error}") from None

    def parse(text: str) -> str:
        if not form.fullmatch(text):
            raise ValueError(f"{text[:60]!r} does not match {pattern!r}")
        return plain(datatype)(text)

    return parse
