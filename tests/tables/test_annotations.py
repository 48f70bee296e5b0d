"""What metadata say beside CSVW's own words: wrong values are named, whatever they are, and right ones written."""

import json
from typing import Any

import pyoxigraph as px
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.rdf.terms import XSD
from kg.tables.annotations import Writer, problems

KEYS = st.sampled_from(
    ["@value", "@type", "@language", "@id", "@list", "dc:title", "schema:name", "note", "dc:a b", "a b", "http://[x"]
)
PLAIN = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=4)
    | st.sampled_from(
        ["en", "xsd:date", "xsd:a b", "Table", "http://x/a b", "http://[x", "%zz", "\x7f", "_:b", "\ud800", ""]
    )
)
VALUES = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=6
)


def written(value: Any) -> list[str]:
    writer = Writer("http://x/", "en")
    writer.describe("<http://x/t>", [("http://x/p", value)])
    return writer.lines


@given(VALUES)
def test_what_nothing_is_wrong_with_is_written_as_ntriples(value: Any) -> None:
    if not list(problems(value, "dc:title")):
        list(px.parse("\n".join(written(value)).encode(), format=px.RdfFormat.N_TRIPLES))


@pytest.mark.parametrize(
    ("value", "at", "words"),
    [
        ([["a"]], "dc:title", "a list within a list"),
        ({"@value": {"a": 1}}, "dc:title.@value", "not a text, a number"),
        ({"@value": ["a"]}, "dc:title.@value", "not a text, a number"),
        ({"@value": "a", "@type": ["xsd:string"]}, "dc:title.@type", "one type"),
        ({"@value": 5, "@language": "en"}, "dc:title", "beside a text"),
        ({"@id": 5}, "dc:title.@id", "give an IRI"),
        ({"@id": "\x7f"}, "dc:title.@id", "is not an IRI"),
        ({"@id": "http://[x"}, "dc:title.@id", "is not an IRI"),
        ({"@type": "xsd:a b"}, "dc:title.@type", "is not a term"),
        ({"http://[x": "a"}, "dc:title.http://[x", "not a prefixed name or an IRI"),
        ("\ud800", "dc:title", "half of a character"),
        ({"schema:name": {"@value": "\udfff"}}, "dc:title.schema:name.@value", "half of a character"),
    ],
)
def test_a_value_that_cannot_be_written_is_named(value: Any, at: str, words: str) -> None:
    assert any(place == at and words in said for place, said in problems(value, "dc:title")), list(
        problems(value, "dc:title")
    )


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        ({"@value": 5, "@type": "xsd:decimal"}, f'"5"^^<{XSD}decimal>'),
        (json.loads("1e400"), f'"INF"^^<{XSD}double>'),
        (json.loads("-1e400"), f'"-INF"^^<{XSD}double>'),
        (True, f'"true"^^<{XSD}boolean>'),
        ("a", '"a"@en'),
        ({"@value": "a"}, '"a"'),
    ],
)
def test_values_of_json_are_written_as_xml_schema_has_them(value: Any, literal: str) -> None:
    assert written(value) == [f"<http://x/t> <http://x/p> {literal} ."]


def test_null_says_nothing() -> None:
    assert not list(problems([None, {"@value": None}], "dc:title"))
    assert written([None, {"@value": None}]) == []
