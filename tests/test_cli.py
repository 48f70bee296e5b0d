import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Spoil, run


def test_a_new_project_builds_and_answers_at_once(tmp_path: Path) -> None:
    assert run("init", "demo", cwd=tmp_path).returncode == 0
    demo = tmp_path / "demo"
    built = run("build", cwd=demo)
    assert built.returncode == 0, built.stderr
    assert b"100.0 % read" in built.stdout
    listed = run("query", cwd=demo).stdout.decode()
    assert "timeline" in listed
    assert "-p since=1850-01-01  earliest day" in listed
    answer = run("query", "timeline", cwd=demo).stdout.decode().splitlines()
    assert answer == [
        "date,event,eventLabel",
        "1851,id:construction,building of the lighthouse",
        "1852-03-03,id:first-lighting,first lighting of the lamp",
        "1890,id:fog-horn,addition of a fog horn",
    ]
    whole = run("query", "timeline", "--csv-crlf", cwd=demo).stdout.decode()
    assert whole.startswith("date,event,eventLabel\r\n1851,https://example.org/id/construction,")
    assert len(run("query", "timeline", "-p", "since=1852-01-01", cwd=demo).stdout.splitlines()) == 3


def test_a_project_is_not_started_over_another(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    assert run("init", "demo", cwd=tmp_path).returncode == 0
    done = run("init", "demo", cwd=tmp_path)
    assert done.returncode == 2
    assert b"exists and is not an empty folder; give a new name" in done.stderr
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert run("init", "file/demo", cwd=tmp_path).returncode == 3
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("verb", ["build", "validate", "coverage", "query", "export"])
def test_outside_a_project_the_way_in_is_told(tmp_path: Path, verb: str) -> None:
    done = run(verb, cwd=tmp_path)
    assert done.returncode == 2
    assert b"no kg project here or above" in done.stderr
    assert b"kg init DIR" in done.stderr


@pytest.mark.parametrize("arguments", [["query", "timeline"], ["export"], ["why", "lighthouse"]])
def test_before_the_first_build_the_next_step_is_told(project: Path, arguments: list[str]) -> None:
    done = run(*arguments, cwd=project)
    assert done.returncode == 3
    assert b"nothing has been built yet; run `kg build`" in done.stderr


def test_a_project_is_found_from_within_and_by_its_path(project: Path, tmp_path: Path) -> None:
    assert run("build", cwd=project / "data" / "facts").returncode == 0
    assert run("-C", project, "query", "timeline", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["query", "timeline", "--sparql", "ASK {}"], "give one of NAME, --sparql and --file"),
        (["query", "--sparql", "ASK {}", "-p", "a=b"], "-p is for canned queries"),
        (["query", "timeline", "-p", "since"], "write KEY=VALUE"),
        (["query", "timeline", "-p", "since=1852-01-01", "-p", "since=1852-01-01"], "each key once"),
        (["query", "timelin"], "did you mean timeline?"),
        (["query", "timeline", "-t", "docx"], "is not one of"),
        (["query", "--sparql", "SELECT"], "not SPARQL"),
        (["query", "timeline", "-t", "turtle"], "makes a table"),
        (["why", "nobody-at-all"], "nothing in the graph is called"),
        (["why", "lighthouse", "worksFor"], "has no statement worksFor"),
        (["export", "-t", "trig", "--evidence", "reified"], "leave out --evidence"),
        (["validate", "missing.ttl"], "No such file"),
        (["frobnicate"], "No such command"),
    ],
)
def test_a_wrong_call_is_named(template: Path, arguments: list[str], words: str) -> None:
    done = run(*arguments, cwd=template)
    assert done.returncode == 2, done.stderr
    assert words in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_a_query_comes_from_the_line_a_file_or_stdin(template: Path, tmp_path: Path) -> None:
    query = "SELECT ?name { id:bay skos:prefLabel ?name }"
    (tmp_path / "q.rq").write_text(query, encoding="utf-8")
    for arguments, given in (
        (["--sparql", query], b""),
        (["-f", str(tmp_path / "q.rq")], b""),
        (["-f", "-"], query.encode()),
    ):
        assert run("query", *arguments, cwd=template, given=given).stdout == b"name\nthe bay\n"
    done = run("query", "-f", "-", cwd=template, given=b"\xff")
    assert done.returncode == 2
    assert b"not UTF-8" in done.stderr


