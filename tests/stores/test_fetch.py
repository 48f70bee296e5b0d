"""What an endpoint holds, exported and validated; what it does not give whole is told."""

import json
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from kg.errors import StoreError
from kg.release.reader import Release
from kg.stores.base import Endpoint
from kg.stores.fetch import fetched
from tests.conftest import run
from tests.stores.conftest import Silent, update

MOST = 1000  # rows that the limited endpoint gives


def test_an_export_of_an_endpoint_has_the_quads_of_the_release(campaign: Path, loaded: str) -> None:
    options = ("export", "-t", "nquads")
    expected, found = run(*options, cwd=campaign), run(*options, "--endpoint", loaded, cwd=campaign)
    assert found.returncode == 0, found.stderr.decode()
    assert found.stdout == expected.stdout
    assert found.stdout.count(b"\n") > 15_000


@pytest.mark.long
def test_what_an_endpoint_holds_is_validated(campaign: Path, tmp_path: Path, loaded: str) -> None:
    found = run("validate", "-t", "json", "--endpoint", loaded, cwd=campaign)
    assert found.returncode == 0, found.stderr.decode()
    assert json.loads(found.stdout)["conforms"] is True
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix s: <https://schema.org/> .\n"
        "<urn:s> a sh:NodeShape ; sh:targetClass s:Country ; sh:property [ sh:path s:nobody ; sh:minCount 1 ] .\n",
        encoding="utf-8",
    )
    found = run("validate", "--shapes", shapes, "-t", "json", "--endpoint", loaded, cwd=campaign)
    said = json.loads(found.stdout)
    assert found.returncode == 1
    assert {place["file"] for finding in said["findings"] for place in finding["places"]} == {loaded}


class Limited(Silent):
    """Gives no more than MOST rows, and does not say so, as public endpoints do."""

    def do_POST(self) -> None:  # noqa: N802  (the name that http.server calls)
        body = self.sent()
        form = {**parse_qs(body.decode())}
        answer = httpx.post(self.server.store, data=form, headers={"Accept": self.headers["Accept"]}, timeout=60)
        said = answer.json()
        if "results" in said:
            said["results"]["bindings"] = said["results"]["bindings"][:MOST]
        self.reply(200, json.dumps(said).encode())


def test_an_endpoint_with_a_limit_of_rows_is_told(
    listening: Any, loaded: str, release: Release, tmp_path: Path
) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Limited)
    server.store = loaded  # type: ignore[attr-defined]  # the handler's
    listening(server)
    with pytest.raises(StoreError, match=r"it gave 1,000 of [\d,]+ statements; raise its limit of rows"):
        fetched(release, Endpoint(f"http://127.0.0.1:{server.server_address[1]}/query"), tmp_path)


def test_graphs_of_others_are_not_fetched(empty: Endpoint, template: Path, tmp_path: Path) -> None:
    """Those whose names begin as the release's do, too."""
    assert run("load", "--endpoint", empty.url, cwd=template).returncode == 0
    for graph in ("http://x/g", "https://example.org/a/fact/0123", "https://example.org/graph/loading/0a1b/default"):
        update(empty, f"INSERT DATA {{ GRAPH <{graph}> {{ <http://x/a> <http://x/b> 1 }} }}")
    found = run("export", "-t", "nquads", "--endpoint", empty.url, cwd=template)
    assert found.returncode == 0, found.stderr.decode()
    assert found.stdout == run("export", "-t", "nquads", cwd=template).stdout
