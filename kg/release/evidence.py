"""Evidence: the facts of a release as others publish facts with their evidence: nanopublications, Web Annotations.

Both stand on the dataset's file alone. Facts pass one by one; only the passages, and so the quoted words, are kept.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import pyoxigraph as px

from kg.rdf import iris
from kg.rdf.serialize import lines_of
from kg.rdf.sorted_lines import Sorter, merged
from kg.rdf.terms import DCTERMS, OA, PROV, TYPE, Quad, Triple, link, text_of
from kg.release.dcat import About
from kg.release.nquads import in_portions

NP = "http://www.nanopub.org/nschema#"


ANNOTATIONS = "http://www.w3.org/ns/anno.jsonld"


_QUOTED = PROV + "wasQuotedFrom"


def write_nanopublications(dataset: Path, about: About, folder: Path) -> Path:
    """Each fact of a dataset as a nanopublication (Nanopublication Guidelines 1.15), as sorted N-Quads in a folder.

    The assertion is the fact's own graph; its provenance holds the fact's basis, note and passages, with their words
    and source; the publication info leads to curators, licence and dataset.
    """
    places = _places(dataset, about.base)
    sorter = Sorter(folder / "nanopublications")
    for quads in in_portions(dataset):
        sorter.add(lines_of(quad for quad in quads if iris.is_fact(about.base, text_of(quad.graph_name))))
        for fact, said in _facts(quads, about.base):
            sorter.add(lines_of(_nanopublication(fact, said, places, about)))
    path = folder / "nanopublications.nq"
    with path.open("wb") as file:
        file.writelines(merged(sorter.close()))
    return path


def _nanopublication(fact: str, said: list[Triple], places: Mapping[str, list[Triple]], about: About) -> Iterator[Quad]:
    """The head, the provenance and the publication info of a fact."""
    itself, head, provenance, info = (
        iris.of_nanopublication(fact, part) for part in ("nanopub", "head", "provenance", "pubinfo")
    )
    for triple in (
        link(itself, TYPE.value, NP + "Nanopublication"),
        link(itself, NP + "hasAssertion", fact),
        link(itself, NP + "hasProvenance", provenance),
        link(itself, NP + "hasPublicationInfo", info),
    ):
        yield _in(triple, head)
    named = [text_of(triple.object) for triple in said if triple.predicate.value.startswith(PROV)]
    for triple in (*said, *(triple for place in named for triple in _described(place, places))):
        yield _in(triple, provenance)
    yield _in(link(itself, DCTERMS + "creator", iris.curators(about.base)), info)
    yield _in(link(itself, DCTERMS + "isPartOf", iris.dataset(about.base)), info)
    if about.license:
        yield _in(link(itself, DCTERMS + "license", about.license), info)


def _described(iri: str, places: Mapping[str, list[Triple]]) -> Iterator[Triple]:
    """What is known of a source, a passage or the curators, and of a passage's selectors."""
    for triple in places.get(iri, ()):
        yield triple
        if triple.predicate.value == OA + "hasSelector":
            yield from places.get(text_of(triple.object), ())


def _in(triple: Triple, graph: str) -> Quad:
    return Quad(triple.subject, triple.predicate, triple.object, px.NamedNode(graph))


def write_annotations(dataset: Path, about: About, out: IO[bytes]) -> None:
    """Write the facts that quote as a collection of Web Annotations (Web Annotation Data Model, 5.1), an item a line.

    An annotation's body is the fact, its targets are the passages, each by its words and by its offsets.
    """
    places = _places(dataset, about.base)
    collection = iris.part(iris.dataset(about.base), "annotations", "all")
    head = {
        "@context": ANNOTATIONS,
        "id": collection,
        "type": "AnnotationCollection",
        "label": about.title or about.base,
    }
    first = {"id": iris.part(iris.dataset(about.base), "annotations", "1"), "type": "AnnotationPage", "startIndex": 0}
    out.write(f'{_json(head)[:-1]}, "first": {_json(first)[:-1]}, "items": ['.encode())
    total = 0
    for fact, said in (pair for quads in in_portions(dataset) for pair in _facts(quads, about.base)):
        passages = [text_of(triple.object) for triple in said if triple.predicate.value == _QUOTED]
        if passages:
            item = {
                "id": iris.of_annotation(fact),
                "type": "Annotation",
                "motivation": "describing",
                "creator": iris.curators(about.base),
                **({"rights": about.license} if about.license else {}),
                "body": fact,
                "target": [_target(passage, places) for passage in passages],
            }
            out.write(f"{',' if total else ''}\n{_json(item)}".encode())
            total += 1
    out.write(f'\n]}}, "total": {total}}}\n'.encode())


def _target(passage: str, places: Mapping[str, list[Triple]]) -> dict[str, Any]:
    """A passage as the target of an annotation (Web Annotation Data Model, 4 and 4.2)."""
    said = {triple.predicate.value: text_of(triple.object) for triple in _described(passage, places)}
    start, end = (int(said[OA + name]) for name in ("start", "end"))
    words = {name: said[OA + name] for name in ("exact", "prefix", "suffix")}
    return {
        "id": passage,
        "type": "SpecificResource",
        "source": said[OA + "hasSource"],
        "selector": [
            {"type": "TextQuoteSelector", **words},
            {"type": "TextPositionSelector", "start": start, "end": end},
        ],
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _facts(quads: Iterable[Quad], base: str) -> Iterator[tuple[str, list[Triple]]]:
    """Each fact of a portion with what the provenance graph says of it."""
    provenance = iris.graph(base, "provenance")
    found: dict[str, list[Triple]] = {}
    for quad in quads:
        if text_of(quad.graph_name) == provenance and iris.is_fact(base, text_of(quad.subject)):
            found.setdefault(text_of(quad.subject), []).append(quad.triple)
    yield from found.items()


def _places(dataset: Path, base: str) -> dict[str, list[Triple]]:
    """What the provenance graph says of all else: passages, selectors, sources, curators; by their IRIs."""
    provenance = iris.graph(base, "provenance")
    found: dict[str, list[Triple]] = {}
    for quads in in_portions(dataset):
        for quad in quads:
            if text_of(quad.graph_name) == provenance and not iris.is_fact(base, text_of(quad.subject)):
                found.setdefault(text_of(quad.subject), []).append(quad.triple)
    return found
