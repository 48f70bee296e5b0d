"""How results look on a terminal, in a pipe, and on one that has closed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kg.query import hints
from kg.terminal.answers import table
from tests.conftest import Spoil, inside, run


def test_a_table_is_for_people(template: Path) -> None:
    done = run("query", "timeline", "-t", "table", cwd=template)
    assert "id:fog-horn" in done.stdout.decode()
    assert done.stderr == b"since = 1850-01-01\n3 rows\n"


def test_coverage_shows_what_is_left(project: Path, spoil: Spoil) -> None:
    whole = run("coverage", cwd=project)
    assert whole.returncode == 0
    assert b"notice: 100.0 % read" in whole.stdout
    spoil(
        "data/facts/notice.yaml",
        "skip:\n- quote: Visitors are asked to close the gate.",
        "skip:\n- quote: Visitors are asked to",
    )
    spoil("kg.toml", "coverage = 0", "coverage = 100")
    left = run("coverage", cwd=project)
    assert left.returncode == 1
    assert "data/sources/notice.txt:9:23: …Visitors are asked to [close the gate.]…".encode() in left.stdout
    spoil("data/facts/notice.yaml", "Nearly 40 ships", "Nearly 41 ships")
    faulty = run("coverage", cwd=project)
    assert faulty.returncode == 1
    assert b"does not stand in notice.txt" in faulty.stderr


def test_why_shows_the_words(campaign: Path) -> None:
    said = run("why", "Allieu I. Kanu", "ofCountry", cwd=campaign).stdout.decode()
    assert said.startswith("Allieu I. Kanu (id:allieu-i-kanu) · ofCountry · Sierra Leone (id:sierra-leone)\n")
    assert "[When introducing the resolution, Ambassador Allieu I. Kanu of Sierra Leone]" in said
    assert "stated, international-campaign-icc, data/facts/" in said
    inferred = run("why", "coalition", "otherName", "CICC", cwd=campaign).stdout.decode()
    assert "note: The page never spells the acronym out" in inferred
    follows = run("why", "kofi-annan", "schema:name", cwd=campaign).stdout.decode()
    assert "follows from the statements and the ontology" in follows
    reference = run("why", "Belgium", "alpha3", cwd=campaign).stdout.decode()
    assert "evidence: github datasets/country-codes" in reference
    assert "the ontology says so" in run("why", "kg:signature", "skos:inScheme", cwd=campaign).stdout.decode()


def test_a_thing_is_told_searched_and_cited(campaign: Path) -> None:
    told = run("about", "Belgium", cwd=campaign).stdout.decode()
    assert told.startswith("Belgium (belgium), country\n\nWhat they paid for (1)\n")
    found = run("search", "Mexico", "-n", "2", cwd=campaign).stdout.decode()
    assert found.startswith("Mexico (mexico)\n")
    nothing = run("search", "zzzz", cwd=campaign)
    assert (nothing.returncode, nothing.stdout) == (1, b"")
    assert b"nothing is called or quoted so: zzzz" in nothing.stderr
    why = run("why", "coalition-members-450", "date", cwd=campaign).stdout.decode()
    fact = why.rstrip().rpartition(" ")[2]
    cited = run("cite", fact, cwd=campaign).stdout.decode()
    assert cited.startswith("“The Coalition was founded in 1995 … ")
    assert run("cite", f"fact:{fact}", "-t", "bibtex", cwd=campaign).stdout.startswith(b"@online{fact-")
    for wrong in (["cite", "abc"], ["about", "nobody-at-all"]):
        done = run(*wrong, cwd=campaign)
        assert (done.returncode, done.stdout) == (2, b"")
        assert b"Traceback" not in done.stderr


def test_results_and_notes_go_their_own_ways(campaign: Path) -> None:
    done = run("query", "people", cwd=campaign)
    assert done.stderr == b""
    assert done.stdout.startswith(b"person,personLabel")


@pytest.mark.parametrize("kind", ["nquads", "turtle"])
def test_a_closed_pipe_is_no_fault_and_leaves_nothing_behind(campaign: Path, tmp_path: Path, kind: str) -> None:
    command = f"{sys.executable} -m kg export -t {kind} | head -1"
    env = {**os.environ, "TMPDIR": str(tmp_path)}
    done = subprocess.run(["bash", "-c", command], cwd=campaign, capture_output=True, check=False, env=env)
    assert done.returncode == 0
    assert done.stderr == b""
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("settings", [{"LC_ALL": "C", "PYTHONUTF8": "0"}, {"PYTHONIOENCODING": "ascii"}])
def test_any_locale_will_do(campaign: Path, settings: dict[str, str]) -> None:
    command = [sys.executable, "-m", "kg", "query", "names", "-p", "thing=lie-down", "-t", "table"]
    done = subprocess.run(command, cwd=campaign, capture_output=True, check=False, env={**os.environ, **settings})
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr


def test_closed_streams_and_full_devices_are_no_fault_of_ours(campaign: Path) -> None:
    kg = f"{sys.executable} -m kg"
    for command, code, words in (
        (f"{kg} query people >&-", 0, b""),
        (f"{kg} query -f - <&-", 2, b"not SPARQL"),
        (f"{kg} query people > /dev/full", 3, b"No space left on device"),
        (f"{kg} export > /dev/full", 3, b"No space left on device"),
        (f"{kg} export -t nquads | true; exit ${{PIPESTATUS[0]}}", 141, b""),
    ):
        done = subprocess.run(["bash", "-c", command], cwd=campaign, capture_output=True, check=False)
        assert done.returncode == code, (command, done.stderr)
        assert words in done.stderr
        assert b"Traceback" not in done.stderr
        assert b"own fault" not in done.stderr


def test_an_empty_answer_says_what_the_graph_does_not_have(template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hints, "SECONDS", 60)  # what is looked for does not hang on how busy this machine is
    done = inside("query", "--sparql", "SELECT ?x { ?x kg:neer id:bay }", cwd=template)
    assert done.stdout == b"x\n"
    assert done.stderr == b"the graph has no property kg:neer; did you mean 'kg:near'?\n"
    asked = "SELECT ?x ?y { ?x kg:near ?z OPTIONAL { ?x kg:neer ?y } }"
    assert b"did you mean 'kg:near'" in inside("query", "--sparql", asked, cwd=template).stderr
    assert b"did you mean" not in inside("query", "--sparql", "SELECT ?x { ?x kg:near ?y }", cwd=template).stderr


def test_words_come_in_every_format_that_has_columns(template: Path, tmp_path: Path) -> None:
    import openpyxl  # type: ignore[import-untyped]

    short = run("query", "timeline", "--words", cwd=template).stdout.decode().splitlines()
    assert short[0] == "date,event,eventLabel,words,source,basis,fact"
    assert short[2].startswith("1852-03-03,id:first-lighting,")
    assert run("query", "timeline", "--words", "-o", tmp_path / "a.xlsx", cwd=template).returncode == 0
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    rows = list(sheet.values)
    assert rows[0] == ("date", "event", "eventLabel", "words", "source", "basis", "fact")
    assert "lamp was first lit on 3 March 1852" in rows[2][3]
    told = run("query", "timeline", "--words", "-t", "table", cwd=template).stdout.decode()
    assert "first lit on 3 March 1852" in " ".join(told.split())
    assert "basis" in told


def test_what_a_question_has_no_answer_for_is_told_with_what_it_has(campaign: Path) -> None:
    done = run("query", "sessions", "-p", "series=rome", cwd=campaign)
    assert done.returncode == 0
    assert b"series = Rome (id:rome)\nseries has answers for Assembly of States Parties meetings" in done.stderr
    assert b"has answers" not in run("query", "nth-ratification", "-p", "n=60", cwd=campaign).stderr


def test_a_table_that_does_not_fit_is_told_a_value_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    columns = ["event", "label", "words", "source", "basis", "note"]
    table(columns, [["id:a", *["x" * 300] * 5], ["id:b", *[""] * 5]])
    table(["a", "b"], [["1", "2"]])
    out = capsys.readouterr().out
    assert f"  event   id:a\n  label   {'x' * 300}\n" in out
    assert "  event   id:b\n\n" in out
    assert "─" in out.split("id:b")[1]


def test_an_ending_and_a_format_that_differ_are_refused(template: Path, tmp_path: Path) -> None:
    done = run("query", "timeline", "-o", tmp_path / "a.xlsx", "-t", "json", cwd=template)
    assert done.returncode == 2
    assert b"its ending is not that of json" in done.stderr
    assert not (tmp_path / "a.xlsx").exists()
