"""Each word and value of a record, held against the context and the vocabulary."""

from pathlib import Path

import pytest

from kg.facts.checks import check, checks
from kg.facts.quotes import Quote
from kg.facts.records import Record
from kg.facts.values import Mapping, Text
from kg.facts.yaml_file import read_yaml
from kg.project import TEMPLATE
from kg.rdf.ontology import read_vocabulary

BASE = "https://example.org/"
CHECKS = checks(
    read_vocabulary(TEMPLATE / "ontology", BASE),
    BASE,
    {"english": ("en",), "french": ("fr",), "klingon": ("tlh",), "german": ("de",), "dutch": ("en", "nl")},
)


def record(tmp_path: Path, text: str, quote: str = "", source: str = "english") -> Record:
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    content = read_yaml(tmp_path / "a.yaml")
    assert isinstance(content, Mapping)
    if not quote:
        return Record("a.yaml", 1, 1, "", (), "reference", "", "", content)
    return Record("a.yaml", 1, 1, source, (Quote(Text(quote)),), "stated", "", "", content)


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
    assert [(named.iri, named.introduced) for named in found.named] == [(f"{BASE}id/a", True), (f"{BASE}id/c", False)]
    assert [named.iri for named in found.references] == [f"{BASE}id/b"]
    assert found.nulls == 1
    assert not found.faults


@pytest.mark.parametrize(
    ("text", "quote", "source", "lacking"),
    [
        ("value: 40", "Nearly 40 ships a year", "english", ""),
        ("value: 40", "Nearly forty ships a year", "english", ""),
        ("value: 40", "Nearly forty ships a year", "french", "(40 is not there)"),
        ("value: 41", "Nearly 40 ships a year", "english", "(41 is not there)"),
        ("date: 1852-03", "on 3 March 1852", "english", ""),
        ("date: 1852-04", "on 3 March 1852", "english", "the month April or 04"),
        ("date: 1852-03", "am 3. März 1852", "german", ""),
        ("date: 1852-04", "am 3. März 1852", "german", "the month April or 04"),
        ("value: 40", "une quarantaine de navires", "french", "(40 is not there)"),
        ("value: 40", "quarante navires", "french", ""),
        ("value: 40", "veertig schepen", "dutch", ""),
        ("value: 40", "forty ships", "dutch", ""),
        ("value: 40", "loSmaH Duj", "klingon", "kg does not know the words of tlh, so what they say cannot be judged"),
        ("value: 40", "40 Duj", "klingon", ""),
        ("date: 1852-03", "1852 wej", "klingon", "the month 03, whose name kg does not know in tlh"),
    ],
)
def test_a_stated_number_or_date_stands_in_the_words(
    tmp_path: Path, text: str, quote: str, source: str, lacking: str
) -> None:
    said = [fault.message for fault in check(record(tmp_path, text, quote, source), CHECKS).faults]
    assert (lacking in said[0]) if lacking else not said
