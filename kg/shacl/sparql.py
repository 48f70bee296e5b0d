"""SPARQL: the queries of shapes (SHACL, 5 and SHACL-AF, 3.1), asked of Oxigraph.

What a query's variables are bound to beforehand is put in the place of these variables (SHACL, Appendix A): node by
node, or, where a query is such that it makes no difference, for all focus nodes at once.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

import pyoxigraph as px

from kg.rdf.datatypes import NUMBERS
from kg.rdf.terms import SH, XSD, Term
from kg.shacl.at_once import as_joins, finds_all, for_many
from kg.shacl.columnar import Answer
from kg.shacl.loaded import Loaded
from kg.shacl.model import Constraint, Model, Shape
from kg.shacl.query_paths import predicates
from kg.shacl.query_text import bound, queries_of, text_of_query

_DOUBLE = px.NamedNode(XSD + "double")
_SHAPES_GRAPH = px.NamedNode(SH + "shapesGraph")
_FOCUS = px.NamedNode("urn:kg:focus")  # of statements, in a graph of this name, that tell the focus nodes
MANY = 5_000  # focus nodes of a query that asks for many at once


class Asked:
    """The queries of the shapes of a model over files of N-Triples, which are loaded when the first is asked."""

    def __init__(self, model: Model, files: Sequence[Path], data: Loaded) -> None:
        self.model, self.files, self.data = model, files, data
        self._store: px.Store | None = None
        self._subjects: int | None = None
        self._long: dict[float, px.Literal] = {}  # numbers that the store cannot hold, by the doubles in their places
        self._functions: dict[px.NamedNode, Callable[..., None]] = {}

    @property
    def store(self) -> px.Store:
        """The data in the default graph, the shapes in a graph of their own."""
        if self._store is None:
            self._store = px.Store()
            long = self.data.has_long_numbers()
            blank = self.data.rows("SELECT count(*) FROM terms WHERE kind = 2")[0][0]
            for path in self._needed():
                if long or blank:  # whose labels are those of the table of terms
                    quads = px.parse(path=str(path), format=px.RdfFormat.N_TRIPLES)
                    self._store.bulk_extend(self._short(quads) if long else quads)
                else:
                    self._store.bulk_load(path=str(path), format=px.RdfFormat.N_TRIPLES)
            self._store.extend(px.Quad(q.subject, q.predicate, q.object, _SHAPES_GRAPH) for q in self.model.quads)
        return self._store

    def _needed(self) -> Sequence[Path]:
        """The files, or, where all queries tell which predicates they can match, one with the lines that have these."""
        if (wanted := self._predicates()) is None:
            return self.files
        to = self.data.scratch / "needed.nt"
        self.data.copy(self.files, [f"<{iri}>" for iri in sorted(wanted)], to)
        return [to]

    def _predicates(self) -> set[str] | None:
        """The predicates that the queries of all shapes can match; None where these may be any."""
        asked = [
            predicates(text_of_query(shape, constraint))
            for shape in self.model.shapes.values()
            for constraint in queries_of(shape)
        ]
        return None if not asked or None in asked else {iri for some in asked for iri in some or ()}

    def _short(self, quads: Iterable[px.Quad]) -> Iterator[px.Quad]:
        """Quads with numbers that the store can hold: those that are too long are doubles."""
        for quad in quads:
            value = quad.object
            if isinstance(value, px.Literal) and value.datatype.value in NUMBERS and _LONG.fullmatch(value.value):
                number = float(value.value)
                self._long[number] = value
                quad = px.Quad(quad.subject, quad.predicate, px.Literal(repr(number), datatype=_DOUBLE))
            yield quad

    def _whole(self, term: Term) -> Term:
        """A term of an answer, a double in the place of a number as that number."""
        if self._long and isinstance(term, px.Literal) and term.datatype == _DOUBLE:
            return self._long.get(float(term.value), term)
        return term

    @property
    def rounded(self) -> int:
        """How many different numbers are too long for the store."""
        return len(self._long)

    def __call__(self, shape: Shape, constraint: Constraint, nodes: Sequence[int]) -> list[Answer]:
        """What the query of a constraint finds for focus nodes; of a target, the focus nodes."""
        text = text_of_query(shape, constraint)
        if constraint.name == "target":
            return [Answer(row["this"], None, None, {}) for row in self._rows(text, {})]
        fixed = {"currentShape": shape.node, "shapesGraph": _SHAPES_GRAPH}
        if len(nodes) > MANY and finds_all(text) and self._are_most(nodes):
            return list(self._of_all(text, fixed, nodes))
        return list(self._answers(text, fixed, list(self.data.terms(nodes).values())))

    def _of_all(self, text: str, fixed: Mapping[str, Term], nodes: Sequence[int]) -> Iterator[Answer]:
        """What a query finds for focus nodes, asked of all nodes there are."""
        rows, wanted = self._rows(as_joins(text), fixed), set(nodes)
        while some := list(islice(rows, MANY)):
            numbers = self.data.add(row["this"] for row in some)
            yield from (self._answer(row) for row in some if numbers[row["this"]] in wanted)

    def _are_most(self, nodes: Sequence[int]) -> bool:
        """Whether focus nodes are most of the subjects that queries can match, and no literals, which the store may
        write otherwise.
        """
        if self._subjects is None:
            wanted = self._predicates()
            numbers = self.data.add(px.NamedNode(iri) for iri in wanted or ())
            of = "" if wanted is None else "WHERE p IN (SELECT unnest($1::UBIGINT[]))"
            given = [] if wanted is None else [list(numbers.values())]
            self._subjects = self.data.rows(f"SELECT count(DISTINCT s) FROM triples {of}", given)[0][0]  # noqa: S608  (bound)
        return 2 * len(nodes) > self._subjects and not self.data.has_literals(nodes)

    def _answers(self, text: str, fixed: Mapping[str, Term], nodes: Sequence[Term]) -> Iterator[Answer]:
        """The same, asked of some focus nodes at once where that makes no difference, else of each.

        VALUES cannot name blank nodes: a graph tells which they are. The store writes literals otherwise: each is asked
        for by itself.
        """
        named = [node for node in nodes if isinstance(node, px.NamedNode)]
        blank = [node for node in nodes if isinstance(node, px.BlankNode)]
        if (blank or len(named) > 1) and (asked := for_many(text)):
            for begin in range(0, len(named), MANY):
                values = f"VALUES ?this {{ {' '.join(map(str, named[begin : begin + MANY]))} }}"
                yield from (self._answer(row) for row in self._rows(asked(values), fixed))
            if blank:
                marked = [px.Quad(_FOCUS, _FOCUS, node, _FOCUS) for node in blank]
                self.store.extend(marked)
                rows = list(self._rows(asked(f"GRAPH {_FOCUS} {{ {_FOCUS} {_FOCUS} ?this }}"), fixed))
                for quad in marked:
                    self.store.remove(quad)
                yield from map(self._answer, rows)
            nodes = [node for node in nodes if isinstance(node, px.Literal)]
        for node in nodes:
            for row in self._rows(text, {**fixed, "this": node}):
                yield self._answer(row, node)

    def _rows(self, text: str, fixed: Mapping[str, Term]) -> Iterator[Mapping[str, Term]]:
        """The rows of a query with the values of some variables in their places, and with these values."""
        named = {name: term for name, term in fixed.items() if not isinstance(term, px.BlankNode)}
        used: dict[px.Variable, Term] = {
            px.Variable(name): term
            for name, term in fixed.items()
            if isinstance(term, px.BlankNode) and re.search(rf"[?$]{name}\b", text)
        }
        found = self._found(bound(text, named), used)
        names = [variable.value for variable in found.variables]
        for row in found:
            shown = {name: self._whole(value) for name, value in zip(names, row, strict=True) if value is not None}
            yield {**shown, **fixed}

    def _found(self, text: str, used: Mapping[px.Variable, Term]) -> px.QuerySolutions:
        """The answer to a query, in which a function that is not known gives an error of its expression alone."""
        while True:
            try:
                found = self.store.query(text, substitutions=dict(used), custom_functions=dict(self._functions))
            except RuntimeError as error:
                unknown = re.search(r"custom function <([^<>]*)> is not supported", str(error))
                if not unknown or px.NamedNode(unknown[1]) in self._functions:
                    raise
                self._functions[px.NamedNode(unknown[1])] = lambda *_: None
                continue
            return found  # type: ignore[return-value]  # as `wrong_queries` has seen

    @staticmethod
    def _answer(row: Mapping[str, Term], node: Term | None = None) -> Answer:
        focus = node if node is not None else row["this"]
        return Answer(focus, row.get("value"), row.get("path"), row)


# What Oxigraph, with integers of 64 bits and decimals of 18 digits behind the point, takes for an error.
_LONG = re.compile(r"(?![+-]?[0-9]{0,18}(?:[.][0-9]{1,18})?$)[+-]?[0-9]*[.]?[0-9]+")
