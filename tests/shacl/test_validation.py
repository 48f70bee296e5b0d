"""Which engine checks what, and that what comes of two of them is one report."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as px
import pytest

from kg.errors import ProjectError
from kg.rdf.terms import XSD
from kg.shacl import columnar, patterns, validation
from kg.shacl.loaded import Loaded
from kg.shacl.report import Report
from kg.shacl.validation import Options, validate
from tests.conftest import inside
from tests.shacl.test_pyshacl_engine import HEAD, turtle

CUSTOM = """x:Component a sh:ConstraintComponent ; sh:parameter [ sh:path x:start ] ;
  sh:validator [ a sh:SPARQLAskValidator ; sh:message "begins with another" ; sh:ask "ASK { FILTER (STRSTARTS(STR($value), $start)) }" ] .
x:Custom a sh:NodeShape ; sh:targetClass x:T ; sh:property [ sh:path x:p ; x:start "a" ] .
"""
CORE = "x:Core a sh:NodeShape ; sh:targetClass x:T ; sh:property [ sh:path x:q ; sh:minCount 1 ] .\n"


@pytest.fixture
def report(tmp_path: Path) -> Callable[..., Report]:
    def made(data: str, shapes: str, engine: str = "columnar") -> Report:
        path = tmp_path / "data.nt"
        with path.open("wb") as file:
            px.serialize((quad.triple for quad in turtle(data)), file, px.RdfFormat.N_TRIPLES)
        return validate([path], turtle(shapes), options=Options(engine))

    return made


def test_what_columns_do_not_know_goes_to_pyshacl_and_the_report_is_one(report: Callable[..., Report]) -> None:
    data = 'x:a a x:T ; x:p "b" . x:b a x:T ; x:p "a" ; x:q 1 .'
    found = report(data, CUSTOM + CORE)
    assert {timed.shape: timed.engine for timed in found.times} == {
        "http://x/Core": "columnar",
        "http://x/Custom": "pyshacl",
    }
    assert [(one.focus, one.message) for one in found.findings] == [
        ("http://x/a", "begins with another"),
        ("http://x/a", "fewer than 1 value"),
    ]
    assert found.checked == {"http://x/Core": 2, "http://x/Custom": 2}
    triples = list(px.parse(found.turtle.encode(), format=px.RdfFormat.TURTLE))
    told = [quad.predicate.value.rpartition("#")[2] for quad in triples]
    assert (told.count("conforms"), told.count("result"), told.count("focusNode")) == (1, 2, 2)
    assert report(data, CUSTOM + CORE, "pyshacl").findings == found.findings
    assert report('x:b a x:T ; x:p "a" ; x:q 1 .', CUSTOM + CORE).conforms


@pytest.mark.parametrize("most", [0, 2, 100])
def test_ill_formed_literals_are_found_all_at_once_or_shape_by_shape(
    most: int, report: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columnar, "ODD", most)
    odd = '"x"^^xsd:integer , "2001-02-29"^^xsd:date , "12345678901234567890"^^xsd:integer , "y"^^xsd:integer'
    data = f"x:a a x:T ; x:p {odd} , 1 . x:b a x:T ; x:q {odd} . x:c x:p {odd} ."
    shapes = """x:S a sh:NodeShape ; sh:targetClass x:T ; sh:property [ sh:path x:p ; sh:datatype xsd:integer ] ;
      sh:property [ sh:path x:q ; sh:datatype xsd:integer ] ; sh:property [ sh:path x:q ; sh:datatype xsd:date ] ."""
    found = [(one.focus[-1], one.path[-1], one.value.partition("^")[0]) for one in report(data, shapes).findings]
    of_dates = [("b", "q", value) for value in ('"12345678901234567890"', '"2001-02-29"', '"x"', '"y"')]
    of_integers = [(node, path, v) for node, path in ("ap", "bq") for v in ('"2001-02-29"', '"x"', '"y"')]
    assert sorted(found) == sorted(of_dates + of_integers)


def test_ill_formed_literals_that_a_query_makes_are_found(report: Callable[..., Report]) -> None:
    target = 'SELECT ?this { ?x a x:T BIND (STRDT("x", xsd:integer) AS ?this) }'
    shapes = f"""x:A a sh:NodeShape ; sh:targetClass x:T ; sh:property [ sh:path x:p ; sh:datatype xsd:integer ] .
      x:B a sh:NodeShape ; sh:target [ a sh:SPARQLTarget ; sh:prefixes x: ; sh:select '''{target}''' ] ; sh:datatype xsd:integer .
      x: sh:declare [ sh:prefix "x" ; sh:namespace "http://x/"^^xsd:anyURI ] ,
        [ sh:prefix "xsd" ; sh:namespace "{XSD}"^^xsd:anyURI ] ."""
    assert [one.shape for one in report("x:a a x:T ; x:p 1 .", shapes).findings] == ["http://x/B"]


def test_auto_loads_nothing_new_for_little(report: Callable[..., Report], monkeypatch: pytest.MonkeyPatch) -> None:
    assert {timed.engine for timed in report("x:a a x:T .", CORE, "auto").times} == {"pyshacl"}
    monkeypatch.setattr(validation, "SMALL", 0)
    assert {timed.engine for timed in report("x:a a x:T .", CORE, "auto").times} == {"columnar"}
    monkeypatch.setattr(validation, "_has_duckdb", lambda: False)
    assert {timed.engine for timed in report("x:a a x:T .", CORE, "auto").times} == {"pyshacl"}


CHAIN = "".join(f"x:n{number} x:next x:n{number + 1} . " for number in range(8))


def test_shapes_that_use_themselves_are_asked_until_no_more_nodes_fail(report: Callable[..., Report]) -> None:
    shapes = """x:S a sh:NodeShape ; sh:targetNode x:n0 ; sh:property [ sh:path x:next ; sh:node x:S ] ;
      sh:property [ sh:path x:bad ; sh:maxCount 0 ] ."""
    for engine in ("columnar", "pyshacl"):
        assert report(CHAIN, shapes, engine).conforms
        found = report(f"{CHAIN} x:n8 x:next x:n0 ; x:bad 1 .", shapes, engine)
        assert [(one.focus, one.value) for one in found.findings] == [("http://x/n0", "http://x/n1")]
        assert "is recursive" in found.warnings[0]


def test_recursion_through_not_goes_to_pyshacl(report: Callable[..., Report]) -> None:
    shapes = "x:S a sh:NodeShape ; sh:targetNode x:n0 ; sh:property [ sh:path x:next ; sh:not x:S ] ."
    assert {timed.engine for timed in report(CHAIN, shapes).times} == {"pyshacl"}


def test_each_finding_has_its_cause(report: Callable[..., Report]) -> None:
    shapes = """x:S a sh:NodeShape ; sh:targetClass x:T ; sh:property [ sh:path x:p ; sh:node x:Inner ] .
      x:Inner a sh:NodeShape ; sh:property [ sh:path x:q ; sh:or ( [ sh:datatype xsd:date ] [ sh:nodeKind sh:IRI ] ) ] ."""
    for engine in ("columnar", "pyshacl"):
        (finding,) = report("x:a a x:T ; x:p x:b . x:b x:q 1 .", shapes, engine).findings
        assert finding.message == "does not conform to <http://x/Inner>"
        (inner,) = finding.details
        assert (inner.message, inner.focus, inner.value) == (
            "conforms to no shape of the list", "http://x/b", '"1"^^<http://www.w3.org/2001/XMLSchema#integer>',
        )  # fmt: skip
        assert [one.message for one in inner.details] == ["not an IRI", "not of the datatype xsd:date"]


def test_two_hundred_shapes_one_within_the_other_are_checked(report: Callable[..., Report]) -> None:
    shapes = "x:S0 sh:targetNode x:a . " + "".join(f"x:S{n} a sh:NodeShape ; sh:node x:S{n + 1} . " for n in range(200))
    found = report("x:a x:p 1 .", shapes + "x:S200 a sh:NodeShape ; sh:property [ sh:path x:p ; sh:maxCount 0 ] .")
    depth, details = 0, found.findings
    while details:
        depth, details = depth + 1, details[0].details
    assert depth == 21, "as many as are told"


def test_details_ask_each_shape_once(report: Callable[..., Report], monkeypatch: pytest.MonkeyPatch) -> None:
    """Not at each depth anew: two hundred shapes took 20,000 queries."""
    asked: list[str] = []
    original = Loaded.run

    def run(data: Loaded, query: str, *given: Any) -> Any:
        asked.append(query)
        return original(data, query, *given)

    monkeypatch.setattr(Loaded, "run", run)
    shapes = "x:S0 sh:targetNode x:a . " + "".join(f"x:S{n} a sh:NodeShape ; sh:node x:S{n + 1} . " for n in range(100))
    found = report("x:a x:p 1 .", shapes + "x:S100 a sh:NodeShape ; sh:property [ sh:path x:p ; sh:maxCount 0 ] .")
    assert len(found.findings) == 1
    assert len(asked) < 2_000


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ("sh:property [ sh:path ( x:p ) ; sh:minCount 1 ]", "a sequence of sh:path has one part"),
        ("sh:property [ sh:path [ sh:inversePath x:p ; sh:zeroOrMorePath x:q ] ]", "sh:path is neither an IRI nor one"),
        ('sh:property [ sh:path x:p ; sh:minCount "1" ]', "on <http://x/p>: sh:minCount "),
        ("sh:property [ sh:path x:p ; sh:minCount -1 ]", "is not a whole number"),
        ("sh:property [ sh:path x:p ; sh:maxCount 1 , 2 ]", "sh:maxCount has 2 values, and can have one"),
        ("sh:minCount 1", "sh:minCount needs a sh:path"),
        ('sh:class "C"', "sh:class "),
        ("sh:nodeKind x:Iri", "sh:nodeKind <http://x/Iri> is not one of sh:BlankNode"),
        ("sh:in x:list", "the list of sh:in is not a list that ends with rdf:nil"),
        (
            "sh:in _:l . _:l <http://www.w3.org/1999/02/22-rdf-syntax-ns#first> 1 ; <http://www.w3.org/1999/02/22-rdf-syntax-ns#rest> _:l",
            "the list of sh:in has no end",
        ),
        ('sh:sparql [ sh:message "x" ]', "a sh:sparql with no sh:select"),
        ("sh:property [ sh:path x:p ; sh:qualifiedValueShape [] ]", "a sh:qualifiedValueShape without"),
    ],
)
@pytest.mark.parametrize("engine", ["columnar", "pyshacl"])
def test_shapes_that_are_not_shacl_are_said_with_their_names(
    report: Callable[..., Report], shape: str, words: str, engine: str
) -> None:
    with pytest.raises(ProjectError) as caught:
        report("x:a a x:T .", f"x:S a sh:NodeShape ; sh:targetClass x:T ; {shape} .", engine)
    assert words in str(caught.value)
    assert "<http://x/S>" in str(caught.value)
    assert str(caught.value).endswith("fix the shape")


@pytest.mark.parametrize("engine", ["columnar", "pyshacl"])
def test_files_are_told_with_their_lines_whatever_engine_reads_them(
    tmp_path: Path, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(validation, "SMALL", 0)
    (tmp_path / "a.nt").write_text(
        "# a remark\n<http://x/b> <http://x/q> <http://x/c> .\n" + CLASS.format("a"), encoding="utf-8"
    )
    (tmp_path / "b.nt").write_text(CLASS.format("d"), encoding="utf-8")
    (tmp_path / "shapes.ttl").write_text(HEAD + CORE, encoding="utf-8")
    for files, at in ((("a.nt",), ["a.nt:3"]), (("a.nt", "b.nt"), ["a.nt:3", "b.nt:1"])):
        done = inside("validate", *files, "--shapes", "shapes.ttl", "--engine", engine, cwd=tmp_path)
        said = done.stdout.decode().splitlines()
        assert [line.strip() for line in said if line.startswith("  ") and ".nt" in line] == at, said
    (tmp_path / "a.nt").write_text("<http://x/b> <http://x/q> .\n", encoding="utf-8")
    done = inside("validate", "a.nt", "--shapes", "shapes.ttl", "--engine", engine, cwd=tmp_path)
    assert (done.returncode, b"a.nt:1:" in done.stderr) == (2, True), done


CLASS = "<http://x/{}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://x/T> .\n"


def test_blank_nodes_of_two_files_are_two(tmp_path: Path) -> None:
    (tmp_path / "shapes.ttl").write_text(
        HEAD + "x:S a sh:NodeShape ; sh:targetObjectsOf x:p ; sh:property [ sh:path x:q ; sh:maxCount 1 ] .",
        encoding="utf-8",
    )
    for name in "ab":
        (tmp_path / f"{name}.nt").write_text(
            f'<http://x/a> <http://x/p> _:b .\n_:b <http://x/q> "{name}" .\n', encoding="utf-8"
        )
    for engine in ("columnar", "pyshacl"):
        assert (
            inside("validate", "a.nt", "b.nt", "--shapes", "shapes.ttl", "--engine", engine, cwd=tmp_path).returncode
            == 0
        )


def test_an_error_of_shapes_says_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text(HEAD + "x:a a x:T .", encoding="utf-8")
    (tmp_path / "shapes.ttl").write_text(
        HEAD
        + "x:S a sh:NodeShape ; sh:targetClass x:T ; sh:minCount 1 .\nx:R a sh:NodeShape ; sh:targetClass x:T ;\n sh:property [ sh:path x:p ; sh:maxCount 1.5 ] .",
        encoding="utf-8",
    )
    done = inside("validate", "a.ttl", "--shapes", "shapes.ttl", cwd=tmp_path)
    assert (done.returncode, done.stderr.decode()) == (
        2,
        "shapes.ttl:3: <http://x/S>: sh:minCount needs a sh:path (SHACL, 4); fix the shape\n"
        'shapes.ttl:4: <http://x/R>, a shape within it on <http://x/p>: sh:maxCount "1.5"^^<http://www.w3.org/2001/XMLSchema#decimal> '
        "is not a whole number, as in 1; fix the shape\n",
    )


CATASTROPHE = f'x:a a x:T ; x:p "{"a" * 60}!" .'


@pytest.mark.parametrize("engine", ["columnar", "pyshacl"])
def test_a_pattern_that_takes_for_ever_does_not(
    report: Callable[..., Report], engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RE2 takes as long as the text is; Python is stopped, as it is for what looks back."""
    monkeypatch.setattr(patterns, "SECONDS", 0.3)
    begun = time.monotonic()
    shape = 'x:S a sh:NodeShape ; sh:targetClass x:T ; sh:property [ sh:path x:p ; sh:pattern "^(\\\\w+\\\\s?)*$" ] .'
    if engine == "columnar":
        assert len(report(CATASTROPHE, shape, engine).findings) == 1
        shape = shape.replace("(", "(a?)\\\\1(")
    with pytest.raises(ProjectError, match="took more than .* s; write it without repetitions within repetitions"):
        report(CATASTROPHE, shape, engine)
    assert time.monotonic() - begun < 30


