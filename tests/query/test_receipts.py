"""Receipts: each row of an answer with the words behind it, and nothing claimed that the row does not rest on."""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import closing

import pyoxigraph as px
import pytest

from kg.errors import QueryError
from kg.query.canned import list_queries
from kg.query.receipts import Answered, answered, told, write_answered
from kg.query.results import Limits
from kg.query.sparql import form, run
from kg.query.worker import Job, Stores, answer
from kg.rdf.terms import text_of
from kg.release.nquads import Dataset
from kg.release.reader import Release
from kg.stores.embedded import open_store
from tests.conftest import ROOT

SELECTS = [query for query in list_queries(ROOT / "queries") if form(query.text) == "SELECT"]


@pytest.fixture(scope="module")
def store(release: Release) -> px.Store:
    return open_store(release)


@pytest.fixture(scope="module")
def dataset(release: Release) -> Iterator[Dataset]:
    with closing(Dataset(release.dataset)) as opened:
        yield opened


def ask(text: str, store: px.Store, dataset: Dataset, release: Release) -> Answered:
    return answered(store, dataset, text, release)


def said(found: Answered, row: int = 0) -> set[tuple[str, str]]:
    """The properties, in short, and values of a row's receipts."""
    statements = [reason.statement for reason in found.receipts[row]]
    return {(s.predicate.value.replace("#", "/").rpartition("/")[2], text_of(s.object)) for s in statements}


@pytest.mark.long
@pytest.mark.parametrize("query", SELECTS, ids=lambda query: query.name)
def test_every_row_of_a_canned_query_has_words_that_stand_in_the_source(
    query: "object", store: px.Store, dataset: Dataset, release: Release
) -> None:
    text = query.text  # type: ignore[attr-defined]
    found = ask(text, store, dataset, release)
    assert [list(row) for row in found.rows] == [list(row) for row in run(store, text, release.manifest["prefixes"])]
    source = (release.path / "sources" / "international-campaign-icc.txt").read_text(encoding="utf-8")
    graphs = {graph.value for graph in store.named_graphs() if isinstance(graph, px.NamedNode)}
    for row, reasons in zip(found.rows, found.receipts, strict=True):
        assert reasons or query.name == "sources", row  # type: ignore[attr-defined]  # a source is no statement
        for reason in reasons:
            assert reason.fact in graphs
            subject, predicate, value = reason.statement
            assert px.Quad(subject, predicate, value, px.NamedNode(reason.fact)) in store
            assert px.Quad(subject, predicate, value, px.DefaultGraph()) in store
            assert reason.words or reason.basis == "reference"
            for words in reason.words:
                assert words.exact in source


def test_a_number_rests_on_its_own_words_and_its_date_on_its_own(
    store: px.Store, dataset: Dataset, release: Release
) -> None:
    found = ask((ROOT / "queries" / "growth.rq").read_text(encoding="utf-8"), store, dataset, release)
    row = next(number for number, row in enumerate(found.rows) if text_of(row[2]) == "2000")  # type: ignore[arg-type]
    by = {reason.statement.predicate.value.rpartition("#")[2]: reason for reason in found.receipts[row]}
    assert [words.exact for words in by["value"].words] == ["The CICC’s membership now exceeds 2,000 organizations."]
    assert (by["value"].basis, by["date"].basis) == ("stated", "inferred")
    assert len(by["date"].words) == 3
    assert set(by) == {"of", "value", "counted", "bound", "date"}


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("id:senegal-ratification kg:state ?x", {("state", "senegal")}),
        ("?x ^kg:state id:senegal-ratification", {("state", "senegal")}),
        ("id:william-r-pace ^org:member/kg:post ?x", {("member", "william-r-pace"), ("post", "")}),
        ("id:lie-down kg:marks|schema:organizer ?x", {("organizer", "amnesty-international")}),
        ("id:darfur-situation schema:location ?p . ?p schema:containedInPlace* ?x", {("location", "darfur")}),
        ("id:darfur schema:containedInPlace? ?x FILTER(?x != id:darfur)", {("containedInPlace", "sudan")}),
        ("OPTIONAL { id:senegal kg:no ?y } id:senegal-ratification kg:state ?x", {("state", "senegal")}),
        ("id:senegal-ratification kg:state ?x FILTER NOT EXISTS { ?x kg:no 1 }", {("state", "senegal")}),
        ("id:senegal-ratification kg:state ?x MINUS { ?x a org:Post }", {("state", "senegal")}),
        ("GRAPH ?f { id:senegal-ratification kg:state ?x }", {("state", "senegal")}),
        ("{ id:senegal-ratification kg:state ?x } UNION { id:nobody kg:state ?x }", {("state", "senegal")}),
    ],
)
def test_a_pattern_comes_to_its_statements(
    where: str, expected: set[tuple[str, str]], store: px.Store, dataset: Dataset, release: Release
) -> None:
    found = ask(f"SELECT ?x WHERE {{ {where} }} LIMIT 1", store, dataset, release)
    assert len(found.rows) == 1
    short = {(name, value.removeprefix(release.manifest["base"] + "id/")) for name, value in said(found)}
    for name, value in expected:
        assert any(one == name and (not value or other == value) for one, other in short), short
    assert {name for name, _ in short} == {name for name, _ in expected}


