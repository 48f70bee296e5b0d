"""The list of sources, and the documents that it names."""

import hashlib
import re
from pathlib import Path

import pytest

from kg.facts.sources import Source, read_sources
from kg.release.reader import current
from tests.conftest import inside


def listed(root: Path, entry: str) -> tuple[dict[str, Source], list[str]]:
    data = root / "data"
    (data / "sources").mkdir(parents=True, exist_ok=True)
    (data / "sources" / "a.txt").write_text("hello", encoding="utf-8")
    (data / "sources.yaml").write_text(entry, encoding="utf-8")
    sources, faults = read_sources(data, root)
    return sources, [str(fault) for fault in faults]


SHA = hashlib.sha256(b"hello").hexdigest()


ENTRY = f"sources:\n- id: a\n  file: a.txt\n  sha256: {SHA}\n  title: A\n"


def test_a_listed_source_is_read(tmp_path: Path) -> None:
    sources, faults = listed(tmp_path, ENTRY + "  url: https://example.org/a\n  retrieved: 2020-05-31\n  rights:\n")
    assert not faults
    assert (sources["a"].text, sources["a"].language, sources["a"].retrieved) == ("hello", "en", "2020-05-31")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (SHA, "0" * 64, "has changed: its SHA-256 is " + SHA),
        ("file: a.txt", "file: b.txt", "b.txt does not exist"),
        ("file: a.txt", "file: ../a.txt", "not a valid file name"),
        ("title: A", "titel: A", "unknown key titel; did you mean 'title'"),
        ("  title: A\n", "", "has no title"),
        ("id: a", "id: a b", "not a valid id"),
        ("title: A", "title: [A]", "title must be text"),
        ("title: A", "title: A\n  url: a b", "not a valid address"),
        ("title: A", "title: A\n  retrieved: 2020", "not a day"),
        ("title: A", "title: A\n  retrieved: may", "not a day"),
        ("title: A", "title: A\n  retrieved: 2020-05-31/2020-06-01", "not a day"),
        ("sources:\n", "more: x\nsources:\n", "and nothing else"),
        ("sources:\n", "documents:\n", "expected `sources:`"),
        ("- id", "- x\n- id", "a source is a mapping"),
        ("title: A", f"title: A\n- id: a\n  file: a.txt\n  sha256: {SHA}\n  title: B", "second source"),
        ("title: A", "title: *A", "alias"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in ENTRY
    _, faults = listed(tmp_path, ENTRY.replace(old, new, 1))
    assert len(faults) == 1
    assert faults[0].startswith("data/sources.yaml:")
    assert words in faults[0]


def test_a_source_that_is_not_listed_is_named(tmp_path: Path) -> None:
    listed(tmp_path, ENTRY)
    (tmp_path / "data" / "sources" / "b.txt").write_text("x", encoding="utf-8")
    assert "sources/b.txt is not listed" in listed(tmp_path, ENTRY)[1][0]


def test_a_source_that_is_not_utf8_names_its_place(tmp_path: Path) -> None:
    listed(tmp_path, ENTRY)
    file = tmp_path / "data" / "sources" / "a.txt"
    file.write_bytes(b"a\nb\xff")
    _, faults = read_sources(tmp_path / "data", tmp_path)
    assert "data/sources/a.txt, line 2, column 2: byte 0xff is not UTF-8" in str(faults[0])


def test_a_project_without_sources_has_none(tmp_path: Path) -> None:
    assert read_sources(tmp_path, tmp_path) == ({}, [])


def test_documents_that_no_list_names_are_named(tmp_path: Path) -> None:
    (tmp_path / "sources" / "folder").mkdir(parents=True)
    (tmp_path / "sources" / "a.txt").write_text("x", encoding="utf-8")
    _, faults = read_sources(tmp_path, tmp_path)
    assert [fault.message.split()[0] for fault in faults] == ["sources/a.txt", "sources/folder"]


def test_a_source_may_not_lead_out_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("hello", encoding="utf-8")
    inside = tmp_path / "inside"
    listed(inside, ENTRY)
    (inside / "data" / "sources" / "a.txt").unlink()
    (inside / "data" / "sources" / "a.txt").symlink_to(tmp_path / "outside.txt")
    _, faults = read_sources(inside / "data", inside)
    assert "leads out of the project" in str(faults[0])


def test_the_sum_may_be_in_capitals(tmp_path: Path) -> None:
    assert not listed(tmp_path, ENTRY.replace(SHA, SHA.upper()))[1]


def paged(project: Path, table: str, more: str = "") -> Path:
    """The template's project with pages for its source, and more entries."""
    (project / "data" / "originals").mkdir(exist_ok=True)
    (project / "data" / "originals" / "notice.pages.csv").write_text(table, encoding="utf-8")
    listed = project / "data" / "sources.yaml"
    listed.write_text(
        f"{listed.read_text(encoding='utf-8').rstrip()}\n  pages: originals/notice.pages.csv\n{more}", encoding="utf-8"
    )
    return listed


def test_pages_of_a_document_are_read_and_told(project: Path) -> None:
    text = (project / "data" / "sources" / "notice.txt").read_text(encoding="utf-8")
    second = text.index("1890")
    paged(project, f"page,label,start\n1,xii,0\n2,1,{second}\n")
    sources, faults = read_sources(project / "data", project)
    assert faults == []
    source = sources["notice"]
    assert [source.page_at(at) for at in (0, second - 1, second, len(text))] == [1, 1, 2, 2]
    assert [page.label for page in source.pages] == ["xii", "1"]
    assert inside("build", cwd=project).returncode == 0
    data = (current(project / "build").path / "dataset.nq").read_text(encoding="utf-8")
    assert '<https://example.org/ontology#page> "xii"' in data
    assert '"page=2"' in data
    assert "rfc3778" in data
    why = inside("why", "lighthouse", cwd=project).stdout.decode()
    assert "page xii" in why
    fact = re.findall(r"fact ([0-9a-f]{16})", why)[0]
    cited = inside("cite", fact, cwd=project).stdout.decode()
    assert "p. xii" in cited, cited
    assert '"page": "xii"' in inside("cite", fact, "-t", "csl", cwd=project).stdout.decode()


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("page,start\n1,0\n", "expected the columns page,label,start"),
        ("page,label,start\n2,a,0\n", "expected the columns page,label,start"),
        ("page,label,start\n1,a,0\n2,b,0\n", "page 2: 0 is not behind the page before"),
        ("page,label,start\n1,a,99999\n", "page 1: 99999 is not behind the page before, or not in the text"),
        ("", "expected"),
    ],
)
def test_a_table_of_pages_that_is_wrong_is_said(project: Path, table: str, words: str) -> None:
    paged(project, table)
    _, faults = read_sources(project / "data", project)
    assert [words in fault.message for fault in faults] == [True]


def test_a_later_version_names_the_one_before(project: Path) -> None:
    text = (project / "data" / "sources" / "notice.txt").read_text(encoding="utf-8")
    (project / "data" / "sources" / "later.txt").write_text(text, encoding="utf-8")
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    entry = f"- id: later\n  file: later.txt\n  sha256: {sha256}\n  title: Later\n  coverage: 0\n  revises: notice\n"
    listed = paged(project, "page,label,start\n1,,0\n", entry)
    assert inside("build", cwd=project).returncode == 0
    data = (current(project / "build").path / "dataset.nq").read_text(encoding="utf-8")
    assert (
        "<https://example.org/source/later> <http://www.w3.org/ns/prov#wasRevisionOf> <https://example.org/source/notice>"
        in data
    )
    for wrong, hint in (("notise", "did you mean 'notice'"), ("later", "not an earlier source")):
        listed.write_text(
            listed.read_text(encoding="utf-8").replace("revises: notice", f"revises: {wrong}"), encoding="utf-8"
        )
        _, faults = read_sources(project / "data", project)
        assert [hint in fault.message for fault in faults] == [True], faults
        listed.write_text(
            listed.read_text(encoding="utf-8").replace(f"revises: {wrong}", "revises: notice"), encoding="utf-8"
        )