def test_what_goes_on_and_on_is_stopped_and_said(
    report: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columnar, "LEVELS", 5)
    recursive = "x:S a sh:NodeShape ; sh:targetNode x:n0 ; sh:property [ sh:path x:next ; sh:node x:S ] ."
    with pytest.raises(
        ProjectError, match="<http://x/S> recurs more than 5 levels deep in the data; use a path instead"
    ):
        report(CHAIN, recursive)
    stepwise = "x:S a sh:NodeShape ; sh:targetNode x:n0 ; sh:property [ sh:path [ sh:zeroOrMorePath [ sh:alternativePath ( x:next x:q ) ] ] ; sh:maxCount 3 ] ."
    with pytest.raises(ProjectError, match="leads on for more than 5 steps in the data"):
        report(CHAIN, stepwise)
    simple = stepwise.replace("[ sh:alternativePath ( x:next x:q ) ]", "x:next")
    assert len(report(CHAIN, simple).findings) == 1


def test_of_a_million_results_some_are_told_and_all_are_counted(
    report: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columnar, "MOST", 10)
    data = "x:a a x:T ; x:p " + ", ".join(map(str, range(25))) + " ."
    shape = (
        "x:S a sh:NodeShape ; sh:targetClass x:T ; sh:property [ sh:path x:p ; sh:nodeKind sh:IRI ; sh:maxCount 3 ] ."
    )
    found = report(data, shape)
    assert len(found.findings) == 11
    assert found.warnings == ("<http://x/S>: 15 more findings of sh:nodeKind are counted, and not listed",)
    assert found == report(data, shape)._replace(times=found.times), "the same are told each time"


