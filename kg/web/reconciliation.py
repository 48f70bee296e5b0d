"""Reconciliation: what a client such as OpenRefine finds out before it asks, by the Reconciliation Service API 0.2.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/; what it asks, workers answer
(`kg.query.reconcile`).
"""

from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from typing import Any

from kg.query.reconcile import BATCH
from kg.rdf import iris
from kg.release.search import Hit, Wanted, search, things, words
from kg.release.search_index import Word

PAGE = 20  # suggestions at a time


def manifest(said: Mapping[str, Any], index: Path, url: str) -> dict[str, Any]:
    """The service manifest (0.2, 3.2); `url` is the site's address as the client sees it."""
    root = url.rstrip("/")
    suggest = {
        kind: {
            "service_url": root,
            "service_path": f"/reconcile/suggest/{kind}",
            "flyout_service_url": root,
            "flyout_service_path": f"/reconcile/flyout/{kind}?id=${{id}}",
        }
        for kind in SUGGEST
    }
    limit = {
        "name": "limit",
        "type": "number",
        "default": 0,
        "label": "Limit",
        "help_text": "How many values of a thing are given at most; 0 for all",
    }
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
        "extend": {
            "propose_properties": {"service_url": root, "service_path": "/reconcile/properties"},
            "property_settings": [limit],
        },
        "batchSize": BATCH,
    }


def _type(iri: str, label: str) -> dict[str, str]:
    return {"id": iri, "name": label or iris.local(iri)}


def _entities(index: Path, base: str, prefix: str, skip: int) -> list[dict[str, Any]]:
    labels = {word.iri: word.label for word in words(index, "class", most=10_000)}
    return [_suggested(hit, base, labels) for hit in search(index, Wanted({}, prefix), PAGE, skip)]


def _suggested(hit: Hit, base: str, labels: Mapping[str, str]) -> dict[str, Any]:
    also = {"description": f"also: {', '.join(hit.others)}"} if hit.others else {}
    notable = [_type(iri, labels.get(iri, "")) for iri in hit.types]
    return {"id": iris.slug(base, hit.iri), "name": hit.label, **also, "notable": notable}


def _types(index: Path, base: str, prefix: str, skip: int) -> list[dict[str, Any]]:
    return [_described(word) for word in words(index, "class", prefix, PAGE, skip)]


def _properties(index: Path, base: str, prefix: str, skip: int) -> list[dict[str, Any]]:
    return [_described(word) for word in words(index, "property", prefix, PAGE, skip)]


def _described(word: Word) -> dict[str, Any]:
    return {**_type(word.iri, word.label), "description": f"used {word.uses:,} times"}


SUGGEST: dict[str, Callable[[Path, str, str, int], list[dict[str, Any]]]] = {
    "entity": _entities,
    "type": _types,
    "property": _properties,
}


def flyout(kind: str, index: Path, base: str, ident: str, definition: Callable[[str], str]) -> dict[str, str] | None:
    """A few lines of HTML about a thing, a class or a property (0.2, 6.3); None where there is none by that id.

    `definition` gives what the vocabulary says of a word.
    """
    lines: tuple[str, ...] = ()
    if kind == "entity":
        iri = iris.entity(base, ident)
        if hit := things(index, [iri]).get(iri):
            lines = (hit.label, ", ".join(hit.others))
    elif word := next((word for word in words(index, _WORDS[kind], ident) if word.iri == ident), None):
        lines = (word.label or iris.local(word.iri), definition(word.iri), _described(word)["description"])
    if not lines:
        return None
    first, *rest = lines
    html = f"<p><b>{escape(first)}</b></p>" + "".join(f"<p>{escape(line)}</p>" for line in rest if line)
    return {"id": ident, "html": html}


_WORDS = {"type": "class", "property": "property"}
