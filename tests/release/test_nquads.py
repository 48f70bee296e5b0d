"""The dataset file: assembled, cut into portions, looked up."""

from itertools import pairwise
from pathlib import Path

import pyoxigraph as px
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.rdf.serialize import ordered
from kg.rdf.sorted_lines import FOLLOWS, NAMED, STATED, Tagged
from kg.rdf.terms import TYPE
from kg.release.nquads import Dataset, assemble, parsed, portions, readable

BASE = "http://x/"
INFERRED = b" <http://x/graph/inferred> .\n"
A, B, C = (f"<http://x/id/{name}> <http://x/p> <http://x/o> .\n".encode() for name in "abc")
FACT = b"<http://x/id/a> <http://x/p> <http://x/o> <http://x/fact/1> .\n"


def test_what_follows_and_is_stated_is_no_inference(tmp_path: Path) -> None:
    lines = sorted([STATED + A, STATED + B, FOLLOWS + B, FOLLOWS + C, NAMED + FACT])
    found = assemble(Tagged(iter(lines)), BASE, tmp_path)
    assert (tmp_path / "default.nt").read_bytes() == A + B + C
    inferred = C[: -len(b" .\n")] + INFERRED
    assert (tmp_path / "inferred.nq").read_bytes() == inferred
    assert (tmp_path / "dataset.nq").read_bytes() == A + FACT + B + C + inferred
    assert (found.triples, found.quads) == (3, 5)


def test_the_days_of_an_event_follow_from_its_type_and_its_date(tmp_path: Path) -> None:
    event = b"<http://x/id/b> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://schema.org/Event> .\n"
    dated = b'<http://x/id/b> <http://x/ontology#date> "1999-02"^^<http://id.loc.gov/datatypes/edtf/EDTF> .\n'
    day = b'<http://x/id/b> <https://schema.org/startDate> "1999-02"^^<http://www.w3.org/2001/XMLSchema#gYearMonth> .\n'
    lines = sorted([STATED + A, STATED + dated, FOLLOWS + event, FOLLOWS + C])
    found = assemble(Tagged(iter(lines)), BASE, tmp_path)
    inferred = [line[: -len(b" .\n")] + INFERRED for line in (event, day, C)]
    assert (tmp_path / "default.nt").read_bytes() == A + event + dated + day + C
    assert (tmp_path / "inferred.nq").read_bytes() == inferred[0] + day + inferred[1] + inferred[2]
    assert found.quads == 8 == len((tmp_path / "dataset.nq").read_bytes().splitlines())
    stated = sorted([STATED + line for line in (dated, event, day)])
    assemble(Tagged(iter(stated)), BASE, tmp_path)
    assert (tmp_path / "inferred.nq").read_bytes() == b"", "what is stated is no inference"


def test_a_quad_that_comes_by_two_roads_stands_once(tmp_path: Path) -> None:
    inferred = C[: -len(b" .\n")] + INFERRED
    found = assemble(Tagged(iter([FOLLOWS + C, NAMED + FACT, NAMED + inferred])), BASE, tmp_path)
    assert (tmp_path / "dataset.nq").read_bytes() == FACT + C + inferred
    assert (found.triples, found.quads) == (1, 3)


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.integers(0, 9)), max_size=40),
    st.integers(1, 9),
)
@pytest.mark.parametrize("terms", [1, 2])
def test_no_portion_cuts_what_belongs_together(terms: int, rows: list[tuple[str, str, int]], size: int) -> None:
    lines = sorted(f"<{one}> <{two}> {number}\n".encode() for one, two, number in rows)
    found = list(portions(lines, size, terms))
    assert [line for portion in found for line in portion] == lines
    firsts = [{tuple(line.split(b" ", terms)[:terms]) for line in portion} for portion in found]
    for one, other in pairwise(firsts):
        assert not one & other
    assert all(len(portion) >= size for portion in found[:-1])
    for portion in found:
        last = portion[-1].split(b" ", terms)[:terms]
        assert sum(line.split(b" ", terms)[:terms] != last for line in portion) < size, "no larger than it must be"


def test_people_read_the_type_first() -> None:
    type_ = f"<http://x/id/a> {TYPE} <http://x/T> .\n".encode()
    early, late = (f"<http://x/id/a> <{iri}> <http://x/o> .\n".encode() for iri in ("http://a/p", "http://z/p"))
    assert readable(sorted([late, type_, early])) == [type_, early, late]
    assert readable([b"<g> " + early, b"<g> " + type_], terms=2) == [b"<g> " + type_, b"<g> " + early]
    hyphen = b"<http://x/id/a> <http://a/p-q> <http://x/o> .\n"
    found = parsed(readable(sorted([early, hyphen])))
    assert found == ordered(found), "as the writers have it"


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    path = tmp_path / "dataset.nq"
    names = ("id/a", "id/a-b", "id/ab", "id/b", "id/b#part", "source/s")
    many = {"id/ab": 40}  # lines, past which a subject is searched for
    lines = [f'<http://x/{name}> <http://x/p> "{n}" .\n'.encode() for name in names for n in range(many.get(name, 3))]
    path.write_bytes(b"".join(sorted(lines)))
    return Dataset(path)


def test_subjects_are_listed_once(dataset: Dataset) -> None:
    assert list(dataset.subjects("http://x/id/")) == [
        "http://x/id/a-b",
        "http://x/id/a",
        "http://x/id/ab",
        "http://x/id/b#part",
        "http://x/id/b",
    ]
    assert list(dataset.subjects("http://x/none")) == []


def test_a_subject_is_not_taken_for_another_that_begins_like_it(dataset: Dataset) -> None:
    assert {quad.subject for quad in dataset.about("http://x/id/a")} == {px.NamedNode("http://x/id/a")}
    assert len(dataset.about("http://x/id/a")) == 3
    assert {quad.subject for quad in dataset.within("http://x/id/b")} == {px.NamedNode("http://x/id/b#part")}
    assert dataset.about("http://x/id/") == []
