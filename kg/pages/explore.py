"""Explore: lists of things that facets narrow."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import NamedTuple
from urllib.parse import urlencode

from kg.errors import QueryError, nearest
from kg.pages.files import segment
from kg.pages.model import BASES, KINDS, Because, Dated, Name
from kg.pages.page import Page
from kg.pages.render import show, title_of
from kg.query.opened import Opened
from kg.rdf import iris
from kg.rdf.terms import SCHEMA
from kg.release import search
from kg.release.search import FACETS, ORDERS, Wanted

ROWS = 50  # of a page
MOST_CHOICES = 200  # of a facet
HEADINGS = {"kind": "Kind", "year": "Year", "place": "Place", "source": "Source", "basis": "How its words support it"}


class Choice(NamedTuple):
    """A value by which a list can be narrowed: its label, how many things have it, where it leads, and if it is chosen;
    one that is chosen leads back to the list without it."""

    label: str
    things: int
    href: str
    chosen: bool


class Facet(NamedTuple):
    """What a list can be narrowed by: a heading with its choices."""

    heading: str
    choices: tuple[Choice, ...]


class Row(NamedTuple):
    """A thing of a list: its name, slug, kind, date, status, and the words that tell of it first."""

    name: Name
    slug: str
    kind: str
    dated: Dated | None
    status: str
    because: Because | None


class Asked(NamedTuple):
    """A list as its address asks for it: values of FACETS as addresses have them, words, order, the page's number."""

    facets: Mapping[str, str]
    text: str = ""
    order: str = "statements"
    page: int = 1


def explore_href(root: str, facets: Mapping[str, str], text: str = "", order: str = "", page: int = 1) -> str:
    """The address of a list."""
    fields = {
        **facets,
        "q": text.strip(),
        "sort": "" if order == "statements" else order,
        "page": page if page > 1 else "",
    }
    given = urlencode({key: value for key, value in fields.items() if value})
    return f"{root}explore{f'?{given}' if given else ''}"


def wanted(page: Page, asked: Asked) -> Wanted:
    """What a list has, by the values that the index knows; QueryError where the graph has no such value."""
    found = {}
    for facet in FACETS:
        if given := asked.facets.get(facet, ""):
            known = _values(page, facet)
            if given not in known:
                what = HEADINGS[facet].lower() if facet != "basis" else "basis"
                raise QueryError(f"nothing here is of the {what} {given[:60]!r}{nearest(given[:60], known)}")
            found[facet] = known[given]
    return Wanted(found, asked.text)


def _values(page: Page, facet: str) -> dict[str, str]:
    """The values of a facet as the index has them, by those of addresses: a kind by its label, a place by its slug."""
    known = page.opened.facets
    if facet not in known:
        known[facet] = _read_values(page, facet)
    return known[facet]


def _read_values(page: Page, facet: str) -> dict[str, str]:
    every = [value for value, _ in page.opened.choices(facet)]
    if facet == "kind":
        return {_kind(page, iri): iri for iri in reversed(every) if _kind(page, iri)}
    if facet == "place":
        return {iris.slug(page.base, iri): iri for iri in every}
    return dict(zip(every, every, strict=True))


def kinds(page: Page) -> dict[str, Choice]:
    """The kinds of things, with how many there are of each and where their list is."""
    things = dict(page.opened.choices("kind"))
    return {
        word: Choice(word, things[iri], explore_href(page.root, {"kind": word}), False)
        for word, iri in _values(page, "kind").items()
    }


def _kind(page: Page, iri: str) -> str:
    """What people call a class; "" for one that has no word, such as those of other vocabularies above it."""
    if found := page.named(iri):
        return found[0]
    return KINDS.get(iri, "") if iri.startswith(SCHEMA) else ""


