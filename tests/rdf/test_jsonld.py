"""JSON-LD compacted a subject at a time: what comes out means what went in, to two other processors."""

import json
from typing import Any

import pyoxigraph as px
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld

from kg.project import TEMPLATE
from kg.rdf.context import Context, read_context
from kg.rdf.jsonld import Compactor, compactor
from kg.rdf.serialize import ordered, serialize, write
from kg.rdf.terms import EDTF, RDFS, SCHEMA, SKOS, TYPE, XSD

BASE = "https://example.org/"
CONTEXT = read_context(TEMPLATE / "ontology" / "context.jsonld", BASE)._replace(address="")  # written into documents
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
    if isinstance(value.get("@value"), int) and not isinstance(value["@value"], bool):  # a number is an xsd:integer
        value = {"@value": str(value["@value"]), "@type": XSD + "integer"}
    found = {key: plain(item) for key, item in value.items()}
    types = [item["@id"] for item in found.pop(TYPE.value, [])]
    return {**found, "@type": sorted({*types, *found.get("@type", [])})} if types else found


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Context:
    """A context with every kind of word that the template's does without."""
    document = CONTEXT.document | {
        "label": {"@id": "kg:label", "@container": "@language"},
        "british": {"@id": "kg:british", "@language": "en-GB", "@container": "@set"},
        "kind": {"@id": "kg:kind", "@type": "@vocab"},
        "plain": "kg:plain",
        "yes": {"@id": "kg:mixed", "@type": "xsd:boolean"},
        "said": {"@id": "kg:mixed", "@language": "fr"},
        "link": {"@id": "kg:mixed", "@type": "@id", "@container": "@set"},
    }
    path = tmp_path_factory.mktemp("words") / "context.jsonld"
    path.write_text(json.dumps({"@context": document}), encoding="utf-8")
    return read_context(path, BASE)._replace(address="")


@given(
    st.lists(
        st.builds(
            lambda s, p, o: px.Triple(px.NamedNode(s), px.NamedNode(KG + p), o),
            SUBJECTS,
            st.sampled_from(["label", "british", "kind", "plain", "mixed"]),
            OBJECTS,
        ),
        max_size=12,
    )
)
def test_words_of_every_kind_mean_to_others_what_they_mean_here(words: Context, triples: list[px.Triple]) -> None:
    data = write(triples, "jsonld", {}, words)
    assert {quad.triple for quad in px.parse(data, format=px.RdfFormat.JSON_LD)} == set(triples)
    theirs = jsonld.to_rdf(json.loads(data), {"format": "application/n-quads"})
    assert {quad.triple for quad in px.parse(theirs, format=px.RdfFormat.N_QUADS)} == set(triples)


def test_a_word_of_each_kind_is_used_where_it_fits(words: Context) -> None:
    def text(value: str, tag: str) -> px.Literal:
        return px.Literal(value, language=tag)

    def written(*objects: px.NamedNode | px.Literal, name: str) -> dict[str, Any]:
        node = nodes(*((KG + name, value) for value in objects), context=words)
        assert node.pop("id") == "a"
        return node

    label = {"label": {"en": ["A", "B"], "fr": "C"}, "kg:label": {"@value": "D"}}
    assert written(text("A", "en"), text("B", "en"), text("C", "fr"), px.Literal("D"), name="label") == label
    assert written(text("A", "en-gb"), name="british") == {"british": ["A"]}
    assert written(text("A", "en"), name="british") == {"kg:british": {"@value": "A", "@language": "en"}}
    assert written(px.NamedNode(SCHEMA + "Person"), name="kind") == {"kind": "Person"}
    assert written(px.Literal("A"), px.Literal("B"), name="plain") == {"plain": ["A", "B"]}
    assert written(px.NamedNode(f"{BASE}id/b"), text("A", "fr"), px.Literal("true"), name="mixed") == {
        "link": ["b"],
        "said": "A",
        "kg:mixed": {"@value": "true"},
    }


def nodes(*triples: tuple[str, px.NamedNode | px.Literal], context: Context = CONTEXT) -> dict[str, Any]:
    subject = px.NamedNode(f"{BASE}id/a")
    written = Compactor(context).nodes(px.Triple(subject, px.NamedNode(p), o) for p, o in triples)
    node: dict[str, Any] = json.loads(written)
    return node


def test_the_words_of_the_facts_are_used_where_they_fit() -> None:
    english, french = px.Literal("A", language="en"), px.Literal("B", language="fr")
    assert nodes((SKOS + "prefLabel", english)) == {"id": "a", "name": "A"}
    assert nodes((SKOS + "prefLabel", french)) == {"id": "a", "nameIn": {"fr": "B"}}
    assert nodes((SCHEMA + "description", french)) == {
        "id": "a",
        "schema:description": {"@value": "B", "@language": "fr"},
    }
    assert nodes((KG + "value", px.Literal("7"))) == {"id": "a", "kg:value": {"@value": "7"}}
    assert nodes((TYPE.value, px.NamedNode(SCHEMA + "Person")), (KG + "of", px.NamedNode(f"{BASE}id/b"))) == {
        "id": "a",
        "type": "Person",
        "of": "b",
    }


def test_a_set_is_a_list_even_of_one() -> None:
    terms = {**CONTEXT.terms, "name": CONTEXT.terms["name"]._replace(container="@set")}
    written = Compactor(CONTEXT._replace(terms=terms)).nodes(
        [px.Triple(px.NamedNode(f"{BASE}id/a"), px.NamedNode(SKOS + "prefLabel"), px.Literal("A", language="en"))]
    )
    assert json.loads(written)["name"] == ["A"]


def test_each_context_has_its_own_compactor() -> None:
    other = CONTEXT._replace(vocab="http://other/")
    for context in (CONTEXT, other, CONTEXT):
        assert compactor(context).head == Compactor(context).head
        assert compactor(context)._vocab == context.vocab
    assert compactor(CONTEXT) is compactor(CONTEXT)
