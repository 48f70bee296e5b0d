"""Routes: what each address of a published graph answers with.

A handler takes the live release and a request and gives a Reply, or raises ProblemError or KgError. Links are
relative, so that they work on whatever host and below whatever path the server stands.
"""

import asyncio
from urllib.parse import quote

from kg import answers, documents, names, pages, search, services, show, things
from kg.describe import PREFIXES, service_description
from kg.errors import KgError, QueryError, nearest
from kg.live import Live
from kg.media import DOCUMENTS, GRAPHS, MEDIA, SUFFIXES, TABLES, choose
from kg.pool import Answer, Pool
from kg.protocol import MAX_BODY, Fields, Question, one, only, question
from kg.rdf import is_iri
from kg.requests import Handler, Request, alternates, as_json, ask, negotiated, split, unknown, written
from kg.responses import ProblemError, Reply, problem
from kg.worker import Job

PAGE_BYTES = 1_000_000  # of an answer that is shown in a page; as data there may be more


# What the graph speaks of


async def thing(live: Live, pool: Pool, request: Request, name: str) -> Reply:
    """An entity: its IRI answers 303 to a document (Cool URIs, 4.2), the document's address with the document."""
    stem, suffix = split(name)
    iri = names.entity(live.base, name)
    if suffix and not (is_iri(iri) and documents.document(live.dataset, live.store, live.base, iri)):
        return _document(live, request, names.entity(live.base, stem), suffix)
    kind = negotiated(request, DOCUMENTS)
    if not (is_iri(iri) and documents.document(live.dataset, live.store, live.base, iri)):
        raise unknown(name)
    place = f"{quote(name)}{MEDIA[kind].suffix}"
    return Reply(
        303,
        "text/plain; charset=utf-8",
        f"See {place}\n".encode(),
        (("Location", place), alternates(name, DOCUMENTS)),
        lasting=True,
    )


async def fact(live: Live, pool: Pool, request: Request, name: str) -> Reply:
    """A fact with its evidence."""
    stem, suffix = split(name)
    return _document(live, request, names.fact(live.base, stem), suffix)


async def source(live: Live, pool: Pool, request: Request, name: str) -> Reply:
    """A source with its passages; as text, of which the passages `#char=...` are fragments (RFC 5147), verbatim."""
    stem, suffix = split(name)
    if negotiated(request, (*DOCUMENTS, "text"), suffix) != "text":
        return _document(live, request, names.source(live.base, stem), suffix)
    path = live.release.path / "sources" / f"{stem}.txt"
    if not names.is_slug(stem) or len(stem) > 200 or not path.is_file():
        raise unknown(stem)
    return Reply(200, MEDIA["text"].content_type, path.read_bytes(), (alternates(stem, DOCUMENTS),), lasting=True)


async def described(live: Live, pool: Pool, request: Request, name: str) -> Reply:
    """The vocabulary with the shapes, or the curators."""
    stem, suffix = split(name)
    return _document(live, request, f"{live.base}{stem}", suffix)


def _document(live: Live, request: Request, iri: str, suffix: str) -> Reply:
    kind = negotiated(request, DOCUMENTS, suffix)
    found = documents.document(live.dataset, live.store, live.base, iri) if is_iri(iri) else []
    if iri == names.ontology(live.base).rstrip("#"):
        found += live.turtle("shapes.ttl")
    last = iri.rpartition("/")[2]
    if not found:
        raise unknown(last)
    place = () if suffix else (("Content-Location", f"{quote(last)}{MEDIA[kind].suffix}"),)
    headers = (alternates(last, DOCUMENTS), *place)
    if kind == "html":
        return Reply(200, MEDIA[kind].content_type, things.document(live, request.root, iri), headers, lasting=True)
    graphs = kind in ("trig", "nquads")
    body = written(live, found if graphs else documents.triples(found), kind)
    return Reply(200, MEDIA[kind].content_type, body, headers, lasting=True)


async def graph(live: Live, pool: Pool, request: Request, name: str) -> Reply:
    """One of the graphs that are kept beside the facts: provenance, inferred or ontology."""
    stem, suffix = split(name)
    kind = negotiated(request, DOCUMENTS, suffix)
    if stem not in ("provenance", "inferred", "ontology"):
        raise unknown(stem)
    headers = (alternates(stem, DOCUMENTS), ("Content-Location", f"{stem}{MEDIA[kind].suffix}"))
    if kind == "html":
        return Reply(200, MEDIA[kind].content_type, things.graph(live, request.root, stem), headers, lasting=True)
    job = {"release": str(live.release.path), "named_graph": names.graph(live.base, stem), "graph": kind}
    return _answered(await ask(pool, request, job), headers, lasting=True)


async def home(live: Live, pool: Pool, request: Request, name: str) -> Reply:
    """The first page, or for programs the description of the dataset."""
    kind = negotiated(request, DOCUMENTS)
    if kind == "html":
        return Reply(
            200,
            MEDIA[kind].content_type,
            pages.home(live, request.root),
            (alternates("dataset", GRAPHS),),
            lasting=True,
        )
    return await dataset(live, pool, request, "dataset")


