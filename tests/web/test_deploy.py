"""docs/deploy.md: what it says to write works as it stands."""

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
            assert manifest["view"]["url"] == "http://127.0.0.1/graph/id/{{id}}"
            query = {"query": "ASK { ?s a <https://schema.org/Person> }"}
            assert httpx.post(f"{root}sparql", data=query).json() == {"head": {}, "boolean": True}
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
