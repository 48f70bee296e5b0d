"""Plain: a thing as plain text, for terminals and for programs that read text: what its page tells, with the words."""

import re
from collections.abc import Iterator, Sequence

from kg.pages.entity import thing
from kg.pages.model import Because, Group, Value
from kg.pages.page import Page
from kg.pages.sections import Block, Row, Section
from kg.query.opened import Opened
from kg.rdf import iris


def plain_thing(opened: Opened, iri: str, most: int = 0) -> Iterator[str]:
    """The lines that tell of a thing: name and kind, sections with their words, facts, names, what is elsewhere.

    `most` is how many rows of a section are told, 0 for all.
    """
    told = thing(Page(opened, opened.base), iri)
    kind = ", ".join(name.label for name in told.types) or "thing"
    yield f"{told.name.label} ({iris.slug(opened.base, iri)}), {kind}"
    if told.others:
        yield f"also {', '.join(told.others)}"
    for section in told.before:
        yield from _section(section, most)
    yield from _groups("Facts", told.groups)
    for section in told.after:
        yield from _section(section, most)
    yield from _groups("Elsewhere (reference data)", told.reference)


def _section(section: Section, most: int) -> Iterator[str]:
    yield ""
    yield f"{section.heading} ({section.things})"
    for block in section.blocks:
        yield from _block(block, most)


def _block(block: Block, most: int) -> Iterator[str]:
    said: Sequence[object] = ()
    rows = block.rows[: most or None]
    for row in rows:
        yield f"  {_cells(block, row)}{f'  ({row.via.label})' if row.via else ''}"
        yield from words(row.because, same=bool(said) and row.because.quotes == said)
        said = row.because.quotes
    if len(rows) < len(block.rows):
        yield f"  … and {len(block.rows) - len(rows)} more"
    for entry in block.entries:
        label = f"{block.label}: " if block.label else ""
        yield f"  {label}{', '.join(map(value, entry.values))}"
        yield from words(entry.because)


def _cells(block: Block, row: Row) -> str:
    pairs = zip(block.columns, row.cells, strict=True)
    cells = (_cell(column, ", ".join(map(value, cell))) for column, cell in pairs)
    return "  |  ".join(filter(None, cells))


def _cell(column: str, text: str) -> str:
    """A cell; a bare number with its column, and a date that is not there as that."""
    if column == "When":
        return text or "no date"
    return (
        f"{column.lower()} {text}" if re.fullmatch(r"[\d,]+", text) and column not in ("Number", "How many") else text
    )


def _groups(title: str, groups: Sequence[Group]) -> Iterator[str]:
    if not groups:
        return
    yield ""
    yield title
    for group in groups:
        for entry in group.entries:
            disagree = " (sources disagree)" if group.disagree else ""
            yield f"  {group.label}{disagree}: {', '.join(map(value, entry.values))}"
            yield from words(entry.because)


def value(told: Value) -> str:
    """A value as text: its name or text, its status and its date with where that comes from."""
    text = told.text or (told.name.label if told.name else "")
    status = f"({told.status})" if told.status else ""
    dated = told.dated
    date = f"{dated.text}{f' [{dated.because.said}]' if dated.because.said else ''}" if dated else ""
    return " ".join(filter(None, (text, status, date)))


def words(because: Because, *, same: bool = False) -> Iterator[str]:
    """The words that a statement rests on, and how they support it: a line each."""
    if same:
        yield "      the same words"
    elif because.quotes:
        yield f"      “{' … '.join(' '.join(quote.exact.split()) for quote in because.quotes)}”"
    if because.said and because.basis != "reference":
        yield f"      {because.said}{f': {because.note}' if because.note else ''}"
    if because.evidence:
        yield f"      {because.evidence}"
