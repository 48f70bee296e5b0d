"""The pages of the vocabulary and of the graphs: each own term once, where its IRI leads."""

import json
import re

import pytest

from kg.pages import catalogue
from kg.query.opened import Opened
from kg.rdf import iris
from kg.release import search
from kg.release.void import GRAPHS
from tests.pages.conftest import Tags


def section(text: str, name: str) -> str:
    start = text.index(f'id="_{name}"')
    return text[start : text.index("</section>", start)]


def test_each_own_term_stands_once_under_its_kind(opened: Opened) -> None:
    text = catalogue.page(opened, "ontology").decode()
    ids = Tags(text).ids
    own = {iris.fragment(iri) for iri in opened.dataset.subjects(iris.ontology(opened.base))}
    assert own
    assert own <= set(ids)
    for kind, term in (("classes", "TreatyAction"), ("properties", "ofCountry"), ("concepts", "ratification")):
        assert f'id="{term}"' in section(text, kind)


def test_a_term_says_what_it_means_and_how_often_it_is_used(opened: Opened) -> None:
    text = catalogue.page(opened, "ontology").decode()
    found = re.search(r'<div id="ofCountry">.*?</div>', text, re.S)
    assert found
    assert "not said to be a nationality" in found[0]
    uses = {word.iri: word.uses for word in search.words(opened.index, "property", most=10_000)}
    assert f"used {uses[iris.ontology(opened.base) + 'ofCountry']} times" in found[0]


def test_a_shape_tells_what_it_asks_of_each_property(opened: Opened) -> None:
    text = catalogue.page(opened, "ontology").decode()
    found = re.search(r'<div class="shape" id="AdoptionShape">.*?</div>', text, re.S)
    assert found
    assert "instances of kg:Adoption" in found[0]
    row = re.search(r"<tr><th[^>]*><code>kg:adopts</code>.*?</tr>", found[0])
    assert row
    for cell in (">1<", ">a schema:CreativeWork<", ">An adoption adopts one document.<"):
        assert cell in row[0]


def test_every_shape_that_is_checked_stands_on_the_page(opened: Opened) -> None:
    ids = Tags(catalogue.page(opened, "ontology").decode()).ids
    checked = json.loads(opened.file("report.json"))["checked"]
    assert checked
    assert {iris.local(shape) for shape in checked if shape.startswith(opened.base)} <= set(ids)


@pytest.mark.parametrize("name", GRAPHS)
def test_each_graph_has_a_page_that_says_what_it_holds(opened: Opened, name: str) -> None:
    text = catalogue.page(opened, f"graph/{name}.html").decode()
    assert GRAPHS[name] in text
    assert iris.graph(opened.base, name) in text
