"""Cells: what an engine takes as it stands is what the rules for records come to."""

import re

import pyoxigraph as px
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kg.rdf.context import read_context
from kg.rdf.datatypes import DATATYPES
from kg.tables.cells import CLEAN, Judged, Reading, literal, reference
from tests.conftest import ROOT

BASE = "https://icc-campaign.example.org/"
CONTEXT = read_context(ROOT / "ontology" / "context.jsonld", BASE)
READINGS: dict[str, Reading] = {
    **{iri.rpartition("#")[2] or iri: literal(iri) for iri in DATATYPES},
    "untyped": literal(),
    "language": literal(language="fr"),
    "reference": reference(CONTEXT, BASE),
}


@pytest.mark.parametrize("name", [name for name, reading in READINGS.items() if reading.plain])
@given(data=st.data())
def test_a_plain_text_comes_to_what_is_judged_of_it(name: str, data: st.DataObject) -> None:
    reading = READINGS[name]
    pattern, before, after = data.draw(st.sampled_from(reading.plain))
    text = data.draw(st.from_regex(pattern, fullmatch=True))
    assume(not reading.escaped or re.fullmatch(CLEAN, text))
    assert reading.judge(text) == Judged(f"{before}{text}{after}")


@pytest.mark.parametrize("text", ['a "b"', "line\nend", "back\\slash", "tab\t", "\x7f", "é 🙂"])
def test_what_a_text_comes_to_is_read_back(text: str) -> None:
    for reading, expected in ((literal(), px.Literal(text)), (literal(language="fr"), px.Literal(text, language="fr"))):
        (quad,) = px.parse(f"<http://x/s> <http://x/p> {reading.judge(text).token} .", format=px.RdfFormat.N_TRIPLES)
        assert quad.object == expected


def test_what_cannot_be_a_value_is_said_and_comes_to_nothing() -> None:
    assert reference(CONTEXT, BASE).judge("no:prefix").token == ""
    assert reference(CONTEXT, BASE).judge("two words").problem
    assert literal("http://www.w3.org/2001/XMLSchema#date").judge("1900-02-29") == Judged(
        "", "'1900-02-29' has day 29; that month has 28 days"
    )
