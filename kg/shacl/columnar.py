"""Columnar: SHACL Core over statements in DuckDB, a constraint at a time for all focus nodes at once.

Each constraint is a query over `nodes` (node), the nodes that a shape is checked for, and `values` (focus, value), what
the shape's path leads to from them; it gives (focus, value, path) for each result. A shape that others use is asked
which of some nodes fail it. Shapes that use themselves are asked again until no more nodes fail: what is being checked
already is taken to conform. Literals are judged as the records of facts are (`kg.rdf.datatypes`): by a pattern in the
database where they are plain, and else by Python, each once.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import duckdb
import pyoxigraph as px

from kg.errors import ProjectError
from kg.rdf.datatypes import DATATYPES, compare, problem
from kg.rdf.terms import RDFS, SH, XSD, Term, text_of
from kg.shacl.loaded import Loaded
from kg.shacl.model import Constraint, Model, Shape, Target
from kg.shacl.paths import Path
from kg.shacl.patterns import expression, in_re2, limited
from kg.shacl.results import Result

Row = tuple[int, int | None, int | None]  # focus, value and path of a result
Asked = Callable[[Shape, Constraint, Sequence[int]], list["Answer"]]
_KINDS = {
    "IRI": {1},
    "BlankNode": {2},
    "Literal": {3},
    "BlankNodeOrIRI": {1, 2},
    "BlankNodeOrLiteral": {2, 3},
    "IRIOrLiteral": {1, 3},
}
_FINE = {  # how a value may stand to the value of a parameter
    "minExclusive": {1},
    "minInclusive": {0, 1},
    "maxExclusive": {-1},
    "maxInclusive": {-1, 0},
    "lessThan": {-1},
    "lessThanOrEquals": {-1, 0},
}
_NUMBERS = ", ".join(
    f"'{iri}'"
    for iri, found in DATATYPES.items()
    if found.kind == "number" and iri[len(XSD) :] not in ("float", "double")
)
_PLAIN_NUMBER = "[+-]?[0-9]{1,18}(?:[.][0-9]{1,18})?"
_PLAIN_MOMENT = (  # in the one way of its length, on a day that every month has
    "[1-9][0-9]{3}(?:-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])(?:T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z?)?)?"
)
_MOMENTS = ", ".join(f"'{XSD}{name}'" for name in ("date", "dateTime", "gYear"))


MANY = 500_000  # triples, from which what a path leads to is held in a table, and not asked again for each constraint
DEEP = 20  # shapes one within the other, up to which details are told
LEVELS = 1_000  # steps along the data, one after the other, that shapes that use themselves, and paths, may take
MOST = 20_000  # results of a constraint that are told; all are counted
ODD = 10_000  # literals of a datatype that are not plain, which are judged all at once
FEW = 16  # nodes of which it is kept which of them fail a shape
TOGETHER = 40  # constraints that are asked in one query


class Answer(NamedTuple):
    """What a query of a shape found: a focus node, what else it gave, and all its variables."""

    focus: Term
    value: Term | None
    path: Term | None
    bound: Mapping[str, Term]


class Columnar:
    """The shapes of a model over loaded statements; `ask` asks the queries of shapes, where any has one."""

    def __init__(self, model: Model, data: Loaded, ask: Asked | None = None) -> None:
        self.model, self.data, self.ask = model, data, ask
        self.numbers = data.add(_constants(model))
        self.many = data.count("triples") > MANY
        self.none = data.none
        self.recursive: set[Term] = set()
        self.untold: dict[tuple[Term, str], int] = {}  # how many results of a constraint of a shape are not told
        self._ill: dict[tuple[str, int], str] = {}  # ill-formed literals by datatype and `Loaded.additions`
        self._failing: dict[Term, str] = {}  # of shapes that use themselves, while they are asked
        self._asked: dict[Term, list[str]] | None = None  # what such shapes are asked for, while that is found out

    # Focus nodes

    def focus_nodes(self, shape: Shape) -> str:
        """A table of the focus nodes of a shape's targets."""
        if len(shape.targets) == 1 and shape.targets[0].kind == "class":
            return self.data.instances(shape.targets[0].value)
        return self.data.table(" UNION ".join(self._target(shape, target) for target in shape.targets))

    def _target(self, shape: Shape, target: Target) -> str:
        number = self.numbers.get(target.value)
        if target.kind == "class":
            return f"SELECT node FROM {self.data.instances(target.value)}"
        if target.kind == "node":
            return f"SELECT {number}::UBIGINT AS node"
        if target.kind == "sparql":
            constraint = Constraint("target", target.value, more={"query": target.query})
            found = self.ask(shape, constraint, ()) if self.ask else []
            numbers = self.data.add(answer.focus for answer in found)
            return f"SELECT node FROM {self._listed(numbers.values())}"
        side = "s" if target.kind == "subjectsOf" else "o"
        return f"SELECT DISTINCT {side} AS node FROM triples WHERE p = {number}"

    def _listed(self, numbers: Iterable[int], *, kept: bool = False) -> str:
        return self.data.table("SELECT DISTINCT unnest($1::UBIGINT[]) AS node", [list(numbers)], kept=kept)

    # Paths

    def values(self, shape: Shape, nodes: str) -> str:
        """What the path of a shape leads to from nodes (focus, value): of a node shape, each is its own.

        It is a table where there are many, and else a query between brackets.
        """
        start = f"SELECT node AS focus, node AS value FROM {nodes} n"
        if shape.path is None:
            return f"({start})"
        step = self.step(start, shape.path)
        simple = not shape.path.operator or (shape.path.operator == "inverse" and not shape.path.parts[0].operator)
        query = step if simple else f"SELECT DISTINCT focus, value FROM ({step})"
        return self.data.table(query) if self.many else f"({query})"

    def step(self, start: str, path: Path, *, inverse: bool = False) -> str:
        """Where a path leads from the values of a relation, as a query of (focus, value)."""
        if not path.operator:
            here, there = ("o", "s") if inverse else ("s", "o")
            return (
                f"SELECT r.focus, t.{there} AS value FROM ({start}) r JOIN triples t ON t.{here} = r.value "
                f"WHERE t.p = {self.numbers[px.NamedNode(path.iri)]}"
            )
        if path.operator == "inverse":
            return self.step(start, path.parts[0], inverse=not inverse)
        if path.operator == "sequence":
            for part in reversed(path.parts) if inverse else path.parts:
                start = self.step(start, part, inverse=inverse)
            return start
        held = self.data.table(f"SELECT DISTINCT focus, value FROM ({start})")
        if path.operator == "alternative":
            parts = (self.step(f"SELECT * FROM {held}", part, inverse=inverse) for part in path.parts)
            return " UNION ".join(f"({part})" for part in parts)
        if path.operator == "zeroOrOne":
            return f"SELECT * FROM {held} UNION ({self.step(f'SELECT * FROM {held}', path.parts[0], inverse=inverse)})"
        return self._closure(held, path, inverse=inverse)

    def _closure(self, start: str, path: Path, *, inverse: bool) -> str:
        """Where any number of steps lead: by the database where a step is a property, or else a step at a time."""
        inner, begin = path.parts[0], f"SELECT * FROM {start}"
        if path.operator == "oneOrMore":
            begin = self.step(begin, inner, inverse=inverse)
        if not inner.operator or (inner.operator == "inverse" and not inner.parts[0].operator):
            step = self.step("SELECT * FROM further", inner, inverse=inverse)
            further = f"WITH RECURSIVE further(focus, value) AS (({begin}) UNION ({step})) SELECT * FROM further"
            return f"SELECT * FROM ({further})"
        found = self.data.table(f"SELECT DISTINCT focus, value FROM ({begin})")
        last = found
        for _ in range(LEVELS):
            step = self.step(f"SELECT * FROM {last}", inner, inverse=inverse)
            last = self.data.table(
                f"SELECT DISTINCT focus, value FROM ({step}) r "
                f"ANTI JOIN {found} f ON f.focus = r.focus AND f.value = r.value"
            )
            if not self.data.count(last):
                return f"SELECT * FROM {found}"
            self.data.run(f"INSERT INTO {found} SELECT * FROM {last}")
        raise ProjectError(f"shapes: the path {path} leads on for more than {LEVELS:,} steps in the data")

    # Which nodes fail

    def failing(self, node: Term, nodes: str) -> str:
        """A table (node) of those of some nodes that do not conform to a shape."""
        if self._asked is not None and node in self._asked:
            self._asked[node].append(nodes)
            return self.none
        if node in self._failing:
            return self._failing[node]
        few = self.data.rows(f"SELECT node FROM {nodes} LIMIT {FEW + 1}")
        if not few:
            return self.none
        key = node, frozenset(few)
        if key in self.data.known:
            return self.data.known[key]
        together = self._together(node)
        found = self._until_no_more(node, nodes, together) if together else self._failing_once(node, nodes)
        if len(few) <= FEW and not self._failing and self._asked is None:
            self.data.known[key] = found  # details ask the same of the same nodes, at each depth anew
        return found

    def is_recursive(self, node: Term) -> bool:
        """Whether a shape uses itself."""
        return bool(self._together(node))

    def _together(self, node: Term) -> list[Term]:
        """The shapes that a shape uses and that use it, itself among them; none where it does not use itself."""
        inner = {used for constraint in self.model.shapes[node].constraints for used in constraint.shapes}
        if not any(node in self.model.used(one) for one in inner):
            return []
        return [one for one in self.model.used(node) if node in self.model.used(one)]

    def _failing_once(self, node: Term, nodes: str) -> str:
        parts = list(self._failing_parts(node, nodes))
        return self.data.table(f"SELECT focus AS node FROM ({' UNION '.join(parts)})") if parts else self.none

    def _failing_parts(self, node: Term, nodes: str) -> Iterator[str]:
        """Queries (focus) of the nodes that do not conform to a shape, for one reason each."""
        shape = self.model.shapes[node]
        values = self.values(shape, nodes)
        for constraint in shape.constraints:
            if constraint.name != "property":
                yield f"SELECT focus FROM ({self.query(shape, constraint, nodes, values)})"
                continue
            inner = constraint.shapes[0]
            if shape.path is None and not self._held(inner):
                yield from self._failing_parts(inner, nodes)
            else:
                failing = self.failing(inner, self._distinct(values))
                yield f"SELECT v.focus FROM {values} v SEMI JOIN {failing} f ON f.node = v.value"

    def _held(self, node: Term) -> bool:
        """Whether a shape uses itself, so that what fails it is held in a table."""
        return node in self._failing or node in (self._asked or ()) or bool(self._together(node))

    def _until_no_more(self, node: Term, nodes: str, together: Sequence[Term]) -> str:
        """Ask shapes that use each other again and again, until no more nodes fail."""
        candidates = self._candidates(node, nodes, together)
        for one in together:
            self._failing[one] = self.data.table("SELECT 0::UBIGINT AS node LIMIT 0")
        self.recursive.add(node)
        try:
            grown = True
            while grown:
                grown = False
                for one in together:
                    before = self._failing[one]
                    found = self._failing_once(one, candidates[one])
                    more = self.data.count(found) > self.data.count(before)
                    self._failing[one], grown = found if more else before, grown or more
            return self._failing[node]
        finally:
            for one in together:
                del self._failing[one]

    def _candidates(self, node: Term, nodes: str, together: Sequence[Term]) -> dict[Term, str]:
        """What each of some shapes is asked for, one leading to the other, when one of them is asked for nodes."""
        empty = "SELECT 0::UBIGINT AS node LIMIT 0"
        found = {one: self.data.table(empty) for one in together}
        waiting = {node: [nodes]}
        for _ in range(LEVELS):
            if not waiting:
                return found
            asked: dict[Term, list[str]] = {one: [] for one in together}
            for one, tables in waiting.items():
                given = " UNION ".join(f"SELECT node FROM {table}" for table in tables)
                new = self.data.table(f"SELECT node FROM ({given}) EXCEPT SELECT node FROM {found[one]}")
                if self.data.count(new):
                    self.data.run(f"INSERT INTO {found[one]} SELECT node FROM {new}")
                    before, self._asked = self._asked, asked
                    try:
                        self._failing_once(one, new)
                    finally:
                        self._asked = before
            waiting = {one: tables for one, tables in asked.items() if tables}
        shown = self.model.shown(node)
        raise ProjectError(f"shapes: {shown} recurs more than {LEVELS:,} levels deep in the data; use a path instead")

    def _distinct(self, values: str) -> str:
        """A table of the values of a relation."""
        return self.data.table(f"SELECT DISTINCT value AS node FROM {values} v")

    # Constraints

    def query(self, shape: Shape, constraint: Constraint, nodes: str, values: str) -> str:
        """The query of a constraint's results (focus, value, path)."""
        return _QUERIES[constraint.name](self, shape, constraint, nodes, values)

    def _class(self, shape: Shape, c: Constraint, nodes: str, values: str) -> str:
        return f"{_SAME} FROM {values} v ANTI JOIN {self.data.instances(c.value)} i ON i.node = v.value"

    def _datatype(self, shape: Shape, c: Constraint, nodes: str, values: str) -> str:
        wanted = text_of(c.value)
        if wanted == RDFS + "Literal":
            return f"{_SAME} {_JOINED.format(values)} WHERE t.kind != 3"
        wrong = [f"t.kind != 3 OR t.dt != '{_quoted(wanted)}'"]
        if ill := self._ill_formed(wanted, values):
            wrong.append(f"v.value IN (SELECT node FROM {ill})")
        return f"{_SAME} {_JOINED.format(values)} WHERE {' OR '.join(wrong)}"

    def _ill_formed(self, datatype: str, values: str) -> str:
        """A table of the literals of a datatype that have none of its forms: of all there are, as long as few look odd,
        or else of some values; "" where there are none.
        """
        known, key = DATATYPES.get(datatype), (datatype, self.data.additions)
        if known and key not in self._ill:
            odd = f"NOT regexp_full_match(t.lex, '{_quoted(known.plain)}')" if known.plain else "true"
            which = f"WHERE t.kind = 3 AND t.dt = $1 AND {odd}"
            rows = self.data.rows(f"SELECT t.id, t.lex FROM terms t {which} LIMIT {ODD + 1}", [datatype])
            if len(rows) > ODD:
                rows = self.data.rows(f"SELECT DISTINCT t.id, t.lex {_JOINED.format(values)} {which}", [datatype])
                ill = [number for number, lex in rows if problem(datatype, lex)]
                return self._listed(ill) if ill else ""
            ill = [number for number, lex in rows if problem(datatype, lex)]
            self._ill[key] = self._listed(ill, kept=True) if ill else ""
        return self._ill.get(key, "")

    def _node_kind(self, shape: Shape, c: Constraint, nodes: str, values: str) -> str:
        kinds = ", ".join(map(str, _KINDS[text_of(c.value).removeprefix(SH)]))
        return f"{_SAME} {_JOINED.format(values)} WHERE t.kind NOT IN ({kinds})"

    def _min_count(self, shape: Shape, c: Constraint, nodes: str, values: str) -> str:
        least = int(text_of(c.value))
        if least == 1:
            return f"SELECT n.node AS focus, {_NOTHING} FROM {nodes} n ANTI JOIN {values} v ON v.focus = n.node"
        return (
            f"SELECT n.node AS focus, {_NOTHING} FROM {nodes} n LEFT JOIN {values} v ON v.focus = n.node "
            f"GROUP BY n.node HAVING count(v.value) < {least}"
        )

    def _max_count(self, shape: Shape, c: Constraint, nodes: str, values: str) -> str:
        most = int(text_of(c.value))
        return f"SELECT focus, {_NOTHING} FROM {values} v GROUP BY focus HAVING count(*) > {most}"

    def _range(self, shape: Shape, c: Constraint, nodes: str, values: str) -> str:
        bound = self.numbers[c.value]
        pairs = f"SELECT DISTINCT value AS one, {bound}::UBIGINT AS other FROM {values} v"
        wrong = self._out_of_order(pairs, _FINE[c.name])
        return f"{_SAME} FROM {values} v SEMI JOIN {wrong} w ON w.one = v.value"

    def _less_than(self, shape: Shape, c: Constraint, nodes: str, values: str) -> str:
        others = self._others(c, nodes)
        both = f"FROM {values} v JOIN {others} o ON o.focus = v.focus"
        wrong = self._out_of_order(f"SELECT DISTINCT v.value AS one, o.value AS other {both}", _FINE[c.name])
        return f"{_SAME} {both} SEMI JOIN {wrong} w ON w.one = v.value AND w.other = o.value"

    def _out_of_order(self, pairs: str, fine: set[int]) -> str:
        """A table of those pairs of terms (one, other) whose order is not among the fine ones, or that have none."""
        order = f"""
            CASE WHEN a.dt IN ({_NUMBERS}) AND b.dt IN ({_NUMBERS}) AND regexp_full_match(a.lex, '{_PLAIN_NUMBER}')
                  AND regexp_full_match(b.lex, '{_PLAIN_NUMBER}')
                 THEN sign(TRY_CAST(a.lex AS DECIMAL(38, 18)) - TRY_CAST(b.lex AS DECIMAL(38, 18)))
                 WHEN a.dt = b.dt AND a.dt IN ({_MOMENTS}) AND length(a.lex) = length(b.lex)
                  AND regexp_full_match(a.lex, '{_PLAIN_MOMENT}') AND regexp_full_match(b.lex, '{_PLAIN_MOMENT}')
                 THEN CASE WHEN a.lex < b.lex THEN -1 WHEN a.lex = b.lex THEN 0 ELSE 1 END END"""
        judged = self.data.table(
            "SELECT one, other, a.lex AS l, a.dt AS ld, b.lex AS r, b.dt AS rd, a.kind = 3 AND b.kind = 3 AS literals, "
            f"{order} AS found FROM ({pairs}) JOIN terms a ON a.id = one JOIN terms b ON b.id = other"
        )
        rows = self.data.rows(f"SELECT one, other, l, ld, r, rd FROM {judged} WHERE literals AND found IS NULL")
        odd = [(one, other) for one, other, *two in rows if compare((two[0], two[1]), (two[2], two[3])) not in fine]
        numbers = ", ".join(map(str, sorted(fine)))
        query = f"SELECT one, other FROM {judged} WHERE NOT literals OR found NOT IN ({numbers})"
        if odd:
            query += " UNION ALL SELECT unnest($1::UBIGINT[]), unnest($2::UBIGINT[])"
        return self.data.table(query, [list(side) for side in zip(*odd, strict=True)] if odd else ())

    def _length(self, shape: Shape, c: Constraint, nodes: str, values: str) -> str:
        sign = "<" if c.name == "minLength" else ">"
        return f"{_SAME} {_JOINED.format(values)} WHERE t.kind = 2 OR length(t.lex) {sign} {int(text_of(c.value))}"

    def _pattern(self, shape: Shape, c: Constraint, nodes: str, values: str) -> str:
        pattern = text_of(c.value)
        compiled = expression(pattern, c.more["flags"])
        if (portable := in_re2(compiled)) and self._is_re2(portable):
            matches = f"regexp_matches(t.lex, '{_quoted(portable)}')"
            return f"{_SAME} {_JOINED.format(values)} WHERE t.kind = 2 OR NOT {matches}"
        rows = self.data.rows(f"SELECT DISTINCT t.id, t.lex {_JOINED.format(values)} WHERE t.kind != 2")
        with limited(pattern):
            wrong = self._listed([number for number, lex in rows if not compiled.search(lex)])
        return f"{_SAME} {_JOINED.format(values)} WHERE t.kind = 2 OR t.id IN (SELECT node FROM {wrong})"

    def _is_re2(self, pattern: str) -> bool:
        try:
            self.data.con.execute(f"SELECT regexp_matches('', '{_quoted(pattern)}')")
        except duckdb.Error:  # what looks ahead or back, or repeats more often than RE2 does
            return False
        return True

    def _unique_lang(self, shape: Shape, c: Constraint, nodes: str, values: str) -> str:
        return (
            f"SELECT v.focus, {_NOTHING} {_JOINED.format(values)} WHERE t.lang != '' "
            "GROUP BY v.focus, t.lang HAVING count(*) > 1"
        )

    def _language_in(self, shape: Shape, c: Constraint, nodes: str, values: str) -> str:
        fits = ["false"]
        for tag in (_quoted(text_of(item).lower()) for item in c.items):
            fits.append("t.lang != ''" if tag == "*" else f"t.lang = '{tag}' OR starts_with(t.lang, '{tag}-')")
        return f"{_SAME} {_JOINED.format(values)} WHERE NOT ({' OR '.join(fits)})"

    def _equals(self, shape: Shape, c: Constraint, nodes: str, values: str) -> str:
        others = self._others(c, nodes)
        return (
            f"{_SAME} FROM {values} v ANTI JOIN {others} o ON o.focus = v.focus AND o.value = v.value UNION ALL "
            f"{_SAME} FROM {others} v ANTI JOIN {values} o ON o.focus = v.focus AND o.value = v.value"
        )

    def _disjoint(self, shape: Shape, c: Constraint, nodes: str, values: str) -> str:
        others = self._others(c, nodes)
        return f"{_SAME} FROM {values} v SEMI JOIN {others} o ON o.focus = v.focus AND o.value = v.value"

    def _others(self, c: Constraint, nodes: str) -> str:
        start = f"SELECT node AS focus, node AS value FROM {nodes} n"
        return f"({self.step(start, Path('', text_of(c.value)))})"

    def _has_value(self, shape: Shape, c: Constraint, nodes: str, values: str) -> str:
        has = f"SELECT focus FROM {values} v WHERE value = {self.numbers[c.value]}"
        return f"SELECT n.node AS focus, {_NOTHING} FROM {nodes} n ANTI JOIN ({has}) h ON h.focus = n.node"

    def _in(self, shape: Shape, c: Constraint, nodes: str, values: str) -> str:
        allowed = self._listed(self.numbers[item] for item in c.items)
        return f"{_SAME} FROM {values} v ANTI JOIN {allowed} a ON a.node = v.value"

    def _closed(self, shape: Shape, c: Constraint, nodes: str, values: str) -> str:
        allowed = self._listed(self.numbers[item] for item in c.items if item in self.numbers)
        return (
            f"SELECT v.focus, t.o AS value, t.p AS path FROM {values} v JOIN triples t ON t.s = v.value "
            f"ANTI JOIN {allowed} a ON a.node = t.p"
        )

    def _node(self, shape: Shape, c: Constraint, nodes: str, values: str) -> str:
        failing = self.failing(c.shapes[0], self._distinct(values))
        return f"{_SAME} FROM {values} v SEMI JOIN {failing} f ON f.node = v.value"

    def _not(self, shape: Shape, c: Constraint, nodes: str, values: str) -> str:
        failing = self.failing(c.shapes[0], self._distinct(values))
        return f"{_SAME} FROM {values} v ANTI JOIN {failing} f ON f.node = v.value"

    def _and(self, shape: Shape, c: Constraint, nodes: str, values: str) -> str:
        return self._counted(c, values, "count(*) > 0")

    def _or(self, shape: Shape, c: Constraint, nodes: str, values: str) -> str:
        return self._counted(c, values, f"count(*) = {len(c.shapes)}")

    def _xone(self, shape: Shape, c: Constraint, nodes: str, values: str) -> str:
        """Those of which not all fail but one: among them those that fail none."""
        just = self._counted(c, values, f"count(*) = {len(c.shapes) - 1}")
        if len(c.shapes) == 1:
            return self._counted(c, values, "count(*) > 0")
        return f"{_SAME} FROM {values} v ANTI JOIN ({just}) j ON j.focus = v.focus AND j.value = v.value"

    def _counted(self, c: Constraint, values: str, having: str) -> str:
        """The values that fail so many of the shapes of a list."""
        distinct = self._distinct(values)
        failing = [self.failing(one, distinct) for one in c.shapes]
        each = (
            " UNION ALL ".join(f"SELECT DISTINCT node FROM {table}" for table in failing)
            or f"SELECT node FROM {self.none}"
        )
        counted = self.data.table(f"SELECT node FROM ({each}) GROUP BY node HAVING {having}")
        return f"{_SAME} FROM {values} v SEMI JOIN {counted} f ON f.node = v.value"

    def _qualified(self, shape: Shape, c: Constraint, nodes: str, values: str) -> str:
        distinct = self._distinct(values)
        own, *siblings = (self.failing(one, distinct) for one in c.shapes)
        fits = f"SELECT v.focus, v.value FROM {values} v ANTI JOIN {own} f ON f.node = v.value"
        for sibling in siblings:  # what conforms to one of them does not count
            fits = f"SELECT v.focus, v.value FROM ({fits}) v SEMI JOIN {sibling} f ON f.node = v.value"
        limit = int(text_of(c.value))
        sign = f"< {limit}" if c.name == "qualifiedMinCount" else f"> {limit}"
        return (
            f"SELECT n.node AS focus, {_NOTHING} FROM {nodes} n LEFT JOIN ({fits}) v ON v.focus = n.node "
            f"GROUP BY n.node HAVING count(v.value) {sign}"
        )

    def _sparql(self, shape: Shape, c: Constraint, nodes: str, values: str) -> str:
        numbers = self.data.add({answer.focus for answer in self.answers(shape, c, nodes)})
        listed = self._listed(numbers.values())
        return f"SELECT node AS focus, {_NOTHING} FROM {listed}"

    def answers(self, shape: Shape, c: Constraint, nodes: str) -> list[Answer]:
        """What the query of a constraint finds for nodes."""
        found = [int(number) for (number,) in self.data.rows(f"SELECT node FROM {nodes}")]
        return self.ask(shape, c, found) if self.ask and found else []

    # Results

    def results(self, node: Term, nodes: str, within: tuple[Term, ...] = ()) -> list[Result]:
        """The results of a shape for nodes; `within` are the shapes whose details they are."""
        parts = list(self._parts(node, nodes))
        found: list[Result] = []
        queries = []
        for number, (shape, constraint, query) in enumerate(parts):
            if constraint.name == "sparql":
                found += self._of_query(shape, constraint, nodes)
            elif constraint.name == "property":
                found += self._of_property(constraint, query, within)
            else:
                queries.append(f"(SELECT {number} AS part, focus, value, path FROM ({query}) LIMIT {MOST + 1})")
        rows = defaultdict[int, list[Row]](list)
        for begin in range(0, len(queries), TOGETHER):
            for number, *row in self.data.rows(" UNION ALL ".join(queries[begin : begin + TOGETHER])):
                rows[number].append((row[0], row[1], row[2]))
        for number, some in rows.items():
            shape, constraint, query = parts[number]
            if len(some) > MOST:
                some = self.data.rows(f"SELECT focus, value, path FROM ({query}) ORDER BY ALL LIMIT {MOST}")
                if not within:
                    self.untold[shape.node, constraint.name] = self.data.count(f"({query})") - MOST
            details = self._details(constraint, some, (*within, *dict.fromkeys((node, shape.node))))
            found += [Result(shape, constraint, f, v, p, details.get(v, ())) for f, v, p in some]
        return found

    def _parts(self, node: Term, nodes: str) -> Iterator[tuple[Shape, Constraint, str]]:
        """The constraints of a shape, and of the property shapes of a node shape, with their queries; of sh:property of
        a property shape, its values.
        """
        shape = self.model.shapes[node]
        values = self.values(shape, nodes)
        for constraint in shape.constraints:
            if constraint.name == "sparql":
                yield shape, constraint, ""
            elif constraint.name != "property":
                yield shape, constraint, self.query(shape, constraint, nodes, values)
            elif shape.path is None:
                yield from self._parts(constraint.shapes[0], nodes)
            else:
                yield shape, constraint, values

    def _of_property(self, constraint: Constraint, values: str, within: tuple[Term, ...]) -> list[Result]:
        """The results of a property shape for the values of the shape that has it, for each as often as it is one."""
        if constraint.shapes[0] in within:
            return []
        found = self.results(constraint.shapes[0], self._distinct(values), within)
        if not found:
            return found
        often = dict(self.data.rows(f"SELECT value, count(*) FROM {values} v GROUP BY value HAVING count(*) > 1"))
        return [result for result in found for _ in range(often.get(result.focus, 1))]

    def _of_query(self, shape: Shape, constraint: Constraint, nodes: str) -> list[Result]:
        answers = self.answers(shape, constraint, nodes)
        terms = {term for answer in answers for term in (answer.focus, answer.value, answer.path) if term is not None}
        numbers = self.data.add(terms)

        def number(term: Term | None) -> int | None:
            return None if term is None else numbers[term]

        return [
            Result(shape, constraint, numbers[one.focus], number(one.value), number(one.path), (), one.bound)
            for one in answers
        ]

    def _details(
        self, c: Constraint, rows: Sequence[Row], within: tuple[Term, ...]
    ) -> dict[int | None, tuple[Result, ...]]:
        """What the shapes of a constraint find of the values that fail it, by value."""
        if c.name not in ("node", "and", "or", "xone") or len(within) > DEEP:
            return {}
        nodes = self._listed({value for _, value, _ in rows if value is not None})
        found = defaultdict[int | None, list[Result]](list)
        for shape in c.shapes:
            if shape not in within:  # else what is being told already would be told again
                for result in self.results(shape, nodes, within):
                    found[result.focus].append(result)
        return {value: tuple(results) for value, results in found.items()}


