"""Lists of things that facets narrow, and things side by side: their numbers are those of the graph."""

import re

import httpx
import pytest

from kg.errors import QueryError
from kg.pages.compare import compare_page
from kg.pages.explore import Asked, explore_href, explore_page, kinds, plural, wanted
from kg.pages.page import Page
from kg.query.opened import Opened
from kg.rdf.terms import text_of
from kg.release import search


@pytest.fixture(scope="module")
def page(opened: Opened) -> Page:
    return Page(opened, "./")


def asked_for(opened: Opened, **facets: str) -> str:
    return explore_page(opened, "./", Asked(facets)).decode()


def chosen(text: str) -> dict[str, int]:
    """The choices of a page with how many things they have."""
    found = re.findall(r'<li><a href="[^"]*"[^>]*>([^<]+?)(?: ×)?</a> <span class="quiet">([\d,]+)</span></li>', text)
    return {label: int(number) for label, number in found}


def test_a_list_has_what_the_graph_has(opened: Opened) -> None:
    query = (
        "SELECT (COUNT(DISTINCT ?e) AS ?n) { ?e a <https://schema.org/Event> ; kg:earliest ?d FILTER(YEAR(?d) = 2003) }"
    )
    (row,) = opened.store.query(query, prefixes=opened.prefixes)
    text = asked_for(opened, kind="event", year="2003")
    assert f"<h1>{text_of(row['n'])} events of 2003</h1>" in text
    assert "election of the first 18 judges" in text
    assert "<mark>the election of the first 18 judges by the ASP in February 2003 in New York</mark>" in text


def test_choices_count_what_they_lead_to(opened: Opened, page: Page) -> None:
    text = asked_for(opened, kind="event")
    choices = chosen(text)
    assert {"2002", "New York", "from where it stands", "stated"} <= choices.keys()
    for label, facet, value in (
        ("2002", "year", "2002"),
        ("New York", "place", "new-york"),
        ("stated", "basis", "stated"),
    ):
        list_ = wanted(page, Asked({"kind": "event", facet: value}))
        assert choices[label] == search.number_of(opened.index, list_) > 0
    years = [label for label in choices if re.fullmatch(r"\d{4}", label)]
    assert years == sorted(years), "in order of time"


def test_a_chosen_choice_leads_back(opened: Opened) -> None:
    text = asked_for(opened, kind="event", year="2003")
    assert '<a href="./explore?kind=event" aria-current="true" title="Take this choice away">2003 ×</a>' in text
    assert '<a href="./explore?year=2003" aria-current="true" title="Take this choice away">event ×</a>' in text


def test_pages_and_orders_go_over_all_things_once(opened: Opened, page: Page) -> None:
    total = search.number_of(opened.index, wanted(page, Asked({})))
    seen: list[str] = []
    href = "./explore?sort=name"
    while href:
        number = int((re.search(r"page=(\d+)", href) or ["", "1"])[1])
        text = explore_page(opened, "./", Asked({}, "", "name", number)).decode()
        seen += re.findall(r'name="thing" value="([^"]+)"', text)
        found = re.search(r'href="([^"]+)" rel="next"', text)
        href = found[1].replace("&amp;", "&") if found else ""
    assert len(seen) == len(set(seen)) == total
    dates = explore_page(opened, "./", Asked({"kind": "event"}, "", "date")).decode()
    order = [int(year) for year in re.findall(r'class="date">(?:\d+ )?(?:[A-Z][a-z]+ )?(\d{4})', dates)]
    assert order == sorted(order)


def test_words_narrow_whatever_their_form(opened: Opened) -> None:
    text = explore_page(opened, "./", Asked({"kind": "country"}, "ratifying")).decode()
    assert "Senegal" in text
    assert "Belgium" not in text
    nothing = explore_page(opened, "./", Asked({}, "zzzz")).decode()
    assert "Nothing has all of this" in nothing


def test_what_the_graph_has_not_is_named(page: Page) -> None:
    for facets, words in (
        ({"kind": "evnt"}, "kind 'evnt'; did you mean 'event'"),
        ({"year": "1900"}, "nothing here is of the year '1900'"),
        ({"place": "newyork"}, "did you mean 'new-york'"),
        ({"basis": "guessed"}, "basis 'guessed'"),
    ):
        with pytest.raises(QueryError, match=re.escape(words)):
            wanted(page, Asked(facets))


def test_kinds_have_words_of_people(page: Page) -> None:
    found = kinds(page)
    assert {"event", "person", "organization", "place", "country", "grant"} <= found.keys()
    assert not any(":" in word or word[:1].isupper() for word in found)
    assert found["person"].href == "./explore?kind=person"
    assert plural("entry") == "entries"


def test_an_address_holds_only_what_is_asked() -> None:
    assert explore_href("../", {}) == "../explore"
    assert explore_href("../", {"kind": "treaty action"}, " a&b ", "name", 2) == (
        "../explore?kind=treaty+action&q=a%26b&sort=name&page=2"
    )


def test_two_things_stand_side_by_side(opened: Opened) -> None:
    text = compare_page(opened, "./", ["senegal", "mexico"]).decode()
    assert "<h1>Compare Senegal and Mexico</h1>" in text
    row = next(
        row for row in text.split("<tr>") if "What it did under treaties" in row or "Acts" in row or "1999" in row
    )
    assert "February 1999" in row
    assert "27 October 2005" in row
    assert "date from heading" in row, "a date that no sentence gives says so here too"
    assert 'href="./compare?thing=senegal&amp;thing=mexico&amp;thing=belgium"' in text, "a third one can be added"


def test_one_thing_is_offered_others_of_its_kind(opened: Opened) -> None:
    text = compare_page(opened, "./", ["belgium"]).decode()
    assert 'href="./compare?thing=belgium&amp;thing=germany"' in text
    assert "thing=kofi-annan" not in text
    for names in ([], ["belgium", "germany", "mexico", "senegal"], ["nobody"]):
        with pytest.raises(QueryError):
            compare_page(opened, "./", names)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("explore?kind=evnt", "did you mean"),
        ("explore?sort=size", "is none of statements, name, date"),
        ("explore?page=0", "is not a whole number from 1"),
        ("explore?colour=red", "unknown parameter"),
        ("explore?kind=event&kind=person", "2 times"),
        ("compare?thing=nobody", "nobody"),
        ("compare", "two or three things"),
        ("compare?thing=http://example.org/x", "is not a thing that can be compared"),
        ("compare?thing=international-campaign-icc", "is not a thing that can be compared"),
        ("compare?thing=kg:Event&thing=belgium", "is not a thing that can be compared"),
        ("compare?thing=a&thing=b&thing=c&thing=d", "two or three things can be compared, not 4"),
    ],
)
def test_a_wrong_address_says_what_is_wrong(client: httpx.Client, path: str, words: str) -> None:
    answer = client.get(path, headers={"Accept": "application/json, text/html;q=0.1"})
    if answer.status_code == 406:
        answer = client.get(path)
    assert answer.status_code == 400
    assert words in answer.text


def test_an_address_that_leads_nowhere_proposes(client: httpx.Client) -> None:
    for path, name in (
        ("id/koffi-anan.html", "Kofi Annan"),
        ("id/belgum", "Belgium"),
        ("people/luis_moreno_ocampo", "Ocampo"),
    ):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "did you mean" in answer.text
        assert name in answer.text.split("did you mean")[1]
    assert "did you mean" not in client.get("id/qqqqqq.html").text
