"""Loaded: statements as DuckDB holds them, each term once, for validation in columns.

`triples` has s, p and o, the numbers of their terms, sorted by p and s. `terms` has id, kind (1 an IRI, 2 a blank node,
3 a literal), lex (what SPARQL's STR gives, of a blank node its label), dt (the datatype's IRI) and lang (in lower case;
"" where there is none). The number of a term is a hash of what N-Triples writes for it; that no two terms have the same
is looked at, not hoped for.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyoxigraph as px

from kg.errors import QueryError, StoreError
from kg.rdf.datatypes import NUMBERS
from kg.rdf.terms import RDF, RDFS, TYPE, XSD, Term

LINE = 2 << 20  # bytes of a line, at most
HELD = 256 << 20  # bytes of files whose lines are held until terms and triples are made of them

_IRI = r"""<[A-Za-z][A-Za-z0-9+.-]*:[^<>"{}|^`\\\x00-\x20]*>"""
_LABEL = r"_:[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?"
_ONE_WAY = r'"(?:[^"\\\x00-\x1f\x7f]|\\["\\nr])*"'  # a text in which each character is written in the one way it can be
_AS_WRITTEN = r'"(?:[^"\\\x00-\x1f\x7f]|\\.)*"'  # as pyoxigraph writes it
_SUFFIX = rf"(?:@[a-z]+(?:-[a-z0-9]+)*|\^\^{_IRI})?"
_END = r'"(@[a-z0-9-]+|\^\^<[^>"]*>)$'
_STRING = f"^^<{XSD}string>"
BACKSLASH = "\\"


_SUBCLASS = px.NamedNode(RDFS + "subClassOf")


class IrregularError(Exception):
    """Lines that are not N-Triples as pyoxigraph writes them; it may read them all the same."""


class Loaded:
    """A database of statements, with a folder for what memory does not hold."""

    def __init__(self, scratch: Path, memory: str) -> None:
        scratch.mkdir(parents=True, exist_ok=True)
        self.scratch = scratch
        self.salt = 0
        self.additions = 0  # how often terms were taken in that no statement has
        settings = {"memory_limit": memory, "temp_directory": str(scratch / "spilled")}
        self.con = duckdb.connect(config={**settings, "preserve_insertion_order": "false"})
        self._made = 0
        self._passing: list[str] = []
        self._instances: dict[Term, str] = {}
        self._numbers: dict[Term, int] = {}  # of the terms that have been asked for
        self._typed: set[int] | None = None  # the classes that anything has
        self.known: dict[object, str] = {}  # tables by what they tell, until `forget`
        self._below: dict[int, list[int]] = {}  # the classes that are said to be below one
        self.none = self.table("SELECT 0::UBIGINT AS node LIMIT 0", kept=True)

    def close(self) -> None:
        """Let go of the database."""
        self.con.close()

    def run(self, query: str, given: Sequence[Any] = ()) -> Any:
        """The answer of a query; StoreError where memory or disk do not suffice."""
        try:
            return self.con.execute(query, list(given))
        except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
            first = str(error).partition("\n")[0]
            raise StoreError(f"validation needs more memory or disk than there is ({first}); raise --memory") from None

    def rows(self, query: str, given: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return list(self.run(query, given).fetchall())

    def table(self, query: str, given: Sequence[Any] = (), *, kept: bool = False) -> str:
        """A table of what a query gives, by its name; those that are not `kept` stand until `forget`."""
        self._made += 1
        name = f"t{self._made}"
        self.run(f"CREATE TEMP TABLE {name} AS {query}", given)
        if not kept:
            self._passing.append(name)
        return name

    def forget(self) -> None:
        """Drop the tables that are not kept."""
        for name in self._passing:
            self.run(f"DROP TABLE {name}")
        self._passing.clear()
        self.known.clear()

    def count(self, table: str) -> int:
        """How many rows a table has."""
        return int(self.rows(f"SELECT count(*) FROM {table}")[0][0])

    def load(self, files: Sequence[Path], *, written: bool = False) -> None:
        """Take in files of N-Triples, `written` by pyoxigraph; IrregularError where others must be written so first.

        QueryError where even then a statement is too long.
        """
        try:
            self._load(files, _AS_WRITTEN if written else _ONE_WAY)
        except IrregularError:
            if written:
                way = "shorten it, or check the data with --engine pyshacl"
                raise QueryError(f"{files[0]}: a statement of more than {LINE >> 20} MB; {way}") from None
            raise

    def _load(self, files: Sequence[Path], literal: str) -> None:
        for name in ("triples", "terms", *({*self._instances.values()} - {self.none})):
            self.run(f"DROP TABLE IF EXISTS {name}")
        self._instances.clear()
        self._below.clear()
        self._typed = None
        self._numbers.clear()
        filled = [path for path in files if path.stat().st_size]
        raw = " UNION ALL ".join(map(_lines, filled)) or "SELECT '' AS s, '' AS p, '' AS o LIMIT 0"
        s, p, o = map(self.number_of, "spo")
        held = sum(path.stat().st_size for path in filled) <= HELD  # else the files are read twice
        with _regular():
            self.run(f"CREATE TEMP {'TABLE' if held else 'VIEW'} raw AS {raw}")
            self.run(f"CREATE TABLE triples AS SELECT DISTINCT {s} AS s, {p} AS p, {o} AS o FROM raw ORDER BY p, s, o")
            texts = " UNION ".join(f"SELECT {name} AS text FROM raw" for name in "spo")
            self.run(f"CREATE TABLE terms AS {_terms(texts, literal, self.number_of('text'))}")
            self.run(f"DROP {'TABLE' if held else 'VIEW'} raw")
        unknown, same, subjects, predicates = self.rows(
            "SELECT (SELECT count(*) FROM terms WHERE kind = 0), (SELECT count(*) - count(DISTINCT id) FROM terms), "
            "(SELECT count(*) FROM triples JOIN terms ON id = s WHERE kind = 3), "
            "(SELECT count(*) FROM (SELECT DISTINCT p FROM triples) JOIN terms ON id = p WHERE kind != 1)"
        )[0]
        if same:  # two terms have one number
            self.salt += 1
            self._load(files, literal)
        elif unknown or subjects or predicates:
            raise IrregularError

    def copy(self, files: Sequence[Path], predicates: Sequence[str], to: Path) -> None:
        """Write the lines of files that have one of some predicates, as N-Triples has it, into another."""
        lines = " UNION ALL ".join(
            f"SELECT line FROM ({_read(path)}) WHERE list_contains($1::VARCHAR[], split_part(line, ' ', 2))"
            for path in files
            if path.stat().st_size
        )
        place = str(to).replace("'", "''")
        options = "FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01'"
        to.touch()
        if lines:
            self.run(f"COPY ({lines}) TO '{place}' ({options})", [list(predicates)])

    def number_of(self, text: str) -> str:
        """The number of a term whose text an expression gives."""
        return f"hash({text}, {self.salt})" if self.salt else f"hash({text})"

    def add(self, terms: Iterable[Term]) -> dict[Term, int]:
        """The numbers of terms, which are taken in where no statement has them."""
        wanted = dict.fromkeys(terms)
        if texts := [str(term) for term in wanted if term not in self._numbers]:
            given = "SELECT unnest($1::VARCHAR[]) AS text"
            made = self.table(_terms(given, _AS_WRITTEN, self.number_of("text")), [texts])
            self.run(f"INSERT INTO terms SELECT * FROM {made} m ANTI JOIN terms t ON t.id = m.id")
            self.additions += 1
            numbers = self.rows(f"SELECT {self.number_of('text')} FROM (SELECT unnest($1::VARCHAR[]) AS text)", [texts])
            new = [term for term in wanted if term not in self._numbers]
            self._numbers |= {term: int(number) for term, (number,) in zip(new, numbers, strict=True)}
        return {term: self._numbers[term] for term in wanted}

    def instances(self, cls: Term) -> str:
        """A table (node) of the SHACL instances of a class: of it, or of a class below it (SHACL, 1.1)."""
        numbers = self.add([cls, TYPE, _SUBCLASS])
        if self._typed is None:
            self._typed = {
                int(one) for (one,) in self.rows(f"SELECT DISTINCT o FROM triples WHERE p = {numbers[TYPE]}")
            }
            for below, above in self.rows(f"SELECT s, o FROM triples WHERE p = {numbers[_SUBCLASS]}"):
                self._below.setdefault(int(above), []).append(int(below))
        if cls not in self._instances:
            found, waiting = set[int](), [numbers[cls]]
            while waiting:
                if (one := waiting.pop()) not in found:
                    found.add(one)
                    waiting += self._below.get(one, ())
            if not (found := found & self._typed):
                self._instances[cls] = self.none
            else:
                self._instances[cls] = self.table(
                    f"SELECT DISTINCT s AS node FROM triples WHERE p = {numbers[TYPE]} "
                    "AND o IN (SELECT unnest($1::UBIGINT[]))",
                    [sorted(found)],
                    kept=True,
                )
        return self._instances[cls]

    def has_long_numbers(self) -> bool:
        """Whether a number is too long for Oxigraph: beyond 64 bits, or 18 digits behind the point."""
        datatypes = ", ".join(f"'{iri}'" for iri in sorted(NUMBERS))
        return bool(
            self.rows(
                f"SELECT 1 FROM terms WHERE kind = 3 AND dt IN ({datatypes}) "
                "AND regexp_full_match(lex, '[+-]?[0-9]*[.]?[0-9]+') "
                "AND NOT regexp_full_match(lex, '[+-]?[0-9]{0,18}(?:[.][0-9]{1,18})?') LIMIT 1"
            )
        )

    def has_literals(self, numbers: Sequence[int]) -> bool:
        """Whether some of the terms with these numbers are literals."""
        some = "SELECT 1 FROM terms WHERE kind = 3 AND id IN (SELECT unnest($1::UBIGINT[])) LIMIT 1"
        return bool(self.rows(some, [list(numbers)]))

    def terms(self, numbers: Iterable[int]) -> dict[int, Term]:
        """The terms with some numbers."""
        wanted = list({*numbers})
        query = "SELECT id, kind, lex, dt, lang FROM terms WHERE id IN (SELECT unnest($1::UBIGINT[]))"
        return {int(number): _term(*parts) for number, *parts in self.rows(query, [wanted])}


@contextmanager
def _regular() -> Iterator[None]:
    """What DuckDB cannot read as lines is not regular."""
    try:
        yield
    except (duckdb.InvalidInputException, duckdb.ConversionException) as error:
        raise IrregularError(str(error)) from None


def _read(path: Path) -> str:
    """The lines of a file that say something."""
    place = str(path).replace("'", "''")
    return (
        f"SELECT line FROM read_csv('{place}', auto_detect = false, header = false, delim = '\x01', quote = '', "
        f"escape = '', columns = {{'line': 'VARCHAR'}}, max_line_size = {LINE}) "
        "WHERE line != '' AND NOT starts_with(line, '#')"
    )


def _lines(path: Path) -> str:
    """The lines of a file as s, p and o, which is no term where the line does not end as it must."""
    return (
        "SELECT parts[1] AS s, parts[2] AS p, "
        "CASE parts[-1] WHEN '.' THEN array_to_string(parts[3:-2], ' ') ELSE ' ' END AS o "
        f"FROM (SELECT string_split(line, ' ') AS parts FROM ({_read(path)}))"
    )


def _terms(texts: str, literal: str, number: str) -> str:
    """The rows of terms out of their texts in N-Triples; kind 0 where one is none."""
    iri, label, whole = (form.replace("'", "''") for form in (_IRI, _LABEL, literal + _SUFFIX))
    lex = _unescaped("text[2:-2 - length(suffix)]")
    return f"""
        SELECT {number} AS id, kind,
          CASE kind WHEN 1 THEN text[2:-2] WHEN 2 THEN text[3:] ELSE {lex} END AS lex,
          CASE WHEN starts_with(suffix, '^') THEN suffix[4:-2] WHEN suffix != '' THEN '{RDF}langString'
               WHEN kind = 3 THEN '{XSD}string' ELSE '' END AS dt,
          CASE WHEN starts_with(suffix, '@') THEN suffix[2:] ELSE '' END AS lang
        FROM (
          SELECT text,
            CASE WHEN regexp_full_match(text, '{iri}') THEN 1
                 WHEN regexp_full_match(text, '{label}') THEN 2
                 WHEN regexp_full_match(text, '{whole}') AND NOT ends_with(text, '{_STRING}') THEN 3
                 ELSE 0 END::TINYINT AS kind,
            CASE WHEN kind = 3 AND NOT ends_with(text, '"') THEN regexp_extract(text, '{_END}', 1) ELSE '' END AS suffix
          FROM ({texts}))"""


_LETTERS = {"n": 10, "r": 13, "t": 9, "b": 8, "f": 12, '"': 34}


def _unescaped(text: str) -> str:
    """The characters that a literal's text stands for.

    U+0001, which is in no such text, and 0 after it hold the place of a backslash until all else is done; 1 after it,
    that of itself.
    """
    one = f"replace({text}, '{BACKSLASH * 2}', chr(1) || '0')"
    for letter, code in _LETTERS.items():
        one = f"replace({one}, '{BACKSLASH}{letter}', chr({code}))"
    other = f"replace({one}, '{BACKSLASH}u0001', chr(1) || '1')"
    for code in (*range(2, 32), 127, 0):
        other = f"replace({other}, '{BACKSLASH}u{code:04X}', chr({code}))"
    other, one = (f"replace({chain}, chr(1) || '0', '{BACKSLASH}')" for chain in (other, one))
    other = f"replace({other}, chr(1) || '1', chr(1))"
    return (
        f"CASE WHEN contains({text}, '{BACKSLASH}u') THEN {other} WHEN contains({text}, '{BACKSLASH}') THEN {one} "
        f"ELSE {text} END"
    )


def _term(kind: int, lex: str, dt: str, lang: str) -> Term:
    if kind == 1:
        return px.NamedNode(lex)
    if kind == 2:
        return px.BlankNode(lex)
    return px.Literal(lex, language=lang) if lang else px.Literal(lex, datatype=px.NamedNode(dt))
