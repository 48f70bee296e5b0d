"""Checks: whether each word and value of a record fits the context, before anything is made of them.

JSON-LD drops unknown words and invalid IRIs in silence, so everything is checked here, where the line and
column are still known.
"""

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as TypingMapping
from functools import partial
from typing import NamedTuple

from pyoxigraph import Literal

from kg.errors import Fault, nearest
from kg.facts.attestation import Said
from kg.facts.records import Record
from kg.facts.values import Items, Mapping, Null, Text, Value
from kg.rdf.context import Context, Term
from kg.rdf.datatypes import problem, unwritable
from kg.rdf.ontology import Vocabulary, word_problem


class Leaf(NamedTuple):
    """One value of a record under its key, and its node; `value` is the node's own id where key is "id".

    The value that is a node with an id is this id, `nested`.
    """

    key: Text
    value: Value
    node: Mapping
    nested: bool = False


class Named(NamedTuple):
    """An id that a record speaks of: the IRI, the id as written, and the classes by which the record introduces it."""

    iri: str
    ident: Text
    types: tuple[str, ...] = ()


class Checked(NamedTuple):
    """What a walk over a record found: faults, ids it speaks of, things it refers to, what it says, how many nulls."""

    faults: list[Fault]
    named: list[Named]
    references: list[Named]
    said: list[Said]
    nulls: int


class Checks(NamedTuple):
    """What records are checked by: the vocabulary, the base, and the check of each word's values."""

    vocabulary: Vocabulary
    base: str
    words: TypingMapping[str, Callable[[str], str]]


def checks(vocabulary: Vocabulary, base: str) -> Checks:
    """The checks of records in the words of a vocabulary."""
    words = {name: checker(term, vocabulary, base) for name, term in vocabulary.context.terms.items()}
    return Checks(vocabulary, base, words)


def check(record: Record, by: Checks) -> Checked:
    """What is wrong with a record's words and values, and the ids in it, which only all records together can settle."""
    context = by.vocabulary.context
    found = Checked([], [], [], [], 0)
    nulls = 0
    nodes: dict[int, tuple[str, Text | None, tuple[str, ...]]] = {}
    for leaf in _walk(record.content, record.file, context, found):
        if not isinstance(leaf.value, Text):
            nulls += 1
        elif wrong := unwritable(leaf.value) or by.words[leaf.key](leaf.value):
            found.faults.append(Fault(record.file, leaf.value.line, leaf.value.column, wrong))
        else:
            if context.terms[leaf.key].type == "@id" and not leaf.nested:
                found.references.append(Named(context.resolve(leaf.value, by.base), leaf.value))
            node = nodes.get(id(leaf.node)) or nodes.setdefault(id(leaf.node), _of(leaf.node, context, by.base))
            found.said.append(Said(leaf.key, leaf.value, node[0], node[1] or leaf.key, node[2]))
    found.named.extend(_named(record, context, by.base))
    return found._replace(nulls=nulls)


def _named(record: Record, context: Context, base: str) -> Iterator[Named]:
    """The ids of a record's nodes, those that cannot be resolved left out."""
    for node in _nodes(record.content):
        ident = node.get(Text("id"))
        if isinstance(ident, Text) and _resolves(ident, context, base):
            yield Named(context.resolve(ident, base), ident, _classes(node, context))


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
            yield from _leaves(Leaf(key, item, node), item is value, file, context, found)
        if isinstance(value, Items):
            found.faults.extend(_twice(key, value, file))


def _leaves(leaf: Leaf, alone: bool, file: str, context: Context, found: Checked) -> Iterator[Leaf]:
    """The leaves of one value under a key, which it has alone or in a list."""
    key, item = leaf.key, leaf.value
    term = context.terms[key]
    if isinstance(item, Items):
        found.faults.append(Fault(file, item.line, item.column, f"{key}: a list in a list; write one list"))
    elif term.container == "@language" and isinstance(item, Mapping) and not alone:
        message = f"{key} takes one mapping of texts by language; join them"
        found.faults.append(Fault(file, item.line, item.column, message))
    elif term.container == "@language" and isinstance(item, Mapping):
        yield from _by_language(leaf, item, file, found)
    elif term.container == "@language" and isinstance(item, Text):
        message = f"{key} takes texts by language, as in {{en: {item!s:.20}}}"
        found.faults.append(Fault(file, item.line, item.column, message))
    elif not isinstance(item, Mapping):
        yield leaf
    elif term.type == "@id":
        if isinstance(item.get(Text("id")), Text):
            yield leaf._replace(value=item[Text("id")], nested=True)
        yield from _walk(item, file, context, found)
    else:
        found.faults.append(Fault(file, item.line, item.column, f"{key} takes text, not a mapping"))


def _by_language(leaf: Leaf, value: Mapping, file: str, found: Checked) -> Iterator[Leaf]:
    for tag, texts in value.items():
        if not _is_language(tag):
            found.faults.append(
                Fault(file, tag.line, tag.column, f"{tag!s:.40} is not a valid language tag; write en, fr, pt-br")
            )
            continue
        for item in _items(texts):
            if isinstance(item, Text | Null):
                yield leaf._replace(value=item)
            else:
                found.faults.append(Fault(file, tag.line, tag.column, f"{leaf.key}: {tag} takes text"))


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


def _nodes(value: Value) -> Iterator[Mapping]:
    if isinstance(value, Mapping):
        yield value
        for inner in value.values():
            yield from _nodes(inner)
    elif isinstance(value, Items):
        for item in value:
            yield from _nodes(item)


def _resolves(ident: str, context: Context, base: str) -> bool:
    try:
        context.resolve(ident, base)
    except ValueError:
        return False
    return True


def _of(node: Mapping, context: Context, base: str) -> tuple[str, Text | None, tuple[str, ...]]:
    """The IRI of a node, "" where it has none, its id as written, and its classes."""
    ident = node.get(Text("id"))
    ident = ident if isinstance(ident, Text) else None
    iri = context.resolve(ident, base) if ident and _resolves(ident, context, base) else ""
    return iri, ident, _classes(node, context)


def _classes(node: Mapping, context: Context) -> tuple[str, ...]:
    types = _items(node.get(Text("type"), Items()))
    return tuple(context.expand(kind) for kind in types if isinstance(kind, Text))


def checker(term: Term, vocabulary: Vocabulary, base: str) -> Callable[[str], str]:
    """The check of a term's values: a function that returns what is wrong with a value, or ""."""
    if term.iri == "@id" or term.type == "@id":
        return partial(_iri_problem, vocabulary.context, base)
    if term.iri == "@type" or term.type == "@vocab":
        return partial(word_problem, vocabulary)
    return partial(problem, term.type)


def _iri_problem(context: Context, base: str, value: str) -> str:
    try:
        context.resolve(value, base)
    except ValueError as error:
        return str(error)
    return ""
