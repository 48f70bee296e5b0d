"""Linked data: the handlers of IRIs, documents and downloads."""

import asyncio
import re
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from functools import partial
from urllib.parse import quote

from kg.pages import catalogue
from kg.pages.compare import compare_page
from kg.pages.explore import Asked, explore_page, wanted
from kg.pages.page import Page
from kg.pages.timeline import years
from kg.query import documents, resource
from kg.query.edition import FILES as CITED
from kg.query.edition import STYLES, edition
from kg.query.opened import Opened
from kg.query.pool import Pool
from kg.rdf import iris
from kg.rdf.formats import BY_SUFFIX, DOCUMENTS, FORMATS, GRAPHS
from kg.rdf.terms import is_iri
from kg.release.history import KEPT, Version
from kg.release.search import FACETS, ORDERS
from kg.release.void import GRAPHS as NAMED_GRAPHS
from kg.web.negotiation import alternates, negotiated, split
from kg.web.queries import answered
from kg.web.request import Request, ask, context_of, document, unknown
from kg.web.response import ProblemError, Reply
from kg.web.sparql_protocol import one, only


async def thing(opened: Opened, pool: Pool, request: Request, name: str) -> Reply:
    """An entity: its IRI answers 303 to a document (Cool URIs, 4.2), the document's address with the document."""
    stem, suffix = split(name)
    iri = iris.entity(opened.base, name)
    if (new := opened.release.manifest.get("renamed", {}).get(stem)) and not await _known(
        opened, iris.entity(opened.base, stem)
    ):
        place = f"{quote(new)}{suffix}"
        moved = f"It is called {new} now.\n".encode()
        return Reply(301, "text/plain; charset=utf-8", moved, (("Location", place),), cacheable=True)
    if suffix and not await _known(opened, iri):
        return await _document(opened, request, iris.entity(opened.base, stem), suffix)
    kind = negotiated(request, DOCUMENTS)
    if not await _known(opened, iri):
        raise _missing(opened, iri)
    place = f"{quote(name)}{FORMATS[kind].suffix}"
    return Reply(
        303,
        "text/plain; charset=utf-8",
        f"See {place}\n".encode(),
        (("Location", place), alternates(name, DOCUMENTS)),
        cacheable=True,
    )


async def _known(opened: Opened, iri: str) -> bool:
    """Whether the graph knows an IRI; an endpoint, which may take its time, is asked beside the answering of others."""
    ask = partial(resource.known, opened.dataset, opened.store, opened.base, iri)
    return is_iri(iri) and (ask() if opened.endpoint is None else await asyncio.to_thread(ask))


def _missing(opened: Opened, iri: str) -> ProblemError:
    """The error that the graph knows nothing of a name, or no more."""
    if last := opened.gone.get(iri.removeprefix(opened.base)):
        told = f"release {last} was the last to tell of {iris.local(iri)[:80]!r}"
        kept = any(version.name == last for version in opened.versions)
        return ProblemError(410, f"{told}; what it said is at /release/{last}" if kept else told)
    return unknown(iris.local(iri))


async def fact(opened: Opened, pool: Pool, request: Request, name: str) -> Reply:
    """A fact with its evidence."""
    stem, suffix = split(name)
    return await _document(opened, request, iris.fact(opened.base, stem), suffix)


async def source(opened: Opened, pool: Pool, request: Request, name: str) -> Reply:
    """A source with its passages; as text, of which the passages `#char=...` are fragments (RFC 5147), verbatim."""
    stem, suffix = split(name)
    if stem in opened.release.manifest.get("tables", {}):
        return await _table(opened, request, stem, suffix)
    if negotiated(request, ("html", "text", *GRAPHS), suffix) != "text":
        return await _document(opened, request, iris.source(opened.base, stem), suffix)
    path = opened.release.path / "sources" / f"{stem}.txt"
    if not iris.is_slug(stem) or len(stem) > 200 or not path.is_file():
        raise unknown(stem)
    return Reply(200, FORMATS["text"].content_type, path.read_bytes(), (alternates(stem, DOCUMENTS),), cacheable=True)


async def _table(opened: Opened, request: Request, stem: str, suffix: str) -> Reply:
    """A table that is a source; as CSV, of which the rows `#row=...` are fragments (RFC 7111), as it was."""
    if negotiated(request, ("html", "csv", *GRAPHS), suffix) != "csv":
        return await _document(opened, request, iris.source(opened.base, stem), suffix)
    path = opened.release.path / "tables" / f"{stem}.csv"
    return Reply(200, FORMATS["csv"].content_type, headers=(alternates(stem, DOCUMENTS),), file=path)


