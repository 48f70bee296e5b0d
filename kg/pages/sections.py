"""Sections: what is said of a thing and what others say of it, arranged as a reader asks for it.

Section      a heading with its blocks
  Block      rows below the headings of their columns; or entries, values of the same words, below a label
    Row      the cells, the words they rest on, and who acted where it was not the thing itself
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from kg.pages import charts
from kg.pages.model import HIDDEN, NAMING, Because, Entry, Name, Value, place
from kg.pages.page import Page
from kg.query import resource
from kg.query.headings import capital
from kg.query.why import Reason
from kg.rdf import iris
from kg.rdf.datatypes import NUMBERS
from kg.rdf.terms import text_of

COLUMNS = 4  # of rows, beside the words
ALIKE = 3  # rows of the same words, alike but for their first cell, are told as one list


class Row(NamedTuple):
    """A row: its cells, the words that it rests on with why, and whose act it is if another's."""

    cells: tuple[tuple[Value, ...], ...]
    because: Because
    via: Name | None = None


class Block(NamedTuple):
    """Rows below the headings of their columns; or entries, values of the same words, below a label."""

    label: str
    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    entries: tuple[Entry, ...] = ()


class Section(NamedTuple):
    """What a page tells under one heading, how many things, and their numbers as a chart."""

    heading: str
    anchor: str
    order: float
    things: int
    blocks: tuple[Block, ...]
    numbers: charts.Numbers | None = None


class Incoming(NamedTuple):
    """What points at a thing: the subject, the property, the reasons, and who acts where it is not the thing."""

    subject: str
    predicate: str
    reasons: tuple[Reason, ...]
    via: Name | None


def sections(page: Page, iri: str) -> list[Section]:
    """What other things say of a thing, by what the vocabulary calls it, in its order."""
    found: dict[str, list[Incoming]] = {}
    places: dict[str, float] = {}
    for one in incoming(page, iri):
        heading, order = page.headings.inverse(one.predicate, page.types(one.subject))
        found.setdefault(heading, []).append(one)
        places[heading] = min(order, places.get(heading, order))
    ordered = sorted(found, key=lambda heading: (places[heading], heading))
    return [_section(page, heading, places[heading], found[heading]) for heading in ordered]


def incoming(page: Page, iri: str, via: Name | None = None) -> Iterator[Incoming]:
    """What points at a thing, and at those that act for it, in the order of the source."""
    found, acting = [], []
    for subject in sorted({text_of(quad.subject) for quad in resource.incoming(page.opened.store, iri)}):
        if not iris.is_entity(page.base, subject) or subject == iri:
            continue
        quads = [quad for quad in page.about(subject) if text_of(quad.object) == iri]
        reasons: dict[str, list[Reason]] = {}
        for reason in page.reasons(quads):
            if reason.fact:
                reasons.setdefault(reason.statement.predicate.value, []).append(reason)
        found += [Incoming(subject, predicate, tuple(told), via) for predicate, told in reasons.items()]
        if via is None and not page.headings.acting.isdisjoint(reasons):
            acting.append(subject)
    yield from sorted(found, key=lambda one: place(one.reasons[0]))
    for subject in acting:
        yield from incoming(page, subject, page.name(subject))


def _section(page: Page, heading: str, order: float, pointing: Sequence[Incoming]) -> Section:
    """What points at a thing under one heading: what joins others and what is dated as rows, the rest as values."""
    joined: list[Joined] = []
    dated: list[tuple[Value, Row]] = []
    values: list[tuple[Value, Row]] = []
    for one in pointing:
        value = page.thing(one.subject)
        if page.headings.joins(page.types(one.subject)):
            joined.append(_joined(page, one))
            continue
        because = join(page, [*one.reasons, *page.reasons_of_dates(one.subject)])
        row = Row((_when(value), (value._replace(dated=None),)), because, one.via)
        (dated if value.dated else values).append((value, row))
    kinds: dict[frozenset[str], list[Joined]] = {}
    for told in joined:
        kinds.setdefault(page.headings.joining(page.types(told.pointing.subject)), []).append(told)
    tables = [block for alike in kinds.values() for block in _tables(page, alike)]
    blocks = [*tables, *_lists(dated, values)]
    numbers = charts.numbers(number for number in (number_of(page, one.pointing.subject) for one in joined) if number)
    count = len({one.subject for one in pointing})
    return Section(heading, page.anchor(heading), order, count, tuple(blocks), numbers)


