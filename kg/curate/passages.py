"""Passages: where words stand in a text as somebody remembers them, and the quote that names that place alone."""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from kg.facts.quotes import broken_at, letters_of, occurrences
from kg.facts.yaml_edit import Plain

SHORTEST = 0.7  # of the length of what is remembered, that of a passage that is like it
ALIKE = 3  # passages that are only alike are shown
LEAST = 60.0  # how alike a passage must be to what was remembered, from 0 to 100
MOST_CONTEXT = 80  # characters of a prefix or a suffix


class Near(NamedTuple):
    """A passage [start, end) of a text, and how alike it is to what was looked for, from 0 to 100; 100 is the same but
    for spaces, case, quotation marks, hyphens and accents."""

    start: int
    end: int
    score: float


def find_near(text: str, words: str, most: int = 3) -> list[Near]:
    """The passages of a text that are most like some words, the most alike first; in the order of the text where they
    are as alike.

    >>> text = "It was founded in 1995 by NGOs.  It grew to 450 mem\\u00adbers."
    >>> [(text[one.start : one.end], one.score) for one in find_near(text, "GREW  to 450 members")]
    [('grew to 450 mem\\xadbers', 100.0)]
    """
    sought = fold(words)[0].strip()
    if not sought:
        return []
    if verbatim := occurrences(text, words.strip()):  # which needs no folding of a long text
        return [Near(*whole(text, at, at + len(words.strip())), 100.0) for at in verbatim][:most]
    folded, places = fold(text)
    exact = [Near(*whole(text, places[at], places[at + len(sought) - 1] + 1), 100.0) for at in _all(folded, sought)]
    return exact[:most] or _alike(text, folded, places, sought, min(most, ALIKE))


def _all(text: str, words: str) -> Iterator[int]:
    at = text.find(words)
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def _alike(text: str, folded: str, places: list[int], sought: str, most: int) -> list[Near]:
    """The best place of each sentence, or two of them, that is like the words at all."""
    from rapidfuzz.fuzz import partial_ratio, partial_ratio_alignment  # needed where the words stand nowhere

    borders = [0, *(found.end() for found in re.finditer(r"[.!?:;]\s+", folded)), len(folded)]
    stretches = {
        (start, borders[min(n + span, len(borders) - 1)]) for n, start in enumerate(borders[:-1]) for span in (1, 2)
    }
    scored = sorted(((partial_ratio(sought, folded[a:b]), -a, b) for a, b in stretches), reverse=True)[: 4 * most]
    found: list[Near] = []
    for score, minus, end in scored:
        start = -minus
        if end - start < SHORTEST * len(sought):  # of which nothing but a part of the words could be found
            continue
        aligned = partial_ratio_alignment(sought, folded[start:end])
        if score < LEAST or aligned is None or aligned.dest_end - aligned.dest_start < SHORTEST * len(sought):
            continue
        first, last = _ends(folded, sought, start + aligned.dest_start, start + aligned.dest_end)
        last -= 1
        while first < last and folded[first] in "'\"([{*_" and sought[0] != folded[first]:
            first += 1
        while last > first and folded[last] in ",;: " and sought[-1] not in ",;: ":
            last -= 1
        one = Near(*whole(text, places[first], places[last] + 1), min(99.0, round(score, 1)))
        if not any(one.start < other.end and other.start < one.end for other in found):
            found.append(one)
    return found[:most]


def _ends(folded: str, sought: str, start: int, end: int) -> tuple[int, int]:
    """A passage that is like some words, grown or cut to where their first and their last words stand near its ends:
    a reference or a link between them moves the passage that is most like them off these.
    """
    words = sought.split()
    room = len(sought)
    for size in (3, 2):
        head, tail = " ".join(words[:size]), " ".join(words[-size:])
        if len(words) <= size:
            continue
        at = folded.rfind(head, max(0, start - room), start + len(head))
        at = at if at >= 0 else folded.find(head, start, end)
        start = at if at >= 0 else start
        at = folded.find(tail, max(start, end - len(tail)), end + room)
        at = at if at >= 0 else folded.rfind(tail, start, end)
        end = at + len(tail) if at >= 0 else end
    return start, end


def whole(text: str, start: int, end: int) -> tuple[int, int]:
    """A stretch without white space at its ends, grown to whole words and numbers."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while start > 0 and broken_at(text, start):
        start -= 1
    while end < len(text) and broken_at(text, end):
        end += 1
    return start, end


def fold(text: str) -> tuple[str, list[int]]:
    """A text as words are remembered, and where each of its characters stands: without what is not seen, and without
    accents, in small letters, one space for any white space.

    >>> fold("Caf\\u00e9  “A”")[0]
    'cafe "a"'
    """
    letters: list[str] = []
    places: list[int] = []
    for letter, place in zip(*letters_of(text), strict=True):
        if unicodedata.combining(letter) or (letter == " " and letters[-1:] == [" "]):
            continue
        said = letter.casefold()
        letters += said
        places += [place] * len(said)
    return "".join(letters), places


def quote_of(text: str, start: int, end: int) -> Plain:
    """The quote of a passage: its words, with a prefix or a suffix of whole words where they stand more than once.

    ValueError where no words around them tell the place from the others.

    >>> quote_of("a cat, a dog", 0, 1), quote_of("a cat", 2, 5)
    ({'exact': 'a', 'suffix': ' cat'}, 'cat')
    """
    exact = text[start:end]
    if len(occurrences(text, exact)) == 1:
        return exact
    for size in range(1, MOST_CONTEXT):
        prefix, suffix = text[max(0, start - size) : start], text[end : end + size]
        if start >= size and not broken_at(text, start - size) and len(occurrences(text, exact, prefix=prefix)) == 1:
            return {"exact": exact, "prefix": prefix}
        if (
            end + size <= len(text)
            and not broken_at(text, end + size)
            and len(occurrences(text, exact, suffix=suffix)) == 1
        ):
            return {"exact": exact, "suffix": suffix}
    raise ValueError(f"“{exact[:60]}” stands more than once with the same words around it; quote more words")
