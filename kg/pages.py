"""Pages: a function a page. Each makes the page's view, plain data, and prints it with the template of its name."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import jinja2
import pyoxigraph as px
from markupsafe import Markup

from kg import documents, names, pictures, reading, search
from kg.dates import read_edtf
from kg.describe import VOID
from kg.errors import KgError, QueryError
from kg.live import Live
from kg.media import GRAPHS, MEDIA, TABLES
from kg.pool import Answer, UnansweredError
from kg.queries import LEXICAL, CannedQuery, Parameter
from kg.rdf import DCTERMS, PROV, RDFS, SCHEMA, SKOS, TYPE, XSD, read, shorten, text_of
from kg.responses import problem
from kg.sparql import form
from kg.store import read_json
from kg.view import HIDDEN, NUMBERS, Dated, Group, Name, Page, Value, date_in_words, schema_org
from kg.why import Reason

STATIC = Path(__file__).parent / "static"
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
COUNTRY = "http://publications.europa.eu/resource/authority/country/"  # ISO 3166-1 alpha-3 codes as IRIs
MOST_CHOICES = 300


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
    found.filters["urlencode"] = _escaped
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
    return [page.name(names.source(live.base, ident))._replace(label=_title(page, ident)) for ident in idents]


def _title(page: Page, ident: str) -> str:
    said = page.live.dataset.about(names.source(page.base, ident))
    return next((text_of(quad.object) for quad in said if quad.predicate.value == DCTERMS + "title"), ident)


# Documents


def document(live: Live, root: str, iri: str) -> bytes:
    """The page of an entity, a fact, a source, the vocabulary or the curators."""
    page = Page(live, root)
    if iri.startswith(names.fact(live.base, "")):
        return _fact(page, iri)
    if iri.startswith(names.source(live.base, "")):
        return _source(page, iri)
    if iri == names.ontology(live.base).rstrip("#"):
        return _ontology(page)
    return _entity(page, iri)


def _entity(page: Page, iri: str) -> bytes:
    live = page.live
    reasons = [r for r in page.reasons(live.dataset.about(iri)) if r.statement.predicate.value not in HIDDEN]
    stated = [reason for reason in reasons if reason.fact and reason.basis != "reference"]
    groups = tuple(sorted(page.groups(stated), key=lambda group: group.label in _NAMES))
    mentions = _mentions(page, iri)
    hit = search.things(live.index, [iri]).get(iri)
    name = page.name(iri)
    related = [(n, d) for n, d in _related(groups, mentions) if n.iri != iri]
    own = page.dated(iri)
    stem = iri.rpartition("/")[2]
    return show(
        "entity",
        live,
        page.root,
        name.label,
        description=_description(name, groups),
        name=name,
        types=[page.name(type_) for type_ in (hit.types if hit else page.types(iri))[:1]],
        others=hit.others if hit else (),
        dated=own,
        glance=_glance(groups),
        groups=groups,
        mentions=mentions,
        reference=page.groups(r for r in reasons if r.basis == "reference"),
        follows=page.groups(r for r in reasons if not r.fact),
        words=len({quote.href for group in groups for e in group.entries for quote in e.because.quotes}),
        count=len(stated),
        steps=pictures.steps(_numbers(page, mentions)),
        connections=pictures.connections(name.label, _sides(mentions), _sides(groups)),
        dates=sorted(related, key=lambda pair: (pair[1].earliest or (9999, 1, 1), pair[0].label)),
        canonical=iri,
        alternates=alternates(stem),
        data=schema_org(page, iri, reasons, hit),
        ask=f"DESCRIBE <{iri}>",
    )


_NAMES = ("name", "other name", "type")  # in the head of the page already, and so last in its table


def _mentions(page: Page, iri: str) -> tuple[Group, ...]:
    """What other things say of a thing."""
    quads = []
    for subject in sorted({text_of(quad.subject) for quad in documents.incoming(page.live.store, iri)}):
        if subject.startswith(names.entity(page.base, "")):
            quads += [q for q in page.live.dataset.about(subject) if text_of(q.object) == iri and subject != iri]
    return page.groups((reason for reason in page.reasons(quads) if reason.fact), of="subject")


def _related(*sides: Sequence[Group]) -> Iterable[tuple[Name, Dated]]:
    """The dated things among what a page names, each once."""
    seen = set()
    for value in (value for side in sides for group in side for entry in group.entries for value in entry.values):
        if value.name and value.dated and value.name.iri not in seen:
            seen.add(value.name.iri)
            yield value.name, value.dated


def _glance(groups: Sequence[Group]) -> list[tuple[Group, Value]]:
    """At most five properties that are said in one short value; each leads to where its words stand."""
    found = []
    for group in groups:
        values = [value for entry in group.entries for value in entry.values]
        text = values[0].text or (values[0].name.label if values[0].name else "")
        if len(values) == 1 and len(text) <= 40 and group.label not in _NAMES:
            found.append((group, values[0]))
    return found[:5]


def _description(name: Name, groups: Sequence[Group]) -> str:
    """A sentence for search engines and link previews: the first words that speak of the thing."""
    for group in groups:
        for entry in group.entries:
            if entry.because.quotes:
                return f"{name.label}: “{entry.because.quotes[0].exact.strip()[:180]}”"
    return name.label


def _sides(groups: Sequence[Group]) -> dict[str, list[Name]]:
    """The things by property, for the diagram of connections."""
    found: dict[str, list[Name]] = {}
    for group in groups:
        things = [
            value.name for entry in group.entries for value in entry.values if value.name and group.label != "type"
        ]
        if things:
            found[group.label] = list(dict.fromkeys(things))
    return found


Number = tuple[Any, float, str, Name | None, str]


def _numbers(page: Page, mentions: Sequence[Group]) -> list[Number]:
    """The dated numbers that other things give for one: of those with one number each, of the most frequent kind."""
    kinds: dict[tuple[str, ...], list[Number]] = {}
    for name, dated in _related(mentions, ()):
        quads = page.live.dataset.about(name.iri)
        numbers = {
            text_of(q.object) for q in quads if getattr(getattr(q.object, "datatype", None), "value", "") in NUMBERS
        }
        concepts = sorted(
            text_of(q.object)
            for q in quads
            if not text_of(q.graph_name)
            and q.predicate.value.startswith(names.ontology(page.base))
            and page.is_concept(q.object)
        )
        if len(numbers) == 1:
            kinds.setdefault(tuple(concepts), []).append(
                (dated.earliest, float(numbers.pop()), name.label, name, dated.text)
            )
    return max(kinds.values(), key=len, default=[])


def _fact(page: Page, iri: str) -> bytes:
    said = {quad.predicate.value: text_of(quad.object) for quad in page.live.dataset.about(iri)}
    told = list(reading.facts_told(page, iri))
    because = told[0].groups[0].entries[0].because if told and told[0].groups else page.because(Reason(None, "build"))  # type: ignore[arg-type]
    title = f"A fact about {told[0].subject.label}" if told else "A fact"
    source = said.get(PROV + "wasDerivedFrom", "")
    return show(
        "fact",
        page.live,
        page.root,
        title,
        told=told,
        because=because,
        source=page.name(source)._replace(label=_title(page, source.rpartition("/")[2])) if source else None,
        canonical=iri,
        alternates=alternates(iri.rpartition("/")[2]),
    )


def _source(page: Page, iri: str) -> bytes:
    ident = iri.rpartition("/")[2]
    live = page.live
    said = {quad.predicate.value: text_of(quad.object) for quad in live.dataset.about(iri)}
    text = (live.release.path / "sources" / f"{ident}.txt").read_bytes().decode()
    covered = live.release.manifest["coverage"][ident]
    title = said.get(DCTERMS + "title", ident)
    return show(
        "source",
        live,
        page.root,
        title,
        place="sources",
        reading=reading.read(page, ident, text),
        characters=len(text),
        publisher=said.get("http://purl.org/dc/elements/1.1/publisher", ""),
        rights=said.get("http://purl.org/dc/elements/1.1/rights", ""),
        language=said.get("http://purl.org/dc/elements/1.1/language", "en"),
        retrieved=said.get(names.ontology(live.base) + "retrieved", ""),
        url=said.get(SCHEMA + "url", ""),
        sha256=said.get(SCHEMA + "sha256", ""),
        quoted=100 * covered["quoted"] / max(1, covered["characters"]),
        skipped=100 * covered["skipped"] / max(1, covered["characters"]),
        canonical=iri,
        alternates=(*alternates(ident), Alternate("text", "text/plain", f"{ident}.txt")),
        data={"@context": "https://schema.org", "@id": iri, "@type": "CreativeWork", "name": title},
    )


class Defined(NamedTuple):
    """A term of the vocabulary: its name, anchor, definition, example, what it is below, and how often it is used."""

    name: Name
    anchor: str
    kind: str
    definition: str
    example: str
    above: tuple[Name, ...]
    uses: int


def _ontology(page: Page) -> bytes:
    live = page.live
    iri = names.ontology(live.base).rstrip("#")
    said: dict[str, dict[str, list[str]]] = {}
    for quad in live.dataset.within(iri):
        if not text_of(quad.graph_name):
            said.setdefault(text_of(quad.subject), {}).setdefault(quad.predicate.value, []).append(text_of(quad.object))
    uses = {
        word.iri: word.uses for kind in ("class", "property") for word in search.words(live.index, kind, most=10_000)
    }
    shapes: dict[str, list[str]] = {}
    for quad in read(live.release.path / "shapes.ttl", live.base):
        if text_of(quad.subject).startswith(f"{iri}#") and text_of(quad.subject) not in said:
            shapes.setdefault(text_of(quad.subject), [])
            if quad.predicate.value == RDFS + "label":
                shapes[text_of(quad.subject)].append(text_of(quad.object))
    terms = [_defined(page, term, found, uses) for term, found in sorted(said.items())]
    return show(
        "ontology",
        live,
        page.root,
        "Vocabulary",
        kinds=[(kind, [term for term in terms if term.kind == kind]) for kind in ("Classes", "Properties", "Concepts")],
        shapes=[
            (shape.rpartition("#")[2], (labels or [shape.rpartition("#")[2]])[0])
            for shape, labels in sorted(shapes.items())
        ],
        canonical=iri,
        alternates=alternates("ontology"),
    )


def _defined(page: Page, iri: str, said: Mapping[str, list[str]], uses: Mapping[str, int]) -> Defined:
    types = "".join(said.get(TYPE.value, ()))
    kind = "Classes" if "Class" in types else "Properties" if "Property" in types else "Concepts"
    above = (
        *said.get(RDFS + "subClassOf", ()),
        *said.get(RDFS + "subPropertyOf", ()),
        *said.get(SKOS + "inScheme", ()),
    )
    definition = (said.get(SKOS + "definition") or said.get(RDFS + "comment") or [""])[0]
    example = said.get(SKOS + "example", [""])[0]
    named = tuple(page.name(up) for up in sorted(above))
    return Defined(page.name(iri), iri.rpartition("#")[2], kind, definition, example, named, uses.get(iri, 0))


def graph(live: Live, root: str, stem: str) -> bytes:
    """The page of one of the graphs that are kept beside the facts."""
    said = {
        "provenance": "what each fact rests on: its basis, its words, and where they stand",
        "inferred": "what the build made: supertypes, superproperties, the first and last day of each date",
        "ontology": "the vocabulary",
    }
    iri = names.graph(live.base, stem)
    ask = f"SELECT * WHERE {{ GRAPH <{iri}> {{ ?s ?p ?o }} }} LIMIT 100"
    title = f"The graph of {stem}"
    return show(
        "graph", live, root, title, said=said[stem], iri=iri, ask=ask, canonical=iri, alternates=alternates(stem)
    )


# Home, lists, search


def home(live: Live, root: str) -> bytes:
    """The first page: what the graph is about, in numbers, in time, on the map."""
    page = Page(live, root)
    counts = live.release.manifest["counts"]
    kinds = Counter(page.name(hit.iri).kind for hit in search.most(live.index, 100_000))
    numbers = [(counts.get("facts", 0), "facts")] + [
        (kinds[kind], plural)
        for kind, plural in (
            ("organization", "organizations"),
            ("person", "people"),
            ("event", "events"),
            ("place", "places"),
            ("document", "documents"),
        )
    ]
    things = search.most(live.index, 400)
    dated = [
        (page.name(hit.iri), d) for hit in things if (d := page.dated(hit.iri)) and page.name(hit.iri).kind == "event"
    ]
    return show(
        "home",
        live,
        root,
        live.release.manifest["title"] or "A graph",
        place="home",
        numbers=[(number, word) for number, word in numbers if number],
        timeline=pictures.timeline(dated[:60]),
        dates=sorted(dated[:60], key=lambda pair: (pair[1].earliest or (9999, 1, 1), pair[0].label)),
        world=pictures.world(_countries(page)),
        first=[(page.name(hit.iri), int(hit.score)) for hit in things if page.name(hit.iri).kind][:20],
        canonical=live.base,
        alternates=alternates("dataset"),
        data={"@context": "https://schema.org", "@id": names.dataset(live.base), "@type": "Dataset", **_dataset(live)},
    )


def _dataset(live: Live) -> dict[str, Any]:
    manifest = live.release.manifest
    said = {
        "name": manifest["title"] or live.base,
        "description": manifest.get("description") or live.base,
        "url": live.base,
    }
    if manifest.get("license"):
        said["license"] = manifest["license"]
    return said


def _countries(page: Page) -> dict[str, Name]:
    """The countries of the graph by ISO 3166-1 alpha-3, as their exact matches in the EU's list of countries say."""
    found = {}
    for quad in page.live.store.quads_for_pattern(None, px.NamedNode(SKOS + "exactMatch"), None, px.DefaultGraph()):
        if text_of(quad.object).startswith(COUNTRY):
            found[text_of(quad.object).removeprefix(COUNTRY)] = page.name(text_of(quad.subject))
    return found


