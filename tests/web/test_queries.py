"""The SPARQL endpoint, the canned queries and the search, asked as clients ask."""

import csv
import gzip
import io
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
import rdflib
import rdflib.compare
from rdflib import RDF
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import JSON, TURTLE, SPARQLWrapper

from kg.rdf.formats import FORMATS, GRAPHS, TABLES
from tests.conftest import ROOT, Server, serving
from tests.web.conftest import BASE, RDFLIB, SELECT, read

REFUSED: list[tuple[str, Callable[[httpx.Client], httpx.Response], int, str]] = [
    ("a syntax error", lambda c: c.get("sparql", params={"query": "SELECT *\nWHERE { ?s ?p }"}), 400, "line 2"),
    ("an empty query", lambda c: c.get("sparql", params={"query": ""}), 400, "empty"),
    ("two queries", lambda c: c.get("sparql?query=ASK%7B%7D&query=ASK%7B%7D"), 400, "2 times"),
    (
        "a graph that is no IRI",
        lambda c: c.get("sparql?query=ASK%7B%7D&default-graph-uri=x"),
        400,
        "not an absolute IRI",
    ),
    ("a body with nothing", lambda c: c.post("sparql", data={"x": "1"}), 400, "no query"),
    ("bytes that are not UTF-8", lambda c: c.get("sparql?query=%ff"), 400, "UTF-8"),
    ("a NUL", lambda c: c.get("sparql?query=ASK%7B%7D%00"), 400, "NUL"),
    ("an update", lambda c: c.post("sparql", data={"update": "CLEAR ALL"}), 403, "refused"),
    ("an update as a query", lambda c: c.get("sparql", params={"query": "DROP ALL"}), 403, "DROP is an update"),
    ("SERVICE", lambda c: c.get("sparql", params={"query": "ASK { SERVICE <http://x/> { } }"}), 403, "SERVICE"),
    (
        "an update in the body",
        lambda c: c.post("sparql", content=b"CLEAR ALL", headers={"Content-Type": "application/sparql-update"}),
        403,
        "refused",
    ),
    (
        "no format",
        lambda c: c.get("sparql", params={"query": "ASK {}"}, headers={"Accept": "image/png"}),
        406,
        "image/png",
    ),
    (
        "no format for a graph",
        lambda c: c.get("sparql", params={"query": "DESCRIBE id:un"}, headers={"Accept": "text/csv"}),
        406,
        "graph",
    ),
    ("another method", lambda c: c.put("sparql"), 405, "PUT"),
    (
        "a large body",
        lambda c: c.post("sparql", content=b"#" * 1_100_000, headers={"Content-Type": "application/sparql-query"}),
        413,
        "1,048,576",
    ),
    (
        "a body of another type",
        lambda c: c.post("sparql", content=b"ASK {}", headers={"Content-Type": "text/plain"}),
        415,
        "text/plain",
    ),
    (
        "a compressed body",
        lambda c: c.post(
            "sparql",
            content=gzip.compress(b"#" * 10_000_000),
            headers={"Content-Type": "application/sparql-query", "Content-Encoding": "gzip"},
        ),
        415,
        "gzip",
    ),
    ("too many rows", lambda c: c.get("sparql", params={"query": "SELECT * { ?s ?p ?o . ?o ?q ?r }"}), 422, "rows"),
    ("a query nobody can read", lambda c: c.get("sparql", params={"query": "ASK " + "{" * 300}), 422, "nest"),
    ("many fields", lambda c: c.get("sparql?" + "&".join(["a=1"] * 1100)), 400, "fields"),
]


