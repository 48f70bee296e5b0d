"""Records as they stand in their files: what they say of themselves, and what they say."""

from pathlib import Path

import pytest

from kg.errors import Fault
from kg.facts.records import Broken, Record, Skip, fact_files, read_file


def read(tmp_path: Path, text: str) -> list[object]:
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8")
    return list(read_file(path, "a.yaml"))


def test_a_record_says_what_it_rests_on_and_what_it_says(tmp_path: Path) -> None:
    (record,) = read(
        tmp_path, "source: page\nfacts:\n- quote: [one, two]\n  basis: inferred\n  note: why\n  id: a\n  name: A\n"
    )
    assert isinstance(record, Record)
    assert (record.file, record.line, record.source, record.basis, record.note) == (
        "a.yaml",
        3,
        "page",
        "inferred",
        "why",
    )
    assert [quote.exact for quote in record.quotes] == ["one", "two"]
    assert (
        [entry.key for entry in record.content.entries] == ["id", "name"]
        if hasattr(record.content, "entries")
        else True
    )


def test_a_record_without_a_source_is_reference_data(tmp_path: Path) -> None:
    (record,) = read(tmp_path, "facts:\n- id: a\n  name: A\n  evidence: a list\n")
    assert isinstance(record, Record)
    assert (record.source, record.quotes, record.basis, record.evidence) == ("", (), "reference", "a list")


def test_a_skip_has_its_words_and_its_reason(tmp_path: Path) -> None:
    (skip,) = read(tmp_path, "source: page\nskip:\n- quote: go away\n  reason: says nothing\n")
    assert isinstance(skip, Skip)
    assert (skip.quote.exact, skip.reason, skip.source) == ("go away", "says nothing", "page")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("source: page\nfacts:\n- id: a\n  name: A\n", "quote"),
        ("source: page\nfacts:\n- quote: x\n  basis: guessed\n  id: a\n  name: A\n", "guessed"),
        ("source: page\nfacts:\n- quote: x\n  basis: inferred\n  id: a\n  name: A\n", "note"),
        ("source: page\nfacts:\n- quote: x\n", "says nothing"),
        ("facts:\n- quote: x\n  id: a\n  name: A\n", "source"),
        ("source: page\nfacts:\n- quote: x\n  evidence: y\n  id: a\n  name: A\n", "evidence"),
        ("source: page\nskip:\n- quote: x\n", "reason"),
        ("fakts:\n- id: a\n", "did you mean 'facts'"),
    ],
)
def test_what_is_wrong_with_a_record_is_named_where_it_stands(tmp_path: Path, text: str, said: str) -> None:
    faults = [found for found in read(tmp_path, text) if isinstance(found, Fault)]
    assert faults
    assert any(said in fault.message for fault in faults), faults
    assert all(fault.file == "a.yaml" and fault.line >= 1 and fault.column >= 1 for fault in faults)


def test_the_files_of_facts_come_in_order_and_what_is_none_is_a_fault(tmp_path: Path) -> None:
    data = tmp_path / "data"
    for name in ("facts/a.yaml", "facts/b.csv", "facts/sub/c.yaml", "reference/d.yaml"):
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_text("facts: []\n", encoding="utf-8")
    (data / "facts" / "gone.yaml").symlink_to(data / "nowhere.yaml")
    files, faults = fact_files(data, tmp_path)
    found = [path.relative_to(data).as_posix() for path in files]
    assert found == ["facts/a.yaml", "facts/b.csv", "facts/sub/c.yaml", "reference/d.yaml"]
    assert [fault.file for fault in faults] == ["data/facts/gone.yaml"]
    (other,) = read_file(data / "facts" / "notes.docx", "notes.docx")
    assert isinstance(other, Broken | Fault)
