"""Headings: whether a date that follows from the layout stands in the heading above the words that it dates."""

import re
from collections.abc import Sequence
from itertools import pairwise

from kg.facts.quotes import Passage
from kg.facts.reading import missing
from kg.facts.sources import Source
from kg.rdf.edtf import Edtf

_LONGEST = 120  # characters of a line that can be a heading
_WRAPPED = 50  # characters of a line that goes on in the next, where it does not end a sentence


def misplaced(date: Edtf, passages: Sequence[Passage], source: Source, note: str) -> tuple[str, str] | None:
    """What is wrong with a date of the layout, and what to do; None where a quoted heading shows it.

    The heading is the nearest one with a date above other quoted words, in the paragraph below it, unless a note says
    why another one holds.
    """
    text = source.text
    last = max(passage.end for passage in passages)
    shows = [
        passage
        for passage in passages
        if passage.end < last
        and is_line(text, passage.start, passage.end)
        and not missing(date, text[passage.start : passage.end], source.languages)
    ]
    if not shows:
        return (
            "cannot be read in a quoted heading above the words",
            "quote the whole line of the heading that does, or set basis to stated or inferred",
        )
    if note:
        return None
    above = shows[-1].end
    below = min(passage.start for passage in passages if passage.start > above)
    if nearer := _dated_line(text, above, below):
        return (
            f"is the date of a heading, and “{nearer}” stands nearer above the words",
            "quote that heading, or add a note that says why the other one holds",
        )
    if re.search(r"\n\s*\n", text[above:below].lstrip()):
        return (
            "is the date of a heading, and the words stand in a later paragraph than the one below it",
            "set basis to inferred, or add a note that says why the heading dates them too",
        )
    return None


def is_line(text: str, start: int, end: int) -> bool:
    """Whether a passage is a line of its own, but for white space and the marks of a heading or a list.

    >>> is_line("## 1890\\nA horn", 3, 7), is_line("## 1890\\nA horn", 8, 9)
    (True, False)
    """
    line = text[text.rfind("\n", 0, start) + 1 : start], text[end : (text + "\n").find("\n", end)]
    return not any(side.strip(" \t\xa0#*=-_•|:.") for side in line)


def _dated_line(text: str, start: int, end: int) -> str:
    """The last line between two offsets that can be a heading with a year, "" where there is none."""
    lines = text[start:end].split("\n")[:-1]
    for before, line in reversed(list(pairwise(lines))):
        shown = line.strip(" \t\xa0#*=-_•|")
        dated = re.match(r"\D{0,60}\d", shown) and re.search(r"(?<!\d)\d{4}(?!\d)", shown)
        wrapped = len(before.strip()) > _WRAPPED and not re.search(r"[.!?;:]\W*$", before)
        if len(shown) <= _LONGEST and dated and not wrapped and not re.search(r"[.!?;:]$|\.\s", shown):
            return shown
    return ""
