"""Answers: the answer to a query as a table, in one line and as a chart, each row with its words."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pyoxigraph as px

from kg.pages import charts
from kg.pages.in_words import date_in_words, thousands
from kg.pages.model import BASES, Because, Name
from kg.pages.page import Page
from kg.pages.sections import join
from kg.query.canned import CannedQuery
from kg.query.disagreements import of_things
from kg.query.headings import capital
from kg.query.results import Answer
from kg.query.why import Reason, Words
from kg.rdf import iris
from kg.rdf.datatypes import NUMBERS
from kg.rdf.edtf import read_edtf
from kg.rdf.terms import XSD, text_of


class Cell(NamedTuple):
    """A cell of an answer: a text, or a thing by name; a number; a date with why it is given; and its place in a sorted
    column, numbers and days before texts.
    """

    text: str
    name: Name | None = None
    number: bool = False
    because: Because | None = None
    place: tuple[bool, float, str] = (True, 0, "")


class Row(NamedTuple):
    """A row of an answer, with the words that it rests on where they are known."""

    cells: tuple[Cell, ...]
    because: Because | None = None


class Column(NamedTuple):
    """A column: its heading, its name in the query, and whether rows are in its order, "ascending" or "descending"."""

    heading: str
    name: str
    sorted: str = ""


class Table(NamedTuple):
    """An answer: its columns and rows, in one line, and its numbers as a chart where it is a series.

    `whole` is how many rows there are; the table has those that are asked for, at most MOST_ROWS. `disputed` are the
    things in it of which sources say different dates or numbers.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    line: str
    numbers: charts.Numbers | None
    worded: bool
    whole: int = 0
    disputed: tuple[Name, ...] = ()


class Shown(NamedTuple):
    """How a reader wants an answer: sorted by a column ("-date" backwards), rows with some words, for another page."""

    sort: str = ""
    filter: str = ""
    embed: bool = False


def body_of(answer: Answer) -> bytes:
    """The bytes of an answer, from its file where it is large."""
    if answer.file is None:
        return answer.body
    data = answer.file.read_bytes()
    answer.file.unlink()
    return data


MOST_ROWS = 1000  # of a table in a page; the data have all


def table_of(page: Page, answer: Answer, query: CannedQuery | None = None, shown: Shown | None = None) -> Table:
    """A table of an answer as JSON: a column `xLabel` is what the column `x` is called, and what a column
    `xBasis` says is told beside `x`.
    """
    shown = shown or Shown()
    found = json.loads(body_of(answer))
    if "boolean" in found:
        said = "yes" if found["boolean"] else "no"
        return Table((Column("Answer", ""),), (Row((Cell(said),)),), said.capitalize() + ".", None, False, 1)
    told = found.get("receipts", ())
    names = found["columns"] if "columns" in found else found["head"]["vars"]
    columns = [name for name in names if not (name.endswith(("Label", "Basis")) and name[:-5] in names)]
    if "columns" in found:
        bindings = [{name: term for name, term in zip(names, row, strict=True) if term} for row in found["rows"]]
    else:
        bindings = found["results"]["bindings"]
    merged = _merged(page, columns)
    rows = []
    for index, row in enumerate(bindings[:MOST_ROWS]):
        reasons = [_reason(one) for one in (told[index] if index < len(told) else ()) if one["words"]]
        cells = [_cell(page, row, column, merged.get(column), reasons) for column in columns]
        because = join(page, reasons) if reasons else None
        own = (cell for cell, column in zip(cells, columns, strict=True) if column not in merged.values())
        rows.append(Row(tuple(own), because))
    names = [column for column in columns if column not in merged.values()]
    numbers = series(page, bindings, columns, query.series, rows) if query and query.series else None
    line = numbers.line if numbers else line_of_rows(rows, len(bindings))
    asked, order = shown.sort.removeprefix("-"), "descending" if shown.sort.startswith("-") else "ascending"
    heads = tuple(
        Column(heading_of(page, name, query.text if query else ""), name, order if name == asked else "")
        for name in names
    )
    worded = any(row.because for row in rows)
    shown_rows = tuple(_as_shown(rows, names, shown))
    return Table(heads, shown_rows, line, numbers, worded, len(bindings), _disputed(page, shown_rows))


def _disputed(page: Page, rows: Sequence[Row]) -> tuple[Name, ...]:
    """The things in some rows about which sources disagree."""
    base = page.base
    if len(page.opened.release.manifest.get("coverage", ())) < 2:
        return ()
    things = {cell.name.iri: cell.name for row in rows for cell in row.cells if cell.name}
    asked = [iri for iri in things if iris.is_entity(base, iri)]
    found = of_things(page.opened.dataset, base, asked)
    return tuple(things[iri] for iri in dict.fromkeys(one.subject for one in found))


def _as_shown(rows: Sequence[Row], names: Sequence[str], shown: Shown) -> list[Row]:
    """The rows that a reader wants, in the order wanted; what has no value comes last in either."""
    words = shown.filter.casefold().split()
    kept = [row for row in rows if all(word in _text(row) for word in words)]
    asked = shown.sort.removeprefix("-")
    if asked not in names:
        return kept
    column = names.index(asked)
    valued = [row for row in kept if row.cells[column].text]
    empty = [row for row in kept if not row.cells[column].text]
    valued.sort(key=lambda row: row.cells[column].place, reverse=shown.sort.startswith("-"))
    return valued + empty


