"""Reconciliation: names and values matched, values given back, by the schemas that the specification comes with."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from kg.errors import QueryError
from kg.query.reconcile import BATCH, Reconciler, read_extension, read_queries
from kg.release.reader import Release
from kg.stores.embedded import open_store
from tests.conftest import SUITES, Server, needs

SCHEMAS = SUITES / "suites" / "reconciliation"
KG = "https://icc-campaign.example.org/ontology#"
SCHEMA = "https://schema.org/"


@pytest.fixture(scope="module")
def reconciler(release: Release) -> Reconciler:
    return Reconciler(release, open_store(release))


def candidates(reconciler: Reconciler, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(reconciler.answer({"queries": json.dumps({"q": query})}))["q"]["result"]
    return found


def ids(reconciler: Reconciler, **query: Any) -> list[str]:
    return [candidate["id"] for candidate in candidates(reconciler, **query)]


def test_types_are_any_all_or_should(reconciler: Reconciler) -> None:
    person, place, country = f"{SCHEMA}Person", f"{SCHEMA}Place", f"{SCHEMA}Country"
    assert ids(reconciler, query="Senegal", type=country)[0] == "senegal"
    assert "senegal" not in ids(reconciler, query="Senegal", type=person)
    assert ids(reconciler, query="Senegal", type=[person, country])[0] == "senegal"
    assert ids(reconciler, query="Senegal", type=[person, country], type_strict="any")[0] == "senegal"
    assert ids(reconciler, query="Senegal", type=[person, country], type_strict="all") == []
    assert ids(reconciler, query="Senegal", type=[place, country], type_strict="all")[0] == "senegal"
    (should, *_) = candidates(reconciler, query="Senegal", type=person, type_strict="should")
    assert (should["id"], should["score"], should["match"]) == ("senegal", 90.0, False)
    assert candidates(reconciler, query="Senegal", type=country, type_strict="should")[0]["score"] == 100.0


@pytest.mark.parametrize("type_", ["Country", f"{SCHEMA}Country", ["Country"], {"id": "Country"}, [{"id": "Country"}]])
def test_a_type_is_an_iri_or_a_word_of_the_context(reconciler: Reconciler, type_: Any) -> None:
    assert ids(reconciler, query="Senegal", type=type_) == ids(reconciler, query="Senegal", type=f"{SCHEMA}Country")


@pytest.mark.parametrize(
    ("pid", "value"),
    [
        ("alpha3", "SEN"),
        (f"{KG}alpha3", "sen"),
        ("alpha3", ["XXX", "SEN"]),
        ("sameAs", {"id": "http://publications.europa.eu/resource/authority/country/SEN"}),
    ],
)
def test_properties_alone_find_a_thing(reconciler: Reconciler, pid: str, value: Any) -> None:
    (found, *others) = candidates(reconciler, properties=[{"pid": pid, "v": value}])
    assert (found["id"], found["match"], others) == ("senegal", True, [])


@pytest.mark.parametrize("value", ["argentina", "Argentina", {"id": "argentina"}, {"id": "argentina", "name": "x"}])
def test_a_value_that_is_a_thing_is_known_by_its_id_and_its_name(reconciler: Reconciler, value: Any) -> None:
    assert ids(reconciler, properties=[{"pid": "ofCountry", "v": value}]) == ["luis-moreno-ocampo"]


def test_properties_alone_keep_to_types(reconciler: Reconciler) -> None:
    asked = [{"pid": "ofCountry", "v": "Argentina"}]
    assert ids(reconciler, properties=asked, type="Person") == ["luis-moreno-ocampo"]
    assert ids(reconciler, properties=asked, type="Country") == []
    assert ids(reconciler, properties=asked, type=["Person", "Country"], type_strict="all") == []


def test_a_number_is_matched_as_a_number_or_its_text(reconciler: Reconciler) -> None:
    for value in (450, "450"):
        assert "coalition-members-450" in ids(reconciler, properties=[{"pid": "value", "v": value}])
    assert ids(reconciler, properties=[{"pid": "value", "v": 451}]) == []


def test_properties_weigh_in_the_score_and_are_its_features(reconciler: Reconciler) -> None:
    (right, *_) = candidates(reconciler, query="Senegal", properties=[{"pid": "alpha3", "v": "SEN"}])
    (wrong, *_) = candidates(reconciler, query="Senegal", properties=[{"pid": "alpha3", "v": "ARG"}])
    assert (right["id"], right["score"], right["match"]) == ("senegal", 100.0, True)
    assert wrong["score"] < 90
    assert not wrong["match"]
    assert right["features"] == [{"id": "name", "value": 100.0}, {"id": f"{KG}alpha3", "value": 100.0}]
    both = [{"pid": "alpha3", "v": "SEN"}, {"pid": "alpha2", "v": "ZZ"}]
    assert candidates(reconciler, properties=both)[0]["score"] == 50.0


def test_two_things_as_good_as_each_other_are_no_match(reconciler: Reconciler) -> None:
    found = candidates(reconciler, properties=[{"pid": "fundedItem", "v": {"id": "coalition"}}], limit=50)
    assert len(found) > 10
    assert not any(candidate["match"] for candidate in found)


def test_the_limit_is_kept(reconciler: Reconciler) -> None:
    assert len(candidates(reconciler, query="Court", limit=2)) == 2
    assert len(candidates(reconciler, query="Court")) == 5
    assert len(candidates(reconciler, query="Court", limit=10_000)) <= 50


def test_what_the_graph_lacks_is_not_found(reconciler: Reconciler) -> None:
    assert ids(reconciler, query="zzzz") == []
    assert ids(reconciler, properties=[{"pid": "no such property", "v": "1"}]) == []
    assert ids(reconciler, query="Senegal", type="no such type") == []


# Values for new columns


def extended(reconciler: Reconciler, things: list[str], *properties: Any) -> dict[str, Any]:
    asked = [{"id": one} if isinstance(one, str) else one for one in properties]
    found: dict[str, Any] = json.loads(reconciler.answer({"extend": json.dumps({"ids": things, "properties": asked})}))
    return found


def test_the_values_of_things_are_cells_of_their_kind(reconciler: Reconciler) -> None:
    found = extended(
        reconciler, ["william-r-pace", "coalition-members-450", "nobody"], "headOf", "value", "date", "counted"
    )
    assert found["rows"]["william-r-pace"]["headOf"] == [
        {"id": "coalition-secretariat", "name": "Coalition Secretariat"}
    ]
    count = found["rows"]["coalition-members-450"]
    assert (count["value"], count["date"], count["counted"]) == (
        [{"int": 450}],
        [{"str": "1997"}],
        [{"str": "member organizations"}],
    )
    assert found["rows"]["nobody"] == {"headOf": [], "value": [], "date": [], "counted": []}
    assert [meta["id"] for meta in found["meta"]] == ["headOf", "value", "date", "counted"]


def test_a_property_may_have_a_limit(reconciler: Reconciler) -> None:
    every = extended(reconciler, ["coalition"], "otherName")["rows"]["coalition"]["otherName"]
    assert len(every) > 2
    for limit in (1, "1"):
        asked = {"id": "otherName", "settings": {"limit": limit}}
        assert extended(reconciler, ["coalition"], asked)["rows"]["coalition"]["otherName"] == every[:1]
    for limit in (0, "0", "", "many"):
        asked = {"id": "otherName", "settings": {"limit": limit}}
        assert extended(reconciler, ["coalition"], asked)["rows"]["coalition"]["otherName"] == every


def test_properties_are_proposed_for_a_type(reconciler: Reconciler) -> None:
    found = json.loads(reconciler.answer({"propose": f"{SCHEMA}Person"}))
    names = [one["id"] for one in found["properties"]]
    assert f"{KG}ofCountry" in names
    assert f"{KG}value" not in names
    every = [one["id"] for one in json.loads(reconciler.answer({"propose": ""}))["properties"]]
    assert f"{KG}date" in every
    assert json.loads(reconciler.answer({"propose": "no such type"}))["properties"] == []


# What is no batch


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON"),
        ("[]", "expected an object of at most 1,000"),
        (json.dumps({str(n): {"query": "a"} for n in range(BATCH + 1)}), "at most 1,000"),
        ('{"q": 1}', "not a valid query"),
        ('{"q": {"query": 1}}', "not a valid query"),
        ('{"q": {}}', "asks for nothing"),
        ('{"q": {"query": " ", "properties": []}}', "asks for nothing"),
        ('{"q": {"query": "a", "limit": 0}}', "a limit"),
        ('{"q": {"query": "a", "limit": true}}', "a limit"),
        ('{"q": {"query": "a", "type": 1}}', "a type"),
        ('{"q": {"query": "a", "type_strict": "maybe"}}', "a type_strict"),
        ('{"q": {"query": "a", "properties": {}}}', "properties that"),
        ('{"q": {"query": "a", "properties": [{"pid": "p"}]}}', "properties that"),
        ('{"q": {"query": "a", "properties": [{"pid": 1, "v": 1}]}}', "properties that"),
        ('{"q": {"query": "a", "properties": [{"pid": "p", "v": [null]}]}}', "properties that"),
        ('{"q": {"query": "a\\u0000"}}', "NUL"),
        ('{"q": {"query": "\\ud800"}}', "not JSON"),
    ],
)
def test_a_batch_that_cannot_be_read_is_named(text: str, said: str) -> None:
    with pytest.raises(QueryError) as caught:
        read_queries(text)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x", "not JSON"),
        ("[]", "expected an object"),
        ('{"ids": "a", "properties": []}', '"ids"'),
        ('{"ids": [1], "properties": []}', '"ids"'),
        ('{"ids": [], "properties": [{}]}', '"properties"'),
        ('{"ids": [], "properties": [{"id": "a", "settings": 1}]}', '"properties"'),
        (json.dumps({"ids": ["a"] * (BATCH + 1), "properties": []}), '"ids"'),
    ],
)
def test_an_extension_that_cannot_be_read_is_named(text: str, said: str) -> None:
    with pytest.raises(QueryError) as caught:
        read_extension(text)
    assert said in str(caught.value)


# Over HTTP, by the schemas


@pytest.fixture(scope="module")
def client(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=60) as found:
        yield found


def check(schema: str, document: Any) -> None:
    from jsonschema import Draft7Validator  # type: ignore[import-untyped]
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT7

    files = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in (SCHEMAS / "schemas").glob("*.json")}
    outside: dict[str, Any] = {
        "definitions": {"securityDefinitions": {"additionalProperties": {}}}
    }  # of Swagger 2, by its address
    known = {"http://swagger.io/v2/schema.json": outside}
    for name, content in files.items():
        known |= {
            content.get("$id", name): content,
            f"https://reconciliation-api.github.io/specs/0.2/schemas/{name}": content,
        }
    resources = ((uri, Resource.from_contents(content, default_specification=DRAFT7)) for uri, content in known.items())
    registry: Registry[Any] = Registry().with_resources(resources)
    faults = list(Draft7Validator(files[schema], registry=registry).iter_errors(document))
    assert not faults, f"{schema}: {faults[0].message}"


needs_schemas = needs(f"the Reconciliation suite in {SCHEMAS}", SCHEMAS.is_dir())


@needs_schemas
def test_every_answer_is_valid_by_the_schemas(client: httpx.Client) -> None:
    manifest = client.get("reconcile").json()
    check("manifest.json", manifest)
    queries = {
        "a": {"query": "Senegal", "type": ["Country"], "properties": [{"pid": "alpha3", "v": "SEN"}]},
        "b": {"properties": [{"pid": "ofCountry", "v": {"id": "argentina"}}]},
        "c": {"query": "zzzz"},
    }
    check("reconciliation-query-batch.json", queries)
    check("reconciliation-result-batch.json", client.post("reconcile", data={"queries": json.dumps(queries)}).json())
    extend = {"ids": ["senegal", "coalition"], "properties": [{"id": "alpha3"}, {"id": "otherName", "settings": {}}]}
    check("data-extension-query.json", extend)
    check("data-extension-response.json", client.post("reconcile", data={"extend": json.dumps(extend)}).json())
    proposal = manifest["extend"]["propose_properties"]
    url = proposal["service_url"] + proposal["service_path"]
    check("data-extension-property-proposal.json", client.get(url, params={"type": "Person"}).json())
    for kind, schema in (("entity", "entities"), ("type", "types"), ("property", "properties")):
        service = manifest["suggest"][kind]
        found = client.get(service["service_url"] + service["service_path"], params={"prefix": "c"}).json()
        check(f"suggest-{schema}-response.json", found)
        flyout = service["flyout_service_url"] + service["flyout_service_path"]
        for suggested in found["result"][:3]:
            shown = client.get(flyout.replace("${id}", str(httpx.QueryParams({"i": suggested["id"]}))[2:])).json()
            assert shown["id"] == suggested["id"]
            assert f"<b>{suggested['name']}</b>".replace("'", "&#x27;") in shown["html"]


@needs_schemas
def test_the_examples_of_the_specification_are_taken() -> None:
    files = sorted((SCHEMAS / "examples" / "reconciliation-query-batch" / "valid").glob("*.json"))
    assert files
    for file in files:
        assert read_queries(file.read_text(encoding="utf-8"))
    for file in sorted((SCHEMAS / "examples" / "data-extension-query" / "valid").glob("*.json")):
        assert read_extension(file.read_text(encoding="utf-8"))


def test_a_thousand_queries_are_one_batch(client: httpx.Client) -> None:
    names = ["Kofi Annan", "Rome Statut", "Amnesty", "Senegal"]
    queries = {str(n): {"query": names[n % 4] + " " * (n % 250 // 4), "limit": 1} for n in range(BATCH)}
    answer = client.post("reconcile", data={"queries": json.dumps(queries)})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert [found["result"][0]["id"] for found in answer.json().values()][:2] == ["kofi-annan", "rome-statute"]
    assert len(answer.json()) == BATCH
    refused = client.post("reconcile", data={"queries": json.dumps({**queries, "one more": {"query": "a"}})})
    assert refused.status_code == 400
    assert "at most 1,000" in refused.json()["detail"]


def test_suggestions_go_on_from_a_cursor(client: httpx.Client) -> None:
    for kind in ("entity", "property"):
        first = client.get(f"reconcile/suggest/{kind}", params={"prefix": "co" if kind == "entity" else ""}).json()[
            "result"
        ]
        rest = client.get(
            f"reconcile/suggest/{kind}", params={"prefix": "co" if kind == "entity" else "", "cursor": "5"}
        )
        assert len(first) == 20
        assert rest.json()["result"][:15] == first[5:]
    for wrong in ("-1", "x", "1" * 20):
        assert client.get("reconcile/suggest/entity", params={"prefix": "co", "cursor": wrong}).status_code == 400


def test_a_flyout_escapes_what_it_shows_and_knows_what_it_lacks(client: httpx.Client) -> None:
    for kind in ("entity", "type", "property"):
        assert client.get(f"reconcile/flyout/{kind}", params={"id": "<script>"}).status_code == 404
    assert client.get("reconcile/flyout/nothing", params={"id": "a"}).status_code == 404
    shown = client.get("reconcile/flyout/property", params={"id": f"{KG}agent"}).json()
    assert "Who acts or aims: does, calls for, announces, forecasts, works towards." in shown["html"]
