"""Describe: the CSVW metadata of a table drafted from its cells, each guess with what it rests on.

A person corrects them: what a column means no cell tells.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from kg.errors import FactError, Fault
from kg.tables.convert import Conversion, Table
from kg.tables.engine import Engine, UnreadableTableError
from kg.tables.files import KINDS, Dialect, fault_of, head, suffix_of
from kg.tables.mapping import Mapping
from kg.tables.survey import Expression, column
from kg.tables.words import CONTEXT, name_of

_DAY, _MONTH = "(?:0?[1-9]|[12][0-9]|3[01])", "(?:0?[1-9]|1[0-2])"
_ISO = "[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
# What cells may be, in the order in which it is asked: what a person calls it, a pattern, and the datatype of CSVW.
GUESSES: tuple[tuple[str, str, Any], ...] = (
    ("true or false", "true|false", "boolean"),
    ("yes or no", "(?i)yes|no", None),  # how it is written is told by the cells
    ("years", "1[0-9]{3}|20[0-9]{2}", "gYear"),
    ("whole numbers", "[+-]?(?:0|[1-9][0-9]{0,17})", "integer"),
    ("whole numbers with a point", r"[+-]?[0-9]{1,18}\.0", {"base": "integer", "format": "#0.0"}),
    ("numbers", r"[+-]?[0-9]{1,18}(?:\.[0-9]+)?", "decimal"),
    ("numbers with commas", r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?", {"base": "decimal", "format": "#,##0.###"}),
    ("numbers with an exponent", r"[+-]?[0-9]+(?:\.[0-9]+)?[eE][+-]?[0-9]+", "double"),
    ("days", _ISO, "date"),
    (
        "times",
        r"[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?(?:Z|[+-][0-9:]{5})?",
        "dateTime",
    ),
    ("days as 31.12.1999", rf"{_DAY}\.{_MONTH}\.[0-9]{{4}}", {"base": "date", "format": "d.M.yyyy"}),
    ("days as 31/12/1999", f"{_DAY}/{_MONTH}/[0-9]{{4}}", {"base": "date", "format": "d/M/yyyy"}),
    ("days as 12/31/1999", f"{_MONTH}/{_DAY}/[0-9]{{4}}", {"base": "date", "format": "M/d/yyyy"}),
    ("addresses", "https?://[!-~]+", "anyURI"),
)
NULLS = ("NA", "N/A", "n/a", "NULL", "null", "None", "nan", "NaN", "-", "?", "..")
LANGUAGES = frozenset("ar de en es fr it ja ko nl pl pt ru sv tr zh".split())
LEAST_LISTED = 0.02  # of the cells of a column, that hold a mark which separates values
LEAST_NULL = 0.01  # of the rows, in which a word for nothing stands
LONGEST_LIST = 300  # characters of a cell that is a list and no prose


class Column(NamedTuple):
    """What the cells of a column are: how many have something in them, how many different ones, how long the longest
    is, how many match each guess, are words for nothing, or hold a mark that separates values; and some of them.
    """

    name: str
    filled: int
    different: int
    longest: int
    matching: tuple[int, ...]
    nulls: dict[str, int]
    listed: dict[str, int]
    examples: tuple[str, ...]


def describe(path: Path, engine: Engine, scratch: Path) -> dict[str, Any]:
    """The metadata of a CSV file; FactError where it cannot be read."""
    dialect = _dialect(path)
    read = head(path, path.name, dialect)
    if not read.headers or not read.headers[0]:
        raise FactError([Fault(path.name, 1, 1, "the table is empty; its first line names the columns")])
    header = read.headers[0]
    conversion = Conversion(Table(path, path.name, dialect), Mapping(tuple(header), (), ()), engine, scratch)
    try:
        rows, columns = _looked(conversion.expression, header, engine)
    except UnreadableTableError:
        if faults := fault_of(path, path.name, dialect, len(header)):
            raise FactError(faults) from None
        rows, columns = _looked(conversion.read_anew(), header, engine)
    described = [_described(one, rows) for one in columns]
    keys = [one.name for one in columns if one.filled == rows == one.different and rows > 1]
    schema: dict[str, Any] = {"columns": described}
    if keys:
        schema |= {"aboutUrl": f"id:{{{name_of(keys[0])}}}", "primaryKey": name_of(keys[0])}
    found: dict[str, Any] = {
        "@context": [CONTEXT, {"@language": "en"}],
        "url": path.name,
        "dc:title": path.name.partition(".")[0].replace("_", " "),
        "rdfs:comment": f"{rows:,} rows; a draft by kg tables describe: correct it, and delete what is only a comment.",
    }
    if dialect != Dialect():
        found["dialect"] = {"delimiter": dialect.delimiter}
    return {**found, "tableSchema": schema}


def as_text(metadata: dict[str, Any]) -> str:
    """Metadata as a file has them: a column a line."""
    schema = metadata["tableSchema"]
    columns = ",\n".join(f"      {json.dumps(one, ensure_ascii=False)}" for one in schema["columns"])
    shell = {**metadata, "tableSchema": {**schema, "columns": ["@"]}}
    text: str = json.dumps(shell, ensure_ascii=False, indent=2)
    begin = text.index("[", text.index('"columns"'))
    return f"{text[:begin]}[\n{columns}\n    ]{text[text.index(']', begin) + 1 :]}\n"


def _dialect(path: Path) -> Dialect:
    """How a file seems to be written: with the mark that its first line has most often."""
    usual = KINDS.get(suffix_of(path), ",")
    first = next(iter(head(path, path.name, Dialect(delimiter="\x1f", quote="")).headers), [""])
    line = first[0] if first else ""
    marks = {mark: line.count(mark) for mark in (usual, ";", "\t", "|")}
    best = max(marks, key=lambda mark: marks[mark])
    return Dialect(delimiter=best if marks[best] > marks[usual] else usual)


def _looked(table: Expression, header: list[str], engine: Engine) -> tuple[int, list[Column]]:
    """How many rows a table has, and what its columns hold."""
    found = []
    rows = 0
    for number, name in enumerate(header):
        cell = table[column(number)].fill_null("")
        filled = cell != ""
        asked = [
            table.count(),
            filled.sum(),
            cell.nunique(where=filled),
            cell.length().max(),
            cell.min(where=filled),
            cell.max(where=filled),
        ]
        asked += [cell.re_search(rf"\A(?:{pattern})\z").sum() for _, pattern, _ in GUESSES]
        asked += [(cell == null).sum() for null in NULLS]
        asked += [cell.contains(mark).sum() for mark in (";", "|")]
        (row,) = engine.rows(table.aggregate(**{f"a{n}": one for n, one in enumerate(asked)}))
        rows, many, different, longest, low, high, *counts = row
        matching, others = counts[: len(GUESSES)], counts[len(GUESSES) :]
        found.append(
            Column(
                name,
                many or 0,
                different or 0,
                longest or 0,
                tuple(one or 0 for one in matching),
                {null: count for null, count in zip(NULLS, others, strict=False) if count},
                {mark: count for mark, count in zip((";", "|"), others[len(NULLS) :], strict=True) if count},
                tuple(dict.fromkeys(text for text in (low, high) if text)),
            )
        )
    return rows, found


def _described(one: Column, rows: int) -> dict[str, Any]:
    """A column's metadata, with what they rest on as a comment."""
    said: dict[str, Any] = {"titles": one.name, "name": name_of(one.name), "propertyUrl": f"kg:{_word(one.name)}"}
    nothing = {null: count for null, count in one.nulls.items() if count >= max(2, LEAST_NULL * rows)}
    nulls = sum(nothing.values())
    values = one.filled - nulls
    told = list(_told(one, rows, nothing))
    for (kind, _, datatype), count in zip(GUESSES, one.matching, strict=True):
        if values and count == values:
            told.append(f"all {values:,} are {kind}")
            said |= {"datatype": datatype} if datatype else {}
            break
    else:
        for mark, count in one.listed.items():
            if count >= max(2, LEAST_LISTED * values) and one.longest <= LONGEST_LIST:
                said["separator"] = mark
                told.append(f"{count:,} hold “{mark}”")
        suffix = re.search(r"(?:^|[_ .-])([a-z]{2})$", one.name)
        if suffix and suffix[1] in LANGUAGES:
            said["lang"] = suffix[1]
            told.append(f"its name ends in {suffix[1]}")
    if nothing:
        said["null"] = ["", *nothing]
    if values == rows:
        said["required"] = True
    return {**said, "rdfs:comment": "; ".join(told)}


def _told(one: Column, rows: int, nothing: dict[str, int]) -> Iterator[str]:
    yield f"{one.filled:,} of {rows:,} cells are filled, {one.different:,} different"
    if one.examples:
        yield "from " + " to ".join(json.dumps(text[:40], ensure_ascii=False) for text in one.examples)
    for null, count in one.nulls.items():
        if null in nothing:
            yield f"{count:,} are “{null}”, taken for nothing: delete it from `null` where it means something"
        else:
            yield f"“{null}” stands {count:,} times: a value, or nothing?"


def _word(name: str) -> str:
    """A property's name made of a header: in one word, with a small letter first.

    >>> _word("Official name (fr)"), _word("ISO3166-1")
    ('officialNameFr', 'iso31661')
    """
    words = re.findall(r"[A-Za-z0-9]+", name) or ["value"]
    first: str = words[0].lower()
    return first + "".join(word[:1].upper() + word[1:] for word in words[1:])
