"""Tables with their metadata, checked against each other."""

import json
from pathlib import Path

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
