"""Quotes: where the exact words of a source stand in it.

Offsets count Unicode code points from 0, an end is exclusive (RFC 5147, 2.1.1). A quote is found verbatim: nothing is
normalised, not even white space.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from kg.facts.sources import Source
from kg.facts.yaml_csv import Text, place

CONTEXT = 32  # code points of text before and after a passage, as in Web Annotation's prefix and suffix


class Quote(NamedTuple):
    """The exact words of a source; prefix and suffix, where given, tell which of several places is meant."""

    exact: Text
    prefix: str = ""
    suffix: str = ""


class Passage(NamedTuple):
    """Where some words stand: the source's id and the characters [start, end)."""

    source: str
    start: int
    end: int


def occurrences(text: str, exact: str, prefix: str = "", suffix: str = "") -> list[int]:
    """Every offset at which exact stands in text between prefix and suffix, overlapping ones too.

    >>> occurrences("aaa", "aa"), occurrences("a cat, a dog", "a ", suffix="dog")
    ([0, 1], [7])
    """
    found = []
    at = text.find(exact)
    while at >= 0 and exact:
        if text.endswith(prefix, 0, at) and text.startswith(suffix, at + len(exact)):
            found.append(at)
        at = text.find(exact, at + 1)
    return found


def find(source: Source, quote: Quote) -> Passage:
    """The one place of a quote in a source; ValueError says why there is none, or which there are."""
    found = occurrences(source.text, *quote)
    if len(found) == 1:
        start, end = found[0], found[0] + len(quote.exact)
        if broken := broken_at(source.text, start) or broken_at(source.text, end):
            raise ValueError(
                f"“{short(quote.exact)}” begins or ends within “{broken}”; quote it whole, and in a list put words "
                "with a comma in quotation marks"
            )
        return Passage(source.id, start, end)
    words = f"“{short(quote.exact)}”"
    if found:
        lines = ", ".join(str(place(source.text, at)[0]) for at in found[:8])
        raise ValueError(
            f"{words} stands {len(found)} times in {source.file} (lines {lines}); quote more words, or write "
            "quote: {exact: ..., prefix: ..., suffix: ...}"
        )
    if occurrences(source.text, quote.exact):
        raise ValueError(f"{words} stands in {source.file}, but not between that prefix and suffix; fix them")
    raise ValueError(f"{words} does not stand in {source.file}{nearest_passage(source.text, quote.exact)}")


def broken_at(text: str, at: int) -> str:
    """The number that a border at an offset would cut in two, "" where it cuts none.

    >>> broken_at("over 2,500 members", 6), broken_at("over 2,500 members", 10)
    ('2,500', '')
    """
    for found in re.finditer(r"\d[\d.,]*\d", text[max(0, at - 40) : at + 40]):
        if found.start() < at - max(0, at - 40) < found.end():
            return found[0]
    return ""


def nearest_passage(text: str, words: str) -> str:
    """Where the longest beginning or end of words stands in text, and how it goes on there; "" if nowhere.

    >>> nearest_passage("It was founded in 1995.", "It was founded in 1996.")
    '; line 1 has “It was founded in 1995.”: after “It was founded in 199” comes “5”, not “6”'
    """
    head = _longest(lambda length: words[:length] in text, len(words))
    tail = _longest(lambda length: words[len(words) - length :] in text, len(words))
    if max(head, tail) < min(6, len(words) - 1):
        return "; no passage is near, check the source and the words"
    if head >= tail:
        at = text.find(words[:head])
        there = text[at : at + len(words)]
        rest = f"after “{words[:head][-24:]}” comes “{_show(text[at + head : at + head + 1])}”"
        differs = f"{rest}, not “{_show(words[head : head + 1])}”"
    else:
        end = text.find(words[len(words) - tail :])
        at = max(0, end + tail - len(words))
        there = text[at : end + tail]
        rest = f"before “{words[len(words) - tail :][:24]}” stands “{_show(text[max(0, end - 1) : end])}”"
        differs = f"{rest}, not “{_show(words[len(words) - tail - 1 : len(words) - tail])}”"
    return f"; line {place(text, at)[0]} has “{short(there)}”: {differs}"


def _longest(holds: Callable[[int], bool], most: int) -> int:
    """The greatest length, up to most, for which holds is true, when it is true for all smaller ones."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low


def short(words: str) -> str:
    """Words on one line for a message, the middle of long ones left out."""
    shown = words.replace("\n", "⏎")
    return shown if len(shown) <= 120 else f"{shown[:80]} … {shown[-30:]}"


def _show(character: str) -> str:
    return {"\n": "a line end", "\t": "a tab", "\u00a0": "a no-break space", "": "the end"}.get(character, character)


def around(text: str, start: int, end: int) -> tuple[str, str]:
    """The characters before and after a passage, up to CONTEXT of each."""
    return text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
