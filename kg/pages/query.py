"""Query pages: the canned queries with their forms, the SPARQL editor, tables and lines."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from kg.errors import KgError, QueryError
from kg.pages.answers import Column, Shown, body_of, table_of
from kg.pages.page import Page
from kg.pages.render import alternates, escaped, show
from kg.query.canned import CannedQuery, Parameter, pieces, takes_latest
from kg.query.labels import find_entity
from kg.query.opened import MOST_QUADS, Opened
from kg.query.receipts import answered, write_answered
from kg.query.results import Answer, UnansweredError, write_results
from kg.query.sparql import form, run
from kg.rdf import iris
from kg.rdf.datatypes import DATATYPES
from kg.rdf.formats import FORMATS, GRAPHS, SHEETS
from kg.rdf.terms import XSD, shorten
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
    opened: Opened,
    root: str,
    query: CannedQuery,
    values: Mapping[str, str],
    answer: Answer | QueryError,
    shown: Shown | None = None,
) -> bytes:
    """A canned query with its form and its answer, as a reader wants it."""
    page = Page(opened, root)
    shown = shown or Shown()
    fields = [_field(page, query, parameter, values.get(parameter.name)) for parameter in query.parameters]
    asked = {name: value for name, value in values.items() if value}
    given = urlencode(asked)
    table = table_of(page, answer, query, shown) if isinstance(answer, Answer) and answer.kind != "graph" else None
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
        table=table,
        asked=asked,
        shown=shown,
        orders={column.name: _order(asked, shown, column) for column in table.columns} if table else {},
        embed=f"{query.name}?{given}" if shown.embed else "",
        cited=_cited(opened, query, given),
        neighbours=[q for q in opened.queries.values() if q.tags[:1] == query.tags[:1] and q != query][:5],
        turtle=body_of(answer).decode() if isinstance(answer, Answer) and answer.kind == "graph" else "",
        iri=iris.query(opened.base, query.name),
        suffix=FORMATS[kinds[0]].suffix,
        pieces=_pieces(query) if opened.static else None,
        alternates=alternates(query.name, sorted(kinds, key=lambda kind: kind not in ("csv", "xlsx"))),
    )


def _pieces(query: CannedQuery) -> dict[str, object]:
    """What a script needs to ask a question with other values, where no server does."""
    parameters = {
        parameter.name: {
            "kind": parameter.kind,
            "language": parameter.language,
            "latest": takes_latest(parameter),
            "takes": _takes(parameter),
            "form": DATATYPES[parameter.kind].form.replace("(?P<", "(?<") if parameter.kind in DATATYPES else "",
        }
        for parameter in query.parameters
    }
    return {"pieces": pieces(query), "parameters": parameters, "name": query.name}


def _order(asked: Mapping[str, str], shown: Shown, column: Column) -> str:
    """The address that sorts by a column, or the other way round where it is sorted already."""
    sort = f"-{column.name}" if column.sorted == "ascending" else column.name
    return f"?{urlencode({**asked, 'sort': sort, **({'filter': shown.filter} if shown.filter else {})})}"


def _cited(opened: Opened, query: CannedQuery, given: str) -> str:
    """How to cite an answer: the question, the graph and its release, the address."""
    address = f"{iris.query(opened.base, query.name)}{f'?{given}' if given else ''}"
    return f"“{query.summary}” {opened.release.manifest.get('title') or 'A graph'}, release {opened.name}. {address}"


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
    """What a canned query answers with its default values, in one line; "" where a graph is too large to ask it."""
    if query.name not in page.opened.lines:
        few = page.opened.release.manifest["counts"].get("quads", 0) <= MOST_QUADS
        page.opened.lines[query.name] = _asked(page, query) if few else ""
    return page.opened.lines[query.name]


def _asked(page: Page, query: CannedQuery) -> str:
    results = run(page.opened.store, query.text, page.opened.prefixes, base=page.base)
    if form(query.text) not in ("SELECT", "ASK"):
        return ""
    body = write_results(results, "json", page.opened.prefixes)
    return table_of(page, Answer("json", "table", body, None, 0.0), query).line


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
    value = default if given is None else given
    kind = inputs.get(parameter.kind, "text")
    return Field(parameter.name, parameter.help, kind, value, _takes(parameter), (), optional)


def _takes(parameter: Parameter) -> str:
    """What a parameter takes, in words."""
    if parameter.kind == XSD + "date":
        return "a year or a day"
    return DATATYPES[parameter.kind].expected if parameter.kind in DATATYPES else "a text"


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
    table = table_of(page, answer) if answer and answer.kind != "graph" else None
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
        table=table,
        turtle=body_of(answer).decode() if answer and answer.kind == "graph" else "",
        hints=_hints(opened, text) if table and not table.rows else [],
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


PARSED = 10_000  # characters of a query beyond which no hints are looked for


def _hints(opened: Opened, text: str) -> list[str]:
    """What a query asks for that the graph does not have."""
    if len(text) > PARSED:
        return []
    from kg.query.hints import hints  # loads rdflib

    return hints(text, opened.index, opened.store, opened.base, opened.prefixes)


EXAMPLE = """SELECT ?thing ?thingLabel ?date WHERE {
  ?thing kg:date ?date ; skos:prefLabel ?thingLabel .
}
ORDER BY ?date
LIMIT 20"""
