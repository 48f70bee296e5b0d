"""Words as somebody remembers them lead to the passage, and its quote names that place alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.curate.passages import find_near, quote_of
from kg.facts.quotes import Quote, find
from kg.facts.sources import Source
from kg.facts.values import Text

TEXT = (
    "Two years after its founding, the Coalition has now grown to 450\norganizations.\n"
    "The “lamp” was first lit on 3 March 1852. Nearly 40 ships a year take shel\u00adter in the bay; 40 ships left it.\n"
    "It was café owner René’s idea - the harbour‐master agreed."
)


def source(text: str) -> Source:
    return Source("s", "s.txt", "", text, "", "", "", "", "", "en")


@pytest.mark.parametrize(
    ("words", "passage"),
    [
        ("GROWN to 450 organizations", "grown to 450\norganizations"),
        ('the "lamp" was', "The “lamp” was"),
        ("take shelter in", "take shel\u00adter in"),
        ("cafe owner Rene's idea – the harbour-master", "café owner René’s idea - the harbour‐master"),
        ("  first lit\ton  3 March ", "first lit on 3 March"),
    ],
)
def test_spaces_case_quotes_hyphens_and_accents_do_not_matter(words: str, passage: str) -> None:
    (found,) = find_near(TEXT, words)
    assert (TEXT[found.start : found.end], found.score) == (passage, 100.0)


@pytest.mark.parametrize(
    ("words", "passage"),
    [
        ("has grown to 450 organisations", "grown to 450\norganizations"),
        ("the lamp was frist lit on 3 March", "first lit on 3 March"),
    ],
)
def test_what_is_remembered_wrongly_leads_to_what_is_like_it(words: str, passage: str) -> None:
    found = find_near(TEXT, words)
    assert passage in TEXT[found[0].start : found[0].end]
    assert 60 <= found[0].score < 100


def test_a_reference_between_words_does_not_move_the_passage() -> None:
    text = "Refined by a group, and finally standardized in 2014 [[?DCAT-1]] by the Government Group. More of it."
    (found, *_) = find_near(text, "finally standardized in 2014 by the Government Group")
    assert text[found.start : found.end] == "finally standardized in 2014 [[?DCAT-1]] by the Government Group"
    text = "Ils décident d'organiser [une\nréunion](@/activities/x) pour savoir quoi faire."
    (found, *_) = find_near(text, "organiser une réunion pour savoir")
    assert text[found.start : found.end] == "organiser [une\nréunion](@/activities/x) pour savoir"


def test_what_is_like_nothing_is_not_found() -> None:
    assert find_near(TEXT, "zzz qqq xxx jjj") == []
    assert find_near(TEXT, "  ") == []
    assert find_near("", "words") == []


def test_all_places_are_told_in_the_order_of_the_text() -> None:
    found = find_near(TEXT, "40 ships")
    assert [TEXT[one.start : one.end] for one in found] == ["40 ships", "40 ships"]
    assert found[0].start < found[1].start


@given(st.text("ab c.", min_size=1, max_size=60), st.integers(0, 59), st.integers(1, 12))
@settings(max_examples=300, deadline=None)
def test_a_quote_is_proved_where_it_was_taken(text: str, start: int, length: int) -> None:
    """Whatever the text, a quote made of a passage leads back to that passage, or none is made."""
    end = min(len(text), start + length)
    if start >= end:
        return
    try:
        quote = quote_of(text, start, end)
    except ValueError:
        return
    said = {"exact": quote} if isinstance(quote, str) else quote
    assert isinstance(said, dict)
    exact = Quote(Text(str(said["exact"])), str(said.get("prefix", "")), str(said.get("suffix", "")))
    try:
        passage = find(source(text), exact)
    except ValueError as error:
        assert "begins or ends within" in str(error)
        return
    assert (passage.start, passage.end) == (start, end)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Members: 450 NGOs. It grew.", "Members: nobody ever joined the coalition at all"),
        ("No. It was refused.", "No. It was adopted by all states"),
    ],
)
def test_a_beginning_is_not_what_goes_on_otherwise(text: str, words: str) -> None:
    """What is made up is never taken for the same as a short sentence that it begins with."""
    assert all(one.score < 80 for one in find_near(text, words))
