"""Time the page of an entity on the campaign and on a graph of a million statements, from view model to HTML."""

import hashlib
import json
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import median

from kg.pages import catalogue
from kg.project import TEMPLATE
from kg.query.opened import Opened
from kg.rdf import iris
from kg.release.search import most
from kg.release.search_index import Thing, make_index
from tests.conftest import published

ROOT = Path(__file__).parent.parent.parent
BASE = "https://example.org/"
THINGS, FACTS = 40_000, 25  # each thing is told of by one source, in a fact of its own for each four statements
LABEL = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
PROV, OA = "http://www.w3.org/ns/prov#", "http://www.w3.org/ns/oa#"


def lines() -> Iterator[str]:
    """A million statements of forty thousand things, and the evidence for those of the first thousand."""
    for number in range(THINGS):
        thing = f"<{iris.entity(BASE, f'thing-{number}')}>"
        said = [f'{thing} {LABEL} "thing number {number}"@en', f"{thing} {TYPE} <https://schema.org/Thing>"]
        said += [
            f"{thing} <{BASE}ontology#p{n}> <{iris.entity(BASE, f'thing-{(number * 7 + n * 991) % THINGS}')}>"
            for n in range(FACTS - 2)
        ]
        for n, statement in enumerate(said):
            yield f"{statement} ."
            if number < 1000:
                yield f"{statement} <{iris.fact(BASE, f'{number:08x}{n // 4:08x}')}> ."
        if number < 1000:
            yield from evidence(number)


def evidence(number: int) -> Iterator[str]:
    """The provenance of a thing's facts."""
    graph = f"<{iris.graph(BASE, 'provenance')}>"
    source = iris.source(BASE, "page")
    for part in range((FACTS + 3) // 4):
        fact = f"<{iris.fact(BASE, f'{number:08x}{part:08x}')}>"
        start = number * 100 + part * 10
        passage, quote = iris.passage(source, start, start + 10), iris.selector(source, "quote", start, start + 10)
        yield f"{fact} <{BASE}ontology#basis> <{BASE}ontology#stated> {graph} ."
        yield f"{fact} <{PROV}wasQuotedFrom> <{passage}> {graph} ."
        yield f"<{passage}> <{OA}hasSource> <{source}> {graph} ."
        yield f"<{passage}> <{OA}hasSelector> <{quote}> {graph} ."
        yield f'<{quote}> <{OA}exact> "ten letters" {graph} .'


def million(build: Path) -> Opened:
    """The release of the made-up graph, opened."""
    data = "".join(f"{line}\n" for line in sorted(set(lines()), key=str.encode)).encode()
    things: Iterable[Thing] = (
        Thing(iris.entity(BASE, f"thing-{n}"), f"thing number {n}", (), ("https://schema.org/Thing",), (), FACTS)
        for n in range(THINGS)
    )
    manifest = {"title": "A million", "base": BASE, "prefixes": {}, "counts": {"triples": THINGS * FACTS}}
    files = {
        "dataset.nq": data,
        "manifest.json": json.dumps(manifest).encode(),
        "sources/page.txt": b"ten letters" * 11_000,
        "context.jsonld": (TEMPLATE / "ontology" / "context.jsonld").read_bytes(),
    }
    release = published(build, hashlib.sha256(data).hexdigest()[:12], files)
    make_index(release.path / "search.sqlite", things, ())
    return Opened(build)


def times(opened: Opened, things: Iterable[str]) -> list[float]:
    """The seconds that each page takes, labels already known as on a running server."""
    addresses = [iris.address(opened.base, iri) for iri in things]
    for address in addresses:
        catalogue.page(opened, address)
    found = []
    for address in addresses:
        start = time.perf_counter()
        catalogue.page(opened, address)
        found.append(time.perf_counter() - start)
    return found


def main() -> None:
    """Print the table."""
    campaign = Opened(ROOT / "build")
    hits = most(campaign.index, 1000)
    rows = [("campaign", len(hits), times(campaign, (hit.iri for hit in hits)), 5.0)]
    with tempfile.TemporaryDirectory() as folder:
        opened = million(Path(folder))
        entities = [iris.entity(BASE, f"thing-{n}") for n in range(200)]
        rows.append((f"{THINGS * FACTS:,} statements", len(entities), times(opened, entities), 20.0))
    print("\n| page of an entity | pages | median | slowest | goal | met |\n|---|---|---|---|---|---|")
    for name, count, found, goal in rows:
        middle, slowest = median(found) * 1000, max(found) * 1000
        print(
            f"| {name} | {count} | {middle:.1f} ms | {slowest:.1f} ms | {goal:g} ms | {'yes' if middle < goal else 'NO'} |"
        )


if __name__ == "__main__":
    main()
