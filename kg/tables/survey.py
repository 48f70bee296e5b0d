"""Survey: the texts of a table's cells as slots read them, and how many of each slot say nothing, are plain or sure.

The table has the columns c0, c1 … of text. Everything is an expression of Ibis.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from typing import Any, NamedTuple

import ibis

from kg.tables.cells import CLEAN, Reading
from kg.tables.mapping import ROW, SOURCE_ROW, Slot

Expression = Any  # of Ibis, whose own types are made at run time
EMPTY, PLAIN, OTHER = 0, 1, 2  # what a cell is, as it is read
BLANK, STANDS = 3, 4  # of those that are empty or plain, what is so as it stands
COUNTED = (EMPTY, PLAIN, BLANK, STANDS)  # and the rest is OTHER
FALSE = ibis.literal(False)

Rows = Callable[[Expression], Iterable[tuple[Any, ...]]]  # what an expression comes to
Aggregates = Callable[[Expression], Mapping[str, Expression]]  # of a table


def column(number: int) -> str:
    """The name of a column by its place, or of the number of its row."""
    return {ROW: "row", SOURCE_ROW: "source"}.get(number, f"c{number}")


class Survey(NamedTuple):
    """How many cells or parts of cells of each slot are EMPTY, PLAIN and OTHER, and the texts of the last, each once.

    The cells of slots that are `sure` are blank, or plain as they stand. `also` is what was asked beside.
    """

    cells: Mapping[tuple[int, int], int]
    texts: Mapping[int, list[str]]
    sure: frozenset[int]
    also: Sequence[Any] = ()


def survey(table: Expression, slots: Sequence[Slot], rows: Rows, also: Aggregates | None = None) -> Survey:
    """Look at a table: once for all slots, and once more for each with a separator or with cells that are OTHER."""
    cells: Counter[tuple[int, int]] = Counter()
    texts: dict[int, list[str]] = {}
    sure: set[int] = set()
    beside: Sequence[Any] = ()
    together = {number: column(slot.column) for number, slot in enumerate(slots) if not slot.separator}
    looks = [(table, together, also)] if together else []
    for number, slot in enumerate(slots):
        if slot.separator:
            looks.append((table.select(part=parts_in(table, slot).unnest()), {number: "part"}, None))
    for looked, names, asked in looks:
        kinds = _kinds(looked, slots, names)
        counts = {f"n{number}_{kind}": (kinds[f"k{number}"] == kind).sum() for number in names for kind in COUNTED}
        more = asked(kinds) if asked else {}
        ((every, *found),) = rows(kinds.aggregate(every=kinds.count(), **counts, **more))
        beside = found[len(counts) :] if asked else beside
        counted = iter(found)
        for number, name in names.items():
            empty, plain, blank, stands = (next(counted) or 0 for _ in COUNTED)
            other = every - empty - plain - blank - stands
            cells.update({(number, EMPTY): empty + blank, (number, PLAIN): plain + stands, (number, OTHER): other})
            if as_it_stands(slots[number]) and blank + stands == every:
                sure.add(number)
            if other:
                text = text_of(looked[name], slots[number])
                others = looked.select(text=text).filter(text.notnull() & ~_is_plain(text, slots[number].reading))
                texts[number] = [text for (text,) in rows(others.distinct())]
    return Survey(cells, texts, frozenset(sure), beside)


def _kinds(table: Expression, slots: Sequence[Slot], names: Mapping[int, str]) -> Expression:
    """A table with what the cells of each slot are in columns k0, k1 …; `names` has the column in which they stand.

    What some other slot takes as it stands needs no escaping, so a cell is not asked both.
    """
    narrow = {number for number in names if _narrow(slots[number])}
    known = {names[number]: f"k{number}" for number in narrow}
    table = table.mutate(**{f"k{number}": _kind(table[names[number]], slots[number]) for number in narrow})
    return table.mutate(
        **{
            f"k{number}": _kind(table[name], slots[number], table[known[name]] if name in known else None)
            for number, name in names.items()
            if number not in narrow
        }
    )


def _narrow(slot: Slot) -> bool:
    """Whether what the cells of a slot hold as they stand is nothing that N-Triples escapes; no space either."""
    pattern = as_it_stands(slot)
    return bool(pattern) and not _SPACE.search(pattern)


def _kind(cell: Expression, slot: Slot, known: Expression = None) -> Expression:
    """What a cell is; `known` has what it is to a slot that is narrow."""
    text, pattern = text_of(cell, slot), as_it_stands(slot)
    ways = [(text.isnull(), EMPTY), (_is_plain(text, slot.reading), PLAIN)]
    if pattern:
        stands = [(matches(cell.fill_null(""), pattern), STANDS)]
        if known is not None and pattern == CLEAN:
            stands.insert(0, (known == STANDS, STANDS))
        ways = [(cell.fill_null("") == "", BLANK), *stands, *ways]
    return ibis.cases(*ways, else_=OTHER)


def as_it_stands(slot: Slot) -> str:
    """A pattern of cells whose text is said as it stands in them; "" where there is none."""
    if slot.separator or slot.default or slot.nulls != ("",) or not slot.reading.plain:
        return ""
    pattern = CLEAN if slot.reading.escaped else slot.reading.plain[0][0]
    return "" if (slot.spaces or slot.strip) and _SPACE.search(pattern) else pattern


_SPACE = re.compile(r"\s|\[\^|(?<![\\\[])\.|\\[sSDW]")  # in patterns that may match a space


def _is_plain(text: Expression, reading: Reading) -> Expression:
    if not reading.plain:
        return FALSE
    return reduce(lambda one, other: one | other, (matches(text, pattern) for pattern, _, _ in reading.plain))


def matches(text: Expression, pattern: str) -> Expression:
    """Whether a pattern matches a whole text."""
    return text.re_search(rf"\A(?:{pattern})\z")


def text_of(cell: Expression, slot: Slot) -> Expression:
    """The text of a cell as the slot reads it, null where it says nothing."""
    text = cell.fill_null("")
    if slot.spaces:
        text = text.re_replace(slot.spaces, " ")
    if slot.strip:
        text = text.strip()
    if slot.default:
        text = ibis.cases((text == "", slot.default), else_=text)
    for null in slot.nulls:
        text = text.nullif(null)
    return text


def whole_of(table: Expression, slot: Slot) -> Expression:
    """The text of a cell, of one that holds several as a whole; null where it says nothing."""
    several = slot._replace(default="", nulls=(*slot.nulls, ""))
    return text_of(table[column(slot.column)], several if slot.separator else slot)


def parts_in(table: Expression, slot: Slot) -> Expression:
    """The texts of a cell that holds several; none where the cell is null as a whole."""
    return whole_of(table, slot).split(slot.separator)
