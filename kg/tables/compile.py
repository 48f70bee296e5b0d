"""Compile: a mapping as expressions over the columns of a table, for any engine that Ibis speaks to.

    problems   the cells that keep their rows out, with their rows
    lines      the statements of all other rows as N-Triples

What a text comes to that is not plain is looked up: the few in the expression itself, the many in a table that is
joined.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial, reduce
from itertools import dropwhile, takewhile
from typing import NamedTuple

import ibis

from kg.rdf.terms import RDF
from kg.tables.cells import CLEAN, Judged
from kg.tables.mapping import Mapping as TableMapping
from kg.tables.mapping import Slot, Statement, Token, slots_in
from kg.tables.survey import FALSE, Expression, column, matches, parts_in, text_of, whole_of

FEW = 24  # texts that stand in an expression; more are joined


class Lookup(NamedTuple):
    """What the texts of a slot that are not plain come to.

    Where they are many, `table` holds text and token of each, and `wrong` the texts that have a problem. In a slot that
    is `sure` there are none, and nothing is looked at again. One that is `full` has neither such texts nor empty cells.
    """

    judged: Mapping[str, Judged]
    table: Expression = None
    wrong: Expression = None
    sure: bool = False
    full: bool = False

    @property
    def faulty(self) -> bool:
        """Whether any text is wrong."""
        return any(judged.problem for judged in self.judged.values())


NOTHING = Lookup({})


class Piece(NamedTuple):
    """What a slot is in a statement: constants and columns to be joined, and whether it says anything, which is None
    where it always does.
    """

    parts: tuple[Expression | str, ...]
    given: Expression = None


Pieces = dict[int, Piece]  # by slots
Made = dict[int, Callable[[Expression], Piece]]  # pieces over a table


def _token(text: Expression, slot: Slot, lookup: Lookup, joined: Expression) -> Expression:
    """What a text comes to as a part of a statement, null where it says nothing or is wrong."""
    token = _token_of(text, slot, lookup, joined)
    return token if slot.otherwise is None else token.fill_null(slot.otherwise)


def _token_of(text: Expression, slot: Slot, lookup: Lookup, joined: Expression) -> Expression:
    reading = slot.reading
    ways = []
    if lookup.sure:
        (_, before, after), *_ = reading.plain
        return ibis.cases((text != "", before + text + after))
    for pattern, before, after in reading.plain:
        if reading.escaped:
            ways.append((matches(text, CLEAN), before + text + after))
            ways.append((matches(text, pattern), before + _escaped(text) + after))
        else:
            ways.append((matches(text, pattern), before + text + after))
    if joined is not None:
        ways.append((text.notnull(), joined))
    else:
        ways += [(text == key, judged.token) for key, judged in lookup.judged.items() if judged.token]
    return ibis.cases(*ways) if ways else ibis.null("string")


def _escaped(text: Expression) -> Expression:
    for character, escape in (
        ("\\", "\\\\"),
        ('"', '\\"'),
        ("\n", "\\n"),
        ("\r", "\\r"),
        ("\t", "\\t"),
        ("\x7f", "\\u007F"),
    ):
        text = text.replace(character, escape)
    return text


def _looked_up(table: Expression, lookups: Mapping[int, Lookup], slots: Mapping[int, Expression]) -> Expression:
    """A table with what the texts of slots come to, from the tables of lookups, in columns t0, t1 … of tokens."""
    for number, text in slots.items():
        known = lookups.get(number, NOTHING).table
        if known is not None:
            known = known.rename({f"k{number}": "text", f"t{number}": "token"})
            table = table.mutate(**{f"s{number}": text(table)}).left_join(known, [(f"s{number}", f"k{number}")])
    return table


class Compiled(NamedTuple):
    """A mapping over a table, with what the texts come to that are not plain, and how an engine numbers rows."""

    table: Expression
    mapping: TableMapping
    lookups: Mapping[int, Lookup]
    number: Callable[[Expression], Expression]

    def problems(self) -> Expression | None:
        """A table of row (its number from 1), slot and text of the cells that are wrong; None where none is."""
        wrong = {number: lookup for number, lookup in self.lookups.items() if lookup.faulty}
        needed = [number for number, slot in enumerate(self.mapping.slots) if slot.required]
        if not wrong and not needed:
            return None
        rows = self.table.mutate(row=self.number(self.table))
        found = []
        for number in sorted({*wrong, *needed}):
            slot = self.mapping.slots[number]
            place = ibis.literal(number, "int32")
            cells = rows.select(row=rows.row, slot=place, text=whole_of(rows, slot))
            if slot.required:
                found.append(cells.filter(cells.text.isnull()))
            if number in wrong and slot.separator:
                parts = rows.select(row=rows.row, part=parts_in(rows, slot).unnest())
                cells = parts.select(row=parts.row, slot=place, text=text_of(parts.part, slot))
            if number in wrong:
                found.append(_wrong_among(cells, wrong[number]))
        return reduce(lambda one, other: one.union(other), found).order_by(["row", "slot"])

    def lines(self, tag: str = "", graph: str = "") -> Expression:
        """The statements, a line each without its end, in a column `line`; begun by a tag, in any order, some twice; in
        a graph where one is given.
        """
        branches = []
        single = [one for one in self.mapping.statements if not self._lists(one)]
        if single:
            branches.append(self._lines(single, None, tag, _end(graph)))
        for number in range(len(self.mapping.slots)):
            listed = [one for one in self.mapping.statements if number in self._lists(one)]
            branches += [self._list(one, number, tag, _end(graph)) for one in listed if one.ordered]
            if each := [one for one in listed if not one.ordered]:
                branches.append(self._lines(each, number, tag, _end(graph)))
        whole = reduce(lambda one, other: one.union(other), branches)
        return whole.filter(whole.line.notnull())

    def _lines(self, statements: Sequence[Statement], listed: int | None, begin: str, end: str) -> Expression:
        table, pieces = _columns(*self._made({slot for one in statements for slot in one.slots}, listed))
        return table.select(line=ibis.array([_line(one, pieces, begin, end) for one in statements]).unnest())

    def in_order(self, tag: str = "", graph: str = "") -> Expression | None:
        """The same lines with their ends, those of a row in one text `line`, in the order of what rows are about; each
        once, where no two rows are about one thing (`spread`). None where a row tells of several things, or a cell
        holds several.

        Rows are fewer and shorter than their lines, so that sorting and writing them takes a fraction of the time.
        """
        statements = self.mapping.statements
        if self.mapping.about is None:
            return None
        table, made = self._made({slot for one in statements for slot in one.slots})
        table, pieces = _columns(table.mutate(about=self._about(table, made)).order_by("about"), made)
        end = f"{_end(graph)}\n"
        predicates = {"".join(map(str, one.predicate)): one for one in statements}
        constant = all(isinstance(part, str) for one in statements for part in one.predicate)
        if not constant or len(predicates) < len(statements):  # which would tell the order of a row's lines
            lines = ibis.array([_line(one, pieces, tag, end) for one in statements])
            return table.select(line=lines.unique().sort().join("").fill_null(""))
        ordered = [predicates[name] for name in sorted(predicates)]
        if any(pieces[slot].given is not None for one in ordered for slot in one.slots):
            return table.select(line=_joined(_line(one, pieces, tag, end) for one in ordered))
        return table.select(line=_joined(part for one in ordered for part in _parts(one, pieces, tag, end)))

    def spread(self) -> Expression:
        """How many rows are about something, about how many things, and the first and the last of these, in one row.

        Two things with the same hash count as one.
        """
        table, made = self._made(slots_in(self.mapping.about or ()))
        table = table.mutate(about=self._about(table, made))
        return table.aggregate(**self._spread(table["about"]))

    def spread_beside(self, table: Expression) -> dict[str, Expression]:
        """The same of all rows of a table with the same columns, to be asked with other aggregates."""
        return self._spread(self._about(*self._made(slots_in(self.mapping.about or ()), table=table)))

    def _spread(self, about: Expression) -> dict[str, Expression]:
        begin = "".join(map(str, takewhile(lambda part: isinstance(part, str), self.mapping.about or ())))
        ends = {"first": begin + about.min(), "last": begin + about.max()}
        return {"rows": about.count(), "things": about.hash().nunique(), **ends}

    def _about(self, table: Expression, made: Made) -> Expression:
        """What rows are about, null where that is nothing; without the constant that all begin with."""
        token = self.mapping.about or ()
        pieces = {number: made[number](table) for number in slots_in(token)}
        behind = dropwhile(lambda part: isinstance(part, str), token)
        return _where(_joined(_parts_of(tuple(behind), pieces)), pieces.values())

    def _list(self, statement: Statement, listed: int, begin: str, end: str) -> Expression:
        """The statements that make the values of a cell one rdf:List."""
        slots = self.mapping.slots
        kept = self._kept(self.table)
        every = parts_in(kept, slots[listed])
        table = kept.mutate(parts=every.filter(lambda part: text_of(part, slots[listed]).notnull()))
        table = table.mutate(size=table.parts.length()).unnest("parts", offset="at").rename(part="parts")
        table, pieces = _columns(*self._made(statement.slots, listed, table))
        at, size = table["at"], table["size"]

        def node(number: Expression) -> Expression:
            return _joined([*_parts_of(statement.ordered, pieces), number.cast("string")])

        rest = ibis.cases((at + 1 == size, f"<{RDF}nil>"), else_=node(at + 1))
        lines = [
            ibis.cases((at == 0, _line(statement, pieces, begin, end, [node(at)]))),
            *(
                _where(_joined([begin, node(at), f" <{RDF}{name}> ", *parts, end]), pieces.values())
                for name, parts in (("first", pieces[listed].parts), ("rest", (rest,)))
            ),
        ]
        return table.select(line=ibis.array(lines).unnest())

    def _lists(self, statement: Statement) -> list[int]:
        return [slot for slot in statement.slots if self.mapping.slots[slot].separator]

    def _made(
        self, needed: Iterable[int], listed: int | None = None, table: Expression = None
    ) -> tuple[Expression, Made]:
        """The table, a row for each part of a slot's cells where that is given, and what slots are in its rows."""
        slots = self.mapping.slots
        if table is None:
            table = self._kept(self.table)
            if listed is not None:
                table = table.mutate(part=parts_in(table, slots[listed]).unnest())

        def text(number: int, over: Expression) -> Expression:
            slot = slots[number]
            cell = over.part if number == listed else over[column(slot.column)]
            return cell if self.lookups.get(number, NOTHING).sure else text_of(cell, slot)

        def piece(number: int, over: Expression) -> Piece:
            lookup = self.lookups.get(number, NOTHING)
            if lookup.sure and (known := _as_it_stands(text(number, over), slots[number], full=lookup.full)):
                return known
            joined = over[f"t{number}"] if lookup.table is not None else None
            token = _token(text(number, over), slots[number], lookup, joined)
            return Piece((token,), token.notnull() if slots[number].otherwise is None and not lookup.full else None)

        texts = {number: partial(text, number) for number in sorted(needed)}
        return _looked_up(table, self.lookups, texts), {number: partial(piece, number) for number in texts}

    def _kept(self, table: Expression) -> Expression:
        """The rows that have no problem."""
        if self.mapping.lenient:
            return table
        for number, slot in enumerate(self.mapping.slots):
            lookup = self.lookups.get(number, NOTHING)
            text = whole_of(table, slot)
            if slot.required:
                table = table.filter(text.notnull())
            if lookup.faulty and slot.separator:
                parts = parts_in(table, slot)
                for wrong in (text for text, judged in lookup.judged.items() if judged.problem):
                    table = table.filter(~parts.contains(wrong).fill_null(FALSE))
            elif lookup.wrong is not None:
                keyed = table.mutate(key=text)
                table = keyed.anti_join(lookup.wrong, keyed.key == lookup.wrong.text).drop("key")
            elif lookup.faulty:
                table = table.filter(~_is_wrong(text, lookup))
        return table


