"""Vocabulary: the pages of the ontology and of the graphs that are kept beside the facts."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from kg.pages.model import Name
from kg.pages.page import Page
from kg.pages.render import alternates, show
from kg.query.opened import Opened
from kg.rdf import iris
from kg.rdf.terms import RDFS, SKOS, TYPE, text_of
from kg.release import search
from kg.release.void import GRAPHS


class Defined(NamedTuple):
    """A term of the vocabulary: its name, anchor, definition, example, what it is below, and how often it is used."""

    name: Name
    anchor: str
    kind: str
    definition: str
    example: str
    above: tuple[Name, ...]
    uses: int


class Asked(NamedTuple):
    """What a shape asks: anchor, label, whom it is for, severity, and rows of depth, path, number, what and message."""

    anchor: str
    label: str
    targets: str
    severity: str
    rows: tuple[tuple[int, str, str, str, str], ...]


def ontology_page(opened: Opened, root: str) -> bytes:
    """The page of the vocabulary: classes, properties, concepts and shapes."""
    page = Page(opened, root)
    iri = iris.ontology(opened.base).rstrip("#")
    said: dict[str, dict[str, list[str]]] = {}
    for quad in opened.dataset.within(iri):
        if not text_of(quad.graph_name):
            said.setdefault(text_of(quad.subject), {}).setdefault(quad.predicate.value, []).append(text_of(quad.object))
    uses = {
        word.iri: word.uses for kind in ("class", "property") for word in search.words(opened.index, kind, most=10_000)
    }
    terms = [_defined(page, term, found, uses) for term, found in sorted(said.items())]
    return show(
        "ontology",
        opened,
        root,
        "Vocabulary",
        kinds=[(kind, [term for term in terms if term.kind == kind]) for kind in ("Classes", "Properties", "Concepts")],
        shapes=[_asked(shape, iri) for shape in json.loads(opened.file("shapes.json"))],
        iri=iri,
        alternates=alternates("ontology"),
    )


_KINDS = {"Class": "Classes", "Property": "Properties"}  # by what stands in the name of a term's type


def _asked(shape: Mapping[str, Any], ontology: str) -> Asked:
    iri = shape["iri"]
    anchor = iris.local(iri) if iri.startswith(f"{ontology}#") else ""
    rows = tuple(tuple(row) for row in shape["rows"])
    return Asked(anchor, shape["label"] or shape["name"], shape["targets"], shape["severity"], rows)


def _defined(page: Page, iri: str, said: Mapping[str, list[str]], uses: Mapping[str, int]) -> Defined:
    types = "".join(said.get(TYPE.value, ()))
    kind = next((kind for word, kind in _KINDS.items() if word in types), "Concepts")
    above = (
        *said.get(RDFS + "subClassOf", ()),
        *said.get(RDFS + "subPropertyOf", ()),
        *said.get(SKOS + "inScheme", ()),
    )
    definition = (said.get(SKOS + "definition") or said.get(RDFS + "comment") or [""])[0]
    example = said.get(SKOS + "example", [""])[0]
    named = tuple(page.name(up) for up in sorted(above))
    return Defined(page.name(iri), iris.local(iri), kind, definition, example, named, uses.get(iri, 0))


def graph_page(opened: Opened, root: str, iri: str) -> bytes:
    """The page of one of the graphs that are kept beside the facts."""
    name = iris.local(iri)
    return show(
        "graph",
        opened,
        root,
        f"The graph of {name}",
        said=GRAPHS[name],
        ask=f"SELECT * WHERE {{ GRAPH <{iri}> {{ ?s ?p ?o }} }} LIMIT 100",
        iri=iri,
        alternates=alternates(name),
    )
