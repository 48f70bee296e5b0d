"""Citations: the source first, its words as they stand, then this graph; in the formats of reference managers."""

import json
import re
from collections.abc import Iterator
from contextlib import closing

import pytest

from kg.query.citation import STYLES, Citation, as_bibtex, as_csl, as_ris, as_text, citations
from kg.query.why import find_reasons
from kg.release.nquads import Dataset
from kg.release.reader import Release
from kg.stores.embedded import open_store

FACT = "http://x/fact/0123456789abcdef"
WHOLE = Citation(
    "A {title} & more", "The 50% press", "http://x/a_b", "2020-05-31", "en", ("ten\nmen", "came"), "G", "r", FACT
)
BARE = Citation("notice", "", "", "", "", ("ten men",), "", "r", FACT)


@pytest.fixture(scope="module")
def dataset(release: Release) -> Iterator[Dataset]:
    with closing(Dataset(release.dataset)) as opened:
        yield opened


def test_a_fact_is_cited_with_its_words_in_the_order_of_the_source(release: Release, dataset: Dataset) -> None:
    (reason,) = find_reasons(release, open_store(release), "coalition-members-450", "date")
    (cited,) = citations(dataset, release.manifest, "r", reason.fact)
    assert cited.words == (
        "The Coalition was founded in 1995",
        "Two years after its founding, the Coalition has now grown to 450 organizations.",
    )
    assert (cited.publisher, cited.url, cited.retrieved) == ("Centro Studi sul Federalismo", "", "")
    assert cited.fact == reason.fact
    assert citations(dataset, release.manifest, "r", f"{release.manifest['base']}fact/0000000000000000") == []


def test_a_footnote_begins_with_the_words_and_their_source() -> None:
    assert as_text(WHOLE) == (
        "“ten men … came”, A {title} & more (The 50% press, http://x/a_b, retrieved 2020-05-31). "
        f"Cited through G, release r, {FACT}."
    )
    assert as_text(BARE) == f"“ten men”, notice. Cited through a graph, release r, {FACT}."


def test_bibtex_shows_every_character_as_it_is() -> None:
    said = as_bibtex(WHOLE)
    assert said.startswith(
        "@online{fact-0123456789abcdef,\n  title = {A \\textbraceleft{}title\\textbraceright{} \\& more},\n"
    )
    assert "organization = {The 50\\% press}" in said
    assert "url = {http://x/a_b}" in said
    assert "urldate = {2020-05-31}" in said
    assert said.count("{") == said.count("}")
    assert "\\textbackslash{}" in as_bibtex(WHOLE._replace(title="a\\b"))
    assert "url = {http://x/fact/0123456789abcdef}" in as_bibtex(BARE), "without an address of its own, the fact's"
    assert "publisher" not in as_bibtex(BARE)


def test_ris_has_a_field_a_line() -> None:
    """A line end in the words would begin a field of its own."""
    lines = as_ris(WHOLE).split("\r\n")
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*", line) for line in lines[:-1])
    assert (lines[0], lines[-2:]) == ("TY  - ELEC", ["ER  - ", ""])
    assert "Y2  - 2020/05/31" in lines


def test_csl_json_is_an_item_of_a_list() -> None:
    (item,) = json.loads(as_csl(WHOLE))
    assert (item["type"], item["accessed"]) == ("webpage", {"date-parts": [[2020, 5, 31]]})
    assert set(json.loads(as_csl(BARE))[0]) == {"id", "type", "title", "URL", "note"}


def test_every_style_is_offered_by_the_command() -> None:
    from kg.cli.asking import CITATIONS

    assert (*STYLES, "cff") == CITATIONS
