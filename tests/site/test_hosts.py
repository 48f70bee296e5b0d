"""What hosts are told: nginx for real, Apache's and w3id's rules as text; citations that others' schemas accept."""

import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import yaml

from kg.query.opened import Opened
from kg.site.hosts import Place, rules
from tests.conftest import needs
from tests.site.conftest import Site
from tests.web.test_deploy import free_port

NGINX = shutil.which("nginx")


@pytest.fixture(scope="module")
def nginx(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """nginx with the configuration that a site holds, but for its port and the place of the folder."""
    folder = tmp_path_factory.mktemp("nginx")
    port = free_port()
    said = (site.folder / "hosts" / "nginx.conf").read_text(encoding="utf-8")
    said = said.replace("127.0.0.1:8000", f"127.0.0.1:{port}").replace("/srv/site", str(site.folder.parent))
    said = said.replace("include mime.types", "include /etc/nginx/mime.types")
    user = f"user {Path('/proc/self').owner()};"
    aside = " ".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = folder / "nginx.conf"
    head = f"{user} daemon off; pid {folder}/pid; error_log {folder}/error; events {{}}\n"
    config.write_text(f"{head}http {{ access_log off; {aside}\n{said}\n}}\n", encoding="utf-8")
    with subprocess.Popen([NGINX or "", "-c", str(config)]) as process:
        url = f"http://127.0.0.1:{port}/icc/"
        for _ in range(200):
            try:
                httpx.get(url)
                break
            except httpx.ConnectError:
                time.sleep(0.05)
        yield url
        process.terminate()


@needs("nginx", NGINX is not None)
@pytest.mark.parametrize(
    ("accept", "suffix", "type_"),
    [
        ("text/turtle", ".ttl", "text/turtle"),
        ("application/ld+json", ".jsonld", "application/ld+json"),
        ("application/n-triples, */*;q=0.1", ".nt", "application/n-triples"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", ".html", "text/html"),
        ("*/*", ".html", "text/html"),
    ],
)
@pytest.mark.parametrize("thing", ["id/kofi-annan", "graph/ontology", "source/international-campaign-icc"])
def test_an_iri_leads_to_the_form_that_is_asked_for(
    nginx: str, thing: str, accept: str, suffix: str, type_: str
) -> None:
    answer = httpx.get(f"{nginx}{thing}", headers={"Accept": accept})
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/icc/{thing}{suffix}"
    assert "Accept" in answer.headers["vary"]
    document = httpx.get(f"{nginx}{thing}{suffix}")
    assert document.status_code == 200
    assert document.headers["content-type"].startswith(type_)


@needs("nginx", NGINX is not None)
@pytest.mark.parametrize(
    "address", ["", "query", "query/growth", "explore", "explore/kind/event", "id/kofi-annan.html"]
)
def test_pages_answer_without_their_suffix(nginx: str, address: str) -> None:
    answer = httpx.get(nginx + address)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "'wasm-unsafe-eval'" in answer.headers["content-security-policy"]


@needs("nginx", NGINX is not None)
def test_what_is_not_there_is_a_page_that_leads_on(nginx: str) -> None:
    for address in ("nothing", "id/nobody.ttl"):
        answer = httpx.get(nginx + address)
        assert answer.status_code == 404
        assert "Nothing is here" in answer.text
    assert httpx.get(f"{nginx}id/nobody", follow_redirects=True).status_code == 404


@needs("nginx", NGINX is not None)
def test_the_engine_is_given_as_it_is(nginx: str) -> None:
    answer = httpx.get(f"{nginx}static/oxigraph.wasm.gz", headers={"Accept-Encoding": "gzip"})
    assert answer.content[:2] == b"\x1f\x8b"


def told(opened: Opened, url: str = "https://example.org/icc/", path: str = "") -> dict[str, str]:
    return {name: data.decode() for name, data in rules(opened, Place.of(url, path))}


def test_renamed_things_are_redirected(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(opened.release.manifest, "renamed", {"old.name": "kofi-annan"})
    files = told(opened)
    assert files["_redirects"] == "/icc/id/old.name /icc/id/kofi-annan.html 301\n"
    assert r"RewriteRule ^id/old\.name(\.[a-z]+)?$ id/kofi-annan$1 [R=301,L]" in files[".htaccess"]
    assert (
        r"location ~ ^/icc/id/old\.name(?<form>\.[a-z]+)?$ { return 301 /icc/id/kofi-annan$form; }"
        in files["hosts/nginx.conf"]
    )


def test_the_rules_of_w3id_lead_to_the_site(opened: Opened) -> None:
    said = told(opened, "https://user.github.io/icc")["hosts/w3id.htaccess"]
    assert "RewriteRule ^(id|fact|source|graph)/([^/]+)" in said
    assert "$ https://user.github.io/icc/$1/$2.ttl [R=303,L]" in said
    assert said.index("$2.nt ") < said.index("$2.html "), "the page where no other form is asked for"


def test_headers_are_below_the_path(opened: Opened) -> None:
    said = told(opened, "https://example.org/", "/sub/dir")["_headers"]
    assert {line for line in said.splitlines() if line.startswith("/")} >= {"/sub/dir/*", "/sub/dir/*.ttl"}
    assert re.search(r"/sub/dir/\*\.nt\n  Content-Type: application/n-triples", said)


def test_the_citation_is_yaml_with_what_the_format_asks_for(opened: Opened) -> None:
    said = yaml.safe_load(told(opened)["CITATION.cff"])
    assert {"cff-version", "message", "title", "authors"} <= said.keys()  # Citation File Format 1.2.0, required
    assert said["version"] == opened.name
    assert said["title"] == "The campaign for the International Criminal Court"
    assert all(author["name"] for author in said["authors"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", said["date-released"])


def test_the_crate_describes_every_download(opened: Opened, site: Site) -> None:
    said = json.loads(told(opened)["ro-crate-metadata.json"])
    by_id = {one["@id"]: one for one in said["@graph"]}
    assert by_id["ro-crate-metadata.json"]["about"] == {"@id": "./"}
    for key in ("name", "description", "datePublished", "license"):  # RO-Crate 1.1, 4.3: of the root
        assert by_id["./"][key], key
    for part in by_id["./"]["hasPart"]:
        assert (site.folder / part["@id"]).is_file()
        assert by_id[part["@id"]]["encodingFormat"]


@pytest.mark.parametrize("path", ["", "/", "sub", "/sub/", "sub/dir/"])
def test_a_path_begins_and_ends_with_a_slash(path: str) -> None:
    found = Place.of("https://example.org", path)
    assert found.url == "https://example.org/"
    assert found.path == (f"/{path.strip('/')}/" if path.strip("/") else "/")
