"""Columns whose cells stand for themselves are written without being looked at again, and say the same."""

import csv
import re
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from kg.rdf.datatypes import DATATYPES
from kg.rdf.terms import XSD
from kg.tables import survey
from kg.tables.by_metadata import cell_slot
from kg.tables.cells import CLEAN, Reading, literal, reference
from kg.tables.convert import Books, Conversion, Table
from kg.tables.datatypes import Datatype
from kg.tables.duckdb_engine import DuckDB
from kg.tables.mapping import Mapping, Slot, Statement
from kg.tables.schema import Inherited
from kg.tables.survey import as_it_stands
from kg.tables.templates import Variable, plain
from tests.tables.test_same_meaning import BASE, VOCABULARY

NAMES = ["string", "integer", "decimal", "date", "gYear", "boolean", "anyURI", "normalizedString", "token", "double"]


def slot_of(name: str, number: int = 0) -> Slot:
    return cell_slot(Inherited(datatype=Datatype(XSD + name, XSD + name)), number)


@pytest.mark.parametrize(
    ("slot", "pattern"),
    [
        (Slot(0, literal()), CLEAN),
        (Slot(0, literal(XSD + "integer")), "[+-]?[0-9]{1,18}"),
        (Slot(0, literal(XSD + "integer"), nulls=("", "NA")), ""),
        (Slot(0, literal(XSD + "integer"), default="1"), ""),
        (Slot(0, literal(XSD + "integer"), separator=";"), ""),
        (Slot(0, literal(XSD + "token")), ""),
        (Slot(0, reference(VOCABULARY.context, BASE)), "[A-Za-z0-9][A-Za-z0-9_.~-]*"),
        (Slot(0, literal(), strip=True), ""),  # whose spaces would stay
        (Slot(0, literal(), spaces="[ ]+"), ""),
        (Slot(0, Reading((("(?s).*", "", ""),), literal().judge), strip=True), ""),
        (Slot(0, Reading((("[a-z ]*", "", ""),), literal().judge), strip=True), ""),
        (Slot(0, Reading(((r"a\sb", "", ""),), literal().judge), strip=True), ""),
        (slot_of("string"), CLEAN),
        (slot_of("decimal"), "[+-]?[0-9]{1,18}(?:\\.[0-9]{1,18})?"),
        (slot_of("anyURI"), "[!#-\\[\\]-~]*"),
    ],
)
def test_which_cells_stand_for_themselves(slot: Slot, pattern: str) -> None:
    assert as_it_stands(slot) == pattern


PLAIN = st.sampled_from(["1", "12", "2020", "2020", ""])
CELLS = st.one_of(
    *(PLAIN, PLAIN, PLAIN, PLAIN, st.sampled_from(["2020-02-03", "true", "x:y", "1.5"])),
    st.sampled_from([" 1", "1 ", "  ", "a  b", "\t", 'x"y', "a\nb", "\\", "é", "1e5", "2020-02-30", "0", "nope"]),
)


def lines_of(rows: list[tuple[str, ...]], mapping: Mapping, folder: Path) -> tuple[bytes, Books, int]:
    path = folder / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([mapping.columns, *rows])
    engine = DuckDB(folder / "engine", threads=1)
    conversion = Conversion(Table(path, "a.csv"), mapping, engine, folder / "scratch")
    books = conversion.write(folder / "out.nt")
    engine.close()
    return (folder / "out.nt").read_bytes(), books, sum(lookup.sure for lookup in conversion.lookups.values())


@given(
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=3),
    st.lists(st.tuples(st.integers(0, 4), CELLS, CELLS, CELLS), min_size=1, max_size=4),
)
def test_sure_columns_say_what_they_say_when_they_are_looked_at(
    names: list[str], found: list[tuple[int, str, str, str]]
) -> None:
    columns = ("id", *(f"c{number}" for number in range(len(names))))
    slots = (Slot(0, reference(VOCABULARY.context, BASE)), *(slot_of(name, n) for n, name in enumerate(names, 1)))
    statements = tuple(Statement((0,), (f"<https://x.org/{n}>",), (n,)) for n in range(1, len(slots)))
    mapping = Mapping(columns, slots, statements, lenient=True)
    rows = [(f"a{number}", *cells[: len(names)]) for number, *cells in found]
    with TemporaryDirectory() as one, TemporaryDirectory() as other, pytest.MonkeyPatch.context() as patch:
        *quick, sure = lines_of(rows, mapping, Path(one))
        patch.setattr(survey, "as_it_stands", lambda slot: "")
        *slow, none = lines_of(rows, mapping, Path(other))
    event(f"{sure} sure")
    assert quick == slow
    assert none == 0


def test_what_stands_in_a_narrow_slot_is_escaped_nowhere() -> None:
    readings = [reading.plain for reading in map(literal, DATATYPES)]
    readings += [slot_of(name).reading.plain for name in NAMES]
    readings += [reference(VOCABULARY.context, BASE).plain]
    patterns = {pattern for plain in readings for pattern, _, _ in plain}
    patterns |= {plain(Variable("a", reserved=reserved), None) for reserved in (True, False)}
    slots = [Slot(0, Reading(((pattern, "", ""),), literal().judge)) for pattern in patterns]
    narrow = [slot.reading.plain[0][0] for slot in slots if survey._narrow(slot)]
    assert len(narrow) > 10
    for pattern in narrow:
        for character in [*map(chr, range(0x21)), '"', "\\", "\x7f", "\ufffe", "\uffff"]:
            for text in (character, f"1{character}", f"{character}1", f"2020-01-0{character}"):
                assert not re.fullmatch(pattern, text), (pattern, text)
