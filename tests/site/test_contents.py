"""The files of a site: what a server answers, as files; every link leads to one."""

import json
import re
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urljoin

import httpx
import pytest

from kg.pages.files import file_of, linked
from kg.query.opened import Opened
from kg.site import contents
from tests.pages.conftest import HTML, Tags, parsed
from tests.site.conftest import Site

pytestmark = pytest.mark.long

# What a page of a server has that one of a site has not, since it needs an answer, and the other way round.
SERVED = (
    r' · <a href="[^"]*compare\.html\?thing=[^"]*">compare</a>',
    r'<section aria-labelledby="programs">.*?</section>\s*',
    r"<div><dt>Within a page of yours</dt>.*?</div>",
    r'<link rel="alternate"[^>]*>\n|<a class="button" href="[^"]*"( download)?>[^<]*</a>',
)
OF_FILES = (
    r'<script type="application/json" id="question">.*?</script>\n?',
    r'<script type="module" src="[^"]*static/answering.js"></script>\n',
    r'<meta http-equiv="Content-Security-Policy"[^>]*>\n',
    r'<p class="others">Queries run in your browser:.*?</p>',
    r"<div><dt>kg</dt>.*?</div>",
    r'<link rel="alternate"[^>]*>\n|<a class="button" href="[^"]*"( download)?>[^<]*</a>',
)
ALIKE = {
    "It leads to this page; the data are in the files beside it.": "It answers with this page or with data, depending on what you ask for.",
    ".words.csv&#39;": ".csv?evidence=1&#39;",
}


def without(text: str, patterns: tuple[str, ...]) -> str:
    for pattern in patterns:
        text = re.sub(pattern, "", text, flags=re.DOTALL)
    return re.sub(r"\s*\n\s*", "\n", text)


def test_every_page_of_the_server_is_a_file_and_says_the_same(opened: Opened, site: Site, client: httpx.Client) -> None:
    different = []
    for address in contents.addresses(opened):
        if address.startswith("explore"):  # of which a site has the lists of one facet, without boxes to tick
            continue
        mine = (site.folder / file_of(address)).read_text(encoding="utf-8")
        for here, there in ALIKE.items():
            mine = mine.replace(here, there)
        theirs = linked(client.get(address).content).decode()
        if without(mine, OF_FILES) != without(theirs, SERVED):
            different.append(address)
    assert different == []


def test_lists_hold_the_things_of_the_servers(opened: Opened, site: Site, client: httpx.Client) -> None:
    lists = [address for address in contents.addresses(opened) if address.startswith("explore")]
    assert len(lists) > 50
    served = {
        "explore": "explore",
        "explore/2": "explore?page=2",
        "explore/kind/event/2": "explore?kind=event&page=2",
        "explore/kind/treaty-action": "explore?kind=treaty action",
        "explore/year/2002": "explore?year=2002",
        "explore/basis/inferred": "explore?basis=inferred",
    }
    for mine, theirs in served.items():
        assert mine in lists
        things = re.compile(r'<td data-label="">.*?</td>')
        text = (site.folder / file_of(mine)).read_text(encoding="utf-8")
        here = [re.sub(r"(\.\./)+|\./", "", one) for one in things.findall(text)]
        there = [re.sub(r"(\.\./)+|\./", "", one) for one in things.findall(client.get(theirs).text)]
        assert here == there
        assert re.findall(r"<h1>.*?</h1>", text) == re.findall(r"<h1>.*?</h1>", client.get(theirs).text)


def test_every_document_is_the_servers_to_the_byte(opened: Opened, site: Site, client: httpx.Client) -> None:
    files = [path for path in site.folder.rglob("*") if path.suffix in (".ttl", ".nt", ".jsonld")]
    assert len(files) > 3000
    for number, path in enumerate(sorted(files)):
        name = path.relative_to(site.folder).as_posix()
        if name.startswith("dataset."):
            continue
        if number % 4 == 0 or not name.startswith(("id/", "fact/")):
            assert client.get(name).content == path.read_bytes(), name


