"""JSON-LD compacted a subject at a time: what comes out means what went in, to two other processors."""

import json
from typing import Any

import pyoxigraph as px
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld

from kg.project import TEMPLATE
from kg.rdf.context import read_context
from kg.rdf.jsonld import Compactor
from kg.rdf.serialize import ordered, serialize, write
from kg.rdf.terms import EDTF, RDFS, SCHEMA, SKOS, TYPE, XSD

BASE = "https://example.org/"
CONTEXT = read_context(TEMPLATE / "ontology" / "context.jsonld", BASE)
KG = f"{BASE}ontology#"

SUBJECTS = st.sampled_from([f"{BASE}id/a", f"{BASE}id/b.c", f"{KG}term", "http://other/x", f"{BASE}id/a#b", "urn:x:y"])
PREDICATES = st.sampled_from(
    [
        SKOS + "prefLabel",
        KG + "date",
        KG + "value",
        SCHEMA + "about",
        RDFS + "seeAlso",
        "http://other/p#",
        KG + "of",
        TYPE.value,
    ]
)
IRIS = st.one_of(
    SUBJECTS, st.sampled_from([SCHEMA + "Person", KG + "Count", KG + "name", f"{BASE}id/", SCHEMA + "a:b"])
)
TEXTS = st.sampled_from(["", "a", "schema:x", "@id", "1999", '"', "line\nend", "é"])
LITERALS = st.one_of(
    TEXTS.map(px.Literal),
    st.builds(lambda text, tag: px.Literal(text, language=tag), TEXTS, st.sampled_from(["en", "fr", "en-gb"])),
    st.builds(
        lambda text, kind: px.Literal(text, datatype=px.NamedNode(kind)),
        TEXTS,
        st.sampled_from([EDTF, XSD + "integer", XSD + "boolean", "http://other/type"]),
    ),
)
OBJECTS = st.one_of(IRIS.map(px.NamedNode), LITERALS)
TRIPLES = st.lists(
    st.builds(lambda s, p, o: px.Triple(px.NamedNode(s), px.NamedNode(p), o), SUBJECTS, PREDICATES, OBJECTS),
    max_size=12,
).map(lambda found: [t for t in found if t.predicate != TYPE or isinstance(t.object, px.NamedNode)])


@given(TRIPLES)
def test_the_same_triples_are_read_back(triples: list[px.Triple]) -> None:
    data = write(triples, "jsonld", {}, CONTEXT)
    assert {quad.triple for quad in px.parse(data, format=px.RdfFormat.JSON_LD)} == set(triples)


@given(TRIPLES)
def test_it_expands_to_what_pyld_compacts(triples: list[px.Triple]) -> None:
    expanded = json.loads(serialize(ordered(set(triples)), px.RdfFormat.JSON_LD))
    theirs = jsonld.compact(expanded, CONTEXT.document, {"graph": True})
    ours = json.loads(write(triples, "jsonld", {}, CONTEXT))
    assert plain(jsonld.expand(ours)) == plain(jsonld.expand(theirs))


def plain(value: Any) -> Any:
    """Expanded JSON-LD with rdf:type as @type, in an order of its own."""
    if isinstance(value, list):
        return sorted((plain(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    if not isinstance(value, dict):
        return value
    found = {key: plain(item) for key, item in value.items()}
    types = [item["@id"] for item in found.pop(TYPE.value, [])]
    return {**found, "@type": sorted({*types, *found.get("@type", [])})} if types else found


def nodes(*triples: tuple[str, px.NamedNode | px.Literal]) -> dict[str, Any]:
    subject = px.NamedNode(f"{BASE}id/a")
    written = Compactor(CONTEXT).nodes(px.Triple(subject, px.NamedNode(p), o) for p, o in triples)
    node: dict[str, Any] = json.loads(written)
    return node


def test_the_words_of_the_facts_are_used_where_they_fit() -> None:
    english, french = px.Literal("A", language="en"), px.Literal("B", language="fr")
    assert nodes((SKOS + "prefLabel", english)) == {"id": "a", "name": "A"}
    assert nodes((SKOS + "prefLabel", french)) == {"id": "a", "skos:prefLabel": {"@value": "B", "@language": "fr"}}
    assert nodes((KG + "value", px.Literal("7"))) == {"id": "a", "kg:value": {"@value": "7"}}
    assert nodes((TYPE.value, px.NamedNode(SCHEMA + "Person")), (KG + "of", px.NamedNode(f"{BASE}id/b"))) == {
        "id": "a",
        "type": ["Person"],
        "of": "b",
    } or nodes((TYPE.value, px.NamedNode(SCHEMA + "Person"))) == {"id": "a", "type": "Person"}


def test_a_set_is_a_list_even_of_one() -> None:
    terms = {**CONTEXT.terms, "name": CONTEXT.terms["name"]._replace(container="@set")}
    written = Compactor(CONTEXT._replace(terms=terms)).nodes(
        [px.Triple(px.NamedNode(f"{BASE}id/a"), px.NamedNode(SKOS + "prefLabel"), px.Literal("A", language="en"))]
    )
    assert json.loads(written)["name"] == ["A"]
