"""Labels: what the things of a graph are called, and which thing a name means."""

import re
import unicodedata
from collections.abc import Mapping

import pyoxigraph as px

from kg.errors import near, nearest
from kg.rdf import iris
from kg.rdf.terms import RDFS, SKOS, is_iri, text_of
from kg.stores.base import Store


def find_entity(value: str, store: Store, base: str, prefixes: Mapping[str, str]) -> px.NamedNode:
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
    found = sorted(labels.get(value.casefold(), ())) or _by_code(value, store, base) or _by_slug(value, labels, base)
    if len(found) != 1:
        found = found or _by_part(value, labels)
    if len(found) == 1:
        return px.NamedNode(found[0])
    if found:
        named = ", ".join(iris.slug(base, iri) for iri in found[:MOST_NAMED])
        more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
        raise ValueError(f"{value[:60]!r} is the name of {len(found)} things: {named}{more}; give one of these")
    every = {iris.slug(base, iri).replace("-", " "): iri for things in labels.values() for iri in things}
    close = {(sorted(labels[name])[0] if name in labels else every[name]) for name in _near(value, [*labels, *every])}
    hint = f"; near are {', '.join(sorted(iris.slug(base, iri) for iri in close))}" if close else ""
    raise ValueError(f"nothing in the graph is called {value[:60]!r}{hint}; give a name or an id")


MOST_NAMED = 8  # things that an error names


def _near(value: str, known: list[str]) -> list[str]:
    return near(value.casefold(), known, 3)


def _by_code(value: str, store: Store, base: str) -> list[str]:
    """The things that have a text as a value: "USA" as a country's code."""
    quads = store.quads_for_pattern(None, None, px.Literal(value), px.DefaultGraph())
    return sorted({text_of(q.subject) for q in quads if iris.is_entity(base, text_of(q.subject))})


def _by_slug(value: str, labels: Mapping[str, set[str]], base: str) -> list[str]:
    """The things whose ids are a text but for case and spaces."""
    wanted = value.casefold().replace(" ", "-")
    things = {iri for named in labels.values() for iri in named}
    return sorted(iri for iri in things if iris.slug(base, iri).casefold() == wanted)


def _by_part(value: str, labels: Mapping[str, set[str]]) -> list[str]:
    """The things whose names have all words of a text; the one alone whose name the names of all others hold."""
    words = set(re.findall(r"\w+", value.casefold()))
    fitting = {name: things for name, things in labels.items() if words <= set(re.findall(r"\w+", name))}
    if not words or not fitting:
        return []
    shortest = min(fitting, key=lambda name: (len(name), name))
    if all(shortest in name for name in fitting):
        return sorted(fitting[shortest])
    return sorted({iri for things in fitting.values() for iri in things})


def _labels(store: Store) -> dict[str, set[str]]:
    """The things of the graph by each of their names, folded."""
    labels: dict[str, set[str]] = {}
    for kind in ("prefLabel", "altLabel"):
        for quad in store.quads_for_pattern(None, px.NamedNode(SKOS + kind), None, px.DefaultGraph()):
            name = unicodedata.normalize("NFC", text_of(quad.object)).casefold()
            labels.setdefault(name, set()).add(text_of(quad.subject))
    return labels


def label(store: Store, iri: str) -> str:
    """The preferred name of a thing, its rdfs:label where it has none, or ""."""
    for predicate in (SKOS + "prefLabel", RDFS + "label"):
        quads = store.quads_for_pattern(px.NamedNode(iri), px.NamedNode(predicate), None, px.DefaultGraph())
        found = sorted(text_of(quad.object) for quad in quads)
        if found:
            return str(found[0])
    return ""
