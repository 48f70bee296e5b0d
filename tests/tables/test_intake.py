"""Tables in a project: built, refused, kept, and led back to from each statement, to the row where that is asked for."""

import gzip
import json
import sys
from pathlib import Path

import httpx
import pytest

from kg.build.releasing import build
from kg.pages import catalogue
from kg.project import read_project
from kg.query.opened import Opened
from kg.release.rows import rows
from tests.conftest import inside, serving

REEFS = 'id,type,name,near\nreef-1,Place,Reef one,bay\nreef-2,Place,"Reef, ""two""",skerry-point\n'
DESCRIBED = {
    "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
    "url": "reefs.csv",
    "dc:title": "Reefs of the county",
    "dc:license": {"@id": "https://creativecommons.org/publicdomain/zero/1.0/"},
}

NO_NAME: list[dict[str, object]] = [
    {"name": "no", "suppressOutput": True},
    {"name": "name", "lang": "en", "propertyUrl": "skos:prefLabel"},
]


def described(*columns: dict[str, object], **schema: object) -> dict[str, object]:
    return {**DESCRIBED, "tableSchema": {"columns": list(columns), **schema}}


def table(project: Path, text: str = REEFS, said: object = None, name: str = "reefs.csv") -> Path:
    path = project / "data" / "tables" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    if said is not None:
        path.with_name(f"{name}-metadata.json").write_text(json.dumps(said), encoding="utf-8")
    return path


def dataset(project: Path) -> str:
    done = inside("build", cwd=project)
    assert done.returncode == 0, done.stderr
    return Opened(project / "build").release.dataset.read_text(encoding="utf-8")


def test_a_table_in_the_words_of_the_context_is_part_of_the_graph(project: Path) -> None:
    table(project)
    done = inside("build", cwd=project)
    assert done.returncode == 0, done.stderr
    assert b"with 2 rows of 1 table" in done.stdout
    found = dataset(project)
    assert (
        '<https://example.org/id/reef-2> <http://www.w3.org/2004/02/skos/core#prefLabel> "Reef, \\"two\\""@en .'
        in found
    )
    assert '<https://example.org/id/reef-2> <https://schema.org/name> "Reef, \\"two\\""@en .' in found  # which follows
    assert "<https://example.org/id/reef-1> <https://example.org/ontology#near> <https://example.org/id/bay> ." in found
    told = inside("why", "reef-1", "near", cwd=project).stdout.decode()
    assert "evidence: the table reefs\n    table\n" in told
    assert b"Reef one" in inside("search", "reef", cwd=project).stdout


def test_each_statement_leads_to_its_row_where_that_is_asked_for(project: Path) -> None:
    table(project, said={**DESCRIBED, "kg:evidence": "row"})
    found = dataset(project)
    origin = "<https://example.org/source/reefs#row=3> <https://example.org/graph/provenance>"
    assert f"<https://example.org/id/reef-2> <http://www.w3.org/ns/prov#wasDerivedFrom> {origin} ." in found
    told = inside("why", "reef-2", "near", cwd=project).stdout.decode()
    assert '…[reef-2,Place,"Reef, ""two""",skerry-point]…\n    table reefs, row 3\n' in told
    opened = Opened(project / "build")
    page = catalogue.page(opened, "id/reef-2.html").decode()
    assert 'href="../source/reefs/1#row=3"' in page
    assert "reef-2,Place,&#34;Reef, &#34;&#34;two&#34;&#34;&#34;,skerry-point" in page
    page = catalogue.page(opened, "source/reefs.html").decode()
    assert "<h1>Reefs of the county</h1>" in page
    assert '<tr id="row=3"><th scope="row"><a href="#row=3">3</a></th><td>reef-2</td>' in page
    assert '<a href="../id/reef-2.html">Reef, &#34;two&#34;</a>' in page
    assert "https://creativecommons.org/publicdomain/zero/1.0/" in page


def test_two_rows_of_one_thing_each_have_their_receipt(project: Path) -> None:
    """Of several rows about a thing, a statement leads to the one that has its value."""
    text = "id,type,name,near\nreef-1,Place,Reef one,bay\nreef-1,Place,Reef one,skerry-point\n"
    table(project, text, {**DESCRIBED, "kg:evidence": "row"})
    dataset(project)
    assert "table reefs, row 3" in inside("why", "reef-1", "near", "skerry-point", cwd=project).stdout.decode()
    assert "row 3" not in inside("why", "reef-1", "near", "bay", cwd=project).stdout.decode()


