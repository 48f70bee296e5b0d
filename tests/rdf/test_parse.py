from pathlib import Path

import pyoxigraph as px
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import QueryError, StoreError
from kg.rdf.files import read
from kg.rdf.parse import parse
from kg.rdf.serialize import nquads
from kg.rdf.terms import is_iri, shorten, text_of
from kg.release.nquads import load

TRIPLE = '<http://x/a> <http://x/p> "007"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
XML = """{head}<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="http://x/">
<rdf:Description rdf:about="http://x/a"><x:p>{text}</x:p></rdf:Description></rdf:RDF>"""


def test_literals_stay_as_they_are_written() -> None:
    (quad,) = parse(TRIPLE.encode(), px.RdfFormat.N_TRIPLES, "a.nt")
    assert text_of(quad.object) == "007"


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE r [<!ENTITY x PUBLIC "a" "http://127.0.0.1/x">]>',
        '<!DOCTYPE r [<!ENTITY % x SYSTEM "http://127.0.0.1/x.dtd"> %x;]>',
        '<!DOCTYPE r [<!ENTITY a "aa"><!ENTITY x "&a;&a;">]>',
    ],
)
def test_xml_entities_that_reach_out_or_grow_are_refused(head: str) -> None:
    with pytest.raises(QueryError, match="entity"):
        list(parse(XML.format(head=head, text="&x;").encode(), px.RdfFormat.RDF_XML, "a.rdf"))


def test_xml_entities_that_are_plain_text_are_read() -> None:
    data = XML.format(head='<!DOCTYPE r [<!ENTITY x "plain &#233;">]>', text="&x;")
    (quad,) = parse(data.encode(), px.RdfFormat.RDF_XML, "a.rdf")
    assert text_of(quad.object) == "plain é"


def test_xml_in_utf16_cannot_hide_a_doctype() -> None:
    with pytest.raises(QueryError):
        list(
            parse(
                XML.format(head="<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>", text="&x;").encode("utf-16"),
                px.RdfFormat.RDF_XML,
                "a",
            )
        )


@pytest.mark.parametrize(
    "context", ['"http://127.0.0.1:9/c"', '["http://127.0.0.1:9/c"]', '{"@import": "file:///etc/passwd"}']
)
def test_json_ld_contexts_are_never_fetched(context: str) -> None:
    with pytest.raises(QueryError, match="not JSON-LD"):
        list(parse(f'{{"@context": {context}, "http://x/p": "v"}}'.encode(), px.RdfFormat.JSON_LD, "a.jsonld"))


def test_a_file_that_is_not_rdf_names_line_and_column(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text("<http://x/a> <http://x/p>\n  oops .\n", encoding="utf-8")
    with pytest.raises(QueryError, match=r"a\.ttl:2:\d+: not Turtle"):
        read(path)
    with pytest.raises(QueryError, match="No such file"):
        read(tmp_path / "b.ttl")


def test_a_damaged_release_says_how_to_mend_it(tmp_path: Path) -> None:
    (tmp_path / "dataset.nq").write_text("oops", encoding="utf-8")
    with pytest.raises(StoreError, match="kg build"):
        load(tmp_path / "dataset.nq")


@given(st.lists(st.sampled_from("abc"), max_size=8))
def test_nquads_are_sorted_and_each_once(names: list[str]) -> None:
    quads = [px.Quad(px.NamedNode(f"http://x/{n}"), px.NamedNode("http://x/p"), px.Literal(n)) for n in names]
    lines = nquads(quads)
    assert lines == sorted(set(lines))
    assert len(lines) == len(set(names))


def test_iris_are_shortened_by_the_longest_prefix_that_fits() -> None:
    prefixes = {"a": "http://x/", "b": "http://x/y#"}
    assert shorten("http://x/y#z", prefixes) == "b:z"
    assert shorten("http://x/y/z", prefixes) == "<http://x/y/z>"
    assert shorten("http://x/z.", prefixes) == "<http://x/z.>"
    assert not is_iri("http://x/a b")


def test_text_of_each_kind_of_term() -> None:
    triple = px.Triple(px.NamedNode("http://x/a"), px.NamedNode("http://x/p"), px.Literal("v"))
    assert [
        text_of(t) for t in (px.NamedNode("http://x/a"), px.BlankNode("b"), px.Literal("v"), px.DefaultGraph())
    ] == [
        "http://x/a",
        "b",
        "v",
        "",
    ]
    assert text_of(triple) == str(triple)
