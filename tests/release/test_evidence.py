"""Facts as nanopublications and as Web Annotations: by the rules of each, and the same facts as in the dataset."""

import io
import json
from typing import Any

import pyoxigraph as px
import pytest

from kg.rdf import iris
from kg.rdf.terms import PROV, text_of
from kg.release.evidence import NP
from kg.release.export import Options, export
from kg.release.nquads import load
from kg.release.reader import Release
from tests.conftest import SUITES, needs

ANNOTATION = SUITES / "suites" / "web-annotation"
KINDS = ("hasAssertion", "hasProvenance", "hasPublicationInfo")


def exported(release: Release, form: str, kind: str, *, reference: bool = True) -> bytes:
    out = io.BytesIO()
    export(release, Options(kind, form, reference=reference), out)
    return out.getvalue()


@pytest.fixture(scope="module")
def nanopublications(release: Release) -> dict[str, list[px.Quad]]:
    """The quads of the nanopublications by their graphs."""
    found: dict[str, list[px.Quad]] = {}
    for quad in px.parse(exported(release, "nanopub", "trig"), format=px.RdfFormat.TRIG):
        found.setdefault(text_of(quad.graph_name), []).append(quad)
    return found


def test_each_nanopublication_keeps_the_rules(nanopublications: dict[str, list[px.Quad]], release: Release) -> None:
    """Nanopublication Guidelines 1.15, 2.4: four graphs each, and nothing outside them."""
    heads = {graph: quads for graph, quads in nanopublications.items() if graph.endswith("#head")}
    assert len(heads) == release.manifest["counts"]["facts"] + release.manifest["counts"]["reference"]
    named: list[str] = []
    for head, quads in heads.items():
        (itself,) = {text_of(quad.subject) for quad in quads}
        parts = {}
        for kind in KINDS:
            (parts[kind],) = [text_of(quad.object) for quad in quads if quad.predicate.value == NP + kind]
        named += [head, *parts.values()]
        assertion, provenance, info = (nanopublications[part] for part in parts.values())
        assert assertion
        assert any(text_of(quad.subject) == parts["hasAssertion"] for quad in provenance)
        assert all(text_of(quad.subject) == itself for quad in info)
    assert len(named) == len(set(named))
    assert set(named) == set(nanopublications)


def test_assertions_are_the_facts_and_carry_their_words(
    nanopublications: dict[str, list[px.Quad]], release: Release
) -> None:
    base = release.manifest["base"]
    facts: dict[str, set[px.Triple]] = {}
    for quad in load(release.dataset):
        if iris.is_fact(base, text_of(quad.graph_name)):
            facts.setdefault(text_of(quad.graph_name), set()).add(quad.triple)
    assert {graph: {q.triple for q in nanopublications[graph]} for graph in facts} == facts
    for fact in facts:
        provenance = nanopublications[f"{fact}#provenance"]
        quoted = [text_of(q.object) for q in provenance if q.predicate.value == PROV + "wasQuotedFrom"]
        exact = [q for q in provenance if q.predicate.value.endswith("oa#exact")]
        assert len(exact) == len(set(quoted))


def test_both_formats_hold_the_same_nanopublications(
    nanopublications: dict[str, list[px.Quad]], release: Release
) -> None:
    data = exported(release, "nanopub", "nquads")
    assert data.splitlines() == sorted(set(data.splitlines()))
    quads = {quad for found in nanopublications.values() for quad in found}
    assert set(px.parse(data, format=px.RdfFormat.N_QUADS)) == quads
    without = exported(release, "nanopub", "nquads", reference=False)
    assert b"#reference>" not in without
    assert len(without) < len(data)


@pytest.fixture(scope="module")
def collection(release: Release) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(exported(release, "annotations", "jsonld"))
    return document


def test_every_fact_that_quotes_is_an_annotation_of_its_passages(collection: dict[str, Any], release: Release) -> None:
    items = collection["first"]["items"]
    assert collection["total"] == len(items) == release.manifest["counts"]["facts"]
    quotes = {
        (text_of(quad.subject), text_of(quad.object))
        for quad in load(release.dataset)
        if quad.predicate.value == PROV + "wasQuotedFrom"
    }
    assert {(item["body"], target["id"]) for item in items for target in item["target"]} == quotes
    for target in (target for item in items for target in item["target"]):
        quote, position = target["selector"]
        text = (release.path / "sources" / f"{target['source'].rpartition('/')[2]}.txt").read_text(encoding="utf-8")
        assert text[position["start"] : position["end"]] == quote["exact"]
        assert text[: position["start"]].endswith(quote["prefix"])
        assert text[position["end"] :].startswith(quote["suffix"])


@pytest.mark.long
@needs(f"the Web Annotation suite in {ANNOTATION}", ANNOTATION.is_dir())
def test_annotations_are_valid_to_the_schemas_of_the_w3c_tests(collection: dict[str, Any]) -> None:
    from jsonschema import Draft4Validator  # type: ignore[import-untyped]
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT4

    schemas = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(ANNOTATION.rglob("*.json"))]
    known = [schema for schema in schemas if isinstance(schema, dict) and "id" in schema]
    registry: Registry[Any] = Registry().with_resources(
        (schema["id"], Resource.from_contents(schema, default_specification=DRAFT4)) for schema in known
    )
    musts = [
        schema for schema in known if schema.get("assertionType") == "must" and schema["expectedResult"] == "valid"
    ]
    checked = 0
    for schema in musts:
        validator = Draft4Validator(schema, registry=registry)
        for item in collection["first"]["items"][:40]:
            faults = list(validator.iter_errors({"@context": collection["@context"], **item}))
            assert not faults, (schema.get("title"), faults[0].message)
            checked += 1
    assert checked > 40


@needs(f"the Web Annotation suite in {ANNOTATION}", ANNOTATION.is_dir())
def test_annotations_mean_in_rdf_what_the_dataset_says(collection: dict[str, Any], release: Release) -> None:
    from pyld import jsonld

    context = json.loads((ANNOTATION / "anno.jsonld").read_text(encoding="utf-8"))
    quads = jsonld.to_rdf({**collection, **context}, {"format": "application/n-quads"})
    oa = "http://www.w3.org/ns/oa#"
    said = {(q.predicate.value, text_of(q.object)) for q in px.parse(quads, format=px.RdfFormat.N_QUADS)}
    stated = {(q.predicate.value, text_of(q.object)) for q in load(release.dataset)}
    for name in ("exact", "prefix", "suffix", "start", "end", "hasSource"):
        assert {pair for pair in said if pair[0] == oa + name} == {pair for pair in stated if pair[0] == oa + name}