def test_wrong_cells_stop_the_build_and_are_listed(project: Path) -> None:
    rows_ = "".join(f"reef {n},Place,Reef,\n" for n in range(30))
    table(project, f"id,type,name,near\nreef-1,Plce,Reef,bay\n{rows_}")
    done = inside("build", cwd=project)
    assert done.returncode == 1
    assert (
        b"data/tables/reefs.csv:2:2: row 1, type: 'Plce' is not in the vocabulary; did you mean 'Place'?" in done.stderr
    )
    assert b"data/tables/reefs.csv:1:1: 11 more cells are wrong; all are in the file of rejects" in done.stderr
    listed = (project / "build" / "rejects" / "reefs.csv").read_text(encoding="utf-8").splitlines()
    assert listed[:2] == [
        "row,column,value,reason",
        "1,type,Plce,'Plce' is not in the vocabulary; did you mean 'Place'?",
    ]
    assert len(listed) == 32
    table(project)
    dataset(project)
    assert not (project / "build" / "rejects").exists()


@pytest.mark.parametrize(
    ("text", "said", "words"),
    [
        ("", None, "reefs.csv:1:1: the table is empty"),
        ("id;type\na;Place\n", None, "reefs.csv:1:1: the table's columns are separated by semicolons"),
        ("id,typ\na,Place\n", None, "reefs.csv:1:2: the header typ is not a term of the context; did you mean 'type'?"),
        ("type,name\nPlace,a\n", None, "reefs.csv:1:1: no column is called id"),
        ("id,type,quote\na,Place,b\n", None, "quote is a word of records; a table with quotes belongs in data/facts/"),
        ("id,type,nameIn\na,Place,b\n", None, "nameIn takes texts by language, which a cell cannot hold"),
        ("id,type\na,Place,b\n", None, "reefs.csv:2:3: 3 cells, and the header has 2"),
        ("id,type,near\na,Place,nowhere\n", None, "nothing is called nowhere"),
        ("id,name\na,b\n", None, "a has no type"),
        (
            REEFS,
            {**DESCRIBED, "tableSchema": {"columns": [{"titles": "x"}]}},
            "1 columns are described, and the table has 4",
        ),
        (
            "no,name\n1,a\n1,b\n",
            {**DESCRIBED, "tableSchema": {"columns": NO_NAME, "primaryKey": "no"}},
            "more than one row has the key 1 (primaryKey of its metadata)",
        ),
        (REEFS, {"url": "reefs.csv"}, "reefs.csv-metadata.json:1:1: @context"),
        (
            "no,name\na b,x\n",
            described(*NO_NAME, aboutUrl="id:{no}"),
            "'a b' cannot be part of an id; use letters, digits and hyphens",
        ),
        ("no,name\n,x\n", described(*NO_NAME, aboutUrl="id:{no}"), "reefs.csv:2:1: row 1, no: "),
        ("no,name\na,x\n", described(*NO_NAME, aboutUrl="id:{no"), "aboutUrl"),
        (
            "no,name\na,x\n",
            described(*NO_NAME, aboutUrl="id:{nmae}"),
            "names 'nmae', which no column is called; did you mean 'name'?",
        ),
        (
            "no,name\na,x\n",
            described(NO_NAME[0], {"name": "name", "propertyUrl": "kg:zzz"}, aboutUrl="id:{no}"),
            "kg:zzz is not in the vocabulary; add it by kg term",
        ),
        ("no,name\na,x\n", described(NO_NAME[0], {"name": "name"}, aboutUrl="id:{no}"), "propertyUrl"),
        (
            'no,name\na,"1,5"\n',
            described(
                NO_NAME[0],
                {"name": "name", "propertyUrl": "schema:position", "datatype": "decimal"},
                aboutUrl="id:{no}",
            ),
            "'1,5'",
        ),
        (REEFS, {**DESCRIBED, "nulll": ""}, "nulll: not a property of a Table; did you mean 'null'?"),
    ],
)
def test_what_is_wrong_with_a_table_is_said(project: Path, text: str, said: object, words: str) -> None:
    table(project, text, said)
    done = inside("build", cwd=project)
    assert (done.returncode, words in done.stderr.decode()) == (1, True), done.stderr.decode()


