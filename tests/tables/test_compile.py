"""The statements of a table are the same whether its rows are sorted or its lines, and whether its columns are sure or
not, whatever its metadata say.
"""

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyoxigraph as px
import pytest
from hypothesis import event, example, given
from hypothesis import strategies as st

from kg.tables import survey
from kg.tables.csvw import Tables
from kg.tables.duckdb_engine import DuckDB

BASE = "https://example.org/"
COLUMNS = ("a", "b", "c")
CELLS = st.sampled_from(
    [
        "",
        "",
        "a",
        "12",
        "007",
        "2020-02-03",
        "true",
        "NA",
        'a "b"',
        "a\nb",
        "\\",
        "é",
        "a;b",
        "a;;b",
        " a ",
        "  ",
        "x#y",
    ]
)
THINGS = st.sampled_from(["x-1", "x-2", "x-3", "x-1\n", "", "é", "12"])  # of which some are the same


def optional(**ways: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=ways)


DESCRIBED = optional(
    datatype=st.sampled_from(
        ["integer", "decimal", "date", "boolean", "anyURI", "normalizedString", "token", "string"]
    ),
    separator=st.just(";"),
    ordered=st.just(value=True),
    null=st.sampled_from(["NA", ["NA", ""]]),
    default=st.sampled_from(["12", "x"]),
    required=st.just(value=True),
    suppressOutput=st.just(value=True),
    propertyUrl=st.sampled_from([f"{BASE}p", f"{BASE}q", "rdf:type", f"{BASE}p/{{a}}", f"{BASE}p/{{b}}"]),
    valueUrl=st.sampled_from(
        [
            f"{BASE}v/{{b}}",
            f"{BASE}v{{#b}}",
            f"{BASE}v{{?b,c}}",
            f"{BASE}v/{{a}}",
            "{+c}",
            f"{BASE}constant",
            f"{BASE}{{_row}}",
        ]
    ),
)
ABOUT = st.sampled_from(
    [f"{BASE}{{a}}", f"{BASE}{{a}}", f"{BASE}{{a}}/{{b}}", "{a}", "{+a}", "{d}", f"{BASE}{{_row}}", BASE]
)
VIRTUAL = {"name": "v", "virtual": True, "propertyUrl": "rdf:type", "valueUrl": f"{BASE}T"}


class ByLines(DuckDB):
    by_rows = False


def written(schema: Mapping[str, Any], rows: list[tuple[str, ...]], engine: type[DuckDB]) -> tuple[bytes, list[Any]]:
    """What a table comes to, and what is wrong with it."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        with (folder / "t.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([COLUMNS, *rows])
        said = {"@context": "http://www.w3.org/ns/csvw", "url": "t.csv", "tableSchema": schema}
        (folder / "t.csv-metadata.json").write_text(json.dumps(said), encoding="utf-8")
        tables = Tables(f"{BASE}t.csv", lambda url: folder / url.removeprefix(BASE))
        used = engine(folder / "engine", threads=1)
        try:
            tables.look(used, folder / "scratch", minimal=True).write(folder / "out.nt")
        finally:
            used.close()
        return (folder / "out.nt").read_bytes(), tables.problems


@given(
    st.lists(st.tuples(THINGS, CELLS, CELLS), max_size=4),
    st.tuples(DESCRIBED, DESCRIBED, DESCRIBED),
    st.none() | ABOUT,
    st.booleans(),
)
@example([("x", "", "")], ({"suppressOutput": True}, {"propertyUrl": f"{BASE}p/{{a}}"}, {}), f"{BASE}{{a}}", False)
@example(  # the order of a row's lines depends on its cells
    [("x", "z", "1"), ("y", "a", "1")],
    ({"suppressOutput": True}, {"propertyUrl": f"{BASE}p/{{b}}"}, {"propertyUrl": f"{BASE}p/m"}),
    f"{BASE}{{a}}",
    False,
)
@example([("x", "", ""), ("y", "z", "")], ({"valueUrl": f"{BASE}v{{#b}}"}, {}, {}), f"{BASE}{{a}}", False)
@example([("x", "1", "1")], ({"suppressOutput": True, "required": True},) * 3, BASE, True)  # one statement of no cell
def test_every_way_to_write_a_table_says_the_same(
    rows: list[tuple[str, ...]], described: tuple[dict[str, Any], ...], about: str | None, virtual: bool
) -> None:
    columns = [{"name": name, "titles": name, **said} for name, said in zip(COLUMNS, described, strict=True)]
    schema = {"columns": [*columns, *([VIRTUAL] if virtual else [])], **({"aboutUrl": about} if about else {})}
    lines, problems = written(schema, rows, DuckDB)
    assert (lines, problems) == written(schema, rows, ByLines)
    with pytest.MonkeyPatch.context() as patch:  # no column is sure, and all cells are looked at again
        patch.setattr(survey, "as_it_stands", lambda slot: "")
        assert (lines, problems) == written(schema, rows, DuckDB)
    assert sorted({*lines.splitlines(keepends=True)}) == lines.splitlines(keepends=True)
    count = len(list(px.parse(lines, format=px.RdfFormat.N_TRIPLES)))
    assert count == lines.count(b"\n")
    event(f"{min(count, 3)} lines")
