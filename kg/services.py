"""Services: what is answered beside the graph itself. Reconciliation, descriptions for programs, validation, health."""

import asyncio

from kg import names, pages, reconcile, search, show
from kg.describe import PREFIXES, executables, sitemap
from kg.live import Live
from kg.media import DOCUMENTS, GRAPHS, MEDIA
from kg.openapi import openapi
from kg.pool import Pool
from kg.protocol import MAX_BODY, fields, one
from kg.rdf import Triple
from kg.requests import Request, alternates, as_json, negotiated, split, unknown, written
from kg.responses import ProblemError, Reply


async def reconciliation(live: Live, pool: Pool, request: Request, name: str) -> Reply:
    """The Reconciliation Service API 0.2: the manifest, and batches of queries."""
    found = request.fields
    if request.method == "POST":
        found = fields(await request.read(MAX_BODY))
    if "queries" not in found:
        return as_json(reconcile.manifest(live.release.manifest, live.index, request.url))
    asked = reconcile.read_queries(one(found, "queries"))
    return as_json(await asyncio.to_thread(reconcile.answer, asked, live.index, live.base))


async def suggest(live: Live, pool: Pool, request: Request, name: str) -> Reply:
    """Suggestions of entities, types or properties by the beginning of a name (Reconciliation API 0.2, 6)."""
    if name not in reconcile.SUGGEST:
        raise ProblemError(404, f"there is no suggest service {name[:40]!r}; there are {', '.join(reconcile.SUGGEST)}")
    prefix = one(request.fields, "prefix")
    return as_json({"result": await asyncio.to_thread(reconcile.SUGGEST[name], live.index, live.base, prefix[:300])})


async def preview(live: Live, pool: Pool, request: Request, name: str) -> Reply:
    """A small page about an entity (Reconciliation API 0.2, 5)."""
    ident = one(request.fields, "id")
    hit = search.things(live.index, [names.entity(live.base, ident)]).get(names.entity(live.base, ident))
    if hit is None:
        raise unknown(ident)
    return Reply(200, MEDIA["html"].content_type, pages.preview(live, request.root, hit), framed=True)


async def examples(live: Live, pool: Pool, request: Request, name: str) -> Reply:
    """The canned queries as SHACL executables."""
    kind = negotiated(request, GRAPHS)
    return Reply(
        200,
        MEDIA[kind].content_type,
        written(live, executables(live.queries.values(), live.base), kind, PREFIXES),
        lasting=True,
    )


async def api(live: Live, pool: Pool, request: Request, name: str) -> Reply:
    """The OpenAPI 3.1 description."""
    document = openapi(live.queries.values(), live.release.manifest, request.url)
    return as_json(document, type_="application/vnd.oai.openapi+json;version=3.1")


async def validation(live: Live, pool: Pool, request: Request, name: str) -> Reply:
    """The report of the validation that the release passed."""
    stem, suffix = split(name)
    if stem != "validation":
        raise unknown(name)
    kind = negotiated(request, (*DOCUMENTS, "json"), suffix)
    headers = (alternates(stem, DOCUMENTS),)
    if kind == "html":
        return Reply(200, MEDIA[kind].content_type, pages.validation(live, request.root), headers, lasting=True)
    if kind == "json":
        return Reply(200, "application/json", live.file("report.json"), headers, lasting=True)
    report: list[Triple] = [quad.triple for quad in live.turtle("report.ttl")]
    return Reply(200, MEDIA[kind].content_type, written(live, report, kind, PREFIXES), headers, lasting=True)


async def site_map(live: Live, pool: Pool, request: Request, name: str) -> Reply:
    """The addresses of the pages, for search engines, below the public base."""
    return Reply(200, "application/xml", sitemap(show.addresses(live)), lasting=True)


async def robots(live: Live, pool: Pool, request: Request, name: str) -> Reply:
    """What robots may visit: all but what computes."""
    lines = (
        "User-agent: *",
        "Disallow: /sparql?",
        "Disallow: /search?",
        "Disallow: /reconcile",
        f"Sitemap: {live.base}sitemap.xml",
        "",
    )
    return Reply(200, "text/plain; charset=utf-8", "\n".join(lines).encode(), lasting=True)


async def health(live: Live, pool: Pool, request: Request, name: str) -> Reply:
    """Whether the server answers, and with which release."""
    said = {"status": "ok", "release": live.name, "workers": pool.settings.workers}
    return as_json({**said, "status": "the newest release cannot be opened"} if live.replaced else said)


async def static(live: Live, pool: Pool, request: Request, name: str) -> Reply:
    """A file of the pages: styles, scripts, pictures."""
    found = show.static(name)
    if found is None:
        raise ProblemError(404, f"there is no file {name[:80]!r}")
    return Reply(200, found[0], found[1], lasting=True)
