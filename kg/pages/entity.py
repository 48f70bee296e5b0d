"""Entity: the page of a thing."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from kg.pages import charts
from kg.pages.model import HIDDEN, NAMING, Group, Name, Value, place
from kg.pages.page import Page
from kg.pages.render import alternates, escaped, show
from kg.pages.schema_org import description, of_thing
from kg.pages.sections import Row, Section, sections
from kg.query.opened import Opened
from kg.query.why import Reason
from kg.rdf import iris
from kg.release import search

GLANCE = 5  # properties in the first lines of a page
SHORT = 40  # letters of a value there


class Glance(NamedTuple):
    """A property in the first lines of a page: its first values, how many more there are, and where they stand."""

    heading: str
    anchor: str
    values: tuple[Value, ...]
    more: int


class Thing(NamedTuple):
    """What is told of a thing: what it says itself, what others say of it, its names, and what curators and build add.

    `before` and `after` are the sections that come before and after the thing's own facts; `statements` is how many.
    """

    name: Name
    types: tuple[Name, ...]
    others: tuple[str, ...]
    groups: tuple[Group, ...]
    names: tuple[Group, ...]
    before: tuple[Section, ...]
    after: tuple[Section, ...]
    reference: tuple[Group, ...]
    follows: tuple[Group, ...]
    statements: int
    sources: tuple[str, ...]


def thing(page: Page, iri: str) -> Thing:
    """What is told of a thing, each statement with its words."""
    return _thing(page, iri, *_said(page, iri), search.things(page.opened.index, [iri]).get(iri))


def _said(page: Page, iri: str) -> tuple[list[Reason], list[Reason]]:
    """The reasons for what a thing says itself, and those of them that are the words of sources."""
    reasons = [r for r in page.told(iri) if r.statement.predicate.value not in HIDDEN]
    return reasons, [reason for reason in reasons if reason.fact and reason.basis != "reference"]


def _thing(page: Page, iri: str, reasons: Sequence[Reason], stated: Sequence[Reason], hit: search.Hit | None) -> Thing:
    told = sections(page, iri)
    return Thing(
        page.name(iri),
        tuple(page.name(type_) for type_ in (hit.types if hit else page.types(iri))[:1]),
        tuple(hit.others) if hit else (),
        page.groups(r for r in stated if r.statement.predicate.value not in NAMING),
        page.groups(r for r in stated if r.statement.predicate.value in NAMING),
        tuple(section for section in told if section.order < FACTS),
        tuple(section for section in told if section.order >= FACTS),
        page.groups(r for r in reasons if r.basis == "reference"),
        page.groups(r for r in reasons if not r.fact),
        len(stated) + sum(section.things for section in told),
        tuple(sorted({words.source for reason in stated for words in reason.words})),
    )


def entity_page(opened: Opened, root: str, iri: str) -> bytes:
    """The page of a thing: what it says, what others say of it, each with its words."""
    page = Page(opened, root)
    reasons, stated = _said(page, iri)
    hit = search.things(opened.index, [iri]).get(iri)
    told = _thing(page, iri, reasons, stated, hit)
    words = [words for reason in sorted(stated, key=place) for words in reason.words[-1:]]
    described = description(page, told.name.label, words, told.types[0].label if told.types else "")
    every = (*told.before, *told.after)
    return show(
        "entity",
        opened,
        root,
        told.name.label,
        description=described,
        thing=told,
        slug=escaped(iris.slug(opened.base, iri)),
        glance=glance_of(page, iri, told),
        connections=charts.connections(told.name.label, _pointing(page.base, every), _sides(page.base, told.groups)),
        iri=iri,
        alternates=alternates(iris.local(iri)),
        data=of_thing(page, iri, reasons, hit, described),
        ask=f"DESCRIBE <{iri}>",
    )


FACTS = 40.0  # the place of what a thing says itself among what others say of it, as by `kg:order`


def glance_of(page: Page, iri: str, told: Thing) -> list[Glance]:
    """At most five properties: those that the vocabulary names for a class, or else what is said in one short value."""
    groups = told.groups
    own = {group.label: group for group in groups}
    others = {section.heading: section for section in (*told.before, *told.after)}
    wanted = page.headings.glance(page.types(iri))
    if not wanted:
        short = [group for group in groups if sum(len(e.values) for e in group.entries) == 1]
        return [_of_group(group) for group in short if len(_text(group.entries[0].values[0])) <= SHORT][:GLANCE]
    found: dict[str, Glance] = {}
    for term in wanted:
        forward, inverse = page.headings.forward(term), page.headings.inverse(term, ())[0]
        if forward in own:
            found.setdefault(forward, _of_group(own[forward]))
        elif inverse in others:
            found.setdefault(inverse, _of_section(others[inverse]))
    every = list(found.values()) or [_of_section(section) for section in (*told.before, *told.after)]
    return every[:GLANCE]


def _of_group(group: Group) -> Glance:
    values = [value for entry in group.entries for value in entry.values]
    return _of_values(group.label, group.anchor, values)


def _of_section(section: Section) -> Glance:
    if section.numbers:
        first, last = section.numbers.first, section.numbers.last
        told = " → ".join(f"{one.text} ({one.dated.text})" for one in (first, last) if one.dated)
        told += "".join(f"; {one.text}, no date given" for one in section.numbers.undated)
        return Glance(section.heading, section.anchor, (Value(told),), 0)
    values = [_first(row) for block in section.blocks for row in block.rows]
    values += [value for block in section.blocks for entry in block.entries for value in entry.values]
    return _of_values(section.heading, section.anchor, values)


def _first(row: Row) -> Value:
    """What a row tells of: its first thing, before what its cells say in words of their own."""
    named = [value for cell in row.cells for value in cell if value.name]
    return next((value for value in named if not value.text), named[0] if named else Value(""))


def _of_values(heading: str, anchor: str, values: Sequence[Value]) -> Glance:
    told = list(dict.fromkeys(value._replace(dated=None) if value.name else value for value in values))
    shown = told[:1] if len(told) > 2 or sum(len(_text(value)) for value in told) > SHORT else told
    return Glance(heading, anchor, tuple(shown), len(told) - len(shown))


def _text(value: Value) -> str:
    return value.text or (value.name.label if value.name else "") or (value.dated.text if value.dated else "")


def _sides(base: str, groups: Iterable[Group]) -> dict[str, list[Name]]:
    """The things by property, for the diagram of connections."""
    found: dict[str, list[Name]] = {}
    for group in groups:
        if things := _things(base, (value for entry in group.entries for value in entry.values)):
            found[group.label] = things
    return found


def _pointing(base: str, told: Iterable[Section]) -> dict[str, list[Name]]:
    """The things by heading, for the diagram of connections."""
    found: dict[str, list[Name]] = {}
    for section in told:
        values = [_first(row) for block in section.blocks for row in block.rows] + [
            value for block in section.blocks for entry in block.entries for value in entry.values
        ]
        if things := _things(base, values):
            found[section.heading] = things
    return found


def _things(base: str, values: Iterable[Value]) -> list[Name]:
    """The things among values, each once; concepts and what is elsewhere are none."""
    return list(dict.fromkeys(value.name for value in values if value.name and iris.is_entity(base, value.name.iri)))
