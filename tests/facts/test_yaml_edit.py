"""YAML edited as text: its own lines alone change, and it reads back as meant, in whatever style it was written."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.facts.yaml_edit import append, change, remove, replace_scalars, scalars, set_value
from kg.facts.yaml_text import EditError, read_plain

TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cn"], exclude_characters="\r\x00\x85"),
    min_size=0,
    max_size=30,
)
WORDS = st.sampled_from(
    [
        "a",
        "Resolution #12",
        "x: y",
        "- dash",
        "null",
        "~",
        "yes",
        "1852-03-03",
        "“quoted”",
        "it's",
        'say "so"',
        "[a]",
        "{b}",
        "two\nlines",
        "  lead",
        "trail ",
        "a, b",
        "@at",
        "*star",
        "&and",
        "!bang",
        "%per",
        "`tick",
        "a\u2028b",
        "a\u00a0b",
        "é́",
        "😀",
        "#hash",
        "a # b",
        "",
    ]
)
VALUES = st.one_of(WORDS, TEXTS)
KEYS = st.sampled_from(["id", "type", "name", "quote", "note", "date", "about", "otherName"])


SHAPES = [
    "{i}- id: x{n}\n{i}  note: some words   # why\n",
    "{i}- {{id: x{n}, note: 'some, words'}}\n",
    "{i}- id: \"x{n}\"\n{i}  note: 'it''s so'\n",
    "{i}- id: x{n}\n{i}  note: |-\n{i}    one\n\n{i}    two\n",
    "{i}- id: x{n}\n{i}  note: some words\n{i}    that go on\n",
    "{i}- id: x{n}\n{i}  note: [a, 'b, c',\n{i}    d]\n",
    "{i}- note:\n{i}  id: x{n}\n",
]


@st.composite
def files(draw: Any) -> str:
    """A file of facts as people write them: comments, blank lines, indents, quotes, flow and block."""
    indent = draw(st.sampled_from(["", "  "]))
    gap = draw(st.sampled_from(["", "\n", "# a comment\n", "\n  # indented\n"]))
    lines = draw(st.sampled_from(["", "# head\n", "source: page\n", "---\nsource: page\n"]))
    lines += "facts:" + draw(st.sampled_from(["\n", "  # all of them\n"]))
    for number in range(draw(st.integers(1, 4))):
        lines += gap if number else ""
        lines += draw(st.sampled_from(SHAPES)).format(i=indent, n=number)
    lines += draw(st.sampled_from(["", "\n", "# the end\n", "skip: []\n", "\nskip:\n- quote: a\n  reason: b\n"]))
    if draw(st.booleans()):
        lines = lines.replace("\n", "\r\n")
    return str(lines if draw(st.booleans()) else lines.rstrip("\r\n"))


RECORDS = st.dictionaries(KEYS, st.one_of(VALUES, st.lists(VALUES, min_size=1, max_size=3)), min_size=1, max_size=4)
MANY = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def lines_of(text: str) -> list[str]:
    return text.replace("\r\n", "\n").rstrip("\n").split("\n")


@given(files(), RECORDS)
@MANY
def test_a_record_is_added_and_no_other_line_changes(text: str, record: dict[str, Any]) -> None:
    before = read_plain(text)
    added = append(text, "facts", record)
    assert read_plain(added) == {**before, "facts": [*before["facts"], record]}
    old, new = lines_of(text), lines_of(added)
    start = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), len(old))
    behind = len(old) - start
    assert old[:start] == new[:start]
    assert old[start:] == (new[-behind:] if behind else [])


@given(files(), st.integers(0, 3), KEYS, VALUES)
@MANY
def test_a_value_is_set_and_no_other_line_changes(text: str, number: int, key: str, value: str) -> None:
    before = read_plain(text)
    number %= len(before["facts"])
    changed = set_value(text, ["facts", number], key, value)
    expected = read_plain(text)
    expected["facts"][number][key] = value
    assert read_plain(changed) == expected
    old, new = set(lines_of(text)), set(lines_of(changed))
    other = [line for line in old - new if f"x{number}" not in line]
    touched = before["facts"][number].get(key, "")
    assert len(other) <= (1 if key not in before["facts"][number] else 4 + str(touched).count("\n")), (
        other,
        text,
        changed,
    )


@given(files(), st.integers(0, 3))
@MANY
def test_a_record_is_removed_and_the_others_stay_as_they_are(text: str, number: int) -> None:
    before = read_plain(text)
    number %= len(before["facts"])
    left = remove(text, ["facts", number])
    expected = read_plain(text)
    del expected["facts"][number]
    assert read_plain(left) == expected
    new = set(lines_of(left)) - set(lines_of(text)) - {""}
    assert all(line.startswith("facts: []") for line in new) if len(before["facts"]) == 1 else not new


@given(files(), st.integers(0, 3), RECORDS)
@MANY
def test_a_record_is_changed_and_the_others_stay_as_they_are(text: str, number: int, record: dict[str, Any]) -> None:
    before = read_plain(text)
    number %= len(before["facts"])
    changed = change(text, ["facts", number], record, ["note"])
    expected = read_plain(text)
    expected["facts"][number] = record
    assert read_plain(changed) == expected
    for other in range(len(before["facts"])):
        if other != number:
            assert f"x{other}" in changed
    same = change(text, ["facts", number], before["facts"][number])
    assert same == text


@given(files(), st.text("abcdefgh-", min_size=1, max_size=12).filter(lambda t: t[0].isalpha()))
@MANY
def test_an_id_is_renamed_wherever_it_stands(text: str, new: str) -> None:
    wanted = [span for span in scalars(text) if span.value == "x0"]
    assert wanted
    renamed = replace_scalars(text, wanted, new)
    assert next(record["id"] for record in read_plain(renamed)["facts"]) == new
    assert len(lines_of(renamed)) == len(lines_of(text))
    assert sum(a != b for a, b in zip(lines_of(text), lines_of(renamed), strict=True)) == len({s.start for s in wanted})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("facts: []\n", "facts:\n- id: b\n"),
        ("facts:\n", "facts:\n- id: b\n"),
        ("facts: [{id: a}]\n", "facts: [{id: a}, {id: b}]\n"),
        ("", "facts:\n- id: b\n"),
        ("source: page\n", "source: page\nfacts:\n- id: b\n"),
        ("facts:\n  - id: a\n\n  - id: c\n", "facts:\n  - id: a\n\n  - id: c\n\n  - id: b\n"),
        ("facts:\n- id: a\n# end", "facts:\n- id: a\n- id: b\n# end"),
        ("facts: []\nskip: []\n", "facts:\n- id: b\nskip: []\n"),
    ],
)
def test_a_record_stands_where_a_person_would_have_put_it(text: str, expected: str) -> None:
    assert append(text, "facts", {"id": "b"}) == expected


def test_what_cannot_be_done_as_text_is_refused() -> None:
    for text in ("a: 1\n---\nb: 2\n", "- a\n", "a: [\n"):
        with pytest.raises(EditError):
            append(text, "facts", {"id": "b"})
    with pytest.raises(EditError, match="there is no facts › 7 in the file"):
        set_value("facts:\n- id: a\n", ["facts", 6], "note", "x")
    with pytest.raises(EditError, match="is not a mapping"):
        set_value("facts:\n- id: a\n", ["facts"], "note", "x")
    with pytest.raises(EditError, match="the only one"):
        remove("facts:\n- id: a\n", ["facts", 0, "id"])


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("facts:  # all\n# one\n- id: a\nskip:\n", ["facts", 0], "facts: []  # all\n# one\nskip:\n"),
        ("facts: [{id: a}]\n", ["facts", 0], "facts: []\n"),
        ("facts:\n- {id: a, note: b} # x\n", ["facts", 0, "note"], "facts:\n- {id: a} # x\n"),
        ("facts:\n- id: a\n  quote: ['b', c]\n", ["facts", 0, "quote", 0], "facts:\n- id: a\n  quote: [c]\n"),
    ],
)
def test_the_last_of_a_list_and_what_stands_in_brackets_are_removed(
    text: str, path: list[str | int], expected: str
) -> None:
    assert remove(text, path) == expected


def test_a_new_key_stands_before_the_basis_and_the_note() -> None:
    text = "facts:\n- id: a\n  # why\n  basis: inferred\n  note: b\n"
    assert set_value(text, ["facts", 0], "date", "1", ["basis", "note"]) == text.replace(
        "  # why", "  date: 1\n  # why"
    )
