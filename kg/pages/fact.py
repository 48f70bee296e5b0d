"""Fact: the page of a fact with its evidence."""

import re
from collections.abc import Sequence

from kg.pages.page import Page
from kg.pages.render import alternates, escaped, show, title_of
from kg.pages.source import facts_told
from kg.query.citation import STYLES, as_text, citations
from kg.query.differences import key
from kg.query.opened import Opened
from kg.rdf import iris
from kg.rdf.terms import PROV, text_of
from kg.release.reader import read_json

_STYLES = {"bibtex": "BibTeX", "ris": "RIS", "csl": "CSL-JSON"}


READ = 5_000_000  # bytes of the places of facts, beyond which a page does not look its place up


def report_href(opened: Opened, iri: str, title: str, quotes: Sequence[str]) -> str:
    """The address at which a reader reports a mistake in a fact, filled in with what it is; "" where there is none."""
    place = opened.release.manifest.get("report", "")
    if not place:
        return ""
    places = opened.release.path / "locations.json"
    known = read_json(places) if places.stat().st_size < READ else {}
    file, line, _ = known.get(iri, ["", 0, 0])
    lines = (iri, f"release {opened.name}", f"{file}:{line}" if file else "", *(f"“{quote}”" for quote in quotes))
    said = {"title": escaped(title), "body": escaped("\n".join((*filter(None, lines), "", "What is wrong: ")))}
    if place.startswith("mailto:") and "{" not in place:
        return f"{place}?subject={said['title']}&body={said['body']}"
    return re.sub(r"\{(title|body)\}", lambda found: said[found[1]], place)


def _since(opened: Opened, iri: str) -> tuple[str, str]:
    """The release since which what a fact says stands as a whole, and its date; "" where that is not known."""
    standing = opened.standing
    if not standing:
        return "", ""
    dates = dict(standing["releases"])
    order = list(dates)
    later = standing["statements"]  # than the first
    found = (later.get(key(quad.triple), order[0]) for quad in (opened.content(iri) if later else ()))
    release = max((name for name in found if name in dates), key=order.index, default=order[0])
    return release, dates[release]


def _earlier(opened: Opened, iri: str) -> list[tuple[str, str]]:
    """What the release before said in the place of what a fact says: properties and values."""
    changes = (
        one for one in opened.changes.get("changes", ()) if one["kind"] == "changed" and one["now"]["fact"] == iri
    )
    return [(one["before"]["property"]["text"], one["before"]["value"]["text"]) for one in changes]


def fact_page(opened: Opened, root: str, iri: str) -> bytes:
    """The page of a fact: what it says and the words it rests on."""
    page = Page(opened, root)
    said = {quad.predicate.value: text_of(quad.object) for quad in opened.dataset.about(iri)}
    told = list(facts_told(page, iri))
    title = f"A fact about {told[0].subject.label}" if told else "A fact"
    entries = [entry for one in told for group in one.groups for entry in group.entries]
    quotes = list(dict.fromkeys(quote for entry in entries for quote in entry.because.quotes))
    source = said.get(PROV + "wasDerivedFrom", "")
    cited = citations(opened.dataset, opened.release.manifest, opened.name, iri)
    return show(
        "fact",
        opened,
        root,
        title,
        told=told,
        source=page.name(source)._replace(label=title_of(page, iris.source_id(page.base, source))) if source else None,
        quotes=quotes,
        drafted=said.get(iris.ontology(page.base) + "draftedBy", ""),
        report=report_href(opened, iri, title, [quote.exact for quote in quotes]),
        cited=[(as_text(one), [(name, STYLES[style](one)) for style, name in _STYLES.items()]) for one in cited],
        since=_since(opened, iri),
        earlier=_earlier(opened, iri),
        iri=iri,
        alternates=alternates(iris.local(iri)),
    )
