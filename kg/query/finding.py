"""Finding: what a text leads to in a release: things, questions, and the terms of its vocabulary."""

from collections.abc import Mapping
from typing import NamedTuple

from kg.query.canned import CannedQuery
from kg.query.opened import Opened
from kg.release import search
from kg.release.search import Hit, Wanted
from kg.release.search_index import Word

MOST_QUESTIONS = 5
MOST_TERMS = 5
FEW = 6  # things with all words, below which those with some are told too


class Sought(NamedTuple):
    """What is searched for: a text, things of a type alone where one is given, how many, and how many are skipped."""

    text: str
    most: int = 20
    type_: str = ""
    skip: int = 0


class Found(NamedTuple):
    """What a text leads to: the things of a page of hits and how many there are of each, questions, and terms.

    `respelled` is the text that was searched for instead, where nothing has the words as they were given; `some`: where
    nothing has all of them, what has some was searched for.
    """

    hits: tuple[Hit, ...]
    total: int
    queries: tuple[CannedQuery, ...]
    terms: tuple[Word, ...]
    respelled: str = ""
    some: bool = False


def find(opened: Opened, sought: Sought, marks: tuple[str, str] = ("", "")) -> Found:
    """What a text leads to in a release; `marks` go around what matches."""
    index, queries = opened.index, opened.queries
    text, most, type_, skip = sought
    kinds = {"kind": type_} if type_ else {}
    telling = search.telling(text) or text
    tries = [Wanted(kinds, text), Wanted(kinds, telling)]
    if not matching_queries(queries, text, every=True):
        there = any(search.number_of(index, one) for one in tries)
        near = "" if there else search.respelled(index, telling, lambda word: matching_queries(queries, word, 1))
        tries += [Wanted(kinds, near)] if near else []
        tries += [Wanted(kinds, telling, some=True)]
    used = next((one for one in tries if one.text.strip() and search.number_of(index, one)), Wanted(kinds, text))
    hits = search.search(index, used, most, skip, marks)
    total = search.number_of(index, used) if hits else 0
    if (
        not used.some and " " in telling and 0 < total < FEW and total == len(hits) and not skip
    ):  # what has some of the words comes behind
        more = search.search(index, Wanted(kinds, used.text and search.telling(used.text), some=True), most, 0, marks)
        seen = {hit.iri for hit in hits}
        hits += [hit for hit in more if hit.iri not in seen][: max(0, min(FEW, most) - total)]
        total = len(hits)
    return Found(
        tuple(hits),
        total,
        matching_queries(queries, used.text),
        _terms(opened, used.text),
        used.text if used.text not in (text, telling) else "",
        used.some,
    )


def matching_queries(
    queries: Mapping[str, CannedQuery], text: str, most: int = MOST_QUESTIONS, *, every: bool = False
) -> tuple[CannedQuery, ...]:
    """The canned queries whose names, summaries, descriptions, tags or parameters have some words, the best first;
    with `every`, all of them.
    """
    texts = {
        name: " ".join((name, query.summary, query.description, *query.tags, *(p.help for p in query.parameters)))
        for name, query in queries.items()
    }
    return tuple(queries[name] for name in search.matching(texts, text, most, every=every))


def _terms(opened: Opened, text: str) -> tuple[Word, ...]:
    """The properties and classes that facts use whose words, on pages or in the vocabulary, have some words; each is
    labelled as pages have it.
    """
    words: dict[str, Word] = {}
    told: dict[str, str] = {}
    for kind in ("property", "class"):
        for word in search.words(opened.index, kind, most=1000):
            if said := opened.words.get(word.iri):
                headings = opened.headings
                label = headings.forward(word.iri) if kind == "property" else word.label or said
                others = (word.label, said, headings.inverse(word.iri, ())[0] if kind == "property" else "")
                words[word.iri] = word._replace(label=label)
                told[word.iri] = " ".join((label, *others))
    return tuple(words[iri] for iri in search.matching(told, text, MOST_TERMS))
