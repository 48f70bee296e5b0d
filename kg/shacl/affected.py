"""Affected: the nodes whose results can differ after a change of the data, so that only these are checked again.

What a shape says of a node rests on the triples that checking it looks at: those on the way from the node along the
paths of the shape and of the shapes it uses. Of a node whose results differ, the first triple on such a way that was
added or removed is reached by triples that stand in the data now. So the nodes are found from the changed triples,
along the paths backwards, in the data as they are now; some found may give the same results as before.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence

import pyoxigraph as px

from kg.errors import ProjectError, StoreError
from kg.rdf.terms import RDFS, TYPE, Term, Triple
from kg.shacl.at_once import finds_all
from kg.shacl.columnar import TOGETHER, Columnar
from kg.shacl.model import Constraint, Shape
from kg.shacl.paths import Path
from kg.shacl.query_paths import predicates, ways
from kg.shacl.query_text import text_of_query, tokens_of

_SUBCLASS = RDFS + "subClassOf"
MANY = 8  # queries of a shape, beyond which what they find is held in a table
_CHANGING = {"NOW", "RAND", "UUID", "STRUUID", "BNODE"}  # functions that give another value each time
_BESIDE = ("equals", "disjoint", "lessThan", "lessThanOrEquals")  # constraints that look at another property


class _AnythingError(Exception):
    """Any node may be affected."""


class Affected:
    """The nodes that are affected where some triples have been added or removed, and some nodes had results before."""

    def __init__(self, engine: Columnar, changed: Collection[Triple], failing: Collection[Term]) -> None:
        self._engine, self._data = engine, engine.data
        numbers = self._data.add(
            [TYPE, *failing, *(term for one in changed for term in (one.subject, one.predicate, one.object))]
        )
        self._type = numbers[TYPE]
        self._predicates = {one.predicate.value for one in changed}
        self._numbers = {numbers[one.predicate] for one in changed}
        self._all = _SUBCLASS in self._predicates or self._data.has_long_numbers()  # of these the report warns
        self._known: dict[Term, list[str]] = {}
        columns = [
            [numbers[term] for term in terms]
            for terms in zip(*((one.subject, one.predicate, one.object) for one in changed), strict=True)
        ] or [[], [], []]
        listed = "SELECT unnest($1::UBIGINT[]) AS s, unnest($2::UBIGINT[]) AS p, unnest($3::UBIGINT[]) AS o"
        self._changed = self._data.table(listed, columns, kept=True)
        self._failing = self._data.table(
            "SELECT unnest($1::UBIGINT[]) AS node", [[numbers[term] for term in failing]], kept=True
        )

    def among(self, shape: Shape, nodes: str) -> str:
        """A table of those of a shape's focus nodes whose results may differ, or that had results before."""
        if self._all:
            return nodes
        self._known.clear()
        try:
            failing = f"SELECT node FROM {self._failing}"
            found = self._held([*self._by_targets(shape), *self._of(shape.node), failing])
        except (_AnythingError, ProjectError, StoreError):  # a path that leads back too far, or to too much
            return nodes
        return self._data.table(f"SELECT node FROM {nodes} SEMI JOIN {found} USING (node)")

    def _held(self, queries: Iterable[str]) -> str:
        """A table of the nodes that queries find, some of which are asked at a time."""
        table, every = self._data.table("SELECT 0::UBIGINT AS node LIMIT 0"), list(dict.fromkeys(queries))
        for begin in range(0, len(every), TOGETHER):
            self._data.run(f"INSERT INTO {table} {' UNION '.join(every[begin : begin + TOGETHER])}")
        return table

    def _by_targets(self, shape: Shape) -> Iterator[str]:
        """Queries of nodes that may not have been focus nodes before."""
        for target in shape.targets:
            if target.kind == "class":
                yield from self._ends(self._type)
            elif target.kind in ("subjectsOf", "objectsOf"):
                yield from self._ends(self._engine.numbers[target.value], inverse=target.kind == "objectsOf")
            elif target.query:
                yield from self._asking(shape, Constraint("target", target.value, more={"query": target.query}))

    def _ends(self, predicate: int, *, inverse: bool = False) -> list[str]:
        """A query of the subjects of changed triples with a predicate, if any has it; `inverse`, of the objects."""
        end = f"SELECT {'o' if inverse else 's'} AS node FROM {self._changed} WHERE p = {predicate}"
        return [end] if predicate in self._numbers else []

    def _asking(self, shape: Shape, constraint: Constraint) -> list[str]:
        """Queries of the nodes for which the query of a shape looks at what has changed."""
        text = text_of_query(shape, constraint)
        if _CHANGING & {word.upper() for _, word, _ in tokens_of(text)}:
            raise _AnythingError
        wanted = predicates(text)
        if not (self._predicates if wanted is None else self._predicates & wanted):
            return []
        if (paths := ways(text)) is None or (constraint.name == "target" and not finds_all(text)):
            raise _AnythingError
        self._engine.numbers |= self._data.add(px.NamedNode(iri) for path in paths for iri in path.iris())
        return [query for path in paths for query in self._along(path)]

    def _of(self, node: Term) -> list[str]:
        """Queries of the nodes for which a shape looks at what has changed."""
        if node not in self._known:
            found = self._found(node)
            self._known[node] = [f"SELECT node FROM {self._held(found)}"] if len(found) > MANY else found
        return self._known[node]

    def _found(self, node: Term) -> list[str]:
        if self._engine.is_recursive(node):
            raise _AnythingError
        shape = self._engine.model.shapes[node]
        own: list[str] = []
        of_values: list[str] = []
        for constraint in shape.constraints:
            if constraint.name == "sparql":
                own += self._asking(shape, constraint)
            elif constraint.name == "class":
                of_values += self._ends(self._type)
            elif constraint.name == "closed":
                of_values.append(f"SELECT s AS node FROM {self._changed}")
            elif constraint.name in _BESIDE:
                own += self._ends(self._engine.numbers[constraint.value])
            for inner in constraint.shapes:
                of_values += self._of(inner)
            if constraint.name == "property" and shape.path:  # the results are about the values
                of_values.append(f"SELECT node FROM {self._failing}")
        if shape.path is None:
            return own + of_values
        return own + self._along(shape.path) + self._before(shape.path, of_values)

    def _along(self, path: Path, *, inverse: bool = False) -> list[str]:
        """Queries of the nodes from which a path leads over what has changed."""
        if not path.operator:
            return self._ends(self._engine.numbers[px.NamedNode(path.iri)], inverse=inverse)
        if path.operator == "inverse":
            return self._along(path.parts[0], inverse=not inverse)
        if path.operator == "sequence":
            found: list[str] = []
            for part in path.parts if inverse else reversed(path.parts):
                found = self._along(part, inverse=inverse) + self._before(part, found, inverse=inverse)
            return found
        inner = [query for part in path.parts for query in self._along(part, inverse=inverse)]
        if path.operator in ("zeroOrMore", "oneOrMore"):
            return self._before(Path("zeroOrMore", parts=path.parts), inner, inverse=inverse)
        return inner

    def _before(self, path: Path, queries: Sequence[str], *, inverse: bool = False) -> list[str]:
        """Queries of the nodes from which a path leads to what some queries find."""
        if not queries:
            return []
        start = f"SELECT node AS focus, node AS value FROM ({' UNION '.join(queries)})"
        return [f"SELECT value AS node FROM ({self._engine.step(start, path, inverse=not inverse)})"]