async def rows_of(opened: Opened, pool: Pool, request: Request, name: str) -> Reply:
    """A page of the rows of a table, by the number of its first."""
    ident, _, number = name.partition("/")
    about = opened.release.manifest.get("tables", {}).get(ident)
    first = int(number) if re.fullmatch(r"[1-9]\d{0,11}", number, re.ASCII) else 0
    if about is None or first != iris.first_row(first) or not 0 < first <= about["rows"] + about["header"]:
        begins = f"its pages begin at rows 1, {iris.ROWS + 1}, {2 * iris.ROWS + 1} and so on"
        raise ProblemError(404, f"{ident[:80]!r} has no page that begins at row {number[:40]!r}; {begins}")
    address = f"source/{ident}/{first}"
    return document(opened, "html", partial(catalogue.page, opened, address))


async def described(opened: Opened, pool: Pool, request: Request, name: str) -> Reply:
    """The vocabulary with the shapes, or the curators."""
    stem, suffix = split(name)
    return await _document(opened, request, f"{opened.base}{stem}", suffix)


async def _document(opened: Opened, request: Request, iri: str, suffix: str) -> Reply:
    kind = negotiated(request, DOCUMENTS, suffix)
    last = iris.local(iri)
    if not await _known(opened, iri):
        raise _missing(opened, iri)
    place = () if suffix else (("Content-Location", f"{quote(last)}{FORMATS[kind].suffix}"),)
    return document(opened, kind, partial(_made, opened, iri, kind), (alternates(last, DOCUMENTS), *place))


def _made(opened: Opened, iri: str, kind: str) -> bytes:
    """A document about an IRI that the graph knows, in a format."""
    if kind == "html":
        return catalogue.page(opened, iris.address(opened.base, iri))
    return documents.about(opened, iri, [kind])[kind]


async def graph(opened: Opened, pool: Pool, request: Request, name: str) -> Reply:
    """One of the graphs that are kept beside the facts: provenance, inferred or ontology."""
    stem, suffix = split(name)
    kind = negotiated(request, DOCUMENTS, suffix)
    if stem not in NAMED_GRAPHS:
        raise unknown(stem)
    headers = (alternates(stem, DOCUMENTS), ("Content-Location", f"{stem}{FORMATS[kind].suffix}"))
    if kind == "html":
        return document(opened, kind, partial(catalogue.page, opened, f"graph/{stem}.html"), headers)
    job = {"release": str(opened.release.path), "named_graph": iris.graph(opened.base, stem), "graph": kind}
    return answered(await ask(pool, request, job), (*headers, *context_of(opened, kind)), cacheable=True)


async def timeline(opened: Opened, pool: Pool, request: Request, name: str) -> Reply:
    """The years in which something happened, or what happened in one."""
    kind = negotiated(request, ("html",))
    stem = split(name)[0]
    if stem != "timeline" and stem not in {str(one.year) for one in await asyncio.to_thread(years, opened)}:
        raise ProblemError(404, f"the graph has nothing of the year {stem[:40]!r}; /timeline lists those that it has")
    address = stem if stem == "timeline" else f"timeline/{stem}"
    return document(opened, kind, partial(catalogue.page, opened, address), ())


async def explore(opened: Opened, pool: Pool, request: Request, name: str) -> Reply:
    """A list of things, narrowed by facets and words."""
    found = request.fields
    only(found, (*FACETS, "q", "sort", "page"))
    given = {facet: value for facet in FACETS if (value := one(found, facet))}
    order, number = one(found, "sort", "statements"), one(found, "page", "1")
    if order not in ORDERS:
        raise ProblemError(400, f"sort: {order[:40]!r} is none of {', '.join(ORDERS)}", parameter="sort")
    if not re.fullmatch(r"[1-9]\d{0,5}", number, re.ASCII):
        raise ProblemError(400, f"page: {number[:40]!r} is not a whole number from 1", parameter="page")
    asked = Asked(given, one(found, "q")[:300], order, int(number))
    kind = negotiated(request, ("html",))
    await asyncio.to_thread(wanted, Page(opened, opened.base), asked)  # says what is wrong
    fields = tuple(sorted((key, one(found, key)) for key in found))
    shown = partial(explore_page, opened, request.root, asked)
    return Reply(200, FORMATS[kind].content_type, shown, cacheable=True, fields=fields)


async def compare(opened: Opened, pool: Pool, request: Request, name: str) -> Reply:
    """Things side by side."""
    found = request.fields
    only(found, ("thing",))
    names = tuple(text[:300] for text in found.get("thing", ()))
    kind = negotiated(request, ("html",))
    shown = partial(compare_page, opened, request.root, names)
    return Reply(
        200, FORMATS[kind].content_type, shown, cacheable=True, fields=tuple(("thing", text) for text in names)
    )


async def home(opened: Opened, pool: Pool, request: Request, name: str) -> Reply:
    """The first page, or for programs the description of the dataset."""
    kind = negotiated(request, DOCUMENTS)
    if kind == "html":
        return document(opened, kind, partial(catalogue.page, opened, ""), (alternates("dataset", GRAPHS),))
    return await dataset(opened, pool, request, "dataset")


