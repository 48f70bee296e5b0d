"""What search engines read of the pages: dates, places and people, whole sentences, the dataset as it is described."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from kg.pages import catalogue, schema_org
from kg.query.opened import Opened
from kg.release.reader import Release
from tests.conftest import SUITES, needs

TERMS = SUITES / "suites" / "schema-org"


@pytest.fixture(scope="module")
def opened(release: Release) -> Opened:
    return Opened(release.path.parent.parent)


def data(opened: Opened, address: str) -> dict[str, Any]:
    found = re.search(
        r'<script type="application/ld\+json">(.*?)</script>', catalogue.page(opened, address).decode(), re.S
    )
    assert found, address
    document: dict[str, Any] = json.loads(found[1])
    return document


def test_an_event_has_its_days_and_its_place(opened: Opened) -> None:
    conference = data(opened, "id/rome-conference.html")
    assert (conference["startDate"], conference["endDate"]) == ("1998-06-15", "1998-07-17")
    third = data(opened, "id/asp-third-session.html")
    assert (third["startDate"], third["location"]["name"], third["location"]["@type"]) == (
        "2004-09",
        "The Hague",
        ["City", "Place"],
    )


@pytest.mark.parametrize(
    ("text", "words", "sentence"),
    [
        ("It began. In 1995, some NGOs met. It grew.", "NGOs", "In 1995, some NGOs met."),
        ("September 2000\nDuring the Summit, he calls on all. Later", "Summit", "During the Summit, he calls on all."),
        ("Coalition members\n\n• protecting the letter of the Statute", "protecting", ""),
        ("He said: “We meet.” They met.", "met", "They met."),
        ("One (two three.) Four.", "two", "One (two three.)"),
        ("no capital here. Yes.", "capital", ""),
        ("The last one has no end", "last", ""),
        ("A line that is broken\nbecause it is long. End.", "broken", "A line that is broken because it is long."),
    ],
)
def test_a_sentence_is_whole_or_is_not_given(text: str, words: str, sentence: str) -> None:
    start = text.index(words)
    assert schema_org._sentence(text, start, start + len(words)) == sentence


@pytest.mark.long
def test_every_description_is_a_whole_sentence_of_the_source(opened: Opened) -> None:
    (source,) = opened.sources
    text = " ".join(opened.file(f"sources/{source}.txt").decode().split())
    told = 0
    for address in catalogue.addresses(opened):
        if address.startswith("id/"):
            said = data(opened, address)["description"]
            assert re.search(r"[.!?][”\"’)]*$", said), said
            if said.startswith("“"):
                assert said[1:-1] in text, said
                assert len(said) <= schema_org.LONGEST + 2
                told += 1
    assert told > 120


def test_the_dataset_is_told_with_its_makers_and_files(opened: Opened) -> None:
    for address in ("", "dataset"):
        said = data(opened, address)
        assert said["@type"] == "Dataset"
        assert said["creator"] == {
            "@id": f"{opened.base}curators",
            "@type": "Organization",
            "name": "The curators of the ICC campaign graph",
        }
        assert (said["version"], said["temporalCoverage"]) == (opened.name, "1995/2005")
        assert {part["encodingFormat"] for part in said["distribution"]} >= {"text/turtle", "application/ld+json"}


@pytest.mark.long
@needs(f"the suite of schema.org in {TERMS}", TERMS.is_dir())
def test_every_word_is_one_of_schema_org(opened: Opened) -> None:
    known = "\n".join(path.read_text(encoding="utf-8") for path in sorted(TERMS.iterdir()))
    used: set[str] = set()
    for address in [*catalogue.addresses(opened)][:400]:
        if address.startswith(("id/", "source/", "dataset")):
            used |= set(words(data(opened, address)))
    assert len(used) > 25
    assert [word for word in sorted(used) if not re.search(rf"schema.org/{word}\b", known)] == []


def words(value: Any) -> Iterator[str]:
    """The properties and types of a JSON-LD value."""
    if isinstance(value, list):
        for item in value:
            yield from words(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            if name == "@type":
                yield from ([item] if isinstance(item, str) else item)
            elif not name.startswith("@"):
                yield name
                yield from words(item)
