"""Tables with their metadata, checked against each other."""

import json
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.conftest import inside


@pytest.mark.parametrize(
    ("resource", "column", "words"),
    [
        ("c.csv", "x", "the foreign key of b leads to file://{folder}/c.csv, which these metadata do not describe"),
        ("a.csv", "x", "the foreign key of b leads to 'x', which a.csv does not have"),
    ],
)
def test_a_foreign_key_that_leads_nowhere_is_said_with_its_columns(
    tmp_path: Path, resource: str, column: str, words: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,1\n", encoding="utf-8")
    key = {"columnReference": "b", "reference": {"resource": resource, "columnReference": column}}
    schema = {"columns": [{"name": "a"}, {"name": "b"}], "foreignKeys": [key]}
    said = {"@context": "http://www.w3.org/ns/csvw", "url": "a.csv", "tableSchema": schema}
    (tmp_path / "a.csv-metadata.json").write_text(json.dumps(said), encoding="utf-8")
    done = inside("tables", "check", path, cwd=tmp_path)
    assert (done.returncode, words.format(folder=tmp_path) in done.stderr.decode()) == (1, True), done.stderr.decode()


@pytest.mark.parametrize("name", ["my t.csv", "100%.csv", "a#b?.csv", "é.csv", "a:b.csv", "%41.csv"])
@pytest.mark.parametrize("apart", [False, True])
def test_a_file_of_any_name_is_found_by_its_metadata(tmp_path: Path, name: str, apart: bool) -> None:
    (tmp_path / name).write_text("a\n1\n", encoding="utf-8")
    address = "".join(one if one > "\x7f" else quote(one) for one in name)
    said = {"@context": "http://www.w3.org/ns/csvw", "url": address, "tableSchema": {"aboutUrl": "#{a}"}}
    metadata = tmp_path / ("m %.json" if apart else f"{name}-metadata.json")
    metadata.write_text(json.dumps(said), encoding="utf-8")
    given: list[str | Path] = ["--metadata", metadata] if apart else []
    done = inside("tables", "convert", tmp_path / name, *given, "--base", "https://e.org/", cwd=tmp_path)
    assert done.stdout.decode() == f'<https://e.org/{address}#1> <https://e.org/{address}#a> "1" .\n', done.stderr
    assert done.stderr == b""


@pytest.mark.parametrize("cell", ["", "NA"])
def test_a_cell_of_several_values_that_is_required_and_empty_is_said(tmp_path: Path, cell: str) -> None:
    (tmp_path / "t.csv").write_text(f"a,tags\n1,x;y\n2,{cell}\n", encoding="utf-8")
    tags = {"titles": "tags", "separator": ";", "required": True, "null": "NA"}
    said = {
        "@context": "http://www.w3.org/ns/csvw",
        "url": "t.csv",
        "tableSchema": {"columns": [{"titles": "a"}, tags]},
    }
    (tmp_path / "t.csv-metadata.json").write_text(json.dumps(said), encoding="utf-8")
    done = inside("tables", "check", tmp_path / "t.csv", cwd=tmp_path)
    assert done.stderr == b"t.csv: row 2, column tags: the cell is empty; it is required\n1 error\n"
