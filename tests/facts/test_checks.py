"""Each word and value of a record, held against the context and the vocabulary."""

from pathlib import Path

import pytest

from kg.facts.checks import check, checks
from kg.facts.records import Record
from kg.facts.values import Mapping
from kg.facts.yaml_file import read_yaml
from kg.project import TEMPLATE
from kg.rdf.ontology import read_vocabulary

BASE = "https://example.org/"
CHECKS = checks(read_vocabulary(TEMPLATE / "ontology", BASE), BASE)


def record(tmp_path: Path, text: str) -> Record:
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    content = read_yaml(tmp_path / "a.yaml")
    assert isinstance(content, Mapping)
    return Record("a.yaml", 1, 1, "", (), "reference", "", "", content)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nme: a", "1:1: unknown key nme; did you mean 'name'?"),
        ("id: a\nvalue: about forty", "2:8: 'about forty' is not a whole number, as in 450"),
        ("near: two words", "1:7: 'two words' is not a valid id; use letters, digits and hyphens, as in new-york"),
        ("type: Persn", "1:7: 'Persn' is not in the vocabulary; did you mean 'Person'?"),
        ("name: [a, a]", "1:11: name says ‘a’ twice; delete one"),
        ("name: [[a]]", "1:8: name: a list in a list; write one list"),
        ("name: {en: a}", "1:7: name takes text, not a mapping"),
        ("id: ~", "1:1: id takes a name; write it, or delete the key"),
        ("near: {of: {nme: b}}", "1:13: unknown key nme; did you mean 'name'?"),
        ('name: "a\\x07"', "1:7: the character U+0007 cannot be written in every format; delete it"),
    ],
)
def test_what_does_not_fit_is_named_where_it_stands(tmp_path: Path, text: str, said: str) -> None:
    assert [str(fault) for fault in check(record(tmp_path, text), CHECKS).faults] == [f"a.yaml:{said}"]


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    found = check(record(tmp_path, "nme: a\nvalue: x\ndate: never\nnear: zoe"), CHECKS)
    assert [fault.line for fault in found.faults] == [1, 2, 3]


def test_ids_and_references_are_noted_for_all_files_together(tmp_path: Path) -> None:
    found = check(record(tmp_path, "id: a\ntype: Place\nnear: [b, {id: c, name: C}]\nvalue: ~"), CHECKS)
    assert [(named.iri, bool(named.types)) for named in found.named] == [(f"{BASE}id/a", True), (f"{BASE}id/c", False)]
    assert [named.iri for named in found.references] == [f"{BASE}id/b"]
    assert found.nulls == 1
    assert not found.faults
