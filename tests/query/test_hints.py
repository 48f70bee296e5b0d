"""What a query asks for that the graph does not have is said, with what was probably meant."""

import time
from pathlib import Path

import pyoxigraph as px
import pytest

from kg.query.hints import hints
from kg.query.opened import Opened


@pytest.fixture(scope="module")
def opened(campaign: Path) -> Opened:
    return Opened(campaign / "build")


def told(opened: Opened, where: str) -> list[str]:
    text = f"SELECT * {{ {where} }}"
    return hints(text, opened.index, opened.store, opened.base, opened.prefixes)


@pytest.mark.parametrize(
    ("where", "hint"),
    [
        ("?x kg:treety ?y", "the graph has no property kg:treety; did you mean 'kg:treaty'?"),
        ("?x kg:date/kg:treety ?y", "the graph has no property kg:treety; did you mean 'kg:treaty'?"),
        ("?x (kg:treety|^kg:date)+ ?y", "the graph has no property kg:treety; did you mean 'kg:treaty'?"),
        ("?x a kg:Treatyaction", "the graph has no class kg:Treatyaction; did you mean 'kg:TreatyAction'?"),
        ("id:rome-statut ?p ?o", "the graph has no thing id:rome-statut; did you mean 'id:rome-statute'?"),
        ("?x kg:treaty id:rome-statut", "the graph has no thing id:rome-statut; did you mean 'id:rome-statute'?"),
        ('?x skos:prefLabel "Mexico"', 'the graph has no "Mexico" here; it has "Mexico"@en'),
        ('OPTIONAL { ?x skos:prefLabel "Mexico"@fr }', 'the graph has no "Mexico"@fr here; it has "Mexico"@en'),
        (
            '?x kg:value "1000"',
            'the graph has no "1000" here; it has "1000"^^<http://www.w3.org/2001/XMLSchema#integer>',
        ),
        (
            '?x skos:prefLabel "Ford Foundation"',
            'the graph has no "Ford Foundation" here; it has "Ford Foundation"@en',
        ),
        ("?x <http://nowhere.example/p> ?y", "the graph has no property <http://nowhere.example/p>"),
    ],
)
def test_what_is_not_there_is_named_with_what_is(opened: Opened, where: str, hint: str) -> None:
    assert told(opened, where) == [hint]


@pytest.mark.parametrize(
    "where",
    [
        "?x kg:treaty id:rome-statute ; a kg:TreatyAction",
        '?x skos:prefLabel "Mexico"@en',
        '?x skos:prefLabel "nothing is called so"@en',
        "?x kg:date/^kg:date ?y",
    ],
)
def test_what_is_there_needs_no_hint(opened: Opened, where: str) -> None:
    assert told(opened, where) == []


def test_a_text_that_ends_a_literal_changes_no_query(opened: Opened) -> None:
    assert told(opened, """?x skos:prefLabel "a\\" } { ?s ?p ?o" """) == []
    assert isinstance(opened.store, px.Store)


@pytest.mark.parametrize("where", ["?s <foo> ?o", "?s a <bar>", "<x> ?p ?o", '?s ?p "x"^^<foo>'])
def test_relative_names_are_no_failure(opened: Opened, where: str) -> None:
    assert told(opened, where) == []


@pytest.mark.long
def test_hints_of_a_large_query_take_bounded_time(opened: Opened) -> None:
    where = " UNION ".join(f'{{ ?s ?p "{number}x" }}' for number in range(300))
    begun = time.monotonic()
    told(opened, where)
    assert time.monotonic() - begun < 10, "20 patterns at most, and no further one after half a second"
