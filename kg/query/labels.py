"""Labels: what the things of a graph are called, and which thing a name means."""

import unicodedata
from collections.abc import Mapping

import pyoxigraph as px

from kg.errors import near, nearest
from kg.rdf import iris
from kg.rdf.terms import RDFS, SKOS, is_iri, text_of


def find_entity(value: str, store: px.Store, base: str, prefixes: Mapping[str, str]) -> px.NamedNode:
    """The IRI that a slug, a source's id, prefix:name, IRI or label means; ValueError names what is near."""
    value = unicodedata.normalize("NFC", value)
    prefix, colon, local = value.partition(":")
    if colon and prefix in prefixes and is_iri(prefixes[prefix] + local):
        value = prefixes[prefix] + local
    elif colon and not local.startswith("//") and prefix.isalnum() and prefix not in ("urn", "mailto", "doi", "tag"):
        raise ValueError(f"unknown prefix {prefix!r}{nearest(prefix, prefixes)}")
    if value.startswith("<") and value.endswith(">"):
        value = value[1:-1]
    if is_iri(value) and not iris.is_entity(base, value):
        return px.NamedNode(value)
    slugs = (
        (iris.entity(base, value), iris.ontology(base) + value, iris.source(base, value)) if iris.is_slug(value) else ()
    )
    for iri in (value,) if is_iri(value) else slugs:
        if next(store.quads_for_pattern(px.NamedNode(iri), None, None), None):
            return px.NamedNode(iri)
    labels = _labels(store)
    found = sorted(labels.get(value.casefold(), ()))
    if len(found) == 1:
        return px.NamedNode(found[0])
    if found:
        named = ", ".join(iris.slug(base, iri) for iri in found)
        raise ValueError(f"{value[:60]!r} is the name of {len(found)} things: {named}; give one of these")
    every = {iris.slug(base, iri) for things in labels.values() for iri in things}
    close = near(value.casefold(), [*labels, *every], 3)
    hint = f"; near are {', '.join(close)}" if close else ""
    raise ValueError(f"nothing in the graph is called {value[:60]!r}{hint}; give a slug, a name or an IRI")


def _labels(store: px.Store) -> dict[str, set[str]]:
    """The things of the graph by each of their names, folded."""
    labels: dict[str, set[str]] = {}
    for kind in ("prefLabel", "altLabel"):
        for quad in store.quads_for_pattern(None, px.NamedNode(SKOS + kind), None, px.DefaultGraph()):
            name = unicodedata.normalize("NFC", text_of(quad.object)).casefold()
            labels.setdefault(name, set()).add(text_of(quad.subject))
    return labels


def label(store: px.Store, iri: str) -> str:
    """The preferred name of a thing, its rdfs:label where it has none, or ""."""
    for predicate in (SKOS + "prefLabel", RDFS + "label"):
        quads = store.quads_for_pattern(px.NamedNode(iri), px.NamedNode(predicate), None, px.DefaultGraph())
        found = sorted(text_of(quad.object) for quad in quads)
        if found:
            return str(found[0])
    return ""
