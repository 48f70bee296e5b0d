"""The OpenAPI description: valid, and true of the server, by a client that makes up requests from it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from kg.query.canned import list_queries
from kg.release.reader import Release
from kg.web.openapi import openapi
from tests.conftest import ROOT, Server, serving


def test_it_is_openapi_3_1_and_names_every_query(release: Release) -> None:
    document = openapi(list_queries(ROOT / "queries"), release.manifest, "https://example.org/")
    assert document["openapi"] == "3.1.0"
    assert document["servers"] == [{"url": "https://example.org"}]
    paths = {path for path in document["paths"] if path.startswith("/query/")}
    assert paths == {f"/query/{path.stem}.{{format}}" for path in (ROOT / "queries").glob("*.rq")}
    names = [o["operationId"] for path in document["paths"].values() for o in path.values()]
    assert len(names) == len(set(names))
    since = document["paths"]["/query/treaty-actions.{format}"]["get"]["parameters"][2]
    assert (since["name"], since["schema"]) == ("since", {"type": "string", "format": "date"})


@pytest.fixture
def server(campaign: Path, tmp_path: Path) -> Iterator[Server]:
    """A server that has time: what is made up here asks for the most there is."""
    with serving(campaign, tmp_path / "log", "--timeout", "60") as found:
        yield found


@pytest.mark.long
def test_no_request_that_it_allows_breaks_the_server(server: Server) -> None:
    """Schemathesis makes up requests for each operation: no 5xx, no status or type that is not described."""
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run", f"{server.url}openapi.json"),
        *(
            "--checks",
            "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
        ),
        *(
            "--phases",
            "examples,coverage,fuzzing",
            "--max-examples",
            "5",
            "--seed",
            "1",
            "--no-color",
            "--workers",
            "1",  # ast.parse, which Hypothesis calls, may fail in two threads on Python 3.11 (cpython#106905)
        ),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    operations = sum(len(path) for path in httpx.get(f"{server.url}openapi.json").json()["paths"].values())
    assert f"Tested: {operations}" in done.stdout, done.stdout[-3000:]