def _lists(dated: Sequence[tuple[Value, Row]], undated: Sequence[tuple[Value, Row]]) -> Iterator[Block]:
    """Things by date, those without one last; where none has a date, without that column and alike ones together."""
    if dated:
        rows = [row for _, row in sorted(dated, key=lambda pair: _day(pair[0]))]
        yield Block("", ("When", "What"), (*rows, *(row for _, row in undated)))
        return
    alike: dict[tuple[object, ...], list[Row]] = {}
    for _, row in undated:
        alike.setdefault((row.because.basis, row.because.note, row.because.quotes, row.via), []).append(row)
    few = []
    for same in alike.values():
        values = tuple(row.cells[1][0] for row in same)
        if len(same) >= ALIKE:
            yield Block("", entries=(Entry(values, same[0].because),))
        else:
            few.append(Row((values,), same[0].because, same[0].via))
    if few:
        yield Block("", ("What",), tuple(few))


def _when(value: Value) -> tuple[Value, ...]:
    return (Value("", None, value.dated),) if value.dated else ()


def _day(value: Value) -> tuple[bool, tuple[int, int, int]]:
    return (False, value.dated.earliest) if value.dated and value.dated.earliest else (True, (0, 0, 0))


class Joined(NamedTuple):
    """A thing that only joins others: what points at the page's thing, and what it says beside, by property."""

    pointing: Incoming
    cells: Mapping[str, tuple[Value, ...]]
    reasons: Mapping[str, list[Reason]]

    def row(self, page: Page, columns: Sequence[str]) -> Row:
        """The row of what it says by some properties, with the words of these alone; its name where it says none."""
        told = [reason for column in columns for reason in self.reasons.get(column, ())]
        cells = tuple(self.cells.get(column, ()) for column in columns)
        if not any(cells):
            cells = ((Value("", page.name(self.pointing.subject)),), *cells[1:])
        return Row(cells, join(page, [*self.pointing.reasons, *told]), self.pointing.via)


def _joined(page: Page, one: Incoming) -> Joined:
    """What a thing that only joins others says beside what it was found by."""
    reasons = [
        reason
        for reason in page.told(one.subject)
        if reason.fact
        and reason.basis != "reference"
        and reason.statement.predicate.value not in NAMING | HIDDEN | page.headings.aside
        and reason not in one.reasons
    ]
    cells: dict[str, tuple[Value, ...]] = {}
    why: dict[str, list[Reason]] = {}
    for reason in sorted(reasons, key=place):
        predicate = reason.statement.predicate.value
        why.setdefault(page.headings.qualifying.get(predicate, predicate), []).append(reason)
        if predicate == page.date:
            cells[predicate] = _when(page.thing(one.subject))
            continue
        term = reason.statement.object
        if text_of(term) in page.headings.unsaid:
            continue
        value = page.value(term)._replace(dated=None)
        if not value.name or page.is_concept(term):  # leads to the thing that the row tells of
            value = Value(_text(value), page.name(one.subject))
        if value not in cells.get(predicate, ()):
            cells[predicate] = (*cells.get(predicate, ()), value)
    for qualifier, qualified in page.headings.qualifying.items():
        if qualified in cells:
            said = " ".join(map(_text, cells.pop(qualifier, ())))
            cells[qualified] = tuple(v._replace(text=f"{said} {v.text}".strip()) for v in cells[qualified])
        else:
            cells.pop(qualifier, None)
    return Joined(one, cells, why)


