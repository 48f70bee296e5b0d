"""Drafts: which constraints data bear out, from how many values on, and names that are hard to write."""

import re
from collections.abc import Sequence
from pathlib import Path

import pyoxigraph as px
import pytest

from kg.rdf.terms import SH
from kg.shacl.validation import drafted
from tests.shacl.test_pyshacl_engine import HEAD


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data.ttl"


def draft(file: Path, data: str, head: str = HEAD) -> str:
    file.write_text(head + data, encoding="utf-8")
    made = drafted([file], "200MB")
    list(px.parse(made, format=px.RdfFormat.TURTLE, base_iri="https://x.org/shapes"))
    return made


def said(file: Path, cases: Sequence[str]) -> list[list[str]]:
    """What is drafted of the property x:p of the class x:T, of graphs that share no name."""
    graphs = (f"@prefix x: <http://x/{n}/> .\n{case}\n" for n, case in enumerate(cases))
    made = draft(file, "".join(graphs) + "@prefix x: <http://x/> .")
    found = []
    for n in range(len(cases)):
        _, _, shape = re.sub(rf"<http://x/{n}/([^>]*)>", r"x:\1", made).partition("sh:targetClass x:T")
        _, _, body = shape.partition(" .\n")[0].partition("sh:path x:p")
        lines = body.partition("\n  ]")[0].split(";\n")
        found.append([line.strip().removeprefix("sh:") for line in lines if line.strip()])
    return found


BORNE_OUT = {
    "x:a a x:T ; x:p 1 .": ["minCount 1", "datatype xsd:integer"],
    "x:a a x:T ; x:p 1 . x:b a x:T ; x:p 2 .": ["minCount 1", "maxCount 1", "datatype xsd:integer"],
    "x:a a x:T ; x:p 1 . x:b a x:T .": ["datatype xsd:integer"],
    "x:a a x:T ; x:p 1, 2 . x:b a x:T ; x:p 3 .": ["minCount 1", "datatype xsd:integer"],
    "x:a a x:T ; x:p 1, 1.5 .": [
        "minCount 1",
        "or ( [ sh:datatype xsd:decimal ] [ sh:datatype xsd:integer ] )",
    ],
    "x:a a x:T ; x:p [], x:b .": ["minCount 1", "nodeKind sh:BlankNodeOrIRI"],
    "x:a a x:T ; x:p [], 1 .": ["minCount 1", "nodeKind sh:BlankNodeOrLiteral"],
    "x:a a x:T ; x:p x:b, 1 . x:b a x:C .": ["minCount 1", "nodeKind sh:IRIOrLiteral"],
    "x:a a x:T ; x:p x:b, 1, [] .": ["minCount 1"],
    "x:a a x:T ; x:p 'a'@en, 'b'@fr .": ["minCount 1", "datatype rdf:langString", "uniqueLang true"],
    "x:a a x:T ; x:p 'a'@en, 'b'@en .": ["minCount 1", "datatype rdf:langString"],
    "x:a a x:T ; x:p x:b, x:c . x:b a x:C, x:D . x:c a x:C, x:D . x:d a x:C .": [
        "minCount 1",
        "nodeKind sh:IRI",
        "class x:D",  # the smaller of the two that all values have
    ],
    "x:a a x:T ; x:p x:b, x:c . x:b a x:C . x:c a x:D .": ["minCount 1", "nodeKind sh:IRI"],
    "x:a a x:T .": [],
}


def test_a_constraint_stands_where_the_data_bear_it_out(file: Path) -> None:
    assert dict(zip(BORNE_OUT, said(file, list(BORNE_OUT)), strict=True)) == BORNE_OUT


def values(many: int, different: int, value: str = '"{}"') -> str:
    return "".join(f"x:a{n} a x:T ; x:p {value.format(n % different)} .\n" for n in range(many))


LISTED = {
    values(20, 8): " ".join(f'"{n}"' for n in range(8)),
    values(19, 8): "",
    values(20, 9): "",
    values(20, 2, "x:v{}"): "x:v0 x:v1",
    values(20, 2, '"\\"{}\\n"@fr'): '"\\"0\\n"@fr "\\"1\\n"@fr',
    values(20, 2, "{}"): "",
    values(20, 2, "_:v{}"): "",
}


def test_few_values_that_come_often_are_listed_but_no_numbers_and_no_blank_nodes(file: Path) -> None:
    found = [" ".join(one for one in made if one.startswith("in (")) for made in said(file, list(LISTED))]
    assert dict(zip(LISTED, found, strict=True)) == {
        data: f"in ( {listed} )" if listed else "" for data, listed in LISTED.items()
    }


def test_classes_are_told_by_size_and_each_shape_has_a_name_of_its_own(file: Path) -> None:
    data = "<http://y/T> a <http://y/Other> . x:a a x:T . x:b a <http://y/T> . x:c a <http://y/T>, <http://y/#> ."
    lines = draft(file, data).splitlines()
    assert [line.split()[0] for line in lines if line.startswith("<")] == [
        "<#TShape>",
        "<#TShape2>",
        "<#Shape>",
        "<#OtherShape>",
    ]
    assert [line.split()[1] for line in lines if "sh:targetClass" in line][:2] == ["<http://y/T>", "x:T"]


def test_a_name_is_written_so_that_it_is_read_back(file: Path) -> None:
    names = ["-a", "m²", "①", "a.", "é"]
    made = draft(file, "".join(f"<http://x/s> a <http://x/{name}> ; <http://x/{name}> 1 .\n" for name in names))
    quads = list(px.parse(made, format=px.RdfFormat.TURTLE, base_iri="https://x.org/shapes"))
    for predicate in ("targetClass", "path"):
        found = {str(quad.object) for quad in quads if quad.predicate.value == SH + predicate}
        assert found == {f"<http://x/{name}>" for name in names}
    assert "sh:path x:é" in made, "what needs no brackets has none"


def test_a_prefix_of_the_data_that_is_called_sh_does_not_become_that_of_the_shapes(file: Path) -> None:
    head = "@prefix sh: <http://other/> . @prefix rdf: <http://x/> . @prefix : <http://e/> .\n"
    made = draft(file, "sh:a a sh:T ; sh:p '1'@en . :b a :C .", head)
    assert f"@prefix sh: <{SH}> .\n" in made
    assert "sh:targetClass <http://other/T> ;" in made
    assert "sh:targetClass :C " in made
    assert "sh:datatype <http://www.w3.org/1999/02/22-rdf-syntax-ns#langString>" in made


def test_data_without_classes_make_no_shapes(file: Path) -> None:
    made = draft(file, "x:a x:p 1 .")
    assert made.strip() == "# Drafted from 1 triples: what is so, for a person to say what should be."
