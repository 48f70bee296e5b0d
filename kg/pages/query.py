"""Query pages: the canned queries with their forms, the SPARQL editor, tables and lines."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pyoxigraph as px

from kg.errors import KgError, QueryError
from kg.pages import charts
from kg.pages.model import BASES, Because, Name, Page, date_in_words, thousands
from kg.pages.render import alternates, escaped, show
from kg.pages.sections import join
from kg.query.canned import CannedQuery, Parameter
from kg.query.headings import capital
from kg.query.labels import find_entity
from kg.query.opened import Opened
from kg.query.receipts import answered, write_answered
from kg.query.results import Answer, UnansweredError, write_results
from kg.query.sparql import form, run
from kg.query.why import Reason, Words
from kg.rdf import iris
from kg.rdf.datatypes import DATATYPES, NUMBERS
from kg.rdf.formats import FORMATS, GRAPHS, SHEETS
from kg.rdf.terms import XSD, shorten, text_of
from kg.release import search

MOST_LISTED = 60  # choices of a list; more are proposed as one types


class Choice(NamedTuple):
    """A value that a form offers: what is sent, what is shown, and whether it is what was asked for."""

    value: str
    label: str
    chosen: bool


class Field(NamedTuple):
    """A parameter in a form: its name and help, the kind of input, what is in it, and what may be chosen."""

    name: str
    help: str
    input: str
    value: str
    takes: str
    choices: tuple[Choice, ...]
    optional: bool = False


class Cell(NamedTuple):
    """A cell of an answer: a text, or a thing by name; a number; a date with why it is given."""

    text: str
    name: Name | None = None
    number: bool = False
    because: Because | None = None


class Row(NamedTuple):
    """A row of an answer, with the words that it rests on where they are known."""

    cells: tuple[Cell, ...]
    because: Because | None = None


class Table(NamedTuple):
    """An answer: its columns and rows, in one line, and its numbers as a chart where it is a series."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    line: str
    numbers: charts.Numbers | None
    worded: bool


def makes_graph(query: CannedQuery) -> bool:
    """Whether a canned query makes a graph, not a table."""
    return form(query.text) in ("CONSTRUCT", "DESCRIBE")


def query_list_page(opened: Opened, root: str) -> bytes:
    """The canned queries, those to be seen first before all by subject."""
    first = [("to begin with", some)] if (some := [q for q in opened.queries.values() if q.featured]) else []
    tags = sorted({query.tags[:1] for query in opened.queries.values()})
    by = [(tag[0] if tag else "other", [q for q in opened.queries.values() if q.tags[:1] == tag]) for tag in tags]
    return show("questions", opened, root, "Questions", place="questions", by=[*first, *by], count=len(opened.queries))


def query_page(
    opened: Opened, root: str, query: CannedQuery, values: Mapping[str, str], answer: Answer | QueryError
) -> bytes:
    """A canned query with its form and its answer."""
    page = Page(opened, root)
    fields = [_field(page, query, parameter, values.get(parameter.name)) for parameter in query.parameters]
    given = "&".join(f"{escaped(name)}={escaped(value)}" for name, value in values.items() if value)
    kinds = GRAPHS if makes_graph(query) else SHEETS
    return show(
        "question",
        opened,
        root,
        query.summary,
        description=query.description or query.summary,
        place="questions",
        query=query,
        fields=fields,
        given=f"?{given}" if given else "",
        error=str(answer) if isinstance(answer, QueryError) else "",
        table=_answered(page, answer, query) if isinstance(answer, Answer) and answer.kind != "graph" else None,
        neighbours=[q for q in opened.queries.values() if q.tags[:1] == query.tags[:1] and q != query][:5],
        turtle=_body(answer).decode() if isinstance(answer, Answer) and answer.kind == "graph" else "",
        iri=iris.query(opened.base, query.name),
        suffix=FORMATS[kinds[0]].suffix,
        alternates=alternates(query.name, kinds),
    )


def answer_page(opened: Opened, root: str, iri: str) -> bytes:
    """A canned query with the answer that its default values give, asked here and without limits."""
    query = opened.queries[iris.local(iri)]
    asked = form(query.text)
    if asked == "SELECT":
        found = answered(opened.store, opened.dataset, query.text, opened.release)
        return query_page(opened, root, query, {}, Answer("json", "table", write_answered(found, "json"), None, 0.0))
    results = run(opened.store, query.text, opened.prefixes, base=opened.base)
    kind, format_ = ("graph", "turtle") if makes_graph(query) else ("table", "json")
    body = write_results(results, format_, opened.prefixes)
    return query_page(opened, root, query, {}, Answer(format_, kind, body, None, 0.0))