def test_every_file_of_a_release_is_the_servers(opened: Opened, site: Site, client: httpx.Client) -> None:
    files = [path for path in site.folder.joinpath("release").rglob("*") if path.is_file() and path.suffix != ".html"]
    assert {path.suffix for path in files} >= {".bib", ".ris", ".json", ".cff", ".nq"}
    for path in [*files, site.folder / "releases.atom"]:
        name = path.relative_to(site.folder).as_posix()
        assert client.get(name).content == path.read_bytes(), name


@pytest.mark.parametrize("suffix", ["csv", "json", "xlsx"])
def test_every_answer_is_the_servers(opened: Opened, site: Site, client: httpx.Client, suffix: str) -> None:
    for path in sorted((site.folder / "query").glob(f"*.{suffix}")):
        name = f"query/{path.name}"
        address = name.replace(".words.", ".") + ("?evidence=1" if ".words." in name else "")
        assert client.get(address).content == path.read_bytes(), name


def test_the_description_names_no_endpoint_that_is_not_there(site: Site) -> None:
    said = (site.folder / "dataset.nt").read_text(encoding="utf-8")
    assert "downloads/dataset.nq" in said
    assert "sparql" not in said.replace("sparql-examples", "")


def ids_of(path: Path) -> set[str]:
    return set(Tags(path.read_text(encoding="utf-8")).ids)


def test_every_link_leads_to_a_file_and_every_fragment_to_a_place(site: Site) -> None:
    """Those into text that is cut by a script (`#char=…`), and into the rows of a table, are places too."""
    known: dict[Path, set[str]] = {}
    broken = []
    for page in sorted(site.folder.rglob("*.html")):
        address = page.relative_to(site.folder).as_posix()
        if page.name == "404.html":
            continue
        for link in set(re.findall(r' (?:href|src|action)="([^"]+)"', page.read_text(encoding="utf-8"))):
            target = urljoin(f"https://site/{address}", unescape(link))
            if not target.startswith("https://site/"):
                continue
            path, _, fragment = target.removeprefix("https://site/").partition("#")
            name = unquote(path.partition("?")[0])
            file = site.folder / (f"{name}index.html" if not name or name.endswith("/") else name)
            if not file.is_file():
                broken.append((address, link))
            elif fragment and file.suffix == ".html":
                if file not in known:
                    known[file] = ids_of(file)
                if unquote(fragment) not in known[file]:
                    broken.append((address, link))
    assert broken == []


def test_pages_of_its_own_are_valid(site: Site) -> None:
    for name in ("search.html", "404.html", "explore/kind/event.html", "query/growth.html", "sparql.html"):
        text = (site.folder / name).read_text(encoding="utf-8")
        tree = parsed(text)
        (_,) = tree.iter(f"{HTML}h1")
        assert '<html lang="en">' in text
        assert re.search(r'<meta name="description" content="[^"]+">', text)


def test_the_page_of_what_is_not_found_leads_on_from_anywhere(site: Site) -> None:
    links = re.findall(r' (?:href|src|action)="([^"]+)"', (site.folder / "404.html").read_text(encoding="utf-8"))
    assert {link for link in links if not link.startswith(("/icc/", "#", "http"))} == set()
    for link in links:
        path = link.removeprefix("/icc/").partition("?")[0].partition("#")[0]
        assert link.startswith(("#", "http")) or (site.folder / (path or "index.html")).is_file(), link


def test_the_search_index_has_every_thing_once(opened: Opened, site: Site) -> None:
    index = json.loads((site.folder / "search.json").read_bytes())
    slugs = [slug for _, slug, *_ in index["things"]]
    assert len(slugs) == len(set(slugs)) > 250
    assert index["quoted"]
    assert {name for _, name in index["questions"]} == set(opened.queries)
    (kofi,) = (thing for thing in index["things"] if thing[1] == "kofi-annan")
    assert kofi[0] == "Kofi Annan"
    assert kofi[2] == "person"


def test_quotes_are_left_out_where_they_are_many(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "MOST_QUOTED", 10)
    index = json.loads(contents.search_index(opened))
    assert not index["quoted"]
    assert {thing[4] for thing in index["things"]} == {""}
