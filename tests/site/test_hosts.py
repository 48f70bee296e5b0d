"""What hosts are told: nginx and Apache for real, w3id's rules as text."""

import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest

from kg.errors import QueryError
from kg.query.opened import Opened
from kg.site.hosts import Place, rules
from tests.conftest import needs
from tests.site.conftest import Site
from tests.web.test_deploy import free_port

NGINX, APACHE = shutil.which("nginx"), shutil.which("apache2")
USER = Path("/proc/self").owner() if Path("/proc/self").exists() else ""


@contextmanager
def running(command: list[str], url: str) -> Iterator[str]:
    """A host that has been started and answers at an address."""
    with subprocess.Popen(command) as process:
        for _ in range(200):
            try:
                httpx.get(url)
                break
            except httpx.ConnectError:
                time.sleep(0.05)
        yield url
        process.terminate()


@contextmanager
def by_nginx(site: Site, folder: Path, port: int) -> Iterator[str]:
    """nginx with the configuration that a site holds, but for its port and the place of the folder."""
    said = (site.folder / "hosts" / "nginx.conf").read_text(encoding="utf-8")
    said = said.replace("127.0.0.1:8000", f"127.0.0.1:{port}").replace("/srv/site", str(site.folder.parent))
    said = said.replace("include mime.types", "include /etc/nginx/mime.types")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    aside = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    head = f"user {USER}; daemon off; pid {folder}/pid; error_log {folder}/error; events {{}}\n"
    config = folder / "nginx.conf"
    config.write_text(f"{head}http {{ access_log off; {aside}\n{said}\n}}\n", encoding="utf-8")
    with running([NGINX or "", "-c", str(config)], f"http://127.0.0.1:{port}/icc/") as url:
        yield url


@contextmanager
def by_apache(site: Site, folder: Path, port: int) -> Iterator[str]:
    """Apache with the modules of a shared host, which reads the `.htaccess` of the site."""
    loaded = ("mpm_event", "authz_core", "dir", "mime", "headers", "rewrite")
    config = folder / "apache.conf"
    config.write_text(
        "\n".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so" for name in loaded)
        + f"""
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {folder}/apache.pid
ErrorLog {folder}/apache.error
DefaultRuntimeDir {folder}
Mutex file:{folder}
TypesConfig /etc/mime.types
DocumentRoot {site.folder.parent}
<Directory {site.folder.parent}>
AllowOverride All
Require all granted
</Directory>
""",
        encoding="utf-8",
    )
    with running([APACHE or "", "-DFOREGROUND", "-f", str(config)], f"http://127.0.0.1:{port}/icc/") as url:
        yield url