@pytest.mark.parametrize("engine", ["columnar", "pyshacl"])
def test_an_ontology_says_which_class_is_below_which_and_nothing_else(tmp_path: Path, engine: str) -> None:
    (tmp_path / "data.ttl").write_text(HEAD + "x:a a x:Sub .", encoding="utf-8")
    ontology = "x:Sub rdfs:subClassOf x:Between . x:Between rdfs:subClassOf x:T , [ a owl:Class ] . x:other a x:T ."
    (tmp_path / "ontology.ttl").write_text(HEAD + ontology, encoding="utf-8")
    (tmp_path / "shapes.ttl").write_text(HEAD + CORE, encoding="utf-8")
    arguments = ("validate", "data.ttl", "--shapes", "shapes.ttl", "--engine", engine)
    assert inside(*arguments, cwd=tmp_path).returncode == 0
    done = inside(*arguments, "--ontology", "ontology.ttl", cwd=tmp_path)
    assert (done.returncode, b"1 focus node checked by 1 shape; 1 violation" in done.stdout) == (1, True), done
    assert inside("validate", "--ontology", "ontology.ttl", cwd=tmp_path).returncode == 2


LONG = "x:a x:p 35.3146667214885902504 . x:b x:p 6509651000000000000000000000000000000000.0 . x:c x:p 35.31466 . x:d x:p 99999999999999999999 ."
NOT_ONE = 'x:S a sh:NodeShape ; sh:targetSubjectsOf x:p ; sh:sparql [ sh:select "SELECT $this WHERE { $this <http://x/p> ?v FILTER (?v != 1.0) }" ] .'


