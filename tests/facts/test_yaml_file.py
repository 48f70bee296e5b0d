from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.facts.csv_file import read_csv
from kg.facts.values import Items, Mapping, Null, Text, UnreadableError, Value
from kg.facts.yaml_file import MAX_LINE, read_yaml


def written(tmp_path: Path, content: str | bytes, name: str = "a.yaml") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def plain(value: Value) -> object:
    """The value without its places."""
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, Items):
        return [plain(item) for item in value]
    return None if isinstance(value, Null) else str(value)


def refused(path: Path) -> tuple[int, int, str]:
    with pytest.raises(UnreadableError) as caught:
        list(read_csv(path)) if path.suffix == ".csv" else read_yaml(path)
    return caught.value.line, caught.value.column, caught.value.message


@pytest.mark.parametrize(
    "scalar", ["NO", "yes", "12:30", "010", "1.10", "1e3", "0x1F", "2001-01-01", "NA", "Null", "true"]
)
def test_a_scalar_stays_the_text_it_is(tmp_path: Path, scalar: str) -> None:
    assert plain(read_yaml(written(tmp_path, f"facts: {scalar}\n"))) == {"facts": scalar}


@pytest.mark.parametrize("scalar", ["", "~", "null"])
def test_null_is_null_only_where_it_stands_plain(tmp_path: Path, scalar: str) -> None:
    assert plain(read_yaml(written(tmp_path, f"a: {scalar}\n"))) == {"a": None}
    assert plain(read_yaml(written(tmp_path, f"a: '{scalar}'\n"))) == {"a": scalar}


def test_every_value_knows_its_line_and_column_in_code_points(tmp_path: Path) -> None:
    document = read_yaml(written(tmp_path, "é: [ü, 𝄞x, y]\nb:\n  - c: d\n"))
    assert isinstance(document, Mapping)
    items = document[Text("é")]
    assert isinstance(items, Items)
    assert [(item.line, item.column) for item in items] == [(1, 5), (1, 8), (1, 12)]
    key = list(document)[1]
    assert (key.line, key.column) == (2, 1)


@pytest.mark.parametrize(
    ("content", "line", "column", "words"),
    [
        ("a: 1\n\tb: 2\n", 2, 1, "tab"),
        ("a: 1\na: 2\n", 2, 1, "twice"),
        ("a: &x 1\nb: *x\n", 1, 4, "anchor"),
        ("a: *x\n", 1, 4, "alias"),
        ("a: !!python/object:os.system x\n", 1, 4, "tag"),
        ("a: b: c\n", 1, 5, "second ': '"),
        ("a: 'x\n", 1, 4, "a value in quotes that is not closed"),
        ("facts:\n- id: a\n\u00a0 name: b\n", 3, 1, "a no-break space (U+00A0) in the indent"),
        ("facts:\n- name: Resolution #12 of it\n", 2, 20, "in quotes: 'Resolution #12 of it'"),
        ("facts:\n- name: A # note\n", 2, 11, "or two spaces before a comment"),
        ("facts:\n- name: A   #note\n", 2, 13, "in quotes: 'A   #note'"),
        ('facts:\n- name: "The Court" of Rome\n', 2, 21, "in quotes: '\"The Court\" of Rome'"),
        ("facts:\n- name: it said: yes\n", 2, 16, "in quotes: 'it said: yes'"),
        ("facts:\n- name: *star\n", 2, 9, "alias"),
        ("facts:\n- name: [a, b\n- id: c\n", 3, 5, "words that do not belong"),
        ("a: @x\n", 1, 4, "quotes"),
        ("--- a\n--- b\n", 2, 1, "second document"),
        ("? {a: b}\n: c\n", 1, 3, "not text"),
        ("", 1, 1, "empty"),
        (" \n\n", 1, 1, "empty"),
        ("# nothing\n", 1, 1, "only comments"),
        ("a: x\x07y\n", 1, 5, "control characters"),
        (b"a: ok\nb: \xff\n", 2, 4, "0xff is not UTF-8"),
        (b"\xef\xbb\xbfa: b\n", 1, 1, "byte order mark"),
        (b"a: \x00\n", 1, 4, "NUL"),
        ("a: " + "[" * 60 + "]" * 60, 1, 54, "deep"),
        ("a: b\nkey\n", 3, 1, "key without"),
        ("a:\n - b\n  c: d\n", 3, 4, "second ': '"),
        ("facts:\r- quote: x\r  id: @x\r", 3, 7, "quotes"),
        ("# ééééé\nfacts:\n- id: \x01x\n", 3, 7, "control characters"),
    ],
)
def test_a_file_that_cannot_be_read_says_where_and_why(
    tmp_path: Path, content: str | bytes, line: int, column: int, words: str
) -> None:
    found = refused(written(tmp_path, content))
    assert found[:2] == (line, column), found
    assert words in found[2]


def test_a_line_of_ten_megabytes_is_refused(tmp_path: Path) -> None:
    line, _, message = refused(written(tmp_path, "a: b\nc: " + "x" * 10_000_000 + "\n"))
    assert line == 2
    assert f"at most {MAX_LINE:,}" in message


def test_a_bomb_of_aliases_is_refused_at_its_first_anchor(tmp_path: Path) -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"{n}: &{n} [*{p}, *{p}]\n" for p, n in zip("abcdefgh", "bcdefghi", strict=True))
    assert refused(written(tmp_path, bomb))[0] == 1


@given(st.binary(max_size=200))
@settings(max_examples=300)
def test_no_bytes_break_the_yaml_reader(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = written(tmp_path_factory.getbasetemp(), content)
    try:
        read_yaml(path)
    except UnreadableError as unreadable:
        assert unreadable.line >= 1
        assert unreadable.column >= 1
        assert unreadable.message


tree = st.recursive(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufeff\u2028\u2029\x85")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text("abcxyz", min_size=1), tree, min_size=1, max_size=4))
def test_what_pyyaml_writes_is_read_back(tmp_path_factory: pytest.TempPathFactory, data: dict[str, object]) -> None:
    path = written(tmp_path_factory.getbasetemp(), yaml.safe_dump(data, allow_unicode=True, default_style='"'))
    assert plain(read_yaml(path)) == data


def test_all_that_is_wrong_with_a_file_is_said_at_once(tmp_path: Path) -> None:
    text = "facts:\n- name: a: b\n- name: fine\n- name: 'open\n- name: @x\n- name: No #5\n  id: b\n"
    with pytest.raises(UnreadableError) as caught:
        read_yaml(written(tmp_path, text))
    faults = caught.value.faults("a.yaml")
    assert [fault.line for fault in faults] == [2, 4, 5, 6]
    assert all(str(fault).startswith("a.yaml:") for fault in faults)


@pytest.mark.parametrize(
    "text",
    [
        "name: 'No #5'",
        'name: "No #5"',
        "name: C#",
        "name: #5",
        "# a note\n  name: x",
        "name: A  # a note",
        "name: A  #",
        "note: |\n    No #5",
    ],
)
def test_what_cuts_nothing_off_is_read(tmp_path: Path, text: str) -> None:
    assert read_yaml(written(tmp_path, f"facts:\n- id: a\n  {text}\n"))
