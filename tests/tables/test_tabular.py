"""Rows that lie in no CSV file: Parquet, JSON Lines, workbooks, and queries of real databases."""

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import openpyxl  # type: ignore[import-untyped]
import pytest

from kg.errors import FactError
from kg.tables.tabular import as_csv
from tests.conftest import inside, needs

ROWS = (
    "SELECT * FROM (VALUES ('reef-1', 'Place', 'Reef, one'), ('reef-2', 'Place', 'Reef \"two\"')) AS t(id, type, name)"
)
EXPECTED = 'id,type,name\nreef-1,Place,"Reef, one"\nreef-2,Place,"Reef ""two"""\n'
POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin")) if Path("/usr/lib/postgresql").is_dir() else []
MARIADB = shutil.which("mariadb-install-db") and shutil.which("mariadbd")


def asked(root: Path, name: str, text: str = "") -> str:
    """What a file comes to as CSV."""
    path = root / "data" / "tables" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if text:
        path.write_text(text, encoding="utf-8")
    as_csv(path, name, root, root / "out.csv")
    return (root / "out.csv").read_text(encoding="utf-8").replace("\r\n", "\n")


def test_parquet_and_json_lines_are_read_with_their_types(tmp_path: Path) -> None:
    (tmp_path / "data" / "tables").mkdir(parents=True)
    rows = "SELECT 1 AS a, 1.10::DECIMAL(5,2) AS b, true AS c, DATE '2000-02-29' AS d, TIMESTAMP '2000-01-02 03:04:05' AS e, "
    rows += "NULL::VARCHAR AS f, 9007199254740993 AS g, TIMESTAMPTZ '2000-01-02 03:04:05.5+01' AS h"
    made = duckdb.sql(rows)
    assert made
    made.write_parquet(str(tmp_path / "data" / "tables" / "a.parquet"))
    assert asked(tmp_path, "a.parquet") == (
        "a,b,c,d,e,f,g,h\n1,1.10,true,2000-02-29,2000-01-02T03:04:05,,9007199254740993,2000-01-02T02:04:05.500000Z\n"
    )
    lines = '{"id": "a", "n": 1.10, "t": "2000-02-30"}\n{"id": "b", "n": null}\n{"id": "007", "n": 1e400, "t": "\\u00e9\\"x"}\n'
    assert asked(tmp_path, "a.jsonl", lines) == 'id,n,t\na,1.1,2000-02-30\nb,,\n007,1e400,"é""x"\n'


def test_what_is_nested_is_refused_by_the_name_of_its_column(tmp_path: Path) -> None:
    with pytest.raises(FactError, match="the column names holds lists or objects; flatten it by a query"):
        asked(tmp_path, "a.jsonl", '{"id": "a", "names": [{"value": "x"}]}\n')


def test_a_query_flattens_what_is_nested(tmp_path: Path) -> None:
    line = {"id": "a", "names": [{"value": "x", "lang": "en"}, {"value": "y", "lang": None}]}
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "nested.jsonl").write_text(json.dumps(line), encoding="utf-8")
    query = "query: SELECT id, unnest(names).value AS name FROM read_json('data/nested.jsonl')\n"
    assert asked(tmp_path, "a.yaml", query) == "id,name\na,x\na,y\n"


def test_the_cells_of_a_sheet_are_as_they_stand(tmp_path: Path) -> None:
    (tmp_path / "data" / "tables").mkdir(parents=True)
    book = openpyxl.Workbook()
    for row in (
        ["id", "n", "x", "day", "yes"],
        ["a", 7, 1.5, __import__("datetime").date(2000, 2, 29), True],
        ["b", None, "007", "NA", ""],
    ):
        book.active.append(row)
    book.save(tmp_path / "data" / "tables" / "a.xlsx")
    assert asked(tmp_path, "a.xlsx") == "id,n,x,day,yes\na,7,1.5,2000-02-29,true\nb,,007,NA,\n"


