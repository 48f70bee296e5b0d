"""JSON-LD: triples compacted by the project's context, one subject at a time.

The context is restricted (`kg.rdf.context`), so that each value has one way to be written: under a word of the context
where the word's type or language is the value's, and otherwise in full, under a prefixed name. What comes out expands
(JSON-LD 1.1 API, 5.1) to what pyld's compaction of the same triples expands to.
"""

import json
import re
from collections.abc import Iterable
from typing import Any

import pyoxigraph as px

from kg.rdf import iris
from kg.rdf.context import Context, Term
from kg.rdf.terms import TYPE, XSD, text_of

_LOCAL = re.compile(r"(?!//)[\w.~-]*", re.ASCII)
_SAFE = re.compile(r"0|-?[1-9][0-9]{0,14}", re.ASCII)  # canonical, and exact in a double (JSON-LD 1.1 API, 8.5)
_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",\n", ": ")).encode  # a value a line


def compactor(context: Context) -> "Compactor":
    """The compactor of a context; the one that was asked for last is kept, since most documents are of one release."""
    global _last
    last = _last
    if last is None or last[0] is not context:
        last = _last = context, Compactor(context)
    return last[1]


_last: "tuple[Context, Compactor] | None" = None


class Compactor:
    """Writes the nodes of a document that begins with `head` and ends with `tail`."""

    def __init__(self, context: Context) -> None:
        self.head = f'{{"@context": {json.dumps(context.written, ensure_ascii=False)},\n"@graph": [\n'.encode()
        self.tail = b"\n]}\n"
        self._base: str = context.document.get("@base", "")
        self._vocab = context.vocab
        self._prefixes = sorted(context.prefixes.items(), key=lambda item: (-len(item[1]), item[0]))
        self._named = set(context.terms)
        self._words = {term.iri: name for name, term in reversed(context.terms.items()) if _is_plain(term)}
        self._terms: dict[str, list[tuple[str, Term]]] = {}
        for name, term in context.terms.items():
            self._terms.setdefault(term.iri, []).append((name, term))
        self._sets = {name for name, term in context.terms.items() if term.container == "@set"}

    def nodes(self, triples: Iterable[Any]) -> bytes:
        """The nodes of triples, which stand together by their subjects, as JSON, separated by commas."""
        found: dict[str, dict[str, Any]] = {}
        for triple in triples:
            subject = triple.subject
            ident = subject.value if isinstance(subject, px.NamedNode) else str(subject)
            node = found.setdefault(ident, {"id": self._ident(ident)})
            if triple.predicate == TYPE and isinstance(triple.object, px.NamedNode):
                node.setdefault("type", []).append(self._word(triple.object.value))
            else:
                self._add(node, triple.predicate.value, triple.object)
        return _ENCODE([self._flat(node) for node in found.values()])[1:-1].encode()

    def _add(self, node: dict[str, Any], predicate: str, value: Any) -> None:
        """Put a value under the word that fits it, or in full under the predicate's short IRI."""
        for name, term in self._terms.get(predicate, ()):
            written = self._written(term, value)
            if written is not None and term.container == "@language":
                node.setdefault(name, {}).setdefault(value.language, []).append(written)
                return
            if written is not None:
                node.setdefault(name, []).append(written)
                return
        node.setdefault(self._iri(predicate), []).append(self._full(value))

    def _written(self, term: Term, value: Any) -> str | int | None:
        """A value as a word of the context writes it; None where the word's type or language is not the value's."""
        if not isinstance(value, px.Literal):
            if isinstance(value, px.NamedNode) and term.type == "@vocab":
                return self._word(value.value)
            return self._ident(text_of(value)) if isinstance(value, px.NamedNode) and term.type == "@id" else None
        if term.container == "@language":
            return value.value if value.language else None
        if value.language:
            return value.value if not term.type and value.language == term.language.lower() else None
        plain = value.datatype.value == XSD + "string" and not term.type and not term.language
        return _number_or_text(value) if plain or value.datatype.value == term.type else None

    def _full(self, value: Any) -> dict[str, Any] | int:
        """A value written out, whatever the context says of the word that it stands under."""
        if isinstance(value, px.Literal):
            if value.language:
                return {"@value": value.value, "@language": value.language}
            if value.datatype.value == XSD + "string":
                return {"@value": value.value}
            written = _number_or_text(value)
            return (
                written if isinstance(written, int) else {"@value": written, "@type": self._iri(value.datatype.value)}
            )
        return {"id": self._ident(value.value if isinstance(value, px.NamedNode) else str(value))}

    def _flat(self, node: dict[str, Any]) -> dict[str, Any]:
        """The node with single values out of their lists, but for words whose container is a set."""
        return {name: self._single(name, values) for name, values in node.items()}

    def _single(self, name: str, values: Any) -> Any:
        if isinstance(values, dict):
            return {tag: texts[0] if len(texts) == 1 else texts for tag, texts in values.items()}
        return values[0] if len(values) == 1 and name not in self._sets else values

    def _ident(self, iri: str) -> str:
        """The IRI of a node: relative to the base where it is a slug there."""
        if self._base and iri.startswith(self._base) and iris.is_slug(iri[len(self._base) :]):
            return iri[len(self._base) :]
        return iri

    def _word(self, iri: str) -> str:
        """The IRI of a class or concept: a word of the context, or what is left of it below the vocabulary."""
        if iri in self._words:
            return self._words[iri]
        local = iri[len(self._vocab) :]
        if self._vocab and iri.startswith(self._vocab) and iris.is_slug(local) and local not in self._named:
            return local
        return self._iri(iri)

    def _iri(self, iri: str) -> str:
        """An IRI under the longest prefix that fits, or as it is."""
        for name, space in self._prefixes:
            if iri.startswith(space) and _LOCAL.fullmatch(iri, len(space)):
                return f"{name}:{iri[len(space) :]}"
        return iri


def _number_or_text(value: px.Literal) -> int | str:
    """The value of an integer as a number where every reader of JSON takes it for the same literal, else the text."""
    text = value.value
    return int(text) if value.datatype.value == XSD + "integer" and _SAFE.fullmatch(text) else text


def _is_plain(term: Term) -> bool:
    """Whether a term is but a name for an IRI, as those of classes and concepts are."""
    return not (term.type or term.language or term.container or term.iri.startswith("@"))
