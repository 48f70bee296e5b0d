"""The page of a thing: at a glance, by question, in its words, as others name it."""

import re

import pytest

from kg.pages import catalogue
from kg.pages.page import SECTIONS, Page
from kg.pages.render import environment
from kg.query.opened import Opened
from kg.rdf import iris
from tests.pages.conftest import Tags


@pytest.fixture
def page(opened: Opened) -> Page:
    return Page(opened, "../")


def html(opened: Opened, slug: str) -> str:
    return catalogue.page(opened, f"id/{slug}.html").decode()


def text_of_glance(text: str) -> dict[str, str]:
    """The headings of the first lines with their values."""
    (glance,) = re.findall(r'<dl class="glance">(.*?)</dl>', text, re.S)
    plain = [re.sub(r"<.*?>", "", part).strip() for part in re.findall(r"<d[td]>(.*?)</d[td]>", glance, re.S)]
    return dict(zip(plain[::2], plain[1::2], strict=True))


@pytest.mark.parametrize(
    ("slug", "kind"),
    [
        ("kofi-annan", "person"),
        ("coalition", "organization"),
        ("founding-ngos", "organization"),
        ("senegal", "place"),
        ("rome-conference", "event"),
        ("rome-statute", "document"),
        ("coalition-members-450", ""),
    ],
)
def test_a_thing_is_of_the_kind_that_people_would_call_it(page: Page, slug: str, kind: str) -> None:
    assert page.name(iris.entity(page.base, slug)).kind == kind


def test_the_glance_answers_what_a_reader_asks_first(opened: Opened) -> None:
    assert text_of_glance(html(opened, "coalition")) == {
        "Founded": "1995",
        "Founded by": "a small group of NGOs",
        "In numbers": "25 (1995) → &gt;2,000 (2003); 2,500, no date given",
        "Who paid": "European Commission and 23 more",
        "People and posts": "William R. Pace, Convenor of the CICC",
    }
    assert text_of_glance(html(opened, "kofi-annan")) == {"Posts": "UN Secretary General"}
    assert text_of_glance(html(opened, "belgium")) == {"Its government": "government of Belgium"}


@pytest.mark.parametrize("slug", ["coalition", "belgium", "rome-statute", "kofi-annan", "annan-ratification-call"])
def test_every_link_within_a_page_leads_somewhere(opened: Opened, slug: str) -> None:
    text = html(opened, slug)
    ids = Tags(text).ids
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#(.*?)"', text)) <= set(ids)


def test_who_paid_stands_before_what_they_did(opened: Opened) -> None:
    headings = re.findall(r"<h2.*?>(.*?) *<", html(opened, "coalition"))
    asked = ["In numbers", "Who paid", "People and posts", "Facts", "What they did", "What they want", "Names"]
    assert [heading for heading in headings if heading in asked] == asked


def test_what_was_called_for_is_not_told_as_if_it_had_happened(opened: Opened) -> None:
    assert '<span class="status">called for</span>' in html(opened, "annan-ratification-call")


def test_no_group_takes_the_id_of_a_section() -> None:
    """A property called "names" or "data" is as good as another."""
    loader = environment().loader
    assert loader
    for template in ("base", "entity"):
        source, _, _ = loader.get_source(environment(), f"{template}.html")
        assert set(re.findall(r'id="([a-z]+)"', source)) <= set(SECTIONS)