async def dataset(live: Live, pool: Pool, request: Request, name: str) -> Reply:
    """The description of the dataset: VoID, DCAT 3, schema.org."""
    stem, suffix = split(name)
    if stem not in ("dataset", ".well-known/void"):
        raise unknown(name)
    offered = GRAPHS if stem.startswith(".well-known") else DOCUMENTS
    kind = negotiated(request, offered, suffix)
    headers = (
        alternates(f"{request.root}dataset", DOCUMENTS),
        ("Content-Location", f"{request.root}dataset{MEDIA[kind].suffix}"),
    )
    if kind == "html":
        return Reply(200, MEDIA[kind].content_type, pages.dataset(live, request.root), headers, lasting=True)
    triples = [quad.triple for quad in live.turtle("void.ttl")]
    return Reply(200, MEDIA[kind].content_type, written(live, triples, kind, PREFIXES), headers, lasting=True)


async def download(live: Live, pool: Pool, request: Request, name: str) -> Reply:
    """A file with the whole graph."""
    kind = SUFFIXES.get(f".{name.removeprefix('dataset.')}", "")
    if name != f"dataset{MEDIA[kind].suffix if kind else ''}" or kind not in GRAPHS:
        raise ProblemError(
            404, f"there is no file {name[:80]!r}; there are {', '.join('dataset' + MEDIA[k].suffix for k in GRAPHS)}"
        )
    path = live.release.dataset if kind == "nquads" else live.release.path / "downloads" / name
    if not path.is_file():
        raise ProblemError(404, f"this release has no {name}; ask whoever runs this server to build it again")
    headers = (("Content-Disposition", f'attachment; filename="{name}"'),)
    digest = await asyncio.to_thread(live.digest, path)
    return Reply(200, MEDIA[kind].content_type, headers=headers, file=path, digest=digest)


# Questions


async def sparql(live: Live, pool: Pool, request: Request, name: str) -> Reply:
    """The endpoint of the SPARQL 1.1 Protocol."""
    if request.encoding not in ("", "identity"):
        raise ProblemError(
            415, f"the body is encoded as {request.encoding[:40]}; send it as it is", [("Accept-Encoding", "identity")]
        )
    body = await request.read(MAX_BODY) if request.method == "POST" else b""
    asked = question(request.method, request.query_string, request.media, body)
    if not asked.text:
        return _bare(live, request)
    table, graph_ = _wanted(request, asked)
    job: Job = {
        "release": str(live.release.path),
        "query": asked.text,
        "table": "json" if table == "html" else table,
        "graph": "turtle" if graph_ == "html" else graph_,
        "default": asked.graphs.default,
        "named": asked.graphs.named,
    }
    page = not asked.format and choose(request.accept, (*TABLES, *GRAPHS, "html")) == "html"
    if page:
        job["bytes"] = PAGE_BYTES
    try:
        answer = await ask(pool, request, job)
    except KgError as error:
        if not page:
            raise
        body = answers.sparql(live, request.root, asked.text, error=error)
        return Reply(problem(error).status, MEDIA["html"].content_type, body)
    if (graph_ if answer.kind == "graph" else table) != "html":
        return _answered(answer)
    body = answers.sparql(live, request.root, asked.text, answer)
    return Reply(200, MEDIA["html"].content_type, body, seconds=answer.seconds)


def _bare(live: Live, request: Request) -> Reply:
    """What the endpoint answers where nothing is asked: a form for people, its description for programs."""
    if request.method == "POST":
        raise ProblemError(400, "no query; send it as the field `query` or as the body", parameter="query")
    kind = negotiated(request, ("turtle", "html", *GRAPHS[1:]))
    if kind == "html":
        return Reply(200, MEDIA[kind].content_type, answers.sparql(live, request.root), lasting=True)
    described = service_description(f"{request.url}sparql", live.base)
    return Reply(200, MEDIA[kind].content_type, written(live, described, kind, PREFIXES))


def _wanted(request: Request, asked: Question) -> tuple[str | None, str | None]:
    """The formats for a table and for a graph, None where what the client takes cannot hold one."""
    if asked.format:
        kind = negotiated(request._replace(query_string=f"format={quote(asked.format)}".encode()), (*TABLES, *GRAPHS))
        return (kind if kind in TABLES else None), (kind if kind in GRAPHS else None)
    found = choose(request.accept, (*TABLES, "html")), choose(request.accept, (*GRAPHS, "html"))
    if found == (None, None):
        raise ProblemError(
            406, f"no answer is {request.accept}; ask for {', '.join(MEDIA[n].type for n in (*TABLES, *GRAPHS))}"
        )
    return found


