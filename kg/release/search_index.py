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
    id INTEGER PRIMARY KEY, iri TEXT, label TEXT, others TEXT, types TEXT, degree INTEGER, day INTEGER
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
CREATE TEMP TABLE given (
    iri TEXT PRIMARY KEY, label TEXT, others TEXT, types TEXT, degree INTEGER, day INTEGER,
    names TEXT, quotes TEXT, codes TEXT
) WITHOUT ROWID;
CREATE TEMP TABLE narrowed (iri TEXT, name TEXT, value TEXT);
CREATE TEMP TABLE held (place TEXT, iri TEXT);
"""

# Things are numbered in the order in which lists show them, those that most statements name first, so that a list needs
# no sorting.
_FILLED = """
INSERT INTO thing (iri, label, others, types, degree, day)
    SELECT iri, label, others, types, degree, day FROM given ORDER BY degree DESC, label, iri;
CREATE UNIQUE INDEX thing_by_iri ON thing (iri);
INSERT INTO text SELECT id, given.label, names, quotes, codes FROM thing CROSS JOIN given USING (iri) ORDER BY id;
INSERT INTO letters (rowid, names) SELECT id, trim(label || char(10) || others, char(10)) FROM text ORDER BY id;
INSERT OR IGNORE INTO facet
    SELECT name, value, id FROM narrowed JOIN thing USING (iri)
    UNION SELECT 'place', place, id FROM held JOIN thing USING (iri) ORDER BY 1, 2, 3;
INSERT INTO words (words) VALUES ('rebuild');
INSERT INTO stems (stems) VALUES ('rebuild');
"""


def make_index(path: Path, things: Iterable[Thing], words: Iterable[Word]) -> None:
    """Write the database of things and words; the same ones in any order give the same bytes."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        try:
            database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _TABLES)
        except sqlite3.OperationalError as error:
            if "no such" not in str(error):
                raise
            message = f"this Python's SQLite {sqlite3.sqlite_version} cannot search texts ({error})"
            raise StoreError(f"{message}; install one with FTS5, 3.34 or later") from None
        database.execute("BEGIN")
        for thing in things:
            _insert(database, thing)
        for statement in _FILLED.split(";\n"):
            database.execute(statement)
        database.executemany("INSERT INTO word VALUES (?, ?, ?, ?)", sorted(words))
        database.execute("COMMIT")


def _insert(database: sqlite3.Connection, thing: Thing) -> None:
    row = (thing.iri, thing.label, json.dumps(thing.others), json.dumps(thing.types), thing.degree, thing.day)
    texts = ("\n".join(thing.others), " … ".join(thing.quotes), " ".join(thing.codes))
    database.execute("INSERT INTO given VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, *texts))
    facets = dict.fromkeys([*(("kind", type_) for type_ in thing.types), *thing.facets])
    database.executemany("INSERT INTO narrowed VALUES (?, ?, ?)", ((thing.iri, *facet) for facet in facets))
    database.executemany("INSERT INTO held VALUES (?, ?)", ((thing.iri, iri) for iri in thing.holds))
