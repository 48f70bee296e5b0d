"""SPARQL text: names, strings and comments that look like syntax are none, and what stands close to a mark is read."""

import pyoxigraph as px
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.rdf.sparql_text import declared, keywords, plain, undeclared

BEGIN = "PREFIX x: <http://x/> SELECT * {"
NO_SYNTAX = [
    "?s ?p '''FROM'''",
    r'?s ?p """a \""" FROM """',
    r"?s ?p '''a \''' FROM '''",
    r'?s ?p "\" FROM "',
    r"?s ?p 'it\'s FROM'",
    "?s ?p 'GRAPH'@from",
    "?from $graph ?p",
    "_:from x:GRAPH x:b.FROM",
    r"?s x:it\'s ?FROM",
    r"?s x:\#FROM ?o",
    "?s <http://x/FROM#GRAPH> ?o",
    "?s ?p ?o # FROM GRAPH 'x\n",
    '?s ?p "# \\n" # "\n',
    "?s ?p 1e5",
]


def asked(text: str) -> set[str]:
    """The keywords of a query that an engine reads."""
    px.Store().query(text)
    return keywords(text)


@pytest.mark.parametrize("part", NO_SYNTAX)
def test_what_only_looks_like_a_keyword_is_none(part: str) -> None:
    assert asked(f"{BEGIN}{part} }}") == {"PREFIX", "SELECT"}


@given(
    st.lists(st.sampled_from(NO_SYNTAX), min_size=1, max_size=4), st.booleans(), st.sampled_from([" . ", "\r\n.\r\n"])
)
def test_a_keyword_is_found_beside_whatever_only_looks_like_one(parts: list[str], graph: bool, between: str) -> None:
    more = "GRAPH ?g { ?a ?b ?c }" * graph
    text = f"{BEGIN}{between.join(parts)} {more}}}"
    assert asked(text) == {"PREFIX", "SELECT", *(["GRAPH"] if graph else [])}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("SELECT * {?s ?p ?o.GRAPH ?g {?a ?b ?c}}", "GRAPH"),
        ("SELECT * {?s ?p 5.graph ?g {?a ?b ?c}}", "GRAPH"),
        ("SELECT * {?s ?p 'x'.GRAPH<http://x/>{?a ?b ?c}}", "GRAPH"),
        (rf"{BEGIN}?s x:it\'s ?o.GRAPH ?g {{?a ?b 'c'}}}}", "GRAPH"),
        ("SELECT*FROM<http://x/>{?s ?p ?o}", "FROM"),
        ("SELECT * # a comment ends with its line\rFROM <http://x/> {?s ?p ?o}", "FROM"),
        ("SELECT * {?s ?p ?o FILTER(?o<1||2>?o)GRAPH?g{?a ?b ?c}}", "GRAPH"),
        ("SELECT * {?s ?p ?o FILTER(?o<1)GRAPH?g{?a?b?c}FILTER(?a>1)}", "GRAPH"),
        ("SELECT (1-strlen('a') AS ?n) {}", "STRLEN"),
    ],
)
def test_a_keyword_is_found_with_no_space_around_it(text: str, word: str) -> None:
    assert word in asked(text)


@pytest.mark.parametrize(
    ("text", "prefixes"),
    [
        ("", {}),
        ("prefix a:<http://x/#>Prefix :<>", {"a": "http://x/#", "": ""}),
        ("PREFIX é.ü-1: # the first\r\n<http://x/>", {"é.ü-1": "http://x/"}),
        ("PREFIX a: <http://x/> PREFIX a: <http://y/>", {"a": "http://y/"}),
        ("# PREFIX a: <http://x/>\rPREFIX b: <http://y/>", {"b": "http://y/"}),
        (r'SELECT * { ?s ?p """\""" PREFIX a: <http://x/> """ }', {}),
        ("@prefix a: <http://x/> .\n@prefix b: <http://y/> .", {"a": "http://x/", "b": "http://y/"}),
        ("XPREFIX a: <http://x/>", {}),
    ],
)
def test_prefixes_are_those_that_are_declared_and_the_last_one_counts(text: str, prefixes: dict[str, str]) -> None:
    assert declared(text) == prefixes


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("SELECT * { ?s b:p ?o ; a:p 'c:p', \"d:p\", <e:p>, _:f } # g:p", "; no PREFIX declares a, b"),
        ("PREFIX a: <http://x/> SELECT * { ?s a:p k:p }", ""),
        (r'SELECT * { ?s ?p """\""" a:p """ }', ""),
        ("SELECT * { ?a ?b:c ?d }", ""),
    ],
)
def test_only_prefixes_that_nothing_declares_are_named_in_order(text: str, hint: str) -> None:
    assert undeclared(text, {"k": "http://k/"}) == hint


@given(st.text(max_size=80))
def test_any_text_has_its_keywords_prefixes_and_hint(text: str) -> None:
    for made in (*keywords(text), *declared(text)):
        assert made
    assert undeclared(text, declared(text)) in ("", undeclared(text, {}))


def test_a_message_has_its_place_in_words_and_ends_before_a_list_that_is_long() -> None:
    assert plain("error at 3:14: expected\n   one of") == "line 3, column 14: expected one of"
    assert plain("an error at 3:14: x") == "an error at 3:14: x"
    assert plain("a" * 160) == "a" * 160
    assert plain("expected " + "ab, " * 50) == "expected " + "ab, " * 33 + "..."
