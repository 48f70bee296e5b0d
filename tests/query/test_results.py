import csv
import io
import json

import pyoxigraph as px
import pytest

from kg.errors import QueryError
from kg.query.results import Limits, row_count, rows, through_csv, write_results, write_rows
from kg.query.sparql import run
from kg.rdf.terms import SKOS

STORE = px.Store()
A, NAME = px.NamedNode("http://x/a"), px.NamedNode(SKOS + "prefLabel")
STORE.add(px.Quad(A, NAME, px.Literal("Ä, “b”", language="en")))
SELECT = "SELECT ?s ?o ?none { ?s ?p ?o }"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("csv", 's,o,none\r\nhttp://x/a,"Ä, “b”",\r\n'),
        ("tsv", '?s\t?o\t?none\n<http://x/a>\t"Ä, “b”"@en\t\n'),
    ],
)
def test_rows_in_text_formats(kind: str, expected: str) -> None:
    assert write_results(STORE.query(SELECT), kind, {}).decode().replace("\r\n", "\n") == expected.replace("\r\n", "\n")


def test_rows_in_json_and_xml() -> None:
    (row,) = json.loads(write_results(STORE.query(SELECT), "json", {}))["results"]["bindings"]
    assert row["o"] == {"type": "literal", "value": "Ä, “b”", "xml:lang": "en"}
    assert b"<uri>http://x/a</uri>" in write_results(STORE.query(SELECT), "xml", {})


def test_yes_and_no() -> None:
    ask = "ASK { ?s ?p ?o }"
    assert write_results(STORE.query(ask), "csv", {}) == b"true\n"
    assert write_results(STORE.query("ASK { ?s ?s ?o }"), "tsv", {}) == b"false\n"
    assert json.loads(write_results(STORE.query(ask), "json", {}))["boolean"] is True
    assert rows(STORE.query(ask), STORE, {}) == (["answer"], [["yes"]])


@pytest.mark.parametrize("kind", ["turtle", "ntriples", "jsonld", "rdfxml"])
def test_a_graph_in_every_format(kind: str) -> None:
    data = write_results(STORE.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"), kind, {"x": "http://x/"})
    assert "Ä, “b”" in data.decode()


def test_a_format_of_the_other_kind_is_refused() -> None:
    with pytest.raises(QueryError, match="makes a table; give it as table, json"):
        write_results(STORE.query(SELECT), "turtle", {})
    with pytest.raises(QueryError, match="makes a graph; give it as turtle"):
        write_results(STORE.query("CONSTRUCT WHERE { ?s ?p ?o }"), "xml", {})


def test_a_table_shows_labels_beside_iris_unless_the_query_does() -> None:
    prefixes = {"x": "http://x/"}
    assert rows(STORE.query(SELECT), STORE, prefixes)[1] == [["Ä, “b”  x:a", "Ä, “b”", ""]]
    query = "SELECT ?s (?o AS ?sLabel) { ?s ?p ?o }"
    assert rows(STORE.query(query), STORE, prefixes)[1] == [["x:a", "Ä, “b”"]]


def test_what_goes_wrong_while_answering_is_said() -> None:
    with pytest.raises(QueryError, match="cannot be answered: The custom function"):
        run(STORE, "SELECT ?x { BIND(<http://x/f>(1) AS ?x) }", {})
    with pytest.raises(QueryError, match="cannot be answered"):
        write_results(STORE.query("CONSTRUCT { ?s ?p <<( ?s ?p ?o )>> } WHERE { ?s ?p ?o }"), "jsonld", {})


def test_a_table_shows_no_control_characters() -> None:
    assert rows(STORE.query('SELECT ("a\\u001b[31m" AS ?x) {}'), STORE, {})[1] == [["a�[31m"]]


NUMBERS = "SELECT ?n { VALUES ?n { 1 2 3 } }"


@pytest.mark.parametrize("kind", ["csv", "tsv", "json", "xml"])
def test_an_answer_of_just_the_limit_is_whole(kind: str) -> None:
    whole = write_results(STORE.query(NUMBERS), kind, {})
    assert write_results(STORE.query(NUMBERS), kind, {}, Limits(3, len(whole))) == whole
    with pytest.raises(QueryError, match="more than 2 rows"):
        write_results(STORE.query(NUMBERS), kind, {}, Limits(2, len(whole)))
    with pytest.raises(QueryError, match="bytes; add a LIMIT"):
        write_results(STORE.query(NUMBERS), kind, {}, Limits(3, len(whole) - 1))


def test_a_graph_of_just_the_limit_is_whole() -> None:
    query = "CONSTRUCT { <http://x/a> <http://x/p> ?n } WHERE { VALUES ?n { 1 2 3 } }"
    whole = write_results(STORE.query(query), "ntriples", {})
    assert write_results(STORE.query(query), "ntriples", {}, Limits(3, len(whole))) == whole
    with pytest.raises(QueryError, match="more than 2 rows"):
        write_results(STORE.query(query), "ntriples", {}, Limits(2, len(whole)))
    with pytest.raises(QueryError, match="bytes; add a LIMIT"):
        write_results(STORE.query(query), "ntriples", {}, Limits(3, len(whole) - 1))


def test_line_ends_within_a_row_are_not_rows() -> None:
    query = 'SELECT ?a ?b { VALUES (?a ?b) { ("one\\ntwo\\nthree" "x\\"\\ny") ("}" "<result>") } }'
    assert len(list(csv.reader(io.StringIO(write_results(STORE.query(query), "csv", {}).decode(), newline="")))) == 3
    for kind in ("tsv", "json", "xml"):
        data = write_results(STORE.query(query), kind, {}, Limits(2, 10_000))
        assert row_count(data, kind, 2) <= 2
        assert row_count(data, kind, 1) == 2


def test_rows_pass_through_csv_as_they_are() -> None:
    given = [(px.NamedNode("http://x/a"), px.Literal(f"a, “{n}”\n"), None) for n in range(9_000)]
    passed, alone = io.BytesIO(), io.BytesIO()
    assert list(through_csv(("s", "p", "o"), iter(given), passed)) == given
    write_rows(("s", "p", "o"), iter(given), "csv", alone)
    assert passed.getvalue() == alone.getvalue()
    assert list(csv.reader(io.StringIO(passed.getvalue().decode(), newline="")))[9_000] == [
        "http://x/a",
        "a, “8999”\n",
        "",
    ]