def test_the_sparql_of_a_canned_query_is_shown_with_its_values(template: Path) -> None:
    shown = run("query", "timeline", "-p", "since=1852-01-01", "--show", cwd=template).stdout.decode()
    assert 'VALUES ?since { "1852-01-01"^^<http://www.w3.org/2001/XMLSchema#date> }  #: earliest day' in shown
    answer = run("query", "--sparql", shown, cwd=template).stdout
    assert answer == run("query", "timeline", "-p", "since=1852-01-01", cwd=template).stdout


def test_a_lower_threshold_lets_passages_stay_unread(project: Path, spoil: Spoil) -> None:
    spoil(
        "data/facts/notice.yaml",
        "skip:\n- quote: Visitors are asked to close the gate.",
        "skip:\n- quote: Visitors are asked to",
    )
    assert b"notice: 9" in run("build", cwd=project).stdout, "a new project is told what is unread, and goes on"
    spoil("kg.toml", "coverage = 0", "coverage = 100")
    assert run("build", cwd=project).returncode == 1
    spoil("kg.toml", "coverage = 100", "coverage = 90")
    assert run("build", cwd=project).returncode == 0


def test_validate_tells_the_verdict_first(campaign: Path) -> None:
    done = run("validate", cwd=campaign)
    assert done.returncode == 0
    assert done.stdout.startswith(b"conforms: ")
    assert json.loads(run("validate", "-t", "json", cwd=campaign).stdout)["conforms"] is True


def test_validate_checks_a_file_against_the_project(campaign: Path, tmp_path: Path) -> None:
    data = tmp_path / "data.ttl"
    data.write_text("<http://x/a> a <https://schema.org/Person> .", encoding="utf-8")
    done = run("validate", data, cwd=campaign)
    assert done.returncode == 1
    assert b"A person needs one name a language" in done.stdout


def test_our_own_fault_is_said_without_a_traceback(campaign: Path) -> None:
    broken = "import kg.project\nkg.project.find_root = lambda start: 1 / 0\nimport sys\nsys.argv = ['kg', 'query']\nfrom kg.cli import main\nmain()"
    done = subprocess.run([sys.executable, "-c", broken], cwd=campaign, capture_output=True, check=False)
    assert done.returncode == 3
    assert b"kg failed, and that is its own fault: ZeroDivisionError" in done.stderr
    assert b"Traceback" not in done.stderr
    env = {**os.environ, "KG_DEBUG": "1"}
    assert (
        b"Traceback"
        in subprocess.run(
            [sys.executable, "-c", broken], cwd=campaign, env=env, capture_output=True, check=False
        ).stderr
    )


def test_the_version_is_told(tmp_path: Path) -> None:
    assert run("--version", cwd=tmp_path).stdout.startswith(b"kg, version ")
    assert b"build" in run("--help", cwd=tmp_path).stdout


def test_a_folder_that_is_not_there_is_named(project: Path) -> None:
    done = run("-C", "typo", "build", cwd=project)
    assert done.returncode == 2
    assert b"typo: no such folder" in done.stderr


def test_starting_a_project_touches_nothing_beside_it(tmp_path: Path) -> None:
    (tmp_path / ".foo.new").mkdir()
    assert run("init", "foo", cwd=tmp_path).returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [".foo.new", "foo"]
    (tmp_path / "here").mkdir()
    assert run("init", ".", cwd=tmp_path / "here").returncode == 0


@pytest.mark.parametrize("what", ["a link out of the project", "a broken link", "a folder called x.yaml"])
def test_nothing_of_the_data_is_passed_over(project: Path, tmp_path: Path, what: str) -> None:
    path = project / "data" / "facts" / "x.yaml"
    if what == "a folder called x.yaml":
        path.mkdir()
    else:
        path.symlink_to(tmp_path / "outside.yaml")
        if what == "a link out of the project":
            (tmp_path / "outside.yaml").write_text("facts: []", encoding="utf-8")
    done = run("build", cwd=project)
    assert done.returncode == 1
    assert b"data/facts/x.yaml:1:1: " in done.stderr


