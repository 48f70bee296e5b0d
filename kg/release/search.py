"""Search: the things of a release by name, other names and the words that speak of them, and lists of them by facet.

An SQLite database with full-text indexes (FTS5), made at build and then only read.
"""

import json
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from kg.errors import QueryError, StoreError
from kg.release.search_index import Word

SECONDS = 1.0  # what one search may take


class Hit(NamedTuple):
    """A thing found, with a piece of the text it was found in; `score` is how alike its name is, from 0 to 100, or,
    where nothing was searched for, how many statements name it.
    """

    iri: str
    label: str
    others: tuple[str, ...]
    types: tuple[str, ...]
    snippet: str
    score: float


def search(path: Path, wanted: "Wanted", most: int = 20, skip: int = 0, marks: tuple[str, str] = ("", "")) -> list[Hit]:
    """The things that hold every word of the text that is wanted, or its beginning, or another form of it, best first;
    those that hold some, where these are wanted.

    Names weigh more than quotes, a name that the text is a large part of weighs more than a longer one, and a thing
    that others speak of more than one apart; other forms of a word come last. `marks` go around what was found.
    """
    asked = wanted.text.strip()
    if not (begun := _begun(asked, wanted.some)):
        return []
    query = """
        WITH found AS (
            SELECT rowid AS id, bm25(words, 10, 5, 1, 1) AS rank, 0 AS formed FROM words WHERE words MATCH ?1
            UNION ALL
            SELECT rowid, bm25(stems, 10, 5, 1, 1), 1 FROM stems WHERE stems MATCH ?2
                AND rowid NOT IN (SELECT rowid FROM words WHERE words MATCH ?1)
        )
        SELECT iri, thing.label, thing.others, types, formed, id FROM found JOIN thing USING (id) JOIN text USING (id)
        WHERE ?3 = '' OR id IN (SELECT thing FROM facet WHERE name = 'kind' AND value = ?3)
        ORDER BY formed, (lower(thing.label) = lower(?4)) DESC,
            (instr(char(10) || lower(text.others) || char(10), char(10) || lower(?4) || char(10)) > 0) DESC,
            rank * (1 + 3 * degree / (degree + 100.0))
            - (instr(' ' || lower(thing.label) || ' ', ' ' || lower(?4) || ' ') > 0) * ?5 / length(thing.label),
            thing.label
        LIMIT ?6 OFFSET ?7"""
    formed, type_ = _whole(asked, wanted.some), wanted.facets.get("kind", "")
    values = (begun, formed, type_, asked, 5.0 * len(asked), most, skip)
    hits = []
    for iri, label, others, types, other, number in _rows(path, query, values):
        table, match = ("stems", formed) if other else ("words", begun)
        where = f"FROM {table} WHERE {table} MATCH ? AND rowid = ?"  # one of two names, and values that are bound
        snippet = _rows(path, f"SELECT snippet({table}, -1, ?, ?, '…', 16) {where}", (*marks, match, number))[0][0]
        hits.append(_hit((iri, label, others, types, snippet, 0), asked))
    return hits


def respelled(path: Path, text: str, known: Callable[[str], object] = lambda word: False) -> str:
    """A text with each word that no name and no quote has put as the most alike word that one does; "" where all are
    there, or for one of them none is alike. What is `known` otherwise stays as it is.
    """
    from rapidfuzz.distance import DamerauLevenshtein  # needed where nothing is found alone

    tokens = re.findall(r"\w+", text.casefold())[:16]
    told = list(tokens)
    for index, token in enumerate(tokens):
        if known(token) or _rows(path, "SELECT 1 FROM words WHERE words MATCH ? LIMIT 1", (_begun(token),)):
            continue
        far = 0 if len(token) < 4 else 1 if len(token) < 8 else 2
        rows = _rows(
            path,
            "SELECT term, doc FROM spelling WHERE length(term) BETWEEN ? AND ? LIMIT 200000",
            (len(token) - far, len(token) + far),
        )
        near = ((DamerauLevenshtein.distance(token, term, score_cutoff=far), -uses, term) for term, uses in rows)
        best = min((one for one in near if one[0] <= far), default=None)
        if best is None:
            return ""
        told[index] = best[2]
    return " ".join(told) if told != tokens else ""


