"""XML that is XML: checked by expat, written right or refused with the reason, never broken."""

from xml.parsers.expat import ParserCreate

import pyoxigraph as px
import pytest

from kg.errors import UnwritableError
from kg.query.results import write_results
from kg.rdf.serialize import serialize
from tests.conftest import Spoil, run

GOOD = [
    "http://x/p",
    "http://x/größe",
    "http://x/a.b/c.d",
    "http://x/P-31",
    "http://x/p?x=1&y",
    "http://x/_1",
    "urn:x:p",
]
BAD = ["http://x/prop/123", "http://x/label/", "http://x/prop?x=1&y=2", "http://x/has%20", "http://x/#", "http://x/p("]
TEXTS = ["a\rb", "a\r\nb", "a\tb\nc", "<&>\"'", "]]>", "é𝄞", "\x85\u2028", " "]
ILLEGAL = ["\x00", "\x01", "\x0b", "\x0c", "\x1b", "\x1f", "\ufffe", "\uffff"]


def triple(predicate: str = "http://x/p", text: str = "v") -> px.Triple:
    return px.Triple(px.NamedNode("http://x/a"), px.NamedNode(predicate), px.Literal(text))


def texts(data: bytes) -> list[str]:
    """The names and texts of well-formed XML."""
    found: list[str] = []
    reader = ParserCreate(namespace_separator="")
    reader.StartElementHandler = lambda name, _: found.append(name)
    reader.EndElementHandler = found.append
    reader.CharacterDataHandler = found.append
    reader.buffer_text = True
    reader.Parse(data, True)
    return found


@pytest.mark.parametrize("predicate", GOOD)
def test_a_predicate_with_a_name_of_xml_is_written(predicate: str) -> None:
    assert predicate in texts(serialize([triple(predicate)], px.RdfFormat.RDF_XML))


@pytest.mark.parametrize("predicate", BAD)
def test_a_predicate_without_one_is_refused_by_name(predicate: str) -> None:
    with pytest.raises(UnwritableError, match="take Turtle") as caught:
        serialize([triple(), triple(predicate)], px.RdfFormat.RDF_XML)
    assert f"<{predicate}>" in str(caught.value)


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_comes_back_as_it_was(text: str) -> None:
    assert text in texts(serialize([triple(text=text)], px.RdfFormat.RDF_XML))
    assert text in texts(write_results(px.Store().query(f"SELECT ({px.Literal(text)} AS ?x) {{}}"), "xml", {}))


@pytest.mark.parametrize("text", ILLEGAL)
def test_a_character_that_xml_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(UnwritableError, match=f"U\\+{ord(text):04X}"):
        serialize([triple(text=f"a{text}")], px.RdfFormat.RDF_XML)
    if text != "\x00":
        store = px.Store()
        store.add(px.Quad(px.NamedNode("http://x/a"), px.NamedNode("http://x/p"), px.Literal(f"a{text}")))
        with pytest.raises(UnwritableError, match="take JSON, CSV or TSV"):
            write_results(store.query("SELECT ?o { ?s ?p ?o }"), "xml", {})
        with pytest.raises(UnwritableError):
            write_results(store.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"), "rdfxml", {})


def test_a_graph_that_rdf_xml_cannot_hold_is_published_without_it(spoil: Spoil) -> None:
    project = spoil("ontology/context.jsonld", '"schema": ', '"num": {"@id": "http://x/prop/123"},\n  "schema": ')
    (project / "data" / "reference" / "more.yaml").write_text("facts:\n- id: bay\n  num: one\n", encoding="utf-8")
    done = run("build", cwd=project)
    assert done.returncode == 0, done.stderr
    assert b"no rdfxml, since RDF/XML cannot write the predicate <http://x/prop/123>" in done.stderr
    assert not list(project.glob("build/releases/*/downloads/dataset.rdf"))
    (void,) = project.glob("build/releases/*/void.ttl")
    assert b"dataset.ttl" in void.read_bytes()
    assert b"dataset.rdf" not in void.read_bytes()
    done = run("export", "-t", "rdfxml", cwd=project)
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"take Turtle" in done.stderr
    done = run("query", "--sparql", "CONSTRUCT WHERE { ?s ?p ?o }", "-t", "rdfxml", cwd=project)
    assert (done.returncode, done.stdout) == (1, b"")
