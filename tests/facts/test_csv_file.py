"""Tables of facts: the place of each cell, and what keeps one from being read."""

from pathlib import Path

import pytest

from kg.facts.csv_file import read_csv
from kg.facts.values import read_text
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