def test_databases_in_files_are_asked(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.sqlite") as made:
        made.execute(f"CREATE TABLE reefs AS {ROWS.replace('AS t(id, type, name)', '')}")
    made.close()
    text = "source: sqlite:a.sqlite\nquery: SELECT column1 AS id, column2 AS type, column3 AS name FROM reefs\n"
    assert asked(tmp_path, "a.yaml", text) == EXPECTED
    with duckdb.connect(str(tmp_path / "a.duckdb")) as other:
        other.execute(f"CREATE TABLE reefs AS {ROWS}")
    assert asked(tmp_path, "b.yaml", "source: duckdb:a.duckdb\nquery: SELECT * FROM reefs\n") == EXPECTED


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("query: [1]\n", "query is missing"),
        ("source: x\n", "query is missing"),
        ("qurey: SELECT 1\n", "unknown key 'qurey'; did you mean 'query'?"),
        ("- a\n", "expected `source` and `query`"),
        ("query: SELEKT 1\n", "the query has no answer: Parser Error"),
        ("query: SELECT * FROM read_csv('/etc/passwd')\n", "the query has no answer: Permission Error"),
        (
            "source: oracle:x\nquery: SELECT 1\n",
            "no database is called 'oracle'; use duckdb, mysql, postgresql or sqlite",
        ),
        ("source: sqlite:../../etc/x\nquery: SELECT 1\n", "there is no database x in the project"),
        ("source: postgresql://me:secret@localhost/x\nquery: SELECT 1\n", "a password in //me..."),
        ("source: postgresql://me:${KG_NO_SUCH}@localhost/x\nquery: SELECT 1\n", "the environment has no KG_NO_SUCH"),
        ("source: postgresql://127.0.0.1:1/x\nquery: SELECT 1\n", "the database does not answer"),
        ("source: mysql://127.0.0.1:1/x\nquery: SELECT 1\n", "the database does not answer"),
        ("source: mysql://127.0.0.1:x/x\nquery: SELECT 1\n", "the database does not answer"),
        ("query: 'SELECT 1; DROP TABLE x'\n", "the query is not one SELECT"),
        ("query: \"COPY (SELECT 1) TO 'README.md'\"\n", "the query is not one SELECT"),
    ],
)
def test_what_cannot_be_asked_is_said_and_no_password_is(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(FactError) as caught:
        asked(tmp_path, "a.yaml", text)
    assert words in str(caught.value)
    assert "secret" not in str(caught.value)


class Server(NamedTuple):
    """A database server of a test's own: its address, and how it is told something."""

    address: str
    run: Callable[[str], object]


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def _started(command: list[str], folder: Path, connect: Callable[[], Any], user: dict[str, Any]) -> Iterator[Any]:
    """A connection to a server that is started, and ended after."""
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(command, cwd=folder, **quiet, **user)
    end = time.monotonic() + 30
    try:
        while True:
            try:
                connected = connect()
                break
            except Exception:
                if time.monotonic() > end or server.poll() is not None:
                    raise
                time.sleep(0.05)
        with closing(connected):
            yield connected
    finally:
        server.terminate()
        server.wait(timeout=20)
        shutil.rmtree(folder)


def _folder(kind: str, user: dict[str, Any]) -> Path:
    folder = Path("/tmp") / f"kg-{kind}-{os.getpid()}"  # short: it holds a socket
    folder.mkdir()
    if user:
        shutil.chown(folder, user["user"])
    return folder


@contextmanager
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server."""
    from adbc_driver_postgresql import dbapi

    user: dict[str, Any] = {"user": "postgres", "extra_groups": ()} if os.getuid() == 0 else {}
    folder, port = _folder("pg", user), _free_port()
    made = [str(POSTGRES[-1] / "initdb"), "-D", f"{folder}/data", "-A", "trust", "-U", "kg"]
    subprocess.run(made, check=True, capture_output=True, cwd=folder, **user)
    listening = ["-h", "127.0.0.1", "-p", str(port), "-k", str(folder)]
    command = [str(POSTGRES[-1] / "postgres"), "-D", f"{folder}/data", *listening]
    address = f"127.0.0.1:{port}/postgres"
    with _started(command, folder, lambda: dbapi.connect(f"postgresql://kg@{address}"), user) as server:

        def run(statement: str) -> None:
            with server.cursor() as cursor:
                cursor.execute(statement)
            server.commit()

        yield Server(f"postgresql://kg:${{KG_TEST_PASSWORD}}@{address}", run)


@contextmanager
def mysql() -> Iterator[Server]:
    """A MariaDB server, which speaks as MySQL does."""
    import pymysql

    user: dict[str, Any] = {"user": "mysql", "extra_groups": ()} if os.getuid() == 0 else {}
    folder, port = _folder("my", user), _free_port()
    data = ["--no-defaults", f"--datadir={folder}/data", "--skip-name-resolve"]
    made = [str(shutil.which("mariadb-install-db")), *data, "--auth-root-authentication-method=normal"]
    subprocess.run(made, check=True, capture_output=True, cwd=folder, **user)
    at = [f"--port={port}", "--bind-address=127.0.0.1", f"--socket={folder}/s", f"--pid-file={folder}/pid"]
    command = [str(MARIADB), *data, *at]
    with _started(command, folder, lambda: pymysql.connect(host="127.0.0.1", port=port, user="root"), user) as server:

        def run(statement: str) -> None:
            with server.cursor() as cursor:
                cursor.execute(statement)
            server.commit()

        run("CREATE DATABASE charts CHARACTER SET utf8mb4")
        run("CREATE USER 'kg'@'%' IDENTIFIED BY 's3cret-word'")
        run("GRANT ALL ON charts.* TO 'kg'@'%'")
        run("USE charts")
        yield Server(f"mysql://kg:${{KG_TEST_PASSWORD}}@127.0.0.1:{port}/charts", run)


SERVERS = [
    pytest.param(postgresql, marks=needs("a PostgreSQL server", bool(POSTGRES)), id="postgresql"),
    pytest.param(mysql, marks=needs("a MySQL server (MariaDB)", bool(MARIADB)), id="mysql"),
]


@pytest.mark.long
@pytest.mark.parametrize("serving", SERVERS)
def test_a_real_server_is_asked_anew_by_each_build(
    serving: Callable[[], AbstractContextManager[Server]], project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_TEST_PASSWORD", "s3cret-word")
    table = project / "data" / "tables" / "reefs.yaml"
    table.parent.mkdir()
    with serving() as server:
        query = "SELECT id, type, name FROM reefs ORDER BY id"
        table.write_text(f"source: {server.address}\nquery: {query}\n", encoding="utf-8")
        server.run(
            "CREATE TABLE reefs (id varchar(9), type varchar(9), name varchar(90), seen date, deep decimal(5,2))"
        )
        server.run("INSERT INTO reefs VALUES ('reef-1', 'Place', 'Reef one', '2000-02-29', 1.10)")
        assert inside("build", cwd=project).returncode == 0
        server.run("INSERT INTO reefs VALUES ('reef-2', 'Place', 'Récif 🪸', NULL, NULL)")
        done = inside("build", cwd=project)
        assert b"with 2 rows of 1 table" in done.stdout, done
        release = project / "build" / "releases" / (project / "build" / "current").read_text().strip()
        assert (release / "tables" / "reefs.csv").read_text(encoding="utf-8").splitlines()[1:] == [
            "reef-1,Place,Reef one",
            "reef-2,Place,Récif 🪸",
        ]
        table.write_text(
            f"source: {server.address}\nquery: SELECT seen, deep FROM reefs ORDER BY id\n", encoding="utf-8"
        )
        as_csv(table, "reefs.yaml", project, project / "out.csv")
        assert (project / "out.csv").read_text(encoding="utf-8").split() == ["seen,deep", "2000-02-29,1.10", ","]
        table.write_text(f"source: {server.address}\nquery: DELETE FROM reefs\n", encoding="utf-8")
        done = inside("build", cwd=project)
        assert done.returncode == 1, done
        table.write_text(f"source: {server.address}\nquery: {query}\n", encoding="utf-8")
        assert b"with 2 rows of 1 table" in inside("build", cwd=project).stdout, "nothing was deleted"
        server.run("DROP TABLE reefs")
        done = inside("build", cwd=project)
        assert (done.returncode, b"the database does not answer" in done.stderr) == (1, True), done
    gone = inside("build", cwd=project)
    assert (gone.returncode, b"the database does not answer" in gone.stderr) == (1, True), gone
    assert b"s3cret-word" not in done.stderr + done.stdout + gone.stderr + gone.stdout
    assert not any(b"s3cret-word" in path.read_bytes() for path in release.rglob("*") if path.is_file())