async def dataset(opened: Opened, pool: Pool, request: Request, name: str) -> Reply:
    """The description of the dataset: VoID, DCAT 3, schema.org."""
    stem, suffix = split(name)
    if stem not in ("dataset", ".well-known/void"):
        raise unknown(name)
    offered = GRAPHS if stem.startswith(".well-known") else DOCUMENTS
    kind = negotiated(request, offered, suffix)
    headers = (
        alternates(f"{request.root}dataset", DOCUMENTS),
        ("Content-Location", f"{request.root}dataset{FORMATS[kind].suffix}"),
    )
    if kind == "html":
        return document(opened, kind, partial(catalogue.page, opened, "dataset"), headers)
    return document(opened, kind, partial(documents.described, opened, "void.ttl", kind), headers)


async def context(opened: Opened, pool: Pool, request: Request, name: str) -> Reply:
    """The JSON-LD context that documents link to."""
    return document(opened, "jsonld", partial(opened.file, "context.jsonld"))


async def shapes(opened: Opened, pool: Pool, request: Request, name: str) -> Reply:
    """The SHACL shapes that the release was checked against."""
    stem, suffix = split(name)
    if stem != "shapes":
        raise unknown(name)
    kind = negotiated(request, GRAPHS, suffix)
    headers = (alternates(stem, GRAPHS), ("Content-Location", f"{stem}{FORMATS[kind].suffix}"))
    return document(opened, kind, partial(documents.described, opened, "shapes.ttl", kind), headers)


TABLES_OF_STATEMENTS = {"statements.csv": "csv", "statements.xlsx": "xlsx"}


async def download(opened: Opened, pool: Pool, request: Request, name: str) -> Reply:
    """A file with the whole graph; or all statements with their words as a table, which a worker makes."""
    if name in TABLES_OF_STATEMENTS:
        job = {"release": str(opened.release.path), "statements": TABLES_OF_STATEMENTS[name]}
        headers = (("Content-Disposition", f'attachment; filename="{name}"'),)
        return answered(await ask(pool, request, job), headers, cacheable=True)
    kind = BY_SUFFIX.get(f".{name.removeprefix('dataset.')}", "")
    if name != f"dataset{FORMATS[kind].suffix if kind else ''}" or kind not in GRAPHS:
        there = ", ".join((*("dataset" + FORMATS[k].suffix for k in GRAPHS), *TABLES_OF_STATEMENTS))
        raise ProblemError(404, f"there is no file {name[:80]!r}; there are {there}")
    path = opened.release.dataset if kind == "nquads" else opened.release.path / "downloads" / name
    if not path.is_file():
        why = opened.release.manifest.get("left_out", {}).get(kind, "ask the operator of this server to build it again")
        raise ProblemError(404, f"this release has no {name}: {why}")
    headers = (("Content-Disposition", f'attachment; filename="{name}"'),)
    digest = await asyncio.to_thread(opened.digest, path)
    return Reply(200, FORMATS[kind].content_type, headers=headers, file=path, digest=digest)


async def release(opened: Opened, pool: Pool, request: Request, name: str) -> Reply:
    """A release that is kept: its page, its citation as a file, its statements, what it changed.

    The headers lead to the release before, the next and the current one (RFC 5829), and tell its day (RFC 7089).
    """
    ident, slash, file = name.partition("/")
    version = next((one for one in opened.versions if one.name == ident), None)
    if version is None:
        raise ProblemError(404, f"no release {ident[:40]!r} is kept here; /dataset lists those that are")
    if not slash:
        moved = f"See {ident}/\n".encode()
        return Reply(301, "text/plain; charset=utf-8", moved, (("Location", f"{ident}/"),), cacheable=True)
    headers = _versioned(version, file)
    if not file:
        negotiated(request, ("html",))
        return document(opened, "html", partial(catalogue.page, opened, f"release/{ident}/"), headers)
    stem, dot, suffix = file.partition(".")
    if stem == "citation" and f"{dot}{suffix}" in CITED:
        style, _, type_ = CITED[f".{suffix}"]
        return Reply(200, type_, STYLES[style](edition(version.release)).encode(), headers, cacheable=True)
    path = version.release.path / file
    if file not in KEPT or not path.is_file():
        there = ", ".join((*KEPT, *(f"citation{suffix}" for suffix in CITED)))
        raise ProblemError(404, f"release {ident} has no such file; there are {there}")
    digest = await asyncio.to_thread(opened.digest, path)
    return Reply(200, KEPT[file], headers=headers, file=path, digest=digest)


def _versioned(version: Version, file: str) -> tuple[tuple[str, str], ...]:
    now = {"dataset.nq": "downloads/dataset.nq", "": "dataset"}.get(file, file)
    links = [f'<../../{now}>; rel="original latest-version"'] if "citation" not in file else []
    beside = (("predecessor-version", version.before), ("successor-version", version.after))
    links += [f'<../{name}/{file}>; rel="{relation}"' for relation, name in beside if name]
    headers = [("Link", ", ".join(links))]
    if day := version.release.date:
        moment = datetime.combine(date.fromisoformat(day), time(), UTC)
        headers.append(("Memento-Datetime", format_datetime(moment, usegmt=True)))
    return tuple(headers)
