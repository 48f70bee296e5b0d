"""The context: names stand for IRIs, what readers differ on is refused, documents link to it or hold it."""

import json
from pathlib import Path
from typing import Any

import pytest

from kg.errors import ProjectError
from kg.project import TEMPLATE
from kg.rdf.context import read_context

BASE = "https://example.org/"
DOCUMENT = json.loads((TEMPLATE / "ontology" / "context.jsonld").read_text(encoding="utf-8"))["@context"]
CONTEXT = read_context(TEMPLATE / "ontology" / "context.jsonld", BASE)


@pytest.mark.parametrize(
    ("name", "iri"),
    [
        ("Person", "https://schema.org/Person"),
        ("schema:NGO", "https://schema.org/NGO"),
        ("near", f"{BASE}ontology#near"),
        ("unheard", f"{BASE}ontology#unheard"),
        ("nobody:x", "nobody:x"),
    ],
)
def test_a_name_stands_for_an_iri(name: str, iri: str) -> None:
    assert CONTEXT.expand(name) == iri


@pytest.mark.parametrize(
    ("value", "iri"),
    [
        ("skerry-point", f"{BASE}id/skerry-point"),
        ("schema:Person", "https://schema.org/Person"),
        ("https://other.example/x", "https://other.example/x"),
        ("urn:isbn:0140328726", "urn:isbn:0140328726"),
    ],
)
def test_a_thing_is_written_as_slug_prefixed_name_or_iri(value: str, iri: str) -> None:
    assert CONTEXT.resolve(value, BASE) == iri


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("new york", "not a valid id"),
        ("shcema:x", "unknown prefix 'shcema'; did you mean 'schema'"),
        ("https://x/a b", "escape"),
    ],
)
def test_what_names_no_thing_is_said(value: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        CONTEXT.resolve(value, BASE)


def test_documents_link_to_the_context_with_its_base_beside_the_link() -> None:
    assert CONTEXT.written == [f"{BASE}context.jsonld", {"@base": f"{BASE}id/"}]
    assert CONTEXT._replace(address="").written == CONTEXT.document


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"@base": "https://other.example/id/"}, '"@base" is'),
        ({"@import": "https://x/"}, '"@import" is not supported'),
        ({"id": "@type"}, '"id" must stand for "@id"'),
        ({"quote": "kg:quote"}, "is a word of every record"),
        ({"two words": "kg:x"}, "not a valid name for a term"),
        ({"x": {"@id": "kg:x", "@direction": "ltr"}}, '"@direction" is not supported'),
        ({"x": {"@id": "kg:x", "@container": "@list"}}, '"@container" may be'),
        ({"x": {"@id": "kg:x", "@type": "xsd:date", "@language": "en"}}, "a type and a language"),
        ({"x": {"@id": "nobody x"}}, "expected an IRI"),
        ({"x": 5}, "must be an IRI or an object"),
        ({"also": "@id"}, "keep one word for it"),
    ],
)
def test_what_readers_differ_on_is_refused(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    path = tmp_path / "context.jsonld"
    path.write_text(json.dumps({"@context": {**DOCUMENT, **change}}), encoding="utf-8")
    with pytest.raises(ProjectError) as caught:
        read_context(path, BASE)
    assert said in str(caught.value)
    assert str(caught.value).startswith(f"{path}: ")
