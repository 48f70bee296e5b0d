"""A thing gets another id wherever it stands, and nothing else changes; its old address leads to the new one."""

import json
from pathlib import Path

import httpx
import pytest

from kg.curate.renaming import merge, rename
from kg.errors import FactError, ProjectError, QueryError
from kg.project import read_project, read_renamed
from kg.release.reader import current
from tests.conftest import inside, serving


def lines(project: Path) -> dict[str, list[str]]:
    folders = [project / name for name in ("data", "queries", "ontology")]
    return {
        path.relative_to(project).as_posix(): path.read_text(encoding="utf-8").split("\n")
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_an_id_is_renamed_wherever_it_stands_and_no_other_line_changes(project: Path) -> None:
    before = lines(project)
    found = rename(read_project(project), "lighthouse", "skerry-lighthouse")
    after = lines(project)
    assert {path.relative_to(project).as_posix() for path in found} >= {"data/facts/notice.yaml"}
    for name, old in before.items():
        changed = [(a, b) for a, b in zip(old, after[name], strict=True) if a != b]
        assert all(b == a.replace("lighthouse", "skerry-lighthouse") for a, b in changed), (name, changed)
    assert sum(a != b for name in before for a, b in zip(before[name], after[name], strict=True)) == sum(found.values())
    assert "The Lighthouse of Skerry Point" in "\n".join(after["data/facts/notice.yaml"])
    assert after["data/renamed.csv"] == ["old,new", "lighthouse,skerry-lighthouse", ""]
    assert inside("build", cwd=project).returncode == 0


def test_tables_and_queries_are_renamed_too(project: Path) -> None:
    table = project / "data" / "reference" / "identifiers.csv"
    (project / "queries" / "one.rq").write_text(
        'PREFIX id: <https://example.org/id/>\nSELECT ?p { VALUES ?x { id:bay } #: x\n id:bay ?p "id:bay", id:bay-2 }\n'.replace(
            "#: x", ""
        ),
        encoding="utf-8",
    )
    first = table.read_text(encoding="utf-8")
    rename(read_project(project), "skerry-point", "skerry")
    changed = [
        (a, b) for a, b in zip(first.split("\n"), table.read_text(encoding="utf-8").split("\n"), strict=True) if a != b
    ]
    assert all(a.replace("skerry-point", "skerry", 1) == b for a, b in changed)
    rename(read_project(project), "bay", "the-bay")
    query = (project / "queries" / "one.rq").read_text(encoding="utf-8")
    assert "VALUES ?x { id:the-bay }" in query
    assert "id:bay-2" in query


def test_what_cannot_be_renamed_is_said_and_nothing_changes(project: Path) -> None:
    before = lines(project)
    for old, new, words in (
        ("lighthous", "x", "did you mean 'lighthouse'"),
        ("lighthouse", "bay", "is another thing already"),
        ("lighthouse", "a b", "is not a valid id"),
        ("lighthouse", "tower~x.", "is not a valid id"),
    ):
        with pytest.raises(QueryError, match=words):
            rename(read_project(project), old, new)
    (project / "data" / "facts" / "broken.yaml").write_text(
        "source: notice\nfacts:\n- quote: nowhere\n  id: x\n", encoding="utf-8"
    )
    assert rename(read_project(project), "lighthouse", "tower"), "what was wrong before keeps nobody from it"
    rename(read_project(project), "tower", "lighthouse")
    (project / "data" / "facts" / "broken.yaml").unlink()
    (project / "data" / "renamed.csv").unlink()
    assert lines(project) == before


def test_names_of_names_lead_to_the_last_and_a_broken_list_is_said(project: Path) -> None:
    rename(read_project(project), "bay", "b")
    rename(read_project(project), "b", "c")
    assert read_renamed(read_project(project)) == {"bay": "c", "b": "c"}
    rename(read_project(project), "c", "bay")
    assert read_renamed(read_project(project)) == {"b": "bay", "c": "bay"}
    (project / "data" / "renamed.csv").write_text("from,to\na,b\n", encoding="utf-8")
    with pytest.raises(ProjectError, match="its first line is old,new"):
        read_renamed(read_project(project))


def test_an_old_address_leads_to_the_new_one(project: Path, tmp_path: Path) -> None:
    done = inside("rename", "lighthouse", "tower", cwd=project)
    assert done.returncode == 0, done.stderr
    assert b"data/facts/notice.yaml: " in done.stdout
    assert inside("build", cwd=project).returncode == 0
    with serving(project, tmp_path / "log") as server:
        moved = httpx.get(f"{server.url}id/lighthouse")
        assert (moved.status_code, moved.headers["location"]) == (301, "tower")
        page = httpx.get(f"{server.url}id/lighthouse.html", headers={"Accept": "text/html"}, follow_redirects=True)
        assert page.status_code == 200
        assert str(page.url).endswith("id/tower.html")
        assert httpx.get(f"{server.url}id/nobody").status_code == 404


def test_a_rename_writes_through_no_link_and_keeps_queries_that_can_be_read(project: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    (project / "data" / "renamed.csv").symlink_to(outside)
    with pytest.raises(QueryError, match="a link"):
        rename(read_project(project), "lighthouse", "tower")
    assert not outside.exists()
    (project / "data" / "renamed.csv").unlink()
    (project / "queries" / "bad.rq").write_text(
        "SELECT ?x { VALUES ?x { id:lighthouse id:bay }  #: two\n}", encoding="utf-8"
    )
    before = lines(project)
    with pytest.raises(ProjectError, match="cannot be used as a default"):
        rename(read_project(project), "lighthouse", "tower")
    assert lines(project) == before


def test_two_things_become_one_and_the_old_address_leads_there(project: Path) -> None:
    facts = project / "data" / "facts" / "notice.yaml"
    text = facts.read_text(encoding="utf-8")
    more = (
        "- quote: Ada Merrow\n  id: merrow  # the same\n  type: Person\n  name: Ada Merrow\n"
        "- quote: Ada Merrow, engineer\n  id: merrow\n  description: engineer\n"
    )
    facts.write_text(text.replace("skip:", more + "skip:", 1) if "skip:" in text else text + more, encoding="utf-8")
    assert inside("build", "--no-validate", cwd=project).returncode == 0
    for one, other, words in (
        ("merow", "ada-merrow", "did you mean 'merrow'"),
        ("merrow", "merrow", "one thing already"),
        ("merrow", "x", "nothing in the facts is called 'x'"),
    ):
        with pytest.raises(QueryError, match=words):
            merge(read_project(project), one, other)
    with pytest.raises(QueryError, match="of the class Person, lighthouse of the class Building: not one thing"):
        merge(read_project(project), "merrow", "lighthouse")
    done = inside("merge", "merrow", "ada-merrow", cwd=project)
    assert done.stdout == b"data/facts/notice.yaml: 1 place\n", done.stderr
    after = facts.read_text(encoding="utf-8")
    assert "id: merrow" not in after
    assert after.count("otherName: Ada Merrow") == 0, "what it is called, the other is called already"
    assert "id: ada-merrow\n  description: engineer\n" in after
    assert read_renamed(read_project(project)) == {"merrow": "ada-merrow"}
    assert inside("build", cwd=project).returncode == 0, inside("build", cwd=project).stdout


def test_the_base_is_changed_everywhere_by_one_command(project: Path) -> None:
    assert inside("build", cwd=project).returncode == 0
    for wrong in ("nonsense", "https://example.org/x", "https://example.org/#"):
        assert inside("rebase", wrong, cwd=project).returncode == 2
    done = inside("rebase", "https://lights.example/graph/", cwd=project)
    assert done.returncode == 0, done.stderr
    assert b"kg.toml: 1 place\n" in done.stdout
    assert b"ontology/context.jsonld: 3 places\n" in done.stdout
    assert b"example.org" not in b"".join(path.read_bytes() for path in (project / "queries").glob("*.rq"))
    assert inside("build", cwd=project).returncode == 0, inside("build", cwd=project).stderr
    assert b"lights.example/graph/id/lighthouse" in (current(project / "build").path / "dataset.nq").read_bytes()
    assert inside("rebase", "https://lights.example/graph/", cwd=project).stdout == b""


def test_a_name_that_the_other_does_not_have_is_another_name(project: Path) -> None:
    facts = project / "data" / "facts" / "notice.yaml"
    text = facts.read_text(encoding="utf-8")
    more = "- quote: engineer of the Northern Lights Board\n  id: engineer  # who?\n  type: Person\n  name: engineer of the Northern Lights Board\n"
    facts.write_text(text.replace("skip:", f"{more}skip:", 1), encoding="utf-8")
    with pytest.raises(FactError, match="quoted words have none of its names"):
        merge(read_project(project), "engineer", "ada-merrow")
    known = "- quote: [Ada Merrow, engineer of the Northern Lights Board]\n  id: ada-merrow\n  otherName: engineer of the Northern Lights Board\n  basis: inferred\n  note: Ada Merrow is the engineer of the Northern Lights Board.\n"
    text = facts.read_text(encoding="utf-8")
    facts.write_text(text.replace("skip:", f"{known}skip:", 1), encoding="utf-8")
    merge(read_project(project), "engineer", "ada-merrow")
    assert inside("build", cwd=project).returncode == 0, inside("build", cwd=project).stdout
    assert b"Ada Merrow (id:ada-merrow)" in inside("why", "engineer", cwd=project).stdout, "the old id leads to it"


def test_a_table_written_otherwise_is_changed_as_it_is_written(project: Path) -> None:
    table = project / "data" / "reference" / "identifiers.csv"
    table.write_bytes(b"\xef\xbb\xbfid;near\r\nskerry-point;lighthouse | bay\r\n")
    said = {"dialect": {"delimiter": ";"}, "tableSchema": {"columns": [{"titles": "near", "separator": "|"}]}}
    table.with_name(f"{table.name}-metadata.json").write_text(json.dumps(said), encoding="utf-8")
    done = inside("rename", "lighthouse", "skerry-lighthouse", cwd=project)
    assert done.returncode == 0, done.stderr
    assert table.read_bytes() == b"\xef\xbb\xbfid;near\r\nskerry-point;skerry-lighthouse | bay\r\n"