@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize("way", ["get", "form", "direct"])
def test_a_table_in_every_format_by_every_way_of_asking(client: httpx.Client, kind: str, way: str) -> None:
    headers = {"Accept": FORMATS[kind].media_type}
    if way == "get":
        response = client.get("sparql", params={"query": SELECT}, headers=headers)
    elif way == "form":
        response = client.post("sparql", data={"query": SELECT}, headers=headers)
    else:
        headers["Content-Type"] = "application/sparql-query"
        response = client.post("sparql", content=SELECT.encode(), headers=headers)
    assert response.status_code == 200
    assert response.headers["content-type"] == FORMATS[kind].content_type
    assert "Kofi Annan" in response.text


@pytest.mark.parametrize("kind", GRAPHS)
@pytest.mark.parametrize("form", ["CONSTRUCT WHERE { ?s a kg:TreatyAction }", "DESCRIBE id:kofi-annan"])
def test_a_graph_in_every_format(client: httpx.Client, kind: str, form: str) -> None:
    response = client.get("sparql", params={"query": form}, headers={"Accept": FORMATS[kind].media_type})
    assert response.headers["content-type"] == FORMATS[kind].content_type
    assert len(rdflib.Dataset().parse(data=read(response.content, kind), format=RDFLIB[kind])) > 0


def test_json_and_turtle_are_the_defaults(client: httpx.Client) -> None:
    def type_(query: str) -> str:
        return client.get("sparql", params={"query": query}, headers={"Accept": "*/*"}).headers["content-type"]

    assert type_(SELECT) == type_("ASK {}") == "application/sparql-results+json"
    assert type_("DESCRIBE id:kofi-annan") == "text/turtle; charset=utf-8"


