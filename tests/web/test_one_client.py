"""One client never slows another, whatever it asks for; and what it sends is read as the protocols say."""

import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import httpx
import pytest
import rdflib
from SPARQLWrapper import CSV, JSON, JSONLD, N3, RDFXML, TSV, TURTLE, XML, SPARQLWrapper

from kg.release.reader import Release
from tests.conftest import Server, serving
from tests.web.conftest import CROSS, raw

WIDE = f"SELECT {' '.join(f'?v{n}' for n in range(700))} {{ VALUES ?v0 {{ 1 2 3 }} }}"
TOO_WIDE = f"SELECT {' '.join(f'?v{n}' for n in range(3000))} {{}}"


def other() -> httpx.Client:
    """Another client, by its address."""
    return httpx.Client(transport=httpx.HTTPTransport(local_address="127.0.0.2"), timeout=30)


def slowest(server: Server, hostile: Callable[[httpx.Client, int], object], seconds: float = 2) -> float:
    """The slowest answer that another client gets while one asks over four connections."""
    ended = time.monotonic() + seconds
    with other() as beside:
        address = f"{server.url}id/kofi-annan.ttl"
        beside.get(address)

        def attack() -> None:
            with httpx.Client(base_url=server.url, timeout=30) as client:
                number = 0
                while time.monotonic() < ended:
                    hostile(client, number := number + 1)

        threads = [threading.Thread(target=attack) for _ in range(4)]
        for thread in threads:
            thread.start()
        found = []
        while time.monotonic() < ended:
            start = time.perf_counter()
            assert beside.get(address).status_code == 200
            found.append(time.perf_counter() - start)
            time.sleep(0.01)
        for thread in threads:
            thread.join()
    return max(found)


def test_fields_and_types_that_are_made_up_make_no_page_anew(server: Server) -> None:
    """The first page takes a while; the same with a field or an order of types that nobody knows takes none."""
    with httpx.Client(base_url=server.url) as client:
        address = "source/international-campaign-icc.html"
        client.get(address)
        made = []
        for number in range(30):
            start = time.perf_counter()
            found = client.get(f"{address}?x={number}", headers={"Accept": f"text/html;q=0.{number + 1}, image/png"})
            made.append(time.perf_counter() - start)
            assert found.headers["etag"] == client.get(address).headers["etag"]
        assert median(made) < 0.1, "once made, it takes some 300 ms to make it again"


@pytest.mark.long
@pytest.mark.parametrize("query", [WIDE, TOO_WIDE])
def test_wide_answers_disturb_nobody(server: Server, query: str) -> None:
    def ask(client: httpx.Client, number: int) -> None:
        client.get("sparql", params={"query": f"{query} # {number}"}, headers={"Accept": "text/html"})

    assert slowest(server, ask) < 1


def test_an_answer_of_too_many_cells_is_no_page(server: Server) -> None:
    for rows, status in (("", 200), ("VALUES ?v0 { 1 2 3 4 5 6 7 }", 422)):  # of 3,000 columns, six are shown
        query = TOO_WIDE.replace("{}", f"{{ {rows} }}")
        found = httpx.get(f"{server.url}sparql", params={"query": query}, headers={"Accept": "text/html"}, timeout=30)
        assert found.status_code == status
    rows = "SELECT ?a ?b ?c ?d ?e ?f { ?a ?b ?c . ?d ?e ?f } LIMIT 4000"
    found = httpx.get(f"{server.url}sparql", params={"query": rows}, headers={"Accept": "text/html"}, timeout=30)
    assert found.status_code == 422
    assert "the answer has more than" in found.text


