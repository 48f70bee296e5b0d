"""Compile: a mapping as expressions over the columns of a table, for any engine that Ibis speaks to.

    problems   the cells that keep their rows out, with their rows
    lines      the statements of all other rows as N-Triples

What a text comes to that is not plain is looked up: the few in the expression itself, the many in a table that is
joined.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial, reduce
from typing import Any, NamedTuple

import ibis

from kg.rdf.terms import RDF
from kg.tables.cells import CLEAN, Judged
from kg.tables.mapping import Mapping as TableMapping
from kg.tables.mapping import Slot, Statement, Token
from kg.tables.survey import FALSE, Expression, column, matches, parts_in, text_of

FEW = 24  # texts that stand in an expression; more are joined


class Lookup(NamedTuple):
    """What the texts of a slot that are not plain come to.

    Where they are many, `table` holds text and token of each, and `wrong` the texts that have a problem. In a slot that
    is `sure` there are none, and nothing is looked at again.
    """

    judged: Mapping[str, Judged]
    table: Expression = None
    wrong: Expression = None
    sure: bool = False

    @property
    def faulty(self) -> bool:
        """Whether any text is wrong."""
        return any(judged.problem for judged in self.judged.values())


NOTHING = Lookup({})


def _token(text: Expression, slot: Slot, lookup: Lookup, joined: Expression) -> Expression:
    """What a text comes to as a part of a statement, null where it says nothing or is wrong; "" of an optional one."""
    token = _token_of(text, slot, lookup, joined)
    return token.fill_null("") if slot.optional else token


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


class InOrder(NamedTuple):
    """Lines in order, each once, those of a row in one text, where `counts` has the same number of rows that have a
    subject and of subjects; it has the first subject and the last too.
    """

    texts: Expression
    counts: Expression


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
            if slot.separator:
                parts = rows.select(row=rows.row, part=parts_in(rows, slot).unnest())
                text = text_of(parts.part, slot)
                each = parts.select(row=parts.row, slot=ibis.literal(number, "int32"), text=text)
            else:
                each = rows.select(
                    row=rows.row, slot=ibis.literal(number, "int32"), text=text_of(rows[column(slot.column)], slot)
                )
            if number in wrong:
                found.append(_wrong_among(each, wrong[number]))
            if slot.required:
                found.append(each.filter(each.text.isnull()))
        return reduce(lambda one, other: one.union(other), found).order_by(["row", "slot"])

    def lines(self, tag: str = "", graph: str = "") -> Expression:
        """The statements, a line each without its end, in a column `line`; begun by a tag, in any order, some twice; in
        a graph where one is given.
        """
        branches = []
        single = [one for one in self.mapping.statements if not self._lists(one)]
        if single:
            table, tokens = self._tokens({slot for one in single for slot in one.slots})
            every = [_line(one, tokens, tag, graph) for one in single]
            branches.append(table.select(line=ibis.array(every).unnest()))
        for number in range(len(self.mapping.slots)):
            branches += [
                self._list(one, number, tag)
                for one in self.mapping.statements
                if one.ordered and number in self._lists(one)
            ]
            listed = [one for one in self.mapping.statements if number in self._lists(one) and not one.ordered]
            if listed:
                needed = {slot for one in listed for slot in one.slots}
                table, tokens = self._tokens(needed, number)
                every = [_line(one, tokens, tag, graph) for one in listed]
                branches.append(table.select(line=ibis.array(every).unnest()))
        whole = reduce(lambda one, other: one.union(other), branches)
        return whole.filter(whole.line.notnull())

    def in_order(self, tag: str = "", graph: str = "") -> "InOrder | None":
        """The same lines, row by row in the order of their subjects. None where a row tells of several things, or a
        cell holds several.

        Rows are fewer and shorter than their lines, so that sorting and writing them takes a fraction of the time.
        """
        statements = self.mapping.statements
        if len({one.subject for one in statements}) != 1 or any(self._lists(one) for one in statements):
            return None
        table, made = self._made({slot for one in statements for slot in one.slots})
        subject = reduce(
            lambda one, other: one + other,
            (made[part](table) if isinstance(part, int) else ibis.literal(part) for part in statements[0].subject),
        )
        table = table.mutate(subject=subject)
        ordered = table.order_by("subject")
        ordered = ordered.select(**{f"v{number}": token(ordered) for number, token in made.items()})
        tokens = {number: ordered[f"v{number}"] for number in made}
        predicates = {"".join(map(str, one.predicate)): one for one in statements}
        constant = all(isinstance(part, str) for one in statements for part in one.predicate)
        if constant and len(predicates) == len(statements):  # which tells the order of a row's lines
            text = ibis.literal("\n").join([_line(predicates[name], tokens, tag, graph) for name in sorted(predicates)])
        else:
            text = ibis.array([_line(one, tokens, tag, graph) for one in statements]).unique().sort().join("\n")
        # of two subjects with one hash it seems that they are one, and the lines are sorted
        rows, subjects = table.subject.count(), table.subject.hash().nunique()
        counts = table.aggregate(rows=rows, subjects=subjects, first=table.subject.min(), last=table.subject.max())
        return InOrder(ordered.select(line=text), counts)

    def _list(self, statement: Statement, listed: int, tag: str) -> Expression:
        """The statements that make the values of a cell one rdf:List."""
        slots = self.mapping.slots
        kept = self._kept(self.table)
        every = parts_in(kept, slots[listed])
        table = kept.mutate(parts=every.filter(lambda part: text_of(part, slots[listed]).notnull()))
        table = table.mutate(size=table.parts.length()).unnest("parts", offset="at").rename(part="parts")
        table, tokens = self._tokens(statement.slots, listed, table, ("at", "size"))
        at, size = table["at"], table["size"]

        def node(number: Expression) -> Expression:
            parts = [*_parts_of(statement.ordered, tokens), number.cast("string")]
            return reduce(lambda one, other: one + other, (ibis.literal(p) if isinstance(p, str) else p for p in parts))

        begin = _line(statement._replace(object=()), tokens, tag, value=node(at))
        first = tag + node(at) + f" <{RDF}first> " + tokens[listed] + " ."
        rest = (
            tag + node(at) + f" <{RDF}rest> " + ibis.cases((at + 1 == size, f"<{RDF}nil>"), else_=node(at + 1)) + " ."
        )
        lines = [ibis.cases((at == 0, begin)), first, rest]
        return table.select(line=ibis.array(lines).unnest())

    def _lists(self, statement: Statement) -> list[int]:
        return [slot for slot in statement.slots if self.mapping.slots[slot].separator]

    def _tokens(
        self, needed: Iterable[int], listed: int | None = None, table: Expression = None, also: Sequence[str] = ()
    ) -> tuple[Expression, dict[int, Expression]]:
        """The table, a row for each part of a slot's cells where that is given, and the tokens of slots."""
        table, made = self._made(needed, listed, table)
        table = table.select(
            **{f"v{number}": token(table) for number, token in made.items()}, **{name: table[name] for name in also}
        )
        return table, {number: table[f"v{number}"] for number in made}

    def _made(
        self, needed: Iterable[int], listed: int | None = None, table: Expression = None
    ) -> tuple[Expression, dict[int, Callable[[Expression], Expression]]]:
        """The same, with what makes the tokens out of the rows of the table."""
        slots = self.mapping.slots
        if table is None:
            table = self._kept(self.table)
            if listed is not None:
                table = table.mutate(part=parts_in(table, slots[listed]).unnest())

        def text(number: int, over: Expression) -> Expression:
            slot = slots[number]
            cell = over.part if number == listed else over[column(slot.column)]
            return cell if self.lookups.get(number, NOTHING).sure else text_of(cell, slot)

        def token(number: int, over: Expression) -> Expression:
            lookup = self.lookups.get(number, NOTHING)
            joined = over[f"t{number}"] if lookup.table is not None else None
            return _token(text(number, over), slots[number], lookup, joined)

        texts = {number: partial(text, number) for number in sorted(needed)}
        return _looked_up(table, self.lookups, texts), {number: partial(token, number) for number in texts}

    def _kept(self, table: Expression) -> Expression:
        """The rows that have no problem."""
        if self.mapping.lenient:
            return table
        for number, slot in enumerate(self.mapping.slots):
            lookup = self.lookups.get(number, NOTHING)
            text = text_of(table[column(slot.column)], slot)
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


def _line(
    statement: Statement, tokens: Mapping[int, Expression], tag: str, graph: str = "", value: Expression = None
) -> Expression:
    """A statement as a line, null where one of its slots is; with another object than its own where one is given."""
    parts: list[Expression] = [tag] if tag else []
    for number, token in enumerate((statement.subject, statement.predicate, statement.object)):
        parts += [" "] if number else []
        parts += _parts_of(token, tokens)
    parts += [] if value is None else [value]
    parts.append(f" <{graph}> ." if graph else " .")
    joined: list[Any] = []
    for part in parts:  # constants side by side are one
        if joined and isinstance(part, str) and isinstance(joined[-1], str):
            joined[-1] += part
        else:
            joined.append(part)
    line = reduce(lambda one, other: one + other, (ibis.literal(p) if isinstance(p, str) else p for p in joined))
    for slot in statement.needs:
        line = ibis.cases((tokens[slot].notnull(), line))
    return line


def _parts_of(token: Token, tokens: Mapping[int, Expression]) -> list[Expression]:
    return [tokens[part] if isinstance(part, int) else part for part in token]
