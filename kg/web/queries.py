"""Queries: the handlers of SPARQL, canned queries and search."""

import asyncio
from functools import partial

from kg.errors import KgError, QueryError, nearest
from kg.pages import catalogue, render
from kg.pages.answers import MOST_ROWS, Shown
from kg.pages.query import makes_graph, query_page, sparql_page
from kg.pages.search import results_page
from kg.query import finding
from kg.query.documents import written
from kg.query.opened import Opened
from kg.query.pool import Pool
from kg.query.results import Answer
from kg.query.service import service_description
from kg.query.sparql import form
from kg.query.worker import Job
from kg.rdf import iris
from kg.rdf.formats import FORMATS, GRAPHS, SHEETS, TABLES
from kg.release.dcat import PREFIXES
from kg.web.negotiation import alternates, choose, named, negotiated, split
from kg.web.request import Request, as_json, ask, unknown
from kg.web.response import ProblemError, Reply, problem
from kg.web.sparql_protocol import MAX_BODY, Fields, Question, one, only, question

PAGE_BYTES = 1_000_000  # of an answer that is shown in a page; as data there may be more
PAGE_CELLS = 20_000  # likewise


async def sparql(opened: Opened, pool: Pool, request: Request, name: str) -> Reply:
    """The endpoint of the SPARQL 1.1 Protocol."""
    if request.encoding not in ("", "identity"):
        raise ProblemError(
            415, f"the body is encoded as {request.encoding[:40]}; send it as it is", [("Accept-Encoding", "identity")]
        )
    body = await request.read(MAX_BODY) if request.method == "POST" else b""
    asked = question(request.method, request.query_string, request.media, body)
    if not asked.text:
        return _bare(opened, request)
    table, graph_ = _wanted(request, asked)
    job: Job = {
        "release": str(opened.release.path),
        "query": asked.text,
        "table": "json" if table == "html" else table,
        "graph": "turtle" if graph_ == "html" else graph_,
        "default": asked.graphs.default,
        "named": asked.graphs.named,
    }
    page = not _understood(asked) and choose(request.accept, (*TABLES, *GRAPHS, "html")) == "html"
    if page:
        job |= {"bytes": PAGE_BYTES, "cells": PAGE_CELLS}
    try:
        answer = await ask(pool, request, job)
    except KgError as error:
        if not page:
            raise
        status = problem(error).status
        shown = partial(sparql_page, opened, request.root, asked.text, error=error, status=status)
        return Reply(status, FORMATS["html"].content_type, shown)
    if (graph_ if answer.kind == "graph" else table) != "html":
        return answered(answer)
    shown = partial(sparql_page, opened, request.root, asked.text, answer)
    return Reply(200, FORMATS["html"].content_type, shown, seconds=answer.seconds)


def _bare(opened: Opened, request: Request) -> Reply:
    """What the endpoint answers where nothing is asked: a form for people, its description for programs."""
    if request.method == "POST":
        raise ProblemError(400, "no query; send it as the field `query` or as the body", parameter="query")
    kind = negotiated(request, ("turtle", "html", *GRAPHS[1:]))
    if kind == "html":
        return Reply(200, FORMATS[kind].content_type, partial(catalogue.page, opened, "sparql"), cacheable=True)
    described = service_description(f"{request.url}sparql", opened.base)
    return Reply(200, FORMATS[kind].content_type, lambda: written(opened, described, kind, PREFIXES))


def _wanted(request: Request, asked: Question) -> tuple[str | None, str | None]:
    """The formats for a table and for a graph, None where what the client takes cannot hold one.

    The first field that is understood tells, or else Accept. JSON and XML are a format of each.
    """
    if (kind := _understood(asked)) is not None:
        table = {"jsonld": "json", "rdfxml": "xml"}.get(kind, kind)
        graph_ = {"json": "jsonld", "xml": "rdfxml"}.get(kind, kind)
        return (table if table in TABLES else None), (graph_ if graph_ in GRAPHS else None)
    if asked.formats and not request.accept:
        raise ProblemError(406, f"nothing here is {asked.formats[0][:60]}; there is {', '.join((*TABLES, *GRAPHS))}")
    found = choose(request.accept, (*TABLES, "html")), choose(request.accept, (*GRAPHS, "html"))
    if found == (None, None):
        raise ProblemError(
            406,
            f"no answer is {request.accept}; ask for {', '.join(FORMATS[n].media_type for n in (*TABLES, *GRAPHS))}",
        )
    return found


def _understood(asked: Question) -> str | None:
    """The format that a request's fields name, None where they name none that is offered."""
    return next((kind for name in asked.formats if (kind := named(name)) in (*TABLES, *GRAPHS)), None)


def answered(answer: Answer, headers: tuple[tuple[str, str], ...] = (), cacheable: bool = False) -> Reply:
    """The reply that gives a worker\'s answer as data."""
    return Reply(
        200,
        FORMATS[answer.format].content_type,
        answer.body,
        headers,
        answer.file,
        temporary=answer.file is not None,
        cacheable=cacheable,
        seconds=answer.seconds,
    )


