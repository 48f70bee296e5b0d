"""The same rows mean the same whether they are records of facts or a table of any size: statement for statement, byte for
byte, and the same rows are refused.
"""

import csv
import importlib.util
import io
import random
import shutil
from pathlib import Path

import pyoxigraph as px
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kg.errors import FactError
from kg.facts.checks import checks
from kg.facts.convert import convert, mint
from kg.facts.intake import without_graph
from kg.facts.records import Record, read_file
from kg.project import TEMPLATE
from kg.rdf.ontology import read_vocabulary
from kg.tables.convert import Conversion, Table
from kg.tables.duckdb_engine import DuckDB
from kg.tables.engine import Engine
from kg.tables.mapping import Mapping, by_context
from tests.conftest import needs

BASE = "https://example.org/"
HEADER = ("id", "type", "name", "date", "value", "near", "near", "description")
ODD = "\t\n\r\x0b\x1f\x7f\"\\,;'éß€😀\u200fא\u2028\ufeff<>{}|^` "
TEXTS = st.one_of(
    st.text(
        st.one_of(st.sampled_from(ODD), st.characters(exclude_categories=["Cs"], exclude_characters="\0")), max_size=12
    ),
    st.sampled_from(["NA", "null", "nan", "None", "", " ", '""', "\\", "\\u0041", "a\\nb", "'", "#", "😀" * 3]),
)
IDS = st.one_of(
    st.sampled_from(
        [
            "a",
            "b-1",
            "c_2",
            "d.e",
            "é",
            "Über~x",
            "-x",
            "a b",
            "a/b",
            'a"b',
            "<x>",
            "{y}",
            "a|b",
            "a^b",
            "a`b",
            "a\\b",
            "a#b",
        ]
    ),
    st.sampled_from(
        ["https://example.com/x", "http://example.com/a?b=c#d", "https://exa mple.com/", "schema:Place", "kg:x"]
    ),
    st.sampled_from(
        ["nope:x", "urn:isbn:1", "http://[::1]/", "https://пример.рф/é", "https:", "http://a/%zz", "mailto:a@b"]
    ),
    TEXTS,
)
TYPES = st.sampled_from(["Place", "Event", "schema:Place", "Plce", "Count", "", " Place"])
DATES = st.one_of(
    st.sampled_from(
        ["1852", "1852-03", "1852-03-03", "1852-02-30", "2000-02-29", "1900-02-29", "185X", "1852~", "../1852"]
    ),
    st.sampled_from(["1852/1853", "1853/1852", "-0044", "Y17E8", "12", "1852-3-3", "yesterday", "1852-13", ""]),
)
NUMBERS = st.sampled_from(
    ["450", "007", "1.10", "-3", "+4", "9007199254740993", "1e400", "1e5", "4.", ".5", "x", "", "٣", "1_000", "9" * 30]
)
ROWS = st.lists(st.tuples(IDS, TYPES, TEXTS, DATES, NUMBERS, IDS, IDS, TEXTS), min_size=1, max_size=6)


VOCABULARY = read_vocabulary(TEMPLATE / "ontology", BASE)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> DuckDB:
    return DuckDB(tmp_path_factory.mktemp("engine"), threads=1)