HOSTS = {"nginx": by_nginx, "apache": by_apache}


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("nginx", marks=needs("nginx", NGINX is not None)),
        pytest.param("apache", marks=needs("Apache", APACHE is not None)),
    ],
)
def host(request: pytest.FixtureRequest, site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the site behind a host for real."""
    with HOSTS[request.param](site, tmp_path_factory.mktemp(request.param), free_port()) as url:
        yield url


@pytest.mark.long
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
    host: str, thing: str, accept: str, suffix: str, type_: str
) -> None:
    answer = httpx.get(f"{host}{thing}", headers={"Accept": accept})
    assert answer.status_code == 303
    assert urljoin(host, answer.headers["location"]) == f"{host}{thing}{suffix}"
    assert "Accept" in answer.headers["vary"]
    document = httpx.get(f"{host}{thing}{suffix}")
    assert document.status_code == 200
    assert document.headers["content-type"].startswith(type_)


@pytest.mark.parametrize(
    "address", ["", "query", "query/growth", "explore", "explore/kind/event", "id/kofi-annan.html"]
)
def test_pages_answer_without_their_suffix(host: str, address: str) -> None:
    answer = httpx.get(host + address)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "'wasm-unsafe-eval'" in answer.headers["content-security-policy"]


def test_what_is_not_there_is_a_page_that_leads_on(host: str) -> None:
    for address in ("nothing", "id/nobody.ttl"):
        answer = httpx.get(host + address)
        assert answer.status_code == 404
        assert "Nothing is here" in answer.text
    assert httpx.get(f"{host}id/nobody", follow_redirects=True).status_code == 404


def test_the_engine_is_given_as_it_is(host: str) -> None:
    answer = httpx.get(f"{host}static/oxigraph.wasm.gz", headers={"Accept-Encoding": "gzip"})
    assert answer.content[:2] == b"\x1f\x8b"


def test_the_address_of_a_release_leads_to_its_page(opened: Opened, host: str) -> None:
    moved = httpx.get(f"{host}release/{opened.name}")
    assert moved.status_code == 301
    assert moved.headers["location"].endswith(f"/release/{opened.name}/")
    page = httpx.get(f"{host}release/{opened.name}/")
    assert (page.status_code, f"Release <code>{opened.name}</code>" in page.text) == (200, True)
    assert httpx.get(f"{host}release/{opened.name}/citation.bib").text.startswith("@dataset{")


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


def test_things_that_are_gone_answer_so(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is renamed leads on, and facts that are gone, of which every edit makes some, are not found."""
    lost = {"id/old.name": "0a1b", "id/lost.one": "0a1b", "fact/0123": "0a1b"}
    monkeypatch.setattr(opened, "gone", lost)
    monkeypatch.setitem(opened.release.manifest, "renamed", {"old.name": "kofi-annan"})
    files = told(opened)
    assert re.findall(r".*\[G,L\]", files[".htaccess"]) == [r"RewriteRule ^id/lost\.one(\.[a-z]+)?$ - [G,L]"]
    assert re.findall(r"location ~ (\S+) { return 410; }", files["hosts/nginx.conf"]) == [
        r"^/icc/id/lost\.one(\.[a-z]+)?$"
    ]


def test_the_rules_of_w3id_lead_to_the_site(opened: Opened) -> None:
    said = told(opened, "https://user.github.io/icc")["hosts/w3id.htaccess"]
    assert "RewriteRule ^(id|fact|source|graph)/([^/]+)" in said
    assert "$ https://user.github.io/icc/$1/$2.ttl [R=303,L]" in said
    assert said.index("$2.nt ") < said.index("$2.html "), "the page where no other form is asked for"


def test_headers_are_below_the_path(opened: Opened) -> None:
    said = told(opened, "https://example.org/", "/sub/dir")["_headers"]
    assert {line for line in said.splitlines() if line.startswith("/")} >= {"/sub/dir/*", "/sub/dir/*.ttl"}
    assert re.search(r"/sub/dir/\*\.nt\n  Content-Type: application/n-triples", said)


@pytest.mark.parametrize("path", ["", "/", "sub", "/sub/", "sub/dir/"])
def test_a_path_begins_and_ends_with_a_slash(path: str) -> None:
    found = Place.of("https://example.org", path)
    assert found.url == "https://example.org/"
    assert found.path == (f"/{path.strip('/')}/" if path.strip("/") else "/")


@pytest.mark.parametrize(
    ("url", "path", "said"),
    [
        ("javascript:alert(1)", "", "--url"),
        ("example.org/x", "", "--url"),
        ("https://x.org/y?z=1#f", "", "--url"),
        ("https://x.org/\n", "", "--url"),
        ("https://x.org/", "https://x.org/y/", "--base-path"),
        ("https://x.org/", "../x", "--base-path"),
        ("https://x.org/", "a b", "--base-path"),
    ],
)
def test_what_is_no_place_is_told(url: str, path: str, said: str) -> None:
    with pytest.raises(QueryError, match=said):
        Place.of(url, path)


def test_the_page_of_what_is_not_found_is_for_this_path(opened: Opened) -> None:
    assert "ErrorDocument 404 /icc/404.html\n" in told(opened)[".htaccess"]
