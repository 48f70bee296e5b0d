"""The pages as documents: valid, whole, light, honest, and safe whatever the graph holds."""

import json
import re
import zlib
from urllib.parse import unquote, urldefrag, urljoin

import httpx
import pytest

from kg.pages import catalogue
from kg.query.opened import Opened
from tests.pages.conftest import HTML, PAGES, Tags, parsed

ERRORS = {
    "nothing": (404, "Nothing is here"),
    "query/treaty-actions?since=yesterday": (400, "Who acted on the treaty, and when?"),
    "query/treaty-actions?what=1": (400, "That could not be read"),
    "sparql?query=SELECT%20%7B": (400, "SPARQL"),
    "sparql?query=CLEAR%20ALL": (403, "SPARQL"),
    "sparql?update=CLEAR%20ALL": (403, "That is not allowed here"),
    "downloads/dataset.exe": (404, "Nothing is here"),
}


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


@pytest.mark.long
def test_every_page_is_valid_and_names_its_address(opened: Opened) -> None:
    """Each has no id twice, and as canonical address the one that answers with it; every fifth is read by a parser that
    takes no mistake, and has its title.
    """
    pages = [address for address in catalogue.addresses(opened) if not address.startswith("query/")]
    assert len(pages) > 800
    for number, address in enumerate(pages):
        text = catalogue.page(opened, address).decode()
        ids = Tags(text).ids
        assert len(ids) == len(set(ids)), address
        canonical = [found["href"] for tag, found in Tags(text).tags if found.get("rel") == "canonical"]
        assert canonical == ([] if address in ("query", "sparql", "validation") else [opened.base + address]), address
        if number % 5 == 0:
            (title,) = parsed(text).iter(f"{HTML}h1")
            assert "".join(title.itertext()).strip(), address


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


DATA = (".ttl", ".jsonld", ".nt", ".nq", ".trig", ".rdf")
COMPUTED = ("explore?", "compare?", "explore")


@pytest.mark.long
def test_every_link_and_fragment_resolves(client: httpx.Client) -> None:
    """A crawl from the first page; queries are followed, but of lists and comparisons, which lead to each other without
    end, only those that other pages lead to, and of the forms of data and of the questions with other values every
    fifth: that each form is there, the site's tests hold."""
    seen: dict[str, set[str] | None] = {}
    waiting, skipped = [""], set[str]()
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
        page = Tags(response.text)
        seen[path] = set(page.ids)
        for tag, found in page.tags:
            target = found.get("href") or found.get("src") or ""
            whole, fragment = urldefrag(urljoin(str(response.url), target))
            if tag in ("a", "link", "script") and whole.startswith(root) and found.get("rel") != "canonical":
                links.add((path, whole.removeprefix(root), unquote(fragment)))
                below = whole.removeprefix(root)
                many = whole.endswith(DATA) or (below.startswith("query/") and "?" in below)
                if many and zlib.crc32(whole.encode()) % 5:
                    skipped.add(below)
                    continue
                endless = path.startswith(COMPUTED) and below.startswith(COMPUTED)
                waiting += [] if endless else [below]
    assert len(seen) > 350
    broken = [link for link in links if link[2] and link[1] not in skipped and link[2] not in (seen[link[1]] or ())]
    assert not broken[:5]


def test_a_date_says_where_it_comes_from(client: httpx.Client) -> None:
    text = client.get("id/coalition-members-450.html").text
    assert "Two years after 1995, the founding year that the page gives, is 1997." in text
    assert "<summary>worked out</summary>" in text
    heading = client.get("id/kofi-annan.html").text
    assert '<span class="badge">date from heading</span>' in heading


def test_no_word_that_the_data_lack(client: httpx.Client) -> None:
    """2,500 organizations have no date: none is shown."""
    (row,) = re.findall(r"<tr>(?:(?!</tr>).)*>2,500</a>.*?</tr>", client.get("id/coalition.html").text, re.S)
    assert re.findall(r'class="when">(.*?)</td>', row) == ['<span class="quiet">no date</span>']


def test_json_ld_of_a_thing_is_what_the_graph_says(client: httpx.Client) -> None:
    text = client.get("id/kofi-annan.html").text
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', text)
    assert found
    document = json.loads(found[1])
    assert (document["@type"], document["name"]) == (["Person"], "Kofi Annan")
    assert document["sameAs"] == "http://www.wikidata.org/entity/Q1254"


# Safety


# Weight and speed
