"""The timeline: the years in which something happened, and what did."""

import pytest

from kg.pages import catalogue
from kg.pages.page import Page
from kg.pages.timeline import of_year, years
from kg.query.opened import Opened


def test_the_years_are_those_in_which_something_begins(opened: Opened) -> None:
    found = {one.year: one.things for one in years(opened)}
    assert list(found) == sorted(found)
    assert found[1997] == 1, "the number of that year"
    assert 2001 not in found


def test_a_year_has_what_happened_by_date_and_no_part_of_the_page(opened: Opened) -> None:
    page = Page(opened, "../")
    found = of_year(page, 2002)
    assert "establishment of a co-secretariat in The Hague" in [name.label for name, _ in found]
    assert not any(type_.endswith("#Entry") for name, _ in found for type_ in page.types(name.iri))
    days = [dated.earliest for _, dated in found]
    assert days == sorted(days, key=lambda day: day or (0, 0, 0))
    assert all(day and day[0] <= 2002 for day in days)
    assert "coalition-members-450" in [name.iri.rpartition("/")[2] for name, _ in of_year(page, 1997)]


def test_a_page_of_a_year_has_the_words(opened: Opened) -> None:
    text = catalogue.page(opened, "timeline/2002").decode()
    assert "<h1>What happened in 2002</h1>" in text
    assert "<mark>The Coalition establishes a co-secretariat in The Hague</mark>" in text
    assert "date from heading" in text
    for year in ("2001", "199X", "1e3", ""):
        with pytest.raises(KeyError):
            catalogue.page(opened, f"timeline/{year}")


def test_what_has_no_date_is_not_left_out(opened: Opened) -> None:
    text = catalogue.page(opened, "timeline").decode()
    undated = text[text.index('id="undated"') :]
    assert "entry into force of the Rome Statute" in undated
    assert "establishment of a co-secretariat in The Hague" not in undated
    assert 'href="../timeline#undated"' in catalogue.page(opened, "timeline/2002").decode()


def test_numbers_of_a_year_are_told_apart_from_what_happened(opened: Opened) -> None:
    text = catalogue.page(opened, "timeline/1995").decode()
    happened, numbers = text.split("<h2>Numbers of that time</h2>")
    assert "25 member organizations" in numbers
    assert "25 member organizations</a>" not in happened
    assert "meeting of NGOs in New York" in happened
