"""Contents: the files of a static site, made of a release: pages, documents beside them, answers, and the rest."""

import gzip
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from kg.pages import catalogue, render
from kg.pages.error import error_page
from kg.pages.files import file_of
from kg.pages.page import Page
from kg.pages.query import makes_graph
from kg.pages.release import feed
from kg.pages.search import search_page
from kg.query import documents
from kg.query.canned import CannedQuery
from kg.query.edition import FILES, STYLES, edition
from kg.query.opened import Opened
from kg.query.receipts import answered, write_answered
from kg.query.results import through_csv, write_results, write_rows
from kg.query.sparql import form, run
from kg.query.statements import COLUMNS, every_statement
from kg.rdf import iris
from kg.rdf.formats import BY_SUFFIX, FORMATS
from kg.rdf.terms import text_of
from kg.release import search
from kg.release.dcat import PREFIXES, PROTOCOL
from kg.release.history import KEPT

STATIC = Path(__file__).parent / "static"
File = tuple[str, bytes | Path]  # a path below the folder of the site, and what it holds or the file that holds it
RDF = ("turtle", "jsonld", "ntriples")  # of each document
SHEETS = ("csv", "json", "xlsx")  # of each answer that is a table
DOCUMENTED = ("id", "fact", "source", "ontology", "curators")  # what there are documents about, by the first segment
DATA = "downloads/dataset.nq.gz"  # that is loaded where a query is asked in the browser
MOST_QUOTED = 4_000_000  # characters of quotes that are searched in the browser; where there are more, names alone


def of_address(opened: Opened, address: str) -> Iterator[File]:
    """The page at an address of the catalogue, and the data beside it."""
    yield file_of(address), catalogue.page(opened, address)
    stem = address.removesuffix(".html")
    folder, _, name = stem.partition("/")
    if folder in DOCUMENTED and "/" not in name:
        yield from _named(stem, documents.about(opened, opened.base + stem, RDF))
    elif folder == "graph" and name:
        with TemporaryDirectory(prefix="kg-site-") as scratch:
            yield from _named(stem, documents.write_named_graph(opened, name, RDF, Path(scratch)))
    elif folder == "query" and name:
        yield from _answers(opened, opened.queries[name])


def _named(stem: str, found: Mapping[str, bytes | Path]) -> Iterator[File]:
    for kind, data in found.items():
        yield f"{stem}{FORMATS[kind].suffix}", data


def _answers(opened: Opened, query: CannedQuery) -> Iterator[File]:
    """What a canned query answers with its default values, as data; a table with its words too."""
    stem, graph = f"query/{query.name}", makes_graph(query)
    for kind in RDF if graph else SHEETS:
        results = run(opened.store, query.text, opened.prefixes, base=opened.base)
        yield f"{stem}{FORMATS[kind].suffix}", write_results(results, kind, opened.prefixes)
    if form(query.text) == "SELECT":
        found = answered(opened.store, opened.dataset, query.text, opened.release)
        for kind in ("csv", "xlsx"):
            yield f"{stem}.words{FORMATS[kind].suffix}", write_answered(found, kind)


