"""Entity: the page of a thing."""

from collections.abc import Iterable, Sequence

from kg.pages import charts
from kg.pages.model import HIDDEN, NUMBERS, Dated, Group, Name, Page, Value, place
from kg.pages.render import alternates, show
from kg.pages.schema_org import description, of_thing
from kg.query import resource
from kg.query.opened import Opened
from kg.rdf import iris
from kg.rdf.terms import text_of
from kg.release import search


def entity_page(opened: Opened, root: str, iri: str) -> bytes:
    """The page of a thing: what it says, what others say of it, each with its words."""
    page = Page(opened, root)
    reasons = [r for r in page.reasons(opened.dataset.about(iri)) if r.statement.predicate.value not in HIDDEN]
    stated = [reason for reason in reasons if reason.fact and reason.basis != "reference"]
    groups = tuple(sorted(page.groups(stated), key=lambda group: group.label in _NAMES))
    mentions = _mentions(page, iri)
    hit = search.things(opened.index, [iri]).get(iri)
    name = page.name(iri)
    dated = [(n, d) for n, d in related(groups, mentions) if n.iri != iri]
    own = page.dated(iri)
    stem = iris.local(iri)
    words = [words for reason in sorted(stated, key=place) for words in reason.words[-1:]]
    types = [page.name(type_) for type_ in (hit.types if hit else page.types(iri))[:1]]
    described = description(page, name.label, words, types[0].label if types else "")
    return show(
        "entity",
        opened,
        root,
        name.label,
        description=described,
        name=name,
        types=types,
        others=hit.others if hit else (),
        dated=own,
        glance=_glance(groups),
        groups=groups,
        mentions=mentions,
        reference=page.groups(r for r in reasons if r.basis == "reference"),
        follows=page.groups(r for r in reasons if not r.fact),
        words=len({quote.href for group in groups for e in group.entries for quote in e.because.quotes}),
        count=len(stated),
        steps=charts.steps(_numbers(page, mentions)),
        connections=charts.connections(name.label, _sides(mentions), _sides(groups)),
        dates=sorted(dated, key=lambda pair: (pair[1].earliest or (9999, 1, 1), pair[0].label)),
        iri=iri,
        alternates=alternates(stem),
        data=of_thing(page, iri, reasons, hit, described),
        ask=f"DESCRIBE <{iri}>",
    )


_NAMES = ("name", "other name", "type")  # in the head of the page already, and so last in its table


def _mentions(page: Page, iri: str) -> tuple[Group, ...]:
    """What other things say of a thing."""
    quads = []
    for subject in sorted({text_of(quad.subject) for quad in resource.incoming(page.opened.store, iri)}):
        if iris.is_entity(page.base, subject):
            quads += [q for q in page.opened.dataset.about(subject) if text_of(q.object) == iri and subject != iri]
    return page.groups((reason for reason in page.reasons(quads) if reason.fact), of="subject")


def related(*sides: Sequence[Group]) -> Iterable[tuple[Name, Dated]]:
    """The dated things among what a page names, each once."""
    seen = set()
    for value in (value for side in sides for group in side for entry in group.entries for value in entry.values):
        if value.name and value.dated and value.name.iri not in seen:
            seen.add(value.name.iri)
            yield value.name, value.dated


def _glance(groups: Sequence[Group]) -> list[tuple[Group, Value]]:
    """At most five properties that are said in one short value; each leads to where its words stand."""
    found = []
    for group in groups:
        values = [value for entry in group.entries for value in entry.values]
        text = values[0].text or (values[0].name.label if values[0].name else "")
        if len(values) == 1 and len(text) <= 40 and group.label not in _NAMES:
            found.append((group, values[0]))
    return found[:5]


def _sides(groups: Sequence[Group]) -> dict[str, list[Name]]:
    """The things by property, for the diagram of connections."""
    found: dict[str, list[Name]] = {}
    for group in groups:
        things = [
            value.name for entry in group.entries for value in entry.values if value.name and group.label != "type"
        ]
        if things:
            found[group.label] = list(dict.fromkeys(things))
    return found


def _numbers(page: Page, mentions: Sequence[Group]) -> list[charts.Number]:
    """The dated numbers that other things give for one: of those with one number each, of the most frequent kind."""
    kinds: dict[tuple[str, ...], list[charts.Number]] = {}
    for name, dated in related(mentions, ()):
        quads = page.opened.dataset.about(name.iri)
        numbers = {
            text_of(q.object) for q in quads if getattr(getattr(q.object, "datatype", None), "value", "") in NUMBERS
        }
        concepts = sorted(
            text_of(q.object)
            for q in quads
            if not text_of(q.graph_name)
            and q.predicate.value != iris.ontology(page.base) + "bound"  # "more than" is no other kind
            and q.predicate.value.startswith(iris.ontology(page.base))
            and page.is_concept(q.object)
        )
        if len(numbers) == 1:
            kinds.setdefault(tuple(concepts), []).append(
                (dated.earliest, float(numbers.pop()), name.label, name, dated.text)
            )
    return max(kinds.values(), key=len, default=[])
