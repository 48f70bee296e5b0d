"""Headings: how a vocabulary wants its properties and classes told on pages, with defaults where it says nothing."""

import re
from collections.abc import Iterable, Mapping
from functools import cached_property

import pyoxigraph as px

from kg.query.labels import label
from kg.rdf import iris
from kg.rdf.terms import RDFS, SKOS, TYPE, Term, text_of
from kg.stores.base import Store

LAST = 1000.0  # the place of what has no `kg:order`, behind what has one

_NAMES = {TYPE.value: "Kind", SKOS + "prefLabel": "Name", SKOS + "altLabel": "Also called"}


class Headings:
    """What the annotations of `kg/ontology/vocabulary.ttl` say of a release's properties and classes.

    `words` are those of the context, by the IRIs they stand for: they name what has no label.
    """

    def __init__(self, store: Store, base: str, words: Mapping[str, str]) -> None:
        self._store, self._words = store, words
        self._kg = iris.ontology(base)

    def forward(self, predicate: str) -> str:
        """What a property is called on the page of its subject: its heading, or else its label.

        "Guided by" for `kg:guidedBy`.
        """
        said = self._headings.get(predicate) or _NAMES.get(predicate)
        return said or capital(self._label(predicate))

    def inverse(self, predicate: str, types: Iterable[str]) -> tuple[str, float]:
        """What a property is called on the page of its object, where things of some types point at it, and its place.

        The heading of the class, of the most specific one, for a property that is told by class; else its inverse
        heading; or else what its label makes: "Founder of" it, what it "Guided", "Members of it".
        """
        if predicate in self._by_class:
            classes = [type_ for type_ in types if type_ in self._headings]
            above = {parent for type_ in classes for parent in self._above(type_)}
            if specific := sorted(set(classes) - above):
                return self._headings[specific[0]], self.order(specific[:1])
        return self._inverse.get(predicate) or _turned(self._label(predicate)), self.order((predicate,))

    def order(self, terms: Iterable[str]) -> float:
        """The place of some terms among others: the first that one of them has."""
        return min((self._order[term] for term in terms if term in self._order), default=LAST)

    def joins(self, types: Iterable[str]) -> bool:
        """Whether things of these types only join others, and so are told as rows on the pages of these."""
        return bool(self.joining(types))

    def joining(self, types: Iterable[str]) -> frozenset[str]:
        """Those of some types whose things only join others."""
        return self._joining.intersection(types)

    def glance(self, types: Iterable[str]) -> list[str]:
        """The properties that things of these types have at a glance, in order; none where no class says so."""
        found = {value for type_ in types for value in self._glances.get(type_, ())}
        return sorted(found, key=lambda term: (self.order((term,)), term))

    @cached_property
    def aside(self) -> frozenset[str]:
        """The properties that tell where a source speaks of a thing, rather than something of it."""
        return frozenset(text_of(s) for s, o in self._said("aside") if text_of(o) == "true")

    @cached_property
    def acting(self) -> frozenset[str]:
        """The properties whose subject acts for their object, on whose page its acts are told too."""
        return frozenset(text_of(s) for s, o in self._said("actsFor") if text_of(o) == "true")

    @cached_property
    def _by_class(self) -> frozenset[str]:
        return frozenset(text_of(s) for s, o in self._said("byClass") if text_of(o) == "true")

    @cached_property
    def roles(self) -> Mapping[str, str]:
        """What a map says of a country that something points at by a property: "acted under a treaty"."""
        return {text_of(s): text_of(o) for s, o in self._said("role")}

    @cached_property
    def qualifying(self) -> Mapping[str, str]:
        """The properties whose value is told before that of another one: "more than" before 1000."""
        return {text_of(s): text_of(o) for s, o in self._said("qualifies")}

    @cached_property
    def unsaid(self) -> frozenset[str]:
        """The concepts that words say by saying none of the others, and pages likewise."""
        return frozenset(text_of(s) for s, o in self._said("unsaid") if text_of(o) == "true")

    @cached_property
    def _headings(self) -> Mapping[str, str]:
        return {text_of(s): text_of(o) for s, o in self._said("heading")}

    @cached_property
    def _inverse(self) -> Mapping[str, str]:
        return {text_of(s): text_of(o) for s, o in self._said("inverseHeading")}

    @cached_property
    def _order(self) -> Mapping[str, float]:
        return {text_of(s): float(text_of(o)) for s, o in self._said("order")}

    @cached_property
    def _joining(self) -> frozenset[str]:
        return frozenset(text_of(s) for s, o in self._said("joins") if text_of(o) == "true")

    @cached_property
    def _glances(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for class_, term in self._said("glance"):
            found.setdefault(text_of(class_), set()).add(text_of(term))
        return {class_: frozenset(terms) for class_, terms in found.items()}

    def _said(self, name: str) -> list[tuple[Term, Term]]:
        """What an annotation of kg's own says of what, in order."""
        quads = self._store.quads_for_pattern(None, px.NamedNode(self._kg + name), None, px.DefaultGraph())
        return sorted(((quad.subject, quad.object) for quad in quads), key=str)

    def _label(self, iri: str) -> str:
        return label(self._store, iri) or self._words.get(iri) or iris.local(iri)

    def _above(self, class_: str) -> set[str]:
        """The classes above one, however far."""
        found: set[str] = set()
        waiting = [class_]
        while waiting:
            node = px.NamedNode(waiting.pop())
            quads = self._store.quads_for_pattern(node, px.NamedNode(RDFS + "subClassOf"), None, px.DefaultGraph())
            new = {text_of(quad.object) for quad in quads if isinstance(quad.object, px.NamedNode)} - found
            found |= new
            waiting += sorted(new)
        return found - {class_}


def _turned(label: str) -> str:
    """A property's label as it reads on the page of its object.

    >>> _turned("founder"), _turned("guided by"), _turned("members of")
    ('Founder of', 'What it guided', 'Members of it')
    """
    if label.endswith(" by"):
        return f"What it {label.removesuffix(' by')}"
    if re.search(r" (of|for|to|from|with|in|on|at)$", label):
        return f"{capital(label)} it"
    return f"{capital(label)} of"


def capital(text: str) -> str:
    """A text with its first letter as a capital.

    >>> capital("guided by"), capital("ISO code")
    ('Guided by', 'ISO code')
    """
    return text[:1].upper() + text[1:]
