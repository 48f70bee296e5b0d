"""Metadata: any JSON gives tables or says what is wrong with it and where; what is nearer to a column counts."""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kg.errors import FactError
from kg.rdf.terms import XSD
from kg.tables.datatypes import Datatype
from kg.tables.metadata import DEEPEST, read_metadata
from kg.tables.schema import ForeignKey, Group, Inherited, Table
from kg.tables.words import CONTEXT

URL = "https://e.org/t/m.json"
COLUMN: dict[str, Any] = {
    "name": "a",
    "titles": {"en": ["A", "a"], "fr": "À"},
    "datatype": {
        "@id": "http://e.org/d",
        "base": "decimal",
        "format": {"pattern": "0.0"},
        "minimum": 1,
        "maximum": "9",
    },
    "null": ["", "NA"],
    "aboutUrl": "http://e.org/{a}",
    "separator": ";",
    "lang": "en",
    "required": True,
}
KEY = {"columnReference": ["a"], "reference": {"resource": "u.csv", "columnReference": "b"}}
TABLE: dict[str, Any] = {
    "@id": "http://e.org/t",
    "@type": "Table",
    "url": "t.csv",
    "dialect": {"delimiter": ";"},
    "notes": [{"dc:title": "a"}],
    "tableSchema": {
        "columns": [COLUMN, {"titles": "b"}],
        "primaryKey": "a",
        "rowTitles": ["a"],
        "foreignKeys": [KEY],
    },
    "transformations": [{"url": "a", "titles": "b"}],
    "dc:title": ["a", {"@value": "b", "@language": "en"}],
}
WHOLE: dict[str, Any] = {
    "@context": [CONTEXT, {"@base": "https://e.org/b/", "@language": "en"}],
    "tables": [TABLE, {"url": "u.csv", "tableSchema": {"columns": [{"name": "b", "datatype": "string"}]}}],
    "tableDirection": "ltr",
}
JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=3)
    | st.sampled_from(
        [*"²{(", "http://[x", "a b", "\ud800", "_:b", "{a", "a{99999999999}", "1e9", "\x1b[31m", "date", "hexBinary"]
    ),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["base", "format", "length", "minimum", "en", "url", "a"]), inner, max_size=2)
    ),
    max_leaves=4,
)


def written(document: dict[str, Any]) -> bytes:
    return json.dumps({"@context": CONTEXT, **document}).encode()


def read(document: dict[str, Any], fetch: Callable[[str], bytes | None] | None = None) -> Group:
    return read_metadata(written(document), URL, "m.json", fetch)


def faults(document: dict[str, Any] | bytes, fetch: Callable[[str], bytes | None] | None = None) -> list[str]:
    with pytest.raises(FactError) as raised:
        read_metadata(document if isinstance(document, bytes) else written(document), URL, "m.json", fetch)
    return [str(fault) for fault in raised.value.faults]


def column(**said: Any) -> dict[str, Any]:
    return {"url": "t.csv", "tableSchema": {"columns": [{"name": "a", **said}]}}


def inherited(group: Group, number: int = 0) -> Inherited:
    (table, *_) = group.tables
    assert table.schema
    return table.schema.columns[number].inherited


