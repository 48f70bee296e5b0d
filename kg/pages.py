"""Pages: the first page, search, downloads, validation, errors; those of the graph are in things and answers."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pyoxigraph as px

from kg import names, pictures, search
from kg.describe import VOID
from kg.errors import StoreError
from kg.live import Live
from kg.media import GRAPHS
from kg.rdf import RDFS, SKOS, text_of
from kg.show import Alternate, alternates, show
from kg.store import open_release
from kg.view import Name, Page

COUNTRY = "http://publications.europa.eu/resource/authority/country/"  # ISO 3166-1 alpha-3 codes as IRIs


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


class Version(NamedTuple):
    """A release that is still on the disk: its name, its quads, and what changed since the one before it."""

    name: str
    quads: int
    before: str
    added: int
    removed: int


def versions(live: Live, most: int = 20) -> list[Version]:
    """The release and those before it, as far as they are kept, newest first."""
    found: list[Version] = []
    name, manifest = live.name, live.release.manifest
    while len(found) < most:
        since = manifest.get("since") or {}
        before = str(since.get("release", ""))
        quads = manifest["counts"].get("quads", 0)
        found.append(Version(name, quads, before, since.get("added", 0), since.get("removed", 0)))
        try:
            if not before or before in {version.name for version in found}:
                break
            name, manifest = before, open_release(live.release.path.parent / before).manifest
        except StoreError:
            break
    return found


def dataset(live: Live, root: str) -> bytes:
    """Downloads, how to cite, and what the dataset holds."""
    dcat, spdx = "http://www.w3.org/ns/dcat#", "http://spdx.org/rdf/terms#"
    said: dict[str, dict[str, str]] = {}
    for quad in live.turtle("void.ttl"):
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
        versions=versions(live),
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
    report = json.loads(live.file("report.json"))
    checked = sorted(report["checked"].items(), key=lambda item: (-item[1], item[0]))
    labels = {}
    for quad in live.turtle("shapes.ttl"):
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
