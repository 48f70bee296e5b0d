"""Tabular: what is no CSV file but has rows and columns, written as one first, cells as they stand.

Parquet files, JSON Lines, sheets of Excel, and what a query gives of a database or of files: `NAME.yaml` with `source`,
the address of a database or nothing for files of the project, and `query`. Passwords are never in it: ${NAME} in an
address stands for a variable of the environment.
"""

import csv
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple, NoReturn
from urllib.parse import unquote, urlsplit

import duckdb
import yaml

from kg.errors import FactError, Fault, nearest

SIMPLE = re.compile(
    r"(?i)(varchar|uuid|boolean|u?(tiny|small|big|huge)?int(eger)?|decimal.*|double|float|date|enum.*|time.*|json|\"null\")"
)
NESTED = "holds lists or objects; flatten it by a query, in a .yaml file"
BATCH = 50_000  # rows that are fetched at a time


class Query(NamedTuple):
    """What a `.yaml` file among the tables says: the database that is asked, and what."""

    source: str
    query: str


def _refuse(name: str, message: str) -> NoReturn:
    raise FactError([Fault(name, 1, 1, message)]) from None


def as_csv(path: Path, name: str, root: Path, to: Path) -> None:
    """Write the rows of a file, or of what it asks for, as CSV with a header; FactError where that cannot be done."""
    _WRITERS[path.suffix](path, name, root, to)


def _files(path: Path, name: str, root: Path, to: Path) -> None:
    """Rows of Parquet or JSON Lines."""
    lines = "SELECT * FROM read_json(?, format='newline_delimited', maximum_depth=1)"
    _copied("SELECT * FROM read_parquet(?)" if path.suffix == ".parquet" else lines, [str(path)], name, root, to)


def _asked(path: Path, name: str, root: Path, to: Path) -> None:
    """Rows of a query."""
    asked = read_query(path, name)
    address = _filled(asked.source, name)
    kind = address.partition(":")[0]
    if kind in ("", "duckdb"):
        _copied(asked.query, [], name, root, to, address.partition(":")[2].removeprefix("//"))
    elif kind in ("postgres", "postgresql"):
        _written(_of_postgres(address, asked.query, name), to)
    elif kind == "mysql":
        _written(_of_mysql(address, asked.query, name), to)
    elif kind == "sqlite":
        _written(_of_sqlite(address, asked.query, name, root), to)
    else:
        _refuse(name, f"no database is called {kind!r}; use duckdb, mysql, postgresql or sqlite")


def read_query(path: Path, name: str) -> Query:
    """What a `.yaml` file asks for."""
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        _refuse(name, f"not YAML: {error}")
    if not isinstance(said, dict):
        _refuse(name, "expected `source` and `query`")
    faults = [
        Fault(name, 1, 1, f"unknown key {key!r}{nearest(str(key), ('source', 'query'))}; a table has source and query")
        for key in said
        if key not in ("source", "query")
    ]
    if not isinstance(said.get("query"), str):
        faults.append(Fault(name, 1, 1, "query is missing; write the SELECT whose rows are the table"))
    if faults:
        raise FactError(faults)
    return Query(str(said.get("source") or ""), said["query"])


def _filled(address: str, name: str) -> str:
    """An address with what the environment gives in the place of ${NAME}."""
    missing = [one for one in re.findall(r"\$\{(\w+)\}", address) if one not in os.environ]
    if missing:
        raise FactError([Fault(name, 1, 1, f"the environment has no {missing[0]}, which the address needs")])
    if found := re.search(r"//[^/@:]*:[^@$]+@", address):
        message = f"a password in {found[0].partition(':')[0]}...; write ${{NAME}}, and set it in the environment"
        _refuse(name, message)
    return re.sub(r"\$\{(\w+)\}", lambda found: os.environ[found[1]], address)


def _copied(query: str, given: list[Any], name: str, root: Path, to: Path, database: str = "") -> None:
    """Write what DuckDB gives, of its own database or of files of the project alone."""
    try:
        with closing(
            duckdb.connect(str(root / database) if database else ":memory:", read_only=bool(database))
        ) as asked:
            asked.execute(f"SET temp_directory = '{to.parent}'")
            asked.execute(f"SET allowed_directories = ['{root}', '{to.parent}']")
            asked.execute("SET enable_external_access = false")
            # DuckDB takes a file's name from where one is, not from where the project is
            query = re.sub(r"'(?=data/)", f"'{root}/", query)
            if [one.type for one in asked.extract_statements(query)] != [duckdb.StatementType.SELECT]:
                _refuse(name, "the query is not one SELECT; nothing else is run")
            relation = asked.sql(query, params=given or None)
            columns = [(column, str(kind)) for column, kind in zip(relation.columns, relation.types, strict=True)]
            if nested := [column for column, kind in columns if not SIMPLE.fullmatch(kind)]:
                _refuse(name, f"the column {nested[0]} {NESTED}")
            objects = [column for column, kind in columns if kind == "JSON"]
            asking = ", ".join(f"bool_or(json_type({_quoted(column)}) IN ('ARRAY', 'OBJECT'))" for column in objects)
            found = relation.aggregate(asking).fetchall()[0] if objects else ()
            if nested := [column for column, is_nested in zip(objects, found, strict=True) if is_nested]:
                _refuse(name, f"the column {nested[0]} {NESTED}")
            relation.project(", ".join(_cell(n, kind) for n, kind in columns)).write_csv(str(to), header=True)
    except duckdb.Error as error:
        raise FactError([Fault(name, 1, 1, f"the query has no answer: {str(error).partition(chr(10))[0]}")]) from None