def _wrong_among(each: Expression, lookup: Lookup) -> Expression:
    """Those of rows with a column of texts whose text has a problem."""
    if lookup.wrong is not None:
        return each.semi_join(lookup.wrong, each.text == lookup.wrong.text)
    return each.filter(_is_wrong(each.text, lookup))


def _is_wrong(text: Expression, lookup: Lookup) -> Expression:
    """Whether a text is one of the few that have a problem."""
    wrong = [text for text, judged in lookup.judged.items() if judged.problem]
    return text.isin(wrong).fill_null(FALSE) if wrong else FALSE


def _columns(table: Expression, made: Made) -> tuple[Expression, Pieces]:
    """A table with columns v0, v1 … for the slots that are more than their cells, and what slots are over it."""
    found = {number: piece(table) for number, piece in made.items()}
    alone = {number: piece for number, piece in found.items() if len(piece.parts) == 1}
    table = table.mutate(**{f"v{number}": piece.parts[0] for number, piece in alone.items()})
    pieces = {number: piece(table) for number, piece in made.items()}
    for number, piece in alone.items():
        token = table[f"v{number}"]
        pieces[number] = Piece((token,), None if piece.given is None else token.notnull())
    return table, pieces


def _line(
    statement: Statement, pieces: Pieces, begin: str, end: str, thing: Sequence[Expression | str] | None = None
) -> Expression:
    """A statement as a line, null where one of its slots says nothing; with another object where one is given."""
    parts = _parts(statement, pieces, begin, end, thing)
    return _where(_joined(parts), [pieces[slot] for slot in statement.slots])