def telling(text: str) -> str:
    """The words of a text that say what is asked for.

    >>> telling("How many members did it have?")
    'members'
    """
    return " ".join(token for token in re.findall(r"\w+", text)[:16] if token.casefold() not in COMMON)


def matching(texts: Mapping[str, str], text: str, most: int = 5, *, every: bool = False) -> list[str]:
    """The keys of the texts that have the telling words of a text, whatever their form: those with all of them, or
    else, unless `every`, those with some; the best first. A few hundred texts take milliseconds.

    >>> matching({"a": "Who paid the campaign?", "b": "Which campaigns were there?"}, "paid campaigns")
    ['a']
    """
    tokens = telling(text).split()
    if not tokens:
        return []
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute(
            'CREATE VIRTUAL TABLE held USING fts5(told, tokenize = "porter unicode61 remove_diacritics 2")'
        )
        database.executemany("INSERT INTO held (rowid, told) VALUES (?, ?)", enumerate(texts.values(), start=1))
        keys = list(texts)
        for between in (" ",) if every else (" ", " OR "):
            wanted = between.join(f'"{token}"' for token in tokens)
            query = "SELECT rowid FROM held WHERE held MATCH ? ORDER BY rank, rowid LIMIT ?"
            if found := [keys[row[0] - 1] for row in database.execute(query, (wanted, most))]:
                return found
    return []


# Words that say nothing of what is asked for.
COMMON = frozenset(
    "a about all an and any are as at by did do does for from had has have how in is it its many of on or that the "
    "their there they this to was were what when where which who whom whose why with".split()
)


def _begun(text: str, some: bool = False) -> str:
    """A text as a query of FTS5 for each, or some, of its words, or their beginnings; "" where it has none."""
    return (" OR " if some else " ").join(f'"{token}"*' for token in re.findall(r"\w+", text)[:16])


def _whole(text: str, some: bool = False) -> str:
    """A text as a query of FTS5 for each, or some, of its words."""
    return (" OR " if some else " ").join(f'"{token}"' for token in re.findall(r"\w+", text)[:16])


FACETS = ("kind", "year", "place", "source", "basis")  # by which lists of things are narrowed
ORDERS = {"statements": "id", "name": "label COLLATE NOCASE, iri", "date": "day IS NULL, day, label, iri"}


class Wanted(NamedTuple):
    """What a list has: things with these values of FACETS, by name, whose names or quotes have these words, or some."""

    facets: Mapping[str, str]
    text: str = ""
    some: bool = False

    @property
    def sql(self) -> tuple[str, tuple[str, ...]]:
        """The query for the ids of the things, and its values."""
        narrowed = "SELECT thing AS id FROM facet WHERE name = ? AND value = ?"  # in the order of the numbers
        clauses = [f"id IN ({narrowed})" for _ in list(self.facets)[1:]]
        values = [part for pair in self.facets.items() for part in pair]
        if self.text.strip():
            clauses.append(
                "id IN (SELECT rowid FROM words WHERE words MATCH ? UNION SELECT rowid FROM stems WHERE stems MATCH ?)"
            )
            values += [_begun(self.text, self.some) or '""', _whole(self.text, self.some) or '""']
        of = f"({narrowed})" if self.facets else "thing"
        return f"SELECT id FROM {of} WHERE {' AND '.join(clauses) or '1'}", tuple(values)  # noqa: S608  (values are bound)


def listed(path: Path, wanted: Wanted, order: str, most: int, skip: int = 0) -> list[Hit]:
    """The things that are wanted, in one of ORDERS."""
    ids, values = wanted.sql
    looked_up = "" if order == "statements" else "JOIN thing USING (id)"  # the numbers are that order
    page = f"SELECT id FROM ({ids}) {looked_up} ORDER BY {ORDERS[order]} LIMIT ? OFFSET ?"  # noqa: S608  (the values are bound)
    query = f"""SELECT iri, label, others, types, degree FROM ({page}) JOIN thing USING (id)
        ORDER BY {ORDERS[order]}"""  # noqa: S608  (the values are bound)
    rows = _rows(path, query, (*values, most, skip))
    return [_named(row) for row in rows]


