"""Search index: the database that is searched, made at build: an SQLite database with full-text indexes (FTS5)."""

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from kg.errors import StoreError


class Thing(NamedTuple):
    """What can be found: its IRI and label, its other names, the IRIs of its types, stated before inferred, the
    quotes that speak of it, and how many statements name it.

    `day` is the first day of its date as a number that grows with time; `facets` are pairs of a name and a value by
    which lists of things can be narrowed; `holds` are the IRIs of the things in it, where it is a place; `codes` are
    its identifiers and dates as they are written.
    """

    iri: str
    label: str
    others: tuple[str, ...]
    types: tuple[str, ...]
    quotes: tuple[str, ...]
    degree: int
    day: int | None = None
    facets: tuple[tuple[str, str], ...] = ()
    holds: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


class Word(NamedTuple):
    """A class or property of the graph: its IRI and label, "class" or "property", how often it is used."""

    iri: str
    label: str
    kind: str
    uses: int


_TABLES = """
CREATE TABLE thing (
    id INTEGER PRIMARY KEY, iri TEXT UNIQUE, label TEXT, others TEXT, types TEXT, degree INTEGER, day INTEGER
);
CREATE TABLE facet (name TEXT, value TEXT, thing INTEGER, PRIMARY KEY (name, value, thing)) WITHOUT ROWID;
CREATE TABLE word (iri TEXT, label TEXT, kind TEXT, count INTEGER);
CREATE TABLE text (id INTEGER PRIMARY KEY, label TEXT, others TEXT, quotes TEXT, codes TEXT);
CREATE VIRTUAL TABLE words USING fts5(
    label, others, quotes, codes, content = 'text', content_rowid = 'id',
    tokenize = "unicode61 remove_diacritics 2", prefix = '2 3'
);
CREATE VIRTUAL TABLE stems USING fts5(
    label, others, quotes, codes, content = 'text', content_rowid = 'id',
    tokenize = "porter unicode61 remove_diacritics 2"
);
CREATE VIRTUAL TABLE spelling USING fts5vocab('words', 'row');
CREATE VIRTUAL TABLE letters USING fts5(names, tokenize = "trigram");
CREATE TEMP TABLE held (place TEXT, iri TEXT);
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
        database.execute(
            "INSERT OR IGNORE INTO facet SELECT 'place', place, id FROM held JOIN thing USING (iri) ORDER BY place, id"
        )
        for table in ("words", "stems"):
            database.execute(f"INSERT INTO {table}({table}) VALUES ('rebuild')")  # noqa: S608  (a name of ours)
        database.executemany("INSERT INTO word VALUES (?, ?, ?, ?)", sorted(words))
        database.execute("COMMIT")


def _insert(database: sqlite3.Connection, number: int, thing: Thing) -> None:
    row = (number, thing.iri, thing.label, json.dumps(thing.others), json.dumps(thing.types), thing.degree, thing.day)
    database.execute("INSERT INTO thing VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    facets = dict.fromkeys([*(("kind", type_) for type_ in thing.types), *thing.facets])
    database.executemany("INSERT INTO facet VALUES (?, ?, ?)", ((*facet, number) for facet in facets))
    database.executemany("INSERT INTO held VALUES (?, ?)", ((thing.iri, iri) for iri in thing.holds))
    texts = (number, thing.label, "\n".join(thing.others), " … ".join(thing.quotes), " ".join(thing.codes))
    database.execute("INSERT INTO text VALUES (?, ?, ?, ?, ?)", texts)
    database.execute(
        "INSERT INTO letters (rowid, names) VALUES (?, ?)", (number, "\n".join((thing.label, *thing.others)))
    )
