"""Words: which keys are common properties, what is a language, and how a title becomes a name."""

from typing import Any
from urllib.parse import unquote

import pyoxigraph as px
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kg.rdf.datatypes import DATATYPES
from kg.tables.metadata import read_metadata
from kg.tables.words import CONTEXT, INHERITED, OWN, PREFIXES, TYPES, is_common, is_language, join, local, name_of
from tests.tables.test_metadata import written


@pytest.mark.parametrize(
    ("key", "common"),
    [
        ("dc:title", True),
        ("schema:", True),
        ("kg:evidence", True),
        ("http://e.org/p", True),
        ("urn:a:b", True),
        ("titles", False),
        ("dc", False),
        (":a", False),
        ("", False),
        ("http://e.org/a b", False),
        ("é:a", False),
        ("x y:z", False),
        ("\ud800:a", False),
        ("@id:a", False),
        ("dc:a b", False),
        ("kg:a b", False),
        ("dc://e.org/a", True),
    ],
)
def test_a_common_property_is_a_prefixed_name_or_an_iri(key: str, common: bool) -> None:
    assert is_common(key) is common


@pytest.mark.parametrize(
    ("value", "tag"),
    [
        ("en", True),
        ("EN-us", True),
        ("zh-Hant-TW", True),
        ("abcdefgh", True),
        ("abcdefghi", False),
        ("en-", False),
        ("-en", False),
        ("en--us", False),
        ("e1", False),
        ("en-abcdefghi", False),
        ("en_US", False),
        ("en\n", False),
        ("é", False),
        ("٣", False),
        ("\ud800", False),
        ("", False),
        (None, False),
        (5, False),
        (["en"], False),
        ({"en": "en"}, False),
        (True, False),
    ],
)
def test_a_language_is_a_tag_that_a_literal_can_have(value: Any, tag: bool) -> None:
    assert is_language(value) is tag


@given(st.text(max_size=8) | st.from_regex(r"[A-Za-z]{1,9}(-[A-Za-z0-9]{0,9}){0,2}", fullmatch=True))
def test_what_is_a_language_can_be_written(value: str) -> None:
    if is_language(value):
        line = f'<http://x/a> <http://x/p> "a"@{value} .'
        assert len(list(px.parse(line, format=px.RdfFormat.N_TRIPLES))) == 1


@given(st.text(st.sampled_from("a-~ %/é._1\n") | st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8))
@example("a-b")
@example("a~b")
def test_a_title_becomes_a_name_that_a_column_may_have_and_leads_back_to_it(title: str) -> None:
    name = name_of(title)
    assert unquote(name) == title
    if not title.startswith((".", "_")):  # which no name begins with, and titles may
        column = {"name": name}
        group = read_metadata(written({"url": "t.csv", "tableSchema": {"columns": [column]}}), "https://e.org/m", "m")
        assert group.warnings == ()


def test_two_titles_have_two_names() -> None:
    assert len({name_of(title) for title in ("a-b", "a~b", "a b", "a_b", "a.b", "a%2Db", "A-b")}) == 7


def test_a_place_is_told_by_keys_and_an_iri_by_its_last_part() -> None:
    assert (join("", "a"), join("a[0]", "b"), join("a", "")) == ("a", "a[0].b", "a.")
    assert (local("http://x/a#b"), local("http://x/a"), local("http://x/"), local("")) == ("b", "a", "", "")


def test_every_datatype_has_a_lexical_form_and_every_name_of_it_an_iri() -> None:
    untyped = {"anyAtomicType", "QName", "any", "html", "json", "xml"}  # whose texts are taken as they are
    assert {name for name, iri in TYPES.items() if iri not in DATATYPES} == untyped
    assert (TYPES["number"], TYPES["binary"]) == (TYPES["double"], TYPES["base64Binary"])
    assert CONTEXT not in PREFIXES.values(), "the prefix of CSVW ends in #, its context does not"
    assert not {*INHERITED} & {key for keys in OWN.values() for key in keys}