@pytest.mark.long
def test_slow_queries_of_one_client_leave_a_worker_to_another(campaign: Path, tmp_path: Path) -> None:
    with serving(campaign, tmp_path / "log", "--timeout", "6", "--workers", "2") as found, other() as beside:
        query = f"{found.url}sparql"
        threads = [
            threading.Thread(target=httpx.get, args=(query,), kwargs={"params": {"query": CROSS}, "timeout": 30})
            for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        time.sleep(0.3)
        start = time.perf_counter()
        assert beside.get(query, params={"query": "ASK {}"}).status_code == 200
        assert time.perf_counter() - start < 3, "one worker is free"
        for thread in threads:
            thread.join()


def test_a_reader_that_goes_away_is_noted(server: Server, release: Release) -> None:
    where = urlsplit(server.url)
    with socket.create_connection((where.hostname or "", where.port or 80)) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(b"GET /downloads/dataset.nq?gone HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(1024)
        time.sleep(0.3)
    for _ in range(100):
        if any('"cut": true' in line and "dataset.nq" in line for line in server.lines()):
            return
        time.sleep(0.05)
    pytest.fail("no line of an answer that was cut")


def test_a_slow_reader_gets_the_whole_answer(server: Server, release: Release) -> None:
    size = release.dataset.stat().st_size
    where = urlsplit(server.url)
    with socket.create_connection((where.hostname or "", where.port or 80)) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        connection.sendall(b"GET /downloads/dataset.nq HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        taken = 0
        while part := connection.recv(1 << 16):
            taken += len(part)
            time.sleep(0.02)
    assert taken > size


# The protocols


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /health HTTP/1.1\r\n\r\n", b"400"),
        (b"GET /health HTTP/1.0\r\n\r\n", b"200"),
        (b"GET /health HTTP/1.1\r\nHost: my_host.example:80\r\nConnection: close\r\n\r\n", b"200"),
        (b"GET http://x/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", b"200"),
        (b"GET /id/kofi-annan.ttl HTTP/1.1\r\nHost: x y\r\nConnection: close\r\n\r\n", b"400"),
        (b"GET /id/kofi-annan.ttl HTTP/1.1\r\nHost: x\r\nHost: y\r\nConnection: close\r\n\r\n", b"400"),
    ],
)
def test_the_host_is_looked_at_before_anything_else(server: Server, request_: bytes, status: bytes) -> None:
    httpx.get(f"{server.url}id/kofi-annan.ttl")  # which is in the cache then
    assert raw(server.url, request_).split(b" ")[1] == status


def test_a_trailer_is_no_header(server: Server) -> None:
    body = b"POST /sparql HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/sparql-query\r\n"
    body += b"Transfer-Encoding: chunked\r\nTrailer: Accept\r\n\r\n6\r\nASK {}\r\n0\r\nAccept: text/csv\r\n\r\n"
    assert b"application/sparql-results+json" in raw(server.url, body)


@pytest.mark.parametrize("asked", ["authorization, x-requested-with", "range", "If-Match,content-type"])
def test_a_preflight_allows_what_clients_send(server: Server, asked: str) -> None:
    headers = {"Origin": "https://x", "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": asked}
    found = httpx.options(f"{server.url}sparql", headers=headers)
    assert found.status_code == 204
    assert found.headers["access-control-allow-headers"] == asked
    headers["Access-Control-Request-Headers"] = "a b"
    assert "a b" not in httpx.options(f"{server.url}sparql", headers=headers).headers["access-control-allow-headers"]


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-9", 206, (0, 10)),
        ("bytes=10-", 206, (10, None)),
        ("bytes=-5", 206, (-5, None)),
        ("bytes=999999999-", 416, (0, 0)),
        ("bytes=0-1,3-4", 200, (0, None)),
        ("lines=1-2", 200, (0, None)),
        ("bytes=9-2", 200, (0, None)),
    ],
)
def test_a_part_of_a_download_can_be_asked_for(
    server: Server, release: Release, asked: str, status: int, part: tuple[int, int | None]
) -> None:
    data = release.dataset.read_bytes()
    found = httpx.get(f"{server.url}downloads/dataset.nq", headers={"Range": asked, "Accept-Encoding": "identity"})
    assert found.status_code == status
    assert found.content == data[part[0] : part[1]]
    assert found.headers["accept-ranges"] == "bytes"
    if status == 206:
        first = len(data) + part[0] if part[0] < 0 else part[0]
        last = (len(data) if part[1] is None else part[1]) - 1
        assert found.headers["content-range"] == f"bytes {first}-{last}/{len(data)}"


