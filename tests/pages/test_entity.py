"""The page of a thing: at a glance, in its words, as others name it, in numbers and in time."""

import re

import pytest

from kg.pages import catalogue
from kg.pages.entity import _glance, _mentions, related
from kg.pages.model import Page
from kg.pages.render import environment
from kg.query.opened import Opened
from kg.rdf import iris
from tests.pages.conftest import Tags


@pytest.fixture
def page(opened: Opened) -> Page:
    return Page(opened, "../")


def test_what_others_say_of_a_thing_is_on_its_page(page: Page) -> None:
    found = {group.label: group for group in _mentions(page, iris.entity(page.base, "senegal"))}
    assert "contained in" not in found
    (entry,) = found["state"].entries
    assert [value.name.iri.rpartition("/")[2] for value in entry.values if value.name] == ["senegal-ratification"]
    assert found["state"].anchor == "as-state"


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


def test_the_glance_has_short_facts_alone_each_leading_to_its_words(page: Page) -> None:
    reasons = page.reasons(page.opened.dataset.about(iris.entity(page.base, "coalition")))
    found = page.groups(reason for reason in reasons if reason.fact and reason.basis != "reference")
    glance = _glance(found)
    assert 0 < len(glance) <= 5
    for group, value in glance:
        assert group.label not in ("name", "other name", "type")
        assert len(value.text or (value.name.label if value.name else "")) <= 40
        assert sum(len(entry.values) for entry in group.entries) == 1
    anchors = Tags(catalogue.page(page.opened, "id/coalition.html").decode()).ids
    assert {group.anchor for group, _ in glance} <= set(anchors)


def test_dated_things_are_listed_once_and_in_order(page: Page) -> None:
    mentions = _mentions(page, iris.entity(page.base, "coalition"))
    found = list(related(mentions, mentions))
    assert len(found) == len({name.iri for name, _ in found}) > 5
    text = catalogue.page(page.opened, "id/coalition.html").decode()
    times = text[text.index('id="time"') :]
    assert times.index("25 member") < times.index("450 organizations") < times.index("more than 1,000 NGOs")


def test_numbers_of_one_kind_are_a_line(opened: Opened) -> None:
    text = catalogue.page(opened, "id/coalition.html").decode()
    (steps,) = re.findall(r'<svg class="picture steps".*?</svg>', text, re.S)
    labels = re.findall(r"<title>(.*?)</title>", steps)
    assert [label.partition(",")[0] for label in labels][:2] == ["25 member organizations", "450 organizations"]
    assert '<svg class="picture steps"' not in catalogue.page(opened, "id/kofi-annan.html").decode()


def test_what_was_called_for_is_not_told_as_if_it_had_happened(opened: Opened) -> None:
    text = catalogue.page(opened, "id/annan-ratification-call.html").decode()
    assert '<span class="status">(called for)</span>' in text


def test_no_group_takes_the_id_of_a_section() -> None:
    """A property called "time" or "data" is as good as another."""
    from kg.pages.model import SECTIONS

    loader = environment().loader
    assert loader
    for template in ("base", "entity"):
        source, _, _ = loader.get_source(environment(), f"{template}.html")
        assert set(re.findall(r'id="([a-z]+)"', source)) <= set(SECTIONS)
