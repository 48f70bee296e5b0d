"""Show: templates printed with a view, what every page has in common, and the files beside them."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import jinja2
from markupsafe import Markup

from kg import names, search
from kg.live import Live
from kg.media import GRAPHS, MEDIA
from kg.rdf import DCTERMS, text_of
from kg.view import Name, Page

STATIC = Path(__file__).parent / "static"
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@cache
def environment() -> jinja2.Environment:
    """The templates: everything that is printed is escaped, and what a template misses is an error."""
    found = jinja2.Environment(
        loader=jinja2.PackageLoader("kg", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["number"] = lambda value: f"{value:,}"
    found.filters["urlencode"] = escaped
    return found


def show(template: str, live: Live, root: str, title: str, **view: Any) -> bytes:
    """A template printed with a view."""
    manifest = live.release.manifest
    common = {
        "root": root,
        "title": title,
        "site": manifest["title"] or manifest["base"],
        "description": view.pop("description", manifest.get("description", "")),
        "release": live.name,
        "license": manifest.get("license", ""),
        "sources": sources(live, root),
        "place": view.pop("place", ""),
        "canonical": view.pop("canonical", ""),
        "alternates": view.pop("alternates", ()),
        "data": view.pop("data", None),
        "statements": manifest["counts"].get("triples", 0),
    }
    common["here"] = lambda name: Markup(' aria-current="page"') if name == common["place"] else ""
    return environment().get_template(f"{template}.html").render(**common, **view).encode()


class Alternate(NamedTuple):
    """Another form of what a page shows."""

    name: str
    type: str
    href: str


def alternates(stem: str, kinds: Iterable[str] = GRAPHS) -> tuple[Alternate, ...]:
    """The other forms of a document, beside it."""
    titles = {"turtle": "Turtle", "jsonld": "JSON-LD", "ntriples": "N-Triples", "nquads": "N-Quads", "trig": "TriG"}
    titles |= {"rdfxml": "RDF/XML", "csv": "CSV", "tsv": "TSV", "json": "JSON", "xml": "XML"}
    return tuple(Alternate(titles[kind], MEDIA[kind].type, f"{stem}{MEDIA[kind].suffix}") for kind in kinds)


def sources(live: Live, root: str) -> list[Name]:
    """The sources of the graph."""
    page = Page(live, root)
    idents = sorted(live.release.manifest.get("coverage", {}))
    return [page.name(names.source(live.base, ident))._replace(label=title_of(page, ident)) for ident in idents]


def title_of(page: Page, ident: str) -> str:
    """A source's title, its id where it has none."""
    said = page.live.dataset.about(names.source(page.base, ident))
    return next((text_of(quad.object) for quad in said if quad.predicate.value == DCTERMS + "title"), ident)


def escaped(text: str) -> str:
    """A text as a value in a query string."""
    return quote(text, safe="")


def static(name: str) -> tuple[str, bytes] | None:
    """The Content-Type and bytes of a file of the pages, None where there is none by that name."""
    suffix = Path(name).suffix
    if suffix not in TYPES or name not in {path.name for path in STATIC.glob("*.*")}:
        return None
    return TYPES[suffix], (STATIC / name).read_bytes()


def address(live: Live, url: str, iri: str) -> str:
    """The address of a thing on the host that was asked."""
    return url + iri.removeprefix(live.base) if iri.startswith(live.base) else iri


def addresses(live: Live) -> Iterable[str]:
    """The addresses of all pages, below the public base."""
    yield live.base
    for page in ("query", "sparql", "dataset", "validation", "ontology"):
        yield f"{live.base}{page}"
    for query in live.queries:
        yield names.query(live.base, query)
    for ident in live.release.manifest.get("coverage", {}):
        yield f"{names.source(live.base, ident)}.html"
    for hit in search.most(live.index, 50_000):
        yield f"{hit.iri}.html"
