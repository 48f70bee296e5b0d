"""The reasons for statements, in the order that people read them in."""

from kg.query.why import because
from kg.rdf import iris
from kg.rdf.terms import TYPE
from kg.release.nquads import Dataset
from kg.release.reader import Release


def test_types_come_first(release: Release) -> None:
    base = release.manifest["base"]
    dataset = Dataset(release.dataset)
    found = because(dataset, base, dataset.about(iris.entity(base, "kofi-annan")))
    kinds = [reason.statement.predicate == TYPE for reason in found]
    assert True in kinds
    assert False in kinds
    assert kinds == sorted(kinds, reverse=True)


def test_each_fact_is_a_reason_of_its_own_and_what_follows_says_so(release: Release) -> None:
    base = release.manifest["base"]
    dataset = Dataset(release.dataset)
    found = because(dataset, base, dataset.about(iris.entity(base, "kofi-annan")))
    assert {reason.basis for reason in found} >= {"stated", "reference", "build"}
    assert all(reason.words for reason in found if reason.basis == "stated")
    assert all(not reason.fact for reason in found if reason.basis == "build")
