"""What a conversion is written as: packed, in parts, as a table of terms; in order by rows or line by line."""

import gzip
import io
import os
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import duckdb
import pyoxigraph as px
import pytest

from kg.tables import duckdb_engine
from kg.tables.convert import Conversion, Table
from kg.tables.csvw import joined
from kg.tables.duckdb_engine import DuckDB
from kg.tables.mapping import Mapping, by_context
from kg.tables.output import written
from tests.conftest import inside
from tests.tables.test_same_meaning import BASE, VOCABULARY

LINES = [
    '<https://e.org/a> <https://e.org/p> "x \\"y\\" <z> ." .\n',
    '<https://e.org/a> <https://e.org/p> "é"@fr .\n',
    '<https://e.org/a> <https://e.org/p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> <https://e.org/g> .\n',
    "<https://e.org/a> <https://e.org/q> <https://e.org/b> .\n",
    "_:b1 <https://e.org/q> _:b2 <https://e.org/g> .\n",
    "_:b1 <https://e.org/q> <https://e.org/g> <https://e.org/g> .\n",
]


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    path = tmp_path / "lines.nq"
    path.write_text("".join(LINES), encoding="utf-8")
    return path


def test_what_is_packed_is_the_same_and_the_same_twice(lines: Path, tmp_path: Path) -> None:
    for name in ("one.nq.gz", "two.nq.gz"):
        assert written(lines, tmp_path / name) == [tmp_path / name]
    assert gzip.decompress((tmp_path / "one.nq.gz").read_bytes()) == lines.read_bytes()
    assert (tmp_path / "one.nq.gz").read_bytes() == (tmp_path / "two.nq.gz").read_bytes()


@pytest.mark.parametrize("size", [1, 50, 120, 10_000])
def test_parts_end_with_their_lines_and_are_the_whole(lines: Path, tmp_path: Path, size: int) -> None:
    parts = written(lines, tmp_path / "out.nq", size)
    assert [part.name for part in parts] == [f"out-{number:04}.nq" for number in range(1, len(parts) + 1)]
    assert b"".join(part.read_bytes() for part in parts) == lines.read_bytes()
    assert all(part.read_bytes().endswith(b" .\n") for part in parts)
    assert len(parts) == {1: 6, 50: 4, 120: 2, 10_000: 1}[size]
    assert not list(tmp_path.glob(".*"))


def test_a_table_of_terms_says_of_each_what_it_is(lines: Path, tmp_path: Path) -> None:
    (made,) = written(lines, tmp_path / "out.parquet")
    rows = duckdb.execute(f"SELECT o, kind, datatype, language, g FROM '{made}'").fetchall()
    assert rows == [
        ('"x \\"y\\" <z> ."', "literal", None, None, None),
        ('"é"@fr', "literal", None, "fr", None),
        (
            '"1"^^<http://www.w3.org/2001/XMLSchema#integer>',
            "literal",
            "http://www.w3.org/2001/XMLSchema#integer",
            None,
            "<https://e.org/g>",
        ),
        ("<https://e.org/b>", "iri", None, None, None),
        ("_:b2", "blank", None, None, "<https://e.org/g>"),
        ("<https://e.org/g>", "iri", None, None, "<https://e.org/g>"),
    ]
    for (s, p, o, g), quad in zip(
        duckdb.execute(f"SELECT s, p, o, g FROM '{made}'").fetchall(),
        px.parse(lines.read_bytes(), format=px.RdfFormat.N_QUADS),
        strict=True,
    ):
        assert o == str(quad.object) or "_:" in o
        assert p == str(quad.predicate)
        assert s == str(quad.subject) or "_:" in s
        assert (g or "DEFAULT") == str(quad.graph_name)


def test_files_are_joined_in_order_whether_their_lines_overlap_or_not(tmp_path: Path) -> None:
    for name, text in (("a", b"a\nc\n"), ("b", b"d\ne\n"), ("c", b"b\nc\n"), ("none", b"")):
        (tmp_path / name).write_bytes(text)
    joined([tmp_path / "b", tmp_path / "a", tmp_path / "none"], tmp_path / "apart")
    assert (tmp_path / "apart").read_bytes() == b"a\nc\nd\ne\n"
    joined([tmp_path / "b", tmp_path / "a", tmp_path / "c"], tmp_path / "over")
    assert (tmp_path / "over").read_bytes() == b"a\nb\nc\nd\ne\n"
    joined([tmp_path / "none"], tmp_path / "nothing")
    assert (tmp_path / "nothing").read_bytes() == b""