def _tables(page: Page, joined: Sequence[Joined]) -> Iterator[Block]:
    """Rows with the columns that any of them has; those of the same words that are alike, as lists."""
    if not joined:
        return
    filled = Counter(term for one in joined for term in one.cells)
    columns = sorted(filled, key=lambda term: (page.headings.order((term,)), page.headings.forward(term)))
    if len(columns) > COLUMNS:  # what few rows have is told on the pages of their things
        columns = [term for term in columns if 2 * filled[term] > len(joined)][:COLUMNS]
    rows = [one.row(page, columns) for one in joined]
    alike: dict[object, list[Row]] = {}
    for row in rows:
        rest = tuple(tuple(_text(value) for value in cell) for cell in row.cells[1:])
        alike.setdefault((rest, row.because.quotes, row.via), []).append(row)
    told = []
    for same in alike.values():
        if len(same) >= ALIKE and len(columns) > 1 and columns[0] != page.date:
            label = capital(" · ".join(_text(value) for cell in same[0].cells[1:] for value in cell))
            firsts = tuple(value for row in same for value in row.cells[0])
            yield Block(label, entries=(Entry(firsts, same[0].because),))
        else:
            told += same
    if columns[:1] == [page.date]:
        told.sort(key=lambda row: _day(row.cells[0][0]) if row.cells[0] else (True, (0, 0, 0)))
    if told:
        heads = ("When" if term == page.date else page.headings.forward(term) for term in columns)
        yield Block("", tuple(heads), tuple(told))


def _text(value: Value) -> str:
    return value.text or (value.name.label if value.name else "")


def join(page: Page, reasons: Iterable[Reason]) -> Because:
    """Several reasons as one: the basis of the weakest and all notes, but for dates, which have their own; and the
    words of all, none within others.
    """
    every = list(reasons)
    own = [reason for reason in every if reason.statement.predicate.value != page.date]
    told = [page.because(reason) for reason in own or every]
    weakest = max(told, key=lambda one: ORDER.index(one.basis))
    quotes = {quote.href: quote for reason in every for quote in page.because(reason).quotes}
    spans = {href: (quote.source, *(iris.offsets(href) or (0, 0))) for href, quote in quotes.items()}
    kept = [
        quotes[href]
        for href, (source, start, end) in sorted(spans.items(), key=lambda item: item[1])
        if not any(
            source == other and begin <= start and end <= stop and (begin, stop) != (start, end)
            for other, begin, stop in spans.values()
        )
    ]
    notes = " ".join(dict.fromkeys(one.note for one in told if one.note))
    return Because(weakest.basis, weakest.said, notes, "", tuple(kept), told[0].href)


ORDER = ("stated", "table", "layout", "inferred", "reference", "ontology", "build")  # of bases, the strongest first


def number_of(page: Page, iri: str) -> charts.Number | None:
    """The number that a thing gives, where it is one, with what kind it is: the concepts beside it."""
    found: set[float] = set()
    kinds: set[str] = set()
    signs: set[str] = set()
    for reason in page.told(iri):
        predicate, term = reason.statement.predicate.value, reason.statement.object
        if not reason.fact or predicate in NAMING | HIDDEN | page.headings.aside:
            continue
        if getattr(getattr(term, "datatype", None), "value", "") in NUMBERS:
            found.add(float(text_of(term)))
        elif page.is_concept(term) and text_of(term) not in page.headings.unsaid:
            (signs if predicate in page.headings.qualifying else kinds).add(text_of(term))
    if len(found) != 1:
        return None
    kind = ", ".join(sorted(page.name(concept).label for concept in kinds))
    return charts.Number(found.pop(), "".join(map(page.notation, signs)), kind, page.dated(iri), page.name(iri))
