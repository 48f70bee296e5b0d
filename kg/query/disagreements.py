"""Disagreements: where sources give a thing different dates or numbers, none the more exact form of another.

Nothing is chosen: both values stand in the graph, each with its words. What two sources call a thing, or tell of it in
words, may differ without their disagreeing, so texts are left out.
"""

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import NamedTuple

import pyoxigraph as px

from kg.query.why import Reason, because
from kg.rdf import iris
from kg.rdf.datatypes import compare
from kg.rdf.edtf import Edtf, read_edtf
from kg.rdf.terms import EDTF, RDF, XSD, text_of
from kg.release.nquads import Dataset

TEXTS = {XSD + "string", RDF + "langString"}


class Disagreement(NamedTuple):
    """A property of a thing for which sources give different values: their IRIs, and the reasons, each for a value."""

    subject: str
    predicate: str
    reasons: tuple[Reason, ...]


def disagreements(dataset: Dataset, base: str) -> Iterator[Disagreement]:
    """Where the sources of a dataset disagree, by thing and property."""
    return of_things(dataset, base, dataset.subjects(iris.entity(base, "")))


def of_things(dataset: Dataset, base: str, subjects: Iterable[str]) -> Iterator[Disagreement]:
    """The same of some things alone."""
    for subject in subjects:
        quads = [quad for quad in dataset.about(subject) if _is_exact(quad.object)]
        predicates = [quad.predicate for quad in quads if not text_of(quad.graph_name)]
        if len(predicates) > len(set(predicates)):
            yield from disagreeing(because(dataset, base, quads))


def disagreeing(reasons: Iterable[Reason]) -> Iterator[Disagreement]:
    """The disagreements among the reasons for statements of one thing."""
    said: dict[str, list[Reason]] = {}
    for reason in reasons:
        if reason.words and _is_exact(reason.statement.object):
            said.setdefault(reason.statement.predicate.value, []).append(reason)
    for predicate, found in said.items():
        if any(_differ(one, other) for one, other in combinations(found, 2)):
            subject = text_of(found[0].statement.subject)
            yield Disagreement(subject, predicate, tuple(found))


def _is_exact(term: object) -> bool:
    """Whether a value is a date, a number or the like."""
    return isinstance(term, px.Literal) and not term.language and term.datatype.value not in TEXTS


def _differ(one: Reason, other: Reason) -> bool:
    """Whether two sources say what cannot both be so."""
    sources = [{words.source for words in reason.words} for reason in (one, other)]
    return not sources[0] & sources[1] and not _agree(one.statement.object, other.statement.object)


def _agree(one: object, other: object) -> bool:
    """Whether two values are the same, or one is a more exact form of the other.

    >>> year, day = (px.Literal(text, datatype=px.NamedNode(EDTF)) for text in ("1995", "1995-02-17"))
    >>> _agree(year, day)
    True
    """
    if not isinstance(one, px.Literal) or not isinstance(other, px.Literal) or one == other:
        return True
    if one.datatype == other.datatype and one.datatype.value == EDTF:
        first, second = read_edtf(one.value), read_edtf(other.value)
        return _holds(first, second) or _holds(second, first)
    return compare((one.value, one.datatype.value), (other.value, other.datatype.value)) == 0


def _holds(outer: Edtf, inner: Edtf) -> bool:
    """Whether the days of one date are among those of another; of an end that is open, whether both are open there."""
    early = outer.earliest == inner.earliest or bool(
        outer.earliest and inner.earliest and outer.earliest <= inner.earliest
    )
    late = outer.latest == inner.latest or bool(outer.latest and inner.latest and inner.latest <= outer.latest)
    return early and late
