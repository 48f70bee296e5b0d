import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pyoxigraph as px
import pytest
import rdflib

from kg.errors import QueryError
from kg.rdf import iris
from kg.rdf.formats import EXPORTS, FORMATS
from kg.rdf.parse import parse
from kg.rdf.serialize import WRITERS
from kg.rdf.terms import text_of
from kg.release.export import Options, export, read_frame
from kg.release.nquads import load
from kg.release.reader import Release, current
from tests.conftest import inlined, run


def exported(release: Release, options: Options) -> bytes:
    out = io.BytesIO()
    export(release, options, out)
    return out.getvalue()


def default(release: Release) -> set[px.Triple]:
    return {quad.triple for quad in load(release.dataset) if isinstance(quad.graph_name, px.DefaultGraph)}


def read_csv_export(data: bytes) -> Iterator[px.Triple]:
    """The triples of a CSV export, as they were."""
    for row in csv.DictReader(io.StringIO(data.decode(), newline="")):
        term = px.NamedNode(row["object"]) if row["datatype"] == "iri" else literal(row)
        yield px.Triple(px.NamedNode(row["subject"]), px.NamedNode(row["predicate"]), term)


def literal(row: Mapping[str, str]) -> px.Literal:
    if row["language"]:
        return px.Literal(row["object"], language=row["language"])
    return px.Literal(row["object"], datatype=px.NamedNode(row["datatype"]))


def parsed(data: bytes, kind: str) -> set[px.Triple]:
    if kind == "csv":
        return set(read_csv_export(data))
    if kind == "jsonld":
        data = inlined(data).encode()
    return {quad.triple for quad in parse(data, FORMATS[kind].syntax, kind)}


@pytest.mark.parametrize("kind", ["turtle", "jsonld", "ntriples", "rdfxml", "csv"])
def test_a_format_without_graphs_holds_the_default_graph(release: Release, kind: str) -> None:
    assert parsed(exported(release, Options(kind)), kind) == default(release)


@pytest.mark.parametrize("kind", ["trig", "nquads"])
def test_a_format_with_graphs_holds_every_quad(release: Release, kind: str) -> None:
    assert set(parse(exported(release, Options(kind)), FORMATS[kind].syntax, kind)) == set(load(release.dataset))


@pytest.mark.parametrize("kind", WRITERS)
def test_an_export_is_the_same_each_time(campaign: Path, kind: str) -> None:
    """In this process and in another, where sets and hashes have another order."""
    first = exported(current(campaign / "build"), Options(kind))
    assert first == run("export", "-t", kind, cwd=campaign).stdout
    assert first.endswith(b"\n")


@pytest.mark.parametrize(
    ("kind", "form"), [("turtle", "turtle"), ("ntriples", "nt"), ("rdfxml", "xml"), ("jsonld", "json-ld")]
)
def test_rdflib_reads_as_many_triples(release: Release, kind: str, form: str) -> None:
    data = exported(release, Options(kind, inline_context=True))
    assert len(rdflib.Graph().parse(data=data, format=form)) == len(default(release))


def subjects(turtle: bytes) -> Iterable[str]:
    for block in turtle.decode().split("\n\n")[1:]:
        yield block.split()[0]


def test_turtle_is_for_people_and_for_git(release: Release) -> None:
    text = exported(release, Options("turtle"))
    lines = text.decode().splitlines()
    prefixes = [line for line in lines if line.startswith("@prefix")]
    assert prefixes == sorted(prefixes)
    assert "\t" not in text.decode()
    names = list(subjects(text))
    assert len(names) == len(set(names)) > 300
    assert "id:kofi-annan a foaf:Agent , foaf:Person , kg:Person , schema:Person ;\n" in text.decode()
    assert "<http://www.w3.org/" not in text.decode().partition("\n\n")[2]


