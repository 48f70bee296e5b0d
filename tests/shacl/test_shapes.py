"""What a shapes graph passes over or cannot do is said, by name, before anything is validated."""

from pathlib import Path

import pytest
from rdflib import SH

from kg.errors import ProjectError, QueryError
from kg.shacl import shapes
from kg.shacl.shapes import check, read_shapes
from tests.conftest import run
from tests.shacl.test_pyshacl_engine import HEAD, turtle

FINE = "x:S a sh:NodeShape ; sh:targetClass x:T ; sh:property [ sh:path x:p ; sh:minCount 1 ] ."


@pytest.mark.parametrize(
    ("shapes", "said"),
    [
        ("", "there are no shapes"),
        (
            "x:ontology a owl:Ontology ; owl:imports <http://x/other> .",
            "owl:imports of <http://x/other> is not followed",
        ),
        ("x:S a sh:NodeShape ; sh:property [ sh:path x:p ] .", "no shape has a target"),
        (FINE + "x: sh:entailment <http://www.w3.org/ns/entailment/RDFS> .", "sh:entailment .* is not supported"),
        (FINE + "x:S sh:property [ sh:minCount 1 ] .", "<http://x/S>: a sh:property without sh:path"),
        (FINE + "x:S sh:property [ sh:path x:p , x:q ] .", "<http://x/S>: a sh:property with 2 values of sh:path"),
    ],
)
def test_shapes_that_cannot_be_used_are_refused(shapes: str, said: str) -> None:
    with pytest.raises(ProjectError, match=said):
        check(turtle(shapes))


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(ProjectError) as caught:
        check(turtle("x:S a sh:NodeShape ; sh:targetNode x:a ; sh:property [ sh:minCount 1 ] . x:R sh:property x:Q ."))
    assert len(str(caught.value).splitlines()) == 2


@pytest.mark.parametrize(
    ("shapes", "said"),
    [
        (
            "x:S sh:property [ sh:path x:q ; sh:minCout 1 ] .",
            "sh:minCout is not a term of SHACL 1.0; did you mean minCount?",
        ),
        ("x:R a sh:NodShape .", "<http://x/R>: sh:NodShape is not a term of SHACL 1.0; did you mean NodeShape?"),
        ("x:S sh:property [ sh:path x:q ; dash:singleLine true ] .", "dash:singleLine is not a term of SHACL"),
        ("x:S sh:rule [ a sh:TripleRule ] .", "rules are not run"),
        ("x:S sh:js [ a sh:JSConstraint ] .", "JavaScript"),
        ("x:R a sh:NodeShape ; sh:nodeKind sh:IRI .", "<http://x/R> has no target and no shape uses it"),
    ],
)
def test_what_constrains_nothing_is_said(shapes: str, said: str) -> None:
    found = check(turtle(f"@prefix dash: <http://datashapes.org/dash#> . {FINE} {shapes}"))
    assert any(said in warning for warning in found), found


@pytest.mark.parametrize(
    "shapes",
    [
        "",
        "x:S sh:or ( [ sh:class x:T ] x:R ) . x:R a sh:NodeShape .",
        "x:S dash:editor dash:TextFieldEditor ; sh:order 1 ; sh:group x:G .",
        "x:C a sh:ConstraintComponent ; sh:parameter [ sh:path dash:singleLine ] . x:S dash:singleLine true .",
        "x:R a sh:NodeShape , owl:Class .",
        "x:Meta rdfs:subClassOf rdfs:Class . x:R a sh:NodeShape , x:Meta .",
    ],
)
def test_fine_shapes_raise_no_word(shapes: str) -> None:
    assert check(turtle(f"@prefix dash: <http://datashapes.org/dash#> . {FINE} {shapes}")) == []


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(HEAD + text, encoding="utf-8")
    return path


def test_local_imports_are_followed_and_others_named(tmp_path: Path) -> None:
    write(
        tmp_path,
        "more.ttl",
        "<> owl:imports <main.ttl> . x:R a sh:NodeShape ; sh:targetNode x:a ; sh:nodeKind sh:IRI .",
    )
    main = write(tmp_path, "main.ttl", f"<> owl:imports <more.ttl> , <http://x/elsewhere> . {FINE}")
    found = read_shapes([main])
    assert any(str(quad.subject) == "<http://x/R>" for quad in found.quads)
    assert found.warnings == (f"{main}: owl:imports <http://x/elsewhere> is not followed; give a copy with --shapes",)