def results(live: Live, root: str, text: str, hits: Sequence[search.Hit]) -> bytes:
    """What a search found."""
    page = Page(live, root)
    found = [(page.name(hit.iri), [page.name(t).label for t in hit.types[:1]], hit) for hit in hits]
    title = f"Search: {text}" if text.strip() else "Search"
    return show("search", live, root, title, text=text, found=found)


def preview(live: Live, root: str, hit: search.Hit) -> bytes:
    """A thing in a few lines, for a reconciliation client."""
    page = Page(live, root)
    reasons = [r for r in page.reasons(live.dataset.about(hit.iri)) if r.fact and r.basis != "reference"]
    groups = [group for group in page.groups(reasons) if group.label not in ("name", "type")]
    types = [page.name(type_).label for type_ in hit.types[:1]]
    return show("preview", live, root, hit.label, name=page.name(hit.iri), types=types, groups=groups[:2])


# Questions


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


class Table(NamedTuple):
    """An answer: its columns and rows, and its numbers as a line where it is a series."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    steps: pictures.Steps | None


def makes_graph(query: CannedQuery) -> bool:
    """Whether a canned query makes a graph, not a table."""
    return form(query.text) in ("CONSTRUCT", "DESCRIBE")


def questions(live: Live, root: str) -> bytes:
    """The canned queries by subject."""
    tags = sorted({query.tags[:1] for query in live.queries.values()})
    by = [(tag[0] if tag else "other", [q for q in live.queries.values() if q.tags[:1] == tag]) for tag in tags]
    return show("questions", live, root, "Questions", place="questions", by=by, count=len(live.queries))


def question(
    live: Live, root: str, query: CannedQuery, values: Mapping[str, str], answer: Answer | QueryError
) -> bytes:
    """A canned query with its form and its answer."""
    page = Page(live, root)
    fields = [_field(page, parameter, values.get(parameter.name)) for parameter in query.parameters]
    given = "&".join(f"{_escaped(name)}={_escaped(value)}" for name, value in values.items() if value)
    kinds = GRAPHS if makes_graph(query) else TABLES
    return show(
        "question",
        live,
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
        canonical=names.query(live.base, query.name),
        alternates=alternates(query.name, kinds),
    )


def _escaped(text: str) -> str:
    return quote(text, safe="")


def _field(page: Page, parameter: Parameter, given: str | None) -> Field:
    default = "" if parameter.default is None else parameter.default.value
    if parameter.kind == "iri":
        value = given if given is not None else page.name(default).label if default else ""
        return Field(parameter.name, parameter.help, "text", value, "a name", _choices(page, default))
    inputs = {XSD + "date": "date", XSD + "integer": "number", XSD + "nonNegativeInteger": "number"}
    takes = LEXICAL.get(parameter.kind, ("", "a text"))[1]
    value = default if given is None else given
    return Field(parameter.name, parameter.help, inputs.get(parameter.kind, "text"), value, takes, ())


def _choices(page: Page, default: str) -> tuple[str, ...]:
    """The names that a field proposes: of things like the default one, or of all."""
    live = page.live
    hit = search.things(live.index, [default]).get(default) if default else None
    found = search.most(live.index, MOST_CHOICES, hit.types[0] if hit and hit.types else "")
    return tuple(sorted({hit.label for hit in found}))


def _body(answer: Answer) -> bytes:
    """The bytes of an answer, from its file where it is large."""
    if answer.file is None:
        return answer.body
    data = answer.file.read_bytes()
    answer.file.unlink()
    return data


MOST_ROWS = 1000  # of a table in a page; the data have all


def _answered(page: Page, answer: Answer, series: str = "") -> Table:
    """A table of an answer in SPARQL JSON: a column `xLabel` is what the column `x` is called."""
    found = json.loads(_body(answer))
    if "boolean" in found:
        return Table(("answer",), ((Cell("yes" if found["boolean"] else "no", None),),), None)
    columns = [
        name for name in found["head"]["vars"] if not (name.endswith("Label") and name[:-5] in found["head"]["vars"])
    ]
    bindings = found["results"]["bindings"]
    rows = tuple(tuple(_cell(page, row, column) for column in columns) for row in bindings[:MOST_ROWS])
    titles = tuple(_column(column) for column in columns)
    return Table(titles, rows, _series(bindings, columns, series) if series else None)


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


def _series(bindings: Sequence[Mapping[str, Any]], columns: Sequence[str], kind: str) -> pictures.Steps | None:
    """The answer as a line: the dated numbers of the most frequent kind, since those of several are not comparable."""
    kinds: dict[str, list[Number]] = {}
    for row in bindings:
        dates = [row[c]["value"] for c in columns if c in row and _is_date(row[c].get("datatype", ""))]
        numbers = [row[c]["value"] for c in columns if c in row and row[c].get("datatype", "") in NUMBERS]
        if len(dates) == 1 and len(numbers) == 1:
            label = row.get("words", {}).get("value", numbers[0])
            said = row.get(kind, {}).get("value", "")
            point = (read_edtf(dates[0]).earliest, float(numbers[0]), label, None, date_in_words(dates[0]))
            kinds.setdefault(said, []).append(point)
    most: list[Number] = max(kinds.values(), key=len, default=[])
    return pictures.steps(most)


def _is_date(datatype: str) -> bool:
    return datatype.endswith("/EDTF") or datatype == XSD + "date"


def sparql(live: Live, root: str, text: str = "", answer: Answer | None = None, error: KgError | None = None) -> bytes:
    """The editor, with the answer to a query or what is wrong with it."""
    page = Page(live, root)
    terms = [
        {"name": shorten(w.iri, live.prefixes), "label": w.label, "kind": w.kind, "uses": w.uses}
        for kind in ("class", "property")
        for w in search.words(live.index, kind, most=400)
    ]
    prefixes = [
        {"name": f"{name}:", "label": iri, "kind": "namespace", "uses": 0} for name, iri in live.prefixes.items()
    ]
    place = (
        {"line": getattr(error, "line", 0), "column": getattr(error, "column", 0), "message": str(error)}
        if error
        else None
    )
    return show(
        "sparql",
        live,
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
        terms=[*terms, *prefixes],
        prefixes=sorted(live.prefixes.items()),
        examples=sorted(live.queries.values(), key=lambda query: query.summary)[:12],
        given=_escaped(text),
        status=problem(error).status if error else 200,
    )


EXAMPLE = """SELECT ?thing ?thingLabel ?date WHERE {
  ?thing kg:date ?date ; skos:prefLabel ?thingLabel .
}
ORDER BY ?date
LIMIT 20"""


# What the server says of itself


class Download(NamedTuple):
    """A file with the whole graph: its format, for what it is good, its size and hash."""

    name: str
    href: str
    use: str
    size: int
    sha256: str


_USES = {
    "turtle": "to read and to compare, and for most tools",
    "jsonld": "for programs that read JSON; the words are those of the facts",
    "ntriples": "for streaming, a statement a line",
    "nquads": "with the evidence, a statement a line: the canonical form",
    "trig": "with the evidence, to read",
    "rdfxml": "for older tools",
}


def dataset(live: Live, root: str) -> bytes:
    """Downloads, how to cite, and what the dataset holds."""
    dcat, spdx = "http://www.w3.org/ns/dcat#", "http://spdx.org/rdf/terms#"
    said: dict[str, dict[str, str]] = {}
    for quad in read(live.release.path / "void.ttl"):
        said.setdefault(text_of(quad.subject), {})[quad.predicate.value] = text_of(quad.object)
    base = names.dataset(live.base)
    found = []
    for alternate, kind in zip(alternates("dataset"), GRAPHS, strict=True):
        part = said.get(names.part(base, "distribution", kind), {})
        sha = said.get(names.part(base, "checksum", kind), {}).get(spdx + "checksumValue", "")
        href = f"{root}downloads/{alternate.href}"
        found.append(Download(alternate.name, href, _USES[kind], int(part.get(dcat + "byteSize", 0)), sha))
    manifest = live.release.manifest
    return show(
        "dataset",
        live,
        root,
        "Downloads",
        place="downloads",
        downloads=found,
        counts=manifest["counts"],
        void={key.removeprefix(VOID): value for key, value in said.get(base, {}).items() if key.startswith(VOID)},
        manifest=manifest,
        base=live.base,
        canonical=base,
        alternates=alternates(f"{root}dataset"),
        data={"@context": "https://schema.org", "@id": base, "@type": "Dataset", **_dataset(live)},
    )


def validation(live: Live, root: str) -> bytes:
    """The verdict, how many focus nodes each shape checked, and the findings."""
    page = Page(live, root)
    report = read_json(live.release.path / "report.json")
    checked = sorted(report["checked"].items(), key=lambda item: (-item[1], item[0]))
    labels = {}
    for quad in read(live.release.path / "shapes.ttl", live.base):
        if quad.predicate.value == RDFS + "label":
            labels[text_of(quad.subject)] = text_of(quad.object)
    shapes = [
        (page.name(iri)._replace(label=labels.get(iri, iri.rpartition("#")[2])), number) for iri, number in checked
    ]
    findings = [{**finding, "name": page.name(finding["focus"])} for finding in report["findings"]]
    return show(
        "validation",
        live,
        root,
        "Validation",
        place="validation",
        conforms=report["conforms"],
        shapes=shapes,
        total=sum(report["checked"].values()),
        findings=findings,
        alternates=(*alternates("validation"), Alternate("JSON", "application/json", "validation.json")),
    )


_ERRORS = {
    404: ("Nothing is here", "The address may be mistyped, or the thing may have another name. Search for it:"),
    400: ("That could not be read", "Something in the question is not as it should be:"),
    422: ("That is too much at once", "The answer is larger than this server gives:"),
    403: ("That is not allowed here", "This graph can be read by anybody and changed by nobody:"),
    406: ("Not in that form", "This page does not come in the form that was asked for:"),
    503: ("Too much to do", "The server has its hands full with other questions:"),
    504: ("That took too long", "The question was stopped, so that others get their answers:"),
}


def error(live: Live, root: str, found: Mapping[str, Any]) -> bytes:
    """What went wrong, and what to do next."""
    title, lead = _ERRORS.get(found["status"], (found["title"], "This is what went wrong:"))
    return show("error", live, root, title, lead=lead, problem=found)


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
