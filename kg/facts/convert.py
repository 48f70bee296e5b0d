"""Convert: records to quads, each record's statements in the named graph of its fact.

The records go through the project's context as JSON-LD, so a word means here what it means to any other
JSON-LD processor. The books are balanced: each value of a record is one statement, or the build stops.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

import pyoxigraph as px

from kg.errors import FactError, Fault
from kg.facts.records import Record
from kg.facts.values import Items, Mapping, Null, Text, Value
from kg.rdf import iris
from kg.rdf.context import Context
from kg.rdf.serialize import lines_of


class Fact(NamedTuple):
    """A record with its IRI, which is also the named graph of its statements, and its node in JSON-LD."""

    iri: str
    record: Record
    node: str


class Converted(NamedTuple):
    """The statements of facts, as lines of N-Quads in the facts' graphs, and how many values the facts had."""

    lines: list[bytes]
    values: int


def mint(records: Iterable[Record], context: Context, base: str) -> list[Fact]:
    """The facts that records make, each named after a hash of what the record says and rests on."""
    facts = []
    maps = language_maps(context)
    for record in records:
        content = _dump(record.content)
        digest = _digest(record, content)
        if "id" not in record.content or any(map(_has_nodes, record.content.values())):
            content = _dump(_named(record.content, iris.entity(base, digest), maps))
        facts.append(Fact(iris.fact(base, digest), record, content))
    return facts


def convert(facts: Iterable[Fact], context: Context) -> Converted:
    """The statements of facts whose records were checked; FactError where the books do not balance."""
    facts = tuple(facts)
    nodes = ",".join(f'{{"@id":"{fact.iri}","@graph":[{fact.node}]}}' for fact in facts)
    document = f'{{"@context":{json.dumps(context.document)},"@graph":[{nodes}]}}'
    lines = lines_of(px.parse(document, format=px.RdfFormat.JSON_LD))
    return Converted(lines, _balance(facts, lines, language_maps(context)))


def language_maps(context: Context) -> frozenset[str]:
    """The words whose mappings are no nodes but texts by language."""
    return frozenset(name for name, term in context.terms.items() if term.container == "@language")


def _null(value: object) -> None:
    if not isinstance(value, Null):
        raise TypeError(type(value))


# One encoder for all: json.dumps makes a new one for every record.
_dump = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_null).encode


def _digest(record: Record, content: str) -> str:
    """16 hexadecimal digits that change when what the record says or rests on does."""
    parts = (record.source, record.quotes, record.basis, record.note, record.evidence)
    return hashlib.sha256(f"{_dump(parts)}{content}".encode()).hexdigest()[:16]


def _has_nodes(value: Value) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, Items) and any(isinstance(v, Mapping) for v in value))


def _named(node: Mapping, iri: str, maps: frozenset[str]) -> Mapping:
    """The node, and each node within, with an id made from the record's content where it has none.

    `maps` are the keys whose mappings are no nodes but texts by language.
    """
    named = Mapping({Text("id"): Text(iri)})
    for key, value in node.items():
        if key in maps or not _has_nodes(value):
            named[key] = value
        elif isinstance(value, Mapping):
            named[key] = _named(value, _within(iri, key, 0), maps)
        elif isinstance(value, Items):
            named[key] = Items(
                _named(item, _within(iri, key, number), maps) if isinstance(item, Mapping) else item
                for number, item in enumerate(value)
            )
    return named


def _within(iri: str, key: str, number: int) -> str:
    """The IRI of the node that stands under a key of another, at a place in its list."""
    digest = hashlib.sha256(f"{iri} {number} {key}".encode()).hexdigest()[:16]
    return iris.beside(iri, digest)


def _balance(facts: Iterable[Fact], lines: Iterable[bytes], maps: frozenset[str]) -> int:
    """How many values the facts have; FactError for each fact that has not one statement for each of its values."""
    written = Counter(line[line.rindex(b"<") + 1 : line.rindex(b">")].decode() for line in set(lines))
    faults = []
    total = 0
    for iri, record, _ in facts:
        expected = _expected(record.content, maps)
        total += expected
        if written[iri] != expected:
            message = f"{expected} values became {written[iri]} statements: some say the same; keep one of each"
            faults.append(Fault(record.file, record.line, record.column, message))
    if faults:
        raise FactError(faults)
    return total


def _expected(node: Mapping, maps: frozenset[str]) -> int:
    """How many statements a node is to become: one a text, one a link to an inner node, none for ids and nulls."""
    count = 0
    for key, value in node.items():
        if key == "id":
            continue
        for item in value if isinstance(value, Items) else (value,):
            if isinstance(item, Text):
                count += 1
            elif isinstance(item, Mapping):
                count += (key not in maps) + _expected(item, maps)
    return count
