"""What the tests of the server share: a client, and requests as they are."""

import socket
import subprocess
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from tests.conftest import Server, inlined

BASE = "https://icc-campaign.example.org/"


CROSS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


SELECT = "SELECT ?name WHERE { <https://icc-campaign.example.org/id/kofi-annan> skos:prefLabel ?name }"


RDFLIB = {
    "turtle": "turtle",
    "jsonld": "json-ld",
    "ntriples": "nt",
    "nquads": "nquads",
    "trig": "trig",
    "rdfxml": "xml",
}


@pytest.fixture(scope="session")
def client(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=30) as found:
        yield found


def read(data: bytes, kind: str) -> bytes | str:
    """A document as rdflib can read it where nothing can be fetched."""
    return inlined(data) if kind == "jsonld" and data.startswith(b"{") else data


def raw(url: str, request: bytes, wait: float = 5) -> bytes:
    """What comes back for bytes as they are, until the server closes or nothing more comes."""
    where = urlsplit(url)
    with socket.create_connection((where.hostname or "", where.port or 80), timeout=wait) as connection:
        connection.sendall(request)
        parts = []
        try:
            while part := connection.recv(65536):
                parts.append(part)
        except (TimeoutError, ConnectionResetError):
            pass
        return b"".join(parts)


def children(pid: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, check=False, text=True).stdout
    return [int(line) for line in found.split()]
