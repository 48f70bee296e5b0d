"""Shapes in words, for those who write the data, and drafts of shapes, for those who have data and no shapes."""

from pathlib import Path

import pyoxigraph as px
import pytest
from hypothesis import HealthCheck, given, settings

from kg.rdf.terms import XSD
from kg.shacl.model import read_model
from kg.shacl.outline import Outline, Row, outlines
from kg.shacl.validation import Options, drafted, validate
from tests.conftest import inside
from tests.shacl.drawn import graphs
from tests.shacl.test_pyshacl_engine import HEAD, turtle


def told(shapes: str) -> list[Outline]:
    return outlines(read_model(turtle(shapes)), {"x": "http://x/"})


def test_shapes_are_told_in_words() -> None:
    (found,) = told("""x:S a sh:NodeShape ; sh:targetClass x:T ; sh:targetObjectsOf x:r ; sh:severity sh:Warning ;
      sh:property [ sh:path x:p ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:date ; sh:message "one day" ] ;
      sh:property [ sh:path ( x:q [ sh:inversePath x:r ] ) ; sh:minCount 2 ; sh:class x:C ; sh:in ( x:a "b" ) ] ;
      sh:property [ sh:path x:s ; sh:or ( [ sh:nodeKind sh:IRI ] [ sh:property [ sh:path x:t ; sh:maxCount 0 ] ] ) ;
        sh:minLength 1 ; sh:node x:Other ; sh:node [ sh:property [ sh:path x:u ; sh:hasValue 3 ] ] ] .
      x:Other a sh:NodeShape ; sh:closed true .""")
    assert found == Outline(
        "x:S",
        "instances of x:T and values of x:r",
        "Warning",
        (
            Row(0, "x:p", "1", "xsd:date", "one day"),
            Row(0, "x:q / ^x:r", "2..*", 'a x:C; one of x:a, "b"', ""),
            Row(0, "x:s", "", "1 character or more; as x:Other; as follows; one at least of: sh:IRI | x:t 0", ""),
            Row(1, "x:u", "", "3 among them", ""),
        ),
        "http://x/S",
    )


def test_shapes_that_use_themselves_are_told_once() -> None:
    (found,) = told(
        "x:S a sh:NodeShape ; sh:targetNode x:a ; sh:property [ sh:path x:p ; sh:not [ sh:property [ sh:path x:q ; sh:node x:S ] ] ] ."
    )
    assert found.rows == (Row(0, "x:p", "", "none that conforms (x:q as x:S)", ""),)


def test_a_projects_own_shapes_are_told(template: Path) -> None:
    said = inside("shapes", cwd=template).stdout.decode()
    assert "kg:CountShape  instances of kg:Count\n  kg:value  1      xsd:integer\n" in said


@pytest.mark.long
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(graphs())
def test_a_graph_conforms_to_the_shapes_that_are_drafted_of_it(tmp_path: Path, data: str) -> None:
    path, lines = tmp_path / "data.ttl", tmp_path / "data.nt"
    path.write_text(data, encoding="utf-8")
    shapes = drafted([path], "200MB")
    assert shapes == drafted([path], "200MB")
    quads = list(px.parse(shapes, format=px.RdfFormat.TURTLE, base_iri="https://x.org/shapes"))
    with lines.open("wb") as file:
        triples = {quad.triple for quad in px.parse(data, format=px.RdfFormat.TURTLE)}
        px.serialize(triples, file, px.RdfFormat.N_TRIPLES)
    report = validate([lines], quads, options=Options("columnar"))
    ill_typed = {
        f'"x"^^<{XSD}integer>',
        f'"2001-02-29"^^<{XSD}date>',
    }  # of no datatype, be there one or a choice of some
    assert [f for f in report.findings if f.value not in ill_typed] == []
    assert {f.constraint for f in report.findings} <= {"sh:datatype", "sh:or"}


def test_a_draft_says_what_it_rests_on(tmp_path: Path) -> None:
    data = "".join(f'x:a{n} a x:T ; x:p "{"ab"[n % 2]}" ; x:q {n} ; x:r x:b .\n' for n in range(30))
    (tmp_path / "data.ttl").write_text(HEAD + data + "x:a0 x:q 31 . x:b a x:B . x:a30 a x:T .", encoding="utf-8")
    done = inside("shapes", "--infer", "data.ttl", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    text = done.stdout.decode()
    assert "# 31 instances\n<#TShape> a sh:NodeShape ;\n  sh:targetClass x:T ;" in text
    assert (
        'sh:property [  # 30 have it\n    sh:path x:p ;\n    sh:maxCount 1 ;\n    sh:datatype xsd:string ;\n    sh:in ( "a" "b" )'
        in text
    )
    assert "[  # 30 have it, up to 2 each\n    sh:path x:q ;\n    sh:datatype xsd:integer\n" in text
    assert "sh:path x:r ;\n    sh:maxCount 1 ;\n    sh:nodeKind sh:IRI ;\n    sh:class x:B" in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--infer",), "--infer needs FILES of RDF"),
        (("--infer", "none.ttl"), "none.ttl: No such file or directory"),
        (("data.ttl",), "data.ttl: holds no shapes"),
    ],
)
def test_what_cannot_be_told_is_said(arguments: tuple[str, ...], words: str, tmp_path: Path) -> None:
    (tmp_path / "data.ttl").write_text(HEAD + "x:a a x:T .", encoding="utf-8")
    done = inside("shapes", *arguments, cwd=tmp_path)
    assert (done.returncode, words in done.stderr.decode()) == (2, True), done
