"""Intake: each table of a project's `data/tables` taken in for a build, as sorted lines.

A table whose headers are terms of the context needs nothing else; any other has its CSVW metadata beside it
(`NAME.csv-metadata.json`), in which the project's own prefixes hold. Its statements are in the default graph. The graph
of provenance says of the table what it says of a source: its title, its licence, its SHA-256; and from which table each
thing is derived, or from which of its rows, where the metadata ask for it by `"kg:evidence": "row"`.
"""

import csv
import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import groupby, islice
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph as px

from kg.errors import FactError, Fault
from kg.rdf import iris
from kg.rdf.infer import infer
from kg.rdf.sorted_lines import CALLED, FOLLOWS, INTRODUCED, MENTIONED, NAMED, REFERRED, STATED, Sorter, link
from kg.rdf.terms import DCTERMS, PROV, SCHEMA, TYPE
from kg.tables.annotations import Writer
from kg.tables.by_metadata import numbered
from kg.tables.convert import Conversion, Reject
from kg.tables.csvw import missing, referenced, repeated
from kg.tables.duckdb_engine import DuckDB
from kg.tables.engine import Engine
from kg.tables.files import GROUP, WRITTEN, ident_of
from kg.tables.mapping import Mapping as TableMapping
from kg.tables.mapping import Statement
from kg.tables.opening import EVIDENCE, Opened, Rules, file_name, open_table, predicate
from kg.tables.schema import ForeignKey
from kg.tables.tabular import as_csv

TOLD = 20  # faults of a table that are told one by one
BATCH = 20_000  # lines that are looked at together


class Given(NamedTuple):
    """What a table gave: runs of tagged lines, how much of what, what is wrong with it, the rejected cells as a CSV
    file where there are any, and what is to be known of the table to look up its rows.
    """

    runs: tuple[Path, ...] = ()
    counts: Mapping[str, int] = {}
    faults: tuple[Fault, ...] = ()
    rejects: Path | None = None
    about: Mapping[str, Any] = {}


TABLE = "table.csv"  # in the folder of what a table gave: the table as CSV, where its own file is none


def read(path: Path, name: str, rules: Rules, folder: Path) -> list[Path]:
    """What a database gives, read anew by each build, as a CSV file in a folder; nothing for other tables."""
    if path.suffix != ".yaml":
        return []
    to = folder / f"{ident_of(path)}-{TABLE}"
    folder.mkdir(parents=True, exist_ok=True)
    as_csv(path, name, rules.root, to)
    return [to]


def take(path: Path, name: str, rules: Rules, folder: Path, kept: Path, table: Path | None = None) -> Given:
    """What a table gives; kept in a folder, and taken from there where that folder is there already.

    A table with faults is not kept; runs are made in `folder`, which stands until the build ends. `table` is what was
    read of a database.
    """
    counted = kept / "counts.json"
    if counted.is_file():
        counts, about = json.loads(counted.read_bytes())
        return Given(tuple(sorted(kept.glob("run-*"))), counts, about=about)
    if table:
        folder.mkdir(parents=True, exist_ok=True)
        link(table, folder / TABLE)
    given = _take(path, name, rules, folder)
    if not given.faults:
        aside = kept.with_name(f".{kept.name}.{os.getpid()}")
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        for made in (*given.runs, *folder.glob(TABLE)):
            link(made, aside / made.name)
        (aside / counted.name).write_text(json.dumps([given.counts, given.about]), encoding="utf-8")
        with suppress(OSError):  # another build kept the same
            aside.rename(kept)
    return given


def _take(path: Path, name: str, rules: Rules, folder: Path) -> Given:
    folder.mkdir(parents=True, exist_ok=True)
    try:
        if path.suffix in WRITTEN and not (folder / TABLE).is_file():
            as_csv(path, name, rules.root, folder / TABLE)
        opened = open_table(path, folder / TABLE if path.suffix in WRITTEN else path, name, rules)
        if isinstance(opened, list):
            return Given(faults=tuple(opened))
        engine = _engine(rules, folder / "engine")
        try:
            return _converted(opened, engine, rules, folder)
        finally:
            engine.close()
    except FactError as error:
        return Given(faults=tuple(error.faults))


def _engine(rules: Rules, scratch: Path) -> Engine:
    if rules.engine == "spark":
        from kg.tables.spark_engine import Spark

        return Spark(scratch, rules.memory)
    return DuckDB(scratch, rules.memory)


TITLES = frozenset({"dc:title", "dcterms:title", "schema:name"})


