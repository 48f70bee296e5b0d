"""Hints: what in a query the graph does not have, and what was probably meant, for an answer that has nothing."""

import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as px

from kg.errors import nearest
from kg.query.receipts import patterns_of
from kg.rdf import iris
from kg.rdf.terms import TYPE, is_iri, shorten
from kg.release import search
from kg.stores.base import Store

MOST_PATTERNS = 20  # of a query that are looked at
SECONDS = 0.5  # after which no further one is
MOST_LITERALS = 200_000  # statements of a graph in which a text is looked for in other languages


def hints(text: str, index: Path, store: Store, base: str, prefixes: Mapping[str, str]) -> list[str]:
    """What a query asks for by properties, classes, things and languages that the graph does not have, a line each."""
    known, patterns = dict(prefixes), patterns_of(text, prefixes)[:MOST_PATTERNS]
    end = time.monotonic() + SECONDS  # of looking: reading the query and loading its reader are not part of it
    found: dict[str, None] = {}
    for pattern in patterns:
        found |= dict.fromkeys(_hints(pattern, index, store, base, known))
        if time.monotonic() > end:
            break
    return list(found)


def _hints(
    pattern: tuple[Any, Any, Any], index: Path, store: Store, base: str, prefixes: dict[str, str]
) -> Iterator[str]:
    """What of a triple pattern the graph does not have; nothing of one with relative IRIs, which are none yet."""
    from rdflib import Literal, URIRef

    subject, path, value = pattern
    if not all(is_iri(str(part)) for part in pattern if isinstance(part, URIRef)):
        return
    for predicate in _properties(path):
        if not _has(store, predicate=px.NamedNode(str(predicate))):
            yield _unknown("property", str(predicate), _words(index, "property"), prefixes)
    if isinstance(value, URIRef) and str(path) == TYPE.value:
        if not _has(store, predicate=TYPE, object_=px.NamedNode(str(value))):
            yield _unknown("class", str(value), _words(index, "class"), prefixes)
        return
    things = [str(part) for part in (subject, value) if isinstance(part, URIRef) and iris.is_entity(base, str(part))]
    for node in map(px.NamedNode, things):
        if not (_has(store, subject=node) or _has(store, object_=node)):
            near = [hit.iri for hit in search.alike(index, iris.slug(base, node.value).replace("-", " "), 20)]
            yield _unknown("thing", node.value, near, prefixes)
    if isinstance(value, Literal):
        yield from _texts(store, px.NamedNode(str(path)) if isinstance(path, URIRef) else None, value)


def _properties(path: Any) -> Iterator[Any]:
    """The properties of a pattern's predicate, which may be a path."""
    from rdflib import URIRef

    if isinstance(path, URIRef):
        yield path
    for part in (*getattr(path, "args", ()), *([path.arg] if hasattr(path, "arg") else [])):
        yield from _properties(part)
    if hasattr(path, "path"):
        yield from _properties(path.path)


def _has(store: Store, subject: Any = None, predicate: Any = None, object_: Any = None) -> bool:
    return next(iter(store.quads_for_pattern(subject, predicate, object_, None)), None) is not None


def _words(index: Path, kind: str) -> list[str]:
    return [word.iri for word in search.words(index, kind, most=10_000)]


def _unknown(kind: str, iri: str, known: Iterable[str], prefixes: dict[str, str]) -> str:
    name = shorten(iri, prefixes)
    return f"the graph has no {kind} {name}{nearest(name, [shorten(one, prefixes) for one in known])}"


def _texts(store: Store, predicate: px.NamedNode | None, value: Any) -> Iterator[str]:
    """With which languages or datatypes the graph has a text that it does not have as the query gives it."""
    text = str(value)
    if value.language:
        given = px.Literal(text, language=value.language)
    else:
        kind = str(value.datatype or "")
        given = px.Literal(text, datatype=px.NamedNode(kind)) if is_iri(kind) else px.Literal(text)
    if _has(store, predicate=predicate, object_=given) or len(store) > MOST_LITERALS:
        return
    plain = px.Literal(text)  # which the engine itself writes into the query
    rows: Any = store.query(f"SELECT DISTINCT ?o {{ ?s {predicate or '?p'} ?o FILTER(STR(?o) = {plain}) }}")
    found = sorted(str(row["o"]) for row in rows if isinstance(row["o"], px.Literal))
    if found:
        yield f"the graph has no {given} here; it has {' and '.join(found)}"
