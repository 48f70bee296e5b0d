"""Survey: the texts of a table's cells as slots read them, and how many of each slot say nothing, are plain or sure.

The table has the columns c0, c1 … of text. Everything is an expression of Ibis.
"""

import re
from collections.abc import Callable, Generator, Iterable, Iterator
from functools import reduce
from typing import Any

import ibis

from kg.tables.cells import CLEAN, Reading
from kg.tables.mapping import ROW, SOURCE_ROW, Mapping, Slot

Expression = Any  # of Ibis, whose own types are made at run time
EMPTY, PLAIN, OTHER = 0, 1, 2  # what a cell is
SURE = 3  # of a slot all of whose cells are empty, or plain as they stand
FALSE = ibis.literal(False)


def column(number: int) -> str:
    """The name of a column by its place, or of the number of its row."""
    return {ROW: "row", SOURCE_ROW: "source"}.get(number, f"c{number}")


Rows = Callable[[Expression], Iterable[tuple[Any, ...]]]  # what an expression comes to


def survey(table: Expression, mapping: Mapping, rows: Rows) -> Iterator[tuple[int, int, str | None, int]]:
    """Slot, kind (EMPTY, PLAIN, OTHER, SURE), text (of OTHER alone) and the number of cells or parts of cells.

    All slots are counted in one look at the table, as their cells stand; the others once more, as they are read. Those
    that have texts which are not plain are looked at a third time.
    """
    sure = yield from _sure(table, mapping, rows)
    alone = [(number, slot) for number, slot in enumerate(mapping.slots) if not slot.separator and number not in sure]
    looks = [(table, [(number, slot, column(slot.column)) for number, slot in alone])] if alone else []
    for number, slot in enumerate(mapping.slots):
        if slot.separator:
            looks.append((table.select(part=parts_in(table, slot).unnest()), [(number, slot, "part")]))
    for looked, slots in looks:
        texts = [(number, text_of(looked[name], slot), slot) for number, slot, name in slots]
        counts = {f"e{number}": text.isnull().sum() for number, text, _ in texts}
        counts |= {
            f"p{number}": _is_plain(text, slot.reading).fill_null(FALSE).sum()
            for number, text, slot in texts
            if slot.reading.plain
        }
        (found,) = rows(looked.aggregate(cells=looked.count(), **counts))
        cells, *numbers = (number or 0 for number in found)
        told = dict(zip(counts, numbers, strict=True))
        for number, text, slot in texts:
            empty, plain = told[f"e{number}"], told.get(f"p{number}", 0)
            yield number, EMPTY, None, empty
            yield number, PLAIN, None, plain
            if cells > empty + plain:
                other = looked.select(text=text).filter(text.notnull() & ~_is_plain(text, slot.reading))
                counted = other.group_by("text").agg(cells=other.count())
                yield from ((number, OTHER, *row) for row in rows(counted))


def _sure(
    table: Expression, mapping: Mapping, rows: Rows
) -> Generator[tuple[int, int, str | None, int], None, set[int]]:
    """Tell of the slots that are sure, as `survey` does; these."""
    patterns = {number: pattern for number, slot in enumerate(mapping.slots) if (pattern := as_it_stands(slot))}
    if not patterns:
        return set()
    counts = {}
    for number, pattern in patterns.items():
        cell = table[column(mapping.slots[number].column)].fill_null("")
        counts[f"e{number}"] = (cell == "").sum()
        counts[f"s{number}"] = ((cell != "") & matches(cell, pattern)).sum()
    (found,) = rows(table.aggregate(cells=table.count(), **counts))
    cells, *numbers = (number or 0 for number in found)
    told = dict(zip(counts, numbers, strict=True))
    sure = {number for number in patterns if told[f"e{number}"] + told[f"s{number}"] == cells}
    for number in sorted(sure):
        yield number, EMPTY, None, told[f"e{number}"]
        yield number, PLAIN, None, told[f"s{number}"]
        yield number, SURE, None, cells
    return sure


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


def parts_in(table: Expression, slot: Slot) -> Expression:
    """The texts of a cell that holds several; none where the cell is null as a whole."""
    whole = text_of(table[column(slot.column)], slot._replace(default="", nulls=(*slot.nulls, "")))
    return whole.split(slot.separator)
