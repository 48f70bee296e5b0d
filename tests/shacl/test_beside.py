"""Validation in a process of its own: the same report, errors that are said, and no process left behind."""

import time
from pathlib import Path
from unittest.mock import Mock

import pyoxigraph as px
import pytest
from rdflib.plugins.sparql.parser import parseQuery

from kg.errors import ProjectError, StoreError
from kg.rdf.serialize import lines_of
from kg.shacl import beside, queries
from kg.shacl.beside import Job, Validation, validating
from kg.shacl.pyshacl_engine import validate as by_pyshacl
from kg.shacl.report import Report
from kg.shacl.validation import Checker, Options, validate

SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix x: <http://x/> .
x:S a sh:NodeShape ; sh:targetSubjectsOf x:p ; sh:property [ sh:path x:p ; sh:maxCount 1 ; sh:message "one"@en ] ."""
TRIPLES = b"<http://x/a> <http://x/p> <http://x/1> .\n"
QUADS = [
    b"<http://x/a> <http://x/p> <http://x/2> <http://x/g> .\n",
    b"<http://x/b> <http://x/p> <http://x/3> <http://x/h> .\n",
]


def job(folder: Path) -> Job:
    (folder / "triples").write_bytes(TRIPLES)
    (folder / "quads").write_bytes(b"".join(QUADS))
    return Job(folder / "triples", folder / "quads", "http://x/g")


def shapes(text: str = SHAPES) -> list[px.Quad]:
    return list(px.parse(text, format=px.RdfFormat.TURTLE))


def test_the_report_is_that_of_the_engine(tmp_path: Path) -> None:
    with validating() as validation:
        validation.learn(shapes(), tmp_path / "shapes")
        validation.begin(job(tmp_path))
        report = validation.report()
    data = px.parse(TRIPLES + QUADS[0], format=px.RdfFormat.N_QUADS)
    engine = by_pyshacl([quad.triple for quad in data], shapes())
    assert report.findings == engine.findings
    assert report.turtle == engine.turtle
    assert [timed.shape for timed in report.times] == ["http://x/S"]
    assert [finding.message for finding in report.findings] == ["one"]
    assert report.checked == {"http://x/S": 1}, "the other graph is not checked"


def test_a_triple_about_the_graph_itself_is_no_quad(tmp_path: Path) -> None:
    """It was cut in two, and the data could not be read."""
    about = b"<http://x/a> <http://x/in> <http://x/g> .\n"
    (tmp_path / "triples").write_bytes(about + TRIPLES)
    (tmp_path / "quads").write_bytes(about + TRIPLES + QUADS[0])
    with validating() as validation:
        validation.learn(shapes(), tmp_path / "shapes")
        validation.begin(Job(tmp_path / "triples", tmp_path / "quads", "http://x/g"))
        assert len(validation.report().findings) == 1


def report_since(folder: Path, before: list[bytes], failing: list[str]) -> Report:
    (folder / "before").write_bytes(b"".join(sorted(before)))
    with validating() as validation:
        validation.learn(shapes(), folder / "shapes")
        validation.begin(job(folder)._replace(engine="columnar", before=folder / "before", failing=failing))
        return validation.report()


def test_after_a_change_only_what_it_affects_is_checked(tmp_path: Path) -> None:
    whole = report_since(tmp_path, [], [])
    assert (whole.again, len(whole.findings)) == (None, 1)
    for before, failing, again in (
        (QUADS, [], 0),  # a finding is missed where it is not told what failed
        (QUADS, ["http://x/a"], 1),
        (QUADS, ["http://x/gone", '"1"@en', "_:b"], 0),
        (QUADS[1:], [], 1),
        (QUADS[:1], [], 0),  # the other graph is not checked
        ([*QUADS, b"<http://x/b> <http://x/p> <http://x/1> <http://x/g> .\n"], ["http://x/a"], 1),
    ):
        found = report_since(tmp_path, before, failing)
        assert found.again == (None if again == 1 else again), before
        assert found.checked == whole.checked
        assert len(found.findings) == (again != 0)


def test_a_change_of_most_is_checked_in_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "before").write_bytes(b"")
    asked = job(tmp_path)._replace(before=tmp_path / "before")
    (tmp_path / "quads").write_bytes(b"".join(sorted([TRIPLES, *QUADS])))
    found = beside.since(asked)
    assert found
    assert {str(triple.object) for triple in found.changed} == {"<http://x/1>", "<http://x/2>"}
    monkeypatch.setattr(beside, "MOST", 2)
    assert beside.since(asked) is None
    assert beside.since(job(tmp_path)) is None
    assert beside.since(asked._replace(before=tmp_path / "gone")) is None


def test_shapes_that_are_not_shacl_are_named(tmp_path: Path) -> None:
    wrong = SHAPES.replace("sh:maxCount 1", "sh:maxCount 1 , 2")
    with validating() as validation:
        validation.learn(shapes(wrong), tmp_path / "shapes")
        validation.begin(job(tmp_path))
        with pytest.raises(ProjectError, match="fix the shape"):
            validation.report()


SPARQL = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix x: <http://x/> .
x:S a sh:NodeShape ; sh:targetSubjectsOf x:p ; sh:sparql [ sh:message "{?value} is not one" ; sh:prefixes x: ;
  sh:select "SELECT $this ?value WHERE { $this x:p ?value FILTER (?value != x:1) }" ] .
x: sh:declare [ sh:prefix "x" ; sh:namespace "http://x/"^^<http://www.w3.org/2001/XMLSchema#anyURI> ] ."""