def number_of(path: Path, wanted: Wanted) -> int:
    """How many things are wanted."""
    ids, values = wanted.sql
    count: int = _rows(path, f"SELECT COUNT(*) FROM ({ids})", values)[0][0]  # noqa: S608  (the values are bound)
    return count


def choices(path: Path, facet: str, wanted: Wanted, most: int = 100) -> list[tuple[str, int]]:
    """The values of a facet among what is wanted by the others, with how many things have each, the most first."""
    others = Wanted({name: value for name, value in wanted.facets.items() if name != facet}, wanted.text)
    ids, values = others.sql
    query = f"""SELECT value, COUNT(*) FROM facet WHERE name = ? AND thing IN ({ids})
        GROUP BY value ORDER BY COUNT(*) DESC, value LIMIT ?"""  # noqa: S608  (the values are bound)
    return [(row[0], row[1]) for row in _rows(path, query, (facet, *values, most))]


def alike(path: Path, text: str, most: int = 10, types: Sequence[str] = (), *, every: bool = False) -> list[Hit]:
    """The things whose name is like text, the most alike first: also where letters differ, for reconciliation.

    Of several types a thing has one, or all with `every`; of none, any.
    """
    pieces = _pieces(text)
    wanted = tuple(dict.fromkeys(types))[:100]
    need = len(wanted) if every else 1
    marks = ",".join("?" * len(wanted))
    having = f"SELECT thing FROM facet WHERE name = 'kind' AND value IN ({marks}) GROUP BY thing HAVING COUNT(*) >= ?"  # noqa: S608  (marks are ?)
    of = f"AND thing.id IN ({having})"
    narrowed, values = (of, (*wanted, need)) if wanted else ("", ())
    if pieces:
        query = f"""
            SELECT iri, label, others, types, '', bm25(letters) AS rank
            FROM letters JOIN thing ON thing.id = letters.rowid WHERE letters MATCH ? {narrowed}
            ORDER BY rank LIMIT 50"""  # noqa: S608  (the values are bound)
        rows = _rows(path, query, (" OR ".join(pieces), *values))
    else:  # a text too short for its letters to be looked up
        query = f"""
            SELECT iri, thing.label, thing.others, types, '', bm25(words) AS rank
            FROM words JOIN thing ON thing.id = words.rowid WHERE words MATCH ? {narrowed}
            ORDER BY rank LIMIT 50"""  # noqa: S608  (the values are bound)
        tokens = re.findall(r"\w+", text)
        rows = _rows(path, query, (" ".join(f'"{token}"*' for token in tokens), *values)) if tokens else []
    hits = [_hit(row, text) for row in rows]
    return sorted(hits, key=lambda hit: (-hit.score, hit.label, hit.iri))[:most]


def _pieces(text: str) -> list[str]:
    """The trigrams of a text as FTS5 takes them; of a text too short for one, none."""
    folded = " ".join(text.split())[:100]
    return sorted({'"' + folded[i : i + 3].replace('"', '""') + '"' for i in range(len(folded) - 2)})


def words(path: Path, kind: str, text: str = "", most: int = 20, skip: int = 0) -> list[Word]:
    """The classes or the properties whose label or IRI holds text, the most used first."""
    like = "%" + re.sub(r"([\\%_])", r"\\\1", text) + "%"
    query = """SELECT iri, label, kind, count FROM word WHERE kind = ?
        AND (label LIKE ? ESCAPE '\\' OR iri LIKE ? ESCAPE '\\')
        ORDER BY count DESC, iri LIMIT ? OFFSET ?"""
    return [Word(row[0], row[1], row[2], row[3]) for row in _rows(path, query, (kind, like, like, most, skip))]


class Text(NamedTuple):
    """What is searched of a thing: its IRI, label, other names, types and the words that are quoted of it."""

    iri: str
    label: str
    others: tuple[str, ...]
    types: tuple[str, ...]
    quotes: str