def test_what_if_match_names_is_the_representation(server: Server) -> None:
    with httpx.Client(base_url=server.url) as client:
        etag = client.get("ontology.ttl").headers["etag"]
        assert client.get("ontology.ttl", headers={"If-Match": etag}).status_code == 200
        assert client.get("ontology.ttl", headers={"If-Match": "*"}).status_code == 200
        assert client.get("ontology.ttl", headers={"If-Match": '"other"'}).status_code == 412
        assert client.get("ontology.ttl", headers={"If-Match": f"W/{etag}"}).status_code == 412
        assert client.get("ontology.ttl", headers=[("If-Match", etag), ("If-Match", '"other"')]).status_code == 200


def test_a_part_is_of_the_representation_that_was_begun(server: Server) -> None:
    address = f"{server.url}downloads/dataset.nq"
    etag = httpx.head(address).headers["etag"]
    for name, status in ((etag, 206), ('"other"', 200)):
        assert httpx.get(address, headers={"Range": "bytes=0-9", "If-Range": name}).status_code == status


@pytest.mark.parametrize(
    ("address", "accept", "type_"),
    [
        ("id/kofi-annan", "text/plain", "application/n-triples"),
        ("id/kofi-annan", "application/json", "application/ld+json"),
        ("source/international-campaign-icc", "text/plain", "text/plain"),
        ("validation", "application/json", "application/json"),
        ("query/timeline", "application/json", "application/sparql-results+json"),
    ],
)
def test_plain_text_and_json_have_a_meaning_everywhere(server: Server, address: str, accept: str, type_: str) -> None:
    found = httpx.get(f"{server.url}{address}", headers={"Accept": accept}, follow_redirects=True)
    assert found.status_code == 200
    assert found.headers["content-type"].partition(";")[0] == type_


def test_addresses_that_browsers_and_people_write_lead_on(server: Server) -> None:
    assert "svg" in httpx.get(f"{server.url}favicon.ico", follow_redirects=True).headers["content-type"]
    for address in ("query/", "id/kofi-annan/", "dataset/?x=1"):
        found = httpx.get(f"{server.url}{address}")
        assert found.status_code == 308
        assert httpx.get(f"{server.url}{address}", follow_redirects=True).status_code == 200
    assert httpx.get(f"{server.url}nothing/").status_code == 308
    assert httpx.get(f"{server.url}nothing/", follow_redirects=True).status_code == 404


@pytest.mark.parametrize("kind", [JSON, XML, CSV, TSV])
def test_sparqlwrapper_gets_tables_in_every_format(server: Server, kind: str) -> None:
    wrapper = SPARQLWrapper(f"{server.url}sparql")
    wrapper.setQuery("SELECT ?p { id:kofi-annan ?p ?o } LIMIT 2")
    wrapper.setReturnFormat(kind)
    assert wrapper.query().convert()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # SPARQLWrapper's own
@pytest.mark.parametrize("kind", [TURTLE, N3, RDFXML, XML, JSONLD])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_sparqlwrapper_gets_graphs_in_every_format(server: Server, kind: str, method: str) -> None:
    wrapper = SPARQLWrapper(f"{server.url}sparql")
    wrapper.setQuery("CONSTRUCT { id:kofi-annan ?p ?o } WHERE { id:kofi-annan ?p ?o }")
    wrapper.setReturnFormat(kind)
    wrapper.setMethod(method)
    found = wrapper.query().convert()
    graph = found if isinstance(found, rdflib.Graph) else rdflib.Graph().parse(data=bytes(found), format="turtle")  # type: ignore[arg-type]
    assert len(graph) > 3


def test_health_counts_the_workers_that_live(campaign: Path, tmp_path: Path) -> None:
    with serving(campaign, tmp_path / "log", "--workers", "2") as found:
        said = httpx.get(f"{found.url}health")
        assert (said.status_code, said.json()["workers"]) == (200, 2)
