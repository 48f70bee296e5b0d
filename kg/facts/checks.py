"""Checks: whether each word and value of a record fits the context, before anything is made of them.

JSON-LD drops unknown words and invalid IRIs in silence, so everything is checked here, where the line and
column are still known.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

from pyoxigraph import Literal

from kg.errors import Fault, nearest
from kg.facts.attestation import missing, number_in
from kg.facts.records import Record
from kg.facts.yaml_csv import Items, Mapping, Null, Text, Value, unwritable
from kg.rdf import iris
from kg.rdf.context import Context, Term
from kg.rdf.datatypes import DAYS, NUMBERS, problem
from kg.rdf.edtf import read_edtf
from kg.rdf.ontology import Vocabulary


class Leaf(NamedTuple):
    """One value of a record under its key; `value` is a node's own id where key is "id"."""

    key: Text
    value: Text | Null


class Checked(NamedTuple):
    """What a walk over the records found: faults, the ids introduced and referred to, and how many nulls."""

    faults: list[Fault]
    typed: dict[str, Record]
    ids: dict[str, tuple[str, Text]]
    references: list[tuple[str, Text]]
    nulls: int


def check(
    records: Iterable[Record], vocabulary: Vocabulary, base: str, whole: bool, english: frozenset[str]
) -> Checked:
    """What is wrong with the records' words and values, every fault of every record.

    `whole` is false where a file could not be read, so that ids it may define are not missed; `english` holds the
    ids of the sources in whose words numbers and dates can be read.
    """
    checks = {name: checker(term, vocabulary, base) for name, term in vocabulary.context.terms.items()}
    found = Checked([], {}, {}, [], 0)
    nulls = 0
    for record in records:
        for leaf in _walk(record.content, record.file, vocabulary.context, found):
            if isinstance(leaf.value, Null):
                nulls += 1
                continue
            if wrong := unwritable(leaf.value) or checks[leaf.key](leaf.value):
                found.faults.append(Fault(record.file, leaf.value.line, leaf.value.column, wrong))
            elif vocabulary.context.terms[leaf.key].type == "@id":
                found.references.append((record.file, leaf.value))
            elif record.basis == "stated":
                found.faults.extend(_unreadable(record, leaf, vocabulary.context, record.source in english))
        _introduce(record, vocabulary.context, base, found)
    if whole:
        found.faults.extend(_dangling(found, vocabulary.context, base))
    return found._replace(nulls=nulls)


def _walk(node: Mapping, file: str, context: Context, found: Checked) -> Iterator[Leaf]:
    """The leaves whose key is a term of the context; the faults of the others go to found."""
    for key, value in node.items():
        term = context.terms.get(key)
        if term is None:
            hint = nearest(key, context.terms) or "; the words are the terms of ontology/context.jsonld"
            found.faults.append(Fault(file, key.line, key.column, f"unknown key {key!s:.80}{hint}"))
            continue
        if (term.iri == "@id" and not isinstance(value, Text)) or (term.iri == "@type" and _has_null(value)):
            found.faults.append(Fault(file, key.line, key.column, f"{key} takes a name; write it, or delete the key"))
            continue
        for item in _items(value):
            yield from _leaves(key, item, item is value, file, context, found)
        if isinstance(value, Items):
            found.faults.extend(_twice(key, value, file))


def _leaves(key: Text, item: Value, alone: bool, file: str, context: Context, found: Checked) -> Iterator[Leaf]:
    """The leaves of one value under a key, which it has alone or in a list."""
    term = context.terms[key]
    if isinstance(item, Items):
        found.faults.append(Fault(file, item.line, item.column, f"{key}: a list in a list; write one list"))
    elif term.container == "@language" and isinstance(item, Mapping) and not alone:
        message = f"{key} takes one mapping of texts by language; join them"
        found.faults.append(Fault(file, item.line, item.column, message))
    elif term.container == "@language" and isinstance(item, Mapping):
        yield from _by_language(key, item, file, found)
    elif term.container == "@language" and isinstance(item, Text):
        message = f"{key} takes texts by language, as in {{en: {item!s:.20}}}"
        found.faults.append(Fault(file, item.line, item.column, message))
    elif not isinstance(item, Mapping):
        yield Leaf(key, item)
    elif term.type == "@id":
        yield from _walk(item, file, context, found)
    else:
        found.faults.append(Fault(file, item.line, item.column, f"{key} takes text, not a mapping"))


def _by_language(key: Text, value: Mapping, file: str, found: Checked) -> Iterator[Leaf]:
    for tag, texts in value.items():
        if not _is_language(tag):
            found.faults.append(
                Fault(file, tag.line, tag.column, f"{tag!s:.40} is no language tag; write en, fr, pt-br")
            )
            continue
        for item in _items(texts):
            if isinstance(item, Text | Null):
                yield Leaf(key, item)
            else:
                found.faults.append(Fault(file, tag.line, tag.column, f"{key}: {tag} takes text"))


