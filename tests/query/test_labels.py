"""Which thing a name means."""

import re
import unicodedata

import pyoxigraph as px
import pytest

from kg.query.canned import to_term
from kg.query.labels import find_entity
from kg.rdf import iris
from kg.rdf.terms import SKOS
from kg.release.reader import Release
from kg.stores.embedded import open_store
from tests.query.conftest import BASE, PREFIXES, answer, canned, parameter


@pytest.mark.parametrize("value", ["bob", "Bob", "BOB", "id:bob", f"{BASE}id/bob", f"<{BASE}id/bob>"])
def test_a_thing_is_meant_by_slug_name_or_iri(value: str, store: px.Store) -> None:
    assert to_term(parameter("iri"), value, store, BASE, PREFIXES) == px.NamedNode(f"{BASE}id/bob")


def test_a_name_with_quotes_is_found(store: px.Store) -> None:
    assert to_term(parameter("iri"), 'o"neil }', store, BASE, PREFIXES) == px.NamedNode(f"{BASE}id/o-neil")
    assert to_term(parameter("iri"), "https://other.org/x", store, BASE, PREFIXES) == px.NamedNode(
        "https://other.org/x"
    )


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("ADA", "is the name of 2 things: ada, ada-2; give one of these"),
        ("boob", "nothing in the graph is called 'boob'; near are bob"),
        ("id:nobody", "nothing in the graph is called"),
        ("zzzz", "give a name or an id"),
    ],
)
def test_a_thing_that_is_not_meant_clearly_is_a_fault_with_what_is_near(
    value: str, words: str, store: px.Store
) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        to_term(parameter("iri"), value, store, BASE, PREFIXES)


def test_a_name_is_found_in_any_unicode_form(store: px.Store) -> None:
    named = px.Store()
    named.add(
        px.Quad(px.NamedNode("http://x/a"), px.NamedNode(SKOS + "prefLabel"), px.Literal("Caf\u00e9 \u1e9b\u0323"))
    )
    for form in ("NFC", "NFD"):
        value = unicodedata.normalize(form, "caf\u00e9 \u1e9b\u0323")
        assert answer(canned("id:a"), parameter("iri"), value, named) == [px.NamedNode("http://x/a")]


def test_a_source_is_named_by_its_id(release: Release) -> None:
    source = iris.source(release.manifest["base"], "international-campaign-icc")
    found = find_entity("international-campaign-icc", open_store(release), release.manifest["base"], {})
    assert found == px.NamedNode(source)


@pytest.mark.parametrize(
    ("value", "slug"),
    [
        ("Pace", "william-r-pace"),
        ("annan", "kofi-annan"),
        ("moreno ocampo", "luis-moreno-ocampo"),
        ("Coalition", "coalition"),
        ("Advance Team", "advance-team"),
        ("advance team", "advance-team"),
        ("USA", "the-united-states"),
        ("Ford", "ford-foundation"),
    ],
)
def test_a_part_of_a_name_a_code_or_an_id_in_other_letters_will_do(value: str, slug: str, release: Release) -> None:
    base = release.manifest["base"]
    assert find_entity(value, open_store(release), base, {}) == px.NamedNode(f"{base}id/{slug}")


def test_a_part_of_several_names_is_told_with_these(release: Release) -> None:
    with pytest.raises(ValueError, match=r"'foundation' is the name of \d+ things: .+; give one of these"):
        find_entity("foundation", open_store(release), release.manifest["base"], {})
    with pytest.raises(
        ValueError, match="nothing in the graph is called 'France'; near are iran; give a name or an id"
    ):
        find_entity("France", open_store(release), release.manifest["base"], {})
