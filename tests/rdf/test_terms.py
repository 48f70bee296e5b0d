"""Terms: what is an IRI, and how one is shown in short."""

import pyoxigraph as px
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.rdf.terms import DEFAULT_GRAPH, XSD, is_iri, literal, shorten, text_of


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("https://example.org/a", True),
        ("urn:isbn:1", True),
        ("https://example.org/é", True),
        ("a", False),
        ("/a", False),
        ("", False),
        ("https://example.org/a b", False),
        ("https://example.org/<", False),
        ("https://example.org/\0", False),
    ],
)
def test_an_iri_is_absolute_and_holds_no_space(text: str, is_one: bool) -> None:
    assert is_iri(text) is is_one


@given(st.text(max_size=20))
def test_what_is_an_iri_can_be_written_and_read_back(text: str) -> None:
    if is_iri(text):
        quads = px.parse(f"<http://x/a> <http://x/p> <{text}> .".encode(), format=px.RdfFormat.N_TRIPLES)
        assert [quad.object for quad in quads] == [px.NamedNode(text)]


@pytest.mark.parametrize(
    ("iri", "shown"),
    [
        ("https://x/a", "x:a"),
        ("https://x/deep/a", "deep:a"),
        ("https://x/a.", "<https://x/a.>"),
        ("https://x/a/b", "<https://x/a/b>"),
        ("https://x/", "<https://x/>"),
        ("https://y/a", "<https://y/a>"),
    ],
)
def test_an_iri_is_shown_under_the_longest_prefix_that_fits(iri: str, shown: str) -> None:
    assert shorten(iri, {"x": "https://x/", "deep": "https://x/deep/"}) == shown


def test_a_literal_has_a_language_or_a_datatype() -> None:
    assert str(literal("http://x/a", "http://x/p", "a", language="en").object) == '"a"@en'
    assert str(literal("http://x/a", "http://x/p", "007", XSD + "integer").object) == f'"007"^^<{XSD}integer>'


def test_the_text_of_a_term() -> None:
    triple = px.Triple(px.NamedNode("http://x/a"), px.NamedNode("http://x/p"), px.Literal("a"))
    assert [text_of(term) for term in (px.NamedNode("http://x/a"), px.Literal("a", language="en"), DEFAULT_GRAPH)] == [
        "http://x/a",
        "a",
        "",
    ]
    assert text_of(triple) == str(triple)
