"""Reconcile: names in somebody's table matched against the things of a release, and values of things for new columns.

Reconciliation Service API 0.2, 4 (queries) and 7 (data extension):
https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pyoxigraph as px

from kg.errors import QueryError
from kg.query.labels import label
from kg.rdf import iris
from kg.rdf.context import read_context
from kg.rdf.terms import TYPE, XSD, Term, is_iri, text_of
from kg.release import search
from kg.release.nquads import Dataset
from kg.release.reader import Release
from kg.stores.base import Store

BATCH = 1_000  # queries, and ids of things whose values are asked for


MATCH = 99.0  # from this likeness on a candidate that stands alone is taken for the thing meant


MOST = 50  # candidates of a query, and properties of a request


_WEIGHT = 0.4  # of a property, where the name weighs 1


_NUMBERS = frozenset(XSD + name for name in ("decimal", "double", "float"))


class Asked(NamedTuple):
    """A query of a batch: a name or "", the IRIs of types and how they are meant ("any", "all" or "should"), how many
    candidates are wanted, and properties with the values that each may have.
    """

    name: str
    types: tuple[str, ...]
    strict: str
    limit: int
    properties: tuple[tuple[str, tuple[Any, ...]], ...]


class Reconciler:
    """What a release answers to clients such as OpenRefine."""

    def __init__(self, release: Release, store: Store) -> None:
        self._store, self._dataset = store, Dataset(release.dataset)
        self._index = release.path / "search.sqlite"
        self._base: str = release.manifest["base"]
        self._context = read_context(release.path / "context.jsonld", self._base)
        self._things: dict[str, dict[str, set[str]]] = {}  # by property: the things by each value, folded
        words = [word for kind in ("class", "property") for word in search.words(self._index, kind, most=10_000)]
        self._words = {word.iri: word.label for word in words}

    def close(self) -> None:
        """Give the dataset's file back."""
        self._dataset.close()

    def answer(self, job: Mapping[str, str]) -> bytes:
        """The answer to `queries` or `extend`, JSON as the client sent it, or to `propose`, a type; as JSON."""
        if "queries" in job:
            answer = self.candidates(read_queries(job["queries"]))
        elif "extend" in job:
            answer = self.extended(read_extension(job["extend"]))
        else:
            answer = self.proposed(job["propose"])
        return (json.dumps(answer, ensure_ascii=False) + "\n").encode()

    # Candidates

    def candidates(self, queries: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """The candidates of each query of a batch (0.2, 4.3), the best first; what is asked twice is looked up once."""
        found: dict[str, list[dict[str, Any]]] = {}
        answers = {}
        for ident, query in queries.items():
            same = json.dumps(query, sort_keys=True)
            if same not in found:
                found[same] = self._candidates(self._asked(query))
            answers[ident] = {"result": found[same]}
        return answers

    def _asked(self, query: Mapping[str, Any]) -> Asked:
        """A query as it is meant: its types and properties by their IRIs."""
        types = query.get("type", ())
        given = [types] if isinstance(types, str | dict) else types
        named = [type_["id"] if isinstance(type_, dict) else type_ for type_ in given]
        properties = tuple(
            (self._iri(one["pid"]), tuple(one["v"] if isinstance(one["v"], list) else [one["v"]]))
            for one in query.get("properties", ())
        )
        expanded = tuple(self._iri(type_) for type_ in dict.fromkeys(named) if type_)
        limit = min(int(query.get("limit", 5)), MOST)
        return Asked(query.get("query", "")[:200], expanded, query.get("type_strict", "any"), limit, properties)

    def _iri(self, name: str) -> str:
        """The IRI of a class or property: as it is, or as a word of the context."""
        return name if is_iri(name) and "://" in name else self._context.expand(name)

    def _candidates(self, asked: Asked) -> list[dict[str, Any]]:
        types = () if asked.strict == "should" else asked.types
        if asked.name.strip():
            most = MOST if asked.properties or asked.strict == "should" else asked.limit + 1  # one more tells ties
            hits = search.alike(self._index, asked.name, most, types, every=asked.strict == "all")
        else:
            hits = self._by_properties(asked, types)
        found = sorted(
            (self._scored(hit, asked) for hit in hits), key=lambda one: (-one["score"], one["name"], one["id"])
        )
        sure = [one["id"] for one in found if one["score"] >= MATCH]
        return [{**one, "match": sure == [one["id"]]} for one in found[: asked.limit]]

    def _by_properties(self, asked: Asked, types: Sequence[str]) -> list[search.Hit]:
        """The things with one of the values asked for, those with most of them first."""
        counts: dict[str, int] = {}
        for property_, values in asked.properties:
            known = self._by_value(property_)
            for thing in {thing for value in values for thing in known.get(_folded(value), ())}:
                counts[thing] = counts.get(thing, 0) + 1
        best = sorted(counts, key=lambda thing: (-counts[thing], thing))
        hits = search.things(self._index, best).values()
        need = all if asked.strict == "all" else any
        return [hit for hit in hits if not types or need(type_ in hit.types for type_ in types)]

    def _by_value(self, property_: str) -> dict[str, set[str]]:
        """The things that have each value of a property: texts folded, things by their names and by their ids."""
        if property_ not in self._things:
            found: dict[str, set[str]] = {}
            if is_iri(property_):
                for quad in self._store.quads_for_pattern(None, px.NamedNode(property_), None, px.DefaultGraph()):
                    for text in self._texts(quad.object):
                        found.setdefault(_folded(text), set()).add(text_of(quad.subject))
            self._things[property_] = found
        return self._things[property_]

    def _texts(self, term: Term) -> list[str]:
        """What a client may call a value: a text, or the name, id and IRI of a thing."""
        if not isinstance(term, px.NamedNode):
            return [text_of(term)]
        names = (self._name(term.value), iris.slug(self._base, term.value), term.value)
        return [name for name in dict.fromkeys(names) if name]

    def _name(self, iri: str) -> str:
        return self._words.get(iri) or label(self._store, iri)

    def _scored(self, hit: search.Hit, asked: Asked) -> dict[str, Any]:
        """A candidate with its score, and the features that the score is made of."""
        likes = {"name": hit.score} if asked.name.strip() else {}
        about = self._dataset.about(hit.iri) if asked.properties else []
        for property_, values in asked.properties:
            terms = [quad.object for quad in about if quad.predicate.value == property_]
            texts = {_folded(text) for term in terms for text in self._texts(term)}
            likest = max((_likeness(value, texts) for value in values), default=0.0)
            likes[property_] = likest
        weights = {feature: 1.0 if feature == "name" else _WEIGHT for feature in likes}
        score = sum(weights[feature] * value for feature, value in likes.items()) / sum(weights.values())
        if asked.strict == "should" and asked.types and not set(asked.types) & set(hit.types):
            score *= 0.9
        return {
            "id": iris.slug(self._base, hit.iri),
            "name": hit.label,
            "score": round(score, 1),
            "type": [self._word(iri) for iri in hit.types],
            "features": [{"id": feature, "value": value} for feature, value in likes.items()],
            **({"description": f"also: {', '.join(hit.others)}"} if hit.others else {}),
        }

    def _word(self, iri: str) -> dict[str, str]:
        """A class or property with its label."""
        return {"id": iri, "name": self._words.get(iri) or iris.local(iri)}

    # Data extension

    def extended(self, query: Mapping[str, Any]) -> dict[str, Any]:
        """The values of properties of things (0.2, 7.2)."""
        asked = {one["id"]: _limit(one.get("settings", {})) for one in query["properties"]}
        rows: dict[str, Any] = {}
        for ident in query["ids"]:
            thing = ident if is_iri(ident) and "://" in ident else iris.entity(self._base, ident)
            about = self._dataset.about(thing) if is_iri(thing) else []
            rows[ident] = {name: self._cells(about, self._iri(name), limit) for name, limit in asked.items()}
        return {"meta": [{**self._word(self._iri(name)), "id": name} for name in asked], "rows": rows}

    def _cells(self, about: Iterable[px.Quad], property_: str, limit: int) -> list[dict[str, Any]]:
        found = {str(q.object): q.object for q in about if q.predicate.value == property_ and not text_of(q.graph_name)}
        cells = [self._cell(term) for _, term in sorted(found.items())]
        return cells[:limit] if limit else cells

    def _cell(self, term: Term) -> dict[str, Any]:
        """A value as a cell: a thing, a number, or a text as it is written."""
        text = text_of(term)
        if isinstance(term, px.NamedNode):
            if iris.is_entity(self._base, text):
                return {"id": iris.slug(self._base, text), "name": self._name(text) or iris.local(text)}
            return {"str": self._name(text) or text}
        if isinstance(term, px.Literal) and term.datatype.value == XSD + "integer":
            return {"int": int(text)}
        if isinstance(term, px.Literal) and term.datatype.value in _NUMBERS and math.isfinite(float(text)):
            return {"float": float(text)}
        return {"str": text}

    def proposed(self, type_: str) -> dict[str, Any]:
        """The properties that things of a type have, the most frequent first (0.2, 7.1); of all where it is ""."""
        if type_:
            of = px.NamedNode(iri) if is_iri(iri := self._iri(type_)) else px.NamedNode("urn:none")
            query = f"SELECT ?p (COUNT(DISTINCT ?s) AS ?n) {{ ?s a {of} ; ?p ?o }} GROUP BY ?p ORDER BY DESC(?n) ?p"
            rows: Any = self._store.query(query)
            uses = {text_of(row["p"]): int(text_of(row["n"])) for row in rows}
        else:
            uses = {word.iri: word.uses for word in search.words(self._index, "property", most=10_000)}
        uses.pop(TYPE.value, None)
        found = [{**self._word(iri), "description": f"of {number:,} things"} for iri, number in uses.items()]
        return {"properties": found[:MOST], **({"type": type_} if type_ else {}), "limit": MOST}


def _folded(value: Any) -> str:
    """A value as values are compared: its text whatever its case, the id of a thing."""
    if isinstance(value, dict):
        value = value["id"]
    if isinstance(value, bool):
        value = str(value).lower()
    return " ".join(str(value).casefold().split())


def _likeness(value: Any, texts: Iterable[str]) -> float:
    """How alike a value is to the likest of some, from 0 to 100; ids and numbers are the same or not."""
    folded, known = _folded(value), set(texts)
    if folded in known:
        return 100.0
    return max((search.likeness(folded, text) for text in known), default=0.0) if isinstance(value, str) else 0.0


def _limit(settings: Mapping[str, Any]) -> int:
    """The setting `limit` of a property: a number or its text, 0 for all values."""
    text = str(settings.get("limit", 0)) or "0"
    return int(text) if text.isascii() and text.isdigit() else 0


# Reading what a client sent


def read_queries(text: str) -> dict[str, dict[str, Any]]:
    """A batch of queries by their ids (0.2, 4.2); QueryError says what is wrong with it."""
    queries = _json(text, "queries")
    if not isinstance(queries, dict) or len(queries) > BATCH:
        raise QueryError(f"queries: expected an object of at most {BATCH:,} queries")
    for ident, query in queries.items():
        if fault := _query_fault(query):
            raise QueryError(f"queries: {ident[:40]!r} {fault}")
    return queries


def _query_fault(query: Any) -> str:
    """What is wrong with a query, "" where nothing is."""
    if not isinstance(query, dict) or not isinstance(query.get("query", ""), str):
        return 'is not a valid query; write {"query": "a name"}'
    if not (query.get("query", "").strip() or query.get("properties")):
        return "asks for nothing; give a `query` or `properties`"
    if "\0" in query.get("query", ""):
        return "holds a NUL character; leave it out"
    limit = query.get("limit", 5)
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
        return "has a limit that is not a whole number from 1"
    types = query.get("type", [])
    listed = types if isinstance(types, list) else [types]
    if not all(isinstance(one, str) or (isinstance(one, dict) and isinstance(one.get("id"), str)) for one in listed):
        return "has a type that is neither an id nor a list of ids"
    if query.get("type_strict", "any") not in ("any", "all", "should"):
        return "has a type_strict that is not any, all or should"
    properties = query.get("properties", [])
    if not isinstance(properties, list) or len(properties) > MOST or not all(map(_is_property, properties)):
        return f'has properties that are not a list of at most {MOST} objects, each with "pid" and "v"'
    return ""


def _is_property(found: Any) -> bool:
    if not isinstance(found, dict) or not isinstance(found.get("pid"), str) or "v" not in found:
        return False
    values = found["v"] if isinstance(found["v"], list) else [found["v"]]
    return all(
        isinstance(value, str | int | float) or (isinstance(value, dict) and isinstance(value.get("id"), str))
        for value in values
    )


def read_extension(text: str) -> dict[str, Any]:
    """A data extension query (0.2, 7.2); QueryError says what is wrong with it."""
    query = _json(text, "extend")
    if not isinstance(query, dict):
        raise QueryError('extend: expected an object with "ids" and "properties"')
    ids, properties = query.get("ids"), query.get("properties")
    if not isinstance(ids, list) or len(ids) > BATCH or not all(isinstance(ident, str) for ident in ids):
        raise QueryError(f'extend: "ids" is not a list of at most {BATCH:,} ids')
    if not isinstance(properties, list) or len(properties) > MOST or not all(map(_is_extension, properties)):
        raise QueryError(f'extend: "properties" is not a list of at most {MOST} objects, each with an "id"')
    return query


def _is_extension(found: Any) -> bool:
    return isinstance(found, dict) and isinstance(found.get("id"), str) and isinstance(found.get("settings", {}), dict)


def _json(text: str, name: str) -> Any:
    try:
        found = json.loads(text)
        json.dumps(found, ensure_ascii=False).encode()  # what is no text, half of a surrogate pair, is a ValueError
    except (ValueError, RecursionError) as error:
        raise QueryError(f"{name}: not JSON ({error})") from None
    return found
