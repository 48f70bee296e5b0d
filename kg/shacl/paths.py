"""Paths: property paths as SHACL has them (SHACL, 2.3.1), as SPARQL writes them and as RDF."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pyoxigraph as px

from kg.rdf.terms import RDF, SH, Node, Triple, text_of


class Path(NamedTuple):
    """A property path (SHACL, 2.3.1): an IRI, or an operator and its parts."""

    operator: str  # "" of an IRI, inverse, sequence, alternative, zeroOrMore, oneOrMore, zeroOrOne
    iri: str = ""
    parts: "tuple[Path, ...]" = ()

    def sparql(self) -> str:
        """The path as SPARQL writes it.

        >>> Path("sequence", parts=(Path("", "http://x/a"), Path("inverse", parts=(Path("", "http://x/b"),)))).sparql()
        '<http://x/a> / ^<http://x/b>'
        """
        if not self.operator:
            return f"<{self.iri}>"
        inner = [f"({part.sparql()})" if part.operator else part.sparql() for part in self.parts]
        if self.operator in _JOINED:
            simple = [part.sparql() if part.operator not in _JOINED else f"({part.sparql()})" for part in self.parts]
            return _JOINED[self.operator].join(simple)
        return f"^{inner[0]}" if self.operator == "inverse" else f"{inner[0]}{_MARKS[self.operator]}"

    def iris(self) -> Iterator[str]:
        """The properties of the path."""
        if self.iri:
            yield self.iri
        for part in self.parts:
            yield from part.iris()

    @property
    def may_stay(self) -> bool:
        """Whether the path may have no step, so that it leads from any node of the data to itself.

        >>> Path("sequence", parts=(Path("", "x:a"), Path("zeroOrMore", parts=(Path("", "x:b"),)))).may_stay
        False
        """
        if self.operator in ("", "zeroOrMore", "zeroOrOne"):
            return bool(self.operator)
        every = all if self.operator == "sequence" else any
        return every(part.may_stay for part in self.parts)

    def __str__(self) -> str:
        return self.iri or self.sparql()

    def triples(self, label: str) -> tuple[Node, list[Triple]]:
        """The node of the path and the triples that describe it, with blank nodes whose labels begin with one."""
        if not self.operator:
            return px.NamedNode(self.iri), []
        node: Node = px.BlankNode(label)
        parts = [part.triples(f"{label}{number}") for number, part in enumerate(self.parts, 1)]
        inner = [triple for _, triples in parts for triple in triples]
        heads = [head for head, _ in parts]
        if self.operator == "sequence":
            return node, [*_list_of(heads, node), *inner]
        value: Node = heads[0]
        if self.operator == "alternative":
            value = px.BlankNode(f"{label}l")
            inner += _list_of(heads, value)
        return node, [px.Triple(node, px.NamedNode(f"{SH}{self.operator}Path"), value), *inner]


def _list_of(items: Sequence[Node], node: Node) -> list[Triple]:
    """The triples of a list that begins with a node."""
    found = []
    for number, item in enumerate(items, 1):
        rest: Node = px.BlankNode(f"{text_of(node)}r{number}") if number < len(items) else NIL
        found += [px.Triple(node, px.NamedNode(RDF + "first"), item), px.Triple(node, px.NamedNode(RDF + "rest"), rest)]
        node = rest
    return found


_JOINED = {"sequence": " / ", "alternative": " | "}


_MARKS = {"zeroOrMore": "*", "oneOrMore": "+", "zeroOrOne": "?"}


NIL = px.NamedNode(RDF + "nil")
