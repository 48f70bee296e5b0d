"""The choice among formats."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.rdf.formats import BY_SUFFIX, DOCUMENTS, FORMATS, GRAPHS, SHEETS, TABLES
from kg.web.negotiation import choose, takes_gzip


@pytest.mark.parametrize(
    ("accept", "offered", "expected"),
    [
        ("", DOCUMENTS, "html"),
        ("*/*", GRAPHS, "turtle"),
        ("text/*", GRAPHS, "turtle"),
        ("application/*", TABLES, "json"),
        ("text/html;q=0.5, text/turtle;q=0.9", DOCUMENTS, "turtle"),
        ("text/turtle;q=0", GRAPHS, None),
        ("text/turtle;q=0, */*;q=0.1", GRAPHS, "jsonld"),
        ("TEXT/TURTLE", GRAPHS, "turtle"),
        ("application/json", TABLES, "json"),
        ("application/xhtml+xml", DOCUMENTS, "html"),
        ("text/turtle;charset=utf-8;q=0.3, application/n-triples;q=0.2", GRAPHS, "turtle"),
        ("text/turtle;q=much", GRAPHS, None),
        ("image/png", DOCUMENTS, None),
        ("text/turtle;q=9", GRAPHS, "turtle"),
    ],
)
def test_the_best_liked_is_chosen(accept: str, offered: tuple[str, ...], expected: str | None) -> None:
    assert choose(accept, offered) == expected


@given(st.text())
def test_any_header_chooses_an_offered_format_or_none(accept: str) -> None:
    assert choose(accept, GRAPHS) in (None, *GRAPHS)


@given(st.binary(max_size=300))
def test_any_header_takes_gzip_or_does_not(accepted: bytes) -> None:
    assert takes_gzip(accepted) in (True, False)


def test_each_ending_and_type_means_one_format() -> None:
    assert len(BY_SUFFIX) == len(FORMATS)
    for offered in (GRAPHS, SHEETS):  # JSON is a format of each
        types = [type_ for name in offered for type_ in (FORMATS[name].media_type, *FORMATS[name].also)]
        assert len(types) == len(set(types))
