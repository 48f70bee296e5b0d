import json
import time
from pathlib import Path

import pyoxigraph as px
import pytest

from kg.errors import Fault, ProjectError
from kg.rdf.parse import parse
from kg.rdf.terms import Quad
from kg.shacl.pyshacl_engine import validate
from kg.shacl.report import LEVELS, Report, faulty
from kg.shacl.report_formats import REPORTS
from tests.conftest import run
from tests.query.test_sparql import listener  # noqa: F401  (a fixture)

HEAD = """@prefix x: <http://x/> . @prefix sh: <http://www.w3.org/ns/shacl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
"""


def turtle(text: str) -> list[Quad]:
    return list(parse((HEAD + text).encode(), px.RdfFormat.TURTLE, "test.ttl"))


def checked(data: str, shapes: str) -> Report:
    return validate(turtle(data), turtle(shapes))


@pytest.mark.parametrize(
    "target",
    [
        "sh:targetClass x:T",
        "sh:targetClass x:Super",
        "sh:targetNode x:a",
        "sh:targetSubjectsOf x:p",
        "a rdfs:Class ; sh:targetClass x:T",
        'sh:target [ a sh:SPARQLTarget ; sh:select "SELECT ?this { ?this <http://x/p> ?o }" ]',
        'sh:target [ a sh:SPARQLTarget ; sh:prefixes x:ontology ; sh:select "SELECT ?this { ?this ex:p ?o }" ]',
    ],
)
def test_every_kind_of_target_counts_what_it_checked(target: str) -> None:
    """pySHACL without its advanced features finds SPARQL targets conforming with nothing checked: never here."""
    data = "x:T rdfs:subClassOf x:Super . x:a a x:T ; x:p 1 ."
    shapes = f"""x:S a sh:NodeShape ; {target} ; sh:property [ sh:path x:p ; sh:minInclusive 2 ; sh:message "two or more" ] .
    x:ontology a owl:Ontology ; sh:declare [ sh:prefix "ex" ; sh:namespace "http://x/"^^xsd:anyURI ] ."""
    report = checked(data, shapes)
    assert report.checked["http://x/S"] == 1
    assert [finding.message for finding in report.findings] == ["two or more"]
    assert not report.conforms


def test_a_class_that_is_a_shape_checks_its_instances() -> None:
    report = checked("x:a a x:S .", "x:S a sh:NodeShape , rdfs:Class ; sh:property [ sh:path x:p ; sh:minCount 1 ] .")
    assert report.checked == {"http://x/S": 1}
    assert not report.conforms


def test_a_shape_that_checks_nothing_is_named() -> None:
    report = checked(
        "x:a a x:T .", "x:S a sh:NodeShape ; sh:targetClass x:Typo ; sh:property [ sh:path x:p ; sh:minCount 1 ] ."
    )
    assert report.conforms
    assert report.unchecked == ("http://x/S",)
    assert "<http://x/S> found nothing to check" in REPORTS["text"](report, {})


def test_objects_of_a_property_are_checked() -> None:
    report = checked("x:a x:p x:b .", "x:S a sh:NodeShape ; sh:targetObjectsOf x:p ; sh:nodeKind sh:Literal .")
    assert report.checked == {"http://x/S": 1}
    assert [finding.focus for finding in report.findings] == ["http://x/b"]


def test_literals_are_checked_as_they_are_written() -> None:
    """rdflib would make "1" of "abc"^^xsd:integer's neighbours; ill-typed and padded literals are seen as they stand."""
    shape = 'x:S a sh:NodeShape ; sh:targetNode x:a ; sh:property [ sh:path x:p ; sh:pattern "^0" ] .'
    assert checked('x:a x:p "007"^^xsd:integer .', shape).conforms
    shape = "x:S a sh:NodeShape ; sh:targetNode x:a ; sh:property [ sh:path x:p ; sh:datatype xsd:integer ] ."
    assert not checked('x:a x:p "abc"^^xsd:integer .', shape).conforms


def test_severities_and_paths_are_told() -> None:
    shapes = """x:S a sh:NodeShape ; sh:targetNode x:a ;
      sh:property [ sh:path [ sh:inversePath x:q ] ; sh:minCount 1 ; sh:severity sh:Warning ] ;
      sh:property [ sh:path ( x:p x:q ) ; sh:minCount 1 ; sh:severity sh:Info ] ;
      sh:property [ sh:path [ sh:alternativePath ( x:q [ sh:zeroOrMorePath x:r ] ) ] ; sh:maxCount 0 ] ;
      sh:property [ sh:path [ sh:oneOrMorePath x:r ] ; sh:minCount 1 ; sh:severity sh:Info ] ;
      sh:property [ sh:path [ sh:zeroOrOnePath x:r ] ; sh:maxCount 0 ; sh:severity sh:Info ] ;
      sh:property [ sh:path ( x:p [ sh:alternativePath ( x:q x:r ) ] ) ; sh:minCount 1 ; sh:severity sh:Info ] ;
      sh:property [ sh:path [ sh:inversePath ( x:p x:q ) ] ; sh:minCount 1 ; sh:severity sh:Info ] ."""
    report = checked("x:a x:p 1 .", shapes)
    assert [finding.severity for finding in report.findings] == ["Violation", "Warning", *["Info"] * 5]
    assert {finding.path for finding in report.findings} == {
        "<http://x/q> | <http://x/r>*",
        "^<http://x/q>",
        "<http://x/p> / <http://x/q>",
        "<http://x/r>+",
        "<http://x/r>?",
        "<http://x/p> / (<http://x/q> | <http://x/r>)",
        "^(<http://x/p> / <http://x/q>)",
    }
    assert not report.conforms


