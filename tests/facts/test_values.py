"""Places of characters, and characters that cannot be seen."""

from hypothesis import given
from hypothesis import strategies as st

from kg.facts.values import place


@given(st.text("ab\n", max_size=30), st.integers(0, 30))
def test_a_place_is_that_of_its_character(text: str, offset: int) -> None:
    offset = min(offset, len(text))
    line, column = place(text, offset)
    assert sum(len(row) + 1 for row in text.split("\n")[: line - 1]) + column - 1 == offset
