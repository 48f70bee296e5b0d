"""Tables of facts: the place of each cell, and what keeps one from being read."""

import json
from pathlib import Path
from typing import Any

import pytest

from kg.facts.csv_file import metadata_of, read_csv
from kg.facts.values import read_text
from tests.conftest import inside
from tests.facts.test_yaml_file import plain, refused


def written(tmp_path: Path, content: str | bytes, name: str = "a.yaml") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_a_table_is_read_with_the_place_of_each_cell(tmp_path: Path) -> None:
    rows = list(read_csv(written(tmp_path, 'id,name\r\na,"two\nlines"\r\n\r\nNA,\r\n', "a.csv")))
    assert [plain(row) for row in rows] == [{"id": "a", "name": "two\nlines"}, {"id": "NA", "name": None}]
    assert [row.line for row in rows] == [2, 5]


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("", 1, "empty"),
        ("a,\n", 1, "no name"),
        ("id;otherName\n", 1, "separated by semicolons; save it with commas"),
        ("id\totherName\n", 1, "separated by tabs"),
        ("id,quote.prefix\n", 1, "belongs behind the column quote"),
        ("quote,quote.prefix\n,x\n", 2, "without the quote"),
        ("a,b\n1\n", 2, "1 cells"),
        ("a,b\n1,2,3\n", 2, "3 cells"),
        ('a,b\n"x,y\n', 2, "not CSV"),
        ('a,b\n"x"y,z\n', 2, "not CSV"),
        (b"a,b\n\xff,z\n", 2, "UTF-8"),
        ("a,b\n" + "x" * 140_000 + ",y\n", 2, "a cell of more than 131,072"),
    ],
)
def test_a_table_that_cannot_be_read_says_where(tmp_path: Path, content: str | bytes, line: int, words: str) -> None:
    found = refused(written(tmp_path, content, "a.csv"))
    assert found[0] == line
    assert words in found[2]


def test_columns_of_one_name_are_a_list(tmp_path: Path) -> None:
    table = "\ufeffid,name,name,quote,quote.prefix,quote,quote.suffix\na,x,y,one,before,two,\nb,x,,one,,,\nc,,,,,,\n"
    rows = [plain(row) for row in read_csv(written(tmp_path, table, "a.csv"))]
    assert rows == [
        {"id": "a", "name": ["x", "y"], "quote": [{"exact": "one", "prefix": "before"}, "two"]},
        {"id": "b", "name": "x", "quote": "one"},
        {"id": "c", "name": None, "quote": None},
    ]


def test_line_ends_are_kept(tmp_path: Path) -> None:
    assert read_text(written(tmp_path, b"a\r\nb\n")) == "a\r\nb\n"


def test_how_a_table_is_written_is_said_beside_it(tmp_path: Path) -> None:
    """Semicolons, cells of several values, and merged cells of a spreadsheet, of which the first alone is filled."""
    path = tmp_path / "a.csv"
    path.write_text("\ufeffid;type;near\nhorn;Event;reef|bay\nbell;;\n", encoding="utf-8")
    said: dict[str, Any] = {"dialect": {"delimiter": ";"}, "tableSchema": {"columns": []}}
    said["tableSchema"]["columns"] = [{"titles": "near", "separator": "|"}, {"name": "type", "kg:fillDown": True}]
    metadata_of(path).write_text(json.dumps(said), encoding="utf-8")
    assert [plain(row) for row in read_csv(path)] == [
        {"id": "horn", "type": "Event", "near": ["reef", "bay"]},
        {"id": "bell", "type": "Event", "near": None},
    ]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("{", "a table of facts says `dialect.delimiter`"),
        ('{"dialect": {"delimiter": ";;"}}', "expected one character"),
        ('{"dialect": {"quoteChar": "x"}}', "'quoteChar' is not known here"),
        ('{"tableSchema": {"columns": [{"titles": "nera", "separator": ";"}]}}', "no column is called 'nera'"),
        ('{"tableSchema": {"columns": [{"separator": ";"}]}}', "neither a name nor a title"),
    ],
)
def test_what_is_wrong_with_the_metadata_is_said_of_their_file(project: Path, said: str, words: str) -> None:
    table = project / "data" / "reference" / "places.csv"
    table.write_text("id,type,name\nbay,Place,Bay\n", encoding="utf-8")
    metadata_of(table).write_text(said, encoding="utf-8")
    done = inside("build", cwd=project)
    assert (done.returncode, f"{table.name}-metadata.json:1:1: ".encode() in done.stderr) == (1, True), done.stderr
    assert words.encode() in done.stderr


def test_a_change_of_the_metadata_is_a_change_of_the_table(project: Path) -> None:
    """What was kept of a table is not taken for what it says now; metadata of no table are no file of facts."""
    table = project / "data" / "reference" / "places.csv"
    table.write_text("id,type,name,near\nreef2,Place,Reef,bay;skerry-point\n", encoding="utf-8")
    assert inside("build", cwd=project).returncode == 1
    said = '{"tableSchema": {"columns": [{"titles": "near", "separator": ";"}]}}'
    metadata_of(table).write_text(said, encoding="utf-8")
    done = inside("build", cwd=project)
    assert done.returncode == 0, done.stderr
    metadata_of(table).write_text(said.replace(";", "|"), encoding="utf-8")
    assert inside("build", cwd=project).returncode == 1
    metadata_of(table).rename(table.with_name("other.csv-metadata.json"))
    assert b"other.csv-metadata.json:1:1: .json: facts are read from" in inside("build", cwd=project).stderr
