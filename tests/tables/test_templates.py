"""URI templates of CSVW: whatever they are made of, what is written with them is N-Triples, or named as a fault."""

import csv
import json
import tempfile
from pathlib import Path

import pyoxigraph as px
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.tables.templates import Variable, expanded, is_beginning, parse
from tests.conftest import inside

CONSTANTS = st.sampled_from(["http://e.org/", "a", "#", "?q=", "schema:", "[", "%zz", "\x7f", "\ud800", " ", "/", ":"])
VARIABLES = st.builds(
    "{{{}{}}}".format, st.sampled_from(["", "+", "#", ".", "/", ";", "?", "&"]), st.sampled_from("ab")
)
TEMPLATES = st.lists(CONSTANTS | VARIABLES, min_size=1, max_size=4).map("".join)
CELLS = st.sampled_from(
    ["x", "é", "a b", "http://e.org/", "http://[x", "//e:z/", "a#b#c", "#", "[1]", "%zz", "%41", "\x7f", "a:b:c", "//"]
)


def converted(template: str, rows: list[tuple[str, str]], *options: str) -> tuple[int, bytes, str]:
    """The exit code, the N-Quads and the messages of a table of two columns, its rows named by a template."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "t.csv")
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("a", "b"), *rows])
        said = {
            "@context": "http://www.w3.org/ns/csvw",
            "url": "t.csv",
            "aboutUrl": template,
            "tableSchema": {"columns": [{"titles": "a", "valueUrl": template}, {"titles": "b"}]},
        }
        Path(name, "t.csv-metadata.json").write_text(json.dumps(said), encoding="utf-8")
        done = inside("tables", "convert", path, "--base", "https://e.org/t/", *options, cwd=Path(name))
    return done.returncode, done.stdout, done.stderr.decode()


@given(TEMPLATES, st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=2), st.booleans())
def test_what_is_written_is_ntriples(template: str, rows: list[tuple[str, str]], standard: bool) -> None:
    code, out, said = converted(template, rows, *(["--standard"] if standard else []))
    assert "its own fault" not in said
    assert out or code, said
    list(px.parse(out, format=px.RdfFormat.N_QUADS))


@pytest.mark.parametrize(
    ("template", "cells", "iri", "told"),
    [
        ("http://e.org/{+a}", ("a/b?c", ""), "http://e.org/a/b?c", False),
        ("http://e.org/{+a}", ("[1]", ""), "http://e.org/%5B1%5D", False),
        ("http://e.org/{+a}", ("a#b#c", ""), "http://e.org/a%23b%23c", True),
        ("http://e.org/{+a}{#b}", ("a#b", "c"), "http://e.org/a%23b#c", True),
        ("http://{+a}/", ("[x", ""), "http://%5Bx/", False),
        ("http://e.org:{a}/{b}", ("80", "c"), "http://e.org:80/c", False),
        ("http://e.org:{a}/{b}", ("x", "c"), "http://e.org:/c", True),
        ("{+a}", ("//e:z/", ""), "https://e.org/t/%2F%2Fe%3Az%2F", True),
        ("{/a}", ("x", ""), "https://e.org/x", False),
        ("{b}", ("x", ""), "https://e.org/t/t.csv", False),
        ("{nope}", ("x", ""), "https://e.org/t/t.csv", False),
    ],
)
def test_a_cell_that_makes_no_iri_is_escaped_as_a_whole(
    template: str, cells: tuple[str, str], iri: str, told: bool
) -> None:
    _, out, said = converted(template, [cells])
    assert out.startswith(f"<{iri}> ".encode()), out
    assert ("makes no IRI" in said) == told


@pytest.mark.parametrize("template", ["http://[x/{a}", "a%zz{a}", "\ud800{a}", "http://[{a}/", "a%{b}", "#a#{b}"])
def test_a_template_that_leads_to_no_iri_is_named(template: str) -> None:
    code, out, said = converted(template, [("x", "y")])
    assert (code, out) == (1, b"")
    assert "leads to no IRI" in said


def test_what_is_reserved_stays_where_it_may() -> None:
    assert expanded(Variable("a", reserved=True), "a/é%41%zz") == "a/%C3%A9%41%25zz"
    assert expanded(Variable("a", first=2), "a/b") == "a%2F"
    assert parse("{?a,b}") == [Variable("a", "?a="), Variable("b", "&b=")]
    assert not is_beginning("http://[x/")
