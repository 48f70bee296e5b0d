"""Operations: what is answered beside the graph: reconciliation, descriptions for programs, validation, health."""

import asyncio
from contextlib import suppress
from functools import partial

from kg.pages import catalogue, release, render
from kg.pages.search import preview_page
from kg.query import documents
from kg.query.opened import Opened
from kg.query.pool import Pool
from kg.rdf import iris
from kg.rdf.formats import DOCUMENTS, FORMATS, GRAPHS
from kg.rdf.terms import SKOS, text_of
from kg.release import search
from kg.web import reconciliation
from kg.web.negotiation import alternates, negotiated, split
from kg.web.openapi import openapi
from kg.web.queries import answered
from kg.web.request import Request, as_json, ask, document, unknown
from kg.web.response import ProblemError, Reply
from kg.web.sparql_protocol import MAX_BODY, fields, one

PATIENCE = 1.0  # seconds that a look at the server's health waits for the endpoint


async def reconcile(opened: Opened, pool: Pool, request: Request, name: str) -> Reply:
    """The Reconciliation Service API 0.2: the manifest, batches of queries, and the values of things."""
    found = request.fields
    if request.method == "POST":
        found = fields(await request.read(MAX_BODY))
    for asked in ("queries", "extend"):
        if asked in found:
            return await _reconciled(opened, pool, request, {asked: one(found, asked)})
    return as_json(reconciliation.manifest(opened.release.manifest, opened.index, request.url))


async def properties(opened: Opened, pool: Pool, request: Request, name: str) -> Reply:
    """The properties that things of a type have, for new columns (Reconciliation API 0.2, 7.1)."""
    return await _reconciled(opened, pool, request, {"propose": one(request.fields, "type")})


async def _reconciled(opened: Opened, pool: Pool, request: Request, asked: dict[str, str]) -> Reply:
    answer = await ask(pool, request, {"release": str(opened.release.path), "reconcile": asked})
    return answered(answer)._replace(type="application/json")


async def suggest(opened: Opened, pool: Pool, request: Request, name: str) -> Reply:
    """Suggestions of entities, types or properties by the beginning of a name (Reconciliation API 0.2, 6)."""
    _service(name)
    prefix, cursor = one(request.fields, "prefix")[:300], one(request.fields, "cursor", "0")
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 9:
        raise ProblemError(400, f"cursor: {cursor[:20]!r} is not a whole number from 0", parameter="cursor")
    return as_json(
        {
            "result": await asyncio.to_thread(
                reconciliation.SUGGEST[name], opened.index, opened.base, prefix, int(cursor)
            )
        }
    )


async def flyout(opened: Opened, pool: Pool, request: Request, name: str) -> Reply:
    """A few lines about a suggestion (Reconciliation API 0.2, 6.3)."""
    _service(name)
    ident = one(request.fields, "id")
    found = await asyncio.to_thread(
        reconciliation.flyout, name, opened.index, opened.base, ident, partial(_definition, opened)
    )
    if found is None:
        raise unknown(ident)
    return as_json(found)


def _definition(opened: Opened, iri: str) -> str:
    """What the vocabulary says of a word."""
    said = (quad.object for quad in opened.dataset.about(iri) if quad.predicate.value == SKOS + "definition")
    return next(map(text_of, said), "")


def _service(name: str) -> None:
    """Raise ProblemError 404 where nothing of a kind is suggested."""
    if name not in reconciliation.SUGGEST:
        raise ProblemError(
            404, f"there is no service {name[:40]!r} here; there are {', '.join(reconciliation.SUGGEST)}"
        )


async def preview(opened: Opened, pool: Pool, request: Request, name: str) -> Reply:
    """A small page about an entity (Reconciliation API 0.2, 5)."""
    ident = one(request.fields, "id")
    hit = search.things(opened.index, [iris.entity(opened.base, ident)]).get(iris.entity(opened.base, ident))
    if hit is None:
        raise unknown(ident)
    return Reply(200, FORMATS["html"].content_type, preview_page(opened, request.root, hit), framed=True)


