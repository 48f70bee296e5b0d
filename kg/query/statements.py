"""Statements: everything that facts say as a table, a statement in a row with the words it rests on."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from functools import lru_cache
from itertools import groupby
from pathlib import Path

import pyoxigraph as px

from kg.query.labels import label
from kg.query.receipts import WORDS, told
from kg.query.why import Reason, Said, because
from kg.rdf import iris
from kg.rdf.terms import Term, Triple, text_of
from kg.release.nquads import Dataset, in_portions
from kg.stores.base import Store

COLUMNS = ("thing", "thingLabel", "property", "propertyLabel", "value", "valueLabel", *WORDS)
NAMED = 10_000  # labels that are kept
Row = tuple[Term | None, ...]


def every_statement(path: Path, store: Store, base: str) -> Iterator[Row]:
    """A row with COLUMNS for each statement that facts make, in the order of the dataset at `path`.

    The dataset is read along the way, so a large graph needs no more memory than a small one.
    """
    fact = iris.fact(base, "")

    @lru_cache(NAMED)
    def named(iri: str) -> Term | None:
        return _text(label(store, iri))

    with closing(Dataset(path)) as dataset:
        for portion in in_portions(path):
            read: dict[str, Said] = {}
            for _, group in groupby(portion, key=lambda quad: quad.subject):
                quads = list(group)
                if any(text_of(quad.graph_name).startswith(fact) for quad in quads):
                    yield from _rows(because(dataset, base, quads, read), named)


def _rows(reasons: Iterable[Reason], named: Callable[[str], Term | None]) -> Iterator[Row]:
    """The rows of a subject, by the properties and values; what tables and the build say is none of them."""
    found: dict[Triple, list[Reason]] = {}
    for reason in reasons:
        if reason.fact and reason.basis != "table":
            found.setdefault(reason.statement, []).append(reason)
    for triple in sorted(found, key=lambda triple: (triple.predicate.value, str(triple.object))):
        labels = (named(term.value) if isinstance(term, px.NamedNode) else None for term in triple)
        said = (part for pair in zip(triple, labels, strict=True) for part in pair)
        yield (*said, *map(_text, told(found[triple])))


def _text(text: str) -> px.Literal | None:
    return px.Literal(text) if text else None
