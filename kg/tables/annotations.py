"""Annotations: what metadata say beside CSVW's own words, as common properties and notes; checked, and as statements.

Metadata Vocabulary for Tabular Data, 5.8; Generating RDF from Tabular Data on the Web, 4.6.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyoxigraph as px

from kg.rdf.terms import TYPE, XSD, has_half
from kg.tables.cells import quoted
from kg.tables.templates import absolute, iri_text, is_beginning
from kg.tables.words import CSVW, OWN, PREFIXES, TYPES, is_language, join

HALF = "half of a character (a surrogate); write the whole character"
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
                    if not is_beginning(key):
                        yield join(at, key), "not a prefixed name or an IRI"
                    yield from problems(inner, join(at, key))
        elif isinstance(one, list):
            yield at, "a list within a list; write one list"
        else:
            yield from _of_value(one, at)


def _of_keywords(value: dict[str, Any], at: str) -> Iterator[tuple[str, str]]:
    for key in value:
        if key in _NEVER or (key.startswith("@") and key not in _KEYWORDS):
            yield join(at, key), "not a keyword that is allowed here"
    if "@value" in value:
        yield from _of_literal(value, at)
    elif "@language" in value:
        yield at, "@language stands beside @value"
    ident = value.get("@id", "")
    if not isinstance(ident, str):
        yield join(at, "@id"), f"{ident!r} is not a text; give an IRI"
    elif ident.startswith("_:"):
        yield join(at, "@id"), "a blank node; give an IRI"
    elif not is_beginning(ident):
        yield join(at, "@id"), f"{ident!r} is not an IRI"


def _of_literal(value: dict[str, Any], at: str) -> Iterator[tuple[str, str]]:
    if value.keys() - {"@value", "@type", "@language"} or {"@type", "@language"} <= value.keys():
        yield at, "@value stands alone, or with @type or @language"
    yield from _of_value(value["@value"], join(at, "@value"))
    if "@language" in value and not isinstance(value["@value"], str):
        yield at, "@language stands beside a text"
    if "@language" in value and not is_language(value["@language"]):
        yield at, f"{value['@language']!r} is not a language tag"
    if not isinstance(value.get("@type", ""), str):
        yield join(at, "@type"), "a value has one type; write it as a text"


def _of_value(value: Any, at: str) -> Iterator[tuple[str, str]]:
    """What is wrong with what is to be written as one literal or IRI; null says nothing, and is passed over."""
    if isinstance(value, dict | list):
        yield at, "not a text, a number, true or false"
    elif isinstance(value, str) and has_half(value):
        yield at, HALF


def _of_types(value: dict[str, Any], at: str) -> Iterator[tuple[str, str]]:
    kinds = value.get("@type", [])
    known = TYPES if "@value" in value else {**TYPES, **OWN}
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        prefix, colon, _ = kind.partition(":") if isinstance(kind, str) else ("_", "", "")
        if prefix == "_" or not (kind in known or (colon and " " not in kind and is_beginning(kind))):
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
                if one is not None and not (isinstance(one, dict) and one.get("@value", "") is None):
                    self.say(subject, iri_text(self._absolute(key)), self._value(one))

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
        own, text = _written(value)
        if kind or own:
            return f'{quoted(text)}"^^<{TYPES.get(kind) or self._absolute(kind) if kind else XSD + own}>'
        return str(px.Literal(text, language=language) if language else px.Literal(text))


def _written(value: str | bool | float) -> tuple[str, str]:
    """The datatype of a value of JSON, "" for a text, and the value as XML Schema writes it.

    >>> _written(True), _written(5), _written(1e400), _written("a")
    (('boolean', 'true'), ('integer', '5'), ('double', 'INF'), ('', 'a'))
    """
    if isinstance(value, bool):
        return "boolean", str(value).lower()
    if isinstance(value, float):
        return "double", str(value).replace("inf", "INF").replace("nan", "NaN")
    return ("integer", str(value)) if isinstance(value, int) else ("", value)
