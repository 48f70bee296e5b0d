"""IRIs made are taken apart again, and nothing else is taken for one of them."""

from hypothesis import given
from hypothesis import strategies as st

from kg.rdf import iris
from kg.rdf.terms import is_iri

BASE = "https://example.org/"
SLUGS = st.from_regex(r"[a-z][a-z0-9.~-]{0,12}", fullmatch=True)


@given(SLUGS)
def test_an_entity_is_known_by_its_slug(slug: str) -> None:
    iri = iris.entity(BASE, slug)
    assert is_iri(iri)
    assert (iris.slug(BASE, iri), iris.is_entity(BASE, iri), iris.is_fact(BASE, iri)) == (slug, True, False)
    assert iris.address(BASE, iri) == f"id/{slug}.html"
    assert iris.is_slug(slug)


@given(SLUGS, st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_passage_tells_its_source_and_its_offsets(ident: str, start: int, end: int) -> None:
    source = iris.source(BASE, ident)
    passage = iris.passage(source, start, end)
    assert is_iri(passage)
    assert (iris.source_id(BASE, passage), iris.offsets(passage)) == (ident, (start, end))
    assert iris.offsets(source) is None
    assert iris.offsets(iris.selector(source, "quote", start, end)) is None
    assert iris.address(BASE, passage) == f"source/{ident}.html#char={start},{end}"


@given(st.text(alphabet="0123456789-/X?~%.TZ:+Y", min_size=1, max_size=30))
def test_every_date_names_a_period_of_its_own(date: str) -> None:
    period = iris.period(BASE, date)
    assert is_iri(period)
    assert iris.fragment(period).removeprefix("date=").replace("%25", "%") == date


def test_what_is_elsewhere_stays_as_it_is() -> None:
    for iri in ("https://schema.org/Person", "urn:x:y", "https://example.com/id/a"):
        assert iris.address(BASE, iri) == iri
        assert not iris.is_entity(BASE, iri)
    assert iris.slug(BASE, "https://example.com/id/a") == "https://example.com/id/a"
