"""Metadata drafted from cells, which the table itself then keeps to; and the verbs of kg tables."""

import json
from pathlib import Path

import pytest

from kg.tables.describe import describe
from kg.tables.duckdb_engine import DuckDB
from tests.conftest import SUITES, inside, needs

ROWS = [
    "no;name_fr;founded;members;since;share;tags;code;rare",
    "1;Première;1852;1,234;3.4.1850;12.0;a|b;NA;x",
    "2;Deuxième;1853;2,000;31.12.1851;7.0;b;NA;NA",
    "3;Troisième;1999;1,000,000;1.1.1900;0.0;a|c;NA;y",
]


@pytest.fixture
def engine(tmp_path: Path) -> DuckDB:
    return DuckDB(tmp_path / "engine")


def drafted(path: Path, engine: DuckDB) -> dict[str, dict[str, object]]:
    found = describe(path, engine, path.parent / "scratch")
    return {column["name"]: column for column in found["tableSchema"]["columns"]}


def test_types_keys_languages_and_lists_are_guessed_with_their_reasons(tmp_path: Path, engine: DuckDB) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join(ROWS) + "\n", encoding="utf-8")
    whole = describe(path, engine, tmp_path / "scratch")
    assert whole["dialect"] == {"delimiter": ";"}
    assert whole["tableSchema"]["primaryKey"] == "no"
    columns = drafted(path, engine)
    assert columns["no"]["datatype"] == "integer"
    assert columns["name_fr"]["lang"] == "fr"
    assert columns["founded"]["datatype"] == "gYear"
    assert columns["members"]["datatype"] == {"base": "decimal", "format": "#,##0.###"}
    assert columns["since"]["datatype"] == {"base": "date", "format": "d.M.yyyy"}
    assert columns["share"]["datatype"] == {"base": "integer", "format": "#0.0"}
    assert columns["tags"]["separator"] == "|"
    assert columns["code"]["null"] == ["", "NA"]
    assert "null" not in columns["rare"]  # where it stands once it may be Namibia
    assert "“NA” stands 1 times: a value, or nothing?" in str(columns["rare"]["rdfs:comment"])
    assert columns["no"]["required"] is True
    assert "all 3 are whole numbers" in str(columns["no"]["rdfs:comment"])


def test_what_is_drafted_is_in_order_with_its_table(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join(ROWS) + "\n", encoding="utf-8")
    assert inside("tables", "describe", path, "--write", cwd=tmp_path).returncode == 0
    done = inside("tables", "check", path, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"in order\n"), done
    again = inside("tables", "describe", path, "--write", cwd=tmp_path)
    assert (again.returncode, b"is there already" in again.stderr) == (2, True)
    made = inside("tables", "convert", path, "--base", "https://example.org/", cwd=tmp_path).stdout.decode()
    assert '"1850-04-03"^^<http://www.w3.org/2001/XMLSchema#date> .' in made
    assert '"Premi\u00e8re"@fr .' in made


@pytest.mark.long
@needs(f"the tables in {SUITES / 'real'}", (SUITES / "real").is_dir())
def test_real_tables_keep_to_what_is_drafted(tmp_path: Path) -> None:
    for name in ("countries/country-codes.csv", "un-general-assembly-votes/roll_calls.csv"):
        path = tmp_path / Path(name).name
        path.write_bytes((SUITES / "real" / name).read_bytes())
        assert inside("tables", "describe", path, "--write", cwd=tmp_path).returncode == 0
        said = json.loads((tmp_path / f"{path.name}-metadata.json").read_bytes())
        assert said["tableSchema"]["primaryKey"]
        done = inside("tables", "check", path, cwd=tmp_path)
        assert done.returncode == 0, done.stderr.decode()[:500]


def test_convert_writes_whole_or_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    out = tmp_path / "out.nt"
    assert inside("tables", "convert", path, "--base", "https://example.org/", "-o", out, cwd=tmp_path).returncode == 0
    before = out.read_bytes()
    assert before == b'_:t1s1 <https://example.org/a.csv#a> "1" .\n_:t1s1 <https://example.org/a.csv#b> "2" .\n'
    path.write_text("a,b\n1\n", encoding="utf-8")
    done = inside("tables", "convert", path, "-o", out, cwd=tmp_path)
    assert (done.returncode, b"a.csv:2:2: 1 cell, and the header has 2" in done.stderr) == (1, True), done
    assert out.read_bytes() == before
    said = {
        "@context": "http://www.w3.org/ns/csvw",
        "url": "a.csv",
        "tableSchema": {"columns": [{"titles": "a", "datatype": "integer"}, {"titles": "b"}]},
    }
    (tmp_path / "a.csv-metadata.json").write_text(json.dumps(said), encoding="utf-8")
    path.write_text("a,b\nx,2\n", encoding="utf-8")
    done = inside("tables", "convert", path, "--strict", "-o", out, cwd=tmp_path)
    assert (done.returncode, b"row 1, column a: 'x' is not a whole number" in done.stderr) == (1, True), done
    assert out.read_bytes() == before
    standard = inside("tables", "convert", path, "--standard", "--base", "https://example.org/", cwd=tmp_path)
    assert b'<http://www.w3.org/ns/csvw#rownum> "1"' in standard.stdout
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.csv", "a.csv-metadata.json", "out.nt"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--memory", "x"], "--memory x: not a size; write it as in 600MB"),
        (["--base", "not an iri"], "--base not an iri: not an absolute IRI"),
        (["--base", "https://example.org"], 'that ends in "/"'),
    ],
)
def test_options_that_make_no_sense_are_usage_errors(tmp_path: Path, options: list[str], words: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a\n1\n", encoding="utf-8")
    done = inside("tables", "convert", path, *options, cwd=tmp_path)
    assert (done.returncode, words in done.stderr.decode()) == (2, True), done.stderr.decode()


def test_plain_text_that_is_called_packed_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_text("a\n1\n", encoding="utf-8")
    for command in ("convert", "describe"):
        done = inside("tables", command, path, cwd=tmp_path)
        assert (done.returncode, b"a.csv.gz" in done.stderr, b"Traceback" in done.stderr) == (1, True, False), done