@pytest.mark.parametrize(
    "rows",
    [
        ["b,Place,B,x", "a-1,Place,A1,", "a,Place,A,y"],  # each its own thing: by rows
        ["b,Place,B,x", "a,Place,A2,", "a,Place,A,y", "b,Place,B,x"],  # two rows of one thing: by lines
        ["a,Place,,", "aé,Place,,", "a.b,Place,,"],
    ],
)
def test_rows_in_order_are_lines_in_order(rows: list[str], tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join(["id,type,name,description", *rows]) + "\n", encoding="utf-8")
    mapping = by_context(("id", "type", "name", "description"), VOCABULARY, BASE, "a.csv")
    assert isinstance(mapping, Mapping)
    engine = DuckDB(tmp_path / "engine")
    conversion = Conversion(Table(path, "a.csv"), mapping, engine, tmp_path)
    assert conversion.compiled.in_order() is not None
    books = conversion.write(tmp_path / "out.nt")
    lines = (tmp_path / "out.nt").read_bytes().splitlines(keepends=True)
    assert lines == sorted(set(lines))
    assert books.statements == len(lines)
    assert books.values == sum(1 for row in rows for cell in row.split(",")[1:] if cell)


def test_convert_writes_what_bulk_loaders_want(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + "".join(f"{n},x\n" for n in range(500)), encoding="utf-8")
    base = ("--base", "https://example.org/")
    assert inside("tables", "convert", path, *base, "-o", tmp_path / "whole.nt", cwd=tmp_path).returncode == 0
    done = inside("tables", "convert", path, *base, "-o", tmp_path / "out.nt.gz", "--split", "10KB", cwd=tmp_path)
    assert done.returncode == 0, done
    parts = sorted(tmp_path.glob("out-*.nt.gz"))
    assert len(parts) > 3
    assert b"".join(gzip.decompress(part.read_bytes()) for part in parts) == (tmp_path / "whole.nt").read_bytes()
    wrong = inside("tables", "convert", path, "--split", "x", "-o", tmp_path / "n.nt", cwd=tmp_path)
    assert (wrong.returncode, b"--split" in wrong.stderr) == (2, True), wrong


@pytest.mark.long
def test_a_conversion_killed_at_any_moment_leaves_what_was_there(tmp_path: Path) -> None:
    path, out = tmp_path / "a.csv", tmp_path / "out.nt"
    path.write_text("a,b\n" + "".join(f"{n},x{n}\n" for n in range(30_000)), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "kg",
        "tables",
        "convert",
        str(path),
        "--base",
        "https://example.org/",
        "-o",
        str(out),
    ]
    subprocess.run(command, check=True, capture_output=True)
    whole = out.read_bytes()
    assert whole.count(b"\n") == 60_000
    for moment in (0.3, 0.7, 0.9, 1.1, 1.3, 1.6):
        out.write_bytes(b"before\n")
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL, env={**os.environ, "TMPDIR": str(tmp_path)})
        time.sleep(moment)
        process.kill()
        process.wait()
        assert out.read_bytes() in (b"before\n", whole)


@pytest.mark.long
def test_a_disk_without_room_is_said_and_nothing_is_left(tmp_path: Path) -> None:
    """A limit on the size of files stands for a disk that is full."""
    path, out = tmp_path / "a.csv", tmp_path / "out.nt"
    path.write_text("a,b\n" + "".join(f"{n},x{n}\n" for n in range(30_000)), encoding="utf-8")
    out.write_bytes(b"before\n")
    command = [sys.executable, "-m", "kg", "tables", "convert", str(path), "-o", str(out)]
    resource = pytest.importorskip("resource")  # which Windows lacks
    limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (100_000, 100_000))
    done = subprocess.run(command, capture_output=True, check=False, preexec_fn=limit)
    assert done.returncode == 3, done
    assert b"fault" not in done.stderr
    assert out.read_bytes() == b"before\n"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.csv", "out.nt"]


@pytest.mark.long
def test_who_watches_sees_how_it_goes_and_a_pipe_sees_nothing(tmp_path: Path) -> None:
    pty = pytest.importorskip("pty")  # which Windows lacks
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + "".join(f"{n},x{n}\n" for n in range(30_000)), encoding="utf-8")
    command = [sys.executable, "-m", "kg", "tables", "convert", str(path), "-o", str(tmp_path / "out.nt")]
    ours, theirs = pty.openpty()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=theirs, check=False)
    os.close(theirs)
    seen = os.read(ours, 1 << 16).decode()
    os.close(ours)
    assert done.returncode == 0
    assert [word in seen for word in ("reading a.csv … ", "writing a.csv … ")] == [True, True], seen
    assert seen.endswith("\r\033[K"), "the line is cleared"
    assert subprocess.run(command, capture_output=True, check=True).stderr == b""


@pytest.mark.long
def test_the_engine_tells_how_a_query_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duckdb_engine, "EVERY", 0.001)  # on a fast machine a query is done before the first look
    heard: list[float] = []
    engine = DuckDB(tmp_path / "engine", told=heard.append)
    engine.ibis.raw_sql("CREATE TABLE made AS SELECT range::VARCHAR || 'x' AS line FROM range(3000000)")
    heard.clear()
    for _ in range(10):
        out = io.BytesIO()
        engine.write(engine.ibis.table("made"), out)
        assert out.getvalue().count(b"\n") == 3_000_000
        if any(heard):
            break
    engine.close()
    assert all(0 <= share <= 1 for share in heard)
    assert any(heard), "how much is done of what takes a while"
