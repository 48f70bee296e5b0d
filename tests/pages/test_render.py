"""What every page has in common: its head, its weight, and that nothing that the graph holds runs."""

import gzip
import hashlib
import json
import re
import shutil
from pathlib import Path
from urllib.parse import quote

import html5lib
import httpx
import pyoxigraph as px
import pytest

from kg.build.releasing import build
from kg.pages import catalogue
from kg.pages.error import error_page
from kg.project import TEMPLATE, read_project
from kg.query import opened as opened_module
from kg.query.opened import Opened
from kg.rdf import iris
from kg.release.search import most
from tests.conftest import ROOT, serving
from tests.pages.conftest import HTML, PAGES, parsed

ATTACK = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}</script><!--"


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose labels, quotes, notes and title try to run scripts."""
    folder = tmp_path_factory.mktemp("attacked") / "project"
    shutil.copytree(TEMPLATE, folder)
    source = folder / "data" / "sources" / "notice.txt"
    text = source.read_text(encoding="utf-8") + f"\n{ATTACK}\n"
    source.write_text(text, encoding="utf-8")
    listed = folder / "data" / "sources.yaml"
    digest = hashlib.sha256(text.encode()).hexdigest()
    listed.write_text(re.sub(r"sha256: \w+", f"sha256: {digest}", listed.read_text(encoding="utf-8")), encoding="utf-8")
    facts = folder / "data" / "facts" / "attack.yaml"
    quoted, noted = json.dumps(ATTACK), json.dumps(f"{ATTACK} in 1900")
    facts.write_text(
        f"source: notice\nfacts:\n- quote: {quoted}\n  id: attack\n  type: Event\n  date: 1900\n  name: {quoted}\n  basis: inferred\n  note: {noted}\n",
        encoding="utf-8",
    )
    query = folder / "queries" / "attack.rq"
    query.write_text(
        f"#+ summary: {ATTACK}\n#+ tags: [<b>]\nSELECT ?x WHERE {{\n  VALUES ?x {{ {quoted} }}  #: {ATTACK}\n}}\n"
    )
    settings = folder / "kg.toml"
    settings.write_text(
        re.sub(r'title = ".*"', f"title = {quoted}", settings.read_text(encoding="utf-8")), encoding="utf-8"
    )
    assert build(read_project(folder)).release
    return folder


ATTACKED = [
    "",
    "id/attack.html",
    "source/notice.html",
    "query",
    "query/attack",
    "search?q=",
    "dataset",
    "sparql?query=",
    "nothing",
    "query/attack?x=",
    "query/attack?",
    "id/",
    "reconcile/preview?id=attack",
]


def weight(data: bytes) -> int:
    return len(gzip.compress(data, 6))


@pytest.mark.parametrize("path", [path for path in PAGES if not path.startswith("reconcile")])
def test_a_page_is_described_for_search_engines(client: httpx.Client, path: str) -> None:
    tree = parsed(client.get(path).text)
    metas = {node.get("property") or node.get("name"): node.get("content") for node in tree.iter(f"{HTML}meta")}
    assert metas["og:title"]
    assert metas["og:description"]
    for node in tree.iter(f"{HTML}script"):
        if node.get("type") == "application/ld+json":
            document = json.loads(node.text)
            document["@context"] = {"@vocab": "https://schema.org/", "sameAs": {"@type": "@id"}}
            quads = list(px.parse(json.dumps(document), format=px.RdfFormat.JSON_LD))
            assert any(quad.predicate.value == "https://schema.org/name" for quad in quads)


def test_nothing_that_the_graph_holds_runs(attacked: Path, tmp_path: Path) -> None:
    with serving(attacked, tmp_path / "log") as found:
        for path in ATTACKED:
            url = found.url + path + (quote(ATTACK, safe="") if path.endswith(("=", "?", "id/")) else "")
            response = httpx.get(url, headers={"Accept": "text/html"}, follow_redirects=True)
            assert response.headers["content-type"].startswith("text/html"), url
            tree = html5lib.parse(response.text)
            scripts = [
                node
                for node in tree.iter(f"{HTML}script")
                if node.get("type") not in ("application/ld+json", "application/json")
            ]
            assert all(node.get("src", "").endswith("static/site.js") for node in scripts), path
            assert not [node for node in tree.iter() if any(name.lower().startswith("on") for name in node.attrib)], (
                path
            )
            assert not list(tree.iter(f"{HTML}img")), path
            policy = response.headers["content-security-policy"]
            assert "unsafe-inline" not in policy
            assert "default-src 'self'" in policy


@pytest.mark.long
def test_a_note_names_each_thing_once(opened: Opened) -> None:
    text = catalogue.page(opened, "source/international-campaign-icc.html").decode()
    notes = re.findall(r'<li id="n\d+">.*?</li>', text, re.S)
    assert len(notes) > 200
    for note in notes:
        things = re.findall(r'<span class="told"><a href="([^"]+)"', note)
        assert len(things) == len(set(things)), note


@pytest.mark.long
def test_the_weights_are_kept(client: httpx.Client, opened: Opened) -> None:
    """Gzipped: CSS 6 KB, home 60 KB; 8 KB for the 49 quotes of the sketch's entity and 12 KB for the 27 passages of
    its source; 60 bytes for each quote more, and 46 for each passage, whose notes say what it comes to.
    """
    assert weight(client.get("static/style.css").content) <= 6_000
    assert weight(client.get("static/site.js").content) <= 3_000
    assert weight(client.get("").content) <= 60_000
    source = client.get("source/international-campaign-icc.html")
    assert weight(source.content) <= 12_000 + 46 * max(0, source.text.count('id="char=') - 27)
    for hit in most(opened.index, 1000):
        page = catalogue.page(opened, iris.address(opened.base, hit.iri))
        assert weight(page) <= 8_000 + 60 * max(0, page.count(b"<mark>") - 49), hit.iri
    assert weight(client.get("static/editor.js").content) <= 140_000


def test_the_vendored_files_are_what_they_were() -> None:
    listed = (ROOT / "kg" / "pages" / "static" / "vendor" / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    assert {line.split()[1] for line in listed} == {
        "../editor.js",
        "../world.json",
        "../../../site/static/oxigraph.js",
        "../../../site/static/oxigraph.wasm.gz",
        "package-lock.json",
        "LICENSES.txt",
    }
    for line in listed:
        digest, name = line.split()
        assert (
            hashlib.sha256((ROOT / "kg" / "pages" / "static" / "vendor" / name).read_bytes()).hexdigest() == digest
        ), name


def test_what_pages_have_in_common_is_kept_for_few_depths(campaign: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened_module, "KEPT", 20)
    opened = Opened(campaign / "build")
    before = catalogue.page(opened, "timeline/2002")
    problem = {"status": 404, "title": "Not Found", "detail": "There is no such page."}
    pages = [error_page(opened, "../" * depth or "./", problem) for depth in range(60)]
    assert [page.count(b"../" * (depth + 1)) for depth, page in enumerate(pages)] == [0] * len(pages)
    assert all(b'href="' + b"../" * depth + b'timeline"' in page for depth, page in enumerate(pages) if depth)
    assert len(opened._kept) <= 20
    assert catalogue.page(opened, "timeline/2002") == before
