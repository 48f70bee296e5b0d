"""Terms on their way to rdflib and back: literals stay as they are written, whatever rdflib thinks of them."""

import pyoxigraph as px
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import QueryError
from kg.rdf.terms import EDTF, XSD
from kg.rdf.to_rdflib import from_rdflib, to_dataset, to_rdflib

S, P = px.NamedNode("http://x/s"), px.NamedNode("http://x/p")
LITERALS = st.one_of(
    st.text(max_size=12).map(px.Literal),
    st.text(max_size=12).map(lambda text: px.Literal(text, language="en")),
    st.builds(
        lambda text, kind: px.Literal(text, datatype=px.NamedNode(kind)),
        st.one_of(st.text(max_size=8), st.sampled_from(["007", "1.10", "yes", "24:00:00", "-0044-03-15"])),
        st.sampled_from([XSD + name for name in ("integer", "decimal", "boolean", "date", "time")] + [EDTF]),
    ),
)


@given(st.one_of(LITERALS, st.sampled_from([S, px.BlankNode("b")])))
def test_terms_come_back_as_they_went(term: px.Literal) -> None:
    assert from_rdflib(to_rdflib(term)) == term


def test_quads_go_into_their_graphs() -> None:
    home = px.NamedNode("http://x/g")
    dataset = to_dataset([px.Quad(S, P, S), px.Quad(S, P, P, home)])
    assert len(dataset.default_graph) == 1
    assert len(dataset.graph(rdflib.URIRef("http://x/g"))) == 1


def test_what_rdflib_cannot_hold_is_said() -> None:
    with pytest.raises(QueryError, match="triple terms"):
        to_rdflib(px.Triple(S, P, S))
