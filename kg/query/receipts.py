"""Receipts: the words behind each row of an answer.

A row of a query came about by its triple patterns. With the row's values put into them they are statements, and those
that facts make are the row's receipts. What a query works out (a sum, a path of any length, what is absent) has none:
what cannot be found is not claimed.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

import pyoxigraph as px

from kg.errors import QueryError
from kg.query.canned import SELECT
from kg.query.results import table, too_many
from kg.query.sparql import run
from kg.query.why import Reason, Said, because
from kg.rdf import iris
from kg.rdf.terms import DCTERMS, RDF, RDFS, SKOS, TYPE, XSD, Term, text_of
from kg.release.nquads import Dataset
from kg.release.reader import Release
from kg.stores.base import Store

LABELS = frozenset({SKOS + "prefLabel", RDFS + "label"})  # a row's labels are read by people; what they label counts
MOST = 50  # receipts of a row

Pattern = tuple[Any, Any, Any]  # the terms of a triple pattern, of rdflib


class Answered(NamedTuple):
    """The columns of an answer, its rows, and the receipts of each row, none where they cannot be told."""

    columns: list[str]
    rows: list[tuple[Term | None, ...]]
    receipts: list[list[Reason]]


def answered(
    store: Store,
    dataset: Dataset,
    text: str,
    release: Release,
    most: Callable[[int], int] | None = None,
    shown: int | None = None,
) -> Answered:
    """The answer of a SELECT query with the receipts of its rows, or of the first rows that are shown.

    `most` gives from the number of columns how many rows there may be. QueryError where there are more, and for a query
    of another form.
    """
    base, prefixes = release.manifest["base"], release.manifest["prefixes"]
    results = run(store, text, prefixes, base=base)
    if not isinstance(results, px.QuerySolutions):
        raise QueryError("only a query of rows (SELECT) has receipts", "format")
    columns = [variable.value for variable in results.variables]
    limit = most(len(columns)) if most else None
    rows = [tuple(row) for row in islice(results, None if limit is None else limit + 1)]
    if limit is not None and len(rows) > limit:
        raise too_many(limit)
    asked = _asked(text, prefixes, base)
    if asked is None:
        return Answered(columns, rows, [[] for _ in rows])
    whole, patterns = asked
    full = run(store, whole, prefixes, base=base)
    names = [variable.value for variable in full.variables]
    shared = [name for name in columns if name in names]  # the others are worked out
    places = [columns.index(name) for name in shared]
    keys = [tuple(row[place] for place in places) for row in rows]
    found: dict[tuple[Term | None, ...], list[px.Triple]] = {key: [] for key in keys[:shown]}
    for number, solution in enumerate(full):
        if number >= MOST_SOLUTIONS:  # a part of what a sum rests on is not what it rests on
            return Answered(columns, rows, [[] for _ in rows])
        row = dict(zip(names, solution, strict=True))
        if (statements := found.get(tuple(row.get(name) for name in shared))) is not None:
            statements.extend(_statements(patterns, row, store))
    receipts = _Receipts(store, dataset, base)
    told = {key: receipts.of(triples) for key, triples in found.items()}
    return Answered(columns, rows, [told.get(key, []) for key in keys])


MOST_SOLUTIONS = 200_000  # that are looked through for what rows rest on; beyond, nothing is claimed


def patterns_of(text: str, prefixes: Mapping[str, str]) -> list[Pattern]:
    """The triple patterns of a query, but for what must be absent; none where they cannot be told."""
    from rdflib.plugins.sparql.algebra import translateQuery
    from rdflib.plugins.sparql.parser import parseQuery

    try:
        algebra = translateQuery(parseQuery(text), initNs=dict(prefixes)).algebra
    except Exception:  # noqa: BLE001  (rdflib and pyparsing raise what they like; the engine has taken the query)
        return []
    return list(_patterns(algebra))


def _asked(text: str, prefixes: Mapping[str, str], base: str) -> tuple[str, list[Pattern]] | None:
    """The query with all its variables, and its patterns; None where they cannot be told."""
    patterns = patterns_of(text, prefixes)
    body = re.sub(r"#\+.*", "", text)
    head = SELECT.search(body)
    if not head or not patterns:
        return None
    whole = f"{body[: head.start()]}SELECT * {{{body[head.end() : body.rindex('}') + 1]}"
    return whole, [*patterns, *_dated(patterns, iris.ontology(base) + "date")]


def _patterns(node: Any) -> Iterator[Pattern]:
    """The triple patterns of a query's algebra, but for what must be absent."""
    if node.name == "BGP":
        yield from node.triples
        return
    for name in ("p", "p1", *(() if node.name == "Minus" else ("p2",))):
        if (part := node.get(name)) is not None and hasattr(part, "name"):
            yield from _patterns(part)


