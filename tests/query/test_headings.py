"""What pages call properties and classes: what the vocabulary says first, and what its labels make else."""

from pathlib import Path

import pyoxigraph as px
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import ProjectError
from kg.query.headings import LAST, Headings, _turned, capital
from kg.rdf.ontology import read_vocabulary
from kg.rdf.terms import TYPE
from tests.query.conftest import BASE

PREFIXES = """
@prefix kg: <https://example.org/ontology#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix x: <https://x.org/> .
"""
X = "https://x.org/"


def headings(turtle: str, words: dict[str, str] | None = None) -> Headings:
    store = px.Store()
    store.load(f"{PREFIXES}{turtle}".encode(), px.RdfFormat.TRIG)
    return Headings(store, BASE, words or {})


def test_a_heading_wins_over_a_name_a_label_a_word_and_the_end_of_the_iri() -> None:
    said = headings(
        'x:a kg:heading "guided by" ; skos:prefLabel "a label" . x:b rdfs:label "second" ; skos:prefLabel "école" .'
        'x:c rdfs:label "ISO code" . skos:altLabel rdfs:label "alternative label" . skos:prefLabel kg:heading "Title" .'
        'GRAPH x:g { x:d kg:heading "of another graph" . }',
        {f"{X}c": "code", f"{X}d": "word", f"{X}b": "b"},
    )
    found = [said.forward(f"{X}{name}") for name in "abcde"]
    assert found == ["guided by", "École", "ISO code", "Word", "E"], "a heading stays as it is written"
    assert (said.forward(TYPE.value), said.forward("http://www.w3.org/2004/02/skos/core#altLabel")) == (
        "Kind",
        "Also called",
    )
    assert said.forward("http://www.w3.org/2004/02/skos/core#prefLabel") == "Title"


TREE = """
x:agent kg:byClass true ; kg:inverseHeading "What it did" ; kg:order 5 .
x:Above kg:heading "Everything" ; kg:order 1 . x:Below rdfs:subClassOf x:Middle ; kg:heading "Below" ; kg:order 2 .
x:Middle rdfs:subClassOf x:Above . x:Other kg:heading "Other" . x:Bare a x:Class .
x:Round rdfs:subClassOf x:Ring ; kg:heading "Round" . x:Ring rdfs:subClassOf x:Round ; kg:heading "Ring" .
x:Self rdfs:subClassOf x:Self , "a text" ; kg:heading "Self" .
x:not kg:byClass false ; kg:inverseHeading "Not by class" ; kg:order -1.5 .
"""


@pytest.mark.parametrize(
    ("predicate", "types", "told"),
    [
        ("agent", ["Above", "Below"], ("Below", 2.0)),
        ("agent", ["Below", "Above"], ("Below", 2.0)),
        ("agent", ["Above"], ("Everything", 1.0)),
        ("agent", ["Other", "Below"], ("Below", 2.0)),
        ("agent", ["Other"], ("Other", LAST)),
        ("agent", ["Self", "Self"], ("Self", LAST)),
        ("agent", ["Bare", "Middle"], ("What it did", 5.0)),
        ("agent", ["Round", "Ring"], ("What it did", 5.0)),
        ("agent", [], ("What it did", 5.0)),
        ("not", ["Below"], ("Not by class", -1.5)),
        ("members of", ["Below"], ("Members of it", LAST)),
    ],
)
def test_what_points_at_a_thing_is_told_by_the_most_specific_class_that_has_a_heading(
    predicate: str, types: list[str], told: tuple[str, float]
) -> None:
    said = headings(TREE, {f"{X}members%20of": "members of"})
    iri = f"{X}{predicate.replace(' ', '%20')}"
    assert said.inverse(iri, [f"{X}{type_}" for type_ in types]) == told


def test_things_stand_by_the_first_place_that_one_of_them_has_and_behind_the_others_without() -> None:
    said = headings(
        "x:a kg:order 2 . x:b kg:order 10 . x:c kg:order 1000.5 ."
        "x:A kg:glance x:b , x:a , x:z , x:y . x:B kg:glance x:a , x:c ."
    )
    assert said.order([f"{X}b", f"{X}none", f"{X}a"]) == 2.0
    assert said.order([]) == said.order([f"{X}none"]) == LAST
    assert said.order([f"{X}c"]) == 1000.5
    assert said.glance([f"{X}A"]) == [f"{X}a", f"{X}b", f"{X}y", f"{X}z"], "by number, not by letter, then by name"
    assert said.glance([f"{X}B", f"{X}A"]) == [f"{X}{name}" for name in "abyzc"], "each once"
    assert said.glance([f"{X}none"]) == said.glance([]) == []


def test_what_is_true_of_a_term_is_said_true_and_in_the_default_graph() -> None:
    for name, found in (("aside", "aside"), ("actsFor", "acting"), ("unsaid", "unsaid")):
        said = headings(
            f"x:a kg:{name} true . x:b kg:{name} false . x:c kg:other true . GRAPH x:g {{ x:d kg:{name} true }}"
        )
        assert getattr(said, found) == {f"{X}a"}
    said = headings('x:a kg:joins true . x:b kg:joins false . x:c kg:role "signed" . x:d kg:qualifies x:e .')
    assert said.joining([f"{X}b", f"{X}a"]) == {f"{X}a"}
    assert (said.joins([f"{X}b", f"{X}a"]), said.joins([f"{X}b"]), said.joins([])) == (True, False, False)
    assert (said.roles, said.qualifying) == ({f"{X}c": "signed"}, {f"{X}d": f"{X}e"})
    assert headings("").glance([f"{X}a"]) == []


def test_a_label_is_turned_by_its_last_word_where_that_is_a_word() -> None:
    turned = {
        "guided by": "What it guided",
        "by": "By of",
        "stand by by": "What it stand by",
        "member of": "Member of it",
        "of": "Of of",
        "proof": "Proof of",
        "on the way to ": "On the way to  of",
        "émigré to": "Émigré to it",
        "": " of",
    }
    assert {label: _turned(label) for label in turned} == turned


@given(st.text())
def test_a_capital_changes_nothing_but_the_first_letter(text: str) -> None:
    assert capital(text).endswith(text[1:])
    assert capital(text).casefold() == text.casefold()
    assert capital(capital(text))[1:] == capital(text)[1:]


@pytest.mark.parametrize("number", ['"first"', '"NaN"', '"INF"', "kg:near", '""'])
def test_a_place_that_is_no_number_is_told_when_the_vocabulary_is_read(project: Path, number: str) -> None:
    path = project / "ontology" / "vocabulary.ttl"
    begun = path.read_text(encoding="utf-8")
    path.write_text(f'{begun}\nkg:near kg:order -1.5 . kg:of kg:order "2" .\n', encoding="utf-8")
    read_vocabulary(path.parent, BASE)
    path.write_text(f"{begun}\nkg:near kg:order {number} .\n", encoding="utf-8")
    with pytest.raises(ProjectError, match=r"vocabulary\.ttl: .*order> of .*near> is .*, expected a number"):
        read_vocabulary(path.parent, BASE)
