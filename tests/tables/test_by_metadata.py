"""The mapping of a table that CSVW metadata describe."""

import json
from pathlib import Path

import pyoxigraph as px
import rdflib
from rdflib.collection import Collection

from kg.tables.by_metadata import Names
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


def test_an_address_that_is_no_iri_is_escaped_wherever_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "a b.csv"
    path.write_text("a\nx\n", encoding="utf-8")
    done = inside("tables", "convert", path, "--base", "https://e.org/t/", "--standard", cwd=tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    quads = px.parse(done.stdout, format=px.RdfFormat.N_QUADS)
    assert "<https://e.org/t/a%20b.csv#row=2>" in {str(quad.object) for quad in quads}
    names = Names("https://e.org/a b.csv", 1, blank=False)
    assert names.table == "<https://e.org/a%20b.csv>"
    assert names.row(0, 1) == names.subject(0, 1) == ("<https://e.org/a%20b.csv#row=", 1, ">")
