"""Render: templates filled with a view, what every page has in common, and the static files beside them."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from secrets import token_hex
from typing import Any, NamedTuple
from urllib.parse import quote

import jinja2
from markupsafe import Markup

from kg.pages.files import linked
from kg.pages.model import Name
from kg.pages.page import Page
from kg.query.opened import Opened
from kg.rdf import iris
from kg.rdf.formats import FORMATS, GRAPHS
from kg.rdf.terms import DCTERMS, text_of

# What a page may load: nothing but the site's own files, and no script or style within a page. One that is a file may
# run the engine of queries.
POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'"
POLICY_OF_FILES = f"{POLICY}; script-src 'self' 'wasm-unsafe-eval'"
# The forms of a document that are files too, where no server makes them.
STATIC_FORMS = tuple(FORMATS[kind].title for kind in ("turtle", "jsonld", "ntriples", "json", "csv", "xlsx"))
STATIC = Path(__file__).parent / "static"


TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@cache
def environment() -> jinja2.Environment:
    """The templates: everything that is printed is escaped, and what a template misses is an error."""
    found = jinja2.Environment(
        loader=jinja2.PackageLoader("kg.pages", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    found.filters["number"] = lambda value: f"{value:,}"
    found.filters["urlencode"] = escaped
    return found


@cache
def template_of(name: str) -> jinja2.Template:
    """The template of a name."""
    return environment().get_template(f"{name}.html")


def show(template: str, opened: Opened, root: str, title: str, **view: Any) -> bytes:
    """A template printed with a view; the address of a page about an IRI is the one that answers with it."""
    iri, place = view.pop("iri", ""), view.pop("place", "")
    common = {
        **opened.once(("frame", root, place), lambda: _framed(opened, root, place)),
        "root": root,
        "title": title,
        "description": view.pop("description", opened.release.manifest.get("description", "")),
        "embed": view.pop("embed", ""),
        "iri": iri,
        "canonical": opened.base + iris.address(opened.base, iri) if iri else "",
        "alternates": [form for form in view.pop("alternates", ()) if form.name in STATIC_FORMS or not opened.static],
        "static": opened.static,
        "policy": POLICY_OF_FILES,
        "data": view.pop("data", None),
    }
    page = template_of(template).render(**common, **view).encode()
    if opened.static:
        page = linked(page)
        for mark, part in common["parts"].items():
            page = page.replace(mark, part, 1)
    return page


# What stands for the frame while a page is printed; nothing that a graph says can be one of them.
BAR, FOOT = (Markup(f"<!-- {token_hex(16)} -->") for _ in range(2))  # noqa: S704  (hexadecimal digits)


def _framed(opened: Opened, root: str, place: str) -> dict[str, Any]:
    """What pages of a place and a depth have in common: the bar above, the foot below, and what both tell."""
    manifest = opened.release.manifest
    common = {
        "root": root,
        "site": manifest.get("name") or manifest["title"] or manifest["base"],
        "release": opened.name,
        "license": manifest.get("license", ""),
        "modified": opened.release.date,
        "sources": sources(opened, root),
        "statements": manifest["counts"].get("triples", 0),
        "here": lambda name: Markup(' aria-current="page"') if name == place else "",
    }
    frame = template_of("frame").make_module(common)
    bar, foot = frame.bar(), frame.foot()  # type: ignore[attr-defined]
    parts: dict[bytes, bytes] = {}
    if opened.static:  # their links are made into those of files once
        parts = {BAR.encode(): linked(bar.encode()), FOOT.encode(): linked(foot.encode())}
        bar, foot = BAR, FOOT
    return {**common, "bar": bar, "foot": foot, "parts": parts}


class Alternate(NamedTuple):
    """Another form of what a page shows."""

    name: str
    type: str
    href: str


def alternates(stem: str, kinds: Iterable[str] = GRAPHS) -> tuple[Alternate, ...]:
    """The other forms of a document, beside it."""
    return tuple(
        Alternate(FORMATS[kind].title, FORMATS[kind].media_type, f"{stem}{FORMATS[kind].suffix}") for kind in kinds
    )


def sources(opened: Opened, root: str) -> list[Name]:
    """The sources of the graph."""
    page = Page(opened, root)
    return [
        page.name(iris.source(opened.base, ident))._replace(label=title_of(page, ident)) for ident in opened.sources
    ]


def title_of(page: Page, ident: str) -> str:
    """A source's title, its id where it has none."""
    titles = page.opened.titles
    if ident not in titles:
        said = page.opened.dataset.about(iris.source(page.base, ident))
        found = (text_of(quad.object) for quad in said if quad.predicate.value == DCTERMS + "title")
        titles[ident] = next(found, ident)
    return titles[ident]


def escaped(text: str) -> str:
    """A text as a value in a query string."""
    return quote(text, safe="")


def static(name: str) -> tuple[str, bytes] | None:
    """The Content-Type and bytes of a file of the pages, None where there is none by that name."""
    suffix = Path(name).suffix
    if suffix not in TYPES or name not in {path.name for path in STATIC.glob("*.*")}:
        return None
    return TYPES[suffix], (STATIC / name).read_bytes()


def address(opened: Opened, url: str, iri: str) -> str:
    """The address of a thing on the host that was asked."""
    return url + iri.removeprefix(opened.base) if iri.startswith(opened.base) else iri