def others(opened: Opened, base_path: str) -> Iterator[File]:
    """What is not a page: descriptions, downloads, sources, what searches and answers in the browser, the map.

    `base_path` is the path at which the site stands, with which the page of what is not found leads on from anywhere.
    """
    yield "search.html", search_page(opened, "./")
    yield "search.json", search_index(opened)
    yield "answering.json", _json(_answering(opened))
    missing = {"status": 404, "title": "Not Found", "detail": "There is no such page."}
    yield "404.html", error_page(opened, base_path, missing)
    yield "sitemap.xml", catalogue.site_map(opened)
    yield "robots.txt", f"User-agent: *\nAllow: /\nSitemap: {opened.base}sitemap.xml\n".encode()
    yield "context.jsonld", opened.file("context.jsonld")
    yield "validation.json", opened.file("report.json")
    if (opened.release.path / "changes.json").is_file():
        yield "changes.json", opened.file("changes.json")
    absent = {iris.sparql(opened.base), PROTOCOL}  # the endpoint, and what is said of it
    said = [quad.triple for quad in opened.turtle("void.ttl") if not absent & set(map(text_of, quad.triple))]
    for kind in RDF:
        yield f"dataset{FORMATS[kind].suffix}", documents.written(opened, said, kind, PREFIXES)
        yield f"shapes{FORMATS[kind].suffix}", documents.described(opened, "shapes.ttl", kind)
        yield f"validation{FORMATS[kind].suffix}", documents.described(opened, "report.ttl", kind)
    yield "downloads/dataset.nq", opened.release.dataset
    with TemporaryDirectory(prefix="kg-site-") as folder:
        yield DATA, _packed(opened.release.dataset, Path(folder) / "packed")
    for file in sorted((opened.release.path / "downloads").iterdir()):
        if BY_SUFFIX.get(file.suffix):
            yield f"downloads/{file.name}", file
    for name, suffix in (("sources", ".txt"), ("tables", ".csv")):
        for file in sorted((opened.release.path / name).glob(f"*{suffix}")):
            yield f"source/{file.name}", file
    for file in sorted([*render.STATIC.glob("*.*"), *STATIC.glob("*.*")]):
        if file.name not in ("reload.js", "world.json"):
            yield f"static/{file.name}", file


def releases(opened: Opened) -> Iterator[File]:
    """The files of each release that is kept, beside its page, and the feed of them."""
    if found := feed(opened):
        yield "releases.atom", found
    for version in opened.versions:
        address, work = f"release/{version.name}", edition(version.release)
        for suffix, (style, _, _) in FILES.items():
            yield f"{address}/citation{suffix}", STYLES[style](work).encode()
        for name in KEPT:
            if (version.release.path / name).is_file():
                yield f"{address}/{name}", version.release.path / name


def _packed(path: Path, to: Path) -> Path:
    """A file as gzip, the same bytes at any time and from any path."""
    with path.open("rb") as file, to.open("wb") as out, gzip.GzipFile("", "wb", fileobj=out, mtime=0) as packed:
        shutil.copyfileobj(file, packed)
    return to


def statements(opened: Opened) -> Iterator[File]:
    """All statements with their words, as tables."""
    every = every_statement(opened.release.dataset, opened.store, opened.base)
    with TemporaryDirectory(prefix="kg-site-") as folder:
        table, workbook = (Path(folder) / f"statements{FORMATS[kind].suffix}" for kind in ("csv", "xlsx"))
        with table.open("wb") as one, workbook.open("wb") as other:
            write_rows(COLUMNS, through_csv(COLUMNS, every, one), "xlsx", other)
        for path in (table, workbook):
            yield f"downloads/{path.name}", path


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode() + b"\n"


def _answering(opened: Opened) -> dict[str, object]:
    """What a script needs to ask the graph in the browser."""
    return {"base": opened.base, "prefixes": opened.prefixes, "data": DATA}


def search_index(opened: Opened) -> bytes:
    """What is searched in the browser: for each thing its label, slug, kind, other names, and its quotes, where these
    are not too many; the questions; and whether there are quotes.
    """
    page = Page(opened, "")
    found = list(search.texts(opened.index))
    quoted = sum(len(text.quotes) for text in found) <= MOST_QUOTED
    things = [
        [
            text.label,
            iris.slug(opened.base, text.iri),
            page.name(text.types[0]).label if text.types else "",
            list(text.others),
            text.quotes if quoted else "",
        ]
        for text in found
    ]
    asked = [[query.summary, query.name] for query in opened.queries.values()]
    return _json({"things": things, "questions": asked, "quoted": quoted})


def addresses(opened: Opened) -> Iterable[str]:
    """The addresses of all pages that are files."""
    yield from catalogue.addresses(opened)
    yield from catalogue.parts(opened)
