"""Query pages: the canned queries with their forms, the SPARQL editor, tables and lines."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from kg.errors import KgError, QueryError
from kg.pages import charts
from kg.pages.model import BASES, Because, Name, Page, Quote, date_in_words
from kg.pages.render import alternates, escaped, show
from kg.query.canned import CannedQuery, Parameter
from kg.query.opened import Opened
from kg.query.receipts import answered, write_answered
from kg.query.results import Answer, UnansweredError, write_results
from kg.query.sparql import form, run
from kg.query.why import Words
from kg.rdf import iris
from kg.rdf.datatypes import DATATYPES, NUMBERS
from kg.rdf.formats import GRAPHS, SHEETS
from kg.rdf.terms import XSD, shorten
from kg.release import search

MOST_CHOICES = 300


class Field(NamedTuple):
    """A parameter in a form: its name and help, the kind of input, what is in it, and what may be chosen."""

    name: str
    help: str
    input: str
    value: str
    takes: str
    choices: tuple[str, ...]


class Cell(NamedTuple):
    """A cell of an answer: a text, or a thing by name."""

    text: str
    name: Name | None


class Receipt(NamedTuple):
    """The words that a row rests on, how they support it, and the fact's address."""

    quotes: tuple[Quote, ...]
    said: str
    href: str


class Table(NamedTuple):
    """An answer: its columns and rows, its numbers as a line where it is a series, the receipts of each row, if any."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numbers: charts.Numbers | None
    receipts: tuple[tuple[Receipt, ...], ...] = ()


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
    fields = [_field(page, parameter, values.get(parameter.name)) for parameter in query.parameters]
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
        table=_answered(page, answer, query.series) if isinstance(answer, Answer) and answer.kind != "graph" else None,
        turtle=_body(answer).decode() if isinstance(answer, Answer) and answer.kind == "graph" else "",
        iri=iris.query(opened.base, query.name),
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


def _field(page: Page, parameter: Parameter, given: str | None) -> Field:
    default = "" if parameter.default is None else parameter.default.value
    if parameter.kind == "iri":
        value = page.name(default).label if default else ""
        value = given if given is not None else value
        return Field(parameter.name, parameter.help, "text", value, "a name", _choices(page, default))
    inputs = {XSD + "date": "date", XSD + "integer": "number", XSD + "nonNegativeInteger": "number"}
    takes = DATATYPES[parameter.kind].expected if parameter.kind in DATATYPES else "a text"
    value = default if given is None else given
    return Field(parameter.name, parameter.help, inputs.get(parameter.kind, "text"), value, takes, ())


def _choices(page: Page, default: str) -> tuple[str, ...]:
    """The names that a field proposes: of things like the default one, or of all."""
    opened = page.opened
    hit = search.things(opened.index, [default]).get(default) if default else None
    found = search.most(opened.index, MOST_CHOICES, hit.types[0] if hit and hit.types else "")
    return tuple(sorted({hit.label for hit in found}))


def _body(answer: Answer) -> bytes:
    """The bytes of an answer, from its file where it is large."""
    if answer.file is None:
        return answer.body
    data = answer.file.read_bytes()
    answer.file.unlink()
    return data


MOST_ROWS = 1000  # of a table in a page; the data have all
MOST_RECEIPTS = 3  # of a row in a page, those of different words


def _answered(page: Page, answer: Answer, series: str = "") -> Table:
    """A table of an answer in SPARQL JSON: a column `xLabel` is what the column `x` is called."""
    found = json.loads(_body(answer))
    if "boolean" in found:
        return Table(("answer",), ((Cell("yes" if found["boolean"] else "no", None),),), None)
    told = found.get("receipts", ())
    names = found["columns"] if "columns" in found else found["head"]["vars"]
    columns = [name for name in names if not (name.endswith("Label") and name[:-5] in names)]
    if "columns" in found:
        bindings = [{name: term for name, term in zip(names, row, strict=True) if term} for row in found["rows"]]
    else:
        bindings = found["results"]["bindings"]
    rows = tuple(tuple(_cell(page, row, column) for column in columns) for row in bindings[:MOST_ROWS])
    titles = tuple(_column(column) for column in columns)
    numbers = _series(page, bindings, columns, series) if series else None
    receipts = tuple(tuple(_receipts(page, one)) for one in told[:MOST_ROWS])
    return Table(titles, rows, numbers, receipts if any(receipts) else ())


def _receipts(page: Page, told: Iterable[Mapping[str, Any]]) -> Iterator[Receipt]:
    """The receipts of a row as the page shows them, the same words once, a few of them."""
    seen: dict[tuple[str, ...], Receipt] = {}
    for one in told:
        words = tuple(Words(w["source"], w["passage"], "", w["exact"], "") for w in one["words"])
        key = tuple(word.passage for word in words)
        if words and key not in seen and len(seen) < MOST_RECEIPTS:
            quotes = tuple(Quote(word.source, page.href(word.passage), "", word.exact, "") for word in words)
            seen[key] = Receipt(quotes, BASES[one["basis"]], page.href(one["fact"]))
    yield from seen.values()


def _column(name: str) -> str:
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name.removesuffix("Label")).strip()


def _cell(page: Page, row: Mapping[str, Any], column: str) -> Cell:
    term = row.get(column)
    if term is None:
        return Cell(row.get(f"{column}Label", {}).get("value", ""), None)
    if term["type"] == "uri":
        name = page.name(term["value"])
        said = row.get(f"{column}Label", {}).get("value", "")
        return Cell(said or name.label, name if name.href else None)
    text = term.get("value", "") if isinstance(term.get("value"), str) else json.dumps(term.get("value"))
    return Cell(date_in_words(text) if term.get("datatype", "").endswith("/EDTF") else text, None)


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
            found.append(charts.Number(float(numbers[0]), "", what, dated, None))
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
