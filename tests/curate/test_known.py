"""What a project has already, to choose from: which word wins, which is no name, and what makes an id."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.curate.known import classes, digest, names_of, needed, needs_of, quotes_of, read_known, slug_of
from kg.errors import FactError
from kg.facts.quotes import Quote
from kg.facts.values import Text
from kg.project import read_project
from kg.rdf import iris
from kg.rdf.ontology import Vocabulary, read_vocabulary

SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix kg: <https://example.org/ontology#> .
@prefix schema: <https://schema.org/> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
kg:A a sh:NodeShape ; sh:targetClass kg:Above ; sh:property kg:A1 , kg:A2 . kg:A1 sh:path skos:altLabel ; sh:minCount 1 .
kg:A2 sh:path schema:about ; sh:minCount 0 .
kg:B a sh:NodeShape ; sh:targetClass kg:Below ; sh:property kg:B1 , kg:B2 . kg:B1 sh:path kg:near ; sh:minCount 2 .
kg:B2 sh:path kg:of ; sh:maxCount 1 .
"""
CLASSES = """
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix kg: <https://example.org/ontology#> .
kg:Above a owl:Class . kg:Below a rdfs:Class ; rdfs:subClassOf kg:Above . kg:date a owl:DatatypeProperty .
"""


def reference(project: Path, text: str) -> None:
    (project / "data" / "reference" / "more.yaml").write_text(text, encoding="utf-8")


@pytest.fixture
def vocabulary(project: Path) -> Vocabulary:
    for name, more in (("shapes.ttl", SHAPES), ("vocabulary.ttl", CLASSES)):
        path = project / "ontology" / name
        path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    context = project / "ontology" / "context.jsonld"
    said = context.read_text(encoding="utf-8")
    context.write_text(said.replace('"date":', '"above": "kg:Above", "date":'), encoding="utf-8")
    return read_vocabulary(project / "ontology", "https://example.org/")


def test_a_class_needs_what_its_shapes_and_those_above_it_want_at_least_once(vocabulary: Vocabulary) -> None:
    assert needed(vocabulary, "Above") == ["otherName"]
    assert needed(vocabulary, "Below") == ["otherName", "near"], "in the order of the context"
    assert needed(vocabulary, "Nothing") == []
    assert needs_of(vocabulary)["Event"] == ["name", "date"]


def test_classes_are_those_of_the_project_and_those_that_the_context_names(vocabulary: Vocabulary) -> None:
    found = classes(vocabulary)
    assert found["Above"] == "https://example.org/ontology#Above"
    assert found["Event"] == "https://schema.org/Event"
    assert list(found) == sorted(found)
    assert not found.keys() & {"Fact", "Passage", "Source", "above", "date"}, "not the tool's, and no properties"


def test_a_thing_is_of_the_class_that_one_record_gives_and_a_name_is_of_the_first_thing(project: Path) -> None:
    reference(
        project,
        "facts:\n"
        "- {id: lighthouse, otherName: [Old  LIGHT, bay]}\n"
        "- {id: zzz, type: [Place, Event], name: the bay}\n"
        "- {id: yyy, otherName: old light}\n"
        "- {id: yyy, type: Place}\n"
        "- {id: xxx, otherName: {en: not a text}}\n"
        "- {id: ab, otherName: ab, description: a description}\n"
        "- {id: abc, otherName: abc, nameIn: the lamp}\n"
        "- {id: [a, b], type: Place}\n",
    )
    known = read_known(read_project(project))
    assert known.ids["lighthouse"] == "Building", "which a record without a class does not take away"
    assert (known.ids["zzz"], known.ids["yyy"], known.ids["xxx"]) == ("", "Place", "")
    assert known.names["the bay"] == "bay"
    assert known.names["old light"] == "lighthouse", "folded, and of the first that has it"
    assert (known.called["lighthouse"], known.called["yyy"]) == ("Lighthouse of Skerry Point", "old light")
    assert known.names["abc"] == "abc"
    assert all(re.fullmatch("[a-z-]+", ident) for ident in known.ids)
    assert not known.names.keys() & {"ab", "not a text", "a description", "the lamp"}


def test_names_are_of_records_with_an_id_alone(project: Path) -> None:
    reference(project, "facts:\n- {otherName: nobody}\n- {id: [a, b], otherName: both}\n- {id: a, otherName: alone}\n")
    settings = read_project(project)
    context = read_vocabulary(settings.ontology, settings.base).context
    found = list(names_of(settings, context))
    assert ("alone", "a") in found
    assert not {"nobody", "both"} & {name for name, _ in found}


def test_sources_that_cannot_be_read_are_told(project: Path) -> None:
    (project / "data" / "sources" / "notice.txt").write_text("Another text.", encoding="utf-8")
    with pytest.raises(FactError, match="notice"):
        read_known(read_project(project))


def test_the_quotes_of_a_record_stand_in_the_order_of_the_range_whatever_that_of_its_keys() -> None:
    record = {"to": "z", "from": {"exact": "a", "suffix": "b"}, "reason": "x"}
    assert list(quotes_of(record)) == [Quote(Text("a"), "", "b"), Quote(Text("z"))]
    assert list(quotes_of({"quote": ["a", {"exact": "a", "prefix": "b"}]})) == [Quote(Text("a")), Quote(Text("a"), "b")]
    assert list(quotes_of({"quote": []})) == list(quotes_of({"id": "a"})) == []
    assert list(quotes_of({"quote": {}})) == list(quotes_of({"quote": ""})) == [Quote(Text(""))]


def test_a_record_is_called_by_what_it_says_and_not_by_the_order_of_its_words() -> None:
    assert digest({"id": "a", "name": "é\ud800"}) == digest({"name": "é\ud800", "id": "a"})
    assert re.fullmatch("[0-9a-f]{16}", digest({}))
    told = [{"id": "a"}, {"id": ["a"]}, {"id": ""}, {}, {"id": ["a", "b"]}, {"id": ["b", "a"]}, "id", ["id"]]
    assert len({digest(one) for one in told}) == len(told)


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        ("Opus № 5", "opus-no-5"),
        ("ℌaus ™", "haus-tm"),
        ("STRAẞE İSTANBUL", "strasse-istanbul"),
        ("１２ ﬁn", "12-fin"),
        ("— Москва —", ""),
        ("\ud800", ""),
        ("a" * 59 + " bc", "a" * 59),
        ("a" * 60 + "b", "a" * 60),
        ("a" * 58 + " bc", "a" * 58 + "-b"),
    ],
)
def test_an_id_has_the_letters_of_words_as_far_as_they_are_some(words: str, slug: str) -> None:
    assert slug_of(words) == slug


@given(st.text(st.characters()), st.integers(0, 12))
def test_what_is_made_of_words_is_an_id_or_nothing_and_stays_what_it_is(words: str, most: int) -> None:
    found = slug_of(words, most)
    assert len(found) <= most
    assert not found or (iris.is_slug(found) and found.isascii() and found == found.lower())
    assert slug_of(found, most) == found