@pytest.mark.parametrize(("ask", "status", "words"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_what_is_refused_says_why(
    client: httpx.Client, ask: Callable[[httpx.Client], httpx.Response], status: int, words: str
) -> None:
    response = ask(client)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert words in problem["detail"]


def test_a_syntax_error_has_its_line_and_column(client: httpx.Client) -> None:
    problem = client.get("sparql", params={"query": "SELECT *\nWHERE { ?s ?p }"}).json()
    assert (problem["line"], problem["column"]) == (2, 16)


def test_people_get_a_page_and_programs_a_problem(client: httpx.Client) -> None:
    response = client.get("nothing", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (response.status_code, response.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "<h1" in response.text
    assert client.get("nothing").headers["content-type"] == "application/problem+json"


@pytest.mark.long
def test_a_large_answer_streams_whole(campaign: Path, tmp_path: Path) -> None:
    query = "SELECT ?s ?p ?o ?q ?r WHERE { ?s ?p ?o . ?q a ?r } LIMIT 90000"
    with serving(campaign, tmp_path / "log", "--timeout", "20") as found:
        with httpx.stream(
            "GET", f"{found.url}sparql", params={"query": query, "format": "csv"}, timeout=60
        ) as response:
            data = response.read()
        assert int(response.headers["content-length"]) == len(data) > 10_000_000
        assert sum(1 for _ in csv.reader(io.StringIO(data.decode()))) == 90_001
        (spool,) = Path(tempfile.gettempdir()).glob(f"kg-serve-{found.process.pid}-*")
        assert not list(spool.iterdir()), "what was sent is gone from the disk"


@pytest.mark.parametrize("rows", [4999, 5000, 5001])
@pytest.mark.parametrize("kind", [*TABLES, "turtle"])
def test_the_limit_on_rows_is_exact(client: httpx.Client, kind: str, rows: int) -> None:
    """Also where texts hold what ends a row; 5,000 rows are allowed."""
    select = f"""SELECT (CONCAT(STR(?s), '\\r\\n}},{{"<result>', ?end) AS ?x)
        WHERE {{ ?s ?p ?o . ?t a ?u BIND("\\"}}" AS ?end) }} LIMIT {rows}"""
    construct = f"""CONSTRUCT {{ ?n <http://x/p> 1 }} WHERE {{ {{ SELECT ?n WHERE {{ ?s ?p ?o . ?t a ?u
        BIND(IRI(CONCAT("http://x/", SHA1(CONCAT(STR(?s), STR(?p), STR(?o), STR(?t), STR(?u))))) AS ?n) }}
        LIMIT {rows} }} }}"""
    query = construct if kind == "turtle" else select
    response = client.get("sparql", params={"query": query, "format": kind})
    assert response.status_code == (200 if rows <= 5000 else 422), response.text[:300]


def test_a_limit_on_bytes_is_never_a_cut_off_answer(campaign: Path, tmp_path: Path) -> None:
    with serving(campaign, tmp_path / "log", "--max-bytes", "20000") as found:
        for query in ("SELECT * { ?s ?p ?o }", "CONSTRUCT WHERE { ?s ?p ?o }"):
            response = httpx.get(f"{found.url}sparql", params={"query": query})
            assert (response.status_code, response.json()["status"]) == (422, 422)
            assert "20,000 bytes" in response.json()["detail"]


@pytest.mark.parametrize("kind", TABLES)
def test_a_canned_query_is_data(client: httpx.Client, kind: str) -> None:
    path = f"query/treaty-actions{FORMATS[kind].suffix}"
    everything, later = client.get(path), client.get(path, params={"since": "2000-01-01"})
    assert everything.headers["content-type"] == FORMATS[kind].content_type
    assert "Senegal" in everything.text
    assert "Senegal" not in later.text
    assert "Mexico" in later.text
    assert client.get(path, params={"treaty": "Rome Statute"}).content == everything.content


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("query/treaty-actions.csv?sinc=1", 400, "did you mean 'since'"),
        ("query/treaty-actions.csv?since=yesterday", 400, "since: 'yesterday' is not a day"),
        ("query/treaty-actions.csv?treaty=nobody", 400, "treaty: nothing in the graph is called 'nobody'"),
        ("query/treaty-actions.csv?since=2000-01-01&since=2001-01-01", 400, "since is given 2 times"),
        ("query/treaty-action.csv", 404, "did you mean 'treaty-actions'"),
        ("query/treaty-actions.ttl", 406, "application/sparql-results+json"),
        ("query/..%2f..%2fpyproject.csv", 404, ""),
        ("search?q=a&limit=many", 400, "limit"),
        ("search?q=a&limit=101", 400, "limit"),
        ("search?Q=a", 400, "unknown parameter"),
    ],
)
def test_a_wrong_parameter_is_named(client: httpx.Client, path: str, status: int, words: str) -> None:
    response = client.get(path)
    assert response.status_code == status
    assert words in response.json()["detail"]


def test_every_canned_query_answers(client: httpx.Client) -> None:
    listed = client.get("query", headers={"Accept": "application/json"}).json()["queries"]
    assert len(listed) == len(list((ROOT / "queries").glob("*.rq")))
    for query in listed:
        for suffix in query["formats"]:
            response = client.get(f"query/{query['name']}.{suffix}")
            assert response.status_code == 200, query["name"]
            assert len(response.content) > 4, query["name"]


@pytest.mark.parametrize("text", ["Kofi Annan", "kofi", "annan kofi", "lie-down", "Millennium"])
def test_search_finds_by_name_and_by_words(client: httpx.Client, text: str) -> None:
    results = client.get("search", params={"q": text, "format": "json"}).json()["results"]
    assert results
    assert client.get(results[0]["url"]).status_code == 303


@pytest.mark.parametrize(
    "text", ["", '"', "*", "NEAR(", "a AND", "'; DROP TABLE thing; --", "\u202e", "x" * 5000, "%", "😀"]
)
def test_search_takes_any_text(client: httpx.Client, text: str) -> None:
    response = client.get("search", params={"q": text, "format": "json"})
    assert response.status_code == 200
    assert isinstance(response.json()["results"], list)


def test_sparqlwrapper_works(server: Server) -> None:
    wrapper = SPARQLWrapper(f"{server.url}sparql")
    wrapper.setQuery(SELECT)
    wrapper.setReturnFormat(JSON)
    found = wrapper.queryAndConvert()
    assert found["results"]["bindings"][0]["name"]["value"] == "Kofi Annan"  # type: ignore[index,call-overload]
    wrapper.setMethod("POST")
    wrapper.setQuery("DESCRIBE id:kofi-annan")
    wrapper.setReturnFormat(TURTLE)
    assert b"Kofi Annan" in wrapper.query().convert()  # type: ignore[operator]


def test_rdflib_asks_the_endpoint_as_a_store(server: Server) -> None:
    graph = rdflib.Graph(SPARQLStore(f"{server.url}sparql", returnFormat="json"))
    annan = rdflib.URIRef(f"{BASE}id/kofi-annan")
    assert str(graph.value(annan, rdflib.SKOS.prefLabel)) == "Kofi Annan"
    assert (annan, RDF.type, rdflib.URIRef("https://schema.org/Person")) in graph


@pytest.mark.parametrize(
    ("query", "accept", "expected"),
    [
        ("ASK {}", "application/sparql-results+json, text/html;q=0.1", "application/sparql-results+json"),
        ("DESCRIBE id:un", "text/turtle, text/html;q=0.1", "text/turtle"),
        ("ASK {}", "text/html, */*;q=0.1", "text/html"),
        ("DESCRIBE id:un", "application/sparql-results+json, text/html;q=0.1", "text/html"),
        ("DESCRIBE id:un", "text/csv, text/turtle;q=0.2", "text/turtle"),
    ],
)
def test_the_best_liked_format_that_fits_the_answer(
    client: httpx.Client, query: str, accept: str, expected: str
) -> None:
    response = client.get("sparql", params={"query": query}, headers={"Accept": accept})
    assert response.headers["content-type"].partition(";")[0] == expected


def test_a_large_answer_is_not_shown_in_a_page(client: httpx.Client) -> None:
    query = {"query": "SELECT * { ?s ?p ?o . ?t a kg:Count } LIMIT 5000"}
    page = client.get("sparql", params=query, headers={"Accept": "text/html"})
    assert page.status_code == 422
    assert "1,000,000 bytes" in page.text
    assert client.get("sparql", params=query).status_code == 200


# The words behind an answer


def test_an_answer_comes_with_the_words_it_rests_on(client: httpx.Client) -> None:
    found = client.get("query/growth.json?evidence=1").json()
    assert set(found) == {"columns", "rows", "receipts"}
    assert len(found["rows"]) == len(found["receipts"]) == 7
    assert all(found["receipts"])
    rows = list(csv.DictReader(io.StringIO(client.get("query/funders.csv?evidence=1").text, newline="")))
    assert len(rows) == 24
    assert all(row["words"] and row["source"] == "international-campaign-icc" and row["fact"] for row in rows)
    assert client.get("query/funders.csv?evidence=0").text == client.get("query/funders.csv").text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("query/growth.json?evidence=2", 400),
        ("query/growth.xml?evidence=1", 406),
        ("query/unquoted.json?evidence=1", 406),
    ],
)
def test_receipts_that_cannot_be_given_are_refused(client: httpx.Client, address: str, status: int) -> None:
    assert client.get(address).status_code == status


def test_a_page_shows_the_words_of_each_row_and_leads_to_them(client: httpx.Client) -> None:
    text = client.get("query/growth", headers={"Accept": "text/html"}).text
    table = text[text.index('<table class="answers">') : text.index("</table>")]
    rows = table.split("<tr>")[2:]
    assert len(rows) == 7
    for row in rows:
        assert "<mark>" in row
        (address, *_) = re.findall(r'class="context" href="([^"]+)"', row)
        page, _, anchor = address.partition("#")
        assert f'id="{anchor}"' in client.get(page.removeprefix("../")).text
    assert "<summary>worked out</summary>" in table