def _converted(opened: Opened, engine: Engine, rules: Rules, folder: Path) -> Given:
    mapping = numbered(opened.mapping) if opened.rows else opened.mapping
    conversion = Conversion(opened.table, mapping, engine, folder / "read")
    rejects = folder / "rejects.csv"
    faults = [*_told(conversion.rejects(), opened, rejects), *_repeated(conversion, opened, engine)]
    for number, key in enumerate(opened.described.schema.foreign_keys if opened.described.schema else ()):
        faults += _unmatched(conversion, opened, key, engine, rules, folder / f"key-{number}")
    if faults:
        return Given(faults=tuple(faults), rejects=rejects if rejects.is_file() else None)
    first = folder / "run-0"
    books = conversion.write(first, STATED.decode())
    derived = Sorter(folder / "derived")
    with first.open("rb") as lines:
        for batch in _subjects(lines):
            derived.add(list(_derived(batch, opened, rules)))
    derived.add(list(_origin(opened, rules, books.rows)))
    for number, run in enumerate(derived.close(), 1):
        run.rename(folder / f"run-{number}")
    if opened.rows:
        conversion.mapping = mapping._replace(statements=tuple(_of_rows(mapping, opened)))
        conversion.write(folder / "run-rows", NAMED.decode(), iris.graph(rules.base, "provenance"))
    counts = {
        "tables": 1,
        "rows": books.rows,
        "values": books.values,
        "nulls": books.nulls,
        "statements": books.statements,
    }
    dialect = opened.table.dialect
    says = sorted({predicate(one) for one in opened.mapping.statements})
    about = {
        "says": says,
        "rows": books.rows,
        "header": dialect.header_rows + dialect.skip_rows,
        "quote": dialect.quote,
    }
    return Given(tuple(sorted(folder.glob("run-*"))), counts, about=about)


_DERIVED = (f"<{PROV}wasDerivedFrom>",)


def _of_rows(mapping: TableMapping, opened: Opened) -> Iterator[Statement]:
    """That what a row is about is derived from the row; its number is the last slot."""
    row = (f"<{iris.row(opened.names.url, '')}", len(mapping.slots) - 1, ">")
    for subject in dict.fromkeys(one.subject for one in mapping.statements):
        yield Statement(subject, _DERIVED, row)


def _told(rejects: Iterator[Reject], opened: Opened, to: Path) -> Iterator[Fault]:
    """The rejected cells as faults, at most TOLD; all of them in a CSV file."""
    first = list(islice(rejects, 1))
    if not first:
        return
    count = 0
    name, columns = opened.table.name, opened.mapping.columns
    header = opened.table.dialect.header_rows
    with to.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["row", "column", "value", "reason"])
        for reject in (*first, *rejects):
            count += 1
            writer.writerow([reject.row, reject.column, reject.text, reject.reason])
            if count <= TOLD:
                place = reject.row + header, columns.index(reject.column) + 1
                yield Fault(name, *place, f"row {reject.row}, {reject.column}: {reject.reason}")
    if count > TOLD:
        yield Fault(name, 1, 1, f"{count - TOLD:,} more cells are wrong; all are in the file of rejects")


def _repeated(conversion: Conversion, opened: Opened, engine: Engine) -> Iterator[Fault]:
    """The keys that more than one row has, of a table whose metadata say which columns tell rows apart."""
    schema = opened.described.schema
    for row in engine.rows(repeated(conversion, schema.primary_key)) if schema and schema.primary_key else ():
        key = ", ".join(map(str, row))
        yield Fault(opened.table.name, 1, 1, f"more than one row has the key {key} (primaryKey of its metadata)")


