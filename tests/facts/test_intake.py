"""What all files together tell: ids introduced twice or never, things that nothing introduces, facts that stand twice."""

import re
from pathlib import Path

import pytest

from kg.build.preparing import prepare
from kg.errors import FactError
from kg.project import read_project

PLACE = re.compile(r"data/[\w./]+:\d+")


def faults(project: Path, folder: Path) -> list[str]:
    with pytest.raises(FactError) as caught:
        prepare(read_project(project), folder, folder / "kept")
    return [str(fault) for fault in caught.value.faults]


@pytest.fixture
def written(project: Path) -> Path:
    """The project with two more tables, of which "b" comes first by name."""
    reference = project / "data" / "reference"
    (reference / "b.csv").write_text("id,type,name\nada,Person,Ada\nzoe,Person,Zoe\n", encoding="utf-8")
    (reference / "z.csv").write_text("id,type,name\neve,Person,Eve\n", encoding="utf-8")
    return project


def add(project: Path, file: str, row: str) -> None:
    with (project / "data" / "reference" / file).open("a", encoding="utf-8") as out:
        out.write(row)


def places(faults: list[str], words: str) -> list[tuple[str, str]]:
    """Where the faults of some words stand, and the place that each names, in the order they come in."""
    return [(fault.partition(": ")[0], PLACE.findall(fault)[-1]) for fault in faults if words in fault]


def test_two_files_that_introduce_an_id_are_named_in_their_order(written: Path, tmp_path: Path) -> None:
    add(written, "z.csv", "ada,Person,Another\n")
    assert faults(written, tmp_path / "aside") == [
        "data/reference/z.csv:3:1: duplicate id ada: data/reference/b.csv:2 gives it its type already; "
        "choose another id, or delete `type` here to say more of the same thing"
    ]


def test_the_first_of_many_that_introduce_an_id_is_the_first_by_its_line_and_column(
    written: Path, tmp_path: Path
) -> None:
    """Line 9 before line 10, and a file of a subfolder where it is read: neither is so in the order of bytes."""
    rows = "".join(f"{'ada' if line in (9, 10) else f'person-{line}'},Person,{line}\n" for line in range(2, 12))
    (written / "data" / "reference" / "b.csv").write_text(f"id,type,name\n{rows}", encoding="utf-8")
    assert places(faults(written, tmp_path / "one"), "duplicate id ada") == [
        ("data/reference/b.csv:10:1", "data/reference/b.csv:9")
    ]
    (written / "data" / "reference" / "b").mkdir()
    line = "facts: [{id: ada, type: Person, name: A}, {id: ada, type: Person, name: B}]\n"
    (written / "data" / "reference" / "b" / "z.yaml").write_text(line, encoding="utf-8")
    first = "data/reference/b/z.yaml:1"
    assert places(faults(written, tmp_path / "two"), "duplicate id ada") == [
        ("data/reference/b.csv:9:1", first),
        ("data/reference/b.csv:10:1", first),
        (f"{first}:48", first),
    ]


def test_one_record_may_speak_of_a_thing_twice(written: Path, tmp_path: Path) -> None:
    text = "facts:\n- id: rock\n  type: Place\n  near:\n    id: rock\n    type: Building\n    name: rock\n"
    (written / "data" / "reference" / "rock.yaml").write_text(text, encoding="utf-8")
    prepare(read_project(written), tmp_path / "aside", tmp_path / "kept")


def test_a_fact_in_two_files_is_the_fault_of_the_second(written: Path, tmp_path: Path) -> None:
    (written / "data" / "reference" / "a.csv").write_text("id,name\nada,Ada Merrow\n", encoding="utf-8")
    (written / "data" / "reference" / "y.csv").write_text("id,name\nzoe,Z\nada,Ada Merrow\n", encoding="utf-8")
    assert faults(written, tmp_path / "aside") == [
        "data/reference/y.csv:3:1: the same fact stands at data/reference/a.csv:2; delete one"
    ]