def texts(path: Path) -> Iterator[Text]:
    """What is searched of each thing, those that most statements name first."""
    query = """SELECT iri, thing.label, thing.others, types, quotes FROM thing JOIN text USING (id)
        ORDER BY id"""
    for iri, label, others, types, quotes in _rows(path, query, ()):
        yield Text(iri, label, tuple(json.loads(others)), tuple(json.loads(types)), quotes)


def most(path: Path, number: int, type_: str = "") -> list[Hit]:
    """The things that most statements name, first those; of a type where one is given."""
    query = """SELECT iri, label, others, types, degree FROM thing
        WHERE ? = '' OR id IN (SELECT thing FROM facet WHERE name = 'kind' AND value = ?)
        ORDER BY id LIMIT ?"""
    return [_named(row) for row in _rows(path, query, (type_, type_, number))]


def every(path: Path) -> Iterator[str]:
    """The IRIs of all things, those that most statements name first, read in portions."""
    last = -1
    while rows := _rows(path, "SELECT id, iri FROM thing WHERE id > ? ORDER BY id LIMIT 1000", (last,)):
        yield from (iri for _, iri in rows)
        last = rows[-1][0]


def things(path: Path, iris: Iterable[str]) -> dict[str, Hit]:
    """The things with these IRIs, as far as they are known."""
    wanted = list(dict.fromkeys(iris))[:500]
    query = f"SELECT iri, label, others, types, degree FROM thing WHERE iri IN ({','.join('?' * len(wanted))})"  # noqa: S608  (question marks alone)
    return {row[0]: _named(row) for row in _rows(path, query, tuple(wanted))}


def _named(row: tuple[str, str, str, str, int]) -> Hit:
    iri, label, others, types, degree = row
    return Hit(iri, label, tuple(json.loads(others)), tuple(json.loads(types)), "", degree)


class _Index:
    """A connection to an index, closed once nobody has it."""

    def __init__(self, path: Path) -> None:
        address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        # One thread alone asks it; whichever clears up after that thread closes it.
        self.path, self.database = path, sqlite3.connect(address, uri=True, check_same_thread=False)

    def __del__(self) -> None:
        if hasattr(self, "database"):
            self.database.close()


_kept = threading.local()  # the index that each thread asked last


def _opened(path: Path) -> sqlite3.Connection:
    kept: _Index | None = getattr(_kept, "index", None)
    if kept is None or kept.path != path:
        kept = _kept.index = _Index(path)
    return kept.database


def _rows(path: Path, query: str, values: tuple[object, ...]) -> list[Any]:
    end = time.monotonic() + SECONDS
    try:
        database = _opened(path)
        database.set_progress_handler(lambda: time.monotonic() > end, 10_000)
        return list(database.execute(query, values))
    except sqlite3.OperationalError as error:
        if "interrupted" in str(error):
            raise QueryError(f"the search took more than {SECONDS:g} s; ask for longer words") from None
        raise StoreError(f"{path}: {error}; run `kg build` to make the release again") from None
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{path}: {error}; run `kg build` to make the release again") from None


def _hit(row: tuple[str, str, str, str, str, float], text: str) -> Hit:
    iri, label, others, types, snippet, _ = row
    names = (label, *json.loads(others))
    score = max(likeness(name, text) for name in names)
    return Hit(iri, label, tuple(names[1:]), tuple(json.loads(types)), snippet, score)


def likeness(name: str, text: str) -> float:
    """How alike two names are, from 0 to 100, whatever their case and the order of their words.

    >>> likeness("Ada Lovelace", "lovelace, ada"), likeness("Skerry Point", "Skery Point") > 90, likeness("A", "B")
    (100.0, True, 0.0)
    """
    from rapidfuzz.fuzz import token_sort_ratio  # needed by searches alone

    return round(token_sort_ratio(_folded(name), _folded(text)), 1)


def _folded(text: str) -> str:
    """The words of a text, whatever their case."""
    return " ".join(re.findall(r"\w+", text.casefold()))