def test_what_is_worked_out_rests_on_what_it_is_worked_out_from(
    store: px.Store, dataset: Dataset, release: Release
) -> None:
    text = "SELECT ?tier (COUNT(?g) AS ?n) WHERE { ?g kg:tier ?tier } GROUP BY ?tier ORDER BY ?n"
    found = ask(text, store, dataset, release)
    assert [text_of(row[1]) for row in found.rows] == ["3", "21"]  # type: ignore[arg-type]
    assert [len(reasons) for reasons in found.receipts] == [3, 21]


def test_labels_and_types_are_told_only_where_there_is_nothing_else(
    store: px.Store, dataset: Dataset, release: Release
) -> None:
    found = ask("SELECT ?name WHERE { id:senegal skos:prefLabel ?name }", store, dataset, release)
    assert said(found) == {("prefLabel", "Senegal")}


@pytest.mark.parametrize("text", ["ASK { ?s ?p ?o }", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 1"])
def test_only_rows_have_receipts(text: str, store: px.Store, dataset: Dataset, release: Release) -> None:
    with pytest.raises(QueryError, match="only a query of rows"):
        ask(text, store, dataset, release)


def test_what_has_no_patterns_has_no_receipts(store: px.Store, dataset: Dataset, release: Release) -> None:
    assert ask("SELECT ?x WHERE { VALUES ?x { 1 } }", store, dataset, release).receipts == [[]]


def test_an_answer_is_written_with_its_receipts(store: px.Store, dataset: Dataset, release: Release) -> None:
    text = "SELECT ?state ?words WHERE { id:senegal-ratification kg:state ?state . BIND(1 AS ?words) }"
    found = ask(text, store, dataset, release)
    (row,) = csv.DictReader(io.StringIO(write_answered(found, "csv").decode(), newline=""))
    assert row["words_2"] == "Senegal became the first state to ratify the ICC treaty in February 1999."
    assert (row["words"], row["source"], row["basis"]) == ("1", "international-campaign-icc", "stated")
    assert row["fact"] == found.receipts[0][0].fact
    document = json.loads(write_answered(found, "json"))
    assert document["columns"] == ["state", "words"]
    assert document["rows"][0][0] == {"type": "uri", "value": f"{release.manifest['base']}id/senegal"}
    ((receipt,),) = document["receipts"]
    assert receipt["words"][0]["exact"] == row["words_2"]
    assert "#char=" in receipt["words"][0]["passage"]
    assert told([]) == ("", "", "", "")
    with pytest.raises(QueryError, match="csv, xlsx or json"):
        write_answered(found, "xml")


def test_a_worker_gives_receipts_within_its_limits(release: Release) -> None:
    job: Job = {"release": str(release.path), "name": "growth", "values": {}, "table": "json", "graph": None}
    head, body = answer({**job, "evidence": "all"}, Limits(100, 1_000_000), Stores())
    assert head["format"] == "json"
    assert all(json.loads(body)["receipts"])
    head, _ = answer({**job, "evidence": "all"}, Limits(3, 1_000_000), Stores())
    assert head["error"]["kind"] == "limit"
    size = len(body) // 2
    head, _ = answer({**job, "evidence": "all"}, Limits(100, size), Stores())
    assert head["error"]["kind"] == "limit"
    _, first = answer({**job, "evidence": 2}, Limits(100, 1_000_000), Stores())
    assert json.loads(first)["receipts"][:2] == json.loads(body)["receipts"][:2]
    assert not any(json.loads(first)["receipts"][2:])
    head, body = answer({**job, "evidence": 100}, Limits(100, size), Stores())
    assert not any(json.loads(body)["receipts"])