def test_of_a_fact_in_many_places_the_first_is_kept(written: Path, tmp_path: Path) -> None:
    rows = "".join(f"ada,{'Ada Merrow' if line in (9, 10) else line}\n" for line in range(2, 12))
    (written / "data" / "reference" / "y.csv").write_text(f"id,name\n{rows}", encoding="utf-8")
    assert places(faults(written, tmp_path / "one"), "the same fact stands at") == [
        ("data/reference/y.csv:10:1", "data/reference/y.csv:9")
    ]
    (written / "data" / "reference" / "y").mkdir()
    line = "facts: [{id: ada, name: Ada Merrow}, {id: ada, name: Ada Merrow}]\n"
    (written / "data" / "reference" / "y" / "z.yaml").write_text(line, encoding="utf-8")
    first = "data/reference/y/z.yaml:1"
    assert places(faults(written, tmp_path / "two"), "the same fact stands at") == [
        ("data/reference/y.csv:9:1", first),
        ("data/reference/y.csv:10:1", first),
        (f"{first}:38", first),
    ]


def test_what_nothing_introduces_is_named_where_it_is_referred_to(written: Path, tmp_path: Path) -> None:
    (written / "data" / "reference" / "y.csv").write_text(
        "id,near\nada,zoe\nada,skerry-poin\nlighthouse,nobody\n", encoding="utf-8"
    )
    assert faults(written, tmp_path / "aside") == [
        "data/reference/y.csv:3:2: nothing is called skerry-poin; did you mean 'skerry-point'?",
        "data/reference/y.csv:4:2: nothing is called nobody; add a record with this id and a type",
    ]


def test_an_id_without_a_type_is_named_once_where_it_first_stands(written: Path, tmp_path: Path) -> None:
    (written / "data" / "reference" / "y.csv").write_text("id,name\nava,Ava\n", encoding="utf-8")
    (written / "data" / "reference" / "a.yaml").write_text("facts:\n- id: ava\n  name: Ava A.\n", encoding="utf-8")
    found = faults(written, tmp_path / "aside")
    assert "data/reference/a.yaml:2:7: ava has no type; did you mean 'ada'?" in found
    assert sum("ava has no type" in fault for fault in found) == 1


def test_an_id_without_a_type_is_named_in_the_line_that_comes_first(written: Path, tmp_path: Path) -> None:
    """Line 9 before line 10, which is not so in the order of bytes."""
    rows = "".join(f"{'ava' if line in (9, 10) else 'ada'},{line}\n" for line in range(2, 12))
    (written / "data" / "reference" / "y.csv").write_text(f"id,name\n{rows}", encoding="utf-8")
    assert faults(written, tmp_path / "aside") == [
        "data/reference/y.csv:9:1: ava has no type; did you mean 'ada'?",
    ]


def test_what_a_file_that_cannot_be_read_may_say_is_not_missed(written: Path, tmp_path: Path) -> None:
    (written / "data" / "reference" / "y.csv").write_text("id,near\nada,nobody\n", encoding="utf-8")
    (written / "data" / "reference" / "broken.csv").write_bytes(b"id,name\n\xff,x\n")
    (fault,) = faults(written, tmp_path / "aside")
    assert fault.startswith("data/reference/broken.csv:2:1: byte 0xff is not UTF-8")


def test_a_batch_that_is_not_the_first_is_taken_too(written: Path, tmp_path: Path) -> None:
    rows = "".join(f"person-{n},Person,Person {n}\n" for n in range(2500))
    (written / "data" / "reference" / "many.csv").write_text(f"id,type,name\n{rows}", encoding="utf-8")
    prepared = prepare(read_project(written), tmp_path / "aside", tmp_path / "kept")
    assert prepared.totals["reference"] == 1 + 2 + 1 + 2500
    assert prepared.totals["statements"] == prepared.totals["values"]
