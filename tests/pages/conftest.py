"""What the tests of pages share: pages of each kind, as a browser asks for them and as HTML5 reads them."""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import html5lib
import httpx
import pytest

from kg.query.opened import Opened
from tests.conftest import Server, serving

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
    "query/treaty-actions": "Who acted on the treaty, and when?",
    "query/people-schema-org": None,
    "query/growth": None,
    "sparql": "SPARQL",
    "sparql?query=SELECT%20*%20%7B%20%3Fs%20a%20kg%3ACount%20%7D": "SPARQL",
    "sparql?query=DESCRIBE%20id%3Aun": "SPARQL",
    "dataset": "Downloads",
    "validation": "The graph conforms to its shapes",
    "search?q=annan": "Search: annan",
    "search": "Search",
    "search?q=Belguim": "Search: Belguim",
    "explore": None,
    "explore?kind=event&year=2003": "12 events of 2003",
    "compare?thing=senegal&thing=mexico": "Compare Senegal and Mexico",
    "timeline": "Timeline",
    "timeline/2002": "What happened in 2002",
    "reconcile/preview?id=kofi-annan": "Kofi Annan",
}


class Tags(HTMLParser):
    """The tags of a page with their attributes, and its ids; many times as fast as a parser that finds mistakes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(text)
        self.ids = [found["id"] for _, found in self.tags if "id" in found]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append((tag, {name: value or "" for name, value in attrs}))


@pytest.fixture(scope="session")
def server(campaign: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of the campaign that has time: these tests are of what pages say, not of limits."""
    log = tmp_path_factory.mktemp("server") / "log"
    with serving(campaign, log, "--timeout", "60") as found:
        yield found


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