@pytest.mark.parametrize("condition", ["?value != 1.0", "?value > 1", "datatype(?value) != xsd:date"])
def test_numbers_too_long_for_the_store_are_not_passed_over(report: Callable[..., Report], condition: str) -> None:
    """Oxigraph takes them for errors of an expression."""
    shape = (
        NOT_ONE.replace("?v != 1.0", condition.replace("xsd:date", f"<{XSD}date>"))
        .replace("$this WHERE", "$this ?value WHERE")
        .replace("?v ", "?value ")
    )
    found = report(LONG, shape)
    values = [one.value.partition("^^")[0].strip('"') for one in found.findings]
    assert values == [
        "35.3146667214885902504",
        "6509651000000000000000000000000000000000.0",
        "35.31466",
        "99999999999999999999",
    ]
    assert found.warnings == ("3 numbers are too long for queries, which take them for doubles",)
    assert {timed.engine for timed in found.times} == {"columnar"}
    few = report("x:a x:p 35.3146 . x:b x:p 123456789012345678 .", NOT_ONE)
    assert (len(few.findings), few.warnings) == (2, ())


def test_all_that_is_wrong_with_queries_and_patterns_is_said_before_anything_is_checked(
    report: Callable[..., Report],
) -> None:
    shapes = """x:S a sh:NodeShape ; sh:targetClass x:T ; sh:property [ sh:path x:p ; sh:pattern "[" ] .
      x:R a sh:NodeShape ; sh:targetClass x:None ; sh:sparql [ sh:select "SELECT" ] ; sh:node [ sh:pattern "*" ] ."""
    with pytest.raises(ProjectError) as caught:
        report("x:a a x:T .", shapes)
    said = str(caught.value)
    assert said.count("\n") == 2
    for part in (
        "<http://x/R>: its SPARQL: line 1",
        "<http://x/R>: '*' is not an XPath",
        "<http://x/S> on http://x/p: '['",
    ):
        assert f"shapes: {part}" in said, said


@pytest.mark.parametrize(
    ("query", "words"),
    [("SELEKT ?this", "its SPARQL: line 1"), ("ASK { ?this ?p ?o }", "expected a SELECT query")],
)
def test_what_is_wrong_with_the_query_of_a_target_is_said(
    report: Callable[..., Report], query: str, words: str
) -> None:
    shape = f'x:S a sh:NodeShape ; sh:target [ a sh:SPARQLTarget ; sh:select "{query}" ] ; sh:nodeKind sh:IRI .'
    with pytest.raises(ProjectError, match=f"shapes: <http://x/S>: {words}|shapes: <http://x/S>: its SPARQL: {words}"):
        report("x:a a x:T .", shape)
    fine = report(
        "x:a a x:T . x:b x:p 1 .", shape.replace(query, "SELECT ?this { VALUES ?c { <http://x/T> } ?this a ?c }")
    )
    assert fine.checked == {"http://x/S": 1}, "VALUES are refused where something is bound before, and here nothing is"
