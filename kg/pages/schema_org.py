"""schema.org: what search engines read of a page, as JSON-LD: what the page shows, no more."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyoxigraph as px

from kg.pages.page import Page
from kg.query.opened import Opened
from kg.query.why import Reason, Words
from kg.rdf import iris
from kg.rdf.edtf import iso_ends
from kg.rdf.terms import EDTF, SAME, SCHEMA, TYPE, Term, text_of
from kg.release import search

CONTEXT = "https://schema.org"


LONGEST = 300  # characters of a description


_NAMES = frozenset(SCHEMA + name for name in ("name", "alternateName", "description"))


_END = re.compile(r"[.!?][”\"’)]*(?=\s|$)|\n\s*\n")
_BREAK = re.compile(rf"{_END.pattern}|^[^\n]{{1,40}}\n(?=[“\"‘(]*[A-Z])", re.MULTILINE)  # the latter ends a heading


def of_thing(
    page: Page, iri: str, reasons: Iterable[Reason], hit: search.Hit | None, description: str
) -> dict[str, Any]:
    """A thing with its names, its dates, and what it says in the words of schema.org."""
    types = [type_.removeprefix(SCHEMA) for type_ in page.types(iri) if type_.startswith(SCHEMA)]
    found: dict[str, Any] = {"@context": CONTEXT, "@id": iri, "@type": types or ["Thing"]}
    found["name"] = hit.label if hit else page.name(iri).label
    if hit and hit.others:
        found["alternateName"] = list(hit.others)
    if description:
        found["description"] = description
    said: dict[str, list[Any]] = {}
    for reason in reasons:
        predicate, value = reason.statement.predicate.value, reason.statement.object
        if predicate in SAME:
            said.setdefault("sameAs", []).append(text_of(value))
        elif predicate == page.date and "Event" in types:
            for name, day in zip(("startDate", "endDate"), iso_ends(text_of(value)), strict=True):
                said.setdefault(name, []).append(day)
        elif predicate.startswith(SCHEMA) and predicate not in _NAMES:
            said.setdefault(predicate.removeprefix(SCHEMA), []).extend(_value(page, value))
    for name, values in said.items():
        once = [value for number, value in enumerate(values) if value and value not in values[:number]]
        if once:
            found[name] = once[0] if len(once) == 1 else once
    return found


def _value(page: Page, term: Any) -> list[Any]:
    """A value: a thing by its name, a text; a date only where it is exactly known."""
    if isinstance(term, px.NamedNode):
        types = [type_.removeprefix(SCHEMA) for type_ in page.types(term.value) if type_.startswith(SCHEMA)]
        return [{"@type": types or ["Thing"], "@id": term.value, "name": page.name(term.value).label}]
    if isinstance(term, px.Literal) and term.datatype.value == EDTF:
        return [day for day in iso_ends(term.value)[:1] if day]
    return [text_of(term)]


def description(page: Page, name: str, words: Sequence[Words], kind: str) -> str:
    """A whole sentence of a source that speaks of a thing, or else what kind of thing it is.

    Half a sentence is never given, nor one that is too long for a preview.
    """
    for quoted in words:
        if not (span := iris.offsets(quoted.passage)):  # the row of a table, which is no sentence
            continue
        sentence = _sentence(page.text(quoted.source), *span)
        if sentence and len(sentence) <= LONGEST:
            return f"“{sentence}”"
    manifest = page.opened.release.manifest
    return f"{name}: {kind or 'a thing'} in “{manifest['title'] or manifest['base']}”."


def _sentence(text: str, start: int, end: int) -> str:
    """The sentence of a text in which the characters [start, end) stand; "" where it does not begin and end as one.

    >>> _sentence("It began. In 1995, some NGOs met. It grew.", 18, 27)
    'In 1995, some NGOs met.'
    >>> _sentence("a list of words", 2, 6)
    ''
    """
    ends = [found.end() for found in _BREAK.finditer(text[: start + 1])]
    begin = ends[-1] if ends else 0
    last = _END.search(text, max(end - 1, begin))
    sentence = text[begin : last.end() if last else len(text)].strip()
    whole = re.match(r"[“\"‘(]*[A-Z0-9]", sentence) and re.search(r"[.!?][”\"’)]*$", sentence)
    return " ".join(sentence.split()) if whole and "\n\n" not in sentence else ""


def of_dataset(opened: Opened) -> dict[str, Any]:
    """The dataset as its description has it (`void.ttl`), with distributions and those who made it."""
    nodes: dict[str, dict[str, list[Any]]] = {}
    for quad in opened.turtle("void.ttl"):
        node = nodes.setdefault(text_of(quad.subject), {})
        if quad.predicate == TYPE and text_of(quad.object).startswith(SCHEMA):
            node.setdefault("@type", []).append(px.Literal(text_of(quad.object).removeprefix(SCHEMA)))
        elif quad.predicate.value.startswith(SCHEMA):
            node.setdefault(quad.predicate.value.removeprefix(SCHEMA), []).append(quad.object)
    return {"@context": CONTEXT, **_node(iris.dataset(opened.base), nodes)}


def _node(iri: str, nodes: Mapping[str, Mapping[str, Sequence[Term]]]) -> dict[str, Any]:
    """A thing with what is said of it, and the things that it names within it."""

    def written(value: Term) -> Any:
        known = isinstance(value, px.NamedNode) and nodes.get(value.value)
        return _node(text_of(value), nodes) if known else text_of(value)

    found: dict[str, Any] = {"@id": iri}
    for name, values in nodes[iri].items():
        found[name] = written(values[0]) if len(values) == 1 else [written(value) for value in values]
    return found
