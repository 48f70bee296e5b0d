"""RDF that people bring: every format by its ending or its content, what is left out is said, and lines are known."""

import gzip
import json
from pathlib import Path

import pyoxigraph as px
import pytest

from kg.errors import QueryError
from kg.rdf.files import apart, read, sniff, subjects
from tests.conftest import run

TURTLE = "@prefix x: <http://x/> .\nx:a x:p 'v' .\n"
LINE = '<http://x/a> <http://x/p> "v" .\n'
XML = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="http://x/"{}>
<rdf:Description rdf:about="http://x/a"><x:p>v</x:p></rdf:Description></rdf:RDF>"""
JSON = '{"@id": "http://x/a", "http://x/p": "v"}'
HEX = '["http://x/a", "http://x/p", "v", "http://www.w3.org/2001/XMLSchema#string", "", ""]\n'
TRIPLE = px.Triple(px.NamedNode("http://x/a"), px.NamedNode("http://x/p"), px.Literal("v"))
FORMS = {
    ".ttl": TURTLE,
    ".TTL": TURTLE,
    ".turtle": TURTLE,
    ".shacl": TURTLE,
    ".n3": TURTLE,
    ".nt": LINE,
    ".nq": LINE,
    ".trig": TURTLE,
    ".rdf": XML.format(""),
    ".owl": XML.format(""),
    ".xml": XML.format(' xml:base=""'),
    ".jsonld": JSON,
    ".json": JSON,
    ".hext": HEX,
}


def write(folder: Path, name: str, data: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "bom"])
@pytest.mark.parametrize("packed", [False, True], ids=["", "gz"])
@pytest.mark.parametrize("ending", FORMS)
def test_a_format_is_told_by_its_ending(tmp_path: Path, ending: str, packed: bool, mark: bytes) -> None:
    data = mark + FORMS[ending].encode()
    path = write(tmp_path, f"data{ending}{'.gz' if packed else ''}", gzip.compress(data) if packed else data)
    assert [quad.triple for quad in read(path).quads] == [TRIPLE]


@pytest.mark.long
@pytest.mark.parametrize("text", [TURTLE, LINE, XML.format(""), JSON, HEX, f"[{JSON}]", "# note\n" + TURTLE])
def test_a_format_is_told_by_its_content(tmp_path: Path, text: str) -> None:
    for name in ("data", "data.txt"):
        assert [quad.triple for quad in read(write(tmp_path, name, text)).quads] == [TRIPLE]
    shapes = (
        "@prefix sh: <http://www.w3.org/ns/shacl#> . <http://x/S> sh:targetNode <http://x/a> ; sh:nodeKind sh:IRI ."
    )
    write(tmp_path, "shapes.ttl", shapes)
    done = run("validate", "-", "--shapes", "shapes.ttl", cwd=tmp_path, given=text.encode())
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"conforms: 1 focus node")


def test_what_is_no_rdf_is_refused(tmp_path: Path) -> None:
    with pytest.raises(QueryError, match=r"data\.txt: neither its ending nor its content"):
        read(write(tmp_path, "data.txt", "To whom it may concern"))
    with pytest.raises(QueryError, match="not gzip"):
        read(write(tmp_path, "data.ttl.gz", b"\x1f\x8b\x00broken"))
    assert sniff(b"\xff\xfe") is None


def test_a_format_can_be_given(tmp_path: Path) -> None:
    path = write(tmp_path, "data.txt", '<http://x/a> <http://x/p> "v" <http://x/g> .')
    assert len(read(path, syntax="nquads").quads) == 1


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.ttl", "<http://x/a> <http://x/p>\n  oops .\n", r"a\.ttl:2:\d+: not Turtle: "),
        ("a.nt", LINE + "<http://x/a> oops\n", r"a\.nt:2:\d+: not N-Triples: "),
        ("a.rdf", "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>\n<x/></rdf:RDF>", r"a\.rdf: not RDF/XML: "),
        ("a.json", '{"@id": \n oops}', r"a\.json:2:2: not JSON: "),
        ("a.jsonld", '{"@id": 5}', r"a\.jsonld: not JSON-LD: "),
        ("a.hext", HEX + '["a"]', r"a\.hext:2: not HexTuples"),
        ("a.ttl", TURTLE.encode("utf-16"), r"a\.ttl:1:1: not Turtle: .*UTF-8"),
        ("a.ttl", "<http://x/a> <http://x/p> 'é' .".encode("latin-1"), r"a\.ttl:1:\d+: not Turtle: .*UTF-8"),
        ("a.n3", "{ <http://x/a> a <http://x/T> } => { <http://x/a> <http://x/p> 1 } .", "formulas of N3"),
        ("a.nt", '<http://x/a> <http://x/p> "v"@en--ltr .', "has a direction"),
        ("a.jsonld", '{"@context": "https://x.example/c", "p": 1}', "@context is https://x.example/c.*--context"),
        ("a.jsonld", '{"p": {"@context": ["https://x.example/d"]}}', "@context is https://x.example/d"),
    ],
)  # fmt: skip
def test_a_fault_is_placed_where_the_place_is_known(tmp_path: Path, name: str, data: str | bytes, said: str) -> None:
    with pytest.raises(QueryError, match=said):
        read(write(tmp_path, name, data))


def test_a_context_is_taken_from_a_copy(tmp_path: Path) -> None:
    outer = write(tmp_path, "c.json", '{"@context": ["https://x.example/inner", {"q": "http://x/q"}]}')
    inner = write(tmp_path, "inner.json", '{"@context": {"p": "http://x/p"}}')
    path = write(tmp_path, "a.jsonld", '{"@context": "https://x.example/c", "@id": "http://x/a", "p": "v"}')
    copies = {"https://x.example/c": outer, "https://x.example/inner": inner}
    assert [quad.triple for quad in read(path, contexts=copies).quads] == [TRIPLE]
    write(tmp_path, "inner.json", '{"@context": "https://x.example/c"}')
    with pytest.raises(QueryError, match="names itself"):
        read(path, contexts=copies)


@pytest.mark.parametrize(
    ("document", "ids"),
    [
        ({"@id": "http://x/not ok", "http://x/p": 1}, ["@id 'http://x/not ok'"]),
        ({"@id": "a b", "http://x/p": 1}, ["@id 'a b'"]),
        ({"http://x/p": {"@id": "http://x/<"}}, ["@id 'http://x/<'"]),
        ({"@id": "http://x/a", "@type": ["http://x/a b", "http://x/T"]}, ["@type 'http://x/a b'"]),
        ({"@id": "http://x/a", "http://x/p": {"@value": "a b"}}, []),
        ({"@id": "_:b", "http://x/p": 1}, []),
    ],
)
def test_ids_that_json_ld_passes_over_are_said(tmp_path: Path, document: object, ids: list[str]) -> None:
    notes = read(write(tmp_path, "a.jsonld", json.dumps(document))).notes
    assert [note.partition(": ")[2].partition(" is not an IRI")[0] for note in notes] == ids


def test_triple_terms_are_left_out_and_said_once(tmp_path: Path) -> None:
    path = write(tmp_path, "a.ttl", "PREFIX x: <http://x/> x:a x:p x:b {| x:q 1 |} , x:c {| x:q 2 |} .")
    found = read(path)
    assert len(found.quads) == 4
    assert [note.partition(": ")[2][:40] for note in found.notes] == ["triple terms of RDF 1.2 are left out; wh"]


SUBJECTS = """@prefix x: <http://x/> . # x:no
PREFIX y: <http://y/>
BASE <http://b/>
<one> x:p "x:no .\\n x:no" , '''
x:no x:p 1 . "quoted" ''' ; x:p [ x:p x:no ] , ( x:no ) .
x:two x:p 1.5 , x:a.b , true .
y:three.x x:p <http://x/no#.> . x:a\\~b x:p 1 . x:g { x:four x:p 1 } GRAPH x:h {x:five x:p 2 . x:six x:p 3}
[] x:p x:no . << x:no x:p x:no >> x:q 1 . x:two x:p 2 .
"""


def test_the_lines_of_subjects_are_known() -> None:
    found = subjects(SUBJECTS.encode())
    assert found.prefixes == {"x": "http://x/", "y": "http://y/"}
    expected = {
        "http://b/one": 4,
        "http://x/two": 6,
        "http://y/three.x": 7,
        "http://x/a~b": 7,
        "http://x/four": 7,
        "http://x/five": 7,
        "http://x/six": 7,
    }
    assert {iri: line for iri, line in found.lines.items() if iri not in ("http://x/g", "http://x/h")} == expected


def test_blank_nodes_are_named_by_what_the_file_holds(tmp_path: Path) -> None:
    path = write(tmp_path, "a.ttl", "<http://x/a> <http://x/p> [ <http://x/q> [] ] .")
    assert read(path).quads == read(path).quads
    other = write(tmp_path, "b.ttl", "_:c <http://x/p> 1 .")
    assert len({str(quad.subject) for quad in apart([read(other), read(other)])}) == 2
