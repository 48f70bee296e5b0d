"""Things, facts, sources, graphs, the vocabulary, the dataset and its downloads, at their addresses."""

import json
import subprocess
from urllib.parse import urljoin

import httpx
import pyoxigraph as px
import pytest
import rdflib
from rdflib import RDF

from kg.rdf.formats import DOCUMENTS, FORMATS, GRAPHS
from kg.release.nquads import load
from kg.release.reader import Release
from tests.conftest import ROOT, Server
from tests.web.conftest import BASE, RDFLIB, raw, read

HOSTILE = [
    "id/..%2f..%2f..%2fetc%2fpasswd",
    "id/%2e%2e/%2e%2e/etc/passwd",
    "static/..%2f..%2fpyproject.toml",
    "static/../../pyproject.toml",
    "source/..%2f..%2fmanifest.json.txt",
    "source/../manifest.json",
    "downloads/..%2fmanifest.json",
    "downloads/dataset.nq%00",
    "query/%2e%2e%2fcurrent.csv",
    "id/a%00b",
    "id/%ff%fe",
    "id/%0d%0aSet-Cookie:%20a=b",
    "id/x%22%3E%3Cscript%3E",
    "id/kofi-annan%3E%20%3Chttp:",
    "fact/" + "a" * 5000,
    "graph/../../etc",
    "//etc/passwd",
    "id//kofi-annan",
    ".well-known/../dataset",
]


@pytest.mark.parametrize("kind", DOCUMENTS)
@pytest.mark.parametrize("slug", ["kofi-annan", "coalition", "rome-statute"])
def test_a_thing_leads_to_a_document_in_the_format_asked_for(client: httpx.Client, kind: str, slug: str) -> None:
    thing = client.get(f"id/{slug}", headers={"Accept": FORMATS[kind].media_type})
    assert thing.status_code == 303
    assert thing.headers["location"] == f"{slug}{FORMATS[kind].suffix}"
    assert "Accept" in thing.headers["vary"]
    document = client.get(f"id/{thing.headers['location']}")
    assert document.status_code == 200
    assert document.headers["content-type"] == FORMATS[kind].content_type
    assert client.get(f"id/{slug}", params={"format": kind}).headers["location"] == thing.headers["location"]
    if kind != "html":
        graph = rdflib.Dataset(default_union=True).parse(data=read(document.content, kind), format=RDFLIB[kind])
        subject = rdflib.URIRef(f"{BASE}id/{slug}")
        assert (subject, RDF.type, None) in graph


def test_a_document_says_what_the_dataset_says_as_it_was_written(client: httpx.Client, release: Release) -> None:
    lines = client.get("id/coalition-members-450.nq").text.splitlines()
    own = [line for line in lines if line.startswith(f"<{BASE}id/coalition-members-450> ")]
    dataset = release.dataset.read_text(encoding="utf-8").splitlines()
    assert sorted(own) == [line for line in dataset if line.startswith(f"<{BASE}id/coalition-members-450> ")]
    assert any("#exact" in line for line in lines), "the words it rests on"
    assert set(lines) <= set(dataset)


def test_what_points_at_a_thing_is_in_its_document(client: httpx.Client) -> None:
    graph = rdflib.Graph().parse(data=client.get("id/rome-statute.ttl").text, format="turtle")
    assert len(list(graph.subjects(None, rdflib.URIRef(f"{BASE}id/rome-statute")))) > 5


@pytest.mark.long
@pytest.mark.parametrize("kind", GRAPHS)
@pytest.mark.parametrize(
    "path", ["ontology", "source/international-campaign-icc", "graph/inferred", "dataset", "curators"]
)
def test_documents_that_are_things_answer_at_once(client: httpx.Client, path: str, kind: str) -> None:
    response = client.get(path, headers={"Accept": FORMATS[kind].media_type})
    assert response.status_code == 200
    assert response.headers["content-type"] == FORMATS[kind].content_type
    place = urljoin(str(response.url), response.headers["content-location"])
    assert place != str(response.url)
    assert client.get(place).content == response.content
    assert len(rdflib.Dataset().parse(data=read(response.content, kind), format=RDFLIB[kind])) > 0


