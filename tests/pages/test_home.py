"""The first page: its numbers are those of the release, its countries those of the graph."""

import re

from kg.pages import catalogue
from kg.pages.home import COUNTRY, _countries
from kg.pages.model import Page
from kg.query.opened import Opened
from kg.rdf.terms import SCHEMA, text_of
from kg.release.nquads import load
from kg.release.reader import Release


def test_its_numbers_are_those_of_the_release(opened: Opened) -> None:
    text = catalogue.page(opened, "").decode()
    numbers = dict(re.findall(r"<div><dt>([^<]+)</dt><dd>([\d,]+)</dd></div>", text))
    assert numbers["facts"] == f"{opened.release.manifest['counts']['facts']:,}"
    query = "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?p a <https://schema.org/Person> }"
    (row,) = opened.store.query(query)  # type: ignore[misc]
    assert numbers["people"] == text_of(row["n"])


def test_its_countries_are_those_that_are_the_same_elsewhere(opened: Opened, release: Release) -> None:
    matches = {
        text_of(quad.object).removeprefix(COUNTRY): text_of(quad.subject)
        for quad in load(release.dataset)
        if quad.predicate.value == SCHEMA + "sameAs" and text_of(quad.object).startswith(COUNTRY)
    }
    assert {code: name.iri for code, name in _countries(Page(opened, "./")).items()} == matches
    assert len(matches) > 20
    text = catalogue.page(opened, "").decode()
    picture = text[text.index("picture world") : text.index("</svg>", text.index("picture world"))]
    for name in _countries(Page(opened, "./")).values():
        assert f"<title>{name.label}</title>" in picture


def test_what_most_statements_name_comes_first(opened: Opened) -> None:
    text = catalogue.page(opened, "").decode()
    degrees = [int(n) for n in re.findall(r'<span class="quiet">(\d+)</span></li>', text[text.index('id="first"') :])]
    assert len(degrees) == 20
    assert degrees == sorted(degrees, reverse=True)