def test_json_ld_uses_the_words_of_the_facts(release: Release) -> None:
    document = json.loads(exported(release, Options("jsonld")))
    (annan,) = [node for node in document["@graph"] if node["id"] == "kofi-annan"]
    assert annan["name"] == "Kofi Annan"
    (held,) = [node for node in document["@graph"] if node["id"] == "annan-as-secretary-general"]
    assert (held["member"], held["post"]) == ("kofi-annan", "un-secretary-general")
    assert "Person" in annan["type"]
    (count,) = [node for node in document["@graph"] if node["id"] == "coalition-members-450"]
    assert (count["value"], count["date"], count["earliest"]) == (450, "1997", "1997-01-01")


def test_a_frame_shapes_json_ld(release: Release) -> None:
    frame = {"type": "Grant", "funder": {"type": "Government"}, "@requireAll": True}
    document = json.loads(exported(release, Options("jsonld", frame=frame)))
    names = [node["funder"]["name"] for node in document["@graph"] if isinstance(node["funder"], dict)]
    assert sum(name.startswith("government of") for name in names) == 17


@pytest.mark.parametrize("frame", [{"@context": "http://127.0.0.1:9/c"}, {"@context": ["file:///etc/passwd"]}])
def test_a_frame_fetches_nothing(release: Release, frame: dict[str, object]) -> None:
    with pytest.raises(QueryError, match="frame cannot be used|never fetched"):
        exported(release, Options("jsonld", frame=frame))


def test_reference_data_can_be_left_out_with_all_that_follows_from_them(release: Release) -> None:
    everything, sources = (
        set(parse(exported(release, Options("nquads", reference=keep)), FORMATS["nquads"].syntax, "nquads"))
        for keep in (True, False)
    )
    assert sources < everything
    text = b"\n".join(str(quad).encode() for quad in sources)
    for gone in (b"wikidata", b"/curators", b"opensanctions", b'ontology#alpha2> "BE"'):
        assert gone not in text
    assert b'skos/core#prefLabel> "Kofi Annan"@en' in text
    labels = {
        t
        for t in parsed(exported(release, Options("turtle", reference=False)), "turtle")
        if text_of(t.object) == "Kofi Annan"
    }
    assert len(labels) == 3


@pytest.mark.parametrize("evidence", ["reified", "rdf12"])
def test_evidence_goes_with_the_triples(release: Release, evidence: str) -> None:
    with_it = parsed(exported(release, Options("ntriples", evidence)), "ntriples")
    assert default(release) < with_it
    assert with_it == parsed(exported(release, Options("turtle", evidence)), "turtle")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (Options("turtle", frame={}), "a frame is for jsonld"),
        (Options("trig", "reified"), "holds the evidence in its named graphs"),
        (Options("rdfxml", "rdf12"), "rdf12 is written as turtle or ntriples, not as rdfxml"),
    ],
)
def test_options_that_do_not_go_together_are_named(release: Release, options: Options, words: str) -> None:
    with pytest.raises(QueryError, match=words):
        exported(release, options)


@pytest.mark.parametrize("text", ["{", "[]", "1"])
def test_a_frame_that_is_none_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "frame.json").write_text(text, encoding="utf-8")
    with (tmp_path / "frame.json").open(encoding="utf-8") as file, pytest.raises(QueryError, match=r"frame\.json"):
        read_frame(file)


def test_the_ending_of_a_file_tells_its_format(campaign: Path, tmp_path: Path) -> None:
    for suffix, kind in ((FORMATS[name].suffix, name) for name in EXPORTS):
        done = run("export", "-o", tmp_path / f"graph{suffix}", cwd=campaign)
        assert done.returncode == 0
        assert f"bytes of {kind}" in done.stderr.decode()
    done = run("export", "-o", tmp_path / "graph.docx", cwd=campaign)
    assert done.returncode == 2
    assert b"its ending tells no format" in done.stderr
    assert run("export", "-o", "-", "-t", "csv", cwd=campaign).stdout.startswith(b"subject,predicate,object")


def test_the_curators_go_with_their_reference_data(release: Release) -> None:
    curators = iris.curators(release.manifest["base"])
    assert curators in exported(release, Options("nquads")).decode()
    assert curators not in exported(release, Options("nquads", reference=False)).decode()
