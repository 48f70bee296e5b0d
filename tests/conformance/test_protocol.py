"""The W3C SPARQL 1.1 Protocol and Service Description tests, read from beside the repository, against a real server."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pyoxigraph as px
import pytest
import rdflib
from rdflib import RDF, RDFS, Namespace
from rdflib.collection import Collection

from kg.rdf.files import read
from kg.rdf.to_rdflib import to_graph
from tests.conftest import SUITES, Server, inlined, needs, release_of, serving

SUITE = SUITES / "suites" / "sparql11"
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
# What each kind of answer may come as.
TYPES = {
    "boolean": ("application/sparql-results+json", "application/sparql-results+xml"),
    "tabular": (
        "application/sparql-results+json",
        "application/sparql-results+xml",
        "text/csv",
        "text/tab-separated-values",
    ),
    "RDF": ("text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"),
}


def manifest() -> rdflib.Graph:
    file = SUITE / "protocol" / "manifest.ttl"
    return to_graph(read(file, "http://suite/").quads) if file.is_file() else rdflib.Graph()


MANIFEST = manifest()
TESTS = sorted(
    (
        name
        for test in MANIFEST.subjects(RDF.type, MF.ProtocolTest)
        if "update" not in (name := str(test).rpartition("#")[2])
    ),
)


pytestmark = needs(f"the W3C SPARQL 1.1 suite in {SUITE}", SUITE.is_dir())


def test_the_suite_is_there() -> None:
    assert len(TESTS) == 20


@pytest.fixture(scope="module")
def suite_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of the suite's graphs, which all of its tests share."""
    folder = tmp_path_factory.mktemp("suite")
    (folder / "kg.toml").write_text('base = "https://example.org/"\n')
    quads = []
    for data in set(MANIFEST.objects(None, UT.graphData)):
        file = Path(str(MANIFEST.value(data, UT.graph)).removeprefix("http://suite/"))
        name = px.NamedNode(str(MANIFEST.value(data, RDFS.label)))
        for quad in read(SUITE / "protocol" / file.name).quads:
            quads.append(px.Quad(quad.subject, quad.predicate, quad.object, name))
    release_of(px.serialize(set(quads), format=px.RdfFormat.N_QUADS) or b"", folder / "build")
    with serving(folder, folder / "log") as found:
        yield found


@pytest.mark.parametrize("name", TESTS)
def test_the_answer_is_the_expected_one(name: str, suite_server: Server) -> None:
    test = next(test for test in MANIFEST.subjects(RDF.type, MF.ProtocolTest) if str(test).endswith(f"#{name}"))
    connection = MANIFEST.value(test, MF.action)
    requests = list(Collection(MANIFEST, MANIFEST.value(connection, HT.requests)))  # type: ignore[arg-type]
    assert requests
    for request in requests:
        response = sent(request, suite_server.url)
        expected = MANIFEST.value(request, HT.resp)
        families = {str(status)[-3] for status in MANIFEST.objects(expected, MF.expectedStatus)}
        assert str(response.status_code)[0] in families, response.text
        if (kind := MANIFEST.value(expected, MF.expectedFormat)) is not None:
            assert response.headers["content-type"].partition(";")[0] in TYPES[str(kind)]
        if (answer := MANIFEST.value(expected, MF.expectedBoolean)) is not None:
            assert response.json()["boolean"] is answer.toPython()  # type: ignore[attr-defined]


def sent(request: rdflib.term.Node, url: str) -> httpx.Response:
    """The response to a request of the manifest."""
    path = str(MANIFEST.value(request, HT.absolutePath)).removeprefix("/sparql/")
    body = MANIFEST.value(request, HT.body)
    headers = MANIFEST.value(request, HT.headers)
    fields = [
        (str(MANIFEST.value(field, HT.fieldName)), str(MANIFEST.value(field, HT.fieldValue)))
        for field in (Collection(MANIFEST, headers) if headers else ())
    ]
    content = None
    if body is not None:
        content = str(MANIFEST.value(body, CNT.chars)).encode(str(MANIFEST.value(body, CNT.characterEncoding)))
    return httpx.request(
        str(MANIFEST.value(request, HT.methodName)), f"{url}sparql{path}", headers=fields, content=content
    )


@pytest.mark.parametrize("type_", TYPES["RDF"])
def test_the_endpoint_describes_itself(type_: str, suite_server: Server) -> None:
    """The suite's three service description tests: RDF is returned, names its endpoint, and fits the vocabulary."""
    response = httpx.get(f"{suite_server.url}sparql", headers={"Accept": type_})
    assert response.status_code == 200
    assert response.headers["content-type"].partition(";")[0] == type_
    graph = rdflib.Graph().parse(
        data=inlined(response.content) if "json" in type_ else response.content,
        format="json-ld" if "json" in type_ else type_,
    )
    service = graph.value(predicate=RDF.type, object=SD.Service)
    assert graph.value(service, SD.endpoint) == rdflib.URIRef(f"{suite_server.url}sparql")
    used = {str(p) for p in graph.predicates() if str(p).startswith(str(SD))}
    known = {"endpoint", "supportedLanguage", "resultFormat", "defaultDataset", "defaultGraph", "namedGraph", "name"}
    assert used == {str(SD[name]) for name in known}
    for named in graph.objects(None, SD.namedGraph):
        assert graph.value(named, SD.name) is not None