def _is_language(tag: str) -> bool:
    try:
        Literal("", language=tag)
    except ValueError:
        return False
    return True


def _has_null(value: Value) -> bool:
    return any(isinstance(item, Null) for item in _items(value))


def _items(value: Value) -> Iterable[Value]:
    return value if isinstance(value, Items) else (value,)


def _twice(key: Text, items: Items, file: str) -> Iterator[Fault]:
    seen = set()
    for item in items:
        if isinstance(item, Text):
            if item in seen:
                yield Fault(file, item.line, item.column, f"{key} says ‘{item!s:.60}’ twice; delete one")
            seen.add(item)


def _introduce(record: Record, context: Context, base: str, found: Checked) -> None:
    """Note the ids a record speaks of; a second introduction, by type, of the same id is a fault."""
    for node in _nodes(record.content):
        ident = node.get(Text("id"))
        if not isinstance(ident, Text) or not _resolves(ident, context, base):
            continue
        iri = context.resolve(ident, base)
        found.ids.setdefault(iri, (record.file, ident))
        if "type" not in node:
            continue
        first = found.typed.setdefault(iri, record)
        if first is not record:
            message = (
                f"duplicate id {ident}: {first.file}:{first.line} gives it its type already; "
                "choose another id, or delete `type` here to say more of the same thing"
            )
            found.faults.append(Fault(record.file, ident.line, ident.column, message))


def _nodes(value: Value) -> Iterator[Mapping]:
    if isinstance(value, Mapping):
        yield value
        for inner in value.values():
            yield from _nodes(inner)
    elif isinstance(value, Items):
        for item in value:
            yield from _nodes(item)


def _dangling(found: Checked, context: Context, base: str) -> Iterator[Fault]:
    """A fault for each reference to a thing that no record introduces, and each thing that none gives a type."""
    entities = iris.entity(base, "")
    slugs = [iri.removeprefix(entities) for iri in found.typed]
    for file, value in found.references:
        iri = context.resolve(value, base)
        if iri.startswith(entities) and iri not in found.typed:
            hint = nearest(value, slugs) or "; add a record with this id and a type"
            yield Fault(file, value.line, value.column, f"nothing is called {value!s:.80}{hint}")
    for iri, (file, value) in found.ids.items():
        if iri not in found.typed:
            hint = nearest(value, slugs) or "; add `type:` to the record that introduces it"
            yield Fault(file, value.line, value.column, f"{value!s:.80} has no type{hint}")


def _resolves(ident: str, context: Context, base: str) -> bool:
    try:
        context.resolve(ident, base)
    except ValueError:
        return False
    return True


def _unreadable(record: Record, leaf: Leaf, context: Context, english: bool) -> Iterator[Fault]:
    """What a stated number or date claims of the quoted words and they do not show."""
    kind, value = context.terms[leaf.key].type, leaf.value
    if not isinstance(value, Text) or kind not in (*NUMBERS, *DAYS):
        return
    words = "\n".join(quote.exact for quote in record.quotes)
    if kind in DAYS:
        lacking = missing(read_edtf(value), words, english)
    else:
        lacking = [] if number_in(value, words, english) else [value]
    if lacking:
        message = (
            f"{leaf.key} {value} cannot be read in the quoted words ({', '.join(lacking)} is not there); "
            "quote the words that say it, or set basis to layout or inferred"
        )
        yield Fault(record.file, value.line, value.column, message)


def checker(term: Term, vocabulary: Vocabulary, base: str) -> Callable[[str], str]:
    """The check of a term's values: a function that returns what is wrong with a value, or ""."""
    if term.iri == "@id" or term.type == "@id":
        return partial(_iri_problem, vocabulary.context, base)
    if term.iri == "@type" or term.type == "@vocab":
        return partial(_word_problem, vocabulary)
    return partial(problem, term.type)


def _iri_problem(context: Context, base: str, value: str) -> str:
    try:
        context.resolve(value, base)
    except ValueError as error:
        return str(error)
    return ""


def _word_problem(vocabulary: Vocabulary, value: str) -> str:
    context = vocabulary.context
    if context.expand(value) in vocabulary.declared:
        return ""
    words = {*(iri.removeprefix(context.vocab) for iri in vocabulary.declared)}
    words.update(name for name, term in context.terms.items() if term.iri in vocabulary.declared)
    return f"{value[:60]!r} is not in the vocabulary{nearest(value, words) or '; declare it in ontology/'}"
