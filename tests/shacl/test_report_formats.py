"""The forms of a report: the same finding in each, at a place, and nothing forged by what is in the data."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import html5lib
import jsonschema  # type: ignore[import-untyped]
import pyoxigraph as px
import pytest

from tests.conftest import SUITES, needs, run
from tests.shacl.test_pyshacl_engine import HEAD, turtle

SCHEMA = SUITES / "suites" / "sarif" / "sarif-2.1.0.json"
SHAPES = """x:S a sh:NodeShape ; sh:targetClass x:T ;
  sh:property [ sh:path x:p ; sh:datatype xsd:integer ; sh:severity x:Grave ] ;
  sh:property [ sh:path ( x:q [ sh:alternativePath ( x:r x:p ) ] ) ; sh:minCount 1 ; sh:message "zu wenig"@de , "too few"@en ] ;
  sh:property [ sh:path x:q ; sh:node [ sh:property [ sh:path x:r ; sh:maxCount 0 ] ] ] ."""
DATA = """
x:a a x:T ; x:p "x\\n::error file=evil.py,line=1::forged\\n\\u001b[31mconforms\\u2028" ; x:q 1 .

x:b a x:T ; x:q [ x:r 1 ] .
<http://x/c> a x:T ; x:p "yes"^^xsd:boolean ; x:q x:d . x:d x:r "007"^^xsd:integer .
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "shapes.ttl").write_text(HEAD + SHAPES, encoding="utf-8")
    (tmp_path / "data.ttl").write_text(HEAD + DATA, encoding="utf-8")
    return tmp_path


def shown(folder: Path, kind: str, *more: str) -> str:
    done = run("validate", "data.ttl", "--shapes", "shapes.ttl", "-t", kind, *more, cwd=folder)
    assert (done.returncode, done.stderr) == (1, b"")
    return done.stdout.decode()


def test_text_is_one_line_a_thing(folder: Path) -> None:
    lines = shown(folder, "text").splitlines()
    assert not [line for line in lines if line.startswith(("::", "conforms"))]
    assert all(line.isprintable() for line in lines)
    assert "x:Grave: not of the datatype xsd:integer (2 times)" in lines
    assert '    x:c x:p "yes"^^xsd:boolean' in lines
    assert "  by x:S, sh:datatype" in lines
    assert "  to fix it, write the value as that datatype has it" in lines
    assert "  de: zu wenig" in lines
    at = lines.index("  x:a x:q / (x:r | x:p)")
    assert "  data.ttl:4" in lines[at : at + 4], "of one finding as of others"
    assert {"      data.ttl:4", "      data.ttl:7"} <= {*lines}
    assert sum(line.strip().startswith("violation: more than 0 values") for line in lines) == 2


def test_every_finding_of_github_is_one_command(folder: Path) -> None:
    lines = shown(folder, "github").split("\n")
    assert len(lines) == 5 + 1
    assert all(line.startswith("::error file=data.ttl,line=") for line in lines[:-1])
    assert "\x1b" not in "".join(lines)


def test_json_holds_everything(folder: Path) -> None:
    found = json.loads(shown(folder, "json"))
    assert found["conforms"] is False
    (few,) = [
        finding for finding in found["findings"] if finding["message"] == "too few" and finding["focus"] == "http://x/a"
    ]
    assert few["messages"] == [{"language": "en", "text": "too few"}, {"language": "de", "text": "zu wenig"}]
    assert few["component"] == "http://www.w3.org/ns/shacl#MinCountConstraintComponent"
    assert [(place["file"], place["line"]) for place in few["places"]] == [("data.ttl", 4)]


def test_turtle_parses_back_to_the_same_terms(folder: Path) -> None:
    terms = {str(quad.object) for quad in px.parse(shown(folder, "turtle"), format=px.RdfFormat.TURTLE)}
    assert '"yes"^^<http://www.w3.org/2001/XMLSchema#boolean>' in terms
    values = {str(quad.object) for quad in turtle(DATA) if quad.predicate.value == "http://x/p"}
    assert values <= terms


@pytest.mark.long
def test_the_same_input_gives_the_same_bytes(folder: Path) -> None:
    for kind in ("text", "json", "sarif", "github", "turtle"):
        made = set()
        for seed in ("1", "2"):
            command = [sys.executable, "-m", "kg", "validate", "data.ttl", "--shapes", "shapes.ttl", "-t", kind]
            environment = {**os.environ, "PYTHONHASHSEED": seed}
            made.add(subprocess.run(command, cwd=folder, capture_output=True, env=environment, check=False).stdout)
        assert len(made) == 1, kind


def test_sarif_has_what_a_code_host_asks_for(folder: Path) -> None:
    (ran,) = json.loads(shown(folder, "sarif"))["runs"]
    assert len(ran["results"]) == 5
    for result in ran["results"]:
        (location,) = result["locations"]
        assert location["physicalLocation"]["artifactLocation"]["uri"] == "data.ttl"
        assert location["physicalLocation"]["region"]["startLine"] in (4, 6, 7)
        assert result["partialFingerprints"]["finding/v1"]
    assert len({result["partialFingerprints"]["finding/v1"] for result in ran["results"]}) == 5
    assert {rule["id"] for rule in ran["tool"]["driver"]["rules"]} == {result["ruleId"] for result in ran["results"]}
    assert all(rule["shortDescription"]["text"] for rule in ran["tool"]["driver"]["rules"])
    assert ran["tool"]["driver"]["version"]


