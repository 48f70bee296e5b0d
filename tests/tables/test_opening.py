"""Opening: by what a table of a project is mapped, and what is told of metadata that do not fit it."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import FactError, Fault
from kg.rdf.infer import Rules as Follows
from kg.tables.opening import Opened, Rules, constant, file_name, open_table
from kg.tables.schema import Table
from kg.tables.words import CONTEXT
from tests.tables.test_same_meaning import BASE, VOCABULARY

RULES = Rules(VOCABULARY, BASE, Follows(BASE, {}, {}, b"", b"", b""), Path())
NAME = "data/tables/t.csv"
TWO: list[dict[str, Any]] = [{"name": "a", "propertyUrl": "kg:near"}, {"name": "b", "suppressOutput": True}]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def opened(folder: Path, text: str, said: Any = None, shared: Any = None, name: str = "t.csv") -> Opened | list[Fault]:
    """A table with its own metadata, with those of its folder, or with none, as it is opened."""
    path = folder / name
    path.write_bytes(text.encode())
    for given_, beside in ((said, f"{name}-metadata.json"), (shared, "csv-metadata.json")):
        if given_ is not None:
            (folder / beside).write_text(json.dumps({"@context": CONTEXT, **given_}), encoding="utf-8")
    return open_table(path, path, f"data/tables/{name}", RULES)


def right(folder: Path, text: str, said: Any = None, shared: Any = None, name: str = "t.csv") -> Opened:
    found = opened(folder, text, said, shared, name)
    assert isinstance(found, Opened), found
    return found


def told(folder: Path, text: str, said: Any = None, shared: Any = None) -> list[str]:
    found = opened(folder, text, said, shared)
    assert isinstance(found, list), found
    return [str(fault) for fault in found]


def described(*columns: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"url": "t.csv", "aboutUrl": "id:{a}", "tableSchema": {"columns": list(columns)}, **more}


def test_a_table_with_no_metadata_or_none_with_a_schema_is_mapped_by_the_context(folder: Path) -> None:
    text = "id,near\nx,y\n"
    bare = right(folder, text)
    assert (bare.mapping.lenient, bare.said, bare.rows) == (False, "", False)
    assert bare.described.url == f"{BASE}source/t"
    noted = right(folder, text, {"url": "t.csv", "dc:title": "T"})
    assert noted.mapping.statements == bare.mapping.statements
    assert (noted.said, noted.described.said) == ("data/tables/t.csv-metadata.json", (("dc:title", "T"),))


def test_the_metadata_of_a_table_come_before_those_of_its_folder(folder: Path) -> None:
    shared = {"tables": [described({"name": "shared"}, {"name": "b"})]}
    found = right(folder, "a,b\nx,y\n", described(*TWO), shared)
    assert found.mapping.columns == ("a", "b")
    assert (found.said, found.mapping.lenient) == ("data/tables/t.csv-metadata.json", False)


def test_metadata_of_a_folder_that_describe_other_tables_leave_a_table_to_the_context(folder: Path) -> None:
    (folder / "u.csv").write_text("id,near\nx,y\n", encoding="utf-8")
    found = right(folder, "id;near\nx;y\n".replace(";", ","), shared={"tables": [{**described(*TWO), "url": "u.csv"}]})
    assert found.mapping.columns == ("id", "near")
    assert found.described.schema is None


def test_metadata_of_one_table_describe_the_file_that_they_stand_beside_whatever_its_address(folder: Path) -> None:
    found = right(folder, "a,b\nx,y\n", {**described(*TWO), "url": "https://elsewhere.org/x?y"}, name="é 1%41#.csv")
    assert file_name(found.described) == "é 1%41#.csv"


@pytest.mark.parametrize(
    ("text", "said", "words"),
    [
        ("", None, "t.csv:1:1: the table is empty"),
        ("\n", None, "t.csv:1:1: the table is empty"),
        ("\nx,y\n", None, "t.csv:1:1: the table has no header"),
        ("x,y\n", {"url": "t.csv", "dialect": {"header": False}}, "t.csv:1:1: the table has no header"),
        ("id;near\nx;y\n", None, "t.csv:1:1: the table's columns are separated by semicolons"),
        ("a,b,c\n", described(*TWO), "-metadata.json:1:1: 2 columns are described, and the table has 3"),
        ("a,b\n", described(*TWO, titels=1), "-metadata.json:1:1: titels: not a property of a Table"),
        ("a,b\n", {"tables": [described(*TWO)] * 2}, "2 tables; describe one here, by `url`"),
        ("a,b\n", described({"name": "a"}, TWO[1]), "the column a has no propertyUrl; say what it means"),
        ("a,b\n", described({"name": "a", "propertyUrl": "kg:naer"}, TWO[1]), "kg:naer is not in the vocabulary; did"),
        ("a,b\n", described({"name": "a", "propertyUrl": "kg:qqqqqqq"}, TWO[1]), "add it by kg term"),
        ("a,b\n", described({"name": "a", "propertyUrl": "skoss:note"}, TWO[1]), "did you mean 'skos'?"),
        ("a,b\n", described({"name": "a", "propertyUrl": "mailto:x"}, TWO[1]), "begins with no prefix of the context"),
        (
            "a,b\n",
            described({"name": "a", "propertyUrl": "rdf:type", "valueUrl": "kg:Cuont"}, TWO[1]),
            "kg:Cuont is not in the vocabulary; did you mean 'Count'?",
        ),
        ("a,b\n", described({"name": "a", "propertyUrl": "kg:{x}"}, TWO[1]), "names 'x', which no column is called"),
    ],
)
def test_what_does_not_fit_is_told(folder: Path, text: str, said: Any, words: str) -> None:
    found = told(folder, text, said)
    assert all(one.startswith("data/tables/t.csv") for one in found)
    assert words in found[0]


@pytest.mark.parametrize(
    "property_", ["kg:near", "kg:{a}", "https://e.org/{a}", "urn:x:y", "schema:name", "http://e.org/é"]
)
def test_words_of_others_and_words_that_depend_on_the_row_are_taken(folder: Path, property_: str) -> None:
    assert right(folder, "a,b\nx,y\n", described({"name": "a", "propertyUrl": property_}, TWO[1]))


@pytest.mark.parametrize("url", ["sub/", "%2F", "..", "%2e%2e", "a%00b.csv", "x" * 300 + ".csv", "none.csv", "t.csv/"])
def test_a_table_that_no_file_beside_can_be_is_told(folder: Path, url: str) -> None:
    found = told(folder, "a,b\nx,y\n", shared={"tables": [described(*TWO), {"url": url}]})
    assert any("there is no table " in one or "is described twice" in one for one in found), found


@given(url=st.text(max_size=6) | st.sampled_from(["a%zz", "%ff", "a?b", "#", "//e.org", "http://[x", "\ud800", "%0A"]))
def test_any_address_is_a_file_beside_or_told(tmp_path_factory: pytest.TempPathFactory, url: str) -> None:
    folder = tmp_path_factory.getbasetemp()
    try:
        found = opened(folder, "a,b\nx,y\n", shared={"tables": [described(*TWO), {"url": url}]})
        assert isinstance(found, list) or all((folder / file_name(one)).is_file() for one in found.group.tables)
    except FactError as error:
        assert all(fault.file == "data/tables/csv-metadata.json" for fault in error.faults)


def test_two_descriptions_of_one_table_are_told(folder: Path) -> None:
    found = told(folder, "a,b\nx,y\n", shared={"tables": [described(*TWO), {**described(*TWO), "url": "./t.csv"}]})
    assert found == ["data/tables/csv-metadata.json:1:1: t.csv is described twice; keep one description of it"]


@pytest.mark.parametrize(("said", "rows"), [("row", True), ("table", False), (["row"], False), (None, False)])
def test_rows_are_evidence_where_that_is_said(folder: Path, said: Any, rows: bool) -> None:
    assert right(folder, "a,b\nx,y\n", described(*TWO, **{"kg:evidence": said})).rows is rows


def test_a_file_is_called_by_the_end_of_its_address() -> None:
    assert [file_name(Table(url)) for url in ("http://e.org/a/%C3%A9%20b.csv", "c.csv", "http://e.org/")] == [
        "é b.csv",
        "c.csv",
        "",
    ]


def test_an_iri_that_depends_on_the_row_is_told_up_to_what_does() -> None:
    assert constant(("<http://e.org/", 1, "/x>")) == "http://e.org/*"
    assert constant(("<http://e.org/", "a>")) == "http://e.org/a"
    assert (constant((1,)), constant(())) == ("*", "")
