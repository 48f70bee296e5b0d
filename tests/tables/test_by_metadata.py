"""The mapping of a table that CSVW metadata describe."""

import json
from pathlib import Path

import rdflib
from rdflib.collection import Collection

from tests.conftest import inside


def test_lists_have_no_nulls_and_row_numbers_alone_name_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\nx|NA|y,\n", encoding="utf-8")
    listed = {"titles": "a", "separator": "|", "null": "NA", "ordered": True, "propertyUrl": "https://e.org/a"}
    several = {"titles": "b", "separator": "|", "propertyUrl": "https://e.org/b"}
    said = {
        "@context": "http://www.w3.org/ns/csvw",
        "url": "a.csv",
        "aboutUrl": "{_row}",
        "tableSchema": {"columns": [listed, several]},
    }
    (tmp_path / "a.csv-metadata.json").write_text(json.dumps(said), encoding="utf-8")
    done = inside("tables", "convert", path, "--base", "https://e.org/t/", cwd=tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    found = rdflib.Graph().parse(data=done.stdout, format="nt")
    (head,) = found.objects(rdflib.URIRef("https://e.org/t/1"), rdflib.URIRef("https://e.org/a"))
    assert [str(value) for value in Collection(found, head)] == ["x", "y"]
    assert not list(found.objects(None, rdflib.URIRef("https://e.org/b")))