def _answered(answer: Answer, headers: tuple[tuple[str, str], ...] = (), lasting: bool = False) -> Reply:
    return Reply(
        200,
        MEDIA[answer.format].content_type,
        answer.body,
        headers,
        answer.file,
        passing=answer.file is not None,
        lasting=lasting,
        seconds=answer.seconds,
    )


async def queries(live: Live, pool: Pool, request: Request, name: str) -> Reply:
    """The canned queries: a page for people, JSON for programs."""
    stem, suffix = split(name)
    if stem != "query":
        raise unknown(name)
    kind = negotiated(request, ("html", "json"), suffix)
    if kind == "html":
        return Reply(200, MEDIA[kind].content_type, answers.questions(live, request.root), lasting=True)
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
            "formats": [MEDIA[kind].suffix[1:] for kind in (GRAPHS if answers.makes_graph(query) else TABLES)],
            "url": names.query(request.url, query.name),
        }
        for query in live.queries.values()
    ]
    return as_json({"queries": listed})


async def query(live: Live, pool: Pool, request: Request, name: str) -> Reply:
    """A canned query: its page, or its answer as data with the query string's fields as parameters."""
    stem, suffix = split(name)
    if stem not in live.queries:
        raise ProblemError(
            404, f"no canned query is called {stem[:80]!r}{nearest(stem[:80], live.queries)}; /query lists them"
        )
    canned = live.queries[stem]
    graph_ = answers.makes_graph(canned)
    offered = GRAPHS if graph_ else TABLES
    known = (*(parameter.name for parameter in canned.parameters), *(() if suffix else ("format",)))
    found = request.fields
    only(found, known)
    values = {key: one(found, key) for key in found if key != "format"}
    kind = negotiated(request if not suffix else request._replace(query_string=b""), ("html", *offered), suffix)
    wanted = {"html": "turtle" if graph_ else "json"}.get(kind, kind)
    # A form sends every field: one that is left empty is one that is not given.
    job = {
        "release": str(live.release.path),
        "name": stem,
        "values": {key: value for key, value in values.items() if value or kind != "html"},
        "table": None if graph_ else wanted,
        "graph": wanted if graph_ else None,
        **({"bytes": PAGE_BYTES} if kind == "html" else {}),
    }
    headers = (alternates(stem, ("html", *offered)),)
    if kind != "html":
        return _answered(await ask(pool, request, job), headers, lasting=True)
    try:
        answer: Answer | QueryError = await ask(pool, request, job)
    except QueryError as error:
        answer = error
    body = answers.question(live, request.root, canned, values, answer)
    if isinstance(answer, QueryError):
        return Reply(400, MEDIA[kind].content_type, body)
    return Reply(200, MEDIA[kind].content_type, body, headers, lasting=True, seconds=answer.seconds)


async def find(live: Live, pool: Pool, request: Request, name: str) -> Reply:
    """Search by name and words."""
    found = request.fields
    only(found, ("q", "type", "limit", "offset", "format"))
    text, type_ = one(found, "q"), one(found, "type")
    most, skip = _number(found, "limit", 20, 100), _number(found, "offset", 0, 10_000)
    kind = negotiated(request, ("html", "json"))
    hits = await asyncio.to_thread(search.search, live.index, text[:300], most, type_, skip)
    if kind == "html":
        return Reply(200, MEDIA[kind].content_type, pages.results(live, request.root, text, hits), lasting=True)
    listed = [{**hit._asdict(), "url": show.address(live, request.url, hit.iri)} for hit in hits]
    return as_json({"query": text, "results": listed})


def _number(found: Fields, name: str, default: int, most: int) -> int:
    given = one(found, name, str(default))
    if not (given.isascii() and given.isdigit()) or len(given) > 9 or int(given) > most:
        raise ProblemError(400, f"{name}: {given[:40]!r} is not a whole number from 0 to {most:,}", parameter=name)
    return int(given)


# Addresses, as Starlette reads them, and what answers them. A handler gets the name in the path, or the whole path.
ROUTES: dict[str, Handler] = {
    "/": home,
    "/id/{name}": thing,
    "/fact/{name}": fact,
    "/source/{name}": source,
    "/ontology": described,
    "/ontology.{suffix}": described,
    "/curators": described,
    "/curators.{suffix}": described,
    "/graph/{name}": graph,
    "/dataset": dataset,
    "/dataset.{suffix}": dataset,
    "/.well-known/void": dataset,
    "/.well-known/sparql-examples": services.examples,
    "/downloads/{name}": download,
    "/sparql": sparql,
    "/query": queries,
    "/query.{suffix}": queries,
    "/query/{name}": query,
    "/search": find,
    "/reconcile": services.reconciliation,
    "/reconcile/suggest/{name}": services.suggest,
    "/reconcile/preview": services.preview,
    "/openapi.json": services.api,
    "/validation": services.validation,
    "/validation.{suffix}": services.validation,
    "/sitemap.xml": services.site_map,
    "/robots.txt": services.robots,
    "/health": services.health,
    "/static/{name:path}": services.static,
}
POST = (sparql, services.reconciliation)
