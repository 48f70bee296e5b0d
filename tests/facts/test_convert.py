import json
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as px
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.build.releasing import build
from kg.errors import FactError
from kg.facts.convert import _balance, convert, mint
from kg.facts.records import Record, fact_files, read_file
from kg.facts.values import Items, Mapping, Null, Text
from kg.project import TEMPLATE, read_project
from kg.rdf.context import Context, read_context
from kg.rdf.terms import text_of
from kg.release.nquads import load
from tests.conftest import statements

BASE = "https://example.org/"
CONTEXT = read_context(TEMPLATE / "ontology" / "context.jsonld", BASE)


def record(content: dict[str, object], **changes: object) -> Record:
    return Record("a.yaml", 1, 1, "", (), "reference", "", "", mapping(content))._replace(**changes)  # type: ignore[arg-type]


def mapping(content: dict[str, object]) -> Mapping:
    return Mapping({Text(key): value(inner) for key, inner in content.items()})


def value(inner: object) -> Text | Null | Items | Mapping:
    if isinstance(inner, dict):
        return mapping(inner)
    if isinstance(inner, list):
        return Items(value(item) for item in inner)
    return Null() if inner is None else Text(str(inner))


def quads(lines: list[bytes]) -> list[px.Quad]:
    return list(px.parse(b"".join(lines), format=px.RdfFormat.N_QUADS))


def records(project: Path) -> Iterator[Record]:
    """The records of a project's files."""
    for path in fact_files(project / "data", project)[0]:
        yield from (item for item in read_file(path, path.name) if isinstance(item, Record))


def triples(*records: Record, context: Context = CONTEXT) -> set[tuple[str, str, str]]:
    facts = mint(records, context, BASE)
    return {(text_of(q.subject), q.predicate.value, str(q.object)) for q in quads(convert(facts, context).lines)}


def test_each_value_becomes_the_statement_its_word_stands_for() -> None:
    found = triples(
        record({"id": "a", "name": "Ä “b”\n", "value": "007", "place": ["x", "y"], "date": "1999~", "near": None})
    )
    assert found == {
        (f"{BASE}id/a", "http://www.w3.org/2004/02/skos/core#prefLabel", '"Ä “b”\\n"@en'),
        (f"{BASE}id/a", f"{BASE}ontology#value", '"007"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        (f"{BASE}id/a", "https://schema.org/location", f"<{BASE}id/x>"),
        (f"{BASE}id/a", "https://schema.org/location", f"<{BASE}id/y>"),
        (f"{BASE}id/a", f"{BASE}ontology#date", '"1999~"^^<http://id.loc.gov/datatypes/edtf/EDTF>'),
    }


def test_things_without_an_id_get_one_from_their_content_and_no_blank_node_is_made() -> None:
    one = record({"type": "Count", "value": "1", "of": {"type": "Place", "place": [{"type": "Place"}, "x"]}})
    found = triples(one)
    assert all(not subject.startswith("_:") for subject, _, _ in found)
    assert found == triples(one)
    assert len({subject for subject, _, _ in found}) == 3
    assert not {subject for subject, _, _ in found} & {
        subject for subject, _, _ in triples(one._replace(note="another"))
    }


def test_texts_by_language_are_no_things() -> None:
    term = CONTEXT.terms["otherName"]._replace(container="@language", language="")
    document = {**CONTEXT.document, "otherName": {"@id": "skos:altLabel", "@container": "@language"}}
    context = CONTEXT._replace(terms={**CONTEXT.terms, "otherName": term}, document=document)
    found = triples(
        record({"otherName": {"it": "tutti giù", "fr": ["a", "b"]}, "of": {"id": "x", "value": "1"}}), context=context
    )
    assert {(p.rpartition("#")[2], o) for _, p, o in found} >= {("altLabel", '"tutti giù"@it'), ("altLabel", '"a"@fr')}
    assert len(found) == 5


def test_the_name_of_a_fact_changes_with_all_that_it_says_and_rests_on_and_nothing_else() -> None:
    one = record({"id": "a", "name": "A", "value": "1"})
    same = [record({"value": "1", "name": "A", "id": "a"}), one._replace(file="b.yaml", line=9)]
    other = [
        record({"id": "a", "name": "A", "value": "2"}),
        one._replace(note="n"),
        one._replace(evidence="e"),
        one._replace(basis="inferred"),
        one._replace(source="s"),
    ]
    (fact,) = mint([one], CONTEXT, BASE)
    assert {mint([r], CONTEXT, BASE)[0].iri for r in same} == {fact.iri}
    assert len({mint([r], CONTEXT, BASE)[0].iri for r in other} | {fact.iri}) == 6


def test_books_that_do_not_balance_stop_the_build() -> None:
    facts = mint([record({"id": "a", "name": "A", "value": "1"})], CONTEXT, BASE)
    lines = convert(facts, CONTEXT).lines
    assert _balance(facts, lines, frozenset()) == 2
    with pytest.raises(FactError, match="2 values became 1 statements: some say the same"):
        _balance(facts, lines[1:], frozenset())
    one_more = lines[0].replace(b"/id/a>", b"/id/b>")
    with pytest.raises(FactError, match="2 values became 3 statements"):
        _balance(facts, [*lines, one_more], frozenset())


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=40), st.integers())
def test_any_text_and_number_comes_out_as_it_went_in(text: str, number: int) -> None:
    facts = mint([record({"id": "a", "name": text, "value": str(number)})], CONTEXT, BASE)
    found = {text_of(quad.object) for quad in quads(convert(facts, CONTEXT).lines)}
    assert found == {text, str(number)}