def _dated(patterns: Sequence[Pattern], date: str) -> Iterator[Pattern]:
    """The dates that are asked for by their periods, which a build makes of them."""
    import rdflib

    for subject, predicate, period in patterns:
        if str(predicate) == DCTERMS + "temporal":
            values = (o for s, p, o in patterns if s == period and str(p) == RDF + "value")
            yield from ((subject, rdflib.URIRef(date), value) for value in values)


def _statements(patterns: Iterable[Pattern], row: Mapping[str, Term | None], store: Store) -> Iterator[px.Triple]:
    """The statements that patterns come to with the values of a row, as far as the store has them."""
    for subject, predicate, value in patterns:
        one, other = (_term(part, row) for part in (subject, value))
        if one is None and other is None:
            continue
        for path in _paths(predicate):
            yield from _walked(store, one, path, other, row)


def _walked(
    store: Store, one: Term | None, path: Sequence[Any], other: Term | None, row: Mapping[str, Term | None]
) -> Iterator[px.Triple]:
    """The statements on the way from one term to another by the steps of a path."""
    step, forward = path[0]
    predicate = _term(step, row)
    last = len(path) == 1
    end = other if last else None
    subject, value = (one, end) if forward else (end, one)
    if isinstance(subject, px.Literal) or not isinstance(predicate, px.NamedNode | None):
        return
    for quad in store.quads_for_pattern(subject, predicate, value, px.DefaultGraph()):
        if last:
            yield quad.triple
        else:
            beyond = list(_walked(store, quad.object if forward else quad.subject, path[1:], other, row))
            yield from (quad.triple, *beyond) if beyond else ()


def _paths(predicate: Any) -> Iterator[list[tuple[Any, bool]]]:
    """The ways that a predicate or a path of given length can be walked: steps, each forward or back."""
    from rdflib.paths import AlternativePath, InvPath, MulPath, Path, SequencePath

    if not isinstance(predicate, Path):
        yield [(predicate, True)]
    elif isinstance(predicate, InvPath):
        for path in _paths(predicate.arg):
            yield [(step, not forward) for step, forward in reversed(path)]
    elif isinstance(predicate, AlternativePath):
        for arg in predicate.args:
            yield from _paths(arg)
    elif isinstance(predicate, SequencePath):
        ways: list[list[tuple[Any, bool]]] = [[]]
        for arg in predicate.args:
            ways = [[*way, *more] for way in ways for more in _paths(arg)]
        yield from ways
    elif isinstance(predicate, MulPath):
        yield from _paths(predicate.path)


def _term(part: Any, row: Mapping[str, Term | None]) -> Term | None:
    """A term of a pattern as the store has it; None where the row gives it no value."""
    import rdflib

    if isinstance(part, rdflib.Variable):
        return row.get(str(part))
    if isinstance(part, rdflib.URIRef):
        return px.NamedNode(str(part))
    if isinstance(part, rdflib.Literal):
        if part.language:
            return px.Literal(str(part), language=part.language)
        return (
            px.Literal(str(part), datatype=px.NamedNode(str(part.datatype))) if part.datatype else px.Literal(str(part))
        )
    return None


