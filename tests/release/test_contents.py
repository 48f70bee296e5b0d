"""What a release holds beside its dataset: the search index tells what the graph tells."""

from pathlib import Path

import pytest

from kg.release.reader import Release
from kg.release.search import Hit, things
from tests.conftest import release_of

BASE = "https://example.org/"
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
NAME = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
FACT = f"<{BASE}fact/00000000000000f1>"


def entity(slug: str) -> str:
    return f"<{BASE}id/{slug}>"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Release:
    stated = [
        f"{entity('a')} {TYPE} <http://x/Stated>",
        f'{entity("a")} {NAME} "A"@en',
        f"{entity('b')} <http://x/p> {entity('a')}",
    ]
    follows = [
        f"{entity('a')} {TYPE} <http://x/Above>",
        f'{entity("b")} {NAME} "B"@en',
        f"{entity('c')} <http://x/p> {entity('a')}",
    ]
    lines = [*(f"{line} ." for line in (*stated, *follows)), *(f"{line} {FACT} ." for line in stated)]
    return release_of("\n".join(lines).encode(), tmp_path_factory.mktemp("made"))


def found(release: Release, slug: str) -> Hit:
    return things(release.path / "search.sqlite", [f"{BASE}id/{slug}"])[f"{BASE}id/{slug}"]


def test_stated_types_come_before_those_that_follow(made: Release) -> None:
    assert found(made, "a").types == ("http://x/Stated", "http://x/Above")


def test_what_names_a_thing_counts_from_both_ends(made: Release, tmp_path: Path) -> None:
    from kg.release.search import most

    degrees = {hit.iri.removeprefix(f"{BASE}id/"): hit.score for hit in most(made.path / "search.sqlite", 10)}
    assert degrees == {"a": 3 + 2, "b": 2}, "of a, three statements and two that point at it; c has no name"


def test_the_quotes_of_the_facts_that_speak_of_a_thing_are_found(release: Release) -> None:
    from kg.release.search import Wanted, search

    hits = search(release.path / "search.sqlite", Wanted({}, "grown to 450 organizations"))
    assert "450 organizations" in {hit.label for hit in hits}