_NOTHING = "NULL::UBIGINT AS value, NULL::UBIGINT AS path"
_SAME = "SELECT v.focus, v.value, NULL::UBIGINT AS path"
_JOINED = "FROM {} v JOIN terms t ON t.id = v.value"
_QUERIES: dict[str, Callable[[Columnar, Shape, Constraint, str, str], str]] = {
    "class": Columnar._class,
    "datatype": Columnar._datatype,
    "nodeKind": Columnar._node_kind,
    "minCount": Columnar._min_count,
    "maxCount": Columnar._max_count,
    "minExclusive": Columnar._range,
    "minInclusive": Columnar._range,
    "maxExclusive": Columnar._range,
    "maxInclusive": Columnar._range,
    "minLength": Columnar._length,
    "maxLength": Columnar._length,
    "pattern": Columnar._pattern,
    "languageIn": Columnar._language_in,
    "uniqueLang": Columnar._unique_lang,
    "equals": Columnar._equals,
    "disjoint": Columnar._disjoint,
    "lessThan": Columnar._less_than,
    "lessThanOrEquals": Columnar._less_than,
    "hasValue": Columnar._has_value,
    "in": Columnar._in,
    "closed": Columnar._closed,
    "node": Columnar._node,
    "not": Columnar._not,
    "and": Columnar._and,
    "or": Columnar._or,
    "xone": Columnar._xone,
    "qualifiedMinCount": Columnar._qualified,
    "qualifiedMaxCount": Columnar._qualified,
    "sparql": Columnar._sparql,
}


def _quoted(text: str) -> str:
    """A text between quotes of SQL."""
    return text.replace("'", "''")


def _constants(model: Model) -> Iterator[Term]:
    """The terms that queries of a model name."""
    for shape in model.shapes.values():
        yield from (target.value for target in shape.targets)
        yield from (px.NamedNode(iri) for iri in (shape.path.iris() if shape.path else ()))
        for constraint in shape.constraints:
            if not constraint.shapes:
                yield constraint.value
            yield from constraint.items