def test_queries_of_shapes_are_read_before_there_are_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mostly for the time it takes; the report must not depend on it."""
    read = Mock(wraps=parseQuery)
    monkeypatch.setattr(queries, "parseQuery", read)
    queries.read.cache_clear()
    checker = Checker(shapes(SPARQL))
    checker.get_ready()
    assert read.call_count == 1
    (tmp_path / "data.nt").write_bytes(TRIPLES + b"<http://x/b> <http://x/p> <http://x/2> .\n")
    report = checker.check([tmp_path / "data.nt"], Options("pyshacl"))
    assert [finding.message for finding in report.findings] == ["http://x/2 is not one"]
    assert read.call_count == 1, "the query has been read already"
    assert report.findings == validate([tmp_path / "data.nt"], shapes(SPARQL), options=Options("pyshacl")).findings


def test_a_query_that_is_not_sparql_is_told_with_the_data(tmp_path: Path) -> None:
    with validating() as validation:
        validation.learn(shapes(SPARQL.replace("FILTER", "FLITER")), tmp_path / "shapes")
        validation.begin(job(tmp_path))
        with pytest.raises(ProjectError, match="http://x/S.*its SPARQL: line 1"):
            validation.report()


def test_a_build_that_stops_before_there_are_data_ends_the_process(tmp_path: Path) -> None:
    with validating() as validation:
        validation.learn(shapes(), tmp_path / "shapes")
    with pytest.raises(StoreError, match="validation ended"):
        validation.report()


def test_a_process_that_is_ended_leaves_its_files_where_they_are_swept_up(tmp_path: Path) -> None:
    """It left a folder among the temporary files of the machine, each time that a build was stopped."""
    work, temporary = tmp_path / "work", tmp_path / "temporary"
    work.mkdir()
    temporary.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(temporary))
        with validating() as validation:
            validation.learn(shapes(), work / "shapes")
            validation.begin(job(work)._replace(engine="columnar"))
            end = time.monotonic() + 30
            while not (begun := list(work.glob("kg-validate-*"))) and time.monotonic() < end:
                time.sleep(0.001)
            assert begun
        assert not list(temporary.iterdir())


def test_a_process_that_ends_says_so(tmp_path: Path) -> None:
    with validating() as validation:
        validation.learn(shapes(), tmp_path / "shapes")
        validation.begin(job(tmp_path)._replace(triples=tmp_path / "missing"))
        with pytest.raises(StoreError, match="No such file"):
            validation.report()


def test_no_process_is_left(tmp_path: Path) -> None:
    def started() -> Validation:
        with validating() as validation:
            raise InterruptedError
        return validation

    with pytest.raises(InterruptedError):
        started()


def test_lines_of_shapes_keep_their_blank_nodes(tmp_path: Path) -> None:
    assert len(lines_of(shapes(), px.RdfFormat.N_TRIPLES)) == len(shapes())