def _unmatched(
    conversion: Conversion, opened: Opened, key: ForeignKey, engine: Engine, rules: Rules, folder: Path
) -> Iterator[Fault]:
    """What a foreign key asks for and the table it leads to does not have, or has twice."""
    name = opened.table.name
    of = f"the foreign key of {', '.join(key.columns)}"
    led = referenced(opened.group.tables, key)
    if led is None:
        where = key.url.rpartition("/")[2] or key.schema
        way = f"describe both tables in {GROUP}"
        yield Fault(opened.said, 1, 1, f"{of} leads to {where}, which these metadata do not describe; {way}")
        return
    path = (rules.root / name).with_name(file_name(led))
    beside = f"{name.rpartition('/')[0]}/{path.name}"
    if path.suffix == ".yaml":
        yield Fault(opened.said, 1, 1, f"{of} leads to a query; a foreign key can lead to a file alone")
        return
    folder.mkdir(parents=True, exist_ok=True)
    if path.suffix in WRITTEN:
        as_csv(path, beside, rules.root, folder / TABLE)
    other = open_table(path, folder / TABLE if path.suffix in WRITTEN else path, beside, rules)
    if isinstance(other, list):
        return  # which is told of that table itself
    for columns, of_table in ((key.columns, opened), (key.reference, other)):
        if unknown := [column for column in columns if column not in of_table.mapping.columns]:
            yield Fault(opened.said, 1, 1, f"{of}: {of_table.table.name} has no column {unknown[0]}")
            return
    to = Conversion(other.table, other.mapping, engine, folder / "read")
    for row in islice(engine.rows(missing(conversion, to, key)), TOLD):
        values = ", ".join(map(str, row))
        yield Fault(name, 1, 1, f"{values} is not in {beside}, where {of} leads")
    for row in islice(engine.rows(repeated(to, key.reference)), TOLD):
        yield Fault(beside, 1, 1, f"{', '.join(map(str, row))} stands twice, and {of} of {name} leads there")


def _subjects(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Sorted lines in batches, each with all lines of its subjects."""
    batch: list[bytes] = []
    for _, group in groupby(lines, key=lambda line: line.partition(b" ")[0]):
        batch += group
        if len(batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _derived(lines: Sequence[bytes], opened: Opened, rules: Rules) -> Iterator[bytes]:
    """What follows from the statements of some subjects, what is to be settled with other files, and from which table
    they are derived, unless their rows are evidence.
    """
    file, graph = opened.table.name, iris.graph(rules.base, "provenance")
    origin = f"{_DERIVED[0]} <{opened.names.url}> <{graph}> .\n".encode()
    stated = [line[1:] for line in lines]
    yield from (FOLLOWS + line for line in infer(stated, rules.follows))
    entity = f"<{iris.entity(rules.base, '')}".encode()
    type_ = f"<{TYPE.value}>".encode()
    for subject, group in groupby(stated, key=lambda line: line.partition(b" ")[0]):
        typed = False
        if not opened.rows:
            yield NAMED + subject + b" " + origin
        for line in group:
            _, predicate, rest = line.split(b" ", 2)
            if predicate == type_:
                typed = True
                yield CALLED + subject[1:-1] + b"\t0\t" + rest[1:-4] + b"\n"
            elif rest.startswith(entity):
                yield REFERRED + _mention(rest[1:-4], file, rules.base)
            elif predicate[1:-1].decode() in rules.names and rest.startswith(b'"'):
                name = next(iter(px.parse(line, format=px.RdfFormat.N_TRIPLES))).object
                yield CALLED + f"{subject[1:-1].decode()}\t1\t{' '.join(str(name.value).split())}\n".encode()
        if subject.startswith(entity):
            yield (INTRODUCED if typed else MENTIONED) + _mention(subject[1:-1], file, rules.base)


def _mention(iri: bytes, file: str, base: str) -> bytes:
    """A line that says which file speaks of an IRI, as of the records of facts."""
    text = iri.decode()
    return f"{text}\t{file}\t1\t1\t1\t1\t{iris.slug(base, text)}\n".encode()


def _origin(opened: Opened, rules: Rules, rows: int) -> Iterator[bytes]:
    """What the graph of provenance says of a table."""
    kg, url = iris.ontology(rules.base), opened.names.url
    writer = Writer(rules.base, opened.group.language, opened.names.prefixes)
    node = f"<{url}>"
    for kind in (kg + "Source", kg + "Table", PROV + "Entity"):
        writer.say(node, TYPE.value, f"<{kind}>")
    path = opened.table.path
    with gzip.open(path) if path.name.endswith(".gz") else path.open("rb") as file:
        writer.say(node, SCHEMA + "sha256", f'"{hashlib.file_digest(file, "sha256").hexdigest()}"')
    writer.say(node, kg + "rows", str(px.Literal(rows)))
    said: list[tuple[str, Any]] = list(opened.described.said)
    titled = any(key in TITLES for key, _ in said)
    own = {key for key, _ in said} | TITLES
    said += [(key, value) for key, value in opened.group.said if key not in own]  # as its licence
    writer.describe(node, [(key, value) for key, value in said if key != EVIDENCE])
    if not titled:
        writer.say(node, DCTERMS + "title", str(px.Literal(iris.source_id(rules.base, url))))
    graph = iris.graph(rules.base, "provenance")
    yield from (NAMED + f"{line.removesuffix(' .')} <{graph}> .\n".encode() for line in writer.lines)
