"""Statements in DuckDB: the same terms come out that went in, whatever they hold and however they were written."""

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as px
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kg.errors import StoreError
from kg.rdf.terms import Term, Triple
from kg.shacl import loaded
from kg.shacl.loaded import IrregularError, Loaded
from tests.conftest import inside
from tests.shacl.test_pyshacl_engine import HEAD

A, P = px.NamedNode("https://x.org/a"), px.NamedNode("https://x.org/p")
TEXTS = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from('\\"\n\r\t\x00\x01\x7f\b\f\ue000uU0')),
    max_size=8,
)
TERMS = st.one_of(
    TEXTS.map(px.Literal),
    TEXTS.map(lambda text: px.Literal(text, language="en-gb")),
    TEXTS.map(lambda text: px.Literal(text, datatype=px.NamedNode("https://x.org/own"))),
    st.sampled_from([A, P, px.BlankNode("b"), px.BlankNode("b1"), px.NamedNode("https://x.org/é?x=1#y")]),
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    made = Loaded(tmp_path_factory.mktemp("loaded"), "200MB")
    yield made
    made.close()


def written(folder: Path, triples: set[Triple]) -> Path:
    path = folder / "data.nt"
    with path.open("wb") as file:
        px.serialize(triples, file, px.RdfFormat.N_TRIPLES)
    return path


def stored(data: Loaded) -> set[tuple[Term, ...]]:
    rows = data.rows("SELECT s, p, o FROM triples")
    terms = data.terms(number for row in rows for number in row)
    return {tuple(terms[number] for number in row) for row in rows}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(TERMS, max_size=6))
@example([px.Literal("\x01\\\\u0041"), px.Literal("\\\\"), px.Literal("\\u0001")])
def test_terms_come_out_as_they_went_in(data: Loaded, terms: list[Term]) -> None:
    triples = {px.Triple(A, P, term) for term in terms}
    data.load([written(data.scratch, triples)], written=True)
    assert stored(data) == {(one.subject, one.predicate, one.object) for one in triples}
    numbers = data.add(terms)
    assert data.terms(numbers.values()) == {number: term for term, number in numbers.items()}


@pytest.mark.parametrize(
    "line",
    [
        '<https://x.org/a> <https://x.org/p> "x"',  # no end
        '<https://x.org/a> <https://x.org/p> "x"  .',
        '<https://x.org/a>  <https://x.org/p> "x" .',
        '<https://x.org/a> <https://x.org/p> "\\u00e9" .',  # which é is too
        '<https://x.org/a> <https://x.org/p> "a\tb" .',
        '<https://x.org/a> <https://x.org/p> "x"@EN .',
        '<https://x.org/a> <https://x.org/p> "x"^^<http://www.w3.org/2001/XMLSchema#string> .',
        '<a> <https://x.org/p> "x" .',
        '<https://x.org/a> "x" <https://x.org/p> .',
        '"x" <https://x.org/p> <https://x.org/a> .',
        "<https://x.org/a> _:b <https://x.org/a> .",
        "<https://x.org/a> <https://x.org/p> <https://x.org/a> <https://x.org/g> .",
        '<https://x.org/a> <https://x.org/p> "x" . # a remark',
        "<https://x.org/a> <https://x.org/p> x .",
    ],
)
def test_lines_that_are_not_regular_are_not_taken_for_something_else(data: Loaded, line: str, tmp_path: Path) -> None:
    path = tmp_path / "data.nt"
    path.write_text(f"<https://x.org/a> <https://x.org/p> <https://x.org/a> .\n{line}\n", encoding="utf-8")
    with pytest.raises(IrregularError):
        data.load([path])


def test_bytes_that_are_no_text_are_not_regular(data: Loaded, tmp_path: Path) -> None:
    path = tmp_path / "data.nt"
    path.write_bytes(b'<https://x.org/a> <https://x.org/p> "\xff" .\n')
    with pytest.raises(IrregularError):
        data.load([path])


def test_remarks_and_empty_lines_are_passed_over_and_a_statement_twice_is_one(data: Loaded, tmp_path: Path) -> None:
    path = tmp_path / "data.nt"
    line = '<https://x.org/a> <https://x.org/p> "a # b \\"c\\"" .\n'
    path.write_text(f"# remark\n\n{line}{line}", encoding="utf-8")
    data.load([path, path])
    assert stored(data) == {(A, P, px.Literal('a # b "c"'))}
    empty = tmp_path / "empty.nt"
    empty.write_bytes(b"")
    data.load([empty])
    assert stored(data) == set()


def test_two_terms_with_one_number_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hash of which only the first salt gives two terms the same number."""
    monkeypatch.setattr(
        loaded.Loaded,
        "number_of",
        lambda self, text: f"(hash({text}, {self.salt}) % {5 if self.salt == 0 else 1 << 60})::UBIGINT",
    )
    data = Loaded(tmp_path / "scratch", "200MB")
    triples = {px.Triple(A, P, px.Literal(str(number))) for number in range(50)}
    data.load([written(tmp_path, triples)])
    assert data.salt > 0
    assert {str(o) for _, _, o in stored(data)} == {f'"{number}"' for number in range(50)}
    data.close()


def test_memory_that_does_not_suffice_is_said(tmp_path: Path) -> None:
    data = Loaded(tmp_path / "scratch", "200MB")
    with pytest.raises(StoreError, match="needs more memory or disk than there is .* raise --memory"):
        data.rows("SELECT list(range::VARCHAR || repeat('x', 100)) FROM range(10000000)")
    data.close()


def test_a_statement_that_is_too_long_is_said(tmp_path: Path) -> None:
    shapes = "x:S a sh:NodeShape ; sh:targetSubjectsOf x:p ; sh:nodeKind sh:IRI ."
    (tmp_path / "shapes.ttl").write_text(HEAD + shapes, encoding="utf-8")
    for size, code in ((1 << 20, 0), (3 << 20, 2)):
        (tmp_path / "data.nt").write_text(f'<http://x/a> <http://x/p> "{"x" * size}" .\n', encoding="utf-8")
        done = inside("validate", "data.nt", "--shapes", "shapes.ttl", "--engine", "columnar", cwd=tmp_path)
        assert (done.returncode, b"a statement of more than 2 MB; shorten it" in done.stderr) == (code, bool(code)), (
            done
        )