async def examples(opened: Opened, pool: Pool, request: Request, name: str) -> Reply:
    """The canned queries as SHACL executables."""
    kind = negotiated(request, GRAPHS)
    return document(opened, kind, partial(documents.examples, opened, kind))


async def api(opened: Opened, pool: Pool, request: Request, name: str) -> Reply:
    """The OpenAPI 3.1 description."""
    document = openapi(opened.queries.values(), opened.release.manifest, request.url)
    return as_json(document, type_="application/vnd.oai.openapi+json;version=3.1")


async def validation(opened: Opened, pool: Pool, request: Request, name: str) -> Reply:
    """The report of the validation that the release passed."""
    stem, suffix = split(name)
    if stem != "validation":
        raise unknown(name)
    kind = negotiated(request, ("html", "json", *GRAPHS), suffix)
    headers = (alternates(stem, DOCUMENTS),)
    if kind == "html":
        return document(opened, kind, partial(catalogue.page, opened, "validation"), headers)
    if kind == "json":
        return Reply(200, "application/json", opened.file("report.json"), headers, cacheable=True)
    return document(opened, kind, partial(documents.described, opened, "report.ttl", kind), headers)


async def changes(opened: Opened, pool: Pool, request: Request, name: str) -> Reply:
    """What the release says that the one before did not, and the other way round."""
    stem, suffix = split(name)
    kind = negotiated(request, ("html", "json"), suffix)
    if stem != "changes" or (kind == "json" and not (opened.release.path / "changes.json").is_file()):
        raise unknown(name)
    if kind == "json":
        return Reply(200, "application/json", opened.file("changes.json"), cacheable=True)
    return document(opened, kind, partial(catalogue.page, opened, "changes"))


async def feed(opened: Opened, pool: Pool, request: Request, name: str) -> Reply:
    """The releases as an Atom feed."""
    made = await asyncio.to_thread(release.feed, opened)
    if made is None:
        raise ProblemError(404, "the releases have no day, which a feed has to tell: set `modified` in the project")
    return Reply(200, "application/atom+xml", made, cacheable=True)


async def site_map(opened: Opened, pool: Pool, request: Request, name: str) -> Reply:
    """The addresses of the pages, for search engines, below the public base."""
    return Reply(
        200,
        "application/xml",
        partial(catalogue.site_map, opened),
        cacheable=True,
    )


async def robots(opened: Opened, pool: Pool, request: Request, name: str) -> Reply:
    """What robots may visit: all but what computes."""
    lines = (
        "User-agent: *",
        "Disallow: /sparql?",
        "Disallow: /search?",
        "Disallow: /explore?",
        "Disallow: /compare?",
        "Disallow: /reconcile",
        f"Sitemap: {opened.base}sitemap.xml",
        "",
    )
    return Reply(200, "text/plain; charset=utf-8", "\n".join(lines).encode(), cacheable=True)


async def health(opened: Opened, pool: Pool, request: Request, name: str) -> Reply:
    """Whether the server can answer queries, and with which release: 503 where no worker lives, and where the endpoint
    that it asks did not answer when it was last asked. What answers slowly is not waited for.
    """
    with suppress(TimeoutError):
        await asyncio.wait_for(asyncio.to_thread(opened.ask_endpoint), PATIENCE)
    said = {"status": "ok", "release": opened.name, "workers": pool.alive}
    if opened.replaced:
        said["status"] = "the newest release cannot be opened"
    if fault := opened.fault if pool.alive else "no worker lives":
        said["status"] = fault
    return as_json(said)._replace(status=503 if fault else 200)


async def icon(opened: Opened, pool: Pool, request: Request, name: str) -> Reply:
    """The site's icon, which browsers ask for by this name whatever a page says."""
    return Reply(
        301, "text/plain; charset=utf-8", b"", (("Location", f"{request.root}static/icon.svg"),), cacheable=True
    )


async def static(opened: Opened, pool: Pool, request: Request, name: str) -> Reply:
    """A file of the pages: styles, scripts, pictures."""
    found = render.static(name)
    if found is None:
        raise ProblemError(404, f"there is no file {name[:80]!r}")
    return Reply(200, found[0], found[1], cacheable=True)