async def queries(opened: Opened, pool: Pool, request: Request, name: str) -> Reply:
    """The canned queries: a page for people, JSON for programs."""
    stem, suffix = split(name)
    if stem != "query":
        raise unknown(name)
    kind = negotiated(request, ("html", "json"), suffix)
    if kind == "html":
        return Reply(200, FORMATS[kind].content_type, partial(catalogue.page, opened, "query"), cacheable=True)
    listed = [
        {
            "name": query.name,
            "summary": query.summary,
            "description": query.description,
            "tags": query.tags,
            "parameters": [
                {
                    "name": parameter.name,
                    "help": parameter.help,
                    "type": parameter.kind,
                    "language": parameter.language or None,
                    "default": None if parameter.default is None else parameter.default.value,
                }
                for parameter in query.parameters
            ],
            "formats": [FORMATS[kind].suffix[1:] for kind in (GRAPHS if makes_graph(query) else SHEETS)],
            "url": iris.query(request.url, query.name),
        }
        for query in opened.queries.values()
    ]
    return as_json({"queries": listed})


async def query(opened: Opened, pool: Pool, request: Request, name: str) -> Reply:
    """A canned query: its page, or its answer as data with the query string's fields as parameters."""
    stem, suffix = split(name)
    if stem not in opened.queries:
        raise ProblemError(
            404, f"no canned query is called {stem[:80]!r}{nearest(stem[:80], opened.queries)}; /query lists them"
        )
    canned = opened.queries[stem]
    graph_ = makes_graph(canned)
    offered = GRAPHS if graph_ else SHEETS
    of_the_answer = ("evidence",) if suffix else ("evidence", "format", *Shown._fields)
    found = request.fields
    only(found, (*(parameter.name for parameter in canned.parameters), *of_the_answer))
    values = {key: one(found, key) for key in found if key not in of_the_answer}
    flags = {flag: one(found, flag) for flag in ("evidence", "embed") if flag in found}
    for flag, given in flags.items():
        if given not in ("", "0", "1"):
            raise ProblemError(400, f"{flag}: {given[:40]!r} is neither 0 nor 1", parameter=flag)
    evidence, embed = flags.get("evidence"), flags.get("embed") == "1"
    kind = negotiated(request if not suffix else request._replace(query_string=b""), ("html", *offered), suffix)
    wanted = {"html": "turtle" if graph_ else "json"}.get(kind, kind)
    # A form sends every field; an empty one counts as not given.
    job = {
        "release": str(opened.release.path),
        "name": stem,
        "values": {key: value for key, value in values.items() if value or kind != "html"},
        "table": None if graph_ else wanted,
        "graph": wanted if graph_ else None,
        **({"bytes": PAGE_BYTES, "cells": PAGE_CELLS} if kind == "html" else {}),
    }
    if evidence == "1" and kind != "html":
        job["evidence"] = "all"
    elif kind == "html" and form(canned.text) == "SELECT":
        job["evidence"] = MOST_ROWS
    headers = (alternates(stem, ("html", *offered)),)
    fields = tuple(sorted({**values, **({"evidence": "1"} if evidence == "1" else {})}.items()))
    if kind != "html":
        return answered(await ask(pool, request, job), headers, cacheable=True)._replace(fields=fields)
    try:
        answer: Answer | QueryError = await ask(pool, request, job)
    except QueryError as error:
        answer = error
    wish = Shown(one(found, "sort"), one(found, "filter")[:300], embed)
    shown = partial(query_page, opened, request.root, canned, values, answer, wish)
    if isinstance(answer, QueryError):
        return Reply(400, FORMATS[kind].content_type, shown)
    return Reply(
        200,
        FORMATS[kind].content_type,
        shown,
        headers,
        cacheable=True,
        framed=embed,
        seconds=answer.seconds,
        fields=(*fields, ("sort", wish.sort), ("filter", wish.filter), ("embed", str(embed))),
    )


async def find(opened: Opened, pool: Pool, request: Request, name: str) -> Reply:
    """Search by name and words."""
    found = request.fields
    only(found, ("q", "type", "limit", "offset", "format"))
    text, type_ = one(found, "q"), one(found, "type")
    most, skip = _number(found, "limit", 20, 100), _number(found, "offset", 0, 10_000)
    kind = negotiated(request, ("html", "json"))
    sought = finding.Sought(text[:300], most, type_, skip)
    if kind == "html":
        shown = partial(results_page, opened, request.root, sought)
        asked = (("q", text), ("type", type_), ("limit", str(most)), ("offset", str(skip)))
        return Reply(200, FORMATS[kind].content_type, shown, cacheable=True, fields=asked)
    led = await asyncio.to_thread(finding.find, opened, sought)
    found_ = {
        "query": text,
        "respelled": led.respelled or None,
        "total": led.total,
        "results": [{**hit._asdict(), "url": render.address(opened, request.url, hit.iri)} for hit in led.hits],
        "queries": [
            {"name": query.name, "summary": query.summary, "url": iris.query(request.url, query.name)}
            for query in led.queries
        ],
        "terms": [{"iri": term.iri, "label": term.label, "kind": term.kind} for term in led.terms],
    }
    return as_json(found_)


def _number(found: Fields, name: str, default: int, most: int) -> int:
    given = one(found, name, str(default))
    if not (given.isascii() and given.isdigit()) or len(given) > 9 or int(given) > most:
        raise ProblemError(400, f"{name}: {given[:40]!r} is not a whole number from 0 to {most:,}", parameter=name)
    return int(given)