def test_what_lies_in_the_project_is_not_imported(project: Path) -> None:
    """By the processes that kg starts: a folder may hold files called like modules."""
    for name in ("json", "rdflib", "pyshacl"):
        (project / f"{name}.py").write_text("raise SystemExit('imported from the project')", encoding="utf-8")
    command = [sys.executable, "-P", "-m", "kg", "build"]
    done = subprocess.run(command, cwd=project, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_new_project_begins_with_its_own_base_title_and_language(tmp_path: Path) -> None:
    done = run("init", "demo", "--base", "https://a.example/", "--title", 'The "A"', "--language", "fr", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    settings = (tmp_path / "demo" / "kg.toml").read_text(encoding="utf-8")
    assert 'base = "https://a.example/"' in settings
    assert 'title = "The \\"A\\""' in settings
    assert '"@language": "fr"' in (tmp_path / "demo" / "ontology" / "context.jsonld").read_text(encoding="utf-8")
    assert run("build", cwd=tmp_path / "demo").returncode == 0, run("build", cwd=tmp_path / "demo").stderr
    for wrong in (("--base", "a"), ("--language", "not a tag")):
        assert run("init", "other", *wrong, cwd=tmp_path).returncode == 2
        assert not (tmp_path / "other").exists()


def test_the_project_of_a_path_with_dots_is_not_the_one_that_one_is_in(project: Path, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    before = {path: path.read_bytes() for path in (project / "data").rglob("*") if path.is_file()}
    here = project / "data"
    for start in ("../../plain", str(plain), f"../../{plain.name}/."):
        done = run("-C", start, "rename", "lighthouse", "tower", cwd=here)
        assert done.returncode == 2, done.stdout
        assert b"no kg project here or above" in done.stderr
    assert {path: path.read_bytes() for path in (project / "data").rglob("*") if path.is_file()} == before
    assert run("-C", "..", "coverage", cwd=here).returncode == 0


def test_links_that_lead_round_in_a_circle_are_said(project: Path) -> None:
    (project / "data" / "facts" / "loop.yaml").symlink_to("loop.yaml")
    for verb in (
        ("build",),
        ("cites", "lamp"),
        ("fmt",),
        ("coverage",),
        ("add", "its lamp was first lit", "--type", "Event"),
    ):
        done = run(*verb, cwd=project)
        assert b"its own fault" not in done.stderr, (verb, done.stderr)
    assert b"a link that leads round in a circle" in run("build", cwd=project).stderr


def test_an_empty_project_has_its_words_and_no_facts(tmp_path: Path) -> None:
    assert run("init", "demo", "--empty", "--title", "Mine", cwd=tmp_path).returncode == 0
    folder = tmp_path / "demo"
    assert [path for path in (folder / "data").rglob("*") if path.is_file()] == []
    assert b"there are no sources" in run("source", "list", cwd=folder).stderr
    (tmp_path / "a.txt").write_text("It was built in 1851.\n", encoding="utf-8")
    assert run("source", "add", "../a.txt", cwd=folder).returncode == 0
    assert run("add", "it was built in 1851", "--type", "Event", "--id", "building", cwd=folder).returncode == 0
    assert run("build", cwd=folder).returncode == 0, run("build", cwd=folder).stdout


def test_the_help_tells_of_every_verb_once_and_cuts_nothing_off(tmp_path: Path) -> None:
    from kg.cli import cli
    from kg.cli.group import PURPOSES

    told = " ".join(PURPOSES.values()).split()
    assert sorted(told) == sorted(cli.commands)
    assert len(told) == len(set(told))
    for command in ((), ("source",), ("tables",), ("release",)):
        text = run(*command, "--help", cwd=tmp_path).stdout.decode()
        assert not [line for line in text.splitlines() if line.endswith("...") and not line.endswith("]...")]
    assert "Ask:\n  query " in run("--help", cwd=tmp_path).stdout.decode()