def written(rows: list[tuple[str, ...]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([HEADER, *rows])
    return text.getvalue()


def by_records(path: Path) -> tuple[set[bytes], list[int]]:
    """The statements of the records without faults, and the numbers of the others."""
    from kg.facts.checks import check

    vocabulary, by = VOCABULARY, checks(VOCABULARY, BASE)
    lines: set[bytes] = set()
    refused = []
    for number, record in enumerate(read_file(path, "a.csv"), 1):
        if not isinstance(record, Record) or "id" not in record.content:
            refused.append(number)
            continue
        faults = [f for f in check(record, by).faults if "twice" not in f.message]  # which a table says once
        if faults:
            refused.append(number)
            continue
        try:
            converted = convert(mint([record], vocabulary.context, BASE), vocabulary.context).lines
        except FactError:  # two values that are one statement
            content = record.content
            content["near"] = content["near"][0]  # type: ignore[index,assignment]
            converted = convert(mint([record], vocabulary.context, BASE), vocabulary.context).lines
        lines.update(map(without_graph, converted))
    return lines, refused


def by_table(path: Path, engine: Engine) -> tuple[list[bytes], list[int]]:
    """The same of the same file as a table."""
    mapping = by_context(HEADER, VOCABULARY, BASE, "a.csv")
    assert isinstance(mapping, Mapping)
    conversion = Conversion(Table(path, "a.csv"), mapping, engine, path.parent / "scratch")
    rejected = sorted({reject.row for reject in conversion.rejects()})
    out = path.with_suffix(".nt")
    conversion.write(out)
    return out.read_bytes().splitlines(keepends=True), rejected


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(rows=[("a", "Place", 'x "y" \\ \n', "1852", "1.10", "b", "b", "\t\r\n")])
@example(rows=[("", "Place", "x", "", "", "", "", ""), ("a", "Place", "", "1900-02-29", "", "", "", "")])
@example(rows=[("https://example.com/é", "Place", "\x7f", "", "9" * 30, "http://[::1]/", "a", "\x1f")])
@given(rows=ROWS)
def test_a_table_says_what_its_rows_say_as_records(rows: list[tuple[str, ...]], engine: DuckDB, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(written(rows), encoding="utf-8", newline="")
    expected, refused = by_records(path)
    lines, rejected = by_table(path, engine)
    assert rejected == refused
    assert lines == sorted(expected)
    assert len(list(px.parse(b"".join(lines), format=px.RdfFormat.N_TRIPLES))) == len(lines)


JAVA = bool(shutil.which("java")) and importlib.util.find_spec("pyspark") is not None


@pytest.mark.long
@needs("Java and PySpark", JAVA)
def test_another_engine_says_the_same(engine: DuckDB, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spark, with several partitions: the same rows are refused, and what it writes is the same to the byte."""
    from kg.tables.spark_engine import Spark

    chance = random.Random(11)
    texts = [
        "",
        " ",
        "NA",
        "null",
        "nan",
        "\\",
        '"',
        'a "b"',
        "a\nb",
        "a\r\nb",
        "a\rb",
        "\t",
        "\x7f",
        "\x1f",
        "😀é\u200fא",
        "'",
        ",",
    ]
    ids = [
        "a",
        "b-1",
        "é",
        "a b",
        "a/b",
        "https://example.com/x#y",
        "kg:x",
        "nope:x",
        "http://[::1]/",
        "",
        "urn:isbn:1",
    ]
    dates = ["1852", "1852-03", "1852-02-30", "185X", "1852~", "", "yesterday"]
    numbers = ["450", "007", "1.10", "9007199254740993", "1e400", "", "٣", "9" * 30]
    types = ["Place", "Event", "schema:Place", "Plce", ""]
    pools = (ids, types, texts, dates, numbers, ids, ids, texts)
    rows = [tuple(chance.choice(pool) for pool in pools) for _ in range(300)]
    rows += [(f"reef-{n}", "Place", f"Reef {n}", "1852", str(n), "a", "", "") for n in range(300)]
    path = tmp_path / "a.csv"
    path.write_text(written(rows), encoding="utf-8", newline="")
    expected, refused = by_records(path)
    spark = Spark(tmp_path / "spark")
    try:
        lines, rejected = by_table(path, spark)
        assert spark.parts >= 2
        monkeypatch.setattr(spark, "_here", value=False)  # as on other machines, which send the lines
        assert by_table(path, spark) == (lines, rejected)
    finally:
        spark.close()
    assert rejected == refused
    assert lines == sorted(expected)
    assert (lines, rejected) == by_table(path, engine)
