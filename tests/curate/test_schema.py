"""The schema of facts: every file that builds fits it, and what an editor can know to be wrong does not."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator  # type: ignore[import-untyped]

from kg.curate.schema import facts_schema, model_schema
from kg.project import read_project
from tests.conftest import ROOT, inside


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return facts_schema(read_project(ROOT))


@pytest.fixture(scope="module")
def record(schema: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = schema["properties"]["facts"]["items"]
    return found


def read(text: str) -> Any:
    """A file as editors read it, with numbers and days."""
    return json.loads(json.dumps(yaml.safe_load(text), default=str))


@pytest.mark.parametrize("path", sorted((ROOT / "data" / "facts").glob("*.yaml")), ids=lambda path: path.name)
def test_every_file_that_builds_fits(schema: dict[str, Any], path: Path) -> None:
    Draft7Validator.check_schema(schema)
    assert [
        error.message for error in Draft7Validator(schema).iter_errors(read(path.read_text(encoding="utf-8")))
    ] == []


GOOD = "source: s\nfacts:\n- {quote: a, id: x, type: Person, name: X}\n"


@pytest.mark.parametrize(
    ("was", "planted", "said"),
    [
        ("name: X", "nmae: X", "'nmae' was unexpected"),
        ("type: Person", "type: Persn", "'Persn' is not one of"),
        ("name: X", "name: X, basis: guessed", "'guessed' is not one of"),
        ("facts:", "fact:", "'fact' was unexpected"),
        ("quote: a", "quote: 5", "5 is not of type"),
        ("id: x", "id: x y", "does not match"),
        ("- {quote: a, id: x, type: Person, name: X}", "  quote: a", "is not of type 'array'"),
        ("- {quote", "- a\n- {quote", "'a' is not of type 'object'"),
    ],
)
def test_what_an_editor_can_know_to_be_wrong_does_not_fit(
    schema: dict[str, Any], was: str, planted: str, said: str
) -> None:
    validator = Draft7Validator(schema)
    assert list(validator.iter_errors(read(GOOD))) == []
    errors = [error.message for error in validator.iter_errors(read(GOOD.replace(was, planted, 1)))]
    assert any(said in message for message in errors), errors


def test_every_word_and_class_explains_itself(record: dict[str, Any]) -> None:
    for name, word in record["properties"].items():
        assert word.get("description") or word.get("enumDescriptions"), name
        if "markdownDescription" in word:
            assert len(word["markdownDescription"].split("\n\n")) >= 3, f"{name} has no description of its own"
    assert all(record["properties"]["type"]["enumDescriptions"])
    funder = record["properties"]["funder"]
    assert "https://schema.org/funder" in funder["markdownDescription"]
    assert "Takes the id of a thing." in funder["markdownDescription"]


def test_a_snippet_of_a_class_has_what_its_shape_needs(record: dict[str, Any]) -> None:
    snippets = {snippet["label"]: snippet["body"] for snippet in record["defaultSnippets"]}
    assert {"funder", "fundedItem", "tier"} <= snippets["new Grant"].keys()
    assert snippets["new Person"]["type"] == "Person"
    assert list(snippets["new Grant"])[:3] == ["quote", "id", "type"]


def test_known_ids_and_concepts_are_offered_and_new_ones_are_no_mistake(schema: dict[str, Any]) -> None:
    assert {"coalition", "kofi-annan"} <= set(schema["definitions"]["thing"]["examples"])
    assert "ratification" in schema["definitions"]["concept"]["examples"]
    new = GOOD.replace("name: X", "name: X, ofCountry: nowhere-yet")
    assert list(Draft7Validator(schema).iter_errors(read(new))) == []


def test_the_schema_for_models_is_small_and_wants_every_property() -> None:
    made = model_schema(read_project(ROOT))
    Draft7Validator.check_schema(made)
    assert len(json.dumps(made)) < 6000
    fact = made["properties"]["facts"]["items"]
    assert fact["required"] == list(fact["properties"])
    assert not fact["additionalProperties"]
    good = {
        "quote": ["a"],
        "id": "x",
        "type": None,
        "says": [{"word": "date", "value": "1852"}],
        "basis": "stated",
        "note": None,
    }
    assert list(Draft7Validator(made).iter_errors({"facts": [good]})) == []
    assert list(Draft7Validator(made).iter_errors({"facts": [{**good, "says": [{"word": "dat", "value": "1"}]}]}))


def test_the_verb_writes_it_beside_the_project(project: Path) -> None:
    done = inside("schema", cwd=project)
    assert done.returncode == 0, done.stderr
    written = json.loads((project / ".kg" / "facts.schema.json").read_text(encoding="utf-8"))
    assert written["properties"]["facts"]["items"]["properties"]["type"]["enum"]
    notice = (project / "data" / "facts" / "notice.yaml").read_text(encoding="utf-8")
    assert list(Draft7Validator(written).iter_errors(read(notice))) == []
    assert json.loads(inside("schema", "--llm", cwd=project).stdout)["required"] == ["facts"]
    assert json.loads(inside("schema", "-o", "-", cwd=project).stdout) == written
