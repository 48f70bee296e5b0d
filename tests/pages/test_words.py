"""What stands on the pages, crawled: every row and every point leads to its words, and no term of a vocabulary stands as text."""

import re
from html.parser import HTMLParser
from urllib.parse import urljoin

import pytest

from kg.pages import catalogue
from kg.query.opened import Opened

pytestmark = pytest.mark.long

WORDS = re.compile(r"source/[\w.-]+\.html#char=\d+,\d+$")
STATEMENT = re.compile(r"fact/[0-9a-f]+\.html$")
# What answers without words: nothing of a source says these rows.
WORDLESS = {
    "query/bases": "reference data is a row of its own, and no source says it",
    "query/identifiers": "reference data, with its evidence as a column",
    "query/unquoted": "it says that there are none",
    "query/sources": "a source is told as a whole, and its row leads to its page",
}


class Reader(HTMLParser):
    """The visible text of a page, the links of each row of its tables, and where the points of its charts lead."""

    HIDDEN = ("script", "style", "code", "pre", "textarea", "title")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.rows: list[list[str]] = []
        self.points: list[str] = []
        self._open: list[str] = []
        self._links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a row, a link, a point."""
        said = dict(attrs)
        if tag not in ("meta", "link", "input", "br", "path", "rect", "line", "circle", "hr"):
            self._open.append(tag)
        if tag == "a":
            self._links.append(said.get("href") or "")
            if "tbody" in self._open and self.rows:
                self.rows[-1].append(said.get("href") or "")
        if tag == "tr" and "tbody" in self._open:
            self.rows.append([])
        if tag == "circle" or (tag == "line" and said.get("class") == "level"):
            self.points.append(self._links[-1] if "a" in self._open else "")

    def handle_endtag(self, tag: str) -> None:
        """Close an element."""
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Note a text."""
        if not set(self._open) & set(self.HIDDEN):
            self.words.append(data)


@pytest.fixture(scope="module")
def pages(opened: Opened) -> dict[str, Reader]:
    left_out = ("ontology", "sparql", "graph/")  # which are about the vocabulary
    return {
        address: Reader(catalogue.page(opened, address).decode())
        for address in catalogue.addresses(opened)
        if not address.startswith(left_out)
    }


def to(address: str, links: list[str]) -> list[str]:
    return [urljoin(f"http://x/{address}", link).removeprefix("http://x/") for link in links]


def has_words(pages: dict[str, Reader], address: str) -> bool:
    page = pages.get(address.partition("#")[0])
    found = [link for row in page.rows for link in to(address, row)] if page else []
    return any(WORDS.search(link) for link in found)


def test_every_row_of_every_answer_leads_to_its_words(pages: dict[str, Reader]) -> None:
    seen = 0
    for address, page in pages.items():
        if address.startswith("query/") and address not in WORDLESS:
            for row in page.rows:
                assert any(WORDS.search(link) or STATEMENT.search(link) for link in to(address, row)), (address, row)
                seen += 1
    assert seen > 400
    assert pages.keys() >= WORDLESS.keys()


def test_every_row_of_a_list_leads_to_its_words(pages: dict[str, Reader]) -> None:
    for address, page in pages.items():
        if address.startswith(("timeline/", "explore")):
            assert page.rows, address
            for row in page.rows:
                assert any(WORDS.search(link) or STATEMENT.search(link) for link in to(address, row)), (address, row)


def test_every_point_of_every_chart_leads_to_words(pages: dict[str, Reader]) -> None:
    seen = 0
    for address, page in pages.items():
        for link in page.points:
            assert link, f"{address}: a point that leads nowhere"
            (target,) = to(address, [link])
            assert has_words(pages, target), (address, target)
            seen += 1
    assert seen > 100


def test_a_statement_has_its_words_or_its_evidence(pages: dict[str, Reader]) -> None:
    for address, page in pages.items():
        if address.startswith("fact/"):
            text = " ".join(page.words)
            assert has_words(pages, address) or "Evidence" in text or "reference" in text, address


def test_no_term_of_a_vocabulary_stands_as_text(pages: dict[str, Reader], opened: Opened) -> None:
    """No local name such as fundedItem, no short name such as kg:Count, and none of the words of the trade."""
    names = {re.split(r"[#/]", iri)[-1] for iri in opened.words}
    names = {name for name in names if re.search(r"[a-z][A-Z]", name)}
    assert {"fundedItem", "membersOf", "callsFor"} <= names
    prefixes = "|".join(map(re.escape, opened.prefixes))
    trade = (
        r"bound|unqualified|ordinal|prospect|exact match|focus nodes?|funded item|prefLabel|quads|basis|layout|inferred"
    )
    wrong = re.compile(rf"(?<![\w/])(?:(?:{prefixes}):[A-Za-z]\w*|{'|'.join(sorted(names))}|{trade})(?![\w:/])")
    for address, page in pages.items():
        if address != "validation":  # which names the shapes
            text = " ".join(" ".join(page.words).split())
            found = [text[max(0, one.start() - 30) : one.end() + 30] for one in wrong.finditer(text)]
            found = [one for one in found if not re.search(r"\bwd:Q\d+", one)]
            assert not found, (address, found[:3])
