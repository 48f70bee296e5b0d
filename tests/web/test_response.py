"""Conditional requests, HEAD, compression, and what browsers ask before scripts may read."""

import gzip
import hashlib
import time
from urllib.parse import urlsplit

import httpx
import pytest

from kg.rdf.formats import DOCUMENTS, FORMATS
from tests.conftest import Server
from tests.web.conftest import raw

ADDRESSES = [
    "",
    "id/kofi-annan",
    "id/kofi-annan.ttl",
    "source/international-campaign-icc.txt",
    "downloads/dataset.nq",
    "sparql?query=ASK%7B%7D",
    "query/treaty-actions.csv",
    "openapi.json",
    "health",
    "nothing",
]


@pytest.mark.long
def test_each_representation_has_its_own_strong_etag(client: httpx.Client) -> None:
    tags = {}
    for encoding in ("identity", "gzip"):
        for kind in DOCUMENTS:
            headers = {"Accept": FORMATS[kind].media_type, "Accept-Encoding": encoding}
            tags[kind, encoding] = client.get("source/international-campaign-icc", headers=headers).headers["etag"]
    assert len(set(tags.values())) == len(tags)
    assert not any(tag.startswith("W/") for tag in tags.values())


def test_unchanged_is_decided_after_negotiation(client: httpx.Client) -> None:
    turtle = client.get("ontology", headers={"Accept": "text/turtle"}).headers["etag"]
    again = client.get("ontology", headers={"Accept": "text/turtle", "If-None-Match": turtle})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", turtle)
    assert "Accept" in again.headers["vary"]
    other = client.get("ontology", headers={"Accept": "application/ld+json", "If-None-Match": turtle})
    assert other.status_code == 200
    assert client.get("ontology.ttl", headers={"If-None-Match": f'"x", W/{turtle}'}).status_code == 304
    assert client.get("ontology.ttl", headers={"If-None-Match": "*"}).status_code == 304
    assert client.get("nothing", headers={"If-None-Match": "*"}).status_code == 404


def test_compressed_and_plain_are_the_same_document(server: Server) -> None:
    path = urlsplit(server.url)
    request = f"GET /ontology.ttl HTTP/1.1\r\nHost: {path.netloc}\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n"
    head, _, body = raw(server.url, request.encode()).partition(b"\r\n\r\n")
    assert b"content-encoding: gzip" in head
    assert (
        gzip.decompress(body) == httpx.get(f"{server.url}ontology.ttl", headers={"Accept-Encoding": "identity"}).content
    )


@pytest.mark.parametrize("address", ADDRESSES)
def test_head_is_get_without_a_body(client: httpx.Client, address: str) -> None:
    got, head = client.get(address), client.head(address)
    same = ("content-type", "content-length", "etag", "location", "vary", "link", "access-control-allow-origin")
    assert head.status_code == got.status_code
    assert [head.headers.get(name) for name in same] == [got.headers.get(name) for name in same]
    assert head.content == b""


@pytest.mark.parametrize("address", ADDRESSES)
def test_scripts_of_other_sites_may_read_it(client: httpx.Client, address: str) -> None:
    assert client.get(address, headers={"Origin": "https://else.example"}).headers["access-control-allow-origin"] == "*"


def test_a_preflight_allows_what_sparql_clients_send(client: httpx.Client) -> None:
    asked = {"Origin": "https://else.example", "Access-Control-Request-Method": "POST"}
    response = client.options("sparql", headers=asked)
    assert response.status_code == 204
    assert "POST" in response.headers["access-control-allow-methods"]
    assert "Content-Type" in response.headers["access-control-allow-headers"]


@pytest.mark.parametrize(
    "accepted", [b"gzip" + b" " * 60_000 + b";q=0", b"gzip;" * 12_000, b", ".join([b"gzip;q=0.1"] * 5000)]
)
def test_no_header_costs_much_time(server: Server, accepted: bytes) -> None:
    def seconds(value: bytes) -> float:
        start = time.perf_counter()
        head = b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept-Encoding: "
        raw(server.url, head + value + b"\r\n\r\n")
        return time.perf_counter() - start

    plain = max(seconds(b"gzip") for _ in range(5))
    assert min(seconds(accepted) for _ in range(5)) < 20 * plain


def test_only_get_and_head_are_conditional(client: httpx.Client) -> None:
    assert client.post("sparql", data={"query": "ASK {}"}, headers={"If-None-Match": "*"}).status_code == 200
    etag = client.get("ontology.ttl").headers["etag"]
    lines = [("If-None-Match", etag), ("If-None-Match", '"x"')]
    assert client.get("ontology.ttl", headers=lines).status_code == 304


def test_a_download_has_an_etag(client: httpx.Client) -> None:
    headers = {"Accept-Encoding": "identity"}
    first = client.get("downloads/dataset.nq", headers=headers)
    again = client.get("downloads/dataset.nq", headers={**headers, "If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["etag"].strip('"') == hashlib.sha256(first.content).hexdigest()[:32]
