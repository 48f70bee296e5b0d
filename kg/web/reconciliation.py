"""Reconciliation: names in somebody's table matched against the graph, by the Reconciliation Service API 0.2.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kg.rdf import iris
from kg.release.search import Hit, Word, alike, search, words
from kg.web.response import ProblemError

MAX_QUERIES = 50


MATCH = 99.0  # from this likeness on a candidate that stands alone is taken for the thing meant


def manifest(said: Mapping[str, Any], index: Path, url: str) -> dict[str, Any]:
    """The service manifest (0.2, 3.2); `url` is the site's address as the client sees it."""
    suggest = {kind: {"service_url": url.rstrip("/"), "service_path": f"/reconcile/suggest/{kind}"} for kind in SUGGEST}
    return {
        "versions": ["0.2"],
        "name": said["title"] or said["base"],
        "identifierSpace": iris.entity(said["base"], ""),
        "schemaSpace": iris.ontology(said["base"]),
        "documentation": said["base"],
        "defaultTypes": [_type(word.iri, word.label) for word in words(index, "class", most=10)],
        "view": {"url": iris.entity(url, "{{id}}")},
        "preview": {"url": f"{iris.page(url, 'reconcile/preview')}?id={{{{id}}}}", "width": 420, "height": 240},
        "suggest": suggest,
        "batchSize": MAX_QUERIES,
    }


def read_queries(text: str) -> dict[str, dict[str, Any]]:
    """A batch of queries by their ids (0.2, 4.2); ProblemError 400 says what is wrong with it."""
    try:
        queries = json.loads(text)
        json.dumps(queries, ensure_ascii=False).encode()  # what is no text, half of a surrogate pair, is a ValueError
    except (ValueError, RecursionError) as error:
        raise ProblemError(400, f"queries: not JSON ({error})", parameter="queries") from None
    if not isinstance(queries, dict) or len(queries) > MAX_QUERIES:
        raise ProblemError(400, f"queries: expected an object of at most {MAX_QUERIES} queries", parameter="queries")
    for ident, query in queries.items():
        if not isinstance(query, dict) or not isinstance(query.get("query"), str):
            message = f'queries: {ident[:40]!r} is not a valid query; write {{"query": "a name"}}'
            raise ProblemError(400, message, parameter="queries")
        if "\0" in query["query"] + _type_asked(query):
            raise ProblemError(400, f"queries: {ident[:40]!r} holds a NUL character; leave it out", parameter="queries")
        limit = query.get("limit", 5)
        if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
            raise ProblemError(
                400, f"queries: the limit of {ident[:40]!r} is not a whole number from 1", parameter="queries"
            )
    return queries


def answer(queries: Mapping[str, dict[str, Any]], index: Path, base: str) -> dict[str, Any]:
    """The candidates of each query of a batch (0.2, 4.3), the most alike first."""
    labels = {word.iri: word.label for word in words(index, "class", most=10_000)}
    return {ident: {"result": _candidates(query, index, base, labels)} for ident, query in queries.items()}


def _candidates(query: dict[str, Any], index: Path, base: str, labels: Mapping[str, str]) -> list[dict[str, Any]]:
    hits = alike(index, query["query"][:200], min(query.get("limit", 5), 50), _type_asked(query))
    sure = [hit for hit in hits if hit.score >= MATCH]
    return [
        {
            "id": iris.slug(base, hit.iri),
            "name": hit.label,
            "score": hit.score,
            "match": sure == [hit],
            "type": [_type(iri, labels.get(iri, "")) for iri in hit.types],
            **({"description": f"also: {', '.join(hit.others)}"} if hit.others else {}),
        }
        for hit in hits
    ]


def _type_asked(query: dict[str, Any]) -> str:
    """The type that a query asks for: one IRI, the first of a list, or ""."""
    asked = query.get("type", "")
    asked = asked[0] if isinstance(asked, list) and asked else asked
    asked = asked.get("id", "") if isinstance(asked, dict) else asked
    return asked if isinstance(asked, str) else ""


def _type(iri: str, label: str) -> dict[str, str]:
    return {"id": iri, "name": label or iris.local(iri)}


def _entities(index: Path, base: str, prefix: str) -> list[dict[str, str]]:
    return [_suggested(hit, base) for hit in search(index, prefix, 20)]


def _suggested(hit: Hit, base: str) -> dict[str, str]:
    also = {"description": f"also: {', '.join(hit.others)}"} if hit.others else {}
    return {"id": iris.slug(base, hit.iri), "name": hit.label, **also}


def _types(index: Path, base: str, prefix: str) -> list[dict[str, str]]:
    return [_described(word) for word in words(index, "class", prefix)]


def _properties(index: Path, base: str, prefix: str) -> list[dict[str, str]]:
    return [_described(word) for word in words(index, "property", prefix)]


def _described(word: Word) -> dict[str, str]:
    return {**_type(word.iri, word.label), "description": f"used {word.uses:,} times"}


SUGGEST: dict[str, Callable[[Path, str, str], list[dict[str, str]]]] = {
    "entity": _entities,
    "type": _types,
    "property": _properties,
}
