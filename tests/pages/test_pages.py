"""The pages as documents: valid, whole, light, honest, and safe whatever the graph holds."""

import gzip
import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urldefrag, urljoin

import html5lib
import httpx
import pyoxigraph as px
import pytest

from kg.build import build
from kg.pages import catalogue
from kg.pages.model import Page, date_in_words
from kg.pages.source import read as read_source
from kg.project import TEMPLATE, read_project
from kg.query.opened import Opened
from kg.query.why import because
from kg.rdf import iris
from kg.rdf.terms import text_of
from kg.release.nquads import load
from kg.release.reader import Release
from kg.release.search import most
from tests.conftest import ROOT, Server, serving

ACCEPT = "text/html,application/xhtml+xml,*/*;q=0.8"  # as browsers send it
HTML = "{http://www.w3.org/1999/xhtml}"
PAGES = {
    "": "The campaign for the International Criminal Court",
    "id/kofi-annan.html": "Kofi Annan",
    "id/coalition.html": "Coalition for the International Criminal Court",
    "id/senegal.html": "Senegal",
    "source/international-campaign-icc.html": "International Campaign for the Establishment of the International Criminal Court",
    "ontology": "Vocabulary",
    "graph/provenance.html": "The graph of provenance",
    "query": "Questions",
    "query/treaty-actions": "Which states acted on a treaty, how and when",
    "query/people-schema-org": None,
    "query/growth": None,
    "sparql": "SPARQL",
    "sparql?query=SELECT%20*%20%7B%20%3Fs%20a%20kg%3ACount%20%7D": "SPARQL",
    "sparql?query=DESCRIBE%20id%3Aun": "SPARQL",
    "dataset": "Downloads",
    "validation": "The graph conforms to its shapes",
    "search?q=annan": "Search: annan",
    "search": "Search",
    "reconcile/preview?id=kofi-annan": "Kofi Annan",
}
ERRORS = {
    "nothing": (404, "Nothing is here"),
    "query/treaty-actions?since=yesterday": (400, "Which states acted on a treaty, how and when"),
    "query/treaty-actions?what=1": (400, "That could not be read"),
    "sparql?query=SELECT%20%7B": (400, "SPARQL"),
    "sparql?query=CLEAR%20ALL": (403, "SPARQL"),
    "sparql?update=CLEAR%20ALL": (403, "That is not allowed here"),
    "downloads/dataset.exe": (404, "Nothing is here"),
}


@pytest.fixture(scope="module")
def client(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=30, headers={"Accept": ACCEPT}, follow_redirects=True) as found:
        yield found


@pytest.fixture(scope="module")
def opened(campaign: Path) -> Opened:
    return Opened(campaign / "build")