def _parts(
    statement: Statement, pieces: Pieces, begin: str, end: str, thing: Sequence[Expression | str] | None = None
) -> list[Expression | str]:
    subject, predicate, own = (_parts_of(token, pieces) for token in statement[:3])
    return [begin, *subject, " ", *predicate, " ", *(own if thing is None else thing), end]


def _end(graph: str) -> str:
    """What ends a line in a graph, or in none."""
    return f" <{graph}> ." if graph else " ."


def _parts_of(token: Token, pieces: Pieces) -> list[Expression | str]:
    return [one for part in token for one in (pieces[part].parts if isinstance(part, int) else (part,))]


def _joined(parts: Iterable[Expression | str]) -> Expression:
    """Texts and columns as one text, in which nulls are ""; at once, since two by two the first is copied with each."""
    joined: list[Expression | str] = []
    for part in parts:
        if joined and isinstance(part, str) and isinstance(joined[-1], str):
            joined[-1] += part
        elif not isinstance(part, str) or part:
            joined.append(part)
    return ibis.literal("").join([ibis.literal(one) if isinstance(one, str) else one for one in joined])


def _where(text: Expression, pieces: Iterable[Piece]) -> Expression:
    """A text where pieces say something, else null."""
    given = [piece.given for piece in pieces if piece.given is not None]
    return ibis.cases((reduce(lambda one, other: one & other, given), text)) if given else text


def _as_it_stands(cell: Expression, slot: Slot, *, full: bool) -> Piece | None:
    """What a slot is whose cells are blank or plain as they stand; None where that is more than its cells."""
    (_, before, after), *_ = slot.reading.plain
    if full or slot.otherwise is None:
        return Piece((before, cell, after), None if full else cell != "")
    return None if before or after or slot.otherwise else Piece((cell,))
