"""How much of each source is quoted, skipped and unread."""

from hypothesis import given
from hypothesis import strategies as st

from kg.facts.coverage import coverage


@given(st.text("ab \n", max_size=40), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=5))
def test_coverage_counts_every_character_once(text: str, spans: list[tuple[int, int]]) -> None:
    spans = [(min(a, b, len(text)), min(max(a, b), len(text))) for a, b in spans]
    quoted, skipped = spans[::2], spans[1::2]
    found = coverage(text, quoted, skipped)
    read = {at for start, end in spans for at in range(start, end) if not text[at].isspace()}
    assert found.quoted + found.skipped == len(read)
    assert found.characters == sum(not character.isspace() for character in text)
    assert sum(not c.isspace() for u in found.unread for c in u.text) == found.characters - len(read)
    assert (found.percent == 100) == (len(read) == found.characters)