def columns_of(table: Table) -> list[str]:
    return [one.name for one in table.schema.columns] if table.schema else []


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of a document."""
    yield at
    for key, one in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(one, (*at, key))


def put(document: Any, at: tuple[Any, ...], value: Any) -> Any:
    """A document with a value at a place."""
    if not at:
        return value
    made = copy.deepcopy(document)
    inner = made
    for key in at[:-1]:
        inner = inner[key]
    inner[at[-1]] = value
    return made


def test_what_nothing_is_wrong_with_is_read_as_it_stands() -> None:
    group = read(WHOLE)
    assert (group.warnings, group.errors, group.language, group.base) == ((), (), "en", "https://e.org/b/")
    one, other = group.tables
    assert (one.url, other.url, one.id) == ("https://e.org/b/t.csv", "https://e.org/b/u.csv", "http://e.org/t")
    assert one.schema
    assert one.schema.foreign_keys == (ForeignKey(("a",), "https://e.org/b/u.csv", "", ("b",)),)
    assert (one.schema.primary_key, one.schema.row_titles) == (("a",), ("a",))
    first, second = one.schema.columns
    assert first.titles == (("A", "en"), ("a", "en"), ("À", "fr"))
    assert (second.name, second.named, second.titles) == ("b", False, (("b", "en"),))
    limits = (("minInclusive", "1"), ("maxInclusive", "9"))
    assert first.inherited.datatype == Datatype("http://e.org/d", XSD + "decimal", {"pattern": "0.0"}, limits)


@given(at=st.sampled_from(list(places(WHOLE))), value=JUNK, fetched=st.none() | st.binary(max_size=9) | JUNK)
@example(at=("tables", 0, "tableSchema"), value="http://[x", fetched=None)
@example(at=("tables", 0, "tableSchema", "columns", 1, "titles"), value="\ud800", fetched=None)
@example(at=("tables", 0, "tableSchema", "foreignKeys", 0, "reference", "resource"), value="http://[x", fetched=None)
def test_any_value_anywhere_gives_tables_or_faults_with_a_place(
    at: tuple[Any, ...], value: Any, fetched: bytes | Any
) -> None:
    data = fetched if isinstance(fetched, bytes | None) else json.dumps(fetched).encode()
    try:
        group = read_metadata(json.dumps(put(WHOLE, at, value)).encode(), URL, "m.json", lambda _: data)
    except FactError as error:
        assert error.faults
        assert all(str(fault).isprintable() and ":1:" in str(fault) for fault in error.faults)
    else:
        assert group.tables
        assert all(told.startswith("m.json: ") for told in (*group.warnings, *group.errors))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "m.json:1:1: not JSON"),
        (b"\n {]", "m.json:2:3: not JSON"),
        (b'"\xe9"', "m.json:1:1: not JSON: 'utf-8' codec"),
        (b"\xef\xbb\xbf[]", "m.json:1:1: expected an object with `tables` or `url`"),
        (b"null", "expected an object"),
        (b"[" * 100_000, f"objects and lists are more than {DEEPEST} deep in each other"),
        (b'{"a":' * DEEPEST + b"[1]" + b"}" * DEEPEST, f"objects and lists are more than {DEEPEST} deep"),
        (b"{}", f'm.json:1:1: @context: expected "{CONTEXT}"'),
    ],
)
def test_what_is_no_metadata_is_named(data: bytes, words: str) -> None:
    assert words in faults(data)[0]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({}, "expected `tables`"),
        ({"tables": []}, "tables: expected a list of one or more tables"),
        ({"tables": {"url": "t.csv"}}, "tables: expected a list"),
        ({"@type": "Table"}, "url: missing; give the address of the table"),
        ({"tables": [{"url": "t.csv"}, {"url": 5}]}, "tables[1].url: 5; give the address"),
        ({"url": "http://[x"}, "url: 'http://[x' is not an address: Invalid IPv6 URL"),
        ({"url": "t.csv", "@id": "a b"}, "@id: 'a b' is not an IRI"),
        ({"url": "t.csv", "@id": "_:b"}, "@id: '_:b' is a blank node; give an IRI"),
        ({"url": "t.csv", "@context": [CONTEXT, {"@base": 5}]}, "@context.@base: 5 is not text"),
        ({"url": "t.csv", "@context": [CONTEXT, {"@base": "http://[x"}]}, "@context.@base: 'http://[x' is not an"),
        ({"url": "t.csv", "@context": [CONTEXT, {"@base": "a b"}]}, "@context.@base: 'a b' is not an IRI"),
        ({"url": "t.csv", "@context": [CONTEXT, {}, {}]}, "@context: expected"),
        ({"url": "t.csv", "@context": [CONTEXT, {"@vocab": "x"}]}, "@context: '@vocab' is not @base or @language"),
        (column(null=["a", "\udfff"]), "columns[0].null[1]: half of a character"),
        (column(**{"kg:\ud800": 1}), "columns[0].kg:�: half of a character"),
        (column(datatype={"@id": "a b"}), "columns[0].datatype.@id: 'a b' is not an IRI"),
        (column(datatype={"@id": XSD + "string"}), "is a blank node or a built-in datatype"),
        (column(datatype={"@id": "_:b"}), "datatype.@id: '_:b' is a blank node"),
        ({"url": "t.csv", "@type": "Schema"}, "@type: 'Schema', expected 'Table'"),
        (column(aboutUrl="{a"), "columns[0].aboutUrl: '{a' has a brace that is not closed"),
        (column(datatype={"length": "²"}), "datatype.length: '²' is not a whole number"),
        (column(datatype={"maxLength": -1}), "datatype.maxLength: '-1' is not a whole number from 0"),
        (column(datatype={"base": "integer", "length": 1}), "datatype.length: a integer has no length"),
        (column(datatype={"minimum": 1}), "datatype.minInclusive: a string is neither less nor more"),
        (column(datatype={"base": "integer", "minimum": "abc"}), "minInclusive: 'abc' is not a whole number"),
        (column(datatype={"base": "integer", "maximum": True}), "maxInclusive: 'true' is not a whole number"),
        (column(datatype={"base": "byte", "minimum": "²", "maximum": 1}), "minInclusive: '²' is not a whole number"),
        (column(datatype={"base": "date", "minimum": "1.1.2000"}), "minInclusive: '1.1.2000' is not a day"),
        (column(datatype={"minLength": 10, "maxLength": "9"}), "minLength: 10 and maxLength 9 leave no value"),
        (column(datatype={"base": "byte", "minimum": 5, "maxExclusive": 5}), "5 and maxExclusive 5 leave no value"),
        (
            column(datatype={"base": "byte", "minimum": 1, "minExclusive": 1}),
            "give minInclusive or minExclusive, not both",
        ),
        ({"url": "t.csv", "tableSchema": "s.json"}, "tableSchema: 's.json' cannot be read"),
        (
            {"url": "t.csv", "tableSchema": {"columns": [{"name": "a"}, {"titles": "a"}]}},
            "columns: two columns are called 'a'",
        ),
        (
            {"url": "t.csv", "tableSchema": {"columns": [{"name": "v", "virtual": True}, {"name": "a"}]}},
            "'a' stands behind a virtual column",
        ),
    ],
)
def test_what_is_refused_is_told_at_its_place(document: dict[str, Any], said: str) -> None:
    told = faults(document)
    assert len(told) == 1
    assert said in told[0]


@pytest.mark.parametrize(
    ("reference", "at"),
    [
        ({"resource": "u.csv", "columnReference": ["b", "c"]}, "reference.columnReference: expected as many columns"),
        ({"resource": "u.csv", "columnReference": [{}]}, "reference.columnReference: [{}], expected the name"),
        ({"resource": "u.csv"}, "reference.columnReference: None, expected the name"),
        ({"columnReference": "b"}, "reference: expected `resource`"),
        ({"resource": ["u.csv"], "columnReference": "b"}, "reference: expected `resource`"),
        ({"resource": "u.csv", "schemaReference": "s", "columnReference": "b"}, "reference: expected `resource`"),
        ({"resource": "u.csv", "columnReference": "b", "table": "u"}, "reference.table: not a property of a reference"),
        ([], "reference: [], expected an object"),
    ],
)
def test_a_foreign_key_leads_to_as_many_columns_of_one_table(reference: Any, at: str) -> None:
    key = {"columnReference": "a", "reference": reference}
    (told,) = faults({"url": "t.csv", "tableSchema": {"columns": [{"name": "a"}], "foreignKeys": [key]}})
    assert f"tableSchema.foreignKeys[0].{at}" in told


@pytest.mark.parametrize(
    ("said", "at", "field", "value"),
    [
        ({"datatype": 5}, "datatype: 5, expected", "datatype", Datatype()),
        ({"datatype": "strin"}, "datatype.base: 'strin' is not", "datatype", Datatype()),
        ({"datatype": {"base": ["date"]}}, "datatype.base: ['date'] is not", "datatype", Datatype()),
        (
            {"datatype": {"base": "date", "format": "x"}},
            "datatype.format: 'x'",
            "datatype",
            Datatype(XSD + "date", XSD + "date"),
        ),
        ({"null": None}, "null: None is not text", "null", ("",)),
        ({"null": [1, "NA"]}, "null: [1, 'NA'] has what is not text", "null", ("NA",)),
        ({"default": ["x"]}, "default: ['x'] is not text", "default", ""),
        ({"lang": "e n"}, "lang: 'e n' is not a language tag", "lang", "und"),
        ({"required": "true"}, "required: 'true' is not true or false", "required", False),
        ({"ordered": 1}, "ordered: 1 is not true or false", "ordered", False),
        ({"separator": 0}, "separator: 0 is not text", "separator", ""),
        ({"aboutUrl": None}, "aboutUrl: None is not text", "aboutUrl", ""),
        ({"textDirection": []}, "textDirection: [], expected ltr", "lang", "und"),
        ({"virtual": "x"}, "virtual: 'x' is not true or false", "lang", "und"),
        ({"titels": "x"}, "titels: not a property of a Column; did you mean 'titles'?", "lang", "und"),
    ],
)
def test_what_is_passed_over_is_told_and_has_its_default(said: Any, at: str, field: str, value: Any) -> None:
    group = read(column(**said))
    (told,) = group.warnings
    assert told.startswith(f"m.json: tableSchema.columns[0].{at}")
    assert getattr(inherited(group), field) == value


def test_limits_may_leave_one_value() -> None:
    group = read(column(datatype={"length": 2, "minLength": 2, "maxLength": "2", "format": "a+"}))
    limits = (("length", "2"), ("minLength", "2"), ("maxLength", "2"))
    assert inherited(group).datatype == Datatype(XSD + "string", XSD + "string", "a+", limits)
    assert group.warnings == ()
    group = read(column(datatype={"base": "integer", "minimum": 5, "maximum": 5}))
    assert inherited(group).datatype.limits == (("minInclusive", "5"), ("maxInclusive", "5"))


@pytest.mark.parametrize(
    ("said", "key", "told"),
    [
        ("ab", ("ab",), 0),
        (["ab", "b"], ("ab", "b"), 0),
        (None, (), 0),
        (["ab", "c"], (), 1),
        ("c%20d", (), 1),  # a name that a title makes, and nobody gave
        ([], (), 1),
        ([["ab"]], (), 1),
        ({"ab": "b"}, (), 1),
    ],
)
def test_a_primary_key_is_of_columns_that_have_names_or_none(said: Any, key: tuple[str, ...], told: int) -> None:
    columns = [{"name": "ab"}, {"name": "b"}, {"titles": "c d"}]
    group = read({"url": "t.csv", "tableSchema": {"columns": columns, "primaryKey": said}})
    assert group.tables[0].schema
    assert (group.tables[0].schema.primary_key, len(group.warnings)) == (key, told)


def test_what_is_as_deep_as_may_be_is_read() -> None:
    inner: Any = "a"
    for _ in range(DEEPEST - 1):
        inner = {"dc:title": inner}
    assert read({"url": "t.csv", "dc:title": inner}).warnings == ()
    assert faults({"url": "t.csv", "dc:title": {"dc:title": inner}})


def test_a_format_keeps_what_is_right_of_it() -> None:
    group = read(column(datatype={"base": "decimal", "format": {"patern": "0", "decimalChar": ","}}))
    (told,) = group.warnings
    assert "datatype.format.patern: not a property of a format; did you mean 'pattern'?" in told
    assert inherited(group).datatype.format == {"patern": "0", "decimalChar": ","}


def test_what_stands_nearer_to_a_column_counts() -> None:
    said = {"null": "column", "lang": "de"}
    schema = {"columns": [said, {}], "null": "schema", "lang": "fr", "default": "schema"}
    table = {"url": "t.csv", "tableSchema": schema, "null": "table", "default": "table", "separator": "t"}
    group = read({"tables": [table, {"url": "u.csv"}], "null": "group", "separator": "g", "required": True})
    column_, plain = inherited(group), inherited(group, 1)
    assert (column_.null, column_.lang, column_.default) == (("column",), "de", "schema")
    assert (plain.null, plain.lang, plain.default, plain.separator, plain.required) == (
        ("schema",),
        "fr",
        "schema",
        "t",
        True,
    )
    assert (group.tables[1].inherited.null, group.tables[1].inherited.separator) == (("group",), "g")


def test_a_table_has_the_schema_and_the_dialect_of_its_group_unless_it_has_its_own() -> None:
    own = {"url": "t.csv", "tableSchema": {"columns": [{"name": "own"}]}, "dialect": {"delimiter": ";"}}
    shared = {"tableSchema": {"columns": [{"name": "shared"}]}, "dialect": {"delimiter": "|"}}
    one, other = read({"tables": [own, {"url": "u.csv"}], **shared}).tables
    assert [columns_of(one), columns_of(other)] == [["own"], ["shared"]]
    assert [table.dialect and table.dialect.delimiter for table in (one, other)] == [";", "|"]


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({"name": "a", "titles": "b"}, "a"),
        ({"titles": ["b c", "d"]}, "b%20c"),
        ({"titles": {"fr": "b", "en": "c"}}, "c"),
        ({"titles": {"fr": "b"}}, "_col.1"),
        ({"titles": [5, "b"]}, "b"),
        ({"titles": ""}, "_col.1"),
        ({"name": "_a"}, "_col.1"),
        ({"name": "a b", "titles": "c"}, "c"),
        ({"name": ""}, "_col.1"),
        ({"name": "é.1"}, "é.1"),
    ],
)
def test_a_column_has_its_name_or_that_of_its_title_in_the_language_of_the_document(said: Any, name: str) -> None:
    document = {"@context": [CONTEXT, {"@language": "en"}], "url": "t.csv", "tableSchema": {"columns": [said]}}
    (table,) = read(document).tables
    assert columns_of(table) == [name]


def test_a_schema_in_a_document_of_its_own_has_its_own_base_and_leaves_that_of_the_others() -> None:
    key = {"columnReference": "a", "reference": {"resource": "x.csv", "columnReference": "b"}}
    there = {"s/good.json": {"columns": [{"name": "a"}], "foreignKeys": [key]}, "s/bad.json": []}
    tables = [{"url": "t.csv", "tableSchema": name} for name in there] + [{"url": "u.csv"}]
    asked: list[str] = []

    def fetch(url: str) -> bytes:
        asked.append(url)
        return json.dumps(there[url.removeprefix("https://e.org/t/")]).encode()

    group = read({"tables": tables}, fetch)
    assert asked == ["https://e.org/t/s/good.json", "https://e.org/t/s/bad.json"]
    good, bad, other = group.tables
    assert good.schema
    assert good.schema.foreign_keys[0].url == "https://e.org/t/s/x.csv"
    assert other.url == "https://e.org/t/u.csv"
    assert columns_of(bad) == []
    assert group.errors == ("m.json: tables[1].tableSchema: [], expected an object or the address of one",)


@pytest.mark.parametrize("key", ["tableSchema", "dialect"])
def test_what_is_wrong_with_a_document_of_its_own_is_told_of_that_document(key: str) -> None:
    assert faults({"url": "t.csv", key: "s/x.json"}, lambda _: b"\n{")[0].startswith("x.json:2:2: not JSON")
    assert "x.json:1:1: a: half of" in faults({"url": "t.csv", key: "x.json"}, lambda _: b'{"a": "\\ud800"}')[0]


def test_a_key_that_stands_twice_is_told() -> None:
    data = written({"url": "t.csv"})[:-1] + b', "url": "v.csv"}'
    group = read_metadata(data, URL, "m.json")
    assert group.warnings == ("m.json: 'url' stands twice in one object; the last one counts",)
    assert group.tables[0].url == "https://e.org/t/v.csv"
