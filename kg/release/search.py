"""Search: the things of a release by name, other names and the words that speak of them.

An SQLite database with full-text indexes (FTS5), made at build and then only read.
"""

import json
import re
import sqlite3
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from kg.errors import QueryError, StoreError

SECONDS = 1.0  # what one search may take


class Thing(NamedTuple):
    """What can be found: its IRI and label, its other names, the IRIs of its types, stated before inferred, the
    quotes that speak of it, and how many statements name it."""

    iri: str
    label: str
    others: tuple[str, ...]
    types: tuple[str, ...]
    quotes: tuple[str, ...]
    degree: int


class Word(NamedTuple):
    """A class or property of the graph: its IRI and label, "class" or "property", how often it is used."""

    iri: str
    label: str
    kind: str
    uses: int


class Hit(NamedTuple):
    """A thing found, with a piece of the text it was found in and how alike its name is, from 0 to 100."""

    iri: str
    label: str
    others: tuple[str, ...]
    types: tuple[str, ...]
    snippet: str
    score: float


_TABLES = """
CREATE TABLE thing (id INTEGER PRIMARY KEY, iri TEXT UNIQUE, label TEXT, others TEXT, types TEXT, degree INTEGER);
CREATE TABLE type (iri TEXT, thing INTEGER, PRIMARY KEY (iri, thing)) WITHOUT ROWID;
CREATE TABLE word (iri TEXT, label TEXT, kind TEXT, count INTEGER);
CREATE VIRTUAL TABLE words USING fts5(
    label, others, quotes, tokenize = "unicode61 remove_diacritics 2", prefix = '2 3'
);
CREATE VIRTUAL TABLE letters USING fts5(names, tokenize = "trigram");
"""


def make_index(path: Path, things: Iterable[Thing], words: Iterable[Word]) -> None:
    """Write the database of things and words; the same ones in the same order give the same bytes."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        try:
            database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _TABLES)
        except sqlite3.OperationalError as error:
            if "no such" not in str(error):
                raise
            message = f"this Python's SQLite {sqlite3.sqlite_version} cannot search texts ({error})"
            raise StoreError(f"{message}; install one with FTS5, 3.34 or later") from None
        database.execute("BEGIN")
        for number, thing in enumerate(things, start=1):
            _insert(database, number, thing)
        database.executemany("INSERT INTO word VALUES (?, ?, ?, ?)", sorted(words))
        database.execute("COMMIT")


def _insert(database: sqlite3.Connection, number: int, thing: Thing) -> None:
    row = (number, thing.iri, thing.label, json.dumps(thing.others), json.dumps(thing.types), thing.degree)
    database.execute("INSERT INTO thing VALUES (?, ?, ?, ?, ?, ?)", row)
    database.executemany("INSERT INTO type VALUES (?, ?)", ((iri, number) for iri in dict.fromkeys(thing.types)))
    texts = (number, thing.label, "\n".join(thing.others), " … ".join(thing.quotes))
    database.execute("INSERT INTO words (rowid, label, others, quotes) VALUES (?, ?, ?, ?)", texts)
    database.execute(
        "INSERT INTO letters (rowid, names) VALUES (?, ?)", (number, "\n".join((thing.label, *thing.others)))
    )


def search(path: Path, text: str, most: int = 20, type_: str = "", skip: int = 0) -> list[Hit]:
    """The things that hold every word of text, or its beginnings, best first: names weigh more than quotes, a name that
    the text is a large part of weighs more than a longer one, and a thing that others speak of more than one apart.
    """
    tokens = re.findall(r"\w+", text)[:16]
    if not tokens:
        return []
    wanted = " ".join(f'"{token}"*' for token in tokens)
    query = """
        SELECT iri, thing.label, thing.others, types, snippet(words, -1, '', '', '…', 16), bm25(words, 10, 5, 1) AS rank
        FROM words JOIN thing ON thing.id = words.rowid
        WHERE words MATCH ? AND (? = '' OR thing.id IN (SELECT thing FROM type WHERE iri = ?))
        ORDER BY (lower(thing.label) = lower(?)) DESC, rank * (1 + degree / (degree + 10.0))
            - (instr(' ' || lower(thing.label) || ' ', ' ' || lower(?) || ' ') > 0) * ? / length(thing.label),
            thing.label
        LIMIT ? OFFSET ?"""
    asked = text.strip()
    values = (wanted, type_, type_, asked, asked, 2.0 * len(asked), most, skip)
    return [_hit(row, text) for row in _rows(path, query, values)]


def alike(path: Path, text: str, most: int = 10, types: Sequence[str] = (), *, every: bool = False) -> list[Hit]:
    """The things whose name is like text, the most alike first: also where letters differ, for reconciliation.

    Of several types a thing has one, or all with `every`; of none, any.
    """
    pieces = _pieces(text)
    wanted = tuple(dict.fromkeys(types))[:100]
    need = len(wanted) if every else 1
    marks = ",".join("?" * len(wanted))
    of = f"AND thing.id IN (SELECT thing FROM type WHERE iri IN ({marks}) GROUP BY thing HAVING COUNT(*) >= ?)"  # noqa: S608  (marks are ?)
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


def most(path: Path, number: int, type_: str = "") -> list[Hit]:
    """The things that most statements name, first those; of a type where one is given."""
    query = """SELECT iri, label, others, types, degree, 0 FROM thing
        WHERE ? = '' OR id IN (SELECT thing FROM type WHERE iri = ?) ORDER BY degree DESC, label LIMIT ?"""
    rows = _rows(path, query, (type_, type_, number))
    return [
        Hit(row[0], row[1], tuple(json.loads(row[2])), tuple(json.loads(row[3])), "", float(row[4])) for row in rows
    ]


def things(path: Path, iris: Iterable[str]) -> dict[str, Hit]:
    """The things with these IRIs, as far as they are known."""
    wanted = list(dict.fromkeys(iris))[:500]
    query = f"SELECT iri, label, others, types, '', 0 FROM thing WHERE iri IN ({','.join('?' * len(wanted))})"  # noqa: S608  (question marks alone)
    return {row[0]: _hit(row, row[1]) for row in _rows(path, query, tuple(wanted))}


def _rows(path: Path, query: str, values: tuple[object, ...]) -> list[Any]:
    end = time.monotonic() + SECONDS
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
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
