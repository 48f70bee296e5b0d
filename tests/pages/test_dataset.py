"""The page of downloads: what it says of each file is what the file is; releases with what they changed."""

import hashlib
import re
from pathlib import Path

from kg.build.releasing import build
from kg.pages import catalogue
from kg.project import read_project
from kg.query.opened import Opened
from kg.rdf.formats import GRAPHS
from kg.release.history import versions


def test_sizes_and_hashes_are_those_of_the_files(opened: Opened) -> None:
    text = catalogue.page(opened, "dataset").decode()
    files = re.findall(r'href="[^"]*downloads/(dataset\.\w+)"', text)
    assert len(set(files)) == len(GRAPHS)
    for name in set(files):
        path = opened.release.path / ("dataset.nq" if name == "dataset.nq" else f"downloads/{name}")
        assert hashlib.sha256(path.read_bytes()).hexdigest() in text


def test_a_format_that_cannot_hold_the_graph_is_not_offered(project: Path) -> None:
    context = project / "ontology" / "context.jsonld"
    text = context.read_text(encoding="utf-8")
    context.write_text(
        text.replace('"schema": ', '"num": {"@id": "http://x/prop/123"},\n  "schema": ', 1), encoding="utf-8"
    )
    facts = project / "data" / "reference" / "numbers.yaml"
    facts.write_text("facts:\n- id: lighthouse\n  num: seven\n", encoding="utf-8")
    build(read_project(project), validate=False)
    text = catalogue.page(Opened(project / "build"), "dataset").decode()
    assert "dataset.ttl" in text
    assert "downloads/dataset.rdf" not in text


def test_releases_are_listed_with_what_they_changed_as_far_as_they_are_kept(project: Path) -> None:
    notice = project / "data" / "facts" / "notice.yaml"
    names = []
    for word in ("building", "raising", "making"):
        text = notice.read_text(encoding="utf-8")
        notice.write_text(
            re.sub(r"name: \w+ of the lighthouse\n", f"name: {word} of the lighthouse\n", text), encoding="utf-8"
        )
        release = build(read_project(project), validate=False).release
        assert release
        names.append(release.path.name)
    found = Opened(project / "build").versions
    assert [version.name for version in found] == names[::-1]
    assert [version.before for version in found] == [*names[-2::-1], ""]
    assert all(version.added and version.removed for version in found[:-1])
    assert [version.name for version in versions(Opened(project / "build").release, most=2)] == names[:0:-1]
