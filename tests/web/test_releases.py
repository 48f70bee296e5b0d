"""Each release that is kept has an address of its own, which leads to the others; what is gone answers 410."""

import hashlib
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from kg.build.releasing import build
from kg.project import read_project
from tests.conftest import Server, serving
from tests.pages.conftest import parsed

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory, template: Path) -> Iterator[tuple[list[str], Server]]:
    """A server of the second of two releases, with the names of both; the first told of a fog horn."""
    import shutil

    folder = tmp_path_factory.mktemp("releases") / "project"
    shutil.copytree(template, folder, ignore=shutil.ignore_patterns("build"))
    found = []
    settings, facts = folder / "kg.toml", folder / "data/facts/notice.yaml"
    words = settings.read_text(encoding="utf-8")
    for day, slug in (("2026-11-01", "fog-horn"), ("2026-11-20", "horn")):
        settings.write_text(f"modified = {day}\n{words}", encoding="utf-8")
        text = facts.read_text(encoding="utf-8")
        facts.write_text(text.replace("id: fog-horn", f"id: {slug}"), encoding="utf-8")
        release = build(read_project(folder), validate=False).release
        assert release
        found.append(release.path.name)
    with serving(folder, folder.parent / "log") as server:
        yield found, server


def get(server: Server, path: str, accept: str = "*/*") -> httpx.Response:
    return httpx.get(f"{server.url}{path}", headers={"Accept": accept})


def test_a_release_leads_to_the_one_before_the_next_and_the_current(names: tuple[list[str], Server]) -> None:
    (first, second), server = names
    old, new = (get(server, f"release/{name}/dataset.nq") for name in (first, second))
    assert old.headers["memento-datetime"] == "Sun, 01 Nov 2026 00:00:00 GMT"
    assert new.headers["memento-datetime"] == "Fri, 20 Nov 2026 00:00:00 GMT"
    links = {relation: link["url"] for link in old.links.values() for relation in [link["rel"]]}
    assert links == {
        "original latest-version": "../../downloads/dataset.nq",
        "successor-version": f"../{second}/dataset.nq",
    }
    assert new.links["predecessor-version"]["url"] == f"../{first}/dataset.nq"
    for answer in (old, new):
        for link in answer.links.values():
            assert httpx.get(answer.url.join(link["url"])).status_code == 200
    assert new.content == get(server, "downloads/dataset.nq").content != old.content


def test_the_address_that_is_cited_leads_to_its_page(names: tuple[list[str], Server]) -> None:
    (first, _), server = names
    moved = get(server, f"release/{first}")
    assert (moved.status_code, moved.headers["location"]) == (301, f"{first}/")
    page = get(server, f"release/{first}/", "text/html")
    assert (page.status_code, page.links["original latest-version"]["url"]) == (200, "../../dataset")
    assert httpx.get(page.url.join(page.links["successor-version"]["url"])).status_code == 200


def test_its_page_tells_how_to_cite_it_and_what_its_file_is(names: tuple[list[str], Server]) -> None:
    (first, second), server = names
    for name, other in ((first, second), (second, first)):
        page = get(server, f"release/{name}/", "text/html")
        assert page.headers["content-type"].startswith("text/html")
        text = "".join(parsed(page.text).itertext())
        assert f"Release {name}. https://example.org/release/{name}" in text
        digest = hashlib.sha256(get(server, f"release/{name}/dataset.nq").content).hexdigest()
        assert digest in page.text
        assert other in text
        for suffix in (".bib", ".ris", ".json", ".cff"):
            assert name in get(server, f"release/{name}/citation{suffix}").text
    assert get(server, f"release/{second}/changes.json").json()["before"]["release"] == first
    listed = get(server, "dataset", "text/html").text
    assert listed.index(f"release/{second}") < listed.index(f"release/{first}")


def test_the_feed_tells_of_each(names: tuple[list[str], Server]) -> None:
    (first, second), server = names
    answer = get(server, "releases.atom")
    assert answer.headers["content-type"] == "application/atom+xml"
    feed = ET.fromstring(answer.content)
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}id") for entry in entries] == [
        f"https://example.org/release/{name}" for name in (second, first)
    ]
    moments = ["2026-11-20T00:00:00Z", "2026-11-01T00:00:00Z"]
    assert [entry.findtext(f"{ATOM}updated") for entry in entries] == moments
    assert feed.findtext(f"{ATOM}updated") == moments[0]
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "The keepers of this example"
    assert f"removed since {first}" in str(entries[0].findtext(f"{ATOM}summary"))


@pytest.mark.parametrize("path", ["id/fog-horn", "id/fog-horn.html", "id/fog-horn.ttl"])
def test_what_is_gone_says_which_release_had_it(names: tuple[list[str], Server], path: str) -> None:
    (first, _), server = names
    answer = get(server, path)
    assert answer.status_code == 410
    assert f"release {first} was the last to tell of 'fog-horn'" in answer.text
    assert get(server, "id/horn.ttl").status_code == 200
    assert get(server, "id/nobody").status_code == 404


@pytest.mark.parametrize(
    "path", ["nope", "{}/nope", "{}.xml", "{}/citation.xml", "{}/dataset.nq/", "{}/manifest.json", "{}/../x", ""]
)
def test_what_no_release_has_is_not_found(names: tuple[list[str], Server], path: str) -> None:
    (first, _), server = names
    assert get(server, f"release/{path.format(first)}").status_code == 404


def test_without_a_day_there_is_no_feed_and_no_memento(template: Path, tmp_path: Path) -> None:
    with serving(template, tmp_path / "log") as server:
        answer = get(server, "releases.atom")
        assert answer.status_code == 404
        assert "set `modified` in the project" in answer.text
        name = (template / "build/current").read_text(encoding="utf-8").strip()
        assert "memento-datetime" not in get(server, f"release/{name}/").headers
        assert "releases.atom" not in get(server, "dataset", "text/html").text
