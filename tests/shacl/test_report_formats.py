"""The forms of a report: the same finding in each, at a place, and nothing forged by what is in the data."""

import json
import os
import subprocess
import sys
from pathlib import Path

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
    assert "x:Grave: not of the datatype xsd:integer" in lines
    assert '  x:c x:p "yes"^^xsd:boolean' in lines
    assert "  by x:S, sh:datatype" in lines
    assert "  de: zu wenig" in lines
    assert "  x:a x:q / (x:r | x:p)" in lines
    assert "  data.ttl:4" in lines
    assert "  data.ttl:6" in lines
    assert "  data.ttl:7" in lines
    assert sum(line.startswith("    violation: ") for line in lines) == 2


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