def line_of(page: Page, query: CannedQuery) -> str:
    """What a canned query answers with its default values, in one line."""
    results = run(page.opened.store, query.text, page.opened.prefixes, base=page.base)
    if form(query.text) not in ("SELECT", "ASK"):
        return ""
    body = write_results(results, "json", page.opened.prefixes)
    return _answered(page, Answer("json", "table", body, None, 0.0), query).line


def _field(page: Page, query: CannedQuery, parameter: Parameter, given: str | None) -> Field:
    default = "" if parameter.default is None else parameter.default.value
    optional = parameter.default is None
    if parameter.kind == "iri":
        value = page.name(default).label if default else ""
        value = given if given is not None else value
        choices = _choices(page, query, parameter, given if given is not None else default)
        kind = "select" if 0 < len(choices) <= MOST_LISTED else "text"
        return Field(parameter.name, parameter.help, kind, value, "a name", choices, optional)
    inputs = {XSD + "integer": "number", XSD + "nonNegativeInteger": "number"}
    takes = DATATYPES[parameter.kind].expected if parameter.kind in DATATYPES else "a text"
    if parameter.kind == XSD + "date":
        takes = "a year or a day"
    value = default if given is None else given
    return Field(parameter.name, parameter.help, inputs.get(parameter.kind, "text"), value, takes, (), optional)


def _choices(page: Page, query: CannedQuery, parameter: Parameter, asked: str) -> tuple[Choice, ...]:
    """The things that give an answer as the value of a parameter, with what was asked for among them."""
    opened = page.opened
    found = {iri: page.name(iri) for iri in opened.values_of(query, parameter.name)}
    if not found:
        return ()
    node = next((iri for iri, name in found.items() if asked in (iri, iris.slug(page.base, iri), name.label)), None)
    if node is None and asked:
        try:
            node = find_entity(asked, opened.store, page.base, opened.prefixes).value
            found[node] = page.name(node)
        except ValueError:  # the answer says what is wrong
            return ()
    named = sorted(found.values(), key=lambda name: (name.label.casefold(), name.iri))
    return tuple(Choice(iris.slug(page.base, name.iri), name.label, name.iri == node) for name in named)


def _body(answer: Answer) -> bytes:
    """The bytes of an answer, from its file where it is large."""
    if answer.file is None:
        return answer.body
    data = answer.file.read_bytes()
    answer.file.unlink()
    return data


MOST_ROWS = 1000  # of a table in a page; the data have all


def _answered(page: Page, answer: Answer, query: CannedQuery | None = None) -> Table:
    """A table of an answer as JSON: a column `xLabel` is what the column `x` is called, and what a column
    `xBasis` says is told beside `x`.
    """
    found = json.loads(_body(answer))
    if "boolean" in found:
        said = "yes" if found["boolean"] else "no"
        return Table(("Answer",), (Row((Cell(said),)),), said.capitalize() + ".", None, worded=False)
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
        shown = (cell for cell, column in zip(cells, columns, strict=True) if column not in merged.values())
        rows.append(Row(tuple(shown), because))
    titles = tuple(_column(page, column) for column in columns if column not in merged.values())
    numbers = _series(page, bindings, columns, query.series) if query and query.series else None
    line = numbers.line if numbers else _line(rows, len(bindings))
    return Table(titles, tuple(rows), line, numbers, any(row.because for row in rows))


def _merged(page: Page, columns: Sequence[str]) -> dict[str, str]:
    """The columns that are told with the one before: "more than" with 1,000."""
    words = {page.words.get(iri, ""): page.words.get(other, "") for iri, other in page.headings.qualifying.items()}
    plain = {column.removesuffix("Label").lower(): column for column in columns}
    return {plain[other]: plain[one] for one, other in words.items() if one in plain and other in plain}


def _line(rows: Sequence[Row], count: int) -> str:
    """An answer in one line: how many rows there are, and the first of their values."""
    if not rows:
        return "No answers: the graph says nothing of it."
    firsts = list(dict.fromkeys(next((cell.text for cell in row.cells if cell.name), "") for row in rows))
    if not all(firsts) or count > len(rows):
        return f"{count:,} answer{'' if count == 1 else 's'}."
    shown = firsts[:3]
    more = f" and {len(firsts) - len(shown):,} more" if len(firsts) > len(shown) else ""
    between = ", ".join(shown) if more or len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
    return f"{between}{more}{f', in {count:,} rows' if len(firsts) < count else ''}."


def _reason(told: Mapping[str, Any]) -> Reason:
    """A receipt of an answer in JSON as the reason that it was."""
    words = tuple(Words(w["source"], w["passage"], "", w["exact"], "") for w in told["words"])
    triple = px.Triple(px.NamedNode(told["subject"]), px.NamedNode(told["property"]), px.Literal(told["value"]))
    return Reason(triple, told["basis"], told["fact"], told.get("note", ""), told.get("evidence", ""), words)


