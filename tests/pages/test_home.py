"""The first page: its numbers are those of the release, its countries those of the graph."""

import re

from kg.pages import catalogue
from kg.pages.home import COUNTRY, _countries
from kg.pages.page import Page
from kg.query.opened import Opened
from kg.rdf.terms import SCHEMA, text_of
from kg.release.nquads import load
from kg.release.reader import Release
from kg.release.search import most


def test_its_numbers_are_those_of_the_release(opened: Opened) -> None:
    text = catalogue.page(opened, "").decode()
    numbers = dict(re.findall(r"<div><dt><a [^>]*>([^<]+)</a></dt><dd><a [^>]*>([\d,]+)</a></dd></div>", text))
    assert numbers["facts"] == f"{opened.release.manifest['counts']['facts']:,}"
    query = "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?p a <https://schema.org/Person> }"
    (row,) = opened.store.query(query)
    assert numbers["people"] == text_of(row["n"])


def test_its_countries_are_those_that_are_the_same_elsewhere(opened: Opened, release: Release) -> None:
    matches = {
        text_of(quad.object).removeprefix(COUNTRY): text_of(quad.subject)
        for quad in load(release.dataset)
        if quad.predicate.value == SCHEMA + "sameAs" and text_of(quad.object).startswith(COUNTRY)
    }
    assert {code: name.iri for code, (name, _) in _countries(Page(opened, "./")).items()} == matches
    assert len(matches) > 20
    text = catalogue.page(opened, "").decode()
    picture = text[text.index("picture world") : text.index("</svg>", text.index("picture world"))]
    for name, role in _countries(Page(opened, "./")).values():
        assert f"<title>{name.label}: {role}</title>" in picture
    roles = {name.label: role for name, role in _countries(Page(opened, "./")).values()}
    assert roles["Belgium"] == "its government paid"
    assert roles["Senegal"] == "acted under a treaty"
    assert roles["Sudan"] == "mentioned"


def test_what_most_statements_name_comes_first(opened: Opened) -> None:
    text = catalogue.page(opened, "").decode()
    named = re.findall(r'<a href="\./id/[^"]+">([^<]+)</a></li>', text[text.index('id="first"') :])
    degrees = {hit.label: hit.score for hit in most(opened.index, 400)}
    assert len(named) == 20
    assert [degrees[name] for name in named] == sorted((degrees[name] for name in named), reverse=True)


def test_its_questions_have_their_answers(opened: Opened) -> None:
    text = catalogue.page(opened, "").decode()
    asked = dict(re.findall(r'<dt><a href="./query/([\w-]+)">[^<]+</a></dt><dd>([^<]*)</dd>', text))
    assert list(asked) == [query.name for query in opened.queries.values() if query.featured]
    assert len(asked) == 8
    funders = "European Commission, Ford Foundation, John D. and Catherine T. MacArthur Foundation and 21 more."
    assert asked["funders"] == funders
    assert asked["growth"] == "From 25 in 1995 to &gt;2,000 in 2003 (member organizations); 2,500 without a date."
    assert all(asked.values())


def test_every_event_stands_under_its_year(opened: Opened) -> None:
    """With its whole name; the picture and the list say the same."""
    text = catalogue.page(opened, "").decode()
    listed = re.findall(r'<section><h3><a href="./timeline/(\d+)">(\d+)</a></h3><ul class="dates">(.*?)</ul>', text)
    assert [year for year, _, _ in listed] == sorted(year for year, _, _ in listed)
    picture = text[text.index("picture years") : text.index("</svg>", text.index("picture years"))]
    assert picture.count("<circle") == sum(part.count("<a ") for *_, part in listed) > 40
    dates = [date for *_, part in listed for date in re.findall(r'<span class="date">([^<]+)</span>', part)]
    assert len(dates) == len(set(dates)) < picture.count("<circle"), "what is of one date stands together"
    assert "…" not in "".join(part for *_, part in listed)