@needs(f"the SARIF schema in {SCHEMA}", SCHEMA.is_file())
@pytest.mark.parametrize("data", ["data.ttl", "empty.ttl"])
def test_sarif_is_valid(folder: Path, data: str) -> None:
    (folder / "empty.ttl").write_text("", encoding="utf-8")
    done = run("validate", data, "--shapes", "shapes.ttl", "-t", "sarif", cwd=folder)
    jsonschema.validate(json.loads(done.stdout), json.loads(SCHEMA.read_text(encoding="utf-8")))


def test_the_readers_language_comes_first(folder: Path) -> None:
    command = [sys.executable, "-m", "kg", "validate", "data.ttl", "--shapes", "shapes.ttl"]
    environment = {**os.environ, "LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"}
    out = subprocess.run(command, cwd=folder, capture_output=True, env=environment, check=False).stdout.decode()
    assert "violation: zu wenig\n  en: too few\n" in out


def test_shapes_that_check_nothing_are_counted_after_the_findings(folder: Path) -> None:
    many = "".join(f"x:N{n} a sh:NodeShape ; sh:targetClass x:None{n} ; sh:nodeKind sh:IRI .\n" for n in range(9))
    (folder / "shapes.ttl").write_text(HEAD + SHAPES + many, encoding="utf-8")
    lines = shown(folder, "text").splitlines()
    assert lines[-1] == "warning: 9 shapes found nothing to check; -t json lists them"
    assert sum("found nothing to check" in line for line in lines) == 1


def test_csv_has_a_row_for_each_finding_and_json_lines_a_line(folder: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(shown(folder, "csv"), newline="")))
    found = [json.loads(line) for line in shown(folder, "jsonl").splitlines()]
    assert len(rows) == len(found) == 5
    assert [row["focus"] for row in rows] == [one["focus"] for one in found]
    (grave,) = (row for row in rows if row["severity"] == "http://x/Grave" and row["focus"] == "http://x/a")
    assert grave["value"] == str(turtle(DATA)[1].object), "as N-Triples writes it"
    assert (grave["constraint"], grave["file"], grave["line"]) == ("sh:datatype", "data.ttl", "4")


def test_junit_has_a_case_for_each_finding_and_for_a_shape_that_has_none(folder: Path) -> None:
    more = "x:Fine a sh:NodeShape ; sh:targetClass x:T ; sh:nodeKind sh:IRI ."
    (folder / "shapes.ttl").write_text(HEAD + SHAPES + more, encoding="utf-8")
    (folder / "data.ttl").write_text(
        HEAD + DATA + 'x:e a x:T ; x:q x:f ; x:p "a\\u0007<&\\uFFFE" . x:f x:r 1 .', encoding="utf-8"
    )
    suites = ElementTree.fromstring(shown(folder, "junit"))
    assert {suite.get("name"): (suite.get("tests"), suite.get("failures")) for suite in suites} == {
        "x:S": ("7", "7"),
        "x:Fine": ("1", "0"),
    }
    (fine,) = suites[[suite.get("name") for suite in suites].index("x:Fine")]
    assert (fine.get("name"), list(fine)) == ("4 focus nodes", [])
    case = next(case for case in suites.iter("testcase") if "x:e x:p" in str(case.get("name")))
    assert (case.get("file"), case[0].get("type")) == ("data.ttl", "http://x/Grave sh:datatype")


def test_html_is_a_page_by_itself_and_holds_no_markup_of_the_data(folder: Path) -> None:
    (folder / "data.ttl").write_text(HEAD + DATA + 'x:e a x:T ; x:p "<script>alert(1)</script>" .', encoding="utf-8")
    page = shown(folder, "html")
    assert html5lib.HTMLParser(strict=True).parse(page) is not None
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "http" not in page.partition("<main>")[0], "nothing is loaded from elsewhere"


def test_as_many_are_listed_as_are_wanted_the_worst_first_and_all_are_counted(folder: Path) -> None:
    text = shown(folder, "text", "--max-findings", "1")
    assert "3 violations, 0 warnings, 0 infos, 2 x:Grave" in text
    assert "and 4 findings more; --max-findings lists more of them" in text
    assert len(json.loads(shown(folder, "json", "--max-findings", "2"))["findings"]) == 2
    assert shown(folder, "jsonl", "--max-findings", "0") == ""


def test_a_known_finding_does_not_fail_and_what_is_known_can_only_become_less(folder: Path) -> None:
    arguments = ("validate", "data.ttl", "--shapes", "shapes.ttl", "--baseline", "known.jsonl")
    missing = run(*arguments, cwd=folder)
    assert (missing.returncode, missing.stderr) == (
        2,
        b"known.jsonl: No such file or directory; --update-baseline writes it\n",
    )
    assert run(*arguments, "--update-baseline", cwd=folder).returncode == 0
    assert (folder / "known.jsonl").read_bytes().count(b"\n") == 5
    done = run(*arguments, cwd=folder)
    assert (done.returncode, done.stdout.decode().partition(":")[0]) == (0, "nothing new")
    assert b"0 infos; 5 known findings besides" in done.stdout
    assert json.loads(run(*arguments, "-t", "json", cwd=folder).stdout)["conforms"] is False
    data = folder / "data.ttl"
    data.write_text(
        f"# a line more\n{HEAD}{DATA}x:n a x:T ; x:q 1 .".replace(' ; x:p "yes"^^xsd:boolean', ""), encoding="utf-8"
    )
    done = run(*arguments, "--update-baseline", cwd=folder)
    assert (done.returncode, done.stdout.decode().count("violation: ")) == (1, 1), "what is new is not taken for known"
    assert (folder / "known.jsonl").read_bytes().count(b"\n") == 4
    (folder / "known.jsonl").write_text("{}\n", encoding="utf-8")
    broken = run(*arguments, cwd=folder)
    assert (broken.returncode, b"known.jsonl:1: not a line of a baseline" in broken.stderr) == (2, True)
