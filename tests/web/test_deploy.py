"""docs/deploy.md: what it says to write works as it stands."""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx

from tests.conftest import ROOT, needs, run, serving

NGINX = shutil.which("nginx")
DEPLOY = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")


def snippet(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", DEPLOY, re.DOTALL)
    assert found
    return found[1]


@needs("nginx", NGINX is not None)
def test_the_nginx_snippet_serves_the_graph_below_a_path(campaign: Path, tmp_path: Path) -> None:
    with serving(campaign, tmp_path / "log", "--root-path", "/graph", "--proxy-headers") as found:
        port = (urlsplit(found.url).port or 0) + 1
        location = snippet("nginx").replace("127.0.0.1:8000", urlsplit(found.url).netloc)
        config = tmp_path / "nginx.conf"
        config.write_text(
            f"daemon off; pid {tmp_path}/pid; error_log {tmp_path}/error;\nevents {{}}\nhttp {{ access_log off;\n"
            f"client_body_temp_path {tmp_path}/1; proxy_temp_path {tmp_path}/2; fastcgi_temp_path {tmp_path}/3;\n"
            f"uwsgi_temp_path {tmp_path}/4; scgi_temp_path {tmp_path}/5;\n"
            f"server {{ listen 127.0.0.1:{port};\n{location}\n}} }}\n"
        )
        process = subprocess.Popen([NGINX or "", "-c", str(config)])
        try:
            root = f"http://127.0.0.1:{port}/graph/"
            for _ in range(100):
                if reachable_below(root):
                    break
                time.sleep(0.05)
            response = httpx.get(f"{root}id/kofi-annan", headers={"Accept": "text/turtle"})
            assert urljoin(str(response.url), response.headers["location"]) == f"{root}id/kofi-annan.ttl"
            assert "Kofi Annan" in httpx.get(f"{root}id/kofi-annan.ttl").text
            manifest = httpx.get(f"{root}reconcile").json()
            assert manifest["view"]["url"] == f"{root}id/{{{{id}}}}"
            query = {"query": "ASK { ?s a <https://schema.org/Person> }"}
            assert httpx.post(f"{root}sparql", data=query).json() == {"head": {}, "boolean": True}
        finally:
            process.terminate()
            process.wait()


@needs("nginx", NGINX is not None)
def test_the_cache_snippet_keeps_answers_for_a_second(campaign: Path, tmp_path: Path) -> None:
    with serving(campaign, tmp_path / "log", "--root-path", "/graph", "--proxy-headers") as found:
        port = (urlsplit(found.url).port or 0) + 1
        zone = snippet("nginx-http").replace("/var/cache/nginx/graph", str(tmp_path / "cache"))
        location = snippet("nginx").replace("127.0.0.1:8000", urlsplit(found.url).netloc)
        location = location.rstrip().removesuffix("}") + snippet("nginx-cache") + "}"
        config = tmp_path / "nginx.conf"
        config.write_text(
            f"{'user root;' if os.getuid() == 0 else ''} daemon off; pid {tmp_path}/pid; error_log {tmp_path}/error;\n"
            f"events {{}}\nhttp {{ access_log off; client_body_temp_path {tmp_path}/1; proxy_temp_path {tmp_path}/2;\n"
            f"fastcgi_temp_path {tmp_path}/3; uwsgi_temp_path {tmp_path}/4; scgi_temp_path {tmp_path}/5;\n{zone}\n"
            f"server {{ listen 127.0.0.1:{port}; large_client_header_buffers 4 64k;\n{location}\n}} }}\n"
        )
        process = subprocess.Popen([NGINX or "", "-c", str(config)])
        try:
            root = f"http://127.0.0.1:{port}/graph/"
            for _ in range(100):
                if reachable_below(root):
                    break
                time.sleep(0.05)
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
        finally:
            process.terminate()
            process.wait()


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