def _column(page: Page, name: str) -> str:
    """A column as people read it: the heading of the property of that name, or else the words of its name."""
    plain = name.removesuffix("Label")
    term = page.opened.context.terms.get(plain)
    if term and term.iri in page.words:
        return page.headings.forward(term.iri)
    return capital("".join(f" {c.lower()}" if c.isupper() else c for c in plain).strip())


def _cell(page: Page, row: Mapping[str, Any], column: str, qualifier: str | None, reasons: Sequence[Reason]) -> Cell:
    term = row.get(column)
    if term is None:
        return Cell(row.get(f"{column}Label", {}).get("value", ""))
    if term["type"] == "uri":
        name = page.name(term["value"])
        said = row.get(f"{column}Label", {}).get("value", "")
        return Cell(said or name.label, name if name.href else None)
    text = term.get("value", "") if isinstance(term.get("value"), str) else json.dumps(term.get("value"))
    datatype = term.get("datatype", "")
    if datatype.endswith("/EDTF"):
        given = (r for r in reasons if r.statement.predicate.value == page.date and text_of(r.statement.object) == text)
        return Cell(date_in_words(text), because=next(map(page.because, given), None))
    if datatype in NUMBERS:
        said = row.get(qualifier, {}).get("value", "") if qualifier else ""
        said = "" if said in page.unsaid else said
        return Cell(f"{said} {thousands(text)}".strip(), number=True)
    return Cell(BADGES.get(text, text) if column.lower().endswith("basis") else text)


BADGES = {**{basis: words for basis, words in BASES.items() if words}, "stated": "stated", "layout": "from heading"}


def _series(
    page: Page, bindings: Sequence[Mapping[str, Any]], columns: Sequence[str], kind: str
) -> charts.Numbers | None:
    """The answer as a chart: its numbers over the years, those of several kinds apart."""
    found = []
    for row in bindings:
        dates = [row[c]["value"] for c in columns if c in row and _is_date(row[c].get("datatype", ""))]
        numbers = [row[c]["value"] for c in columns if c in row and row[c].get("datatype", "") in NUMBERS]
        if len(dates) <= 1 and len(numbers) == 1:
            dated = page.date_of(dates[0], STATED) if dates else None
            said = row.get(kind, {})
            what = page.name(said["value"]).label if said.get("type") == "uri" else said.get("value", "")
            signs = (page.signs.get(row[c]["value"], "") for c in columns if c in row)
            found.append(charts.Number(float(numbers[0]), "".join(signs), what, dated, None))
    return charts.numbers(found)


STATED = Because("stated", "", "", "", (), "")


def _is_date(datatype: str) -> bool:
    return datatype.endswith("/EDTF") or datatype == XSD + "date"


def sparql_page(
    opened: Opened,
    root: str,
    text: str = "",
    answer: Answer | None = None,
    error: KgError | None = None,
    status: int = 200,
) -> bytes:
    """The editor, with the answer to a query or what is wrong with it."""
    page = Page(opened, root)
    terms = [
        {"name": shorten(w.iri, opened.prefixes), "label": w.label, "kind": w.kind, "uses": w.uses}
        for kind in ("class", "property")
        for w in search.words(opened.index, kind, most=400)
    ]
    prefixes = [
        {"name": f"{name}:", "label": iri, "kind": "namespace", "uses": 0} for name, iri in opened.prefixes.items()
    ]
    place = (
        {"line": getattr(error, "line", 0), "column": getattr(error, "column", 0), "message": str(error)}
        if error
        else None
    )
    return show(
        "sparql",
        opened,
        root,
        "SPARQL",
        place="sparql",
        text=text or EXAMPLE,
        asked=bool(text),
        answered=answer is not None,
        table=_answered(page, answer) if answer and answer.kind != "graph" else None,
        turtle=_body(answer).decode() if answer and answer.kind == "graph" else "",
        seconds=answer.seconds if answer else 0,
        error=place,
        timed_out=isinstance(error, UnansweredError),
        too_large=isinstance(error, QueryError) and error.kind == "limit",
        terms=[*terms, *prefixes],
        prefixes=sorted(opened.prefixes.items()),
        examples=sorted(opened.queries.values(), key=lambda query: (not query.featured, query.summary))[:12],
        given=escaped(text),
        status=status,
    )


EXAMPLE = """SELECT ?thing ?thingLabel ?date WHERE {
  ?thing kg:date ?date ; skos:prefLabel ?thingLabel .
}
ORDER BY ?date
LIMIT 20"""