def test_every_address_that_the_graph_mints_answers(client: httpx.Client, release: Release) -> None:
    """Entities, facts, sources, passages, vocabulary terms: whatever IRI below the base stands in the dataset."""
    paths = set()
    for quad in load(release.dataset):
        for term in quad:
            if getattr(term, "value", "").startswith(BASE) and not isinstance(term, str):
                paths.add(term.value.partition("#")[0].removeprefix(BASE))
    assert len(paths) > 800
    for path in sorted(paths):
        response = client.get(path, headers={"Accept": "text/turtle"})
        expected = (422,) if path == "graph/provenance" else (200, 303)  # more than 5,000 triples
        assert response.status_code in expected, path


def test_a_shape_has_its_address(client: httpx.Client) -> None:
    graph = rdflib.Graph().parse(data=client.get("ontology.ttl").text, format="turtle")
    assert (rdflib.URIRef(f"{BASE}ontology#PersonShape"), RDF.type, rdflib.SH.NodeShape) in graph
    assert (rdflib.URIRef(f"{BASE}ontology#TreatyAction"), RDF.type, rdflib.OWL.Class) in graph


def test_a_fact_holds_its_statements_and_its_words(client: httpx.Client, release: Release) -> None:
    fact = next(iter(json.loads((release.path / "locations.json").read_text())))
    data = client.get(fact.removeprefix(BASE), headers={"Accept": "application/n-quads"}).text
    assert f" <{fact}> ." in data
    assert f"<{fact}> <{BASE}ontology#basis> " in data


def test_a_source_is_its_text_verbatim(client: httpx.Client) -> None:
    text = client.get("source/international-campaign-icc", headers={"Accept": "text/plain"})
    assert text.content == (ROOT / "data" / "sources" / "international-campaign-icc.txt").read_bytes()
    assert client.get("source/international-campaign-icc.txt").content == text.content


@pytest.mark.parametrize("kind", GRAPHS)
def test_the_downloads_are_the_whole_graph(client: httpx.Client, release: Release, kind: str) -> None:
    response = client.get(f"downloads/dataset{FORMATS[kind].suffix}")
    assert response.headers["content-type"] == FORMATS[kind].content_type
    counts = release.manifest["counts"]
    graph = rdflib.Dataset(default_union=kind in ("nquads", "trig")).parse(
        data=read(response.content, kind), format=RDFLIB[kind]
    )
    assert sum(1 for _ in graph.quads()) == counts["quads" if kind in ("nquads", "trig") else "triples"]


def test_each_format_is_linked(client: httpx.Client) -> None:
    link = client.get("id/kofi-annan.html").headers["link"]
    for kind in DOCUMENTS:
        assert f'<kofi-annan{FORMATS[kind].suffix}>; rel="alternate"; type="{FORMATS[kind].media_type}"' in link


def test_the_dataset_describes_itself(client: httpx.Client, release: Release) -> None:
    void, dcat = rdflib.Namespace("http://rdfs.org/ns/void#"), rdflib.DCAT
    graph = rdflib.Graph().parse(data=client.get(".well-known/void").text, format="turtle")
    dataset = rdflib.URIRef(f"{BASE}dataset")
    triples = graph.value(dataset, void.triples)
    assert triples == rdflib.Literal(release.manifest["counts"]["triples"])
    parts = [graph.value(part, void.triples) for part in graph.objects(dataset, void.propertyPartition)]
    assert sum(part.toPython() for part in parts if isinstance(part, rdflib.Literal)) == triples.toPython()  # type: ignore[union-attr]
    for distribution in graph.objects(dataset, dcat.distribution):
        url = str(graph.value(distribution, dcat.downloadURL))
        data = client.get(url.removeprefix(BASE)).content
        assert str(graph.value(distribution, dcat.byteSize)) == str(len(data))