def test_what_lies_among_the_tables_and_is_none_is_said(project: Path) -> None:
    path = table(project)
    path.with_name("reefs.tsv").write_text("id\ttype\n", encoding="utf-8")
    path.with_name("other.csv-metadata.json").write_text("{}", encoding="utf-8")
    path.with_name("a.xls").touch()
    path.with_name("notice.csv").write_text("id,type\nx,Place\n", encoding="utf-8")
    told = inside("build", cwd=project).stderr.decode()
    assert "two tables are called reefs; rename one" in told
    assert "there is no other.csv, which it describes" in told
    assert ".xls: tables are read from .csv, .tsv, .csv.gz, .tsv.gz, .parquet," in told
    assert "a source is called notice too; rename the table" in told


def test_metadata_map_other_headers_with_the_prefixes_of_the_project(project: Path) -> None:
    columns = [
        {"titles": "No", "name": "no", "suppressOutput": True},
        {"titles": "Name", "name": "name", "propertyUrl": "skos:prefLabel", "lang": "en"},
        {
            "titles": "Found",
            "name": "found",
            "propertyUrl": "kg:date",
            "datatype": {"base": "date", "format": "d.M.yyyy"},
        },
        {"titles": "By", "name": "by", "propertyUrl": "kg:near", "valueUrl": "id:{by}", "separator": "|"},
        {"virtual": True, "name": "kind", "propertyUrl": "rdf:type", "valueUrl": "schema:Place"},
    ]
    schema = {"columns": columns[:3] + columns[4:], "aboutUrl": "id:reef-{no}", "primaryKey": "no"}
    said = {**DESCRIBED, "tableSchema": schema, "kg:evidence": "row"}
    table(project, "No,Name,Found\n1,One,3.4.1850\n2,Two,\n", said)
    found = dataset(project)
    assert (
        '<https://example.org/id/reef-1> <https://example.org/ontology#date> "1850-04-03"^^<http://www.w3.org/2001/XMLSchema#date> .'
        in found
    )
    assert (
        "<https://example.org/id/reef-2> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://schema.org/Place> ."
        in found
    )
    assert "source/reefs#row=3>" in found


@pytest.mark.long
def test_the_same_table_gives_the_same_bytes_packed_or_not_kept_or_not(project: Path) -> None:
    path = table(project)
    first = dataset(project)
    path.with_suffix(".csv.gz").write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()
    assert dataset(project) == first
    (project / "data" / "facts" / "notice.yaml").touch()
    built = build(read_project(project))  # what the table gave is taken from the cache
    assert built.release
    assert built.release.dataset.read_text(encoding="utf-8") == first
    assert list(rows(built.release.path, "reefs", 2, 9)) == [
        (2, "reef-1,Place,Reef one,bay"),
        (3, 'reef-2,Place,"Reef, ""two""",skerry-point'),
    ]


@pytest.mark.long
def test_rows_are_served_a_hundred_a_page(project: Path, tmp_path: Path) -> None:
    text = "id,type,name\n" + "".join(f'reef-{n},Place,"Reef\n{n}"\n' for n in range(1, 251))
    table(project, text, {**DESCRIBED, "kg:evidence": "row"})
    dataset(project)
    with serving(project, tmp_path / "log") as server:

        def get(path: str) -> httpx.Response:
            return httpx.get(server.url + path, headers={"Accept": "text/html"})

        assert get("source/reefs").text.count("<tr id=") == 99  # the header is the first row
        page = get("source/reefs/101").text
        assert page.count("<tr id=") == 100
        assert '<tr id="row=101">' in page
        assert "reef-100" in page
        assert 'href="../../source/reefs/201" rel="next"' in page
        assert get("source/reefs/201").text.count("<tr id=") == 51
        for missing in ("source/reefs/102", "source/reefs/301", "source/reefs/0", "source/reefs/x", "source/notice/1"):
            assert get(missing).status_code == 404, missing
        assert httpx.get(f"{server.url}source/reefs.csv").text == text