def explore_page(opened: Opened, root: str, asked: Asked | None = None) -> bytes:
    """A list of things, with what it can be narrowed by."""
    asked = asked or Asked({})
    page = Page(opened, root)
    list_ = wanted(page, asked)
    key = "things", *list_.facets.items(), *list_[1:]
    total = opened.once(key, lambda: search.number_of(opened.index, list_))
    hits = search.listed(opened.index, list_, asked.order, ROWS, (asked.page - 1) * ROWS)
    pages = max(1, -(-total // ROWS))
    return show(
        "explore",
        opened,
        root,
        _title(page, asked, total),
        place="explore",
        asked=asked,
        total=total,
        pages=pages,
        facets=[facet for name in FACETS if _narrows(facet := _facet(page, name, asked, list_), total)],
        rows=[opened.once(("row", root, hit.iri), partial(_row, page, hit)) for hit in hits],
        orders=[
            (words, explore_href(root, asked.facets, asked.text, order), order == asked.order)
            for order, words in zip(ORDERS, ("most connected", "name", "date"), strict=True)
        ],
        before=explore_href(root, asked.facets, asked.text, asked.order, asked.page - 1) if asked.page > 1 else "",
        after=explore_href(root, asked.facets, asked.text, asked.order, asked.page + 1) if asked.page < pages else "",
        iri=f"{opened.base}explore" if asked == Asked({}) else "",
    )


def list_addresses(opened: Opened) -> Iterator[str]:
    """The addresses of the lists of things that one facet narrows, or none, where they are files; but the first, which
    has an address of its own. The same pages of all lists come together, since much the same things stand on them.
    """
    page = Page(opened, "")
    lists = {"explore": opened.things}
    for facet in FACETS:
        numbers = dict(opened.choices(facet))
        for value, known in _values(page, facet).items():
            if facet == "kind" or numbers[known] < opened.things:  # else it is the list of all
                lists[f"explore/{facet}/{segment(value)}"] = numbers[known]
    for number in range(1, -(-max(lists.values()) // ROWS) + 1):
        for address, things in lists.items():
            if (number - 1) * ROWS < things and (number, address) != (1, "explore"):
                yield f"{address}/{number}" if number > 1 else address


def list_page(opened: Opened, root: str, iri: str) -> bytes:
    """A list of things at one of `list_addresses`; KeyError where there is none."""
    parts = iri.removeprefix(f"{opened.base}explore/").split("/")
    if len(parts) == 1:
        return explore_page(opened, root, Asked({}, page=int(parts[0])))
    facet, value, number = (*parts, "1")[:3]
    values = {segment(value): value for value in _values(Page(opened, root), facet)}
    return explore_page(opened, root, Asked({facet: values[value]}, page=int(number)))


def _title(page: Page, asked: Asked, total: int) -> str:
    """A list as a heading: "18 events of 2003"."""
    number = f"{total:,} {asked.facets.get('kind') or 'thing'}{'' if total == 1 else 's'}"
    if (kind := asked.facets.get("kind", "")) and total != 1:
        number = f"{total:,} {plural(kind)}"
    place = asked.facets.get("place", "")
    name = page.name(iris.entity(page.base, place)).label if place else ""
    year = asked.facets.get("year", "")
    parts = (f"of {year}" if year else "", f"in {name}" if name else "", f"with “{asked.text}”" if asked.text else "")
    return " ".join(filter(None, (number, *parts)))


def plural(word: str) -> str:
    """The plural of an English word.

    >>> plural("country"), plural("treaty action"), plural("person"), plural("day")
    ('countries', 'treaty actions', 'people', 'days')
    """
    if word == "person":
        return "people"
    if word.endswith("y") and word[-2:-1] not in tuple("aeiou"):
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "ch", "sh")) else f"{word}s"


def _facet(page: Page, name: str, asked: Asked, list_: Wanted) -> Facet:
    addresses = {value: address for address, value in _values(page, name).items()}
    found = []
    # Where lists are files, there are those of one facet: a choice takes the place of the one before.
    static = page.opened.static
    whole = static or list_ == Wanted({})
    every = page.opened.things if static and name != "kind" else 0
    values = page.opened.choices(name) if whole else search.choices(page.opened.index, name, list_, MOST_CHOICES)
    for value, things in values[:MOST_CHOICES]:
        address = addresses.get(value)
        if address is None:
            continue
        chosen = asked.facets.get(name) == address
        others = {key: given for key, given in asked.facets.items() if key != name and not static}
        narrowed = others if chosen or things == every else {**others, name: address}
        href = explore_href(page.root, narrowed, asked.text, asked.order)
        found.append(Choice(_label(page, name, value, address), things, href, chosen))
    if name == "year":
        found.sort(key=lambda choice: int(choice.label))
    return Facet(HEADINGS[name], tuple(found))


def _narrows(facet: Facet, total: int) -> bool:
    """Whether a facet has a choice that makes a list another one."""
    return any(choice.chosen or choice.things != total for choice in facet.choices)


def _label(page: Page, facet: str, value: str, address: str) -> str:
    if facet == "place":
        return page.name(value).label
    if facet == "source":
        return title_of(page, value)
    return BASES[value] or value if facet == "basis" else address


def _row(page: Page, hit: search.Hit) -> Row:
    reasons = [r for r in page.told(hit.iri) if r.fact and r.words]
    first = min(
        reasons, key=lambda reason: (reason.basis != "stated", iris.offsets(reason.words[-1].passage)), default=None
    )
    kind = next((word for type_ in hit.types if (word := _kind(page, type_))), "")
    return Row(
        page.name(hit.iri),
        iris.slug(page.base, hit.iri),
        kind,
        page.dated(hit.iri),
        page.status(hit.iri),
        page.because(first) if first else None,
    )