def test_json_ld_links_its_context_which_is_served(client: httpx.Client) -> None:
    response = client.get("id/kofi-annan.jsonld")
    link, base = response.json()["@context"]
    assert (link, base) == (f"{BASE}context.jsonld", {"@base": f"{BASE}id/"})
    assert f'<{link}>; rel="http://www.w3.org/ns/json-ld#context"' in response.headers["link"]
    context = client.get("context.jsonld")
    assert context.headers["content-type"] == "application/ld+json"
    assert context.content == (ROOT / "ontology" / "context.jsonld").read_bytes()
    other = client.get("id/kofi-annan.ttl")
    assert "json-ld#context" not in other.headers["link"]


@pytest.mark.parametrize(
    ("path", "accept", "kind"),
    [
        ("shapes", "text/turtle", "turtle"),
        ("shapes.ttl", "*/*", "turtle"),
        ("shapes", "application/ld+json", "jsonld"),
        ("shapes.nt", "*/*", "ntriples"),
    ],
)
def test_the_shapes_have_an_address(client: httpx.Client, release: Release, path: str, accept: str, kind: str) -> None:
    response = client.get(path, headers={"Accept": accept})
    assert response.headers["content-type"] == FORMATS[kind].content_type
    assert canonical(read(response.content, kind), kind) == canonical(
        (release.path / "shapes.ttl").read_bytes(), "turtle"
    )
    assert client.get("shapes.html").status_code == 406
    assert client.get("shapesx").status_code == 404


def canonical(data: bytes | str, kind: str) -> px.Dataset:
    """A graph with its blank nodes named by what they hold."""
    graph = px.Dataset(px.parse(data, format=FORMATS[kind].syntax))
    graph.canonicalize(px.CanonicalizationAlgorithm.RDFC_1_0)
    return graph


def test_rdflib_follows_a_thing_to_its_document(server: Server) -> None:
    graph = rdflib.Graph().parse(f"{server.url}id/kofi-annan")
    assert (rdflib.URIRef(f"{BASE}id/kofi-annan"), RDF.type, None) in graph


@pytest.mark.parametrize("kind", GRAPHS)
def test_curl_follows_to_the_format(server: Server, kind: str) -> None:
    command = [
        "curl",
        "-sSfL",
        "-H",
        f"Accept: {FORMATS[kind].media_type}",
        "-w",
        "\n%{content_type}",
        f"{server.url}id/kofi-annan",
    ]
    done = subprocess.run(command, capture_output=True, check=True, timeout=20)
    assert done.stdout.decode().rpartition("\n")[2] == FORMATS[kind].content_type


@pytest.mark.parametrize("path", HOSTILE)
def test_no_address_leads_out_of_the_graph(server: Server, path: str) -> None:
    for accept in ("*/*", "text/html"):
        request = f"GET /{path} HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\nConnection: close\r\n\r\n"
        head, _, body = raw(server.url, request.encode()).partition(b"\r\n\r\n")
        assert int(head.split()[1]) in (400, 404), head
        assert b"set-cookie" not in head.lower()
        assert b"root:" not in body
        assert b"<script>" not in body or b"application/problem+json" in head


def test_no_client_decides_which_links_another_gets(client: httpx.Client) -> None:
    for path in ("query", "search?q=annan&format=json", "openapi.json", "reconcile"):
        asked = {"Accept": "application/json"}
        client.get(path, headers={**asked, "Host": "evil.example"})
        assert "evil.example" not in client.get(path, headers=asked).text


@pytest.mark.parametrize(
    "path",
    [
        f"source/{'a' * 300}.txt",
        f"id/{'a' * 300}",
        "dataset.foo",
        "validation.foo",
        "query.foo",
        "dataset.a.ttl",
        "query.x.json",
    ],
)
def test_what_is_not_there_is_404(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404
