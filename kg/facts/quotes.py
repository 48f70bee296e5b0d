"""Quotes: where the exact words of a source stand in it.

Offsets count Unicode code points from 0, an end is exclusive (RFC 5147, 2.1.1). A quote is found verbatim: nothing is
normalised, not even white space.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from kg.facts.sources import Source
from kg.facts.values import Text, named, place

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
    """What a border at an offset would cut in two, "" where it cuts nothing: a word, a number, its sign, an accent.

    >>> broken_at("over 2,500 members", 6), broken_at("over 2,500 members", 10), broken_at("at -5 degrees", 4)
    ('2,500', '', '-5')
    """
    if at <= 0 or at >= len(text):
        return ""
    before, after = text[at - 1], text[at]
    start = max(0, at - 40)
    if (before.isdigit() or before in "-\u2212.,") and (after.isdigit() or after in ".,"):
        for found in re.finditer(r"(?<![\w.,])[-\u2212]?\d[\d.,]*\d|(?<![\w.,])[-\u2212]\d", text[start : at + 40]):
            if found.start() < at - start < found.end():
                return found[0]
    begins = after.isupper() and text[at + 1 : at + 2].islower()  # where a page runs two words together
    joined = _in_words(before) and _in_words(after) and not begins
    if joined or unicodedata.combining(after) or "\u200d" in (before, after):
        word = re.search(r"\S*$", text[start:at]), re.match(r"\S*", text[at : at + 40])
        return "".join(found[0] for found in word if found)
    return ""


def _in_words(character: str) -> bool:
    """Whether a character is a letter or digit of a script that puts spaces between words."""
    return character.isalnum() and not re.match(
        "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u33ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff]",
        character,
    )


def nearest_passage(text: str, words: str) -> str:
    """Where the words stand in text in another form, or their longest beginning or end; "" if nowhere.

    >>> nearest_passage("It was founded in 1995.", "It was founded in 1996.")
    '; line 1 has “It was founded in 1995.”: after “It was founded in 199” comes “5”, not “6”'
    >>> nearest_passage("He did co\u00adoperate", "did cooperate")
    '; line 1 has the same letters in another form: after “did co” comes a soft hyphen (U+00AD), not “o”'
    """
    return _in_another_form(text, words) or _nearest(text, words)


def _in_another_form(text: str, words: str) -> str:
    """Where the words stand but for characters that are not seen, or that look the same; "" if nowhere."""
    folded, places = letters_of(text)
    sought, _ = letters_of(words)
    at = folded.find(sought) if sought.strip() else -1
    if at < 0:
        return ""
    start, end = places[at], places[at + len(sought) - 1] + 1
    there = text[start:end]
    same = next(
        (n for n, (one, other) in enumerate(zip(there, words, strict=False)) if one != other),
        min(len(there), len(words)),
    )
    differs = f"comes {named(there[same : same + 1])}, not {named(words[same : same + 1])}"
    behind = f"after “{there[:same][-24:]}” " if same else "it begins otherwise: there "
    return f"; line {place(text, start)[0]} has the same letters in another form: {behind}{differs}"


ALIKE = {**dict.fromkeys("‘’ʼ′`", "'"), **dict.fromkeys("“”„«»″", '"'), **dict.fromkeys("‐‑‒–—−", "-")}


def letters_of(text: str) -> tuple[str, list[int]]:
    """The text without what is not seen, decomposed, and where each of its characters stands in the text."""
    letters: list[str] = []
    places: list[int] = []
    for index, character in enumerate(text):
        if unicodedata.category(character) == "Cf":
            continue
        for letter in unicodedata.normalize("NFKD", ALIKE.get(character, character)):
            letters.append(" " if letter.isspace() else letter)
            places.append(index)
    return "".join(letters), places


def _nearest(text: str, words: str) -> str:
    head = _longest(lambda length: words[:length] in text, len(words))
    tail = _longest(lambda length: words[len(words) - length :] in text, len(words))
    if max(head, tail) < min(6, len(words) - 1):
        return "; no passage is near, check the source and the words"
    if head >= tail:
        at = text.find(words[:head])
        there = text[at : at + len(words)]
        rest = f"after “{words[:head][-24:]}” comes {named(text[at + head : at + head + 1])}"
        differs = f"{rest}, not {named(words[head : head + 1])}"
    else:
        end = text.find(words[len(words) - tail :])
        at = max(0, end + tail - len(words))
        there = text[at : end + tail]
        rest = f"before “{words[len(words) - tail :][:24]}” stands {named(text[max(0, end - 1) : end])}"
        differs = f"{rest}, not {named(words[len(words) - tail - 1 : len(words) - tail])}"
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


def around(text: str, start: int, end: int) -> tuple[str, str]:
    """The characters before and after a passage, up to CONTEXT of each."""
    return text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
