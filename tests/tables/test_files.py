"""Tables as they lie there: dialects, what is wrong with a file and where, and what an engine may read by itself."""

from pathlib import Path

import pytest

from kg.errors import FactError
from kg.tables.files import Dialect, Row, head, is_plain, rows, write_plain


def cells(path: Path, dialect: Dialect) -> list[list[str] | str]:
    return [row if isinstance(row, str) else row.cells for row in rows(path, path.name, dialect)]


@pytest.mark.parametrize(
    ("data", "dialect", "expected"),
    [
        (b"a,b\n1,2\n", Dialect(), [["a", "b"], ["1", "2"]]),
        (b"\xef\xbb\xbfa,b\r\n1,\r\n", Dialect(), [["a", "b"], ["1", ""]]),
        (b'a;"b;c"\n', Dialect(delimiter=";"), [["a", "b;c"]]),
        ("é\té\n".encode("latin-1"), Dialect(delimiter="\t", encoding="latin-1"), [["é", "é"]]),
        ("a,b\n1,é\n".encode("utf-16"), Dialect(encoding="utf-16"), [["a", "b"], ["1", "é"]]),
        (b"# made by hand\na,b\n#1,2\n", Dialect(comment="#"), [" made by hand", ["a", "b"], "1,2"]),
        (b"title\na,b\n", Dialect(skip_rows=1), ["title", ["a", "b"]]),
        (b"x,a,b\n", Dialect(skip_columns=1), [["a", "b"]]),
        (b" a , b\n", Dialect(trim="both"), [["a", "b"]]),
        (b" a , b\n", Dialect(trim="start"), [["a ", "b"]]),
        (b'a,"b\n', Dialect(quote=""), [["a", '"b']]),
        (b'"a\\"b"\n', Dialect(double_quote=False), [['a"b']]),
        (b'"x\ny","c\r\nd"\r\n', Dialect(), [["x\ny", "c\r\nd"]]),
    ],
)
def test_a_file_is_read_in_its_dialect(
    tmp_path: Path, data: bytes, dialect: Dialect, expected: list[list[str] | str]
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    assert cells(path, dialect) == expected


@pytest.mark.parametrize(
    ("data", "at", "words"),
    [
        (b"a,b\n1,2\n3,\xff\n", (3, 3), "byte 0xff is not UTF-8"),
        (b"a,b\n1\n2,3\n4,5,6\n", (2, 2), "1 cell, and the header has 2"),
        (b'a,b\n1,"x\n', (2, 1), "not CSV"),
        (b'a,b\n1,"x"y\n', (2, 1), "not CSV"),
        (b"a,b\n1,x\0y\n", (2, 1), "a NUL character"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_place(
    tmp_path: Path, data: bytes, at: tuple[int, int], words: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    with pytest.raises(FactError) as caught:
        write_plain(path, "a.csv", Dialect(), 2, tmp_path / "plain.csv")
    first = caught.value.faults[0]
    assert ((first.line, first.column), words in first.message) == (at, True), first


def test_every_row_that_has_other_cells_than_the_header_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n1\n2,3\n4,5,6\n")
    with pytest.raises(FactError) as caught:
        write_plain(path, "a.csv", Dialect(), 2, tmp_path / "plain.csv")
    assert [fault.line for fault in caught.value.faults] == [2, 4]


def test_a_plain_copy_has_the_numbers_of_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"# c\na;b\n1;2\n# d\n3;4\n")
    comments = write_plain(path, "a.csv", Dialect(delimiter=";", comment="#"), 2, tmp_path / "plain.csv")
    assert comments == [" c", " d"]
    assert (tmp_path / "plain.csv").read_bytes() == b'"3","1","2"\n"5","3","4"\n'


def test_a_carriage_return_in_a_cell_stays_in_it(tmp_path: Path) -> None:
    path, copy = tmp_path / "a.csv", tmp_path / "plain.csv"
    path.write_bytes(b'a;b\n"x\ry";"z\n"\n')
    write_plain(path, "a.csv", Dialect(delimiter=";"), 2, copy)
    assert cells(copy, Dialect()) == [["2", "x\ry", "z\n"]]


def test_an_engine_reads_by_itself_what_is_written_as_the_standard_says(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n1,2\n")
    assert is_plain(path, Dialect())
    assert is_plain(path, Dialect(delimiter=";", comment="#"))
    assert not is_plain(path, Dialect(encoding="latin-1"))
    assert not is_plain(path, Dialect(header_rows=2))
    path.write_bytes(b"a,b\n" + b"x" * (1 << 20) + b",2\n#1,2\n")
    assert not is_plain(path, Dialect(comment="#"))
    path.write_bytes(b"a,b\n1,2\n")
    assert head(path, "a.csv", Dialect()) == ([["a", "b"]], [], ["1", "2"])
    assert Row(1, 1, ["a"]).cells == ["a"]
