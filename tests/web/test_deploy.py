"""docs/deploy.md: what it says to write works as it stands."""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import pytest

from tests.conftest import ROOT, needs, run, serving

NGINX = shutil.which("nginx")
DEPLOY = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")


def snippet(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", DEPLOY, re.DOTALL)
    assert found
    return found[1]


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def behind_nginx(folder: Path, location: str, http: str = "") -> Iterator[str]:
    """The address of the graph behind an nginx with a location and what else stands in its block of http.

    A port that is free may be taken the next moment by another test's server; then it is another one.
    """
    user = "user root;" if os.getuid() == 0 else ""
    temporary = " ".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    for _ in range(5):
        port = free_port()
        config = folder / "nginx.conf"
        config.write_text(
            f"{user} daemon off; pid {folder}/pid; error_log {folder}/error; events {{}}\n"
            f"http {{ access_log off; {temporary}\n{http}\n"
            f"server {{ listen 127.0.0.1:{port};\n{location}\n}} }}\n"
        )
        process = subprocess.Popen([NGINX or "", "-c", str(config)])
        root = f"http://127.0.0.1:{port}/graph/"
        try:
            while process.poll() is None and not reachable_below(root):
                time.sleep(0.05)
            if process.poll() is None:
                yield root
                return
        finally:
            process.terminate()
            process.wait()
    pytest.fail(f"nginx does not start: {(folder / 'error').read_text(encoding='utf-8')}")


@needs("nginx", NGINX is not None)
def test_the_nginx_snippet_serves_the_graph_below_a_path(campaign: Path, tmp_path: Path) -> None:
    with serving(campaign, tmp_path / "log", "--root-path", "/graph", "--proxy-headers") as found:
        location = snippet("nginx").replace("127.0.0.1:8000", urlsplit(found.url).netloc)
        with behind_nginx(tmp_path, location) as root:
            response = httpx.get(f"{root}id/kofi-annan", headers={"Accept": "text/turtle"})
            assert urljoin(str(response.url), response.headers["location"]) == f"{root}id/kofi-annan.ttl"
            assert "Kofi Annan" in httpx.get(f"{root}id/kofi-annan.ttl").text
            manifest = httpx.get(f"{root}reconcile").json()
            assert manifest["view"]["url"] == f"{root}id/{{{{id}}}}"
            query = {"query": "ASK { ?s a <https://schema.org/Person> }"}
            assert httpx.post(f"{root}sparql", data=query).json() == {"head": {}, "boolean": True}


@pytest.mark.long
@needs("nginx", NGINX is not None)
def test_the_cache_snippet_keeps_answers_for_a_second(campaign: Path, tmp_path: Path) -> None:
    with serving(campaign, tmp_path / "log", "--root-path", "/graph", "--proxy-headers") as found:
        zone = snippet("nginx-http").replace("/var/cache/nginx/graph", str(tmp_path / "cache"))
        location = snippet("nginx").replace("127.0.0.1:8000", urlsplit(found.url).netloc)
        location = location.rstrip().removesuffix("}") + snippet("nginx-cache") + "}"
        with behind_nginx(tmp_path, f"large_client_header_buffers 4 64k;\n{location}", zone) as root:
            for accept in ("text/turtle", "text/html"):
                for _ in range(10):
                    kept = httpx.get(f"{root}ontology", headers={"Accept": accept})
                    assert kept.headers["content-type"].startswith(accept)
            time.sleep(1.5)
            assert httpx.get(f"{root}ontology", headers={"Accept": "text/turtle"}).status_code == 200
            time.sleep(0.5)
            asked = [line for line in found.lines() if '"/graph/ontology"' in line or '"/ontology"' in line]
            assert len(asked) <= 8, "of 21"
            assert any('"status": 304' in line for line in asked), "the last one asks whether it is the same"
            long = "SELECT * {} #" + "x" * 15_000
            assert httpx.get(f"{root}sparql", params={"query": long}).status_code == 200


def reachable_below(root: str) -> bool:
    try:
        return httpx.get(f"{root}health").status_code == 200
    except httpx.TransportError:
        return False


def test_the_options_that_it_names_are_those_of_the_command() -> None:
    said = run("serve", "--help", cwd=ROOT).stdout.decode()
    named = set(re.findall(r"(?<![\w-])--(?:workers|timeout|max-\w+|proxy-headers|root-path|log-\w+)", DEPLOY))
    assert len(named) == 9
    assert all(option in said for option in named)
