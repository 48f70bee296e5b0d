import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.facts.quotes import Quote, find, nearest_passage, occurrences
from kg.facts.sources import Source
from kg.facts.values import Text

TEXT = "The lamp was lit in 1852.\nThe lamp was lit in 1890.\n"


def source(text: str) -> Source:
    return Source("s", "s.txt", "", text, "", "", "", "", "", "en")


def naive(text: str, exact: str, prefix: str, suffix: str) -> list[int]:
    """Every offset, tried one by one."""
    return [
        at
        for at in range(len(text) - len(exact) + 1)
        if exact
        and text[at : at + len(exact)] == exact
        and text[:at].endswith(prefix)
        and text[at + len(exact) :].startswith(suffix)
    ]


words = st.text("ab \n𝄞é", max_size=12)


@given(st.text("ab \n𝄞é", max_size=60), words, words, words)
def test_quotes_are_located_as_a_naive_search_does(text: str, exact: str, prefix: str, suffix: str) -> None:
    assert occurrences(text, exact, prefix, suffix) == naive(text, exact, prefix, suffix)


@given(st.text(max_size=60), st.integers(0, 60), st.integers(1, 20))
def test_any_slice_is_found_where_it_was_cut(text: str, start: int, length: int) -> None:
    exact = text[start : start + length]
    if exact:
        assert start in occurrences(text, exact, text[:start], text[start + length :])


def test_offsets_count_code_points_and_not_bytes_or_utf16() -> None:
    assert find(source("𝄞é lamp"), Quote(Text("lamp")))[1:] == (3, 7)


def test_a_quote_that_stands_twice_names_its_lines() -> None:
    with pytest.raises(ValueError, match=r"stands 2 times in s.txt \(lines 1, 2\).*prefix"):
        find(source(TEXT), Quote(Text("The lamp was lit")))
    assert find(source(TEXT), Quote(Text("The lamp was lit"), suffix=" in 1890")).start == 26
    with pytest.raises(ValueError, match="not between that prefix and suffix"):
        find(source(TEXT), Quote(Text("The lamp was lit"), suffix=" in 1900"))


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("The lamp was lit in 1853.", "after “The lamp was lit in 185” comes “2”, not “3”"),
        ("the lamp was lit in 1890.", "before “he lamp was lit in 1890.” stands “T”, not “t”"),
        ("was lit in 1852. The", "after “was lit in 1852.” comes a line end, not “ ”"),
        ("The\u00a0lamp was lit", "not a no-break space (U+00A0)"),
        ("something else entirely", "no passage is near"),
    ],
)
def test_a_quote_that_is_not_there_names_the_nearest_passage(words: str, hint: str) -> None:
    with pytest.raises(ValueError, match="does not stand in s.txt") as caught:
        find(source(TEXT), Quote(Text(words)))
    assert hint in str(caught.value)


@given(st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=40))
def test_the_nearest_passage_is_told_for_any_words(text: str, exact: str) -> None:
    if exact not in text:
        assert nearest_passage(text, exact).startswith("; ")


@pytest.mark.parametrize(
    ("text", "words", "broken"),
    [
        ("the organizations met", "the organization", "organizations"),
        ("It was -5 degrees", "5 degrees", "-5"),
        ("It was \u221215 degrees", "15 degrees", "\u221215"),
        ("over 2,500 members", "500 members", "2,500"),
        ("Cafe\u0301 Noir", "Cafe", "Cafe\u0301"),
        ("ΑΒΓ δ", "ΑΒ", "ΑΒΓ"),
        ("a 1st of", "a 1", "1st"),
    ],
)
def test_a_quote_cuts_nothing_in_two(text: str, words: str, broken: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"begins or ends within “{broken}”")):
        find(source(text), Quote(Text(words)))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("the court's seat", "court"),
        ("well-known facts", "known facts"),
        ("国際刑事裁判所の設立", "刑事裁判所"),
        ("photo/ANSADuring the year", "photo/ANSA"),
        ("pages 3-5 of", "5 of"),
        ("“The Court”", "The Court"),
        ("a, b", "a"),
    ],
)
def test_a_quote_ends_where_a_word_does(text: str, words: str) -> None:
    assert find(source(text), Quote(Text(words)))


@pytest.mark.parametrize(
    ("text", "words", "said"),
    [
        ("did not co\u00adoperate", "did not cooperate", "comes a soft hyphen (U+00AD), not “o”"),
        ("Café Noir", "Cafe\u0301 Noir", "after “Caf” comes “é”, not “e”"),
        ("Cafe\u0301 Noir", "Café Noir", "after “Caf” comes “e”, not “é”"),
        ("Café Noir", "Café\u200b Noir", "not a zero width space (U+200B)"),
        ("the “Court”", 'the "Court"', 'not “"”'),
        ("1914\u20131918 war", "1914-1918 war", "comes “\u2013”, not “-”"),
        ("a\u00a0lamp was lit", "a lamp was lit", "comes a no-break space (U+00A0), not “ ”"),
    ],
)
def test_the_same_letters_in_another_form_are_found(text: str, words: str, said: str) -> None:
    with pytest.raises(ValueError, match="has the same letters in another form") as caught:
        find(source(text), Quote(Text(words)))
    assert said in str(caught.value)