def parsed(text: str) -> Any:
    """The document, by a parser that takes no mistake."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=True).parse(text)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_valid_and_has_its_title(client: httpx.Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    tree = parsed(response.text)
    (title,) = tree.iter(f"{HTML}h1")
    if expected := PAGES[path]:
        assert "".join(title.itertext()) == expected
    found = [node.get("id") for node in tree.iter() if node.get("id")]
    assert len(found) == len(set(found)), "no id stands twice"
    assert "style=" not in response.text
    assert not re.search(r"\son\w+=", response.text)


@pytest.mark.parametrize("path", ERRORS)
def test_an_error_is_a_page_of_its_own(client: httpx.Client, path: str) -> None:
    status, expected = ERRORS[path]
    response = client.get(path)
    assert response.status_code == status
    (title,) = parsed(response.text).iter(f"{HTML}h1")
    assert "".join(title.itertext()) == expected


def test_every_page_is_valid_and_names_its_address(opened: Opened) -> None:
    """Each has a title, no id twice, and as canonical address the one that answers with it."""
    pages = [address for address in catalogue.addresses(opened) if not address.startswith("query/")]
    assert len(pages) > 800
    for address in pages:
        tree = parsed(catalogue.page(opened, address).decode())
        (title,) = tree.iter(f"{HTML}h1")
        assert "".join(title.itertext()).strip(), address
        ids = [node.get("id") for node in tree.iter() if node.get("id")]
        assert len(ids) == len(set(ids)), address
        canonical = [node.get("href") for node in tree.iter(f"{HTML}link") if node.get("rel") == "canonical"]
        assert canonical == ([] if address in ("query", "sparql", "validation") else [opened.base + address]), address


@pytest.mark.parametrize(
    "path", ["", "id/kofi-annan.html", "ontology", "dataset", "curators", "query/growth", "graph/queries"]
)
def test_the_canonical_address_answers_at_once(client: httpx.Client, opened: Opened, path: str) -> None:
    text = client.get(path, headers={"Accept": "text/html"}).text
    found = re.search('<link rel="canonical" href="([^"]+)">', text)
    assert found
    answer = client.get(found[1].removeprefix(opened.base), headers={"Accept": "text/html"})
    assert (answer.status_code, answer.history) == (200, [])
    assert answer.text == text


def test_two_groups_of_one_label_have_two_anchors(opened: Opened) -> None:
    page = Page(opened, "../")
    about = opened.dataset.about(iris.entity(opened.base, "kofi-annan"))
    twice = [page.groups(page.reasons(about)) for _ in range(2)]
    anchors = [group.anchor for groups in twice for group in groups]
    assert len(anchors) == len(set(anchors)) > 4


def test_every_link_and_fragment_resolves(client: httpx.Client) -> None:
    """A crawl from the first page; queries are followed, but not the forms of data."""
    seen: dict[str, set[str] | None] = {}
    waiting = [""]
    links: set[tuple[str, str, str]] = set()
    root = str(client.base_url)
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        response = client.get(path)
        assert response.status_code == 200, path
        seen[path] = None
        if not response.headers["content-type"].startswith("text/html"):
            continue
        tree = html5lib.parse(response.text)
        seen[path] = {node.get("id") for node in tree.iter() if node.get("id")}
        for node in (node for node in tree.iter() if str(node.tag).rpartition("}")[2] in ("a", "link", "script")):
            target = node.get("href") or node.get("src") or ""
            whole, fragment = urldefrag(urljoin(str(response.url), target))
            if whole.startswith(root) and node.get("rel") != "canonical":
                links.add((path, whole.removeprefix(root), unquote(fragment)))
                waiting.append(whole.removeprefix(root))
    assert len(seen) > 350
    broken = [link for link in links if link[2] and link[2] not in (seen[link[1]] or ())]
    assert not broken[:5]


def test_the_words_are_never_altered(opened: Opened, release: Release) -> None:
    """Each passage of the source's page, put together from its pieces, is the passage's own words."""
    text = (release.path / "sources" / "international-campaign-icc.txt").read_text(encoding="utf-8")
    page = Page(opened, "../")
    read = read_source(page, "international-campaign-icc", text)
    for paragraph in read.paragraphs:
        joined = "".join(piece.text for piece in paragraph.pieces)
        assert text[paragraph.start : paragraph.start + len(joined)] == joined
    anchors = {anchor for p in read.paragraphs for piece in p.pieces for anchor in piece.anchors}
    passages = {text_of(q.subject).partition("#")[2] for q in load(release.dataset) if "#char=" in text_of(q.subject)}
    assert anchors == passages
    told = {fact.href for p in read.paragraphs for note in p.notes for fact in note.facts}
    facts = {text_of(q.subject) for q in load(release.dataset) if q.predicate.value.endswith("wasQuotedFrom")}
    assert told == {page.href(fact) for fact in facts}, "every fact stands beside its words"


def test_every_value_of_a_page_has_its_reason(opened: Opened, release: Release) -> None:
    """What the view model of an entity says is what facts say, with basis, note and words of each."""
    page = Page(opened, "../")
    for slug in ("kofi-annan", "coalition", "coalition-members-450", "senegal"):
        iri = f"{opened.base}id/{slug}"
        reasons = [r for r in because(opened.dataset, opened.base, opened.dataset.about(iri)) if r.fact]
        groups = page.groups(reasons)
        shown = [(g.label, e.because) for g in groups for e in g.entries for _ in e.values]
        assert len(shown) == len({(r.statement, r.words, r.note, r.basis) for r in reasons})
        for _, why in shown:
            assert why.quotes or why.basis == "reference"
            assert why.said or why.basis == "stated"


def test_a_date_says_where_it_comes_from(client: httpx.Client) -> None:
    text = client.get("id/coalition-members-450.html").text
    assert "Two years after 1995, the founding year that the page gives." in text
    assert "the curators’ reading" in text
    heading = client.get("id/kofi-annan.html").text
    assert "from where the words stand" in heading


def test_no_word_that_the_data_lack(client: httpx.Client) -> None:
    """2,500 organizations have no date: none is shown."""
    row = re.search(
        r"2,500 organizations around the world</a>([^<]*<span class=\"date\">)?", client.get("id/coalition.html").text
    )
    assert row
    assert row[1] is None


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


def test_json_ld_of_a_thing_is_what_the_graph_says(client: httpx.Client) -> None:
    text = client.get("id/kofi-annan.html").text
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', text)
    assert found
    document = json.loads(found[1])
    assert (document["@type"], document["name"]) == (["Person"], "Kofi Annan")
    assert document["sameAs"] == "http://www.wikidata.org/entity/Q1254"


# Safety

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
    quoted = json.dumps(ATTACK)
    facts.write_text(
        f"source: notice\nfacts:\n- quote: {quoted}\n  id: attack\n  type: Event\n  date: 1900\n  name: {quoted}\n  basis: inferred\n  note: {quoted}\n",
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


# Weight and speed


def weight(data: bytes) -> int:
    return len(gzip.compress(data, 6))


def test_the_weights_are_kept(client: httpx.Client, opened: Opened) -> None:
    """Gzipped: CSS 6 KB, home 60 KB; 8 KB for the 49 statements of the sketch's entity and 12 KB for the 27 passages of
    its source, and 40 bytes for each one more.
    """
    assert weight(client.get("static/style.css").content) <= 6_000
    assert weight(client.get("static/site.js").content) <= 3_000
    assert weight(client.get("").content) <= 60_000
    source = client.get("source/international-campaign-icc.html")
    assert weight(source.content) <= 12_000 + 40 * max(0, source.text.count('id="char=') - 27)
    for hit in most(opened.index, 1000):
        page = catalogue.page(opened, iris.address(opened.base, hit.iri))
        statements = page.count(b"<li>")
        assert weight(page) <= 8_000 + 40 * max(0, statements - 49), hit.iri
    assert weight(client.get("static/editor.js").content) <= 140_000


def test_the_vendored_files_are_what_they_were() -> None:
    listed = (ROOT / "kg" / "pages" / "static" / "vendor" / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    assert {line.split()[1] for line in listed} == {
        "../editor.js",
        "../world.json",
        "package-lock.json",
        "LICENSES.txt",
    }
    for line in listed:
        digest, name = line.split()
        assert (
            hashlib.sha256((ROOT / "kg" / "pages" / "static" / "vendor" / name).read_bytes()).hexdigest() == digest
        ), name


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("1995", "1995"),
        ("1998-06-15/1998-07-17", "15 June 1998 – 17 July 1998"),
        ("1995/..", "since 1995"),
        ("../1995", "until 1995"),
        ("1997~", "about 1997"),
        ("1997?", "uncertain 1997"),
        ("2001-21", "spring 2001"),
        ("XXXX-07-17", "17 July, no year given"),
        ("199X", "199X"),
        ("Y170000002", "Y170000002"),
    ],
)
def test_dates_in_words(written: str, words: str) -> None:
    assert date_in_words(written) == words


def test_links_are_relative_below_the_base_and_whole_elsewhere(opened: Opened) -> None:
    page = Page(opened, "../")
    assert page.href(iris.entity(opened.base, "un")) == "../id/un.html"
    assert page.href(f"{opened.base}ontology#Count") == "../ontology#Count"
    assert page.href("http://www.wikidata.org/entity/Q1") == "http://www.wikidata.org/entity/Q1"
    assert page.href("javascript:alert(1)") == ""
    assert page.href("urn:x:y") == ""