def test_blank_shapes_of_two_files_stay_apart(tmp_path: Path) -> None:
    files = [
        write(
            tmp_path,
            f"{name}.ttl",
            f"x:{name} a sh:NodeShape ; sh:targetNode x:a ; sh:property _:b . _:b sh:path x:{name} .",
        )
        for name in ("one", "two")
    ]
    assert check(read_shapes(files).quads) == []


def test_data_are_no_shapes(tmp_path: Path) -> None:
    path = write(tmp_path, "data.ttl", "x:a x:p 1 .")
    with pytest.raises(QueryError, match=r"data\.ttl: holds no shapes"):
        read_shapes([path])


def test_every_shapes_file_that_is_given_is_used(tmp_path: Path) -> None:
    write(tmp_path, "data.ttl", "x:a x:p 1 .")
    for name, least in (("one", 2), ("two", 3)):
        shape = f"x:{name} a sh:NodeShape ; sh:targetNode x:a ; sh:property [ sh:path x:p ; sh:minInclusive {least} ] ."
        write(tmp_path, f"{name}.ttl", shape)
    done = run("validate", "data.ttl", "--shapes", "one.ttl", "--shapes", "two.ttl", cwd=tmp_path)
    assert done.returncode == 1
    assert b"2 violations" in done.stdout
    done = run("validate", "data.ttl", "data.ttl", "--shapes", "one.ttl", cwd=tmp_path)
    assert b"1 violation," in done.stdout


@pytest.mark.parametrize(
    ("severity", "level", "code"),
    [
        ("sh:Violation", "violation", 1),
        ("sh:Warning", "violation", 0),
        ("sh:Warning", "warning", 1),
        ("sh:Info", "warning", 0),
        ("sh:Info", "info", 1),
        ("x:Grave", "violation", 1),
        ("sh:Violation", "never", 0),
    ],
)
def test_what_fails_a_run_is_asked_for(tmp_path: Path, severity: str, level: str, code: int) -> None:
    write(tmp_path, "data.ttl", "x:a x:p 1 .")
    write(
        tmp_path,
        "shapes.ttl",
        f"x:S a sh:NodeShape ; sh:targetNode x:a ; sh:nodeKind sh:Literal ; sh:severity {severity} .",
    )
    done = run("validate", "data.ttl", "--shapes", "shapes.ttl", "--fail-on", level, cwd=tmp_path)
    assert done.returncode == code
    assert done.stdout.startswith(b"does not conform")
    assert (b"no finding is as bad as --fail-on" in done.stderr) == (code == 0)


def test_shapes_that_cannot_be_used_end_with_2(tmp_path: Path) -> None:
    write(tmp_path, "data.ttl", "x:a x:p 1 .")
    write(tmp_path, "shapes.ttl", "x:S a sh:NodeShape ; sh:targetNode x:a ; sh:minCount 1 ; sh:property [] .")
    done = run("validate", "data.ttl", "--shapes", "shapes.ttl", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"sh:property without sh:path" in done.stderr


@pytest.mark.parametrize(
    "said", ["sh:memberShape x:M", "sh:reifierShape x:R", "sh:targetWhere [ sh:class x:C ]", "sh:singleLine true"]
)
def test_what_only_drafts_have_is_refused_by_name(said: str) -> None:
    with pytest.raises(ProjectError, match=r"<http://x/S>: sh:\w+ is of SHACL 1.2, a draft that kg does not check"):
        check(turtle(f"x:S a sh:NodeShape ; sh:targetClass x:T ; {said} ."))


def test_the_terms_of_shacl_are_those_that_rdflib_lists() -> None:
    listed = {str(term).removeprefix(str(SH)) for term in dir(SH)} | {"and", "or", "not", "in", "class"}
    assert {term for term in listed if not term.startswith("_")} == shapes._TERMS