class _Receipts:
    """What facts say among statements; a statement of many rows is looked up once."""

    def __init__(self, store: Store, dataset: Dataset, base: str) -> None:
        self._store, self._dataset, self._base = store, dataset, base
        self._known: dict[px.Triple, list[Reason]] = {}
        self._read: dict[str, Said] = {}

    def of(self, triples: Iterable[px.Triple]) -> list[Reason]:
        """The receipts of a row: what labels and types say only where there is nothing else."""
        found = [reason for triple in sorted(set(triples), key=str) for reason in self._of(triple) if reason.fact]
        telling = [r for r in found if r.statement.predicate.value not in LABELS and r.statement.predicate != TYPE]
        return (telling or found)[:MOST]

    def _of(self, triple: px.Triple) -> list[Reason]:
        if triple not in self._known:
            everywhere = self._store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)
            self._known[triple] = because(self._dataset, self._base, everywhere, self._read)
        return self._known[triple]


def write_answered(found: Answered, kind: str) -> bytes:
    """An answer with its receipts as JSON; or as CSV or a workbook, with the words, sources, bases and facts."""
    if kind == "json":
        rows = [[_json(term) for term in row] for row in found.rows]
        receipts = [[receipt(reason) for reason in reasons] for reasons in found.receipts]
        said = {"columns": found.columns, "rows": rows, "receipts": receipts}
        return (json.dumps(said, ensure_ascii=False) + "\n").encode()
    if kind not in ("csv", "xlsx"):
        raise QueryError(f"receipts come as csv, xlsx or json, not {kind}", "format")
    whole = with_words(found)
    return table(whole.columns, whole.rows, kind)


def with_words(found: Answered) -> Answered:
    """An answer with the words, sources, bases and facts of each row as columns."""
    columns = [*found.columns, *(f"{name}_2" if name in found.columns else name for name in WORDS)]
    rows = [
        (*row, *(px.Literal(text) if text else None for text in told(reasons)))
        for row, reasons in zip(found.rows, found.receipts, strict=True)
    ]
    return Answered(columns, rows, found.receipts)


WORDS = ("words", "source", "basis", "fact")  # the columns that tell a row's receipts


def told(reasons: Sequence[Reason]) -> tuple[str, str, str, str]:
    """The words of a row's receipts, their sources, bases and facts, each once."""

    def once(texts: Iterable[str], between: str = " ") -> str:
        return between.join(dict.fromkeys(filter(None, texts)))

    return (
        once((" … ".join(words.exact for words in reason.words) for reason in reasons), " | "),
        once(words.source for reason in reasons for words in reason.words),
        once(reason.basis for reason in reasons),
        once(reason.fact for reason in reasons),
    )


def receipt(reason: Reason) -> dict[str, Any]:
    """A receipt as JSON: the statement, its basis, note and evidence, the fact, and the words with where they stand."""
    subject, predicate, value = reason.statement
    words = [{"exact": one.exact, "source": one.source, "passage": one.passage} for one in reason.words]
    said = {"subject": text_of(subject), "property": predicate.value, "value": text_of(value), "basis": reason.basis}
    more = {"note": reason.note, "evidence": reason.evidence}
    return {**said, **{name: text for name, text in more.items() if text}, "fact": reason.fact, "words": words}


def _json(term: Term | None) -> dict[str, str] | None:
    """A term as the SPARQL 1.1 Query Results JSON Format writes it (3.2.2); None where there is none."""
    if term is None:
        return None
    if isinstance(term, px.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, px.BlankNode):
        return {"type": "bnode", "value": term.value}
    if not isinstance(term, px.Literal):
        return {"type": "literal", "value": str(term)}
    said = {"type": "literal", "value": term.value}
    if term.language:
        return {**said, "xml:lang": term.language}
    return said if term.datatype.value == XSD + "string" else {**said, "datatype": term.datatype.value}
