"""How much of each source is quoted, skipped and unread."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.facts.coverage import coverage, covered, uncovered
from kg.facts.sources import Source
from tests.conftest import Spoil, run


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


def test_ranges_are_all_that_is_to_be_read() -> None:
    found = coverage("head body tail", [(5, 7)], [], [(5, 9)])
    assert (found.characters, found.quoted, [one.text for one in found.unread]) == (4, 2, ["dy"])
    assert coverage("head body tail", [(5, 9)], [], [(5, 9)]).percent == 100.0


@pytest.mark.long
@pytest.mark.parametrize(
    ("added", "status", "words"),
    [
        ("  coverage: 90\n", 0, ""),
        ("  coverage: 100\n", 1, "no fact quotes “close the gate.”"),
        ("  cover: {from: The Lighthouse, to: the bay.}\n", 0, ""),
        ("  cover: {from: the bay., to: The Lighthouse}\n", 1, "the last words of the range stand before its first"),
        ("  cover: {from: The Lighthous of, to: the bay.}\n", 1, "does not stand in notice.txt"),
        ("  cover: all\n", 1, "cover names ranges by their first and last words"),
        ("  cover: [{from: The Lighthouse, until: the bay.}]\n", 1, "cover names ranges"),
        ("  coverage: 190\n", 1, "is not a percentage from 0 to 100"),
    ],
)
def test_a_source_says_how_much_of_it_is_to_be_read(
    project: Path, spoil: Spoil, added: str, status: int, words: str
) -> None:
    spoil("data/facts/notice.yaml", "- quote: Visitors are asked to close the gate.", "- quote: Visitors are asked to")
    listed = (project / "data" / "sources.yaml").read_text(encoding="utf-8")
    (project / "data" / "sources.yaml").write_text(listed.rstrip("\n") + f"\n{added}", encoding="utf-8")
    done = run("build", cwd=project)
    assert done.returncode == status, done.stderr
    assert words in done.stderr.decode()


def test_a_range_is_skipped_by_its_first_and_last_words(project: Path, spoil: Spoil) -> None:
    spoil(
        "data/facts/notice.yaml",
        "- quote: Visitors are asked to close the gate.",
        "- from: Visitors are\n  to: the gate.",
    )
    assert run("build", cwd=project).returncode == 0
    spoil("data/facts/notice.yaml", "- from: Visitors are\n  to: the gate.", "- from: the gate.\n  to: Visitors are")
    done = run("build", cwd=project)
    assert b"the last words of the range stand before its first" in done.stderr


def test_many_unread_passages_are_a_few_faults_with_how_many_more() -> None:
    source = Source("s", "s.txt", "", "\n".join("abcdefghij"), "", "", "", "", "", "en")
    faults = list(uncovered(covered({"s": source}, []), {"s": source}, 100))
    assert len(faults) == 5
    assert faults[-1].message.endswith("; and 5 more passages: `kg coverage s` shows them")


def test_one_source_is_shown_with_the_words_around(project: Path, spoil: Spoil) -> None:
    spoil("data/facts/notice.yaml", "- quote: Visitors are asked to close the gate.", "- quote: Visitors are asked to")
    shown = run("coverage", "notice", cwd=project)
    assert "…Visitors are asked to [close the gate.]…".encode() in shown.stdout
    assert b"did you mean 'notice'" in run("coverage", "notise", cwd=project).stderr


def by_characters(
    text: str, quoted: list[tuple[int, int]], skipped: list[tuple[int, int]], cover: list[tuple[int, int]]
) -> tuple[int, int, int, list[str]]:
    """The same, told one character after another."""
    state = [0] * len(text)
    for spans, mark in ((skipped, 1), (quoted, 2)):
        for start, end in spans:
            state[start:end] = [mark] * (end - start)
    meant = [not cover or any(start <= at < end for start, end in cover) for at in range(len(text))]
    seen = [at for at in range(len(text)) if meant[at] and not text[at].isspace()]
    left = [
        "".join(
            text[at]
            if at in set(seen) and not state[at]
            else "\x00"
            if (state[at] or not meant[at] or text[at] == "\n")
            else " "
            for at in range(len(text))
        )
    ]
    words = [piece for part in left[0].split("\x00") if (piece := part.strip())]
    return (
        len(seen),
        sum(state[at] == 2 for at in seen),
        sum(state[at] == 1 for at in seen),
        [" ".join(word.split()) for word in words],
    )


SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda pair: (min(pair), max(pair))), max_size=4)


@given(st.text("ab \n\u00a0é😀", max_size=40), SPANS, SPANS, SPANS)
def test_it_is_what_one_counts_character_by_character(
    text: str, quoted: list[tuple[int, int]], skipped: list[tuple[int, int]], cover: list[tuple[int, int]]
) -> None:
    quoted, skipped, cover = (
        [(a, min(b, len(text))) for a, b in spans if a < min(b, len(text))] for spans in (quoted, skipped, cover)
    )
    found = coverage(text, quoted, skipped, cover)
    characters, of_quotes, of_skips, left = by_characters(text, quoted, skipped, cover)
    assert (found.characters, found.quoted, found.skipped) == (characters, of_quotes, of_skips)
    assert [" ".join(one.text.split()) for one in found.unread] == left
    for one in found.unread:
        assert text.split("\n")[one.line - 1][one.column - 1 :].startswith(one.text)