def test_warnings_alone_do_not_conform_and_do_not_fail() -> None:
    """SHACL, 3.6.1.1: sh:conforms is true if and only if there is no result, of whatever severity."""
    shapes = "x:S a sh:NodeShape ; sh:targetNode x:a ; sh:property [ sh:path x:p ; sh:minCount 1 ; sh:severity sh:Warning ] ."
    report = checked("x:a x:q 1 .", shapes)
    assert not report.conforms
    assert json.loads(REPORTS["json"](report, {}))["conforms"] is False
    assert "sh:conforms false" in report.turtle
    assert [report.fails(level) for level in LEVELS] == [False, True, True, False]


@pytest.mark.parametrize(
    "shapes",
    [
        "x:S a sh:NodeShape ; sh:targetNode x:a ; sh:property [ sh:minCount 1 ] .",
        "x:S a sh:NodeShape ; sh:targetNode x:a ; sh:property [ sh:path x:p ; sh:minCount -1 , 2 ] .",
    ],
)
def test_shapes_that_are_not_shacl_are_the_owners_to_mend(shapes: str) -> None:
    with pytest.raises(ProjectError, match="shapes: "):
        checked("x:a x:p 1 .", shapes)


FINDING = 'x:S a sh:NodeShape ; sh:targetNode x:a ; sh:property [ sh:path x:p ; sh:maxInclusive 1 ; sh:message "100 % no\\nno" ] .'


def test_every_form_of_report_holds_the_finding() -> None:
    report = checked("x:a x:p 2 .", FINDING)
    assert json.loads(REPORTS["json"](report, {}))["findings"][0]["focus"] == "http://x/a"
    assert REPORTS["github"](report, {}) == (
        '::error::100 %25 no%0Ano http://x/a http://x/p "2"^^<http://www.w3.org/2001/XMLSchema#integer>\n'
    )
    sarif = json.loads(REPORTS["sarif"](report, {}))
    assert sarif["runs"][0]["results"][0]["level"] == "error"
    assert sarif["runs"][0]["results"][0]["ruleId"] == "http://x/S sh:maxInclusive"
    assert "sh:conforms false" in REPORTS["turtle"](report, {})
    assert 'x:a x:p "2"' in REPORTS["text"](report, {"x": "http://x/"})


def test_faults_are_shown_in_every_form_too() -> None:
    report = faulty([Fault("data/facts/a.yaml", 3, 7, "wrong")])
    assert not report.conforms
    assert REPORTS["github"](report, {}) == "::error file=data/facts/a.yaml,line=3,col=7::wrong\n"
    region = json.loads(REPORTS["sarif"](report, {}))["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert region["region"] == {"startLine": 3, "startColumn": 7}


def test_a_finding_names_the_fact_its_line_and_its_words(project: Path) -> None:
    shapes = project / "strict.ttl"
    shapes.write_text(
        HEAD
        + """@prefix kg: <https://example.org/ontology#> .
        x:S a sh:NodeShape ; sh:targetClass kg:Count ; sh:property [ sh:path kg:value ; sh:minInclusive 50 ; sh:message "too few" ] .""",
        encoding="utf-8",
    )
    done = run("validate", "--shapes", shapes, "-t", "json", cwd=project)
    assert done.returncode == 1, done.stderr
    (finding,) = json.loads(done.stdout)["findings"]
    (place,) = finding["places"]
    line = (project / "data/facts/notice.yaml").read_text(encoding="utf-8").splitlines()[place["line"] - 1]
    assert line.strip() == f"- quote: {place['quote']}"
    assert place["quote"] == "Nearly 40 ships a year take shelter in the bay."


@pytest.mark.parametrize("suffix", [".ttl", ".nt", ".nq", ".trig", ".rdf", ".jsonld"])
def test_any_rdf_file_is_validated(tmp_path: Path, suffix: str) -> None:
    syntax = px.RdfFormat.from_extension(suffix[1:])
    assert syntax
    (tmp_path / "shapes.ttl").write_text(HEAD + FINDING, encoding="utf-8")
    data = tmp_path / f"data{suffix}"
    triple = px.Triple(px.NamedNode("http://x/a"), px.NamedNode("http://x/p"), px.Literal(2))
    data.write_bytes(px.serialize([triple], format=syntax) or b"")
    done = run("validate", data.name, "--shapes", "shapes.ttl", cwd=tmp_path)
    assert done.returncode == 1
    assert b"violation: 100 % no" in done.stdout


def test_triple_terms_are_left_out_and_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "shapes.ttl").write_text(HEAD + FINDING, encoding="utf-8")
    (tmp_path / "data.ttl").write_text(
        "<http://x/a> <http://x/p> <<( <http://x/a> <http://x/b> 1 )>> , 2 .", encoding="utf-8"
    )
    done = run("validate", "data.ttl", "--shapes", "shapes.ttl", cwd=tmp_path)
    assert done.returncode == 1
    assert b"warning: data.ttl: triple terms of RDF 1.2 are left out" in done.stdout