def test_without_the_extra_a_build_says_what_to_install(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table(project)
    monkeypatch.setitem(sys.modules, "duckdb", None)
    for name in [name for name in sys.modules if name.startswith("kg.tables")]:
        monkeypatch.delitem(sys.modules, name)
    done = inside("build", cwd=project)
    assert done.returncode == 1, done
    assert b"pip install 'kg-publisher[tables]'" in done.stderr


TOGETHER = {
    "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
    "dc:license": {"@id": "https://creativecommons.org/publicdomain/zero/1.0/"},
    "tables": [
        {
            "url": "reefs.csv",
            "dc:title": "Reefs",
            "tableSchema": {
                "aboutUrl": "id:{id}",
                "primaryKey": "id",
                "columns": [
                    {"name": "id", "suppressOutput": True},
                    {"name": "name", "lang": "en", "propertyUrl": "skos:prefLabel"},
                    {"propertyUrl": "rdf:type", "valueUrl": "schema:Place", "virtual": True},
                ],
            },
        },
        {
            "url": "buoys.csv",
            "tableSchema": {
                "aboutUrl": "id:{buoy}",
                "foreignKeys": [
                    {"columnReference": "reef", "reference": {"resource": "reefs.csv", "columnReference": "id"}}
                ],
                "columns": [
                    {"name": "buoy", "suppressOutput": True},
                    {"name": "name", "lang": "en", "propertyUrl": "skos:prefLabel"},
                    {"name": "reef", "propertyUrl": "kg:near", "valueUrl": "id:{reef}"},
                    {"propertyUrl": "rdf:type", "valueUrl": "schema:Place", "virtual": True},
                ],
            },
        },
    ],
}
BUOYS = "buoy,name,reef\nbuoy-1,Red buoy,reef-1\nbuoy-2,Green buoy,reef-2\n"


@pytest.mark.long
def test_tables_that_are_described_together_keep_to_their_keys(project: Path) -> None:
    table(project, "id,name\nreef-1,One\nreef-2,Two\n")
    table(project, BUOYS, name="buoys.csv")
    together = project / "data" / "tables" / "csv-metadata.json"
    together.write_text(json.dumps(TOGETHER), encoding="utf-8")
    found = dataset(project)
    assert (
        "<https://example.org/id/buoy-2> <https://example.org/ontology#near> <https://example.org/id/reef-2> ." in found
    )
    for name in ("reefs", "buoys"):  # what is said of all holds for each, but for titles
        said = f"<https://example.org/source/{name}> <http://purl.org/dc/terms/license> "
        assert f"{said}<https://creativecommons.org/publicdomain/zero/1.0/>" in found
    assert '<https://example.org/source/buoys> <http://purl.org/dc/terms/title> "buoys"' in found
    table(project, "id,name\nreef-1,One\n")  # the other table has not changed, and is looked at again
    done = inside("build", cwd=project)
    assert (
        b"data/tables/buoys.csv:1:1: reef-2 is not in data/tables/reefs.csv, where the foreign key of reef leads"
        in done.stderr
    )
    table(project, "id,name\nreef-1,One\nreef-1,Un\nreef-2,Two\n")
    done = inside("build", cwd=project)
    assert b"reefs.csv:1:1: more than one row has the key reef-1" in done.stderr
    assert (
        b"reefs.csv:1:1: reef-1 stands twice, and the foreign key of reef of data/tables/buoys.csv leads there"
        in done.stderr
    )


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [
        (
            '"resource": "reefs.csv"',
            '"resource": "rocks.csv"',
            "leads to rocks.csv, which these metadata do not describe",
        ),
        ('"columnReference": "id"', '"columnReference": "key"', "data/tables/reefs.csv has no column key"),
        ('"valueUrl": "schema:Place"', '"valueUrl": "kg:Place"', "kg:Place is not in the vocabulary"),
        ('"url": "buoys.csv"', '"url": "bouys.csv"', "there is no table bouys.csv beside, which they describe"),
    ],
)
def test_what_metadata_of_several_tables_lead_to_is_there(project: Path, was: str, now: str, words: str) -> None:
    table(project, "id,name\nreef-1,One\nreef-2,Two\n")
    table(project, BUOYS, name="buoys.csv")
    text = json.dumps(TOGETHER)
    assert was in text
    (project / "data" / "tables" / "csv-metadata.json").write_text(text.replace(was, now), encoding="utf-8")
    done = inside("build", cwd=project)
    assert (done.returncode, words in done.stderr.decode()) == (1, True), done.stderr


@pytest.mark.parametrize(("evidence", "at"), [("row", "data/tables/reefs.csv:3"), ("table", "data/tables/reefs.csv")])
def test_a_finding_leads_to_the_table_and_where_it_can_to_the_row(project: Path, evidence: str, at: str) -> None:
    table(project, "id,type,name\nreef-1,Place,Reef one\nreef-2,Place,\n", {**DESCRIBED, "kg:evidence": evidence})
    done = inside("build", cwd=project)
    assert done.returncode == 1
    lines = done.stdout.decode().splitlines()
    assert f"  {at}" in lines, lines
    assert any("id:reef-2" in line for line in lines)