def test_the_statements_are_those_of_any_json_ld_processor() -> None:
    """Against pyld: the same records through the same context give the same statements."""
    from pyld import jsonld

    facts = mint(records(TEMPLATE), CONTEXT, BASE)
    nodes = [json.loads(fact.node) for fact in facts]
    nquads = jsonld.to_rdf({"@context": CONTEXT.document, "@graph": nodes}, {"format": "application/n-quads"})
    theirs = {str(quad.triple) for quad in px.parse(nquads, format=px.RdfFormat.N_QUADS)}
    assert {str(quad.triple) for quad in quads(convert(facts, CONTEXT).lines)} == theirs


def test_what_a_table_says_is_what_yaml_says(project: Path, tmp_path: Path) -> None:
    """The same row gives the same quads by either road."""
    rows = "facts:\n- id: skerry-point\n  sameAs: https://example.com/gazetteer/1042\n"
    rows += "  evidence: gazetteer of the county, edition of 2024, entry 1042\n"
    table = statements(project, tmp_path / "table")
    (project / "data" / "reference" / "identifiers.csv").unlink()
    (project / "data" / "reference" / "identifiers.yaml").write_text(rows, encoding="utf-8")
    assert statements(project, tmp_path / "yaml") == table


def test_a_table_of_facts_quotes_its_source(project: Path) -> None:
    table = project / "data" / "facts" / "more.csv"
    table.write_text(
        'source,quote,id,otherName,basis,note\nnotice,the bay.,bay,a bay,inferred,"because, yes"\n', encoding="utf-8"
    )
    release = build(read_project(project)).release
    assert release
    (fact,) = [quad for quad in load(release.dataset) if text_of(quad.object) == "because, yes"]
    said = {
        quad.predicate.value: text_of(quad.object) for quad in load(release.dataset) if quad.subject == fact.subject
    }
    assert said[f"{BASE}ontology#basis"] == f"{BASE}ontology#inferred"
    assert said["http://www.w3.org/ns/prov#wasQuotedFrom"].startswith(f"{BASE}source/notice#char=")
    assert json.loads((release.path / "locations.json").read_text(encoding="utf-8"))[text_of(fact.subject)] == [
        "data/facts/more.csv",
        2,
        1,
    ]


def test_things_under_words_that_look_alike_stay_apart() -> None:
    terms = {**CONTEXT.terms, "near-1": CONTEXT.terms["of"]}
    document = {**CONTEXT.document, "near-1": CONTEXT.document["of"]}
    found = triples(
        record({"near": ["x", {"name": "one"}], "near-1": {"name": "two"}}),
        context=CONTEXT._replace(terms=terms, document=document),
    )
    assert len({subject for subject, predicate, _ in found if predicate.endswith("prefLabel")}) == 2


def test_values_that_say_the_same_in_two_ways_are_a_fault() -> None:
    facts = mint([record({"id": "a", "near": ["x", f"{BASE}id/x"]})], CONTEXT, BASE)
    with pytest.raises(FactError, match="2 values became 1 statements: some say the same"):
        convert(facts, CONTEXT)