REACHING = (
    'sh:target [ a sh:SPARQLTarget ; sh:select "SELECT ?this {{ SERVICE <{}> {{ ?this ?p ?o }} }}" ]',
    'sh:targetNode x:a ; sh:rule [ a sh:SPARQLRule ; sh:construct "CONSTRUCT {{ $this <http://x/q> ?o }} WHERE {{ SERVICE <{}> {{ ?o ?p ?q }} }}" ]',
    'sh:targetNode x:a ; sh:sparql [ sh:select "SELECT $this {{ SERVICE <{}> {{ $this ?p ?o }} }}" ]',
)


@pytest.mark.parametrize("shape", REACHING)
def test_no_shape_reaches_the_network(shape: str, listener: tuple[str, list[str]]) -> None:  # noqa: F811  (a fixture)
    url, asked = listener
    try:
        checked("x:a x:p 1 .", f"x:S a sh:NodeShape ; {shape.format(url)} .")
    except ProjectError as error:
        assert "shapes: " in str(error)
    else:
        assert "sh:rule" in shape  # rules are not run at all
    assert asked == []


def test_a_severity_of_its_own_does_not_conform() -> None:
    shapes = "x:S a sh:NodeShape ; sh:targetNode x:a ; sh:severity x:Fatal ; sh:nodeKind sh:Literal ."
    report = checked("x:a x:p 1 .", shapes)
    assert not report.conforms
    assert "1 x:Fatal" in REPORTS["text"](report, {"x": "http://x/"})


def test_rdflib_keeps_its_tracebacks_to_itself(tmp_path: Path) -> None:
    (tmp_path / "shapes.ttl").write_text(HEAD + FINDING, encoding="utf-8")
    (tmp_path / "data.ttl").write_text(
        HEAD + 'x:b x:p "-0044-01-01"^^xsd:date , "abc"^^xsd:integer .', encoding="utf-8"
    )
    done = run("validate", "data.ttl", "--shapes", "shapes.ttl", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")


def test_results_within_results_are_no_findings_of_their_own() -> None:
    shapes = """x:S a sh:NodeShape ; sh:targetNode x:a ; sh:severity sh:Warning ; sh:node x:Inner .
    x:Inner a sh:NodeShape ; sh:property [ sh:path x:p ; sh:minCount 2 ] ."""
    report = checked("x:a x:p 1 .", shapes)
    assert [finding.severity for finding in report.findings] == ["Warning"]
    assert [detail.constraint for detail in report.findings[0].details] == ["sh:minCount"]
    assert not report.fails()


def test_what_a_rule_adds_is_not_checked_since_it_is_not_published() -> None:
    shapes = """x:S a sh:NodeShape ; sh:targetNode x:a ; sh:property [ sh:path x:q ; sh:minCount 1 ] ;
      sh:rule [ a sh:TripleRule ; sh:subject sh:this ; sh:predicate x:q ; sh:object x:b ] ."""
    assert not checked("x:a x:p 1 .", shapes).conforms


def test_a_shape_that_is_switched_off_checks_nothing() -> None:
    report = checked(
        "x:a x:p 1 .", "x:S a sh:NodeShape ; sh:targetNode x:a ; sh:deactivated true ; sh:nodeKind sh:Literal ."
    )
    assert (report.conforms, report.checked) == (True, {})


def test_results_that_look_alike_are_written_at_once_and_in_one_way() -> None:
    """RDFC-1.0, which named the blank nodes before, took ages for these."""
    inner = "[ sh:nodeKind sh:Literal ]"
    shapes = f"x:S a sh:NodeShape ; sh:targetClass x:T ; sh:and ( {inner} {inner} [ sh:and ( {inner} {inner} ) ] ) ."
    data = "".join(f"_:b{number} a x:T . " for number in range(6))
    begun = time.monotonic()
    reports = {checked(data, shapes).turtle for _ in range(3)}
    assert time.monotonic() - begun < 5
    assert len(reports) == 1
