"""The page of a statement: its words, how to cite it, and where a mistake in it is reported."""

import re
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from kg.pages import catalogue
from kg.query.opened import Opened
from kg.rdf.terms import PROV, text_of
from kg.release.nquads import load
from tests.conftest import Spoil, run


def a_fact(opened: Opened, *, quoted: bool = True) -> str:
    """The address of a fact that quotes words, or of one that quotes none."""
    said: dict[str, set[str]] = {}
    for quad in load(opened.release.dataset):
        if "/fact/" in text_of(quad.subject) and "#" not in text_of(quad.subject):
            said.setdefault(text_of(quad.subject), set()).add(quad.predicate.value)
    iri = min(iri for iri, predicates in said.items() if (PROV + "wasQuotedFrom" in predicates) is quoted)
    return f"fact/{iri.rpartition('/')[2]}.html"


def test_a_statement_has_its_words_and_how_to_cite_it(opened: Opened) -> None:
    text = catalogue.page(opened, a_fact(opened)).decode()
    for words in ("In the source", "Copy quote", "Copy citation", "Copy link", "BibTeX", "RIS", "CSL-JSON"):
        assert words in text
    assert "Report a mistake" not in text, "where the project does not say where to"


def test_reference_data_say_that_no_source_says_them(opened: Opened) -> None:
    text = catalogue.page(opened, a_fact(opened, quoted=False)).decode()
    assert "Reference data of the curators; no source says it." in text
    assert "In the words of the source" not in text
    assert "Copy quote" not in text


@pytest.mark.long
@pytest.mark.parametrize(
    ("setting", "begins", "title", "body"),
    [
        ("desk@example.org", "mailto:desk@example.org?", "subject", "body"),
        ("https://example.org/new?t={title}&b={body}&labels=fact", "https://example.org/new?t=", "t", "b"),
    ],
)
def test_a_mistake_is_reported_with_what_it_is_and_where_it_stands(
    project: Path, spoil: Spoil, setting: str, begins: str, title: str, body: str
) -> None:
    spoil("kg.toml", "coverage = 0", f'coverage = 0\nreport = "{setting}"')
    assert run("build", cwd=project).returncode == 0
    opened = Opened(project / "build")
    text = catalogue.page(opened, a_fact(opened)).decode()
    (href,) = re.findall(r'<a class="button" href="([^"]+)">Report a mistake</a>', text)
    href = href.replace("&amp;", "&")
    assert href.startswith(begins)
    said = parse_qs(urlsplit(href).query)
    assert said[title][0].startswith("A fact about ")
    assert "https://example.org/fact/" in said[body][0]
    assert re.search(r"data/facts/notice\.yaml:\d+\n“.+”", unquote(said[body][0]))
    assert "{" not in href


def test_a_place_for_reports_that_is_none_is_refused(project: Path, spoil: Spoil) -> None:
    spoil("kg.toml", "coverage = 0", 'coverage = 0\nreport = "nowhere at all"')
    done = run("build", cwd=project)
    assert b"expected a mail address, or a URL with {title} and {body}" in done.stderr