def _text(row: Row) -> str:
    """All that a row says, with its words, in small letters."""
    quotes = [quote.exact for quote in row.because.quotes] if row.because else []
    return " ".join((*(cell.text for cell in row.cells), *quotes)).casefold()


def _merged(page: Page, columns: Sequence[str]) -> dict[str, str]:
    """The columns that are told with the one before: "more than" with 1,000."""
    words = {page.words.get(iri, ""): page.words.get(other, "") for iri, other in page.headings.qualifying.items()}
    plain = {column.removesuffix("Label").lower(): column for column in columns}
    return {plain[other]: plain[one] for one, other in words.items() if one in plain and other in plain}


def line_of_rows(rows: Sequence[Row], count: int) -> str:
    """An answer in one line: how many rows there are, and the first of their values."""
    if not rows:
        return "No answers: the graph says nothing of it."
    firsts = list(dict.fromkeys(next((cell.text for cell in row.cells if cell.name), "") for row in rows))
    named = [first for first in firsts if first]
    if count > len(rows) or not named:
        return f"{count:,} answer{'' if count == 1 else 's'}."
    shown = named[:3]
    more = f" and {len(named) - len(shown):,} more" if len(named) > len(shown) else ""
    between = ", ".join(shown) if more or len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
    return f"{between}{more}{f', in {count:,} rows' if len(named) < count else ''}."


def _reason(told: Mapping[str, Any]) -> Reason:
    """A receipt of an answer in JSON as the reason that it was."""
    words = tuple(Words(w["source"], w["passage"], "", w["exact"], "") for w in told["words"])
    triple = px.Triple(px.NamedNode(told["subject"]), px.NamedNode(told["property"]), px.Literal(told["value"]))
    return Reason(triple, told["basis"], told["fact"], told.get("note", ""), told.get("evidence", ""), words)


def heading_of(page: Page, name: str, text: str) -> str:
    """A column as people read it: the heading of the property of that name, where the query asks for it, or else the
    words of its name.
    """
    plain = name.removesuffix("Label")
    term = page.opened.context.terms.get(plain)
    if term and term.iri in page.words and re.search(rf"[:#/]{re.escape(iris.local(term.iri))}\b", text):
        return page.headings.forward(term.iri)
    return capital("".join(f" {c.lower()}" if c.isupper() else c for c in plain).strip())


def _cell(page: Page, row: Mapping[str, Any], column: str, qualifier: str | None, reasons: Sequence[Reason]) -> Cell:
    term = row.get(column)
    if term is None:
        return _said(row.get(f"{column}Label", {}).get("value", ""))
    if term["type"] == "uri":
        name = page.name(term["value"])
        if page.is_property(term["value"]):
            name = name._replace(label=page.headings.forward(term["value"]))
        said = row.get(f"{column}Label", {}).get("value", "")
        return _said(said or name.label)._replace(name=name if name.href else None)
    text = term.get("value", "") if isinstance(term.get("value"), str) else json.dumps(term.get("value"))
    datatype = term.get("datatype", "")
    if datatype.endswith("/EDTF"):
        given = (r for r in reasons if r.statement.predicate.value == page.date and text_of(r.statement.object) == text)
        because = next(map(page.because, given), None)
        return Cell(date_in_words(text), because=because, place=(False, _days(text), ""))
    if datatype in NUMBERS:
        said = row.get(qualifier, {}).get("value", "") if qualifier else ""
        said = "" if said in page.unsaid else said
        return Cell(f"{said} {thousands(text)}".strip(), number=True, place=(False, _number(text), ""))
    if _is_date(datatype):
        return Cell(text, place=(False, _days(text), ""))
    return _said(BADGES.get(text, text) if column.lower().endswith("basis") else text)


def _said(text: str) -> Cell:
    return Cell(text, place=(True, 0, text.casefold()))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:  # as XSD writes what Python does not
        return float("-inf") if text.startswith("-") else float("inf")


def _days(text: str) -> float:
    """The first day of a date as a number that grows with time; what is no date, or has no beginning, comes first."""
    try:
        first = read_edtf(text).earliest
    except ValueError:
        return float("-inf")
    return first[0] * 372 + first[1] * 31 + first[2] if first else float("-inf")


BADGES = {**{basis: words for basis, words in BASES.items() if words}, "stated": "stated", "layout": "from heading"}


def series(
    page: Page, bindings: Sequence[Mapping[str, Any]], columns: Sequence[str], kind: str, rows: Sequence[Row]
) -> charts.Numbers | None:
    """The answer as a chart: its numbers over the years, those of several kinds apart, each leading to its words."""
    found = []
    for index, row in enumerate(bindings):
        why = rows[index].because if index < len(rows) else None
        dates = [row[c]["value"] for c in columns if c in row and _is_date(row[c].get("datatype", ""))]
        numbers = [row[c]["value"] for c in columns if c in row and row[c].get("datatype", "") in NUMBERS]
        if len(dates) <= 1 and len(numbers) == 1:
            dated = page.date_of(dates[0], STATED) if dates else None
            said = row.get(kind, {})
            what = page.name(said["value"]).label if said.get("type") == "uri" else said.get("value", "")
            signs = (page.signs.get(row[c]["value"], "") for c in columns if c in row)
            name = Name(why.href, what, why.href) if why and why.href else None
            found.append(charts.Number(float(numbers[0]), "".join(signs), what, dated, name))
    return charts.numbers(found)


STATED = Because("stated", "", "", "", (), "")


def _is_date(datatype: str) -> bool:
    return datatype.endswith("/EDTF") or datatype == XSD + "date"
