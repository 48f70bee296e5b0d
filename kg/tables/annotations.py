"""Annotations: what metadata say beside CSVW's own words, as common properties and notes; checked, and as statements.

Metadata Vocabulary for Tabular Data, 5.8; Generating RDF from Tabular Data on the Web, 4.6.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyoxigraph as px

from kg.rdf.terms import TYPE, XSD, is_iri
from kg.tables.cells import quoted
from kg.tables.templates import absolute, iri_text
from kg.tables.words import CSVW, OWN, PREFIXES, TYPES, is_language, join

_KEYWORDS = ("@value", "@type", "@language", "@id")
_NEVER = ("@list", "@set", "@context")


def problems(value: Any, at: str) -> Iterator[tuple[str, str]]:
    """What is wrong with the value of a common property, each with where in the document it is."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            yield from _of_keywords(one, at)
            yield from _of_types(one, at)
            for key, inner in one.items():
                if not key.startswith("@"):
                    yield from problems(inner, join(at, key))
        elif isinstance(one, list):
            yield from problems(one, at)


def _of_keywords(value: dict[str, Any], at: str) -> Iterator[tuple[str, str]]:
    for key in value:
        if key in _NEVER or (key.startswith("@") and key not in _KEYWORDS):
            yield join(at, key), "not a keyword that is allowed here"
    if "@value" in value:
        if value.keys() - {"@value", "@type", "@language"} or {"@type", "@language"} <= value.keys():
            yield at, "@value stands alone, or with @type or @language"
        if "@language" in value and not is_language(value["@language"]):
            yield at, f"{value['@language']!r} is not a language tag"
    elif "@language" in value:
        yield at, "@language stands beside @value"
    if isinstance(value.get("@id"), str) and value["@id"].startswith("_:"):
        yield join(at, "@id"), "a blank node; give an IRI"


def _of_types(value: dict[str, Any], at: str) -> Iterator[tuple[str, str]]:
    kinds = value.get("@type", [])
    known = TYPES if "@value" in value else {**TYPES, **OWN}
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        prefix, colon, _ = kind.partition(":") if isinstance(kind, str) else ("_", "", "")
        if prefix == "_" or not (kind in known or (colon and (prefix in PREFIXES or is_iri(kind)))):
            yield join(at, "@type"), f"{kind!r} is not a term of CSVW, a prefixed name or an IRI"


class Writer:
    """Common properties and notes as lines of N-Triples without their ends; addresses are relative to `base`."""

    def __init__(self, base: str, language: str, prefixes: Mapping[str, str] = PREFIXES) -> None:
        self._base, self._language, self._prefixes = base, "" if language == "und" else language, prefixes
        self._nodes = 0
        self.lines: list[str] = []

    def say(self, subject: str, predicate: str, value: str) -> None:
        """Add a statement; the subject and the value are as N-Triples writes them."""
        self.lines.append(f"{subject} <{predicate}> {value} .")

    def describe(self, subject: str, said: Iterable[tuple[str, Any]], notes: Iterable[Any] = ()) -> None:
        """Add common properties and notes."""
        for key, value in [*said, *((CSVW + "note", note) for note in notes)]:
            for one in value if isinstance(value, list) else [value]:
                self.say(subject, self._absolute(key), self._value(one))

    def _absolute(self, text: str) -> str:
        return absolute(text, self._base, self._prefixes)

    def _value(self, value: Any) -> str:
        return self._node(value) if isinstance(value, dict) and "@value" not in value else self._literal(value)

    def _node(self, value: dict[str, Any]) -> str:
        self._nodes += 1
        ident = value.get("@id")
        named = isinstance(ident, str)
        node = f"<{iri_text(self._absolute(str(ident)))}>" if named else f"_:n{self._nodes}"
        kinds = value.get("@type", [])
        for kind in kinds if isinstance(kinds, list) else [kinds]:
            self.say(node, TYPE.value, f"<{self._absolute(kind) if ':' in kind else CSVW + kind}>")
        self.describe(node, ((key, inner) for key, inner in value.items() if not key.startswith("@")))
        return node

    def _literal(self, value: Any) -> str:
        language, kind = self._language, ""
        if isinstance(value, dict):
            language, kind = value.get("@language", ""), value.get("@type", "")
            value = value["@value"]
        if isinstance(value, bool):
            return f'"{str(value).lower()}"^^<{XSD}boolean>'
        if isinstance(value, int | float):
            return f'"{value}"^^<{XSD}{"integer" if isinstance(value, int) else "double"}>'
        if kind:
            return f'{quoted(value)}"^^<{TYPES.get(kind) or self._absolute(kind)}>'
        return str(px.Literal(value, language=language) if language else px.Literal(value))
