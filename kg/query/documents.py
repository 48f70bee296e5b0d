"""Documents: what a release says of a thing, of itself and of its queries, written in the formats of RDF."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as px

from kg.query import resource
from kg.query.opened import Opened
from kg.query.service import executables
from kg.rdf import iris
from kg.rdf.formats import DATASETS
from kg.rdf.serialize import WRITERS, used, write, write_each
from kg.release.dcat import PREFIXES
from kg.release.nquads import in_graph, parsed, portions, readable


def written(opened: Opened, items: Iterable[Any], kind: str, more: Mapping[str, str] | None = None) -> bytes:
    """Quads or triples in a format of RDF, with the prefixes of a release and its context."""
    return write(items, kind, {**opened.prefixes, **(more or {})}, opened.context)


def about(opened: Opened, iri: str, kinds: Iterable[str]) -> dict[str, bytes]:
    """The documents about an IRI that the graph knows, by their formats; that of the vocabulary has the shapes too."""
    found = resource.document(opened.dataset, opened.store, opened.base, iri)
    if iri == iris.ontology(opened.base).rstrip("#"):
        found += opened.turtle("shapes.ttl")
    kinds = list(kinds)
    graphs = [kind for kind in kinds if kind in DATASETS]
    plain = [kind for kind in kinds if kind not in DATASETS]
    triples = resource.triples(found) if plain else ()
    said = opened.prefixes, opened.context
    return {**write_each(found, graphs, *said), **write_each(triples, plain, *said)}


def described(opened: Opened, name: str, kind: str) -> bytes:
    """A description that a release has in Turtle (`void.ttl`, `shapes.ttl`, `report.ttl`), in a format."""
    return written(opened, [quad.triple for quad in opened.turtle(name)], kind, PREFIXES)


def examples(opened: Opened, kind: str) -> bytes:
    """The canned queries as SHACL executables, in a format."""
    return written(opened, executables(opened.queries.values(), opened.base), kind, PREFIXES)


def write_named_graph(opened: Opened, name: str, kinds: Iterable[str], folder: Path) -> dict[str, Path]:
    """The triples of a named graph, as they stand in the dataset's file, in files of several formats by their names.

    They are read in portions, so a large graph needs no more memory than a small one.
    """
    lines, written = folder / "lines", {}
    with lines.open("wb") as file:
        file.writelines(in_graph(opened.release.dataset, iris.graph(opened.base, name)))
    prefixes: dict[str, str] = {}
    for triples in _in_portions(lines):
        prefixes |= used(triples, opened.prefixes)
    for kind in kinds:
        written[kind] = folder / kind
        with written[kind].open("wb") as out:
            writer = WRITERS[kind](out, dict(sorted(prefixes.items())), opened.context)
            for triples in _in_portions(lines):
                writer.put(triples)
            writer.end()
    return written


def _in_portions(path: Path) -> Iterator[list[px.Triple]]:
    with path.open("rb") as file:
        for portion in portions(file):
            yield [quad.triple for quad in parsed(readable(portion))]