_MOMENT = "replace(strftime({}, '%Y-%m-%dT%H:%M:%S.%f'), '.000000', '')"


def _quoted(name: str) -> str:
    return f'"{name.replace(chr(34), chr(34) * 2)}"'


def _cell(name: str, kind: str) -> str:
    """A column as text, moments as XML Schema writes them."""
    column = _quoted(name)
    if kind == "JSON":
        texts = f"WHEN 'VARCHAR' THEN {column} ->> '$' WHEN 'NULL' THEN NULL"
        return f"CASE json_type({column}) {texts} ELSE CAST({column} AS VARCHAR) END AS {column}"
    if kind == "TIMESTAMP WITH TIME ZONE":
        return (
            f"replace(strftime({column} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%f'), '.000000', '') || 'Z' AS {column}"
        )
    if kind.startswith("TIMESTAMP"):
        return f"{_MOMENT.format(column)} AS {column}"
    return f"CAST({column} AS VARCHAR) AS {column}"


def _of_postgres(address: str, query: str, name: str) -> Iterator[Iterable[Any]]:
    try:
        from adbc_driver_postgresql import dbapi
    except ModuleNotFoundError:
        message = (
            "reading PostgreSQL needs adbc-driver-postgresql; install it with: pip install 'kg-publisher[postgres]'"
        )
        _refuse(name, message)
    try:
        with closing(dbapi.connect(address)) as asked, closing(asked.cursor()) as cursor:
            cursor.execute(query)
            yield [column[0] for column in cursor.description]
            while rows := cursor.fetchmany(BATCH):
                yield from rows
    except dbapi.Error as error:
        told = re.sub(r"//[^@/\s]*@", "//…@", str(error)).partition("\n")[0]
        _refuse(name, f"the database does not answer: {told}")


def _of_mysql(address: str, query: str, name: str) -> Iterator[Iterable[Any]]:
    try:
        import pymysql
        from pymysql.cursors import SSCursor
    except ModuleNotFoundError:
        _refuse(name, "reading MySQL needs pymysql; install it with: pip install 'kg-publisher[mysql]'")
    at = urlsplit(address)
    try:
        given = {
            "host": at.hostname or "localhost",
            "port": at.port or 3306,
            "user": unquote(at.username or ""),
            "password": unquote(at.password or ""),
            "database": unquote(at.path.strip("/")) or None,
        }
        with closing(pymysql.connect(**given, charset="utf8mb4")) as asked, asked.cursor(SSCursor) as cursor:
            cursor.execute("START TRANSACTION READ ONLY")
            cursor.execute(query)
            if not cursor.description:
                _refuse(name, "the query is not one SELECT; nothing else is run")
            yield [column[0] for column in cursor.description]
            while rows := cursor.fetchmany(BATCH):
                yield from rows
    except (pymysql.Error, ValueError) as error:
        _refuse(name, f"the database does not answer: {error.args[-1]}")


def _of_sqlite(address: str, query: str, name: str, root: Path) -> Iterator[Iterable[Any]]:
    import sqlite3

    path = (root / address.partition(":")[2].removeprefix("//")).resolve()
    if not path.is_file() or not path.is_relative_to(root.resolve()):
        _refuse(name, f"there is no database {path.name} in the project")
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as asked:
            cursor = asked.execute(query)
            if cursor.description is None:
                _refuse(name, "the query is not one SELECT; nothing else is run")
            yield [column[0] for column in cursor.description]
            yield from cursor
    except sqlite3.Error as error:
        _refuse(name, f"the query cannot be answered: {error}")


def _written(rows: Iterable[Iterable[Any]], to: Path) -> None:
    """Write rows, the header first, as CSV."""
    with to.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([_text(cell) for cell in row] for row in rows)


def _text(cell: Any) -> str:
    """A cell as XML Schema writes its value."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, bytes):
        return cell.hex()
    return cell.isoformat() if hasattr(cell, "isoformat") else str(cell)


def _sheet(path: Path, name: str, root: Path, to: Path) -> None:
    """The first sheet of a workbook."""
    try:
        from python_calamine import CalamineError, load_workbook
    except ModuleNotFoundError:
        message = "reading workbooks needs python-calamine; install it with: pip install 'kg-publisher[tables]'"
        _refuse(name, message)
    try:
        _written((map(_of_sheet, row) for row in load_workbook(str(path)).get_sheet_by_index(0).iter_rows()), to)
    except CalamineError as error:
        _refuse(name, f"not a workbook that can be read: {error}")


def _of_sheet(cell: Any) -> Any:
    """A cell of a sheet as it stands: a whole number without a point."""
    return int(cell) if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1 << 53 else cell


_WRITERS: dict[str, Callable[[Path, str, Path, Path], None]] = {
    ".parquet": _files,
    ".jsonl": _files,
    ".ndjson": _files,
    ".xlsx": _sheet,
    ".yaml": _asked,
}
